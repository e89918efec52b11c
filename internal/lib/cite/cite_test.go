package cite_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/lib/cite"
)

var update = flag.Bool("update", false, "write the golden files")

func people(names ...string) []broadsheet.Author {
	var out []broadsheet.Author
	for _, n := range names {
		out = append(out, broadsheet.Author{Name: n})
	}
	return out
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 12, 0, 0, 0, time.UTC) }

// papers are works that nobody wrote, one of each sort.
func papers() []broadsheet.Paper {
	return []broadsheet.Paper{
		{ID: "2606.00001", Title: `Cooling of tea: the $\sqrt{t}$ law & 100% of its_uses`, Abstract: "Tea cools.\nWe say how fast, $T \\propto t^{-1/2}$.",
			Authors: people("Ada A. Brandung", "Jelmer van der Linde", "Luc Van Gool"), AuthorCount: 5, Categories: []string{"physics.flu-dyn"}, Keywords: []string{"tea", "heat; flow"},
			IDs: []broadsheet.SourceID{{Scheme: "arxiv", Value: "2606.00001"}}, JournalRef: "submitted to J. Tea", PublishedAt: day(2026, 6, 28)},
		{ID: "2606.00002", Title: "Cooling again", Authors: people("Ada Brandung"), AuthorCount: 1, PublishedAt: day(2026, 6, 29)},
		{ID: "2606.00000", Title: "Cooling", Authors: people("Ada Brandung"), AuthorCount: 1, PublishedAt: day(2026, 6, 27)},
		{ID: "math/0309136", Title: "On the number of crumbs", Authors: people("Cy Dunk", "The Crumb Collaboration", "王小明", `G\"odel`), AuthorCount: 4, Categories: []string{"math.CO"},
			JournalRef: "J. Tea 12(3) (2004) 101-120", DOI: "10.1234/tea_12%3 10.1234/other", PublishedAt: day(2003, 9, 8)},
		{ID: "doi:10.1101/2026.01.02.123456", Title: "Spoons", Authors: people("Martin Stir, Jr."), AuthorCount: 1, ReportNo: "SPOON-1",
			Links: []broadsheet.Link{{Kind: broadsheet.LinkPage, URL: "https://spoons.example/a_b?c={d}"}}, PublishedAt: day(2026, 1, 2)},
		{ID: "2606.00009", Title: "} @misc{evil, title = {x}\nER  - \r\nTY  - JOUR \\input{/etc/passwd} ~^ $\\frac{1}{$ <script>", Authors: people("A } B", "C\nTY  - X", "D, E and F"), AuthorCount: 3},
		{ID: "2606.00010", Authors: people("The Tea Collaboration"), AuthorCount: 1},
	}
}

// TestFormats holds what the formats say of a list against golden files.
func TestFormats(t *testing.T) {
	csl, err := cite.CSL(papers())
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string][]byte{"list.bib": cite.BibTeX(papers()), "list.ris": cite.RIS(papers()), "list.csl.json": csl} {
		file := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-want +got; -update writes it):\n%s", file, diff)
		}
	}
}

// TestKeys sees that keys differ within a list, and that its order changes none.
func TestKeys(t *testing.T) {
	list := papers()
	keys := map[string]string{}
	for i, k := range cite.Keys(list) {
		keys[list[i].ID] = k
	}
	want := map[string]string{"2606.00001": "brandung2026coolinga", "2606.00002": "brandung2026coolingb", "2606.00000": "brandung2026cooling", "math/0309136": "dunk2004number",
		"doi:10.1101/2026.01.02.123456": "stir2026spoons", "2606.00009": "bmisc", "2606.00010": "tea"}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	for range list {
		list = append(list[1:], list[0])
		for i, k := range cite.Keys(list) {
			if keys[list[i].ID] != k {
				t.Errorf("in another order the key of %s is %q, want %q", list[i].ID, k, keys[list[i].ID])
			}
		}
	}
	many := make([]broadsheet.Paper, 100)
	seen := map[string]bool{}
	for i := range many {
		many[i] = broadsheet.Paper{ID: string(rune('a' + i)), Title: "Same"}
	}
	many[7].Title = "Samea" // a base that looks like another's letter
	for _, k := range cite.Keys(many) {
		if seen[k] {
			t.Errorf("the key %q stands twice", k)
		}
		seen[k] = true
	}
}

