package feeds_test

import (
	"strings"
	"testing"

	"broadsheet"
	"broadsheet/internal/serve/feeds"
)

// hostile is text that has ended documents elsewhere.
var hostile = []string{
	"]]>", "<![CDATA[", "--><!--", "</entry></feed>", "<script>alert(1)</script>", `" onmouseover="alert(1)`, "&amp;&#0;&lt;&nope;", "%zz", "a\x00b\x08\x0b\x0c\x1f",
	"\xff\xfe\xed\xa0\x80", "\ufffe\uffff\U0010ffff", "\u202e\u2066\u200b\ufeff", "\r\n\t", `$\frac{<b>}{&}$ $]]>$`, `\url{javascript:alert(1)}`, "$" + strings.Repeat("{", 300),
	"javascript:alert(1)", "https://a.example/\" onclick=\"x", "https://[::1", `https://"0`, "//host/path", "é李😀", strings.Repeat("x", 4000), "",
}

// nasty is a paper that holds s wherever it can.
func nasty(s string) broadsheet.Paper {
	return broadsheet.Paper{
		ID: s, IDs: []broadsheet.SourceID{{Scheme: "doi", Value: s}}, Title: s, Abstract: s + "\n\n" + s, TLDR: s, AuthorCount: len(s), Withdrawn: len(s)%2 == 0,
		Authors:       []broadsheet.Author{{Name: s, Key: s, Affiliation: s}, {Name: s + "2"}},
		Categories:    []string{s, "cs.LG"},
		Keywords:      []string{s},
		Organizations: []broadsheet.Organization{{Key: s, Name: s}},
		Links: []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: s, Stars: len(s)}, {Kind: broadsheet.LinkProject, URL: "https://x.example/" + s},
			{Kind: broadsheet.LinkPage, URL: "http://y.example/?" + s}, {Kind: broadsheet.LinkPDF, URL: s}},
		PublishedAt: now, SeenAt: now,
	}
}

func holds(t *testing.T, s string) {
	t.Helper()
	papers := []broadsheet.Paper{nasty(s)}
	for _, suffix := range suffixes {
		body, err := feeds.Write(base, "/search", papers, suffix)
		if err != nil {
			t.Fatalf("%+q as %s: %v", s, suffix, err)
		}
		for _, p := range check(suffix, body, base+"/search"+suffix) {
			t.Errorf("%+q as %s: %s", s, suffix, p)
		}
	}
}

func TestHostileText(t *testing.T) {
	for _, s := range hostile {
		holds(t, s)
	}
}

// FuzzFeeds holds every form to its rules, whatever a paper holds.
func FuzzFeeds(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { holds(t, s) })
}
