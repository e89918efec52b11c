package broadsheet

import (
	"strings"
	"testing"
	"time"
)

func TestParseTopic(t *testing.T) {
	for _, c := range []struct{ in, want, wrong string }{
		{in: "hot", want: "hot"},
		{in: "categories:cs.LG,cs.CL cs.LG", want: "categories:cs.CL,cs.LG"},
		{in: "categories:cs", want: "categories:cs"},
		{in: "list:author:ada-person", want: "list:author:ada-person"},
		{in: "list:keyword:sea  birds", want: "list:keyword:sea birds"},
		{in: `search: "counting gulls"  -owls cat:cs.LG `, want: `search:"counting gulls" -owls cat:cs.LG`},
		{in: "", wrong: "not a kind"}, {in: "hot:x", wrong: "no parts"}, {in: "categories:", wrong: "names no category"},
		{in: "categories:<b>", wrong: "not a category"}, {in: "list:day:2026-06-30", wrong: "not a list"}, {in: "list:author:", wrong: "names no author"},
		{in: "search: a\x00b", wrong: "not text"}, {in: "list:keyword:\xff", wrong: "not text"}, {in: "search: ", wrong: "is empty"}, {in: "search:" + strings.Repeat("a", MaxTopic+1), wrong: "longer"},
	} {
		got, err := ParseTopic(c.in)
		if c.wrong == "" && (err != nil || got.String() != c.want) {
			t.Errorf("%q: got %q (%v), want %q", c.in, got, err, c.want)
		}
		if c.wrong != "" && (KindOf(err) != Invalid || !strings.Contains(err.Error(), c.wrong)) {
			t.Errorf("%q: got %q (%v), want an error that says %q", c.in, got, err, c.wrong)
		}
	}
}

func FuzzParseTopic(f *testing.F) {
	for _, s := range []string{"hot", "categories:cs.LG", "list:author:x", "search:a:b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		x, err := ParseTopic(s)
		if err != nil {
			return
		}
		if again, err := ParseTopic(x.String()); err != nil || again != x {
			t.Errorf("%q is %q, which is read as %q (%v)", s, x, again, err)
		}
	})
}

func TestDays(t *testing.T) {
	for d, want := range map[time.Weekday]Days{time.Monday: 1, time.Friday: 16, time.Saturday: 32, time.Sunday: 64} {
		if !want.Has(d) || (EveryDay &^ want).Has(d) {
			t.Errorf("%v is not day %d", d, want)
		}
	}
	if Workdays.Has(time.Saturday) || Workdays.Has(time.Sunday) || !Workdays.Has(time.Friday) {
		t.Error("the workdays are not Monday to Friday")
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"a@example.org", "a@b\r\nc", `"a"@b.c`, "a@[::1]", "ä@b.c", "a+b@Example.ORG"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseAddress(s)
		if err != nil {
			return
		}
		if strings.ContainsAny(got, "\r\n\x00 <>,;\"") || len(got) > MaxAddress || strings.Count(got, "@") != 1 {
			t.Errorf("%q is taken as %q", s, got)
		}
		if again, err := ParseAddress(got); err != nil || again != got {
			t.Errorf("%q is %q, which is read as %q (%v)", s, got, again, err)
		}
	})
}
