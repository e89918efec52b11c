package httpkit

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"broadsheet"
)

// every is a request for each kind of answer that the site gives.
var every = []struct {
	method, target string
	status         int
}{
	{"GET", "/", 200}, {"GET", "/papers", 200}, {"GET", "/papers/2503.02130", 200}, {"GET", "/data", 200}, {"GET", "/me", 200},
	{"GET", "/healthz", 200}, {"GET", "/readyz", 200}, {"POST", "/vote", 303}, {"DELETE", "/vote", 204},
	{"GET", "/none", 404}, {"GET", "/papers/none", 404}, {"GET", "/static/none.css", 404}, {"GET", "/panic", 500}, {"GET", "/away", 500},
	{"POST", "/", 405}, {"TRACE", "/", 405}, {"OPTIONS", "/", 405}, {"POST", "/none", 404}, {"GET", "/papers/", 308},
	{"GET", "/papers/" + strings.Repeat("a", MaxURL), 414}, {"GET", "/a%00b", 400},
}

// Security line 1 and 3.
func TestSecureHeaders(t *testing.T) {
	assets, _ := testAssets(t)
	for _, base := range []string{"https://papers.example", "http://localhost:8080", ""} {
		h := testSite(t, func(o *Options) { o.BaseURL = base })
		requests := append(every[:len(every):len(every)], struct {
			method, target string
			status         int
		}{"GET", assets.URL("style.css"), 200})
		for _, c := range requests {
			w := ask(h, c.method, c.target)
			if w.Code != c.status {
				t.Errorf("%s %.40s: got status %d, want %d", c.method, c.target, w.Code, c.status)
			}
			csp := w.Header().Get("Content-Security-Policy")
			for _, want := range []string{"default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"} {
				if !strings.Contains(csp, want) {
					t.Errorf("%s %.40s: policy %q lacks %q", c.method, c.target, csp, want)
				}
			}
			if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
				t.Errorf("%s %.40s: policy %q lets too much in", c.method, c.target, csp)
			}
			for name, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
				"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			} {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s %.40s: %s: got %q, want %q", c.method, c.target, name, got, want)
				}
			}
			if w.Header().Get("Permissions-Policy") == "" {
				t.Errorf("%s %.40s: no Permissions-Policy", c.method, c.target)
			}
			if got, want := w.Header().Get("Strict-Transport-Security") != "", strings.HasPrefix(base, "https:"); got != want {
				t.Errorf("%s %.40s at %q: HSTS there: got %v, want %v", c.method, c.target, base, got, want)
			}
		}
	}
}

// Security line 4.
func TestCharset(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "text/plain; charset=utf-8",
		"text/html":                "text/html; charset=utf-8",
		"text/html; charset=UTF-8": "text/html; charset=UTF-8",
		"application/json":         "application/json; charset=utf-8",
		"application/atom+xml":     "application/atom+xml; charset=utf-8",
		"image/svg+xml":            "image/svg+xml; charset=utf-8",
		"image/png":                "image/png",
	} {
		h := testSite(t, nil, Route{Method: "GET", Pattern: "/typed", Handle: say(in, "x")})
		if got := ask(h, "GET", "/typed").Header().Get("Content-Type"); got != want {
			t.Errorf("handler's type %q: got %q, want %q", in, got, want)
		}
	}
	h := testSite(t, nil)
	for _, c := range every {
		if got := ask(h, c.method, c.target).Header().Get("Content-Type"); !strings.Contains(got, "charset=utf-8") {
			t.Errorf("%s %.40s: type %q has no charset", c.method, c.target, got)
		}
	}
}

