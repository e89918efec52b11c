package web_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"broadsheet"
	"broadsheet/internal/store/storetest"
)

// attacks are texts that must stay text in every field of a page. Each holds
// the word that the tests look for.
var attacks = []string{
	`<script>boom()</script>`,
	`</title></textarea></style><script>boom()</script>`,
	`"><img src=x onerror=boom()>`,
	`' autofocus onfocus=boom() x='`,
	`<svg/onload=boom()>`,
	`<svg><animate onbegin=boom() attributeName=x></svg>`,
	`<math><mtext><table><mglyph><style><img src=x onerror=boom()></style></mglyph></table></mtext></math>`,
	`<iframe srcdoc="&lt;script&gt;boom()&lt;/script&gt;"></iframe>`,
	`<a href="javascript:boom()">boom</a>`,
	`<form action=javascript:boom()><input type=submit>`,
	`<base href="https://evil.example/boom/">`,
	`<meta http-equiv=refresh content="0;url=javascript:boom()">`,
	`<link rel=stylesheet href="https://evil.example/boom.css">`,
	`<style>*{background:url(https://evil.example/boom)}</style>`,
	`<object data="javascript:boom()"></object><embed src="javascript:boom()">`,
	`<!--><img src=x onerror=boom()>-->`,
	`<![CDATA[><script>boom()</script>]]>`,
	`&lt;script&gt;boom()&lt;/script&gt;`,
	`{{.Site}} {{template "boom"}}`,
	"<scr\x00ipt>boom()</scr\x00ipt>",
	"\u202e<script>boom()\u202c",
	`$\href{javascript:boom()}{x}$`,
	`$\text{<script>boom()</script>}$`,
	`$\class{x" onmouseover="boom()}{y}$`,
	`$x^{<img src=x onerror=boom()>}$`,
	`\href{javascript:boom()}{click} and \url{javascript:boom()}`,
	`$\unicode{<script>boom()</script>}$ \begin{array}{"onload=boom()}1\end{array}`,
	`https://boom.example/"onmouseover="boom() http://boom.example/<script>boom()</script>`,
}

var evilURLs = []string{
	"javascript:boom()", "JaVaScRiPt:boom()", " javascript:boom()", "java\tscript:boom()", "data:text/html,<script>boom()</script>",
	"vbscript:boom()", "//evil.example/boom", "https://user:boom@evil.example/", "file:///boom", "https://ok.example/\"onmouseover=\"boom()",
	"https://ok.example/boom\u202egnp.exe",
}

// hostile is a paper with the attack in every text field.
func hostile(id, attack, link string) broadsheet.Paper {
	org := broadsheet.Organization{Key: "org" + attack, Name: attack, AvatarURL: link}
	who := &broadsheet.Person{Key: "who" + attack, Name: attack, AvatarURL: link}
	p := broadsheet.Paper{
		ID: id, Origin: broadsheet.OriginCatalog, Title: attack, Abstract: attack + " " + attack, TLDR: attack,
		Authors: []broadsheet.Author{{Name: attack, Key: broadsheet.AuthorKey(attack), Affiliation: attack}, {Name: "x" + attack}}, AuthorCount: 2,
		Categories: []string{strings.ReplaceAll(attack, " ", "")}, Keywords: []string{attack}, Organizations: []broadsheet.Organization{org},
		Versions: []broadsheet.Version{{Number: 1, Size: attack}},
		Note:     attack, JournalRef: attack, DOI: attack + " 10.1/" + strings.ReplaceAll(attack, " ", ""), ReportNo: attack, License: attack, Submitter: attack,
		ACMClass: attack, MSCClass: attack, PublishedAt: at("2026-06-29", 1), AnnouncedOn: "2026-06-30", SeenAt: at("2026-06-30", 1),
		Features: []broadsheet.Feature{{Day: "2026-06-30", Position: 1, FeaturedAt: at("2026-06-30", 2), Submitter: who, Title: attack}},
	}
	for _, kind := range []broadsheet.LinkKind{broadsheet.LinkCode, broadsheet.LinkProject, broadsheet.LinkMedia, broadsheet.LinkThumbnail} {
		p.Links = append(p.Links, broadsheet.Link{Kind: kind, URL: link, AddedBy: attack})
	}
	return p
}

