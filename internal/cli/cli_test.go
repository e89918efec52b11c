package cli

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"broadsheet/internal/config"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write doc/cli.md anew")

// runCLI gives what a command prints and its exit code.
func runCLI(args ...string) (out, errs string, code int) {
	var o, e bytes.Buffer
	code = Main(World{Args: args, Stdin: strings.NewReader(""), Stdout: &o, Stderr: &e})
	return o.String(), e.String(), code
}

//go:generate go test -run TestDocIsCurrent -update .

func TestDocIsCurrent(t *testing.T) {
	const path = "../../doc/cli.md"
	want := document(t)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf("%s is not current; run `go generate ./internal/cli` (-want +got):\n%s", path, d)
	}
}

const docHead = `# Command line

<!-- Made from the program's own help by ` + "`go generate ./internal/cli`" + `. Do not edit. -->

Results go to standard output; progress, logs and errors go to standard error, progress only when it is a terminal. Tables are
cut to the terminal's width and whole elsewhere. ` + "`--json`" + ` gives the same for scripts.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | failed; nothing half-done stays behind |
| 2 | the command line or a setting is wrong; nothing was done |
| 3 | done, but some records were kept aside, or the search index is damaged |
| 130 | interrupted; the text says how to go on |
`

// document is the help of every command.
func document(t *testing.T) string {
	t.Setenv("COLUMNS", "80") // help is broken at the terminal's width
	g := newGrammar()
	parser, err := newParser(g, World{Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString(docHead)
	for _, c := range parser.Model.Children {
		if c.Hidden {
			continue
		}
		names := [][]string{{c.Name}}
		for _, sub := range c.Children {
			if !sub.Hidden {
				names = append(names, []string{c.Name, sub.Name})
			}
		}
		for _, name := range names {
			out, errs, code := runCLI(append(name, "--help")...)
			if code != 0 || errs != "" {
				t.Fatalf("%v --help: code %d, %s", name, code, errs)
			}
			fmt.Fprintf(&b, "\n## broadsheet %s\n\n```text\n%s```\n", strings.Join(name, " "), withoutCommonFlags(out))
		}
	}
	return b.String()
}

// withoutCommonFlags leaves out what every command has; the line breaks of the
// rest do not depend on the machine, for there is no terminal.
func withoutCommonFlags(help string) string {
	if i := strings.Index(help, "\nSettings (also"); i >= 0 {
		help = help[:i] + "\nSettings: see config.md, or --help.\n"
	}
	return help
}

func TestUsageErrors(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"nonsense"}, "broadsheet: unexpected argument nonsense"},
		{[]string{"import"}, `broadsheet: expected "<file> ..." (see `},
		{[]string{"completion", "tcsh"}, "must be one of"},
		{[]string{"harvest", "--from", "2026-02-30"}, `--from: date: "2026-02-30" is not a day`},
		{[]string{"harvest", "--from", "2026-03-02", "--to", "2026-03-01"}, "lies after"},
		{[]string{"harvest", "arxiv-oia"}, "did you mean arxiv-oai?"},
		{[]string{"config", "print", "--listen", "x"}, "--listen"},
	} {
		out, errs, code := runCLI(tt.args...)
		if code != ExitUsage || !strings.Contains(errs, tt.want) || out != "" {
			t.Errorf("%v: got code %d, out %q, errors %q; want 2 and %q", tt.args, code, out, errs, tt.want)
		}
		if strings.Count(errs, "\n") != 1 {
			t.Errorf("%v: the error is not one line: %q", tt.args, errs)
		}
	}
}

func TestHelpShowsExamples(t *testing.T) {
	doc := document(t)
	for _, part := range strings.Split(doc, "\n## ")[1:] {
		name, _, _ := strings.Cut(part, "\n")
		if !strings.Contains(part, "Examples:") && name != "broadsheet config" {
			t.Errorf("%s: no examples", name)
		}
	}
}

func TestNoStackTraceReachesUsers(t *testing.T) {
	for _, environ := range [][]string{nil, {"BROADSHEET_LOG_LEVEL=debug"}} {
		var errs bytes.Buffer
		w := World{Args: []string{"version"}, Environ: environ, Stdout: panicWriter{}, Stderr: &errs}
		if code := Main(w); code != ExitFailure {
			t.Errorf("code: got %d, want %d", code, ExitFailure)
		}
		if got, want := strings.Contains(errs.String(), "goroutine"), environ != nil; got != want {
			t.Errorf("%v: a stack trace: got %v, want %v: %s", environ, got, want, errs.String())
		}
	}
}

type panicWriter struct{}

func (panicWriter) Write([]byte) (int, error) { panic("a fault") }

func TestComplete(t *testing.T) {
	for _, tt := range []struct {
		words string
		want  string
	}{
		{"sta", "status"},
		{"config pr", "print"},
		{"--log-level error sta", "status"},
		{"completion ", "bash zsh fish"},
		{"serve --log-format ", "auto text json"},
		{"serve --log-format=", ""},
		{"serve --site-ti", "--site-time-zone --site-title"},
		{"import fi", ""},
		{"__comp", ""},
	} {
		args := append([]string{"__complete", "--"}, strings.Split(tt.words, " ")...)
		out, _, code := runCLI(args...)
		var got []string
		for line := range strings.Lines(out) {
			word, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
			got = append(got, word)
		}
		if code != 0 || strings.Join(got, " ") != tt.want {
			t.Errorf("%q: got %q (code %d), want %q", tt.words, got, code, tt.want)
		}
	}
}

// TestEverySettingHasAFlag: the table and the grammar stay in step.
func TestEverySettingHasAFlag(t *testing.T) {
	found := map[string]bool{}
	for _, fs := range newGrammar().flagSets {
		for _, s := range fs.settings {
			found[s.Key] = true
		}
	}
	for _, s := range config.Table() {
		if !found[s.Key] {
			t.Errorf("%s has no flag on any command", s.Key)
		}
	}
}
