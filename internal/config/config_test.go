package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func write(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "broadsheet.toml")
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPrecedence(t *testing.T) {
	file := write(t, "data_dir = '/from-file'\nlisten = ':1'\n[site]\ntitle = 'File'\ntime_zone = 'Europe/Berlin'\n", 0o644)
	c, err := Load(Input{
		Flags:   map[string]string{"site-title": "Flag"},
		Environ: []string{"BROADSHEET_SITE_TITLE=Env", "BROADSHEET_LISTEN=:2", "HOME=/root", "BROADSHEET_SITE_TAGLINE="},
		File:    file,
	})
	if err != nil {
		t.Fatal(err)
	}
	origins := map[string]string{}
	for _, v := range c.Values() {
		origins[v.Key] = strings.Replace(v.Origin, file, "FILE", 1) + " " + v.Value
	}
	want := map[string]string{
		"site.title": "flag Flag", "listen": "environment :2", "site.time_zone": "FILE:5 Europe/Berlin",
		"data_dir": "FILE:1 /from-file", "site.tagline": "default The daily papers, chosen by those who read them",
		"database": "default sqlite:/from-file/broadsheet.db", "http.idle_timeout": "default 2m", "http.page_cache": "default 32MiB",
	}
	for key, w := range want {
		if origins[key] != w {
			t.Errorf("%s: got %q, want %q", key, origins[key], w)
		}
	}
}

func TestDefaults(t *testing.T) {
	c, err := Load(Input{})
	if err != nil {
		t.Fatal(err)
	}
	if c.Database != "sqlite:var/broadsheet.db" || c.Listen != "localhost:8080" || c.Site.TimeZone != time.UTC || c.File != "" {
		t.Errorf("got database %q, listen %q, zone %v, file %q", c.Database, c.Listen, c.Site.TimeZone, c.File)
	}
	want := []string{"cs.AI", "cs.CL", "cs.CV", "cs.LG"}
	if d := cmp.Diff(want, c.Harvest.Categories); d != "" {
		t.Errorf("categories (-want +got):\n%s", d)
	}
}

func TestFileForms(t *testing.T) {
	file := write(t, `
harvest.enabled = false
harvest.sources = [
  "arxiv-oai", # the catalogue
  "daily-papers",
]
http = { read_timeout = "20s", page_cache = 4096, trusted_proxies = ["127.0.0.1", "10.0.0.0/8"] }
`, 0o644)
	c, err := Load(Input{File: file})
	if err != nil {
		t.Fatal(err)
	}
	if c.Harvest.Enabled || strings.Join(c.Harvest.Sources, " ") != "arxiv-oai daily-papers" {
		t.Errorf("harvest: got %+v", c.Harvest)
	}
	if c.HTTP.ReadTimeout != 20*time.Second || c.HTTP.PageCache != 4096 || len(c.HTTP.TrustedProxies) != 2 {
		t.Errorf("http: got %+v", c.HTTP)
	}
}

func TestWrong(t *testing.T) {
	tests := []struct {
		name, file string
		flags      map[string]string
		environ    []string
		want       []string // parts of the error
	}{
		{"key", "[site]\n\ntitel = 'x'", nil, nil, []string{":3: site.titel is no setting", "did you mean site.title?"}},
		{"section", "[siet]\ntitle = 'x'", nil, nil, []string{":1: [siet] is no setting", "did you mean site?"}},
		{"key without likeness", "colour = 'x'", nil, nil, []string{":1: colour is no setting (`broadsheet config print`"}},
		{"value", "\n[log]\nlevel = 'wran'", nil, nil, []string{`:3: log.level: "wran" is not allowed`, `did you mean "warn"? allowed: debug, info, warn, error`}},
		{"type", "listen = 2026-01-01", nil, nil, []string{":1: listen: is of the wrong type", "it takes a text"}},
		{"number for an address", "listen = 8080", nil, nil, []string{`:1: listen: "8080" cannot be`, "HOST:PORT"}},
		{"syntax", "a = 1\nlisten = ", nil, nil, []string{":2: is not TOML"}},
		{"twice", "listen = ':1'\nlisten = ':2'", nil, nil, []string{":2: is not TOML", "already defined"}},
		{"environment", "", nil, []string{"BROADSHEET_DATABSE=sqlite:x"}, []string{"environment variable BROADSHEET_DATABSE is no setting", "did you mean BROADSHEET_DATABASE?"}},
		{"environment value", "", nil, []string{"BROADSHEET_LISTEN=localhost"}, []string{`BROADSHEET_LISTEN: "localhost" cannot be`}},
		{"flag", "", map[string]string{"site-time-zone": "Europe/Berln"}, nil, []string{`--site-time-zone: "Europe/Berln" is not a time zone`, `did you mean "Europe/Berlin"?`}},
		{"list item", "harvest.sources = ['arxiv-oia']", nil, nil, []string{`did you mean "arxiv-oai"?`}},
		{"duration", "http.read_timeout = 5", nil, nil, []string{`"5" is not a duration`, "30s"}},
		{"size", "", nil, []string{"BROADSHEET_MEMORY=1 Gigabyte"}, []string{`is not a size`, "1GiB"}},
		{"proxy", "http.trusted_proxies = ['proxy.internal']", nil, nil, []string{`holds "proxy.internal", which is no address`}},
		{"url", "site.url = 'papers.example.org'", nil, nil, []string{"write a whole address"}},
		{"url with a path", "site.url = 'https://example.org/papers'", nil, nil, []string{"leave out the path"}},
		{"url with a slash", "site.url = 'https://example.org/'", nil, nil, []string{"leave out the slash"}},
		{"mail", "site.contact = 'nobody'", nil, nil, []string{"write one mail address"}},
		{"port", "", map[string]string{"listen": ":99999"}, nil, []string{"a port is at most 65535"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := Input{Flags: tt.flags, Environ: tt.environ}
			if tt.file != "" {
				in.File = write(t, tt.file, 0o644)
			}
			_, err := Load(in)
			if err == nil {
				t.Fatal("got no error")
			}
			for _, part := range tt.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("got %q, want it to hold %q", err, part)
				}
			}
		})
	}
}

