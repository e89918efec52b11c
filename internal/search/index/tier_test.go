package index

import (
	"fmt"
	"strings"
	"testing"

	"broadsheet/internal/lib/segment"
)

func TestPick(t *testing.T) {
	many := func(n, docs int) (out []string) {
		for i := range n {
			out = append(out, fmt.Sprintf("%d-%d:%d", docs, i, docs))
		}
		return out
	}
	for _, c := range []struct {
		name string
		have []string // name:documents[:dead]
		busy string
		want string
	}{
		{"nothing", nil, "", ""},
		{"seven small ones", many(7, 3), "", ""},
		{"eight small ones, the smallest first", append(many(7, 30), "x:2"), "", "x 30-0 30-1 30-2 30-3 30-4 30-5 30-6"},
		{"ten at most", many(12, 5), "", "5-0 5-1 5-2 5-3 5-4 5-5 5-6 5-7 5-8 5-9"},
		{"eight of different tiers", []string{"a:1", "b:300", "c:3000", "d:20000", "e:200000", "f:2000000", "g:255", "h:256"}, "", ""},
		{"low tiers before high ones", append(many(8, 3000), many(8, 300)...), "", "300-0 300-1 300-2 300-3 300-4 300-5 300-6 300-7"},
		{"busy ones do not count", many(8, 3), "3-4", ""},
		{"many dead", []string{"a:1000:300", "b:1000:301"}, "", "b"},
		{"the living count", append(many(7, 100), "x:100000:99950"), "", "x 100-0 100-1 100-2 100-3 100-4 100-5 100-6"},
		{"no more than fit into one", many(8, segment.MaxDocs/3), "", fmt.Sprintf("%[1]d-0 %[1]d-1 %[1]d-2", segment.MaxDocs/3)},
		{"full ones stay, and do not keep others from being written anew", append(many(8, segment.MaxDocs-1), "x:10:9"), "", "x"},
	} {
		var have []*Segment
		for _, text := range c.have {
			var e entry
			parts := strings.Split(text, ":")
			e.File = parts[0]
			fmt.Sscan(parts[1], &e.Docs)
			if len(parts) > 2 {
				fmt.Sscan(parts[2], &e.Dead)
			}
			have = append(have, &Segment{entry: e})
		}
		var got []string
		for _, s := range pick(have, map[string]bool{c.busy: true}) {
			got = append(got, s.entry.File)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: picked %q, want %q", c.name, strings.Join(got, " "), c.want)
		}
	}
}
