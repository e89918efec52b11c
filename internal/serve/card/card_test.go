package card_test

import (
	"bytes"
	"image/png"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/card"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

var now = time.Date(2026, 6, 30, 9, 30, 0, 0, time.UTC)

// TestCards asks for every kind of card.
func TestCards(t *testing.T) {
	s := storetest.Open(t)
	if _, err := s.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{
		{ID: "2606.00001", Title: `The $\sqrt{t}$ law`, Authors: []broadsheet.Author{{Name: "Ada"}}, PublishedAt: now, Features: []broadsheet.Feature{{Day: "2026-06-30"}}},
		{ID: "math/0309136", Title: "茶", PublishedAt: now},
		{ID: "doi:10.1234/a//b", Title: "B"},
	}}); err != nil {
		t.Fatal(err)
	}
	cards, err := card.New(card.Options{App: apptest.New(t, s, now), BaseURL: "https://papers.example"})
	if err != nil {
		t.Fatal(err)
	}
	h := httpkit.New(cards.Routes(), httpkit.Options{BaseURL: "https://papers.example"})
	for _, tc := range []struct {
		path   string
		status int
		to     string
	}{
		{address.PaperCard("2606.00001"), 200, ""},
		{address.PaperCard("math/0309136"), 200, ""},
		{address.PaperCard("doi:10.1234/a//b"), 200, ""},
		{address.DayCard("2026-06-30"), 200, ""},
		{address.DayCard("2026-06-29"), 200, ""},
		{address.SiteCard, 200, ""},
		{"/cards/papers/2606.00001v3.png", 308, "/cards/papers/2606.00001.png"},
		{"/cards/papers/2606.99999.png", 404, ""},
		{"/cards/papers/2606.00001", 404, ""},
		{"/cards/days/2026-02-30.png", 400, ""},
		{"/cards/days/2026-06-30.gif", 404, ""},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, tc.path, nil))
		if w.Code != tc.status || w.Header().Get("Location") != tc.to {
			t.Errorf("%s: status %d to %q, want %d to %q\n%.200s", tc.path, w.Code, w.Header().Get("Location"), tc.status, tc.to, w.Body)
		}
		if tc.status != 200 {
			continue
		}
		if got := w.Header().Get("Content-Type"); got != "image/png" {
			t.Errorf("%s: type %q", tc.path, got)
		}
		if got := w.Header().Values("Cross-Origin-Resource-Policy"); len(got) != 1 || got[0] != "cross-origin" {
			t.Errorf("%s: Cross-Origin-Resource-Policy %q: other sites are to show it", tc.path, got)
		}
		if c, err := png.DecodeConfig(bytes.NewReader(w.Body.Bytes())); err != nil || c.Width != card.Width || c.Height != card.Height {
			t.Errorf("%s: %v, %d by %d pixels", tc.path, err, c.Width, c.Height)
		}
	}
}

// TestOneAtATime: cards go through a lane of their own and count against a limit,
// so that a flood of them slows no page.
func TestOneAtATime(t *testing.T) {
	cards, err := card.New(card.Options{App: apptest.New(t, storetest.Open(t), now)})
	if err != nil {
		t.Fatal(err)
	}
	for _, rt := range cards.Routes() {
		if rt.Lane == "" || rt.Limit == "" {
			t.Errorf("%s: lane %q, limit %q; want both", rt.Pattern, rt.Lane, rt.Limit)
		}
	}
}
