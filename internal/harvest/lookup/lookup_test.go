package lookup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/harvest/sourcetest"
	"broadsheet/internal/lib/fetch"
	"broadsheet/internal/testkit"
)

var now = time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC)

// world is a stand-in for all places, one path each, and for the Web.
type world struct {
	*Lookup
	t     *testing.T
	arxiv *sourcetest.Server
	at    string // of the others
	mux   *http.ServeMux
	asked []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, arxiv: sourcetest.New(t), mux: http.NewServeMux()}
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.asked = append(w.asked, r.RequestURI)
		w.mux.ServeHTTP(rw, r)
	}))
	t.Cleanup(s.Close)
	w.at = s.URL
	clock := sourcetest.NewClock(now)
	opt := fetch.Options{Clock: clock, Rand: func() float64 { return 0 }, Timeout: time.Minute, Attempts: 2, MaxWait: 3 * time.Second,
		Allow:  []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Limits: []fetch.Limit{{Name: "test", Hosts: []string{"127.0.0.1"}, Burst: 100}}}
	sources := fetch.New(opt)
	t.Cleanup(sources.Close)
	w.Lookup = New(Options{Sources: sources, Pages: sources, Contact: "papers@example.org", Now: clock.Now, Arxiv: w.arxiv.URL + "/api/query",
		Crossref: w.at + "/crossref", DOI: w.at + "/doi", OpenReview: w.at + "/or2", OpenReviewV1: w.at + "/or1", Biorxiv: w.at + "/biorxiv", ACL: w.at + "/acl"})
	return w
}

// answer answers a path, escaped as it is asked for.
func (w *world) answer(path, kind, body string) {
	w.mux.HandleFunc(path, func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", kind)
		fmt.Fprint(rw, body)
	})
}

func (w *world) find(text string) (Found, error) {
	w.t.Helper()
	target, err := Parse(text)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.Find(w.t.Context(), target)
}

