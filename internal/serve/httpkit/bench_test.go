package httpkit

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// frontPage is HTML of about 60 KB with the shape of a page of 50 papers. Its
// words are drawn by rank as in text, so that it compresses about as text does.
func frontPage() string {
	rng := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(rng, 1.2, 4, 20000)
	word := func() string {
		n := zipf.Uint64()
		var b strings.Builder
		for n = n*7919 + 17; n > 0; n /= 21 {
			b.WriteString([]string{"a", "ter", "in", "o", "mo", "de", "l", "ing", "re", "s", "pa", "ti", "on", "e", "qu", "fi", "nu", "ra", "co", "th", "bu"}[n%21])
		}
		return b.String()
	}
	words := func(n int) string {
		w := make([]string, n)
		for i := range w {
			w[i] = word()
		}
		return strings.Join(w, " ")
	}
	var b strings.Builder
	b.WriteString("<!doctype html><html lang=en><head><meta charset=utf-8><title>Papers</title><link rel=stylesheet href=/static/style.css></head><body><main>")
	for i := range 50 {
		fmt.Fprintf(&b, `<article class="paper" id="p%d"><h2><a href="/papers/26%02d.%05d">%s</a></h2><p class="by"><a href="/authors/%s">%s</a></p>`+
			`<p class="abstract">%s</p><p class="data"><span class="votes">%d</span> <a href="/lists/cs.CL">cs.CL</a></p></article>`,
			i, i%12+1, rng.IntN(20000), words(9), word(), words(6), words(70), rng.IntN(300))
	}
	return b.String() + "</main></body></html>"
}

// sink is a ResponseWriter that keeps nothing.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(int)             {}
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }

// BenchmarkHit is a page from the cache, without the network.
func BenchmarkHit(b *testing.B) {
	page := frontPage()
	h := testSite(b, nil, Route{Method: "GET", Pattern: "/front", Query: []string{"sort=hot", "page=1"},
		Handle: func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, err := io.WriteString(w, page)
			return err
		}})
	for _, c := range []struct{ name, target, header, value string }{
		{"gzip", "/front", "Accept-Encoding", "gzip"},
		{"br", "/front", "Accept-Encoding", "gzip, deflate, br, zstd"},
		{"query", "/front?page=2", "Accept-Encoding", "gzip"},
		{"304", "/front", "If-None-Match", ""},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := httptest.NewRequest("GET", c.target, nil)
			if c.value == "" {
				c.value = ask(h, "GET", c.target).Header().Get("Etag")
			}
			r.Header.Set(c.header, c.value)
			w := &sink{http.Header{}}
			h.ServeHTTP(w, r)
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				h.ServeHTTP(w, r)
			}
		})
	}
}

// BenchmarkMiss is a page that must be made: its handler's work is only to copy.
func BenchmarkMiss(b *testing.B) {
	page := frontPage()
	h := testSite(b, nil, Route{Method: "GET", Pattern: "/front/{n}", Handle: func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, err := io.WriteString(w, page)
		return err
	}})
	w := &sink{http.Header{}}
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		r := httptest.NewRequest("GET", fmt.Sprintf("/front/%d", n), nil)
		r.Header.Set("Accept-Encoding", "gzip")
		clear(w.header)
		h.ServeHTTP(w, r)
	}
}

// BenchmarkCompress tells what a coding costs, once a page, and gains.
func BenchmarkCompress(b *testing.B) {
	page := []byte(frontPage())
	for c := gzipped; c < codings; c++ {
		b.Run(codingHeader[c][0], func(b *testing.B) {
			n := 0
			for b.Loop() {
				n = len(compress(c, pageLevels[c], page))
			}
			b.ReportMetric(float64(n), "bytes")
			b.ReportMetric(float64(len(page)), "plain-bytes")
		})
	}
}