func TestMissingFile(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none.toml")
	if _, err := Load(Input{Files: []string{missing}}); err != nil {
		t.Errorf("a file that was only looked for: got %v, want none", err)
	}
	for _, in := range []Input{{File: missing}, {Environ: []string{"BROADSHEET_CONFIG=" + missing}}} {
		if _, err := Load(in); err == nil || !strings.Contains(err.Error(), missing) {
			t.Errorf("a file that was named: got %v, want an error that names it", err)
		}
	}
}

const password = "tr0ub4dor"

func TestSecretsStaySecret(t *testing.T) {
	dsn := "postgres://u:" + password + "@db.internal/papers?sslpassword=" + password
	c, err := Load(Input{Environ: []string{"BROADSHEET_DATABASE=" + dsn}})
	if err != nil {
		t.Fatal(err)
	}
	if c.Database != dsn {
		t.Errorf("database: got %q, want %q", c.Database, dsn)
	}
	for _, v := range c.Values() {
		if strings.Contains(v.Value, password) {
			t.Errorf("%s prints the password: %q", v.Key, v.Value)
		}
	}
	for _, wrong := range []string{
		"postgres//u:" + password + "@h/db", "postgres://u:" + password + "@h:port/db", password, "mysql://u:" + password + "@h/db",
	} {
		_, err := Load(Input{Environ: []string{"BROADSHEET_DATABASE=" + wrong}})
		if err == nil || strings.Contains(err.Error(), password) {
			t.Errorf("%q: got error %v, want one without the password", wrong, err)
		}
		_, err = Load(Input{File: write(t, "x = 1\ndatabase = '"+wrong+"\n", 0o600)})
		if err == nil || strings.Contains(err.Error(), password) {
			t.Errorf("broken line with %q: got error %v, want one without the password", wrong, err)
		}
		if got := Redact(wrong); strings.Contains(got, password) {
			t.Errorf("Redact(%q): got %q", wrong, got)
		}
	}
}

func TestSecretFilesBelongToTheirOwner(t *testing.T) {
	text := "database = 'postgres://u:" + password + "@h/db'"
	if _, err := Load(Input{File: write(t, text, 0o600)}); err != nil {
		t.Errorf("0600: %v", err)
	}
	_, err := Load(Input{File: write(t, text, 0o640)})
	if err == nil || !strings.Contains(err.Error(), "chmod 600") || strings.Contains(err.Error(), password) {
		t.Errorf("0640: got %v, want an error that says chmod 600 and not the password", err)
	}
	if _, err := Load(Input{File: write(t, "database = 'postgres://u@h/db'", 0o644)}); err != nil {
		t.Errorf("0644 without a secret: %v", err)
	}
}

func TestPasswordFile(t *testing.T) {
	load := func(dsn, text string, mode os.FileMode) (*Config, error) {
		path := filepath.Join(t.TempDir(), "password")
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return Load(Input{Flags: map[string]string{"database": dsn, "database-password-file": path}})
	}
	c, err := load("postgres://u@h/db", password+"\n", 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if want := "postgres://u:" + password + "@h/db"; c.Database != want {
		t.Errorf("got %q, want %q", c.Database, want)
	}
	for name, tt := range map[string]struct {
		dsn, text string
		mode      os.FileMode
	}{
		"readable by all": {"postgres://u@h/db", password, 0o644},
		"empty":           {"postgres://u@h/db", "\n", 0o600},
		"two lines":       {"postgres://u@h/db", "a\nb\n", 0o600},
		"two passwords":   {"postgres://u:p@h/db", password, 0o600},
		"sqlite":          {"sqlite:x.db", password, 0o600},
	} {
		if _, err := load(tt.dsn, tt.text, tt.mode); err == nil || strings.Contains(err.Error(), password) {
			t.Errorf("%s: got error %v, want one without the password", name, err)
		}
	}
}
