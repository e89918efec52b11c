package web_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"broadsheet"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

func parse(t *testing.T, page string) *html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// hooks are the addresses that "article h3 > a" finds in a page, and how many
// articles it has.
func hooks(doc *html.Node) (hrefs []string, articles int) {
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "article" {
			articles++
		}
		if n.Data == "a" && n.Parent.Data == "h3" && slices.ContainsFunc(slices.Collect(n.Ancestors()), func(a *html.Node) bool { return a.Data == "article" }) {
			hrefs = append(hrefs, attr(n, "href"))
		}
	}
	return hrefs, articles
}

// TestHooks holds the structure that programs look for: one article with
// h3 > a for each paper, in order, and no other article.
func TestHooks(t *testing.T) {
	s := edition(t)
	all := []string{"/papers/2606.00001", "/papers/2606.00002", "/papers/2606.00003"}
	for _, tc := range []struct {
		path string
		want []string
	}{
		{"/papers", all},
		{"/papers/2026-06-30", all},
		{"/papers/2026-06-30?sort=new", []string{"/papers/2606.00002", "/papers/2606.00001", "/papers/2606.00003"}},
		{"/papers/week/2026-W27", all},
		{"/papers/2026-06-30?list=announced", []string{"/papers/2606.00005", "/papers/2606.00001"}},
		{"/authors/cy-dunk", []string{"/papers/2606.00002", "/papers/math/0309136"}},
		{"/papers/2606.00001", nil},
		{"/papers/archive", nil},
		{"/about", nil},
		{"/nowhere", nil},
	} {
		got, articles := hooks(parse(t, s.get(t, tc.path).Body.String()))
		if diff := cmp.Diff(tc.want, got); diff != "" || articles != len(tc.want) {
			t.Errorf("GET %s: %d articles, want %d; article h3 > a (-want +got):\n%s", tc.path, articles, len(tc.want), diff)
		}
	}
}

