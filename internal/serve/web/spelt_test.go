package web_test

import (
	"net/http"
	"strings"
	"testing"
)

// What people guess or spell in their own way leads to the page's address.
func TestOtherSpellingsLeadToThePage(t *testing.T) {
	s := edition(t)
	for _, tc := range []struct {
		path, to string
		code     int
	}{
		{"/orgs/TEA-Lab", "/orgs/tea-lab", http.StatusPermanentRedirect},
		{"/orgs/Tea%20Lab?sort=top", "/orgs/tea-lab?sort=top", http.StatusPermanentRedirect},
		{"/categories/CS.lg", "/categories/cs.LG", http.StatusPermanentRedirect},
		{"/authors/Cy%20Dunk", "/authors/cy-dunk", http.StatusPermanentRedirect},
		{"/papers/https://papers.example/papers/2606.00001", "/papers/2606.00001", http.StatusPermanentRedirect},
		{"/papers/2026-06", "/papers/month/2026-06", http.StatusPermanentRedirect},
		{"/papers/2026-W27?sort=new", "/papers/week/2026-W27?sort=new", http.StatusPermanentRedirect},
		{"/papers/week/2026-w27", "/papers/week/2026-W27", http.StatusPermanentRedirect},
		{"/papers/month/2026-6", "/papers/month/2026-06", http.StatusPermanentRedirect},
		{"/papers/today", "/papers/2026-06-30", http.StatusFound},
		{"/papers/yesterday", "/papers/2026-06-29", http.StatusFound},
		{"/papers/week/2026-W99", "", http.StatusBadRequest},
		{"/orgs/nobody", "", http.StatusNotFound},
	} {
		w := s.get(t, tc.path)
		for w.Code == http.StatusPermanentRedirect && w.Header().Get("Location") != tc.to { // of the address without its two slashes
			w = s.get(t, w.Header().Get("Location"))
		}
		if got := w.Header().Get("Location"); w.Code != tc.code || got != tc.to {
			t.Errorf("GET %s: got %d to %q, want %d to %q", tc.path, w.Code, got, tc.code, tc.to)
		}
	}
}

func TestOneDayIsNoSpan(t *testing.T) {
	w := edition(t).get(t, "/search?q=tea+date%3A2026-06-30")
	if body := w.Body.String(); !strings.Contains(body, ">30 June 2026 <") {
		t.Errorf("a search on one day says: %.300s; want 30 June 2026", body[max(0, strings.Index(body, `"chosen"`)):])
	}
}
