package httpkit

import (
	"net/url"
	"strings"
	"testing"
)

func TestNegotiate(t *testing.T) {
	offers := []string{"text/html", "text/markdown", "application/json"}
	for accept, want := range map[string]string{
		"":                                   "text/html",
		"*/*":                                "text/html",
		"application/json":                   "application/json",
		"text/*;q=0.9, application/json":     "application/json",
		"text/*":                             "text/html",
		"text/html;q=0, */*":                 "text/markdown",
		"text/html;q=0.1,text/markdown;q=.2": "text/markdown",
		"text/markdown;q=nonsense, */*;q=.1": "text/html",
		"image/png":                          "text/html",
		"TEXT/MARKDOWN":                      "text/markdown",
	} {
		if got := Negotiate(accept, offers...); got != want {
			t.Errorf("Negotiate(%q): got %q, want %q", accept, got, want)
		}
	}
	if got := Negotiate("*/*"); got != "" {
		t.Errorf("Negotiate without offers: got %q", got)
	}
}

func TestEscapePath(t *testing.T) {
	for id, want := range map[string]string{
		"2503.02130":       "2503.02130",
		"math/0309136":     "math/0309136",
		"doi:10.1/a(b)c":   "doi:10.1/a%28b%29c",
		"doi:10.1/a//b":    "doi:10.1%2Fa%2F%2Fb",
		"doi:10.1/a/":      "doi:10.1%2Fa%2F",
		"/evil":            "%2Fevil",
		"a/../b":           "a%2F..%2Fb",
		`x:<b>"?#%`:        "x:%3Cb%3E%22%3F%23%25",
		"openreview:a b/ü": "openreview:a%20b/%C3%BC",
	} {
		if got := EscapePath(id); got != want {
			t.Errorf("EscapePath(%q): got %q, want %q", id, got, want)
		}
	}
}

func FuzzEscapePath(f *testing.F) {
	for _, s := range []string{"math/0309136", "doi:10.1/a//b", "..", "a/./b", "%2F", "?#"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if id == "" {
			return
		}
		p := "/papers/" + EscapePath(id)
		u, err := url.ParseRequestURI(p)
		if err != nil || strings.TrimPrefix(u.Path, "/papers/") != id || u.RawQuery != "" || u.Fragment != "" {
			t.Errorf("EscapePath(%q): path %q reads as %v, %v", id, p, u, err)
		}
		// It needs no cleaning, so that no redirect changes it; ids that are dots do not exist.
		if id != "." && id != ".." && cleanPath(p) != p {
			t.Errorf("EscapePath(%q): path %q is not clean", id, p)
		}
	})
}

// FuzzQuery: a canonical query is its own canonical form.
func FuzzQuery(f *testing.F) {
	for _, s := range []string{"", "sort=hot&cat=cs", "cat=%zz&cat=a", "cat=a;b=c", "page=1&page=2", "cat=%00%ff"} {
		f.Add(s)
	}
	ps := parseParameters([]string{"sort=hot", "cat", "page=1"})
	f.Fuzz(func(t *testing.T, raw string) {
		once := canonicalQuery(ps, raw)
		if twice := canonicalQuery(ps, once); twice != once {
			t.Errorf("canonicalQuery(%q): got %q, and of that %q", raw, once, twice)
		}
	})
}

// FuzzHeaders: parsers of what strangers send do not fail on anything.
func FuzzHeaders(f *testing.F) {
	f.Add("gzip;q=0, br;q=1.0", "for=\"[::1]:80\";proto=https, for=x")
	f.Fuzz(func(t *testing.T, a, b string) {
		c := choose([]string{a, b})
		if c < identity || c >= codings {
			t.Errorf("choose(%q, %q): got %d", a, b, c)
		}
		if got := Negotiate(a, "text/html", "text/markdown"); got != "text/html" && got != "text/markdown" {
			t.Errorf("Negotiate(%q): got %q", a, got)
		}
		_ = client(nil, forwarded([]string{a, b}))
	})
}