// TestProps holds the JSON that programs read from the day's page.
func TestProps(t *testing.T) {
	s := storetest.Open(t)
	wire := json.RawMessage(`{"paper":{"id":"2606.00001","odd":[1,"<\"&'>"]},"title":"Recorded"}`)
	recorded, known := papers()[0], papers()[1]
	recorded.Features[0].Wire = wire
	put(t, s, recorded, known)
	doc := parse(t, newSite(t, s).get(t, "/papers/2026-06-30?props=1").Body.String())
	var got struct{ DailyPapers []json.RawMessage }
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "div" && attr(n, "data-target") == "DailyPapers" {
			if err := json.Unmarshal([]byte(attr(n, "data-props")), &got); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(got.DailyPapers) != 2 {
		t.Fatalf("%d entries, want 2", len(got.DailyPapers))
	}
	var entry struct {
		Title string
		Paper struct{ Odd []any }
	}
	if err := json.Unmarshal(got.DailyPapers[0], &entry); err != nil || entry.Title != "Recorded" || len(entry.Paper.Odd) != 2 || entry.Paper.Odd[1] != `<"&'>` {
		t.Errorf("recorded entry came back as %s (%v)", got.DailyPapers[0], err)
	}
	if !strings.Contains(string(got.DailyPapers[1]), `"id":"2606.00002"`) || !strings.Contains(string(got.DailyPapers[1]), `"upvotes":7`) {
		t.Errorf("entry of a paper without recording: %s", got.DailyPapers[1])
	}
	if page := edition(t).get(t, "/papers/2026-06-30").Body.String(); strings.Contains(page, "data-props") {
		t.Error("data-props without being asked for")
	}
}

var words = strings.Fields(`tea cup spoon kettle steam leaf heat flow cools warm slow fast model method results measure radius surface wall share
 curve sample crumb biscuit plate saucer sugar lemon milk water boil pour stir taste aroma colour porcelain copper iron garden harvest trade
 theory proof bound limit growth decay rate linear random graph tree path cycle weight mass field wave energy noise signal filter window sparse
 dense shallow deep narrow broad early late often rarely simple complex stable fragile known unknown general special we show that find propose
 study present compare with without under over between among every some most few many such these which where while because although`)

// fullDay is a day of 50 papers that have everything a card can show, in words
// drawn at random, which compress worse than any language does.
func fullDay(t testing.TB, s *store.Store) {
	r := rand.New(rand.NewPCG(1, 2))
	some := func(n int) string {
		var b strings.Builder
		for b.Len() < n {
			b.WriteString(words[r.IntN(len(words))] + " ")
		}
		return strings.TrimSpace(b.String()[:n])
	}
	var all []broadsheet.Paper
	for i := range 50 {
		p := papers()[0]
		p.ID = fmt.Sprintf("2606.%05d", 100+r.IntN(20000))
		p.IDs = nil
		p.Title, p.TLDR, p.Abstract = some(75), some(205), some(1100)
		name := func() string { return "A" + some(6) + " B" + some(7) }
		p.Authors, p.AuthorCount = people(name(), name(), name(), name(), name(), name()), 6
		if i%3 != 0 {
			p.Organizations = nil
		} else {
			p.Organizations = []broadsheet.Organization{{Key: some(9), Name: some(14), AvatarURL: "https://pictures.example/" + some(8)}}
		}
		p.Links = []broadsheet.Link{{Kind: broadsheet.LinkThumbnail, URL: "https://pictures.example/" + p.ID}}
		if i%2 == 0 {
			p.Links = append(p.Links, broadsheet.Link{Kind: broadsheet.LinkCode, URL: "https://code.example/" + some(8) + "/" + some(10), Stars: r.IntN(3000)})
		}
		p.ImportedVotes, p.ImportedComments = r.IntN(200), r.IntN(9)
		p.Features = []broadsheet.Feature{{Day: "2026-06-30", Position: i + 1, FeaturedAt: at("2026-06-30", r.IntN(9)), Submitter: &broadsheet.Person{Key: some(8), Name: some(12)}}}
		for _, l := range p.Links {
			if l.Kind == broadsheet.LinkThumbnail {
				picture(t, s, l.URL, store.PictureThumbnail)
			}
		}
		for _, o := range p.Organizations {
			picture(t, s, o.AvatarURL, store.PictureAvatar)
		}
		all = append(all, p)
	}
	put(t, s, all...)
}

func picture(t testing.TB, s *store.Store, url string, class store.PictureClass) {
	t.Helper()
	if err := s.PutPicture(t.Context(), store.Picture{URL: url, Class: class, Type: "image/png", Body: []byte("png"), Width: 640, Height: 360}); err != nil {
		t.Fatal(err)
	}
}

// maxFirst is what fits into the first ten packets of a connection.
const maxFirst = 14600

// TestFirstResponse holds a full day's page to the size of a first response,
// and to one style sheet and one script, and so the front page of a site that
// sends mail.
func TestFirstResponse(t *testing.T) {
	s := storetest.Open(t)
	fullDay(t, s)
	for name, w := range map[string]*httptest.ResponseRecorder{
		"a day": newSite(t, s).get(t, "/papers/2026-06-30", "Accept-Encoding", "gzip"),
		"front": newPostOffice(t, s).get(t, "/papers", "Accept-Encoding", "gzip"),
	} {
		t.Run(name, func(t *testing.T) { firstResponse(t, w) })
	}
}

func firstResponse(t *testing.T, w *httptest.ResponseRecorder) {
	size := w.Body.Len()
	zr, err := gzip.NewReader(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(zr)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes, %d in gzip", len(page), size)
	if size > maxFirst {
		t.Errorf("a full day is %d bytes in gzip, want at most %d", size, maxFirst)
	}
	doc := parse(t, string(page))
	if hrefs, _ := hooks(doc); len(hrefs) != 50 {
		t.Errorf("%d papers, want 50", len(hrefs))
	}
	fetched := map[string]int{}
	for n := range doc.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "script", n.Data == "link" && attr(n, "rel") == "stylesheet":
			fetched[n.Data]++
		case n.Data == "img":
			if attr(n, "loading") != "lazy" || attr(n, "width") == "" || attr(n, "height") == "" {
				t.Errorf("a picture that is not lazy or has no size: %v", n.Attr)
			}
		}
	}
	if diff := cmp.Diff(map[string]int{"script": 1, "link": 1}, fetched); diff != "" {
		t.Errorf("what the page fetches (-want +got):\n%s", diff)
	}
}

// BenchmarkDay is the page of 50 papers from the database to HTML, without the
// cache of whole pages.
func BenchmarkDay(b *testing.B) {
	s := storetest.Open(b)
	fullDay(b, s)
	routes := newSite(b, s).Routes()
	at := slices.IndexFunc(routes, func(r httpkit.Route) bool { return r.Pattern == "/papers/{id...}" })
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodGet, "/papers/2026-06-30", nil)
		r.SetPathValue("id", "2026-06-30")
		if err := routes[at].Handle(httptest.NewRecorder(), r); err != nil {
			b.Fatal(err)
		}
	}
}
