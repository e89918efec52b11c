package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"broadsheet"
	"broadsheet/client"
	"broadsheet/internal/app"

	"github.com/google/go-cmp/cmp"
)

// TestWalks follows cursors through every paged operation, one paper at a time:
// the papers are those of one large page, none twice, none missed.
func TestWalks(t *testing.T) {
	s := edition(t)
	for _, target := range []string{"/papers", "/lists/day", "/lists/day/2026-06-30", "/lists/hot", "/lists/month/2026-06?sort=new", "/lists/author/cy-dunk",
		"/lists/week", "/search?q=tea", "/search?q=tea&sort=date&mode=lexical", "/search?q=2026-06-30"} {
		and := "?"
		if strings.Contains(target, "?") {
			and = "&"
		}
		want := ids(s.get(t, target+and+"limit=100"))
		if len(want) < 2 {
			t.Errorf("GET %s: %d papers are no walk", target, len(want))
		}
		var got []string
		at := target + and + "limit=1"
		for range 10 {
			w, answer := s.ask(t, http.MethodGet, Root+at)
			got = append(got, ids(answer)...)
			next, _ := answer["next"].(string)
			link := w.Header().Get("Link")
			if next == "" {
				if link != "" {
					t.Errorf("GET %s: Link %q at the end", at, link)
				}
				break
			}
			// The header leads to the same page.
			var ok bool
			if at, ok = strings.CutSuffix(strings.TrimPrefix(link, "<"+base+Root), `>; rel="next"`); !ok || !strings.HasPrefix(at, "/") || !strings.Contains(at, "cursor="+url.QueryEscape(next)) {
				t.Fatalf("GET %s: Link %q with next %q", target, link, next)
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("walk through %s (-one page +walk):\n%s", target, d)
		}
	}
}

// TestForeignCursors gives cursors to requests that they did not come from, and
// changed ones back.
func TestForeignCursors(t *testing.T) {
	s := edition(t)
	from := []string{"/papers?limit=1", "/lists/day?limit=1", "/lists/day/2026-06-30?limit=1", "/lists/day/2026-06-30?limit=1&sort=new", "/lists/announced/2026-06-30?limit=1",
		"/lists/author/cy-dunk?limit=1", "/lists/author/bo-crumb?limit=1", "/search?q=tea&limit=1", "/search?q=teas&limit=1", "/search?q=tea&limit=1&sort=date",
		"/search?q=tea&limit=1&plain=1", "/search?q=2026-06-30&limit=1"}
	var cursors []string
	for _, target := range from {
		next, _ := s.get(t, target)["next"].(string)
		if next == "" {
			t.Fatalf("GET %s: no next", target)
		}
		cursors = append(cursors, next)
	}
	refused := func(target, cursor string) {
		t.Helper()
		w, answer := s.ask(t, http.MethodGet, Root+target+"&cursor="+url.QueryEscape(cursor))
		if w.Code != http.StatusBadRequest || answer["field"] != "cursor" {
			t.Errorf("GET %s with cursor %q: %d %s, want 400 for cursor", target, cursor, w.Code, w.Body)
		}
	}
	for i, target := range from {
		for j, cursor := range cursors {
			if i != j {
				refused(target, cursor)
			}
		}
		own := cursors[i]
		for k := range own {
			changed := []byte(own)
			if changed[k]++; changed[k] == own[k] {
				continue
			}
			refused(target, string(changed))
		}
		refused(target, own[:len(own)-1])
		refused(target, own+"A")
		refused(target, own+"=")
		refused(target, strings.Repeat("A", cursorMost+1))
		// What the answer looks like may change on the way.
		s.get(t, target+"&fields=title&authors=1&cursor="+own)
	}
}

// TestLatestStays begins with the latest day, which is another one before the
// second page is asked for.
func TestLatestStays(t *testing.T) {
	s := edition(t)
	first := s.get(t, "/lists/day?limit=1")
	p := papers()[1]
	p.ID, p.Features = "2606.09999", []broadsheet.Feature{{Day: "2026-07-01", Position: 1, FeaturedAt: now}}
	put(t, s, p)
	second := s.get(t, "/lists/day?limit=1&cursor="+first["next"].(string))
	if first["key"] != second["key"] || slices.Equal(ids(first), ids(second)) {
		t.Errorf("first page is of %v: %v, second of %v: %v", first["key"], ids(first), second["key"], ids(second))
	}
}

func FuzzUnseal(f *testing.F) {
	f.Add("papers", string(seal("papers", "1a")))
	f.Add("papers", "AQ")
	f.Add(`list "day" "" "" "" false 50`, string(seal(`list "day" "" "" "" false 50`, "2 2026-06-30")))
	f.Fuzz(func(t *testing.T, scope, cursor string) {
		place, err := unseal(scope, cursor)
		switch {
		case err != nil && broadsheet.KindOf(err) != broadsheet.Invalid:
			t.Errorf("unseal(%q, %q): %v, want Invalid", scope, cursor, err)
		case err == nil && cursor != "" && seal(scope, place) != client.Cursor(cursor):
			t.Errorf("unseal(%q, %q) = %q, which seals to %q", scope, cursor, place, seal(scope, place))
		}
	})
}

// TestMadeUpPlaces: the check of a cursor is no secret, so whoever makes one up is
// refused too, not answered by an error of ours.
func TestMadeUpPlaces(t *testing.T) {
	s := edition(t)
	v := app.View{}
	for _, c := range []struct{ path, scope string }{
		{"/papers", recentScope}, {"/lists/day", scopeOf("day", "", v)}, {"/lists/month/2026-06", scopeOf("month", "2026-06", v)},
	} {
		for _, place := range []string{"x 2026-06-30", "99999999999999999999 2026-06-30", "zz!", "page x", "-5", "0", "1 2026-13-77", "5 no day", "\x00"} {
			w, _ := s.ask(t, http.MethodGet, Root+c.path+"?cursor="+url.QueryEscape(string(seal(c.scope, place))))
			if w.Code != http.StatusBadRequest && w.Code != http.StatusNotFound && w.Code != http.StatusOK {
				t.Errorf("GET %s with the place %q: got %d, want no error of ours", c.path, place, w.Code)
			}
		}
	}
}
