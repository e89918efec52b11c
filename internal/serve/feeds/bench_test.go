package feeds_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/serve/feeds"
	"broadsheet/internal/store/storetest"
)

// BenchmarkFeed makes a feed of a day of 50 papers without any cache, beside
// the reading of the list alone.
func BenchmarkFeed(b *testing.B) {
	s := storetest.Open(b)
	for i := range 50 {
		put(b, s, broadsheet.Paper{
			ID: fmt.Sprintf("2606.1%04d", i), Origin: broadsheet.OriginCatalog, Title: fmt.Sprintf("Counting gulls by the harbour, part %d", i), TLDR: "Gulls are counted, and then some.",
			Abstract: "Where $n \\geq 10^3$ gulls sit, " + strings.Repeat("they are counted at dawn, before the wind of the day takes them off the harbour wall. ", 15) + "That is all.", Authors: people("Ada Example", "Bo Crumb", "Cy Dunk", "Di Even", "Ed Four"),
			Categories: []string{"cs.LG", "cs.CV"}, Keywords: []string{"gulls", "harbours"}, PublishedAt: at("2026-06-28", 1),
			Features: []broadsheet.Feature{{Day: "2026-06-30", Position: i + 1, FeaturedAt: at("2026-06-30", 1), Votes: i}}, SeenAt: at("2026-06-30", 1),
		})
	}
	a := apptest.New(b, s, now)
	b.Run("list", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if l, err := a.Day(context.Background(), "2026-06-30", app.View{}); err != nil || len(l.Papers) != 50 {
				b.Fatal(err)
			}
		}
	})
	for _, route := range feeds.New(feeds.Options{App: a, BaseURL: base}).Routes() {
		if route.Pattern != "/papers" {
			continue
		}
		b.Run(route.Suffix[1:], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w := httptest.NewRecorder()
				if err := route.Handle(w, httptest.NewRequest(http.MethodGet, "/papers", nil)); err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(w.Body.Len()))
			}
		})
	}
}