// Security line 5.
func TestMethods(t *testing.T) {
	h := testSite(t, nil)
	for _, c := range []struct{ method, target, allow string }{
		{"POST", "/", "GET, HEAD"}, {"PUT", "/papers/1", "GET, HEAD"}, {"BREW", "/me", "GET, HEAD"}, {"OPTIONS", "/data", "GET, HEAD"},
		{"GET", "/vote", "POST, DELETE"}, {"HEAD", "/vote", "POST, DELETE"}, {"TRACE", "/vote", "POST, DELETE"}, {"CONNECT", "/vote", "POST, DELETE"},
	} {
		w := ask(h, c.method, c.target)
		if got := w.Header().Get("Allow"); w.Code != 405 || got != c.allow {
			t.Errorf("%s %s: got %d, Allow %q; want 405, %q", c.method, c.target, w.Code, got, c.allow)
		}
	}
	for _, c := range every {
		if c.method != "GET" {
			continue
		}
		get, head := ask(h, "GET", c.target, "Accept-Encoding", "gzip"), ask(h, "HEAD", c.target, "Accept-Encoding", "gzip")
		if head.Body.Len() != 0 {
			t.Errorf("HEAD %.40s: got a body of %d bytes", c.target, head.Body.Len())
		}
		for _, w := range []*httptest.ResponseRecorder{get, head} {
			w.Header().Del("X-Request-Id")
		}
		if got, want := fmt.Sprint(head.Code, head.Header()), fmt.Sprint(get.Code, get.Header()); got != want {
			t.Errorf("HEAD %.40s: got %s, want what GET has: %s", c.target, got, want)
		}
		if got, want := head.Header().Get("Content-Length"), fmt.Sprint(get.Body.Len()); got != want {
			t.Errorf("HEAD %.40s: Content-Length %q, want %q", c.target, got, want)
		}
	}
}

// Security line 6: scripts of other sites may send headers with what they may
// read, and with nothing else.
func TestPreflight(t *testing.T) {
	page := func(w http.ResponseWriter, _ *http.Request) error { _, err := w.Write([]byte("x")); return err }
	h := New([]Route{
		{Method: "GET", Pattern: "/data/{id...}", Kind: Page, Handle: page, CORS: true},
		{Method: "GET", Pattern: "/page", Kind: Page, Handle: page},
		{Method: "GET", Pattern: "/page", Kind: Page, Handle: page, Suffix: ".json", Type: "application/json", CORS: true},
		{Method: "POST", Pattern: "/data/{id}", Kind: Action, Handle: page},
		{Method: "GET", Pattern: "/me", Kind: Private, Handle: page},
	}, Options{})
	for _, c := range []struct {
		target, method string
		code           int
	}{
		{"/data/1", "GET", 204}, {"/data/a/b", "HEAD", 204}, {"/page.json", "GET", 204}, {"/data/1", "POST", 405}, {"/page", "GET", 405}, {"/me", "GET", 405},
		{"/data/1", "", 405}, {"/none", "GET", 404}, {"/none.json", "GET", 404},
	} {
		w := ask(h, "OPTIONS", c.target, "Origin", "https://other.example", "Access-Control-Request-Method", c.method, "Access-Control-Request-Headers", "if-none-match")
		allowed := w.Header().Get("Access-Control-Allow-Headers") == "*" && w.Header().Get("Access-Control-Allow-Methods") == "GET, HEAD" && w.Header().Get("Access-Control-Allow-Origin") == "*"
		if w.Code != c.code || allowed != (c.code == 204) || w.Header().Get("Access-Control-Allow-Credentials") != "" || w.Header().Get("Set-Cookie") != "" {
			t.Errorf("OPTIONS %s for %q: got %d, %v; want %d", c.target, c.method, w.Code, w.Header(), c.code)
		}
	}
}

// Security line 6.
func TestCORS(t *testing.T) {
	h := testSite(t, nil)
	for _, c := range every {
		w := ask(h, c.method, c.target, "Origin", "https://other.example")
		want := ""
		if c.target == "/data" {
			want = "*"
		}
		if got := w.Header().Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("%s %.40s: Access-Control-Allow-Origin: got %q, want %q", c.method, c.target, got, want)
		}
		if w.Header().Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s %.40s: credentials are allowed", c.method, c.target)
		}
	}
}

// Security line 7.
func TestStoring(t *testing.T) {
	assets, _ := testAssets(t)
	h := testSite(t, nil)
	for _, c := range []struct {
		method, target, want string
		cookie               bool
	}{
		{"GET", "/me", "private, no-store", true},
		{"DELETE", "/vote", "private, no-store", false},
		{"GET", "/healthz", "no-store", false},
		{"GET", "/panic", "no-store", false},
		{"GET", "/cookie", "public, max-age=60, stale-while-revalidate=600", false},
		{"GET", "/none", "public, max-age=10", false},
		{"GET", assets.URL("style.css"), "public, max-age=31536000, immutable", false},
	} {
		w := ask(h, c.method, c.target)
		if got := w.Header().Get("Cache-Control"); got != c.want {
			t.Errorf("%s %s: Cache-Control: got %q, want %q", c.method, c.target, got, c.want)
		}
		if got := w.Header().Get("Set-Cookie") != ""; got != c.cookie {
			t.Errorf("%s %s: cookie set: got %v, want %v", c.method, c.target, got, c.cookie)
		}
	}
}

