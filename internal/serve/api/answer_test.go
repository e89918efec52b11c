package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"broadsheet"
	"broadsheet/internal/store"

	"github.com/google/go-cmp/cmp"
)

func put(t testing.TB, s *site, all ...broadsheet.Paper) {
	t.Helper()
	if _, err := s.store.Put(t.Context(), store.Batch{Papers: all}); err != nil {
		t.Fatal(err)
	}
	s.generation++
}

// TestGolden holds whole answers to files: the shape is a promise.
func TestGolden(t *testing.T) {
	s := edition(t)
	for name, target := range map[string]string{
		"paper":     "/papers/2606.00001",
		"day":       "/lists/day?limit=2",
		"announced": "/lists/announced/2026-06-30",
		"walk":      "/papers?limit=1&fields=title,authors,authorCount&authors=2",
		"search":    "/search?q=tea&facets=1&fields=title",
		"jump":      "/search?q=2026-06-29&fields=title",
		"empty":     "/lists/day/2031-01-01",
		"archive":   "/archive",
		"sources":   "/sources",
		"problem":   "/lists/week/2025-W53",
	} {
		w, _ := s.ask(t, http.MethodGet, Root+target)
		var got bytes.Buffer
		if err := json.Indent(&got, w.Body.Bytes(), "", "  "); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("testdata", "golden", name+".json")
		if *update {
			if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got.String()); d != "" {
			t.Errorf("GET %s (-%s +answer):\n%s", target, file, d)
		}
	}
}

// TestNothingInternal looks for what belongs to the program alone.
func TestNothingInternal(t *testing.T) {
	s := edition(t)
	for id, targets := range requests {
		for _, target := range targets {
			if strings.Contains(target, "CURSOR") {
				continue
			}
			w, _ := s.ask(t, http.MethodGet, Root+target)
			for _, secret := range []string{"secret", "wire", "0123456789abcdef01234567", "importedVotes", `"origin"`} {
				if strings.Contains(w.Body.String(), secret) {
					t.Errorf("%s: GET %s tells %s", id, target, secret)
				}
			}
			if w.Header().Get("Set-Cookie") != "" || w.Header().Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("%s: GET %s: headers %v", id, target, w.Header())
			}
		}
	}
}

// TestFields asks for each field alone: it comes with the id and with nothing else.
func TestFields(t *testing.T) {
	s := edition(t)
	whole := s.get(t, "/papers/2606.00001")
	if len(whole) < len(paperFields)-1 { // it is not withdrawn
		t.Errorf("the paper has %d of %d fields; the test asks for all", len(whole), len(paperFields))
	}
	for _, name := range paperFields {
		want := map[string]any{"id": whole["id"]}
		if v, ok := whole[name]; ok {
			want[name] = v
		}
		for _, ask := range []string{"fields=" + name, "fields=" + name + ",id", "fields=id&fields=" + name, "fields=,%20" + name + ",,"} {
			if d := cmp.Diff(want, s.get(t, "/papers/2606.00001?"+ask)); d != "" {
				t.Errorf("?%s (-want +got):\n%s", ask, d)
			}
		}
	}
	hit := s.get(t, "/search?q=tea&fields=title&explain=1")["items"].([]any)[0].(map[string]any)
	for _, name := range []string{"id", "title", "score", "explain"} {
		if hit[name] == nil {
			t.Errorf("a hit with fields=title lacks %s: %v", name, hit)
		}
	}
	if len(hit) != 4 {
		t.Errorf("a hit with fields=title has %v", hit)
	}
}

// TestAuthors truncates names, not their count.
func TestAuthors(t *testing.T) {
	s := edition(t)
	for ask, want := range map[string]int{"": 3, "?authors=1": 1, "?authors=3": 3, "?authors=100": 3} {
		p := s.get(t, "/papers/2606.00001"+ask)
		if got := len(p["authors"].([]any)); got != want || p["authorCount"] != 30.0 {
			t.Errorf("%q: %d authors of %v, want %d of 30", ask, got, p["authorCount"], want)
		}
	}
}

// TestUnchanged asks again with the tag of the first answer, after the page was
// made anew: what did not change is 304, also of a search, whose duration did.
func TestUnchanged(t *testing.T) {
	s := edition(t)
	for _, targets := range requests {
		for _, target := range targets {
			if strings.Contains(target, "CURSOR") || target == "/status" || target == "/sources" {
				continue
			}
			first, _ := s.ask(t, http.MethodGet, Root+target)
			put(t, s) // nothing, but pages may not be kept over it
			tag := first.Header().Get("ETag")
			second, _ := s.ask(t, http.MethodGet, Root+target, "If-None-Match", tag)
			if tag == "" || second.Code != http.StatusNotModified {
				t.Errorf("GET %s with its tag %q: %d, want 304", target, tag, second.Code)
			}
			head, _ := s.ask(t, http.MethodHead, Root+target)
			if head.Code != 200 || head.Body.Len() > 0 || head.Header().Get("Content-Length") != first.Header().Get("Content-Length") {
				t.Errorf("HEAD %s: %d, %d bytes, length %s, want 200, none, %s", target, head.Code, head.Body.Len(), head.Header().Get("Content-Length"), first.Header().Get("Content-Length"))
			}
		}
	}
}

// TestSpellings finds a paper by each way to write its id, slashes encoded or not.
func TestSpellings(t *testing.T) {
	s := edition(t)
	for path, want := range map[string]string{
		"2606.00001": "2606.00001", "2606.00001v2": "2606.00001", "arXiv:2606.00001": "2606.00001",
		"math%2F0309136": "math/0309136", "math/0309136": "math/0309136", "math.CO%2F0309136v1": "math/0309136",
		"doi:10.1234%2Ftea%2F2": "doi:10.1234/tea/2", "10.1234/tea/2": "doi:10.1234/tea/2",
	} {
		if got := s.get(t, "/papers/"+path)["id"]; got != want {
			t.Errorf("/papers/%s is %v, want %s", path, got, want)
		}
		if got := s.get(t, "/papers/"+path+"/similar?limit=1")["to"]; !slices.Equal(words(got), []string{want}) {
			t.Errorf("/papers/%s/similar is like %v, want %s", path, got, want)
		}
	}
}

// TestFilling asks while the index is being made: a paper that it has not read
// yet is not said to be nowhere, and what was found is not said to be all.
func TestFilling(t *testing.T) {
	s := edition(t)
	s.filling = true
	p := papers()[1]
	p.ID = "2606.09999"
	put(t, s, p)
	for _, target := range []string{"/papers/2606.09999/similar", "/similar?id=2606.09999"} {
		if w, _ := s.ask(t, http.MethodGet, Root+target); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
			t.Errorf("GET %s: %d %s, want 503", target, w.Code, w.Body)
		}
	}
	if f := s.get(t, "/search?q=tea"); f["incomplete"] != true {
		t.Errorf("a search is not incomplete: %v", f)
	}
	s.filling = false
	s.generation++
	if w, _ := s.ask(t, http.MethodGet, Root+"/similar?id=2606.09999&limit=3"); w.Code != http.StatusNotFound {
		t.Errorf("a paper that no index has: %d %s, want 404", w.Code, w.Body)
	}
}
