package lookup

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/harvest/sourcetest"
	"broadsheet/internal/lib/fetch"
)

func TestPage(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name, kind, body string
		want             broadsheet.Paper
	}{
		{"tags for scholars", "text/html; charset=utf-8", `<!doctype html><title>Site | A paper</title><meta name="citation_title" content="A paper"><meta name="Citation_Author" content="Example, Ada"><meta name="citation_author" content="Bob Other">
<meta name="citation_publication_date" content="2026/5/4"><meta name="citation_abstract" content="&lt;p>Of x.&lt;/p>"><meta name="citation_pdf_url" content="/p.pdf"><meta property="og:image" content="//img.example/x.png"><meta name="citation_journal_title" content="J">`,
			broadsheet.Paper{Title: "A paper", Abstract: "Of x.", Authors: []broadsheet.Author{{Name: "Ada Example"}, {Name: "Bob Other"}}, PublishedAt: day(2026, 5, 4), JournalRef: "J",
				Links: []broadsheet.Link{{Kind: broadsheet.LinkPDF, URL: w.at + "/p.pdf"}, {Kind: broadsheet.LinkThumbnail, URL: "http://img.example/x.png"}}}},
		{"linked data", "text/html", `<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebSite","name":"no"},{"@type":["Thing","ScholarlyArticle"],"headline":"Of <em>y</em>","author":[{"@type":"Person","name":"Ada Example"},"Bob Other"],"datePublished":"2026-05-04T01:02:03Z","description":"d"}]}</script>`,
			broadsheet.Paper{Title: "Of y", Abstract: "d", Authors: []broadsheet.Author{{Name: "Ada Example"}, {Name: "Bob Other"}}, PublishedAt: time.Date(2026, 5, 4, 1, 2, 3, 0, time.UTC)}},
		{"a blog", "text/html", `<html><head><title>nothing</title><meta property="og:title" content="We made a thing"><meta property="og:description" content="It does."><meta property="article:author" content="https://x.example/me"></head><body><h1>x</h1>`,
			broadsheet.Paper{Title: "We made a thing", Abstract: "It does."}},
		{"only a title", "text/html", "<title>\n A  title\u202e \n</title>", broadsheet.Paper{Title: "A title"}},
		{"Latin 1 by header", "text/html; charset=iso-8859-1", "<title>Caf\xe9</title>", broadsheet.Paper{Title: "Café"}},
		{"Shift JIS by tag", "text/html", "<meta charset=shift_jis><title>\x93\xfa\x96{</title>", broadsheet.Paper{Title: "日本"}},
		{"says UTF-8, is not", "text/html; charset=utf-8", "<title>Caf\xe9 x</title>", broadsheet.Paper{Title: "Caf\uFFFD x"}},
		{"script in everything", "text/html", `<title><script>alert(1)</script>T</title><meta name=citation_author content="<script>alert(1)</script>Ada Example"><meta name=description content="<img src=x onerror=alert(1)>d"><meta name=citation_pdf_url content="javascript:alert(1)"><meta property=og:image content="data:x">`,
			broadsheet.Paper{Title: "T", Abstract: "d", Authors: []broadsheet.Author{{Name: "<script>alert(1)</script>Ada Example"}}}}, // a name is text: it is escaped where it is shown
		{"withdrawn", "text/html", `<title>RETRACTED: A paper</title>`, broadsheet.Paper{Title: "RETRACTED: A paper", Withdrawn: true}},
		{"dates that cannot be", "text/html", `<title>T</title><meta name=citation_date content="9999-01-01"><meta name=dc.date content="0001-01-01">`, broadsheet.Paper{Title: "T"}},
		{"printed ahead", "text/html", `<title>T</title><meta name=citation_date content="2026-12-01">`, broadsheet.Paper{Title: "T", PublishedAt: now.Truncate(24 * time.Hour)}},
	} {
		path := "/" + strings.ToLower(strings.NewReplacer(" ", "-", ",", "").Replace(c.name))
		w.answer(path, c.kind, c.body)
		c.want.Origin, c.want.UpdatedAt = broadsheet.OriginCurated, c.want.PublishedAt
		c.want.ID = "url:" + w.at + path
		c.want.IDs = []broadsheet.SourceID{{Scheme: "url", Value: w.at + path}}
		c.want.Links = append(c.want.Links, broadsheet.Link{Kind: broadsheet.LinkPage, URL: w.at + path})
		if d := cmp.Diff(c.want, w.must(w.at+path+"?utm_source=x")); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
	if f, err := w.find(w.at + "/only-a-title"); err != nil || !cmp.Equal([]string{"abstract", "authors", "date"}, f.Missing) {
		t.Errorf("missing %q, %v; want all three", f.Missing, err)
	}
}

