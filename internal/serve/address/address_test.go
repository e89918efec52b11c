package address_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

var now = time.Date(2026, 6, 30, 9, 30, 0, 0, time.UTC)

func fill(t *testing.T) *store.Store {
	t.Helper()
	s := storetest.Open(t)
	var papers []broadsheet.Paper
	for i := range 5 {
		day := broadsheet.Day("2026-06-29")
		papers = append(papers, broadsheet.Paper{
			ID: fmt.Sprintf("2606.0000%d", i), Origin: broadsheet.OriginCatalog, Title: fmt.Sprint("Counting gulls, part ", i), Categories: []string{"cs.LG"},
			Authors: []broadsheet.Author{{Name: "Ada Person"}}, Keywords: []string{"sea birds"}, ImportedVotes: i, PublishedAt: now.AddDate(0, 0, -2), AnnouncedOn: day,
			Organizations: []broadsheet.Organization{{Key: "gull.lab", Name: "Gull Lab"}},
			Features:      []broadsheet.Feature{{Day: day, Position: i + 1, FeaturedAt: now.AddDate(0, 0, -1), Submitter: &broadsheet.Person{Key: "ada", Name: "Ada"}}},
		})
	}
	if _, err := s.Put(t.Context(), store.Batch{Papers: papers}); err != nil {
		t.Fatal(err)
	}
	return s
}

// read answers a request as a surface does, with the place that a mux finds.
func read(t *testing.T, s *store.Store, target string) (*address.Papers, error) {
	t.Helper()
	a := apptest.New(t, s, now)
	mux := http.NewServeMux()
	var got *address.Papers
	var err error
	for _, p := range address.Places {
		mux.HandleFunc("GET "+p.Pattern, func(_ http.ResponseWriter, r *http.Request) { got, err = p.Read(r.Context(), a, r) })
	}
	mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", target, nil))
	if got == nil && err == nil {
		t.Fatalf("no place for %s", target)
	}
	return got, err
}

func TestEveryPlaceGivesItsList(t *testing.T) {
	s := fill(t)
	for _, c := range []struct{ target, title, path string }{
		{"/papers", "Papers of 29 June 2026", "/papers/2026-06-29"},
		{"/papers/2026-6-29", "Papers of 29 June 2026", "/papers/2026-06-29"},
		{"/papers/2026-06-29?list=announced&sort=top", "Papers announced on 29 June 2026", "/papers/2026-06-29?list=announced&sort=top"},
		{"/papers/hot?cat=cs", "Hot papers", "/papers/hot?cat=cs"},
		{"/papers/week/2026-W27", "Papers of the week of 29 June 2026", "/papers/week/2026-W27"},
		{"/papers/month/2026-06?sort=top", "Papers of June 2026", "/papers/month/2026-06"},
		{"/authors/ada-person", "Papers by Ada Person", "/authors/ada-person"},
		{"/orgs/gull.lab", "Papers of Gull Lab", "/orgs/gull.lab"},
		{"/categories/cs.LG", "Machine Learning (cs.LG)", "/categories/cs.LG"},
		{"/submitters/ada", "Papers submitted by Ada", "/submitters/ada"},
		{"/keywords/sea%20birds", "Papers on sea birds", "/keywords/sea%20birds"},
		{"/search?q=gulls&sort=date", "Search: gulls", "/search?q=gulls&sort=date"},
		{"/search?q=gulls&sort=relevance&mode=hybrid", "Search: gulls", "/search?q=gulls"},
		{"/search?q=cs.LG", "Machine Learning (cs.LG)", "/categories/cs.LG"},
	} {
		got, err := read(t, s, c.target)
		if err != nil {
			t.Errorf("%s: %v", c.target, err)
			continue
		}
		if got.Title != c.title || got.Path != c.path || len(got.Papers) != 5 || got.Next != "" {
			t.Errorf("%s: got %q at %s with %d papers, next %q; want %q at %s with 5", c.target, got.Title, got.Path, len(got.Papers), got.Next, c.title, c.path)
		}
	}
	for _, target := range []string{"/search?q=2606.00003", "/search?like=2606.00003&limit=1"} {
		got, err := read(t, s, target)
		if err != nil || len(got.Papers) != 1 {
			t.Errorf("%s: got %+v (%v), want one paper", target, got, err)
		}
	}
}

