package web_test

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"broadsheet/internal/lib/hfwire"
	"broadsheet/internal/store/storetest"
)

// TestRealDay shows a recorded day of 50 papers and holds it to the size of a
// first response, as TestFirstResponse does with a synthetic one.
func TestRealDay(t *testing.T) {
	dir := os.Getenv("TESTDATA_DIR")
	if dir == "" {
		t.Skip("TESTDATA_DIR is not set: no recorded day is shown")
	}
	const day = "2025-09-30"
	archive, err := zip.OpenReader(filepath.Join(dir, "daily-papers-days.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	file, err := archive.Open(day + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var list []json.RawMessage
	if err := json.NewDecoder(file).Decode(&list); err != nil {
		t.Fatal(err)
	}
	s := storetest.Open(t)
	for i, raw := range list {
		e, err := hfwire.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		p, err := e.Paper(day, i+1)
		if err != nil {
			t.Fatal(err)
		}
		put(t, s, p)
	}
	site := newSite(t, s)
	page := site.get(t, "/papers/"+day).Body.String()
	if hrefs, _ := hooks(parse(t, page)); len(hrefs) != 50 {
		t.Errorf("%d papers, want 50", len(hrefs))
	}
	size := site.get(t, "/papers/"+day, "Accept-Encoding", "gzip").Body.Len()
	t.Logf("%d bytes, %d in gzip", len(page), size)
	if size > maxFirst {
		t.Errorf("%s is %d bytes in gzip, want at most %d", day, size, maxFirst)
	}
	for _, problem := range dangers(page) {
		t.Error(problem)
	}
}

// TestManyAuthors shows a paper of 3,000 authors: three on its card, twenty on
// its page before the fold.
func TestManyAuthors(t *testing.T) {
	names := make([]string, 3000)
	for i := range names {
		names[i] = fmt.Sprintf("Author No%d", i)
	}
	p := papers()[0]
	p.Authors, p.AuthorCount = people(names...), len(names)
	s := storetest.Open(t)
	put(t, s, p)
	site := newSite(t, s)
	if page := site.get(t, "/papers").Body.String(); !strings.Contains(page, "</a> and 2,997 more</p>") {
		t.Errorf("the card does not fold 3,000 authors:\n%s", page)
	}
	page := site.get(t, "/papers/2606.00001").Body.String()
	if !strings.Contains(page, "<summary>and 2,980 more</summary>") || strings.Count(page, `href="/authors/`) != 3000 {
		t.Errorf("the page does not fold 3,000 authors, or not all are linked: %d", strings.Count(page, `href="/authors/`))
	}
}