// must finds a paper, and gives it without what is the same for all.
func (w *world) must(text string) broadsheet.Paper {
	w.t.Helper()
	f, err := w.find(text)
	if err != nil {
		w.t.Fatalf("Find(%q): %v", text, err)
	}
	p := f.Paper
	if !p.SeenAt.Equal(now) || p.AuthorCount != len(p.Authors) {
		w.t.Errorf("Find(%q): seen at %s, %d authors counted", text, p.SeenAt, p.AuthorCount)
	}
	p.SeenAt, p.AuthorCount = time.Time{}, 0
	return p
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func TestArxiv(t *testing.T) {
	w := newWorld(t)
	w.arxiv.Index(sourcetest.Paper{ID: "2606.00001", Title: "A <b>fine</b> paper", Submitted: now.AddDate(0, 0, -1)})
	p := w.must("https://arxiv.org/abs/2606.00001v2")
	if p.ID != "2606.00001" || p.Origin != broadsheet.OriginCatalog || len(p.Authors) != 1 || p.PrimaryCategory() != "cs.LG" {
		t.Errorf("got %+v", p)
	}
	if _, err := w.find("2606.00002"); broadsheet.KindOf(err) != broadsheet.NotFound {
		t.Errorf("an id that arXiv does not have: %v, want NotFound", err)
	}
	w.arxiv.Misbehave("/api/query", sourcetest.Status(429, "300"))
	_, err := w.find("2606.00001")
	if broadsheet.KindOf(err) != broadsheet.Limited || RetryAfter(err) != 5*time.Minute || !strings.Contains(err.Error(), "in 5 minutes") || !Temporary(err) {
		t.Errorf("busy: %v, to wait %s; want Limited, 5 minutes", err, RetryAfter(err))
	}
}

const crossrefRecord = `{"status":"ok","message-type":"work","message":{"DOI":"10.5555/Example.1","type":"journal-article","title":["A study of <i>things</i> &amp; more"],"subtitle":["in two parts"],
"abstract":"<jats:title>Abstract</jats:title><jats:p>We study <jats:italic>x</jats:italic>.<jats:script>alert(1)</jats:script></jats:p>","container-title":["Journal of Things"],
"author":[{"given":"Ada","family":"Example","ORCID":"https://orcid.org/0000-0002-1825-0097","affiliation":[{"name":"Example Lab"}]},{"name":"The Example Team"},{"given":"","family":""}],
"published-online":{"date-parts":[[2026,5]]},"issued":{"date-parts":[[null]]},"license":[{"URL":"http://creativecommons.org/licenses/by/4.0/"}],
"resource":{"primary":{"URL":"https://journal.example/1"}}%s}}`

func TestCrossref(t *testing.T) {
	w := newWorld(t)
	w.answer("/crossref/works/10.5555%2Fexample.1", "application/json", fmt.Sprintf(crossrefRecord, ""))
	want := broadsheet.Paper{ID: "doi:10.5555/example.1", IDs: []broadsheet.SourceID{{Scheme: "doi", Value: "10.5555/example.1"}}, Origin: broadsheet.OriginFeed,
		Title: "A study of things & more: in two parts", Abstract: "We study x.", DOI: "10.5555/example.1", JournalRef: "Journal of Things",
		Authors:     []broadsheet.Author{{Name: "Ada Example", Affiliation: "Example Lab", ORCID: "0000-0002-1825-0097"}, {Name: "The Example Team"}},
		PublishedAt: day(2026, 5, 1), UpdatedAt: day(2026, 5, 1), License: "http://creativecommons.org/licenses/by/4.0/",
		Links: []broadsheet.Link{{Kind: broadsheet.LinkPage, URL: "https://doi.org/10.5555/example.1"}}}
	if d := cmp.Diff(want, w.must("https://doi.org/10.5555/EXAMPLE.1")); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if want := []string{"/crossref/works/10.5555%2Fexample.1?mailto=papers%40example.org"}; !cmp.Equal(want, w.asked) {
		t.Errorf("asked %q, want %q", w.asked, want)
	}
}

func TestCrossrefTellsMore(t *testing.T) {
	w := newWorld(t)
	w.answer("/crossref/works/10.5555%2Fexample.1", "application/json", fmt.Sprintf(crossrefRecord, `,"updated-by":[{"type":"correction"},{"type":"retraction"}]`))
	if p := w.must("10.5555/example.1"); !p.Withdrawn {
		t.Error("a retracted article is not marked")
	}
	w.answer("/crossref/works/10.5555%2Fother", "application/json", fmt.Sprintf(crossrefRecord, ""))
	if _, err := w.find("10.5555/other"); broadsheet.KindOf(err) != broadsheet.Unavailable {
		t.Errorf("another paper than asked for: %v, want Unavailable", err)
	}
	w.answer("/crossref/works/10.5555%2F%28x%29y%3Cz%3E", "application/json", strings.Replace(fmt.Sprintf(crossrefRecord, ""), "10.5555/Example.1", "10.5555/(X)y<z>", 1))
	if p := w.must("10.5555/(x)y<z>"); p.ID != "doi:10.5555/(x)y<z>" || p.Links[0].URL != "https://doi.org/10.5555/%28x%29y%3Cz%3E" {
		t.Errorf("a DOI with brackets: %s, %v", p.ID, p.Links)
	}
	w.answer("/crossref/works/10.5555%2Fjournal", "application/json", `{"message":{"DOI":"10.5555/journal","title":[]}}`)
	if _, err := w.find("10.5555/journal"); broadsheet.KindOf(err) != broadsheet.Invalid {
		t.Errorf("a DOI without a title: %v, want Invalid", err)
	}
}

func TestDOIOfAnotherRegistry(t *testing.T) {
	w := newWorld(t)
	w.mux.HandleFunc("/doi/10.5281/zenodo.1", func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, "/landing", http.StatusFound) })
	w.answer("/landing", "text/html", `<title>x</title><meta name=citation_title content="A data set"><meta name=citation_doi content="10.5281/ZENODO.1"><meta name=citation_author content="Example, Ada">`)
	p := w.must("10.5281/zenodo.1")
	if p.ID != "doi:10.5281/zenodo.1" || p.Title != "A data set" || p.Authors[0].Name != "Ada Example" {
		t.Errorf("got %+v", p)
	}
	w.mux.HandleFunc("/doi/10.5281/zenodo.2", func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, "/landing", http.StatusFound) })
	if _, err := w.find("10.5281/zenodo.2"); broadsheet.KindOf(err) != broadsheet.Unavailable {
		t.Errorf("a page that names another DOI: %v, want Unavailable", err)
	}
	if _, err := w.find("10.5281/zenodo.3"); broadsheet.KindOf(err) != broadsheet.NotFound {
		t.Errorf("a DOI that nobody knows: %v, want NotFound", err)
	}
}

