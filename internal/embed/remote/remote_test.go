package remote_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/embed"
	"broadsheet/internal/embed/embedtest"
	"broadsheet/internal/embed/remote"
	"broadsheet/internal/lib/fetch"

	"github.com/google/go-cmp/cmp"
)

// client makes one attempt a request, to this machine, at any rate.
func client(t *testing.T, clock fetch.Clock, timeout time.Duration) *fetch.Client {
	t.Helper()
	f := fetch.New(fetch.Options{Clock: clock, Attempts: 1, Timeout: timeout, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Limits: []fetch.Limit{{Name: "test", Hosts: []string{"127.0.0.1"}, Burst: 1, Parallel: 4}}})
	t.Cleanup(f.Close)
	return f
}

// model asks the server; every jitter is drawn from the middle.
func model(t *testing.T, s *embedtest.Server, opt remote.Options) (*remote.Model, *embedtest.Clock) {
	t.Helper()
	clock := embedtest.NewClock(time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC))
	opt.URL, opt.Clock, opt.Rand = s.URL, clock, func() float64 { return 0.5 }
	if opt.Model == "" {
		opt.Model = "test"
	}
	if opt.Documents == nil {
		opt.Documents = client(t, clock, 30*time.Second)
	}
	if opt.Queries == nil {
		opt.Queries, opt.QueryTimeout = client(t, clock, 30*time.Second), 30*time.Second
	}
	m := remote.New(opt)
	t.Cleanup(m.Close)
	return m, clock
}

func cosine(a, b []float32) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab, aa, bb = ab+float64(a[i])*float64(b[i]), aa+float64(a[i])*float64(a[i]), bb+float64(b[i])*float64(b[i])
	}
	return ab / math.Sqrt(aa*bb)
}

func checkUnit(t *testing.T, what string, v []float32) {
	t.Helper()
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if len(v) != embed.Dim || math.Abs(sum-1) > 1e-5 {
		t.Errorf("%s: %d numbers of squared length %g, want 256 and 1", what, len(v), sum)
	}
}