// TestHostileText puts an attack into every field of a paper and reads every
// page that shows it as a browser would: none gains an element, a handler or
// an address from it. Lines 32, 33, 35 and 36 of doc/security.md.
func TestHostileText(t *testing.T) {
	s := storetest.Open(t)
	for i, attack := range attacks {
		put(t, s, hostile(fmt.Sprintf("2606.1%04d", i), attack, evilURLs[i%len(evilURLs)]))
		if err := s.PutSource(t.Context(), broadsheet.Source{Name: attack, Error: attack, Note: attack, Failures: 1}); err != nil {
			t.Fatal(err)
		}
	}
	paths := []string{"/papers", "/papers/2026-06-30?list=announced&sort=top", "/papers/2026-06-30?props=1", "/papers/week/2026-W27", "/papers/month/2026-06",
		"/orgs", "/categories", "/status"}
	for i, attack := range attacks {
		in, query := url.PathEscape(attack), url.QueryEscape(attack)
		paths = append(paths, fmt.Sprintf("/papers/2606.1%04d", i), "/authors/"+url.PathEscape(broadsheet.AuthorKey(attack)), "/authors/"+in, "/orgs/"+url.PathEscape("org"+attack),
			"/submitters/"+url.PathEscape("who"+attack), "/keywords/"+in, "/categories/"+in, "/papers/"+in, "/"+in,
			"/go?q="+query, "/search?q="+query, "/search?explain=1&q=crumbs+"+query, "/search?like="+query, "/search/suggest?q="+query, "/papers?date="+query, "/papers?sort="+query, "/papers/2026-06-30?cat="+query)
	}
	site := newSite(t, s)
	for _, path := range paths {
		w := site.get(t, path)
		if w.Code >= 500 {
			t.Errorf("GET %s: status %d", path, w.Code)
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			for _, problem := range dangers(w.Body.String()) {
				t.Errorf("GET %s: %s", path, problem)
			}
		}
	}
}

func TestHostileLinks(t *testing.T) {
	for _, link := range evilURLs {
		s := storetest.Open(t)
		put(t, s, hostile("2606.10001", "plain words", link))
		site := newSite(t, s)
		for _, path := range []string{"/papers", "/papers/2606.10001"} {
			for _, problem := range dangers(site.get(t, path).Body.String()) {
				t.Errorf("GET %s with link %q: %s", path, link, problem)
			}
		}
	}
}

// allowed are the elements that pages are made of.
var allowed = strings.Fields(`html head meta title link script body a header nav form label input button p main div span h1 h2 h3 article b i mark img
 details summary footer dl dt dd br time ul ol li pre table thead tbody tr th td abbr small section kbd select optgroup option fieldset legend sub sup em strong code
 math mrow mi mo mn ms mtext mspace msup msub msubsup mfrac msqrt mroot mover munder munderover mtable mtr mtd mstyle mpadded mphantom menclose mmultiscripts mprescripts semantics annotation`)

// dangers parses a page as browsers do and tells of what must not be in it.
func dangers(page string) []string {
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return []string{err.Error()}
	}
	var found []string
	for n := range doc.Descendants() {
		if n.Type == html.TextNode && strings.ContainsAny(n.Data, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00") {
			found = append(found, "a character that turns text around in "+n.Data)
		}
		if n.Type != html.ElementNode {
			continue
		}
		if !slices.Contains(allowed, n.Data) {
			found = append(found, "an element "+n.Data)
		}
		for _, a := range n.Attr {
			value := strings.ToLower(strings.TrimSpace(a.Val))
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc", a.Key == "http-equiv":
				found = append(found, "an attribute "+a.Key+"="+a.Val)
			case a.Key == "href" || a.Key == "src" || a.Key == "action":
				own := strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "//") || strings.HasPrefix(value, "#")
				out := n.Data == "a" && (strings.HasPrefix(value, "https://") || strings.HasPrefix(value, "http://"))
				canonical := n.Data == "link" && strings.HasPrefix(value, "https://papers.example/")
				if !own && !out && !canonical {
					found = append(found, "an address "+a.Key+"="+a.Val+" on "+n.Data)
				}
			}
		}
		if n.Data == "script" && attr(n, "type") == "application/ld+json" && n.FirstChild != nil && json.Valid([]byte(n.FirstChild.Data)) {
			continue // data, which no browser runs
		}
		if n.Data == "script" && (n.FirstChild != nil || !strings.HasPrefix(attr(n, "src"), "/static/site.")) {
			found = append(found, "a script")
		}
	}
	return found
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
