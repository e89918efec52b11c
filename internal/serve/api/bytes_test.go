package api

import (
	"net/http"
	"strings"
	"testing"

	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestBytes puts bytes that are no text into every place of an address that
// holds some, on both databases: none is our fault.
func TestBytes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		if _, err := st.Put(t.Context(), store.Batch{Papers: papers()}); err != nil {
			t.Fatal(err)
		}
		s := newSite(t, st, httpkit.Options{})
		for _, bad := range []string{"%FF", "%C0%80", "%ED%A0%80", "x%00", "%F0%9F%98%80", "%E2%80%AE", "'", "%25", strings.Repeat("%F0%9F%98%80", 200)} {
			for _, target := range []string{
				"/papers/" + bad, "/papers/doi:10.1234%2F" + bad, "/papers/" + bad + "/similar", "/similar?id=" + bad, "/similar?id=2606.00001&id=doi:10.1234%2F" + bad,
				"/lists/" + bad, "/lists/day/" + bad, "/lists/author/" + bad, "/lists/organization/" + bad, "/lists/submitter/" + bad, "/lists/keyword/" + bad, "/lists/category/" + bad,
				"/lists/day?cat=" + bad, "/lists/day?sort=" + bad, "/lists/day?cursor=" + bad, "/papers?fields=" + bad, "/papers?cursor=" + bad,
				"/search?q=" + bad, "/search?q=author:" + bad, "/search?q=org:" + bad + "+tea", "/search?q=cat:" + bad, "/search?q=id:10.1234%2F" + bad, "/search?q=%22tea+" + bad + "%22",
				"/search?q=10.1234%2F" + bad, "/suggest?q=" + bad, "/authors/" + bad, "/organizations/" + bad, "/archive?year=" + bad, "/" + bad, "/papers?" + bad + "=1",
			} {
				if w, _ := s.ask(t, http.MethodGet, Root+target); w.Code >= 500 {
					t.Errorf("GET %.100s: %d %s", target, w.Code, w.Body)
				}
			}
		}
	})
}