// TestPrograms has programs that people use read the files: bibtool and ris2xml (Debian: bibtool, bibutils). pandoc, which is
// too big to be asked for, reads them where it is there.
func TestPrograms(t *testing.T) {
	dir := t.TempDir()
	csl, err := cite.CSL(papers())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"a.bib": cite.BibTeX(papers()), "a.ris": cite.RIS(papers()), "a.json": csl} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		run   string
		one   *regexp.Regexp // of each record
		quiet bool           // what it says besides is a complaint
	}{
		{"bibtool ./a.bib", regexp.MustCompile(`(?m)^@\w+\s*\{`), true},
		{"ris2xml a.ris", regexp.MustCompile(`<mods `), false},
		{"pandoc -f bibtex -t csljson a.bib", regexp.MustCompile(`"id": `), true},
		{"pandoc -f csljson -t plain --citeproc a.json", nil, true},
		{"pandoc -f csljson -t csljson a.json", regexp.MustCompile(`"id": `), true},
	} {
		t.Run(tc.run, func(t *testing.T) {
			args := strings.Fields(tc.run)
			if _, err := exec.LookPath(args[0]); err != nil {
				t.Skipf("%s is not here: whether it reads these files is not checked", args[0])
			}
			cmd := exec.Command(args[0], args[1:]...)
			var out, said bytes.Buffer
			cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &said
			if err := cmd.Run(); err != nil {
				t.Fatalf("%s: %v\n%s", tc.run, err, said.String())
			}
			if tc.quiet && said.Len() > 0 {
				t.Errorf("%s says\n%s", tc.run, said.String())
			}
			if strings.Contains(said.String(), "recognize") {
				t.Errorf("%s does not know a type:\n%s", tc.run, said.String())
			}
			if tc.one == nil {
				return
			}
			if got := len(tc.one.FindAll(out.Bytes(), -1)); got != len(papers()) {
				t.Errorf("%s reads %d records, want %d\n%s", tc.run, got, len(papers()), out.String())
			}
		})
	}
}

// FuzzFormats sees that whatever fields hold, each format holds as many records as there are papers, and nothing between.
func FuzzFormats(f *testing.F) {
	for _, p := range papers() {
		author := ""
		if len(p.Authors) > 0 {
			author = p.Authors[0].Name
		}
		f.Add(p.ID, p.Title, p.Abstract, author, p.JournalRef, p.DOI, "https://x.example/")
	}
	f.Add("doi:10.1000/}{", `\`, "$\\{$", "A {B", "J. \\ 1 (2000) 1", "10.1000/{", "https://x.example/{}}\\")
	f.Add("2606.00001", "$a\\$ b$ %", "\u2028", "von \u00a0 X", "a\r\nb", "", "")
	f.Fuzz(func(t *testing.T, id, title, abstract, author, journal, doi, url string) {
		p := broadsheet.Paper{ID: id, Title: title, Abstract: abstract, Authors: people(author, "Cy Dunk"), AuthorCount: 3, JournalRef: journal, DOI: doi, ReportNo: title,
			Categories: []string{abstract}, Keywords: []string{title, author}, Links: []broadsheet.Link{{Kind: broadsheet.LinkPage, URL: url}}, PublishedAt: day(2026, 6, 28)}
		list := []broadsheet.Paper{p, p}
		bib := string(cite.BibTeX(list))
		if n := entries(bib); n != 2 {
			t.Errorf("BibTeX of %q: %d entries, want 2\n%s", p.Title, n, bib)
		}
		ris := string(cite.RIS(list))
		if n := records(ris); n != 2 {
			t.Errorf("RIS of %q: %d records, want 2\n%s", p.Title, n, ris)
		}
		csl, err := cite.CSL(list)
		var items []map[string]any
		if err != nil || json.Unmarshal(csl, &items) != nil || len(items) != 2 {
			t.Errorf("CSL of %q: %v, %d items, want 2\n%s", p.Title, err, len(items), csl)
		}
	})
}

var entryStart = regexp.MustCompile(`^@(misc|article)\{[a-z0-9]+,$`)
var fieldLine = regexp.MustCompile(`^  [A-Za-z]+ = (\{.*\}|[a-z]{3}),?$`)

// entries counts BibTeX entries as strictly as they are written here, -1 where something is no part of one. Braces must match
// in each line.
func entries(text string) int {
	n := 0
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		field := fieldLine.MatchString(line)
		depth, opened := 0, false
		for i := range len(line) {
			switch line[i] {
			case '{':
				depth, opened = depth+1, true
			case '}':
				depth--
			}
			if field && opened && depth == 0 && i < len(line)-2 {
				return -1 // the field ends before its line does
			}
		}
		switch {
		case entryStart.MatchString(line):
			n++
		case line == "" || line == "}":
		case field && depth == 0:
		default:
			return -1
		}
		if strings.ContainsFunc(line, unicode.IsControl) {
			return -1
		}
	}
	return n
}

var risLine = regexp.MustCompile(`^[A-Z][A-Z0-9]  - [^\r\n]*$`)

// records counts RIS records, -1 where a line is none.
func records(text string) int {
	n, open := 0, false
	for _, line := range strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		switch {
		case line == "" && !open:
		case !risLine.MatchString(line):
			return -1
		case strings.HasPrefix(line, "TY  - "):
			if open {
				return -1
			}
			open = true
		case line == "ER  - ":
			n, open = n+1, false
		case !open:
			return -1
		}
	}
	return n
}
