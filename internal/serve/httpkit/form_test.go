package httpkit

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func formSite(t *testing.T, change func(*Options)) *Handler {
	t.Helper()
	form := func(suffix, kind string, pattern string) Route {
		return Route{Method: "GET", Pattern: pattern, Suffix: suffix, Type: kind, Query: []string{"q"}, Handle: func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Content-Type", kind)
			_, err := fmt.Fprintf(w, "%s of %s id=%s q=%s", suffix, r.URL.Path, r.PathValue("id"), r.URL.RawQuery)
			return err
		}}
	}
	return testSite(t, change,
		form(".atom", "application/atom+xml", "/papers"),
		form(".atom", "application/atom+xml", "/papers/{id...}"),
		form(".json", "application/feed+json", "/papers/{id...}"),
		form(".csl.json", "application/vnd.citationstyles.csl+json", "/papers/{id...}"),
		Route{Method: "GET", Pattern: "/api/things", Kind: Page, Limit: "api", Strict: true, Query: []string{"limit"}, CORS: true, Handle: say("application/json", "[]")},
	)
}

func TestForms(t *testing.T) {
	h := formSite(t, nil)
	for _, c := range []struct{ path, accept, want string }{
		{"/papers.atom", "", ".atom of /papers id= q="},
		{"/papers.atom?q=a&z=1", "text/html", ".atom of /papers id= q=q=a"},
		{"/papers/math/0309136.atom", "", ".atom of /papers/math/0309136 id=math/0309136 q="},
		{"/papers/doi:10.1%2F%2Fb.json", "", ".json of /papers/doi:10.1//b id=doi:10.1//b q="},
		{"/papers/x.csl.json", "", ".csl.json of /papers/x id=x q="},
		{"/papers/x", "application/atom+xml", ".atom of /papers/x id=x q="},
		{"/papers/x", "text/html;q=0.5, application/feed+json", ".json of /papers/x id=x q="},
		{"/papers/x", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "paper x"},
		{"/papers/x", "*/*", "paper x"},
		{"/papers/x", "", "paper x"},
		{"/papers/x", "image/png", "paper x"},
		{"/papers/x.pdf", "", "paper x.pdf"},
		{"/papers/.atom", "", "paper .atom"},
	} {
		got := ask(h, "GET", c.path, "Accept", c.accept)
		if got.Body.String() != c.want {
			t.Errorf("GET %s with Accept %q: got %q, want %q", c.path, c.accept, got.Body, c.want)
		}
	}
	for _, path := range []string{"/papers/x", "/papers/x.atom"} {
		if got := ask(h, "GET", path).Header().Get("Vary"); got != "Accept, Accept-Encoding" {
			t.Errorf("Vary of %s: %q", path, got)
		}
	}
	if got := ask(h, "POST", "/papers/x.atom").Code; got != http.StatusMethodNotAllowed {
		t.Errorf("POST of a form: got %d, want 405", got)
	}
}

func TestStrictParameters(t *testing.T) {
	h := formSite(t, nil)
	if got := ask(h, "GET", "/api/things?limit=3"); got.Code != 200 {
		t.Errorf("a known parameter: got %d", got.Code)
	}
	got := ask(h, "GET", "/api/things?limit=3&limt=4")
	if got.Code != 400 || !strings.Contains(got.Body.String(), "limt") || !strings.Contains(got.Body.String(), "use limit") {
		t.Errorf("an unknown parameter: got %d %s, want 400 that names it and what is known", got.Code, got.Body)
	}
}

func TestLimit(t *testing.T) {
	now := newClock()
	h := formSite(t, func(o *Options) {
		o.Limits = map[string]Limit{"api": {Requests: 2, Window: 5 * time.Minute}}
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} // httptest's client
		o.Now = now.Now
	})
	from := func(who string) (int, string, string) {
		got := ask(h, "GET", "/api/things", "X-Forwarded-For", who)
		return got.Code, got.Header().Get("RateLimit"), got.Header().Get("Retry-After")
	}
	type answer struct {
		code         int
		limit, retry string
	}
	for i, c := range []struct {
		who  string
		want answer
	}{
		{"203.0.113.1", answer{200, `"api";r=1;t=55`, ""}},
		{"203.0.113.1", answer{200, `"api";r=0;t=55`, ""}},
		{"203.0.113.1", answer{429, `"api";r=0;t=55`, "55"}},
		{"203.0.113.2", answer{200, `"api";r=1;t=55`, ""}},
		{"2001:db8::1", answer{200, `"api";r=1;t=55`, ""}},
		{"2001:db8::2", answer{200, `"api";r=0;t=55`, ""}}, // the same network
		{"127.0.0.1", answer{200, `"api";r=1;t=55`, ""}},   // through a proxy: nobody's word for it
		{"nonsense", answer{200, `"api";r=0;t=55`, ""}},    // and so the same
	} {
		code, limit, retry := from(c.who)
		if got := (answer{code, limit, retry}); got != c.want {
			t.Errorf("request %d, of %s: got %+v, want %+v", i+1, c.who, got, c.want)
		}
	}
	now.add(55 * time.Second)
	if code, limit, _ := from("203.0.113.1"); code != 200 || limit != `"api";r=1;t=300` {
		t.Errorf("in the next window: got %d %s", code, limit)
	}
	if got := ask(h, "GET", "/api/things").Header().Get("RateLimit-Policy"); got != `"fixed window";"api";q=2;w=300` {
		t.Errorf("RateLimit-Policy: %s", got)
	}
	if got := ask(h, "GET", "/papers").Header().Get("RateLimit"); got != "" {
		t.Errorf("a page counts against %q", got)
	}
}

// TestNamesThatEndAsForms: an id that ends in .json is not the JSON of another.
func TestNamesThatEndAsForms(t *testing.T) {
	h := formSite(t, nil)
	for _, id := range []string{"doi:10.1/x.json", "doi:10.1/x.atom", "doi:10.1//x.csl.json", "2503.02130", "doi:10.1/x.", "doi:10.1/a.b/c"} {
		path := "/papers/" + EscapePath(id)
		if got := ask(h, "GET", path).Body.String(); got != "paper "+id {
			t.Errorf("%s: got %q, want the page of %s", path, got, id)
		}
		if got := ask(h, "GET", path+".json").Body.String(); !strings.HasPrefix(got, ".json of ") || !strings.Contains(got, "id="+id+" ") {
			t.Errorf("%s.json: got %q, want the JSON of %s", path, got, id)
		}
	}
}