// Security line 8: addresses.
func TestPeer(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:1::/48")}
	for _, c := range []struct {
		name, remote string
		headers      http.Header
		want         string
	}{
		{"plain", "192.0.2.7:99", nil, "192.0.2.7"},
		{"stranger forges", "192.0.2.7:99", http.Header{"X-Forwarded-For": {"198.51.100.1"}, "X-Forwarded-Proto": {"https"}, "Forwarded": {"for=198.51.100.1"}}, "192.0.2.7"},
		{"proxy", "10.0.0.1:99", http.Header{"X-Forwarded-For": {"198.51.100.1"}, "X-Forwarded-Proto": {"https"}}, "198.51.100.1"},
		{"client forges before the proxy", "10.0.0.1:99", http.Header{"X-Forwarded-For": {"203.0.113.5, 198.51.100.1"}}, "198.51.100.1"},
		{"two proxies", "10.0.0.1:99", http.Header{"X-Forwarded-For": {"198.51.100.1", "10.0.0.2"}}, "198.51.100.1"},
		{"only proxies", "10.0.0.1:99", http.Header{"X-Forwarded-For": {"10.0.0.3, 10.0.0.2"}}, "10.0.0.3"},
		{"garbage nearest", "10.0.0.1:99", http.Header{"X-Forwarded-For": {"198.51.100.1, unknown"}}, "10.0.0.1"},
		{"forwarded", "[2001:db8:1::1]:99", http.Header{"Forwarded": {`for="[2001:db8:2::7]:4711";proto=https`}}, "2001:db8:2::7"},
		{"the two disagree", "10.0.0.1:99", http.Header{"X-Forwarded-For": {"198.51.100.1"}, "Forwarded": {"for=203.0.113.5"}}, "10.0.0.1"},
		{"mapped", "[::ffff:10.0.0.1]:99", http.Header{"X-Forwarded-For": {"198.51.100.1"}}, "198.51.100.1"},
		{"real ip is not read", "10.0.0.1:99", http.Header{"X-Real-Ip": {"203.0.113.5"}}, "10.0.0.1"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr, r.Header = c.remote, c.headers
		if got := peer(r, trusted); got.String() != c.want {
			t.Errorf("%s: from %s with %v: got %s, want %s", c.name, c.remote, c.headers, got, c.want)
		}
	}
}

// Security line 8: a forged Host, and everything else of the reader, reaches
// neither a page nor its cached copy.
func TestForgedHost(t *testing.T) {
	h := testSite(t, nil)
	r := httptest.NewRequest("GET", "http://evil.example/papers?cat=cs", nil)
	r.Header.Set("X-Forwarded-Host", "evil.example")
	r.Header.Set("Cookie", "a=b")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	want := `papers cat=cs host=papers.example cookie=""`
	if w.Body.String() != want {
		t.Errorf("forged host on a page: got %q, want %q", w.Body, want)
	}
	r = httptest.NewRequest("GET", "http://evil.example/me", nil)
	w = httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if strings.Contains(w.Body.String(), "evil") {
		t.Errorf("forged host on a private page: got %q", w.Body)
	}
	for _, target := range []string{"http://evil.example/papers/", "http://evil.example//papers"} {
		w := ask(h, "GET", target)
		if got := w.Header().Get("Location"); got != "/papers" {
			t.Errorf("GET %s: redirected to %q, want /papers", target, got)
		}
	}
}

// TestNoText refuses paths that no database and no page could show.
func TestNoText(t *testing.T) {
	h := testSite(t, nil)
	for _, p := range []string{"/papers/%ff", "/papers/%c0%80", "/papers/%ed%a0%80", "/papers/a%00b", "/nowhere/%fe"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", p, nil))
		if w.Code != http.StatusBadRequest {
			t.Errorf("GET %s: got %d, want 400", p, w.Code)
		}
	}
}

// Security line 12.
func TestTraversal(t *testing.T) {
	h := testSite(t, nil)
	secret := "root:"
	for _, p := range []string{
		"/../../../../etc/passwd", "/static/../../../../etc/passwd", "/static/..%2f..%2f..%2fetc%2fpasswd", "/static/%2e%2e/%2e%2e/etc/passwd",
		"/static/%2e%2e%2f%2e%2e%2fetc/passwd", "/static/..%5c..%5cetc%5cpasswd", "/static/....//....//etc/passwd", "/static/%252e%252e%252fetc/passwd",
		"/static//etc/passwd", "/static/%2fetc/passwd", "/static/..;/etc/passwd", "/static/%c0%ae%c0%ae/etc/passwd", "/static/style.css%00.png",
		"/static/style.css", "/static/", "/static", "/static/img", "/.git/config", "/.env", "/static/asset.go", "/%2e%2e/%2e%2e/etc/passwd",
		"/papers/../../etc/passwd", "/papers/%2e%2e/%2e%2e/etc/passwd", "/static/\\..\\..\\etc\\passwd", "/static/file:%2f%2f%2fetc%2fpasswd",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		u, err := url.ParseRequestURI(p)
		if err != nil {
			t.Fatalf("%s: %v", p, err)
		}
		r.URL, r.RequestURI = u, p
		for hops := 0; ; hops++ {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if strings.Contains(w.Body.String(), secret) || w.Code == 200 {
				t.Errorf("GET %s: got %d %q, want nothing found", p, w.Code, w.Body)
			}
			to := w.Header().Get("Location")
			if to == "" || hops == 3 {
				if w.Code != 404 && w.Code != 400 {
					t.Errorf("GET %s: got %d in the end, want 404 or 400", p, w.Code)
				}
				break
			}
			r = httptest.NewRequest("GET", to, nil)
		}
	}
}

// crossSite sends a mutating request as a page elsewhere makes a browser send it.
func crossSite(h http.Handler, rt Route, headers ...string) int {
	return ask(h, rt.Method, strings.NewReplacer("{", "", "}", "", "...", "").Replace(rt.Pattern), headers...).Code
}

// Security line 15: for all mutating routes of the table, whatever they are.
func TestCrossOrigin(t *testing.T) {
	h := testSite(t, nil, Route{Method: "PUT", Pattern: "/papers/{id}/note", Kind: Action,
		Handle: func(http.ResponseWriter, *http.Request) error {
			return broadsheet.Errorf(broadsheet.Conflict, "reached")
		}})
	n := 0
	for _, rt := range h.Routes() {
		if rt.Method == "GET" {
			continue
		}
		n++
		for _, headers := range [][]string{
			{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"},
			{"Origin", "https://evil.example"}, {"Origin", "null"}, {"Origin", "https://papers.example.evil.example"},
		} {
			if got := crossSite(h, rt, headers...); got != 403 {
				t.Errorf("%s %s with %v: got %d, want 403", rt.Method, rt.Pattern, headers, got)
			}
		}
		for _, headers := range [][]string{
			{"Sec-Fetch-Site", "same-origin"}, {"Origin", "https://papers.example"}, {},
		} {
			if got := crossSite(h, rt, headers...); got == 403 {
				t.Errorf("%s %s with %v: got %d, want it let in", rt.Method, rt.Pattern, headers, got)
			}
		}
	}
	if n != 3 {
		t.Errorf("mutating routes tried: got %d, want 3", n)
	}
}

// Security line 37.
// TestCrossOriginRoute: a route that other sites may send to sees nothing that a
// browser adds for its reader.
func TestCrossOriginRoute(t *testing.T) {
	h := testSite(t, nil, Route{Method: "POST", Pattern: "/oneclick", Kind: Action, CrossOrigin: true,
		Handle: func(w http.ResponseWriter, r *http.Request) error {
			_, err := fmt.Fprintf(w, "cookie=%q authorization=%q type=%q", r.Header.Get("Cookie"), r.Header.Get("Authorization"), r.Header.Get("Content-Type"))
			return err
		}})
	for _, site := range []string{"cross-site", "same-site", "same-origin", ""} {
		w := ask(h, "POST", "/oneclick", "Sec-Fetch-Site", site, "Origin", "https://mail.example", "Cookie", "session=1", "Authorization", "Bearer x", "Content-Type", "text/x-click")
		if want := `cookie="" authorization="" type="text/x-click"`; w.Code != 200 || w.Body.String() != want {
			t.Errorf("POST from %q: got %d %q, want 200 %q", site, w.Code, w.Body, want)
		}
	}
}

// TestClient: handlers that change something know the network that asks, and no
// others do.
func TestClient(t *testing.T) {
	show := func(w http.ResponseWriter, r *http.Request) error {
		_, err := fmt.Fprintf(w, "client %q", Client(r))
		return err
	}
	h := testSite(t, func(o *Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} },
		Route{Method: "POST", Pattern: "/who", Kind: Action, Handle: show}, Route{Method: "GET", Pattern: "/who", Kind: Private, Handle: show},
		Route{Method: "GET", Pattern: "/who/page", Handle: show})
	for _, c := range []struct{ method, path, remote, forwarded, want string }{
		{"POST", "/who", "192.0.2.7:1234", "", "192.0.2.7"},
		{"GET", "/who", "192.0.2.7:1234", "", "192.0.2.7"},
		{"GET", "/who/page", "192.0.2.7:1234", "", ""},
		{"POST", "/who", "[2001:db8:1:2:3:4:5:6]:1234", "", "2001:db8:1:2::"},
		{"POST", "/who", "127.0.0.1:1234", "", ""},
		{"POST", "/who", "192.0.2.7:1234", "198.51.100.9", "192.0.2.7"},
		{"POST", "/who", "10.1.1.1:1234", "203.0.113.5, 198.51.100.9", "198.51.100.9"},
	} {
		r := httptest.NewRequest(c.method, c.path, nil)
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if want := fmt.Sprintf("client %q", c.want); w.Body.String() != want {
			t.Errorf("%s %s from %s forwarded %q: got %s, want %s", c.method, c.path, c.remote, c.forwarded, w.Body, want)
		}
	}
}

func TestSafeRedirect(t *testing.T) {
	for _, s := range []string{"/", "/papers", "/papers/math/0309136", "/papers/doi:10.1%2Fa%2F%2Fb", "/search?q=a+b&sort=new", `/search?q=\alpha`, "/days/2026-01-02#p3", "/a?next=//evil", "/a?u=https://evil.example/"} {
		if got := SafeRedirect(s); got != s {
			t.Errorf("SafeRedirect(%q): got %q, want it unchanged", s, got)
		}
	}
	for _, s := range []string{
		"", "papers", "//evil", "///evil", "/\\evil", "\\\\evil", "\\/evil", "https:evil", "https://evil", "http:/evil", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
		"data:text/html,x", " //evil", "\t//evil", "/\t/evil", "/\n/evil", "/\r\nSet-Cookie: a=b", "/a\x00b", "/.//evil", "/..//evil", "/a/..//evil", "/./\\evil", "/a//b",
		"?next=x", "#x", "@evil", "/%zz", "/a b", "/ä", "/%2f\"", "mailto:a@b", "///", "/..", "/a/../b", strings.Repeat("/a", MaxURL),
	} {
		if got := SafeRedirect(s); got != "/" {
			t.Errorf("SafeRedirect(%.40q): got %.40q, want /", s, got)
		}
	}
	// A handler that goes its own way is stopped.
	if w := ask(testSite(t, nil), "GET", "/away"); w.Code != 500 || w.Header().Get("Location") != "" {
		t.Errorf("GET /away: got %d to %q, want 500 and no Location", w.Code, w.Header().Get("Location"))
	}
}

// FuzzSafeRedirect: what is let through stays on the site, as a browser reads it.
func FuzzSafeRedirect(f *testing.F) {
	for _, s := range []string{"/a?b#c", "//evil", "/\\evil", "/.//e", "/%2f/e", "https:evil"} {
		f.Add(s)
	}
	base, err := url.Parse("https://papers.example/a/b")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := SafeRedirect(s)
		// Browsers drop tabs and line ends and take backslashes for slashes.
		p, _, _ := strings.Cut(got, "#")
		p, _, _ = strings.Cut(p, "?")
		seen := strings.NewReplacer("\t", "", "\n", "", "\r", "", "\\", "/").Replace(strings.TrimSpace(p))
		u, err := base.Parse(seen)
		if err != nil || u.Host != base.Host || u.Scheme != base.Scheme || strings.HasPrefix(u.EscapedPath(), "//") || strings.ContainsAny(got, "\r\n") {
			t.Errorf("SafeRedirect(%q) = %q leads to %v, %v", s, got, u, err)
		}
	})
}