func TestDocuments(t *testing.T) {
	texts := []string{"alpha beta gamma", " \n", "alpha beta delta", "omega"}
	for _, c := range []struct {
		name string
		dims int
		set  func(*embedtest.Server, *remote.Options)
		want embedtest.Request
	}{
		{"longer vectors", 768, nil, embedtest.Request{Model: "test", Encoding: "base64"}},
		{"shorter vectors", 64, nil, embedtest.Request{Model: "test", Encoding: "base64"}},
		{"dimensions asked for", 768, func(_ *embedtest.Server, o *remote.Options) { o.AskDimensions = true },
			embedtest.Request{Model: "test", Encoding: "base64", Dimensions: 256}},
		{"numbers", 384, func(s *embedtest.Server, _ *remote.Options) { s.NoBase64 = true }, embedtest.Request{Model: "test", Encoding: "float"}},
		{"key", 384, func(s *embedtest.Server, o *remote.Options) { s.Key, o.Key = "k", "k" },
			embedtest.Request{Model: "test", Encoding: "base64", Authorization: "Bearer k"}},
		{"prefixes", 384, func(_ *embedtest.Server, o *remote.Options) { o.DocumentPrefix, o.QueryPrefix = "passage: ", "query: " },
			embedtest.Request{Model: "test", Encoding: "base64", Input: []string{"passage: alpha beta gamma", "passage: alpha beta delta", "passage: omega"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, opt := embedtest.New(t), remote.Options{}
			s.Dims = c.dims
			if c.set != nil {
				c.set(s, &opt)
			}
			m, _ := model(t, s, opt)
			got, err := m.Embed(t.Context(), embed.Document, texts)
			if err != nil || len(got) != len(texts) || got[1] != nil {
				t.Fatalf("got %d vectors, %v; want 4, none for the blank text", len(got), err)
			}
			for _, i := range []int{0, 2, 3} {
				checkUnit(t, texts[i], got[i])
			}
			if near, far := cosine(got[0], got[2]), cosine(got[0], got[3]); near < far+0.3 || math.Abs(far) > 0.4 {
				t.Errorf("cosine of near texts %.2f and of far ones %.2f", near, far)
			}
			asked := s.Asked()
			if c.want.Input == nil {
				c.want.Input = []string{texts[0], texts[2], texts[3]}
			}
			if d := cmp.Diff(c.want, asked[len(asked)-1]); d != "" {
				t.Errorf("asked (-want +got):\n%s", d)
			}
			if m.Spent() != 30 {
				t.Errorf("spent %d tokens, want the 30 that the service counted", m.Spent())
			}
			if _, err := m.Embed(t.Context(), embed.Document, texts[:1]); err != nil {
				t.Fatal(err)
			}
			if asked := s.Asked(); len(asked) != 1 || asked[0].Encoding != c.want.Encoding {
				t.Errorf("the second time: asked %+v, want once, in the encoding that worked", asked)
			}
		})
	}
}

func TestName(t *testing.T) {
	for want, opt := range map[string]remote.Options{
		"remote:api.example.org/v1#m@256":           {URL: "https://API.example.org/v1", Model: "m", AskDimensions: true, QueryPrefix: "q"},
		"remote:localhost:11434/v1#a/b@projected-1": {URL: "http://localhost:11434/v1", Model: "a/b"},
		"remote:localhost#m@projected-1+707ad539":   {URL: "http://localhost", Model: "m", DocumentPrefix: "passage: "},
		// Two services on one host are two spaces, however model and path are cut.
		"remote:gate.example.org/one/v1#m@projected-1": {URL: "https://gate.example.org/one/v1/", Model: "m"},
		"remote:gate.example.org/Two/v1#m@projected-1": {URL: "https://gate.example.org/Two/v1", Model: "m"},
		"remote:gate.example.org#v1/m@projected-1":     {URL: "https://gate.example.org", Model: "v1/m"},
	} {
		m := remote.New(opt)
		if m.Name() != want {
			t.Errorf("got %s, want %s", m.Name(), want)
		}
		m.Close()
	}
}

func TestBatches(t *testing.T) {
	s := embedtest.New(t)
	m, _ := model(t, s, remote.Options{Batch: 3, BatchBytes: 1000, MaxText: 600})
	texts := []string{"a", "b", "c", "d", strings.Repeat("e", 900) + "é", "f", strings.Repeat("ü", 400), "g"}
	if _, err := m.Embed(t.Context(), embed.Document, texts); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, q := range s.Asked() {
		var sizes []string
		for _, in := range q.Input {
			sizes = append(sizes, fmt.Sprint(len(in)))
		}
		got = append(got, strings.Join(sizes, "+"))
	}
	if d := cmp.Diff([]string{"1+1+1", "1+600+1", "600+1"}, got); d != "" {
		t.Errorf("bytes of texts, by request (-want +got):\n%s", d)
	}
}

// Whatever the service does, each error is Unavailable and names the setting;
// what may pass is tried again first.
func TestServiceMisbehaves(t *testing.T) {
	s := time.Second
	backOff := []time.Duration{3 * s, 6 * s, 12 * s} // three quarters of 4, 8 and 16 s
	four := func(f embedtest.Fault) []embedtest.Fault { return []embedtest.Fault{f, f, f, f} }
	one := func(f embedtest.Fault) []embedtest.Fault { return []embedtest.Fault{f} }
	two := embedtest.Vector("b", 384)
	for _, c := range []struct {
		name   string
		faults []embedtest.Fault
		field  string // of the error; "" succeeds
		text   string // in the error
		slept  []time.Duration
	}{
		{"429 with Retry-After", one(embedtest.Later(429, "7")), "", "", []time.Duration{7 * s}},
		{"429 with a long Retry-After", one(embedtest.Later(429, "86400")), "embed.parallel", "asked again in 24h", nil},
		{"500 once", one(embedtest.Says(500, "oops")), "", "", backOff[:1]},
		{"500 for long", four(embedtest.Says(500, "oops")), "embed.url", "status 500 Internal Server Error: oops", backOff},
		{"529", one(embedtest.Says(529, "overloaded")), "", "", backOff[:1]},
		{"cut", one(embedtest.Cut), "", "", backOff[:1]},
		{"empty", one(embedtest.Body("")), "", "", backOff[:1]},
		{"page", one(embedtest.Page), "embed.url", "often ends in /v1", nil},
		{"no JSON", one(embedtest.Body(`{"data":[{"emb`)), "embed.url", "answers something else", nil},
		{"other JSON", one(embedtest.Body(`{"message":"hello"}`)), "embed.url", "0 vectors for 2 texts", nil},
		{"wrong count", one(embedtest.Body(embedtest.Answer("float", two))), "embed.url", "1 vectors for 2 texts", nil},
		{"index twice", one(embedtest.Body(`{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}`)), "embed.url", "index 0", nil},
		{"index too high", one(embedtest.Body(`{"data":[{"index":0,"embedding":[1]},{"index":2,"embedding":[1]}]}`)), "embed.url", "index 2", nil},
		{"index missing", one(embedtest.Body(`{"data":[{"index":0,"embedding":[1]},{"embedding":[1]}]}`)), "embed.url", "index -1", nil},
		{"no numbers", one(embedtest.Body(`{"data":[{"embedding":[]},{"embedding":[1]}]}`)), "embed.url", "vector of 0 numbers", nil},
		{"not base64", one(embedtest.Body(`{"data":[{"embedding":"?"},{"embedding":[1]}]}`)), "embed.url", "not base64", nil},
		{"two lengths", one(embedtest.Body(`{"data":[{"embedding":[1,2]},{"embedding":[1]}]}`)), "embed.model", "1, before 2", nil},
		{"huge", one(embedtest.Huge), "embed.url", "answer too large", nil},
		{"401", one(embedtest.Says(401, "bad key hunter22\nreally")), "embed.key_file", "bad key xxxxx really", nil},
		{"404", one(embedtest.Says(404, "no model")), "embed.url", "embed.model", nil},
		{"redirect", one(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://elsewhere.example/")
			w.WriteHeader(307)
		}), "embed.url", "goes to the address named only", nil},
		{"refuses everything", four(embedtest.Says(400, "unknown model")), "embed.model", "status 400 Bad Request: unknown model", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := embedtest.New(t)
			m, clock := model(t, server, remote.Options{Key: "hunter22"})
			server.Misbehave(c.faults...)
			got, err := m.Embed(t.Context(), embed.Document, []string{"a", "b"})
			if d := cmp.Diff(c.slept, clock.Slept()); d != "" {
				t.Errorf("slept (-want +got):\n%s", d)
			}
			if c.field == "" {
				if err != nil || len(got) != 2 || got[0] == nil {
					t.Errorf("got %d vectors, %v", len(got), err)
				}
				return
			}
			e, ok := err.(*broadsheet.Error)
			if !ok || e.Kind != broadsheet.Unavailable || e.Field != c.field || e.Fix == "" && c.name != "huge" || !strings.Contains(err.Error(), c.text) {
				t.Errorf("got %v, want Unavailable of %s with %q and a fix", err, c.field, c.text)
			}
			if strings.Contains(err.Error(), "hunter22") {
				t.Errorf("the error holds the key: %v", err)
			}
		})
	}
}

