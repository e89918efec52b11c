package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// hundred is a site with a day of a hundred papers of usual size: 1,500 bytes of
// abstract and eight authors.
func hundred(b *testing.B) *site {
	s := storetest.Open(b)
	var all []broadsheet.Paper
	for i := range 100 {
		all = append(all, broadsheet.Paper{
			ID: fmt.Sprintf("2606.%05d", i+1), Origin: broadsheet.OriginCatalog, Title: fmt.Sprintf("A study of tea, part %d of a hundred", i+1),
			Abstract: strings.Repeat(fmt.Sprintf("In cup %d the tea cools more slowly than theory says. ", i), 28),
			Authors:  people("Al Brew", "Bo Crumb", "Cy Dunk", "Di Even", "Ed Froth", "Flo Grain", "Gus Heat", "Hal Ice"), AuthorCount: 8,
			Categories: []string{"cs.LG", "cs.AI"}, PublishedAt: at("2026-06-29", 1), AnnouncedOn: "2026-06-30", SeenAt: at("2026-06-30", 1),
			Features: []broadsheet.Feature{{Day: "2026-06-30", Position: i + 1, FeaturedAt: at("2026-06-30", 1), Votes: i}}, ImportedVotes: i,
			Links: []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "https://code.example/tea", Stars: i}},
		})
	}
	if _, err := s.Put(b.Context(), store.Batch{Papers: all}); err != nil {
		b.Fatal(err)
	}
	return newSite(b, s, httpkit.Options{Now: time.Now})
}

// BenchmarkList asks for a list of a hundred papers: made anew, as it was made
// before, and where the client has it already.
func BenchmarkList(b *testing.B) {
	s := hundred(b)
	const target = Root + "/lists/day/2026-06-30?limit=100"
	for _, bm := range []struct {
		name   string
		target string
		code   int
		header string
		miss   bool
	}{
		{name: "miss", target: target, code: 200, miss: true},
		{name: "missFields", target: target + "&fields=title,votes", code: 200, miss: true},
		{name: "hit", target: target, code: 200},
		{name: "unchanged", target: target, code: 304},
	} {
		b.Run(bm.name, func(b *testing.B) {
			w, _ := s.ask(b, http.MethodGet, target)
			r := httptest.NewRequest(http.MethodGet, bm.target, nil)
			r.Header.Set("Accept-Encoding", "gzip")
			if bm.code == http.StatusNotModified {
				r.Header.Set("Accept-Encoding", "identity")
				r.Header.Set("If-None-Match", w.Header().Get("ETag"))
			}
			b.ReportAllocs()
			bytes, query := 0, r.URL.RawQuery
			for n := 0; b.Loop(); n++ {
				if bm.miss {
					r.URL.RawQuery = fmt.Sprint(query, "&authors=", 100+n%9000) // another page to the cache
				}
				w := httptest.NewRecorder()
				s.ServeHTTP(w, r)
				if bytes = w.Body.Len(); w.Code != bm.code {
					b.Fatalf("%d %s", w.Code, w.Body)
				}
			}
			b.ReportMetric(float64(bytes), "bytes/answer")
		})
	}
}

// BenchmarkWire turns a hundred papers into an answer, without database, cache
// and compression.
func BenchmarkWire(b *testing.B) {
	s := hundred(b)
	l, err := s.api.app.Day(b.Context(), "2026-06-30", app.View{Limit: 100})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := write(httptest.NewRecorder(), s.api.listed(l, 1, selected{})); err != nil {
			b.Fatal(err)
		}
	}
}
