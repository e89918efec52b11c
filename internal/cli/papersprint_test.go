package cli

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"broadsheet/client"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-runewidth"
)

// TestStyle: what is set off has the same columns as what is not.
func TestStyle(t *testing.T) {
	l := &listed{Items: []client.Paper{{ID: "2606.00001", Title: "Tea", Votes: 7, Authors: []client.Author{{Name: "Ada"}}, AuthorCount: 2}, {ID: "math/0309136", Title: "茶"}}}
	var plain, set bytes.Buffer
	for to, st := range map[*bytes.Buffer]style{&plain: false, &set: true} {
		if err := printTable(to, l, 120, st); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(set.String(), "\x1b[1m") || strings.Contains(plain.String(), "\x1b") {
		t.Errorf("set off %q, plain %q", set.String(), plain.String())
	}
	bare := strings.NewReplacer("\x1b[1m", "", "\x1b[2m", "", "\x1b[0m", "").Replace(set.String())
	if diff := cmp.Diff(plain.String(), bare); diff != "" {
		t.Errorf("without style (-plain +set):\n%s", diff)
	}
}

// TestNobodyWantsColour: a terminal that is none, NO_COLOR and TERM=dumb.
func TestNobodyWantsColour(t *testing.T) {
	r := &run{World: World{Stdout: &bytes.Buffer{}, Environ: []string{"NO_COLOR=1"}}}
	if r.style(r.Stdout) {
		t.Error("a pipe gets colours")
	}
	if got := r.env("NO_COLOR"); got != "1" {
		t.Errorf("got %q", got)
	}
}

// FuzzPrint: whatever a site sends, a table stays in its columns, a value in its
// cell, and nothing drives the terminal.
func FuzzPrint(f *testing.F) {
	for _, seed := range []string{"Tea", "a\tb\nc\\", "\x1b]0;x\x07", "\u202eabc", "茶の冷却", "👩‍🍳 crème", "$\\sqrt{t}$", strings.Repeat("x", 300), "\xff\xfe", "\u009b31m", "e\u0301\u0301\u0301", "$", "${"} {
		f.Add(seed, uint8(40))
	}
	f.Fuzz(func(t *testing.T, text string, width uint8) {
		cols := 30 + int(width)
		p := client.Paper{ID: text, Title: text, Abstract: text, TLDR: text, Note: text, URL: text, Authors: []client.Author{{Name: text}}, AuthorCount: 3,
			Categories: []string{text}, Links: []client.Link{{Kind: "code", URL: text}}}
		var table, tsv, info, js bytes.Buffer
		for _, err := range []error{
			printTable(&table, &listed{Items: []client.Paper{p}}, cols, false), printTSV(&tsv, []client.Paper{p}), printInfo(&info, &p, cols, false), printSafeJSON(&js, p),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		for line := range strings.Lines(table.String()) {
			if n := runewidth.StringWidth(strings.TrimSuffix(line, "\n")); n > cols {
				t.Errorf("%q at %d: %d columns in %q", text, cols, n, line)
			}
		}
		if n := strings.Count(table.String(), "\n"); n != 1 {
			t.Errorf("%q: %d lines of a table", text, n)
		}
		if n, tabs := strings.Count(tsv.String(), "\n"), strings.Count(tsv.String(), "\t"); n != 2 || tabs != 2*(len(tsvNames)-1) {
			t.Errorf("%q: %d lines and %d tabs in %q", text, n, tabs, tsv.String())
		}
		var said bytes.Buffer
		world := World{Stderr: &said}
		site := &remote{base: "http://localhost"}
		world.report(fmt.Errorf("read: %s", text))
		said.WriteString("\n")
		lines := strings.Count(said.String(), "\n")
		world.report(site.explain(&client.Error{Status: 400, Field: text, Detail: text, Fix: text}))
		world.report(site.explain(&client.Error{Status: 404, Detail: text, Fix: "see " + text}))
		if n := strings.Count(said.String(), "\n") - lines; n != 2 {
			t.Errorf("%q: two refusals have %d lines", text, n)
		}
		for _, out := range []string{said.String(), table.String(), tsv.String(), info.String(), js.String(), markdown(&p, cols)} {
			if i := strings.IndexFunc(out, func(r rune) bool {
				return unicode.IsControl(r) && r != '\n' && r != '\t' || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
			}); i >= 0 {
				t.Errorf("%q: %q drives the terminal", text, out[max(0, i-10):min(len(out), i+10)])
			}
		}
	})
}

// TestMarkdownIsText: what a paper says makes no link, picture or heading of its
// own in a file.
func TestMarkdownIsText(t *testing.T) {
	text := "[a](javascript:x) <img src=x onerror=y> # x"
	p := client.Paper{ID: "2606.00001", Title: text, Abstract: text, TLDR: text, Note: text, URL: "https://papers.example/a_(b)", Authors: []client.Author{{Name: text}}}
	got := markdown(&p, 0)
	if strings.Contains(got, "[a](") || strings.Contains(strings.ReplaceAll(got, `\<img`, ""), "<img") || !strings.Contains(got, "<https://papers.example/a_%28b%29>") {
		t.Errorf("got %s, want no link or tag but the address", got)
	}
}