// TestPageNamesAnother: a page is believed about itself only.
func TestPageNamesAnother(t *testing.T) {
	w := newWorld(t)
	w.arxiv.Index(sourcetest.Paper{ID: "2606.00001", Title: "A fine paper of arXiv", Submitted: now.AddDate(0, 0, -1)})
	w.answer("/crossref/works/10.5555%2Fexample.1", "application/json", fmt.Sprintf(crossrefRecord, ""))
	page := func(path, head string) {
		w.answer(path, "text/html", "<meta name=citation_abstract content='of the page'>"+head)
	}
	page("/mirror", `<title>A fine paper of arXiv | Mirror</title><meta name=citation_arxiv_id content=2606.00001>`)
	if p := w.must(w.at + "/mirror"); p.ID != "2606.00001" || p.Abstract != "About." || len(p.Links) != 0 {
		t.Errorf("a page of an arXiv paper: %+v", p)
	}
	page("/liar", `<title>Buy this</title><meta name=citation_arxiv_id content=2606.00001>`)
	if p := w.must(w.at + "/liar"); p.ID != "url:"+w.at+"/liar" {
		t.Errorf("a page that names a paper of another title passes for %s", p.ID)
	}
	page("/publisher", `<meta name=citation_title content="A study of things &amp; more"><meta name=citation_doi content="doi:10.5555/EXAMPLE.1">`)
	if p := w.must(w.at + "/publisher"); p.ID != "doi:10.5555/example.1" || p.Abstract != "We study x." {
		t.Errorf("a publisher's page: %+v", p)
	}
	page("/unknown", `<title>T of DOI</title><meta name=citation_doi content="10.5555/nowhere">`)
	if p := w.must(w.at + "/unknown"); p.ID != "url:"+w.at+"/unknown" || p.DOI != "" {
		t.Errorf("a DOI that nobody knows is believed: %+v", p)
	}
	page("/elsewhere", `<title>T</title><link rel=canonical href="https://evil.example/famous">`)
	page("/own", `<title>T</title><link rel=canonical href="/canonical#x">`)
	for path, want := range map[string]string{"/elsewhere": "/elsewhere", "/own": "/canonical"} {
		if p := w.must(w.at + path); p.ID != "url:"+w.at+want {
			t.Errorf("%s is known by %s, want its own address %s", path, p.ID, want)
		}
	}
}

func TestPageRefuses(t *testing.T) {
	w := newWorld(t)
	w.answer("/empty", "text/html", "<p>no title</p>")
	w.answer("/pdf", "application/pdf", "%PDF-1.4")
	w.mux.HandleFunc("/huge", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		for r.Context().Err() == nil {
			if _, err := io.WriteString(rw, strings.Repeat("<p>more", 1000)); err != nil {
				return
			}
		}
	})
	for path, code := range map[string]int{"/gone": 410, "/forbidden": 403, "/broken": 500, "/teapot": 418} {
		w.mux.HandleFunc(path, func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(code) })
	}
	w.mux.HandleFunc("/busy", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Retry-After", "7200")
		rw.WriteHeader(503)
	})
	w.mux.HandleFunc("/round", func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, "/round", http.StatusFound) })
	w.mux.HandleFunc("/file", func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, "file:///etc/passwd", http.StatusFound)
	})
	for path, want := range map[string]broadsheet.Kind{"/empty": broadsheet.Invalid, "/pdf": broadsheet.Invalid, "/huge": broadsheet.Invalid, "/gone": broadsheet.NotFound, "/forbidden": broadsheet.Denied,
		"/broken": broadsheet.Unavailable, "/teapot": broadsheet.NotFound, "/round": broadsheet.Invalid, "/file": broadsheet.Invalid, "/nothing": broadsheet.NotFound} {
		if _, err := w.find(w.at + path); broadsheet.KindOf(err) != want {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
	}
	if _, err := w.find(w.at + "/busy"); broadsheet.KindOf(err) != broadsheet.Limited || RetryAfter(err) != 2*time.Hour || !strings.Contains(err.Error(), "in 2 hours") {
		t.Errorf("busy: %v; want Limited for two hours", err)
	}
}