func TestServiceIsSlow(t *testing.T) {
	for name, fault := range map[string]embedtest.Fault{"hang": embedtest.Hang, "drip": embedtest.Drip} {
		t.Run(name, func(t *testing.T) {
			s := embedtest.New(t)
			clock := embedtest.NewClock(time.Now())
			m, _ := model(t, s, remote.Options{Documents: client(t, clock, 100*time.Millisecond)})
			s.Misbehave(fault, fault, fault, fault)
			_, err := m.Embed(t.Context(), embed.Document, []string{"a"})
			if e, ok := err.(*broadsheet.Error); !ok || e.Field != "embed.timeout" {
				t.Errorf("got %v, want Unavailable of embed.timeout", err)
			}
			if _, err := m.Embed(t.Context(), embed.Document, []string{"a"}); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

func TestOrderByIndex(t *testing.T) {
	s := embedtest.New(t)
	m, _ := model(t, s, remote.Options{})
	s.Misbehave(embedtest.Body(`{"data":[{"index":1,"embedding":[0,3]},{"index":0,"embedding":[2,0]},{"index":2,"embedding":[0,0]}]}`))
	got, err := m.Embed(t.Context(), embed.Document, []string{"a", "b", "c"})
	if err != nil || got[0][0] != 1 || got[1][1] != 1 || got[2] != nil {
		t.Errorf("got %v, %v; want the first place, the second, and none for zeros", got, err)
	}
}

func TestTooMuch(t *testing.T) {
	long := strings.Repeat("word ", 400) // 2000 bytes
	texts := []string{"a", "b", "c", long, "d", "e", "f", "g"}
	for _, c := range []struct {
		name   string
		set    func(*embedtest.Server)
		first  int    // requests for all texts
		again  int    // requests for them later
		none   int    // index of a text without a vector, -1
		logged string // setting
	}{
		{"long text", func(s *embedtest.Server) { s.MaxText = 1200 }, 9, 1, -1, "embed.max_text"},
		{"long text, 500", func(s *embedtest.Server) {
			s.MaxText, s.TooLong = 1200, embedtest.Says(500, "input is too large to process. increase the physical batch size")
		}, 9, 1, -1, "embed.max_text"},
		{"long text, unknown words", func(s *embedtest.Server) { s.MaxText, s.TooLong = 1200, embedtest.Says(400, "nope") }, 11, 1, -1, "embed.max_text"},
		{"batch", func(s *embedtest.Server) { s.MaxBatch = 3 }, 7, 4, -1, "embed.batch"},
		{"refused whatever its length", func(s *embedtest.Server) { s.Refuses = "word" }, 15, 14, 3, "goes without a vector"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := embedtest.New(t)
			c.set(s)
			var log bytes.Buffer
			m, _ := model(t, s, remote.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
			for i, want := range []int{c.first, c.again} {
				got, err := m.Embed(t.Context(), embed.Document, texts)
				if err != nil {
					t.Fatal(err)
				}
				for k, v := range got {
					if (v == nil) != (k == c.none) {
						t.Errorf("text %d: has a vector: %t", k, v != nil)
					}
				}
				if n := len(s.Asked()); n != want {
					t.Errorf("time %d: %d requests, want %d", i+1, n, want)
				}
			}
			if !strings.Contains(log.String(), c.logged) {
				t.Errorf("the log does not name %s:\n%s", c.logged, log.String())
			}
		})
	}
}

// A vector that is no number is one text's fault; the others have theirs.
func TestNotFinite(t *testing.T) {
	s := embedtest.New(t)
	m, _ := model(t, s, remote.Options{})
	nan := embedtest.Vector("b", 384)
	nan[7] = float32(math.NaN())
	a := embedtest.Vector("a", 384)
	s.Misbehave(embedtest.Body(embedtest.Answer("base64", a, nan)), embedtest.Body(embedtest.Answer("base64", a)),
		embedtest.Body(embedtest.Answer("base64", nan)))
	got, err := m.Embed(t.Context(), embed.Document, []string{"a", "b"})
	if err != nil || got[0] == nil || got[1] != nil {
		t.Errorf("got %v, %v; want a vector for the first text only", got, err)
	}
}
