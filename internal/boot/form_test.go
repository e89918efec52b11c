package boot

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestForms reads lists of the real program in every form: each holds the same
// papers in the same order as the page.
func TestForms(t *testing.T) {
	s := start(t, load(t, map[string]string{"site-url": "https://papers.example"}))
	forms := map[string]*regexp.Regexp{
		"":          regexp.MustCompile(`<h3><a href="/papers/([0-9.]+)"`),
		".md":       regexp.MustCompile(`\]\(https://papers\.example/papers/([0-9.]+)\.md\)`),
		".bib":      regexp.MustCompile(`eprint = \{([0-9.]+)\}`),
		".ris":      regexp.MustCompile(`AN  - arXiv:([0-9.]+)`),
		".csl.json": regexp.MustCompile(`"archive_location":"([0-9.]+)"`),
	}
	for _, path := range []string{"/papers/2026-07-01", "/papers?sort=top", "/papers/week/2026-W27?code=1", "/orgs/nvidia", "/papers/hot"} {
		read := func(suffix string) []string {
			name, query, _ := strings.Cut(path, "?")
			code, body := s.get(t, name+suffix+"?"+query)
			if code != 200 {
				t.Errorf("%s as %q: status %d", path, suffix, code)
			}
			var ids []string
			for _, m := range forms[suffix].FindAllStringSubmatch(body, -1) {
				ids = append(ids, m[1])
			}
			return ids
		}
		want := read("")
		if len(want) == 0 {
			t.Fatalf("%s: the page has no papers", path)
		}
		for suffix := range forms {
			if got := read(suffix); !slices.Equal(got, want) {
				t.Errorf("%s as %q: papers %v, want those of the page, %v", path, suffix, got, want)
			}
		}
	}
}

// TestAddressesAnswer asks for everything that a paper's page, robots.txt and the
// sitemap name.
func TestAddressesAnswer(t *testing.T) {
	s := start(t, load(t, map[string]string{"site-url": "https://papers.example"}))
	named := regexp.MustCompile(`(?:content|href|src)="(?:https://papers\.example)?(/(?:papers/[^"]+\.(?:md|bib|ris|json)|cards/[^"]+))"|<loc>https://papers\.example([^<]+)</loc>|Sitemap: https://papers\.example(\S+)|\(https://papers\.example(/[^)]*)\)`)
	seen := map[string]bool{}
	var visit func(path string, deep int)
	visit = func(path string, deep int) {
		if seen[path] || strings.Contains(path, "/mcp") {
			return
		}
		seen[path] = true
		code, body := s.get(t, path)
		if code != 200 {
			t.Errorf("%s: status %d, though it is named", path, code)
		}
		if deep == 0 {
			return
		}
		for _, m := range named.FindAllStringSubmatch(body, 40) {
			visit(m[1]+m[2]+m[3]+m[4], deep-1)
		}
	}
	visit("/papers/2510.05491", 1)
	visit("/robots.txt", 3)
	visit("/llms.txt", 1)
	for _, path := range []string{"/sitemap.xml", "/sitemaps/lists.xml", "/sitemaps/papers-1.xml", "/cards/papers/2510.05491.png", "/papers/2510.05491.bib"} {
		if !seen[path] {
			t.Errorf("nothing names %s", path)
		}
	}
	if len(seen) < 60 {
		t.Errorf("only %d addresses are named", len(seen))
	}
}