func TestBiorxiv(t *testing.T) {
	w := newWorld(t)
	w.answer("/biorxiv/details/biorxiv/10.1101/2026.05.31.741992/na/json", "application/json", `{"messages":[{"status":"no posts found"}],"collection":[]}`)
	w.answer("/biorxiv/details/medrxiv/10.1101/2026.05.31.741992/na/json", "application/json", `{"collection":[
{"doi":"10.1101/2026.05.31.741992","title":"First","authors":"Old, O.","date":"2026-05-31","version":"1","abstract":"a","published":"NA"},
{"doi":"10.1101/2026.05.31.741992","title":"Second title","authors":"Loconsole, M.; Garcia-Pelegrin, E.;","date":"2026-06-01","version":"2","abstract":"<b>b</b>","license":"cc_by","published":"10.5555/J.1"}]}`)
	want := broadsheet.Paper{ID: "doi:10.1101/2026.05.31.741992", IDs: []broadsheet.SourceID{{Scheme: "doi", Value: "10.1101/2026.05.31.741992"}, {Scheme: "doi", Value: "10.5555/j.1"}},
		Origin: broadsheet.OriginCatalog, Title: "Second title", Abstract: "b", DOI: "10.1101/2026.05.31.741992 10.5555/j.1", License: "cc_by",
		Authors:  []broadsheet.Author{{Name: "M. Loconsole"}, {Name: "E. Garcia-Pelegrin"}},
		Versions: []broadsheet.Version{{Number: 1, CreatedAt: day(2026, 5, 31)}, {Number: 2, CreatedAt: day(2026, 6, 1)}}, PublishedAt: day(2026, 5, 31), UpdatedAt: day(2026, 6, 1),
		Links: []broadsheet.Link{{Kind: broadsheet.LinkPage, URL: "https://www.medrxiv.org/content/10.1101/2026.05.31.741992v2"}, {Kind: broadsheet.LinkPDF, URL: "https://www.medrxiv.org/content/10.1101/2026.05.31.741992v2.full.pdf"}}}
	if d := cmp.Diff(want, w.must("10.1101/2026.05.31.741992")); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	w.answer("/biorxiv/details/biorxiv/10.1101/123456/na/json", "application/json", `{"collection":[{"doi":"10.1101/123456","title":"WITHDRAWN: A study","authors":"Old, O.","date":"2026-05-31","version":"2"}]}`)
	if p := w.must("10.1101/123456"); !p.Withdrawn {
		t.Error("a withdrawn preprint is not marked")
	}
}