// TestLikeIsOneAddress: however an id is written, it is the same list.
func TestLikeIsOneAddress(t *testing.T) {
	s := fill(t)
	for _, target := range []string{"/search?like=2606.00003", "/search?like=2606.00003v1", "/search?like=arxiv:2606.00003&like=2606.00003"} {
		got, err := read(t, s, target)
		if err != nil || got.Path != "/search?like=2606.00003" || got.Title != "Papers like 2606.00003" {
			t.Errorf("%s: got %+v (%v), want /search?like=2606.00003", target, got, err)
		}
	}
}

// TestNextLeadsThroughTheList follows the next pages of a list and of a search.
func TestNextLeadsThroughTheList(t *testing.T) {
	s := fill(t)
	for _, target := range []string{"/papers/2026-06-29?limit=2", "/search?q=gulls&sort=date&limit=2", "/authors/ada-person?limit=1"} {
		whole, err := read(t, s, cut(target))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for next := target; next != ""; {
			part, err := read(t, s, next)
			if err != nil {
				t.Fatalf("%s: %v", next, err)
			}
			got, next = append(got, ids(part)...), part.Next
		}
		if diff := cmp.Diff(ids(whole), got); diff != "" {
			t.Errorf("%s, page by page (-whole +pages):\n%s", target, diff)
		}
	}
}

func cut(target string) string {
	u, _ := url.Parse(target)
	q := u.Query()
	q.Del("limit")
	u.RawQuery = q.Encode()
	return u.String()
}

func ids(p *address.Papers) (out []string) {
	for i := range p.Papers {
		out = append(out, p.Papers[i].ID)
	}
	return out
}

func TestWrongAddresses(t *testing.T) {
	s := fill(t)
	for _, c := range []struct {
		target, field string
		kind          broadsheet.Kind
	}{
		{"/papers/2606.00001", "", broadsheet.NotFound}, // a paper, not a list
		{"/papers/2026-02-30", "date", broadsheet.Invalid},
		{"/papers/week/2026-W60", "week", broadsheet.Invalid},
		{"/papers/month/2026-13", "month", broadsheet.Invalid},
		{"/papers?sort=best", "sort", broadsheet.Invalid},
		{"/papers?limit=0", "limit", broadsheet.Invalid},
		{"/papers?limit=101", "limit", broadsheet.Invalid},
		{"/papers?page=-1", "page", broadsheet.Invalid},
		{"/papers?page=9999999999999999999", "page", broadsheet.Invalid},
		{"/papers?page=2", "page", broadsheet.NotFound},
		{"/papers?code=maybe", "code", broadsheet.Invalid},
		{"/papers?cat=%3Cb%3E", "cat", broadsheet.Invalid},
		{"/papers?list=other", "list", broadsheet.Invalid},
		{"/authors/nobody", "", broadsheet.NotFound},
		{"/search", "q", broadsheet.Invalid},
		{"/search?q=2024", "q", broadsheet.Invalid},
		{"/search?q=gulls&after=forged", "after", broadsheet.Invalid},
		{"/search?q=gulls&mode=psychic", "mode", broadsheet.Invalid},
	} {
		got, err := read(t, s, c.target)
		if err == nil {
			t.Errorf("%s: got %q, want an error", c.target, got.Title)
			continue
		}
		var e *broadsheet.Error
		if broadsheet.KindOf(err) != c.kind || !asError(err, &e) || c.field != "" && e.Field != c.field {
			t.Errorf("%s: got %v of kind %v, want field %q and kind %v", c.target, err, broadsheet.KindOf(err), c.field, c.kind)
		}
	}
}

func asError(err error, e **broadsheet.Error) bool { return errors.As(err, e) }

// FuzzNumber: what is taken is in range, and everything else is said.
func FuzzNumber(f *testing.F) {
	for _, seed := range []string{"", "1", "100", "101", "-1", "1e3", " 7", "０１"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := address.Number(url.Values{"n": {text}}, "n", 1, 100)
		if err == nil && text != "" && (n < 1 || n > 100) || err != nil && broadsheet.KindOf(err) != broadsheet.Invalid {
			t.Errorf("%q: got %d (%v)", text, n, err)
		}
	})
}
