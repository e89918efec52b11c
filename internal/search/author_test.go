package search

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"broadsheet"
)

// TestNamesTurnedRound: the last name first finds what the first name first does,
// unless somebody is called so.
func TestNamesTurnedRound(t *testing.T) {
	name := func(id string, names ...string) broadsheet.Paper {
		p := broadsheet.Paper{ID: id, Title: "A paper"}
		for _, n := range names {
			p.Authors = append(p.Authors, broadsheet.Author{Name: n, Key: broadsheet.AuthorKey(n)})
		}
		return p
	}
	w := newWorld(t, []broadsheet.Paper{
		name("p1", "Yann LeCun", "Jean-Pierre Serre"), name("p2", "Yann LeCun"), name("p3", "Jun Wei"), name("p4", "Wei Jun"), name("p5", "Rita Del Maestro"),
	}, spread{segments: 2})
	for _, c := range []struct {
		text string
		want []string
		note string
	}{
		{`author:"yann lecun"`, []string{"p1", "p2"}, ""},
		{`author:"lecun yann"`, []string{"p1", "p2"}, "no author is written so: looked for yann lecun"},
		{`author:"LeCun, Yann"`, []string{"p1", "p2"}, ""},
		{`author:"serre jean-pierre"`, []string{"p1"}, "no author is written so: looked for jean pierre serre"},
		{`author:"del maestro rita"`, []string{"p5"}, "no author is written so: looked for rita del maestro"},
		{`author:"lecun yann" author:"serre jean-pierre"`, []string{"p1"}, "no author is written so: looked for yann lecun"},
		{`author:"wei jun"`, []string{"p4"}, ""},
		{`author:"nobody atall"`, nil, ""},
		{`author:"a b c d e f g h"`, nil, ""},
	} {
		r, err := w.Search(t.Context(), broadsheet.ParseQuery(c.text))
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, h := range r.Hits {
			ids = append(ids, h.ID)
		}
		note := ""
		if len(r.Query.Ignored) > 0 && c.want != nil {
			note = r.Query.Ignored[0].Why
		}
		if diff := cmp.Diff(c.want, ids, cmpopts.SortSlices(func(a, b string) bool { return a < b })); diff != "" || note != c.note || r.Total != len(c.want) {
			t.Errorf("%s: total %d, note %q, want %q (-want +got):\n%s", c.text, r.Total, note, c.note, diff)
		}
	}
}