func TestOpenReview(t *testing.T) {
	w := newWorld(t)
	note := func(base, id, readers, content string) {
		w.mux.HandleFunc("/"+base+"/notes", func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("Content-Type", "application/json; charset=utf-8")
			if r.URL.Query().Get("id") != id {
				fmt.Fprint(rw, `{"notes":[]}`)
				return
			}
			fmt.Fprintf(rw, `{"notes":[{"id":%q,"forum":%q,"cdate":1780000000000,"pdate":1780100000000,"tmdate":1780200000000,"readers":[%q],"content":%s}]}`, id, id, readers, content)
		})
	}
	note("or2", "abcDEF_-12", "everyone", `{"title":{"value":"Of $x$ and y"},"abstract":{"value":"We <script>."},"authors":{"value":["Ada Example","~Bob"]},"venue":{"value":"ICLR 2026 Poster"},"venueid":{"value":"ICLR.cc/2026/Conference"},"pdf":{"value":"/pdf/x.pdf"}}`)
	note("or1", "HkghWScuoQ", "everyone", `{"title":"Old one","abstract":"a","authors":["Ada Example"],"venue":7}`)
	p := w.must("https://openreview.net/forum?id=abcDEF_-12")
	if p.ID != "openreview:abcDEF_-12" || p.Title != "Of $x$ and y" || len(p.Authors) != 2 || p.Note != "ICLR 2026 Poster" || p.Withdrawn || !p.PublishedAt.Equal(time.UnixMilli(1780100000000)) || len(p.Links) != 2 {
		t.Errorf("got %+v", p)
	}
	if p := w.must("https://openreview.net/forum?id=HkghWScuoQ"); p.Title != "Old one" {
		t.Errorf("of the old API: %+v", p)
	}
	if _, err := w.find("https://openreview.net/forum?id=nobody12"); broadsheet.KindOf(err) != broadsheet.NotFound {
		t.Errorf("an id that neither has: %v, want NotFound", err)
	}
}

