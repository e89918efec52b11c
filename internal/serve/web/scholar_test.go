package web_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"broadsheet/internal/store/storetest"
)

// head gives what a page's head tells programs: the contents of its meta elements
// by name, its links by relation and type, and its blocks of data.
func head(t *testing.T, page string) (meta, links map[string][]string, data []map[string]any) {
	t.Helper()
	meta, links = map[string][]string{}, map[string][]string{}
	for n := range parse(t, page).Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "meta":
			name := attr(n, "name") + attr(n, "property")
			meta[name] = append(meta[name], attr(n, "content"))
		case n.Data == "link":
			links[attr(n, "rel")+" "+attr(n, "type")] = append(links[attr(n, "rel")+" "+attr(n, "type")], attr(n, "href"))
		case n.Data == "script" && attr(n, "type") == "application/ld+json":
			var block map[string]any
			if err := json.Unmarshal([]byte(n.FirstChild.Data), &block); err != nil {
				t.Errorf("data block: %v\n%s", err, n.FirstChild.Data)
			}
			data = append(data, block)
		}
	}
	return meta, links, data
}

// TestScholar reads a paper's page as Google Scholar, Zotero and search engines do.
func TestScholar(t *testing.T) {
	meta, links, data := head(t, edition(t).get(t, "/papers/2606.00001").Body.String())
	for name, want := range map[string][]string{
		"citation_title": {"Cooling of tea: the √t law"}, "citation_publication_date": {"2026"}, "citation_journal_title": {"J. Tea"}, "citation_volume": {"1"}, "citation_firstpage": {"1"},
		"citation_arxiv_id": {"2606.00001"}, "citation_doi": {"10.1234/tea.1"}, "citation_keywords": {"tea", "heat & flow"}, "citation_pdf_url": {"https://arxiv.org/pdf/2606.00001"},
		"citation_abstract_html_url": {"https://papers.example/papers/2606.00001"}, "og:type": {"article"}, "og:image": {"https://papers.example/cards/papers/2606.00001.png"},
		"twitter:card": {"summary_large_image"},
	} {
		if diff := cmp.Diff(want, meta[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got := meta["citation_author"]; len(got) != 30 || got[0] != "Taster No01" {
		t.Errorf("%d authors, %q…, want the 30 as printed", len(got), got[:1])
	}
	if got := links["alternate text/markdown"]; !cmp.Equal(got, []string{"/papers/2606.00001.md"}) {
		t.Errorf("links to Markdown: %q", got)
	}
	if len(data) != 1 {
		t.Fatalf("%d data blocks, want 1", len(data))
	}
	for name, want := range map[string]any{"@context": "https://schema.org", "@type": "ScholarlyArticle", "headline": "Cooling of tea: the √t law", "url": "https://papers.example/papers/2606.00001",
		"sameAs": "https://arxiv.org/abs/2606.00001", "datePublished": "2026-06-28", "dateModified": "2026-06-29", "image": "https://papers.example/cards/papers/2606.00001.png",
		"isPartOf": map[string]any{"@type": "Periodical", "name": "J. Tea"}} {
		if diff := cmp.Diff(want, data[0][name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	meta, links, data = head(t, edition(t).get(t, "/papers/2026-06-30?sort=new").Body.String())
	if got := meta["og:image"]; !cmp.Equal(got, []string{"https://papers.example/cards/days/2026-06-30.png"}) || meta["og:type"][0] != "website" || data != nil {
		t.Errorf("a day's picture %q, type %q, %d data blocks", got, meta["og:type"], len(data))
	}
	if got := links["alternate text/markdown"]; !cmp.Equal(got, []string{"/papers/2026-06-30.md?sort=new"}) {
		t.Errorf("a day's links to Markdown: %q", got)
	}
}

// TestScholarHostile sees that no text ends the data block or a tag, and that
// what is read back is what was written.
func TestScholarHostile(t *testing.T) {
	s := storetest.Open(t)
	for _, attack := range append(attacks, `</script><script>boom()</script>`, `<!--<script>`, `]]></script >`, "\u2028\u2029'\"\\") {
		put(t, s, hostile("2606.00001", attack, "https://ok.example/"))
		page := newSite(t, s).get(t, "/papers/2606.00001").Body.String()
		_, _, data := head(t, page)
		if len(data) != 1 {
			t.Fatalf("%q: %d data blocks, want 1", attack, len(data))
		}
		begin := strings.Index(page, `<script type="application/ld+json">`)
		block, _, _ := strings.Cut(page[begin+1:], "</script>")
		if strings.ContainsAny(block[len(`script type="application/ld+json">`):], "<>&\u2028\u2029") {
			t.Errorf("%q: the data block holds markup:\n%s", attack, block)
		}
		if _, ok := data[0]["headline"].(string); !ok {
			t.Errorf("%q: no headline in %v", attack, data[0])
		}
	}
}
