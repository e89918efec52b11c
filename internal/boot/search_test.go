package boot

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/search/index"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// awaitPage asks for a page until it has a text.
func (s *started) awaitPage(t *testing.T, path, text string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) { // polls over HTTP; nothing tells
		status, body := s.get(t, path)
		if status == 200 && strings.Contains(body, text) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("GET %s: never %q; now %d:\n%.1000s", path, text, status, body)
		}
	}
}

// TestSearch: the sample edition can be searched soon after the first start, and
// what comes in is found although the same search was answered, and kept, before.
func TestSearch(t *testing.T) {
	c := load(t, nil)
	s := start(t, c)
	s.awaitPage(t, "/search?q=blockwise+flow+matching", "/papers/2510.21167")
	path := "/search?q=" + url.QueryEscape("zebrafish origami")
	if _, body := s.get(t, path); strings.Contains(body, "2606.77777") {
		t.Fatal("a paper is found before it is there")
	}
	db, err := store.Open(t.Context(), c.Database, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	p := broadsheet.Paper{ID: "2606.77777", Origin: broadsheet.OriginCatalog, Title: "Zebrafish origami", Categories: []string{"q-bio.QM"}}
	if _, err := db.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{p}}); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	s.awaitPage(t, path, "2606.77777")
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("found after %v, want at most 2 s", took)
	}
	// The sample goes when papers come in, some moments later.
	s.awaitPage(t, "/metrics", "broadsheet_search_documents_entries 1\n")
	s.awaitPage(t, "/metrics", "broadsheet_search_lag_entries 0\n")
	s.stop()
	if err := <-s.done; err != nil {
		t.Fatal(err)
	}
}

// TestServeWithoutItsIndex: pages are served while the index cannot be opened,
// searches say that they cannot be answered, and later they are.
func TestServeWithoutItsIndex(t *testing.T) {
	c := load(t, nil)
	other, err := index.Open(IndexDir(c), index.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	s := start(t, c)
	s.log.await(t, "another process has the index", 1)
	if status, _ := s.get(t, "/papers"); status != 200 {
		t.Errorf("/papers: got %d", status)
	}
	if status, _ := s.get(t, "/search?q=maps"); status != 503 {
		t.Errorf("/search: got %d, want 503", status)
	}
	for path, want := range map[string]string{"/search": "The search index is being opened.", "/status": "The index is being opened."} {
		if status, body := s.get(t, path); status != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: got %d, want 200 with %q:\n%s", path, status, want, body)
		}
	}
}

// TestTheIndexHeals: what happens to its files while the site runs is noticed
// and mended, and searches are answered all the while.
func TestTheIndexHeals(t *testing.T) {
	c := load(t, nil)
	s := start(t, c)
	const path, link = "/search?q=blockwise+flow+matching", "/papers/2510.21167"
	s.awaitPage(t, path, link)
	segments, err := filepath.Glob(filepath.Join(IndexDir(c), "g000001", "*.seg"))
	if err != nil || len(segments) == 0 {
		t.Fatalf("no segments: %v", err)
	}
	for _, name := range segments {
		if err := os.Truncate(name, 100); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(30 * time.Second); s.log.count("the rebuilt index is searched now") == 0; time.Sleep(10 * time.Millisecond) {
		if status, body := s.get(t, "/search?q=language+models"); status != 200 {
			t.Fatalf("meanwhile: %d\n%.500s", status, body)
		}
		if time.Now().After(deadline) {
			t.Fatal("it is not rebuilt")
		}
	}
	s.awaitPage(t, path, link)
	s.awaitPage(t, "/status", "Sound, as far as it was read.")
	if problems, err := index.Verify(t.Context(), IndexDir(c), nil); err != nil || len(problems) > 0 {
		t.Errorf("afterwards: %v, %v", problems, err)
	}
}

// TestDatabaseName: it is made up once, and another database has another.
func TestDatabaseName(t *testing.T) {
	s, other := storetest.Open(t), storetest.Open(t)
	var names []string
	for _, s := range []*store.Store{s, s, other} {
		name, err := databaseName(t.Context(), s)
		if err != nil || name == "" {
			t.Fatalf("%q, %v", name, err)
		}
		names = append(names, name)
	}
	if names[0] != names[1] || names[0] == names[2] {
		t.Errorf("got %q, want the first two alike and the third not", names)
	}
}