func TestOpenReviewRefuses(t *testing.T) {
	for _, c := range []struct {
		name, note string
		want       broadsheet.Kind
	}{
		{"not public", `{"id":"abcDEF_-12","forum":"abcDEF_-12","readers":["ICLR.cc/2026/Chairs"],"content":{"title":{"value":"x"}}}`, broadsheet.Denied},
		{"a review", `{"id":"abcDEF_-12","forum":"other","readers":["everyone"],"content":{"title":{"value":"x"}}}`, broadsheet.Invalid},
		{"another", `{"id":"zzzDEF_-12","forum":"zzzDEF_-12","readers":["everyone"],"content":{"title":{"value":"x"}}}`, broadsheet.Unavailable},
		{"no title", `{"id":"abcDEF_-12","forum":"abcDEF_-12","readers":["everyone"],"content":{}}`, broadsheet.Invalid},
	} {
		w := newWorld(t)
		w.answer("/or2/notes", "application/json", `{"notes":[`+c.note+`]}`)
		if _, err := w.find("https://openreview.net/forum?id=abcDEF_-12"); broadsheet.KindOf(err) != c.want {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	w := newWorld(t)
	w.answer("/or2/notes", "application/json", `{"notes":[{"id":"abcDEF_-12","readers":["everyone"],"content":{"title":{"value":"x"},"venue":{"value":"Withdrawn Submission"}}}]}`)
	if p := w.must("https://openreview.net/forum?id=abcDEF_-12"); !p.Withdrawn {
		t.Error("a withdrawn submission is not marked")
	}
}

func TestAnthology(t *testing.T) {
	w := newWorld(t)
	w.answer("/acl/2024.acl-long.1.xml", "application/xml", `<?xml version="1.0" encoding="UTF-8"?><modsCollection xmlns="http://www.loc.gov/mods/v3"><mods ID="example-2024">
<titleInfo><title>Quantised things</title></titleInfo><name type="personal"><namePart type="given">Ada</namePart><namePart type="family">Example</namePart><role><roleTerm>author</roleTerm></role></name>
<name type="personal"><namePart type="given">Ed</namePart><namePart type="family">Itor</namePart><role><roleTerm>editor</roleTerm></role></name>
<originInfo><dateIssued>2024-08</dateIssued></originInfo><relatedItem type="host"><titleInfo><title>Proceedings of Things</title></titleInfo></relatedItem>
<abstract>We quantise.</abstract><identifier type="citekey">x</identifier><identifier type="doi">10.18653/v1/2024.acl-long.1</identifier><location><url>https://aclanthology.org/2024.acl-long.1/</url></location></mods></modsCollection>`)
	want := broadsheet.Paper{ID: "acl:2024.acl-long.1", IDs: []broadsheet.SourceID{{Scheme: "acl", Value: "2024.acl-long.1"}, {Scheme: "doi", Value: "10.18653/v1/2024.acl-long.1"}},
		Origin: broadsheet.OriginCatalog, Title: "Quantised things", Abstract: "We quantise.", Authors: []broadsheet.Author{{Name: "Ada Example"}}, DOI: "10.18653/v1/2024.acl-long.1",
		JournalRef: "Proceedings of Things", PublishedAt: day(2024, 8, 1), UpdatedAt: day(2024, 8, 1),
		Links: []broadsheet.Link{{Kind: broadsheet.LinkPage, URL: "https://aclanthology.org/2024.acl-long.1/"}, {Kind: broadsheet.LinkPDF, URL: "https://aclanthology.org/2024.acl-long.1.pdf"}}}
	for _, text := range []string{"https://aclanthology.org/2024.acl-long.1/", "10.18653/v1/2024.acl-long.1"} {
		if d := cmp.Diff(want, w.must(text)); d != "" {
			t.Errorf("%s (-want +got):\n%s", text, d)
		}
	}
}

// TestRecorded reads answers as the services gave them.
func TestRecorded(t *testing.T) {
	dir := filepath.Join(testkit.Data(t), "protocol")
	read := func(name string, into any) {
		t.Helper()
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, into); err != nil {
			t.Fatal(err)
		}
	}
	w := newWorld(t)
	var crossref struct{ Body json.RawMessage }
	read("crossref/test_works_with_one_id__0.json", &crossref)
	w.answer("/crossref/works/10.1371%2Fjournal.pone.0033693", "application/json", string(crossref.Body))
	if p := w.must("10.1371/journal.pone.0033693"); len(p.Authors) != 6 || !p.PublishedAt.Equal(day(2012, 3, 21)) || p.Withdrawn || !strings.HasPrefix(p.Title, "Methylphenidate Exposure") {
		t.Errorf("crossref: %+v", p)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "biorxiv/details_2026-08-01_trimmed.json"))
	if err != nil {
		t.Fatal(err)
	}
	w.answer("/biorxiv/details/biorxiv/10.64898/2026.07.31.741992/na/json", "application/json", string(raw))
	if p := w.must("10.64898/2026.07.31.741992"); len(p.Authors) != 3 || p.Title == "" || p.Abstract == "" {
		t.Errorf("biorxiv: %+v", p)
	}
	var venues []struct{ Submissions []json.RawMessage }
	read("openreview/openreviewcrawler_example_output.json", &venues)
	var known int
	for _, v := range venues {
		for _, s := range v.Submissions {
			var n note
			if err := json.Unmarshal(s, &n); err != nil {
				t.Fatal(err)
			}
			if p, err := w.fromNote(&n, n.ID); err == nil && len(p.Authors) > 0 && !p.PublishedAt.IsZero() {
				known++
			}
		}
	}
	if known == 0 {
		t.Error("openreview: no recorded submission reads")
	}
	w.arxiv.Replay("/api/query", filepath.Join(dir, "arxiv_api/id_1707.08567_s0_m100_6a1afebfc6a3.atom.xml"))
	if p := w.must("1707.08567"); p.Title == "" || len(p.Authors) == 0 {
		t.Errorf("arxiv: %+v", p)
	}
	if _, err := w.find("1707.08568"); broadsheet.KindOf(err) != broadsheet.Unavailable {
		t.Errorf("arXiv answers with another paper: %v, want Unavailable", err)
	}
}

// TestTheCallersTimeEnds: the error says so, and that it may be asked again.
func TestTheCallersTimeEnds(t *testing.T) {
	w := newWorld(t)
	hold := make(chan struct{})
	w.mux.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hold:
		case <-r.Context().Done():
		}
	})
	defer close(hold)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	target, _ := Parse(w.at + "/slow")
	if _, err := w.Find(ctx, target); !errors.Is(err, context.DeadlineExceeded) || !Temporary(err) {
		t.Errorf("got %v, want the end of the caller's time", err)
	}
}
