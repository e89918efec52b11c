package config

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

//go:generate go run broadsheet/cmd/broadsheet config doc --out ../../doc/config.md

func TestDocIsCurrent(t *testing.T) {
	got, err := os.ReadFile("../../doc/config.md")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(Markdown(), string(got)); d != "" {
		t.Errorf("doc/config.md is not current; run `go generate ./internal/config` (-want +got):\n%s", d)
	}
}

func TestRowsAreWhole(t *testing.T) {
	keys, names := map[string]bool{}, map[string]bool{}
	for _, s := range Table() {
		if keys[s.Key] || names[s.Flag()] {
			t.Errorf("%s stands twice", s.Key)
		}
		keys[s.Key], names[s.Flag()] = true, true
		if s.Doc == "" || !strings.HasSuffix(s.Doc, ".") || s.Help == "" || strings.HasSuffix(s.Help, ".") {
			t.Errorf("%s: want a Doc of whole sentences and a Help without a stop", s.Key)
		}
		var c Config
		if err := s.set(&c, s.Default); err != nil {
			t.Errorf("%s: default %q: %v", s.Key, s.Default, err)
		}
		if got := format(s.bind(&c)); got != s.Default {
			t.Errorf("%s: default %q comes back as %q", s.Key, s.Default, got)
		}
		if err := s.set(&c, s.Example); s.Example == "" || err != nil {
			t.Errorf("%s: example %q: %v", s.Key, s.Example, err)
		}
	}
}

// TestExampleFileLoads takes the comment signs away and loads the rest.
func TestExampleFileLoads(t *testing.T) {
	text := strings.ReplaceAll(Example(), "\n# ", "\n")
	text = strings.TrimPrefix(text, "# ")
	secrets := regexp.MustCompile(`(?m)^\w*(?:password|secret|key)_file = .*$`) // of files that are not on this machine
	text = secrets.ReplaceAllStringFunc(text, func(line string) string {
		if strings.HasPrefix(line, "secret_file") { // made where it is missing
			return line
		}
		return "# " + line
	})
	c, err := Load(Input{File: write(t, text, 0o600)})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, v := range c.Values() {
		if v.Origin == "default" && !strings.HasSuffix(v.Key, "_file") {
			t.Errorf("%s is not in the example", v.Key)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"database", "data_dir", "listen", "site.title", "site.tagline"}
	for text, want := range map[string]string{
		"databse": "database", "DATABASE": "database", "lisetn": "listen", "site.tittle": "site.title", "titel": "", "x": "", "": "",
		"datadir": "data_dir",
	} {
		if got := Nearest(text, names); got != want {
			t.Errorf("Nearest(%q): got %q, want %q", text, got, want)
		}
	}
}

func FuzzFile(f *testing.F) {
	f.Add(Example())
	f.Add("database = 'postgres://u:hunter22@h/db'\n[log]\nlevel = 'x'")
	f.Add("site = { title = 'a', x = { y = 1 } }")
	f.Add("[[site]]\ntitle = 1")
	f.Add("[a.b]\n\"\" = 2")
	f.Fuzz(func(t *testing.T, text string) {
		path := write(t, text, 0o600)
		if _, err := Load(Input{File: path}); err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: the error has several lines: %q", text, err)
		}
	})
}
