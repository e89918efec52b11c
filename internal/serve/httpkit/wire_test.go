package httpkit

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// serve starts a real server and gives its address.
func serve(t *testing.T, o Options, h http.Handler) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := o.Server("", h)
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(ln) }()
	t.Cleanup(func() { _ = srv.Close(); <-done })
	return ln.Addr().String()
}

// talk sends raw bytes and gives the status of each answer until the server
// closes the connection.
func talk(t *testing.T, addr, raw string) (statuses []int) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(c, raw); err != nil {
		return nil
	}
	br := bufio.NewReader(c)
	for {
		resp, err := http.ReadResponse(br, nil)
		if err != nil {
			if ne, ok := err.(net.Error); ok && ne.Timeout() {
				t.Errorf("%.60q: connection still open after %v", raw, statuses)
			}
			return statuses
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		statuses = append(statuses, resp.StatusCode)
	}
}

// Security line 9: none of these may leave a second request in the stream, so
// each gets one 400 and a closed connection.
func TestSmuggling(t *testing.T) {
	addr := serve(t, Options{}, testSite(t, nil))
	const hidden = "GET /me HTTP/1.1\r\nHost: a\r\n\r\n"
	post := func(headers, body string) string {
		return "POST /vote HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n" + body
	}
	for _, c := range []struct{ name, raw string }{
		{"CL and TE", post("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nX"+hidden)},
		{"TE and CL", post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "5\r\nhello\r\n0\r\n\r\n"+hidden)},
		{"chunked alone", post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n"+hidden)},
		{"two CL that differ", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"+hidden)},
		{"CL list", post("Content-Length: 5, 6\r\n", "hello"+hidden)},
		{"CL with plus", post("Content-Length: +5\r\n", "hello"+hidden)},
		{"CL negative", post("Content-Length: -1\r\n", hidden)},
		{"CL hex", post("Content-Length: 0x5\r\n", "hello"+hidden)},
		{"CL empty", post("Content-Length: \r\n", hidden)},
		{"CL too big", post("Content-Length: 99999999999999999999\r\n", hidden)},
		{"TE with vertical tab", post("Transfer-Encoding: \x0bchunked\r\n", "0\r\n\r\n"+hidden)},
		{"bad chunk", post("Transfer-Encoding: chunked\r\n", "zz\r\nhello\r\n0\r\n\r\n"+hidden)},
		{"chunk too long", post("Transfer-Encoding: chunked\r\n", "ffffffffffffffffff\r\n"+hidden)},
		{"space before colon", post("Content-Length : 5\r\n", "hello"+hidden)},
		{"TE space before colon", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"+hidden)},
		{"obsolete folding of the first header", "POST /vote HTTP/1.1\r\n Host: a\r\nContent-Length: 5\r\n\r\nhello" + hidden},
		{"no colon", post("Nonsense\r\n", hidden)},
		{"empty name", post(": x\r\n", hidden)},
		{"bare CR in a value", post("X-A: b\rContent-Length: 5\r\n", hidden)},
		{"NUL in a value", post("X-A: b\x00c\r\n", hidden)},
		{"NUL in a name", post("X\x00A: b\r\n", hidden)},
		{"no host", "GET / HTTP/1.1\r\n\r\n" + hidden},
		{"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + hidden},
		{"bad host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n" + hidden},
		{"space in the address", "GET / a HTTP/1.1\r\nHost: a\r\n\r\n" + hidden},
		{"bad method", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n" + hidden},
		{"control in the address", "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n" + hidden},
		{"star", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n" + hidden},
		{"relative address", "GET papers HTTP/1.1\r\nHost: a\r\n\r\n" + hidden},
		{"bad escape", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n" + hidden},
	} {
		if got := talk(t, addr, c.raw); fmt.Sprint(got) != "[400]" {
			t.Errorf("%s: got answers %v, want one 400 and the end", c.name, got)
		}
	}
	// Other versions and codings are refused in their own words.
	for raw, want := range map[string]string{
		post("Transfer-Encoding: xchunked\r\n", hidden):                                           "[501]", // RFC 9112, section 6.1
		post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"+hidden): "[501]", // RFC 9112, section 6.1
		post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"+hidden):                          "[501]", // RFC 9112, section 6.1
		post("Transfer-Encoding: identity\r\nContent-Length: 5\r\n", "hello"+hidden):              "[501]", // RFC 9112, section 6.1
		"GET / HTTP/9.9\r\nHost: a\r\n\r\n" + hidden:                                              "[505]",
		"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n" + hidden:                                               "[400]",
	} {
		if got := fmt.Sprint(talk(t, addr, raw)); got != want {
			t.Errorf("%.20q: got %s, want %s", raw, got, want)
		}
	}
}

// What is one request to us must be one request to any proxy before us: shapes
// that net/http reads leniently are read in the one way that the RFC gives.
func TestLenientShapes(t *testing.T) {
	addr := serve(t, Options{}, testSite(t, nil))
	last := "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
	form := "Content-Type: application/x-www-form-urlencoded\r\n"
	for _, c := range []struct{ name, raw, want string }{
		{"equal CLs are one", "POST /vote HTTP/1.1\r\nHost: a\r\n" + form + "Content-Length: 6\r\nContent-Length: 6\r\n\r\nnext=/" + last, "[303 200]"},
		{"folded value stays a value", "GET /healthz HTTP/1.1\r\nHost: a\r\nX-A: b\r\n Content-Length: 50\r\n\r\n" + last, "[200 200]"},
		{"absolute address", "GET http://evil.example/healthz HTTP/1.1\r\nHost: a\r\n\r\n" + last, "[200 200]"},
		{"body of a GET is passed over", "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + last, "[200 200]"},
	} {
		if got := fmt.Sprint(talk(t, addr, c.raw)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

// Security line 10. The server's times are short here; the test only waits for
// the server to give up.
func TestSlowPeers(t *testing.T) {
	o := Options{Timeouts: Timeouts{Header: 50 * time.Millisecond, Read: 100 * time.Millisecond, Write: 5 * time.Second, Idle: 50 * time.Millisecond}}
	addr := serve(t, o, testSite(t, nil))
	for _, c := range []struct{ name, raw, want string }{
		{"nothing", "", "[]"},
		{"half a request line", "GET / HT", "[400]"},
		{"headers that never end", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n", "[]"},
		{"body that never comes", "POST /vote HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\nnext", "[408]"},
		{"idle after an answer", "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", "[200]"},
	} {
		start := time.Now()
		got := fmt.Sprint(talk(t, addr, c.raw))
		if got != c.want {
			t.Errorf("%s: got answers %s, want %s and the end", c.name, got, c.want)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: held the connection for %v", c.name, took)
		}
	}
	srv := Options{}.Server("", nil)
	if srv.ReadHeaderTimeout <= 0 || srv.ReadTimeout <= 0 || srv.WriteTimeout <= 0 || srv.IdleTimeout <= 0 || srv.MaxHeaderBytes <= 0 {
		t.Errorf("default server is unbounded: %+v", srv)
	}
}

// Security line 11.
func TestLimits(t *testing.T) {
	addr := serve(t, Options{}, testSite(t, nil))
	get := func(path, headers string) string {
		return "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + headers + "\r\n"
	}
	post := func(kind, body string) string {
		return fmt.Sprintf("POST /vote HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", kind, len(body), body)
	}
	const form = "application/x-www-form-urlencoded"
	for _, c := range []struct {
		name, raw string
		want      int
	}{
		{"long path", get("/"+strings.Repeat("a", MaxURL), ""), 414},
		{"long query", get("/papers?cat="+strings.Repeat("a", MaxURL), ""), 414},
		{"long header", get("/", "X-A: "+strings.Repeat("a", 2*MaxHeader)+"\r\n"), 431},
		{"many headers", get("/", strings.Repeat("X-A: b\r\n", MaxHeader)), 431},
		{"body", post(form, "next="+strings.Repeat("a", 2000)), 413},
		{"multipart", post("multipart/form-data; boundary=x", strings.Repeat("a", 2000)), 413},
		{"good form", post(form, "next=/papers"), 303},
	} {
		if got := fmt.Sprint(talk(t, addr, c.raw)); got != fmt.Sprintf("[%d]", c.want) {
			t.Errorf("%s: got %s, want [%d]", c.name, got, c.want)
		}
	}
}

// A body that names no length, as HTTP/2 allows, is cut off where it is too long.
func TestBodyWithoutLength(t *testing.T) {
	r := httptest.NewRequest("POST", "/vote", io.MultiReader(strings.NewReader("next="+strings.Repeat("a", 2000))))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	testSite(t, nil).ServeHTTP(w, r)
	if r.ContentLength != -1 || w.Code != 413 {
		t.Errorf("POST of 2,005 bytes, length %d, limit 1,000: got %d, want 413", r.ContentLength, w.Code)
	}
}

// /metrics is for programs on this machine, and not for whoever comes through a
// proxy on it.
func TestMetricsAreLocal(t *testing.T) {
	h := testSite(t, nil)
	for _, c := range []struct {
		remote, header string
		want           int
	}{
		{"127.0.0.1:9", "", 200}, {"[::1]:9", "", 200}, {"192.0.2.1:9", "", 404},
		{"127.0.0.1:9", "X-Forwarded-For", 404}, {"127.0.0.1:9", "Forwarded", 404}, {"127.0.0.1:9", "Via", 404},
	} {
		r, err := http.NewRequest("GET", "/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.RemoteAddr = c.remote
		if c.header != "" {
			r.Header.Set(c.header, "127.0.0.1")
		}
		w := &status{sink: sink{http.Header{}}}
		h.ServeHTTP(w, r)
		if w.code != c.want {
			t.Errorf("GET /metrics from %s with %q: got %d, want %d", c.remote, c.header, w.code, c.want)
		}
	}
}

// status is a sink that remembers the status.
type status struct {
	sink
	code int
}

func (s *status) WriteHeader(code int) { s.code = code }
