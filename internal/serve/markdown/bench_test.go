package markdown_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/serve/markdown"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// BenchmarkList makes the longest list anew each time: a miss of the cache.
func BenchmarkList(b *testing.B) {
	s := storetest.Open(b)
	var all []broadsheet.Paper
	for i := range 100 {
		p := papers()[1]
		p.ID = fmt.Sprintf("2606.%05d", i)
		p.Abstract = strings.Repeat("Milk cools, and nobody says how fast: $T \\propto t^{-1/2}$ holds for cups. ", 18)
		all = append(all, p)
	}
	if _, err := s.Put(b.Context(), store.Batch{Papers: all}); err != nil {
		b.Fatal(err)
	}
	clock := now
	h := httpkit.New(markdown.New(markdown.Options{App: apptest.New(b, s, now), BaseURL: "https://papers.example"}).Routes(),
		httpkit.Options{Now: func() time.Time { clock = clock.Add(time.Hour); return clock }})
	r := httptest.NewRequest("GET", "/papers/2026-06-30.md?limit=100", nil)
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != 200 {
			b.Fatal(w.Code)
		}
	}
}
