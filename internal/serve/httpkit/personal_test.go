package httpkit

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"broadsheet"
)

type readerKey struct{}

// known takes the cookie "who=NAME" for who asks; of "over" the session has ended,
// of "broken" nobody can tell.
func known(r *http.Request) (context.Context, bool, error) {
	c, err := r.Cookie("who")
	switch {
	case err != nil || c.Value == "over":
		return r.Context(), false, nil
	case c.Value == "broken":
		return nil, false, broadsheet.Errorf(broadsheet.Unavailable, "the database is away")
	}
	return context.WithValue(r.Context(), readerKey{}, c.Value), true, nil
}

func personalSite(made *int) *Handler {
	show := func(w http.ResponseWriter, r *http.Request) error {
		*made++
		w.Header().Set("Content-Type", "text/html")
		if strings.HasSuffix(r.URL.Path, "none") {
			return broadsheet.Errorf(broadsheet.NotFound, "none")
		}
		fmt.Fprintf(w, "%v %s %q %q %d", r.Context().Value(readerKey{}), r.URL.RawQuery, r.Header.Get("Cookie"), r.RemoteAddr, *made)
		return nil
	}
	return New([]Route{
		{Method: "GET", Pattern: "/p/{n}", Kind: Page, Personal: true, MaxAge: Revalidate, Query: []string{"q"}, Handle: show},
		{Method: "GET", Pattern: "/feed", Kind: Page, Handle: show},
		{Method: "GET", Pattern: "/mine", Kind: Private, Right: "member", Handle: show},
	}, Options{Identify: known})
}

// TestPersonalPages: who is signed in gets a page of their own, which nobody
// keeps; everybody else shares one, and never sees anything of the other.
func TestPersonalPages(t *testing.T) {
	made := 0
	h := personalSite(&made)
	for _, c := range []struct {
		what, path, cookie  string
		want, cache, vary   string
		tagged, madeOnceSay bool
	}{
		{"a stranger", "/p/1?q=a&x=y", "", `<nil> q=a "" "" 1`, "public, max-age=0, s-maxage=1, must-revalidate", "Cookie, Accept-Encoding", true, true},
		{"a reader", "/p/1?q=a&x=y", "who=ada", `ada q=a "" "" 2`, "private, no-store", "Cookie, Accept-Encoding", false, false},
		{"the reader again", "/p/1?q=a", "who=ada", `ada q=a "" "" 3`, "private, no-store", "Cookie, Accept-Encoding", false, false},
		{"a session that is over", "/p/1?q=a", "who=over", `<nil> q=a "" "" 1`, "public, max-age=0, s-maxage=1, must-revalidate", "Cookie, Accept-Encoding", true, true},
		{"another stranger", "/p/1?q=a", "", `<nil> q=a "" "" 1`, "public, max-age=0, s-maxage=1, must-revalidate", "Cookie, Accept-Encoding", true, true},
		{"what is the same for all", "/feed", "who=ada", `<nil>  "" "" 4`, "public, max-age=60, stale-while-revalidate=600", "Accept-Encoding", true, true},
	} {
		var headers []string
		if c.cookie != "" {
			headers = []string{"Cookie", c.cookie}
		}
		w := ask(h, "GET", c.path, headers...)
		if got := w.Body.String(); got != c.want {
			t.Errorf("%s: got %s, want %s", c.what, got, c.want)
		}
		if got := w.Header().Get("Cache-Control"); got != c.cache {
			t.Errorf("%s: Cache-Control %q, want %q", c.what, got, c.cache)
		}
		if got := w.Header().Get("Vary"); got != c.vary {
			t.Errorf("%s: Vary %q, want %q", c.what, got, c.vary)
		}
		if got := w.Header().Get("ETag") != ""; got != c.tagged {
			t.Errorf("%s: ETag %q, want one: %v", c.what, w.Header().Get("ETag"), c.tagged)
		}
	}
	if w := ask(h, "GET", "/p/1", "Cookie", "who=broken"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("where sessions cannot be read: %d, want 503", w.Code)
	}
	if w := ask(h, "GET", "/p/none", "Cookie", "who=ada"); w.Code != http.StatusNotFound || w.Header().Get("Cache-Control") != "private, no-store" {
		t.Errorf("a missing page of a reader: %d %s", w.Code, w.Header().Get("Cache-Control"))
	}
	if w := ask(h, "GET", "/mine", "Cookie", "who=ada"); !strings.HasPrefix(w.Body.String(), "ada ") {
		t.Errorf("a private page of a reader: %s", w.Body)
	}
}

// TestBack: a form leads back to the page that it stood on, and nowhere else.
func TestBack(t *testing.T) {
	for _, c := range []struct{ referer, want string }{
		{"", "/f"}, {"http://site.example/papers/1?page=2#x", "/papers/1?page=2"}, {"https://SITE.example/", "/"},
		{"http://evil.example/papers", "/f"}, {"http://site.example//evil", "/f"}, {"http://site.example/a/../b", "/f"}, {"javascript:alert(1)", "/f"}, {"%zz", "/f"},
		{"http://site.example@evil.example/", "/f"},
	} {
		r, _ := http.NewRequest(http.MethodPost, "http://site.example/votes", http.NoBody)
		r.Header.Set("Referer", c.referer)
		if got := Back(r, "/f"); got != c.want {
			t.Errorf("from %q: back to %q, want %q", c.referer, got, c.want)
		}
	}
}
