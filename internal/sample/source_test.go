package sample

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// source reads a file of the recorded page, or skips where none is at hand.
func source(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("TESTDATA_DIR")
	if dir == "" {
		t.Skip("skipped: comparing the edition with the recorded page; TESTDATA_DIR is not set")
	}
	b, err := os.ReadFile(filepath.Join(dir, "reference", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// facts returns a record as a row of the recorded table.
func facts(t *testing.T, r record) []string {
	t.Helper()
	number := func(n *int) string {
		if n == nil {
			return ""
		}
		return fmt.Sprint(*n)
	}
	var org, published, code string
	if o := r.Organization; o != nil {
		org = o.Name + " " + o.Fullname
	}
	if r.Published != nil {
		d, err := time.Parse(time.DateOnly, *r.Published)
		if err != nil {
			t.Fatalf("%s: published: %v", r.ID, err)
		}
		published = strings.TrimSuffix(d.Format("Jan 2, 2006"), ", 2026")
	}
	if r.Code != nil {
		code = *r.Code
	}
	return []string{fmt.Sprint(r.Position), r.ID, r.Title, org, number(r.AuthorCount), published, number(r.Comments), code}
}

func TestFactsEqualTheTable(t *testing.T) {
	var want [][]string
	sc := bufio.NewScanner(strings.NewReader(source(t, "papers.tsv")))
	for sc.Scan() {
		want = append(want, strings.Split(sc.Text(), "\t"))
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	got := [][]string{{"position", "arxiv", "title", "organisation", "authors", "published", "comments", "code"}}
	for _, r := range records(t) {
		got = append(got, facts(t, r))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("edition differs from papers.tsv (-table +edition):\n%s", d)
	}
}

// entries cuts the page at the edition's titles, in order, and returns each
// paper's lines: its title, its abstract, then what stands below it.
func entries(t *testing.T, page string, rs []record) [][]string {
	t.Helper()
	starts := make([]int, 0, len(rs)+1)
	from := 0
	for _, r := range rs {
		i := strings.Index(page[from:], "\n"+r.Title+"\n")
		if i < 0 {
			t.Fatalf("%s: title %q is not on the page after the paper before it", r.ID, r.Title)
		}
		starts = append(starts, from+i+1)
		from += i + 1 + len(r.Title)
	}
	starts = append(starts, len(page))
	es := make([][]string, len(rs))
	for i := range rs {
		for l := range strings.SplitSeq(page[starts[i]:starts[i+1]], "\n") {
			if l = strings.TrimSpace(l); l != "" {
				es[i] = append(es[i], l)
			}
		}
		if len(es[i]) < 2 {
			t.Fatalf("%s: no abstract on the page", rs[i].ID)
		}
	}
	return es
}

var (
	countLine = regexp.MustCompile(`^• (\d+) authors$`)
	dateLine  = regexp.MustCompile(`^([A-Z][a-z]{2} \d+(?:, \d{4})?)(?: (\d+))?$`)
)

// TestFactsEqualThePage reads what stands below each abstract, without the
// help of the table.
func TestFactsEqualThePage(t *testing.T) {
	rs := records(t)
	for i, e := range entries(t, source(t, "daily-papers-page.txt"), rs) {
		var org, authors, published, comments string
		for _, l := range e[2:] {
			if m := countLine.FindStringSubmatch(l); m != nil {
				authors = m[1]
			} else if m := dateLine.FindStringSubmatch(l); m != nil {
				published, comments = m[1], m[2]
				if comments == "" {
					comments = "0"
				}
			} else if l != "·" {
				org = l
			}
		}
		got, want := facts(t, rs[i])[3:7], []string{org, authors, published, comments}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: organisation, authors, published, comments (-page +edition):\n%s", rs[i].ID, d)
		}
		if c := rs[i].Code; c != nil && !strings.Contains(e[1], *c) {
			t.Errorf("%s: code %s is not named in its abstract", rs[i].ID, *c)
		}
	}
}

var word = regexp.MustCompile(`[\p{L}\p{N}]+`)

// shared returns the first run of n consecutive words that a and b have in
// common, whatever the case and punctuation, or "".
func shared(a, b string, n int) string {
	has := map[string]bool{}
	for _, run := range runs(a, n) {
		has[run] = true
	}
	for _, run := range runs(b, n) {
		if has[run] {
			return run
		}
	}
	return ""
}

func runs(s string, n int) []string {
	ws := word.FindAllString(strings.ToLower(s), -1)
	var out []string
	for i := 0; i+n <= len(ws); i++ {
		out = append(out, strings.Join(ws[i:i+n], " "))
	}
	return out
}

func TestShared(t *testing.T) {
	tests := []struct {
		name, a, b, want string
	}{
		{"five words", "one two three four five", "zero one two three four five six", ""},
		{"six words", "x one two three four five six y", "One, two; three (four) five-six!", "one two three four five six"},
		{"same words in another order", "one two three four five six", "six five four three two one", ""},
		{"a number with a point is two words", "it went from 3.47 to 6.19", "went from 3.47 to 6.19", "went from 3 47 to 6"},
		{"too short", "one", "one", ""},
	}
	for _, tt := range tests {
		if got := shared(tt.a, tt.b, 6); got != tt.want {
			t.Errorf("%s: shared(%q, %q, 6): got %q, want %q", tt.name, tt.a, tt.b, got, tt.want)
		}
	}
}

func TestTLDRIsNotTheAbstract(t *testing.T) {
	rs := records(t)
	for i, e := range entries(t, source(t, "daily-papers-page.txt"), rs) {
		if run := shared(e[1], rs[i].TLDR, 6); run != "" {
			t.Errorf("%s: TL;DR and abstract share %q, want no 6 words in a row\nTL;DR: %s", rs[i].ID, run, rs[i].TLDR)
		}
	}
}