// TestPrivateAddresses: the client for strangers' addresses reaches none, however
// they are written, though sources may stand there.
func TestPrivateAddresses(t *testing.T) {
	w := newWorld(t)
	w.answer("/secret", "text/html", "<title>secret</title>")
	pages := fetch.New(fetch.Options{Attempts: 1, Timeout: 5 * time.Second, Limits: []fetch.Limit{{Name: "all", Hosts: []string{"127.0.0.1", "localhost"}, Burst: 100}}})
	defer pages.Close()
	w.Lookup.opt.Pages = pages
	port := w.at[strings.LastIndexByte(w.at, ':'):]
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "169.254.169.254", "10.0.0.1", "192.168.1.1", "0.0.0.0"} {
		_, err := w.find("http://" + host + port + "/secret")
		if k := broadsheet.KindOf(err); k != broadsheet.Invalid {
			t.Errorf("http://%s: %v, want Invalid", host, err)
		}
	}
	for _, host := range []string{"2130706433", "0x7f000001", "0177.0.0.1", "127.1"} { // names to us: none is an address that is asked
		if f, err := w.find("http://" + host + port + "/secret"); err == nil {
			t.Errorf("http://%s: found %q", host, f.Paper.Title)
		}
	}
	if len(w.asked) > 0 {
		t.Errorf("asked %q", w.asked)
	}
}

func FuzzPage(f *testing.F) {
	for _, s := range []string{`<title>x</title>`, `<meta name=citation_title content="a&lt;b"><meta name=citation_doi content="10.1/x">`,
		`<script type="application/ld+json">{"@type":"Article","name":[["x"]],"author":{"name":1}}</script>`, `<link rel=canonical href="//[::1">`, "<meta charset=utf-16><title>\xff\xfe"} {
		f.Add([]byte(s), "text/html")
	}
	l := New(Options{Now: func() time.Time { return now }})
	f.Fuzz(func(t *testing.T, body []byte, kind string) {
		at, _ := url.Parse("https://example.org/x")
		r := reading{at: at}
		l.describe(&r, readTags(body, kind))
		p := &r.paper
		if len(p.Title) > maxTitle || len(p.Abstract) > maxAbstract || len(p.Authors) > maxAuthors || !utf8.ValidString(p.Title+p.Abstract) {
			t.Fatalf("%q: %d bytes of title, %d of abstract, %d authors", body, len(p.Title), len(p.Abstract), len(p.Authors))
		}
		for _, link := range p.Links {
			if !broadsheet.ValidURL(link.URL) {
				t.Fatalf("%q: link %q", body, link.URL)
			}
		}
		for _, a := range p.Authors {
			if len(a.Name) > maxName || strings.ContainsAny(a.Name, "\n\x00\u202e") {
				t.Fatalf("%q: author %q", body, a.Name)
			}
		}
	})
}

func FuzzProse(f *testing.F) {
	for _, s := range []string{"<jats:title>Abstract</jats:title><jats:p>x", "a < b & c > d", "&lt;script&gt;", "<math><mi>x</mi><annotation>y</annotation></math>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := prose(s, 100)
		if len(got) > 100 || !utf8.ValidString(got) || strings.ContainsAny(got, "\x00\n\u202e") {
			t.Fatalf("prose(%q) = %q", s, got)
		}
	})
}
