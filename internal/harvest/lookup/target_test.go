package lookup

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text string
		want Target
	}{
		{"2503.02130", Target{Arxiv, "2503.02130", 0, ""}},
		{" arXiv:2503.02130v2\n", Target{Arxiv, "2503.02130", 2, ""}},
		{"https://arxiv.org/abs/2503.02130v3", Target{Arxiv, "2503.02130", 3, ""}},
		{"http://arxiv.org/pdf/2503.02130.pdf", Target{Arxiv, "2503.02130", 0, ""}},
		{"arxiv.org/html/2503.02130v1#S2", Target{Arxiv, "2503.02130", 1, ""}},
		{"math.GT/0309136", Target{Arxiv, "math/0309136", 0, ""}},
		{"https://arxiv.org/abs/hep-th/9901001v2", Target{Arxiv, "hep-th/9901001", 2, ""}},
		{"10.48550/arXiv.2503.02130", Target{Arxiv, "2503.02130", 0, ""}},
		{"https://doi.org/10.48550/arXiv.2503.02130", Target{Arxiv, "2503.02130", 0, ""}},
		{"https://huggingface.co/papers/2503.02130", Target{Arxiv, "2503.02130", 0, "https://huggingface.co/papers/2503.02130"}},
		{"https://www.alphaxiv.org/abs/2503.02130", Target{Arxiv, "2503.02130", 0, "https://www.alphaxiv.org/abs/2503.02130"}},
		{"10.1371/JOURNAL.pone.0033693", Target{DOI, "doi:10.1371/journal.pone.0033693", 0, ""}},
		{"<doi:10.1371/journal.pone.0033693>", Target{DOI, "doi:10.1371/journal.pone.0033693", 0, ""}},
		{"10.1002/(SICI)1097-4571(199806)49:8<693::AID-ASI4>3.0.CO;2-O", Target{DOI, "doi:10.1002/(sici)1097-4571(199806)49:8<693::aid-asi4>3.0.co;2-o", 0, ""}},
		{"https://doi.org/10.1002/%28SICI%291097-4571%28199806%2949:8%3C693::AID-ASI4%3E3.0.CO;2-O", Target{DOI, "doi:10.1002/(sici)1097-4571(199806)49:8<693::aid-asi4>3.0.co;2-o", 0, ""}},
		{"doi.org/10.1371/journal.pone.0033693", Target{DOI, "doi:10.1371/journal.pone.0033693", 0, ""}},
		{"10.1101/2026.07.31.741992v2", Target{Biorxiv, "doi:10.1101/2026.07.31.741992", 0, ""}},
		{"10.1101/gr.123456.110", Target{DOI, "doi:10.1101/gr.123456.110", 0, ""}},
		{"https://www.medrxiv.org/content/10.1101/2020.04.12.20062661v1.full.pdf", Target{Biorxiv, "doi:10.1101/2020.04.12.20062661", 0, "https://www.medrxiv.org/content/10.1101/2020.04.12.20062661v1.full.pdf"}},
		{"https://openreview.net/forum?id=HkghWScuoQ&noteId=x", Target{OpenReview, "openreview:HkghWScuoQ", 0, "https://openreview.net/forum?id=HkghWScuoQ&noteId=x"}},
		{"https://openreview.net/pdf?id=HkghWScuoQ", Target{OpenReview, "openreview:HkghWScuoQ", 0, "https://openreview.net/pdf?id=HkghWScuoQ"}},
		{"https://aclanthology.org/2024.acl-long.1/", Target{ACL, "acl:2024.acl-long.1", 0, "https://aclanthology.org/2024.acl-long.1/"}},
		{"https://aclanthology.org/P17-1001.pdf", Target{ACL, "acl:P17-1001", 0, "https://aclanthology.org/P17-1001.pdf"}},
		{"10.18653/v1/P17-1001", Target{ACL, "acl:P17-1001", 0, ""}},
		{"HTTPS://Example.ORG:443/a/?utm_source=x&b=2#top", Target{Page, "url:https://example.org/a/?b=2", 0, "https://example.org/a/?utm_source=x&b=2"}},
		{"example.org/paper", Target{Page, "url:https://example.org/paper", 0, "https://example.org/paper"}},
		{"http://bücher.example/über", Target{Page, "url:http://xn--bcher-kva.example/%C3%BCber", 0, "http://xn--bcher-kva.example/%C3%BCber"}},
		{"https://example.org/?q=ü", Target{Page, "url:https://example.org/?q=%C3%BC", 0, "https://example.org/?q=%C3%BC"}},
		{"http://[2001:4860::1]:8080/x", Target{Page, "url:http://[2001:4860::1]:8080/x", 0, "http://[2001:4860::1]:8080/x"}},
	} {
		got, err := Parse(c.text)
		if d := cmp.Diff(c.want, got); d != "" || err != nil {
			t.Errorf("Parse(%q): %v (-want +got):\n%s", c.text, err, d)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{"", "   ", "javascript:alert(1)", "JavaScript:alert(1)//2503.0213", "data:text/html,x", "file:///etc/passwd", "ftp://example.org/p.html", "mailto:a@example.org",
		"http://", "https:///nohost", "https://user:pass@example.org/", "https://example.org/" + strings.Repeat("a", 20_000), "https://example.org/" + strings.Repeat("a", 500),
		"hello world", "attention is all you need", "https://exa mple.org/", "https://example.org/\x00", "https://example.org/\u202egpj", "https://ex\u200bample.org/",
		"http://a_b\u2025c/x", "http://\uff0f.example/x", "9999.99999", "10.1371", "openreview:", "openreview:../../x", "acl:../x", "bibcode:x"} {
		if got, err := Parse(text); broadsheet.KindOf(err) != broadsheet.Invalid {
			t.Errorf("Parse(%.60q) = %+v, %v; want Invalid", text, got, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"2503.02130v2", "https://doi.org/10.1002/%28SICI%29x", "https://openreview.net/forum?id=abc_DE-1", "http://[::1]/", "http://bücher.example/?q=%ff", "acl:P17-1001", "url:javascript:x", "//x", "http://%41/", "example.org:443/a", "http://p..:/41/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := Parse(s)
		if err != nil {
			if broadsheet.KindOf(err) != broadsheet.Invalid {
				t.Fatalf("Parse(%q): %v, want Invalid", s, err)
			}
			return
		}
		id := broadsheet.SplitID(got.ID)
		if id.ID() != got.ID || len(got.ID) > 400 || id.Value == "" {
			t.Fatalf("Parse(%q) = %+v: not an id", s, got)
		}
		if got.Place != Page {
			return
		}
		u, err := url.Parse(got.URL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || strings.ContainsFunc(got.URL, func(r rune) bool { return r <= ' ' || r > '~' }) {
			t.Fatalf("Parse(%q) = %+v: no plain address", s, got)
		}
		if again, err := Parse(strings.TrimPrefix(got.ID, "url:")); err != nil || again.ID != got.ID {
			t.Fatalf("Parse(%q) is %q, which is %q when read again: %v", s, got.ID, again.ID, err)
		}
	})
}
