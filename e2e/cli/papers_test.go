package cli_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"
	"github.com/rogpeppe/go-internal/testscript"
)

// hostileTitle drives terminals that let it.
const hostileTitle = "Tea\x1b]0;owned\x07\x1b[31m red\u202e\u200b\ttab\nline \x9b2J end"

// daily is a server with a Daily Papers API and nothing else, whose papers mean
// harm.
func daily(t testing.TB) string {
	paper := map[string]any{"id": "2606.00001", "title": hostileTitle, "summary": hostileTitle, "authors": []any{map[string]any{"name": hostileTitle}},
		"publishedAt": "2026-06-28T12:00:00.000Z", "submittedOnDailyAt": "2026-06-30T07:00:00.000Z", "upvotes": 3}
	mux := http.NewServeMux()
	answer := func(v any) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			_ = json.NewEncoder(w).Encode(v)
		}
	}
	list := answer([]any{map[string]any{"paper": paper, "title": hostileTitle, "publishedAt": "2026-06-30T07:00:00.000Z", "numComments": 0}, map[string]any{"paper": "nonsense"}})
	mux.Handle("GET /api/daily_papers", list)
	mux.Handle("GET /api/papers/search", list)
	mux.Handle("GET /api/papers/2606.00001", answer(paper))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": "Sorry, we can't find the page you are looking for."})
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

// answering is a server that answers everything alike.
func answering(t testing.TB, status int, header, body string) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if name, value, ok := strings.Cut(header, ": "); ok {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// fits wants no line of the last output wider than a number of columns, and at
// least one that is: fits 80.
func fits(ts *testscript.TestScript, neg bool, args []string) {
	cols, err := strconv.Atoi(args[0])
	ts.Check(err)
	lines := 0
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		lines++
		if n := runewidth.StringWidth(strings.TrimSuffix(line, "\n")); n > cols {
			ts.Fatalf("%d columns in %q, want %d at most", n, line, cols)
		}
	}
	if lines == 0 {
		ts.Fatalf("nothing was printed")
	}
}

// harmless wants nothing in the last output that drives a terminal.
func harmless(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range []string{"stdout", "stderr"} {
		text := ts.ReadFile(name)
		if i := strings.IndexAny(text, "\x1b\x07\u009b\u202e\u200b\r"); i >= 0 {
			ts.Fatalf("%s: %q", name, text[max(0, i-20):min(len(text), i+20)])
		}
	}
}
