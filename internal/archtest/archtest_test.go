package archtest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"broadsheet/internal/archtest"
)

// TestTree holds this module to its own plan.
func TestTree(t *testing.T) {
	problems, err := archtest.Check("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
}

// sound is a small module that breaks no rule. Each case below breaks one.
var sound = map[string]string{
	"go.mod":                              "module broadsheet\n\ngo 1.26.0\n\nrequire example.org/dep v1.2.3\n",
	"doc/decisions/0002-dependencies.md":  "| `example.org/dep` | v1.2.3 | MIT | shows |\n",
	"doc.go":                              "// Package broadsheet is the words.\npackage broadsheet\n",
	"internal/lib/feed/feed.go":           "// Package feed reads feeds.\npackage feed\n\nimport _ \"example.org/dep/part\"\n",
	"internal/lib/fetch/fetch.go":         "// Package fetch fetches.\npackage fetch\n\nimport \"net/http\"\n\nvar client = http.Client{}\n",
	"internal/store/store.go":             "// Package store keeps rows.\npackage store\n\nimport \"database/sql\"\n\nvar db *sql.DB\n",
	"internal/store/storetest/test.go":    "// Package storetest opens stores.\npackage storetest\n\nimport _ \"broadsheet/internal/store\"\n",
	"internal/harvest/harvest.go":         "// Package harvest gathers.\npackage harvest\n\nimport _ \"broadsheet/internal/store\"\n",
	"internal/harvest/arxiv/arxiv.go":     "// Package arxiv reads arXiv.\npackage arxiv\n\nimport _ \"broadsheet/internal/harvest\"\n",
	"internal/jobs/jobs.go":               "// Package jobs runs later.\npackage jobs\n\nimport \"database/sql\"\n\nvar db *sql.DB\n",
	"internal/app/app.go":                 "// Package app allows.\npackage app\n\nimport _ \"broadsheet/internal/harvest\"\n",
	"internal/app/app_test.go":            "package app\n\nimport _ \"broadsheet/internal/store/storetest\"\n",
	"internal/serve/httpkit/httpkit.go":   "// Package httpkit answers.\npackage httpkit\n",
	"internal/serve/web/web.go":           "// Package web shows.\npackage web\n\nimport (\n\t_ \"html/template\"\n\n\t_ \"broadsheet/internal/app\"\n\t_ \"broadsheet/internal/serve/httpkit\"\n)\n",
	"internal/serve/api/api.go":           "// Package api speaks JSON.\npackage api\n",
	"internal/cli/cli.go":                 "// Package cli talks.\npackage cli\n\nimport \"os\"\n\n// Run runs.\nfunc Run() { os.Exit(1) }\n",
	"cmd/broadsheet/main.go":              "// Command broadsheet serves papers.\npackage main\n\nimport \"broadsheet/internal/cli\"\n\nfunc main() { cli.Run() }\n",
	"internal/store/testdata/ignored.go":  "this is not Go",
	"e2e/browser/node_modules/ignored.js": "XX" + "X",
}

// TestBreaches breaks every rule once, to see that it can be broken.
func TestBreaches(t *testing.T) {
	long := strings.Repeat("// A line.\n", 501)
	tests := []struct {
		name string
		file string
		text string
		want []string // each a part of one problem; empty: nothing is wrong
	}{
		{"sound", "", "", nil},
		{"words import a third party", "x.go", "package broadsheet\n\nimport _ \"example.org/dep\"\n", []string{"x.go:3: ring: the root package"}},
		{"words import downward ring", "x.go", "package broadsheet\n\nimport _ \"broadsheet/internal/lib/feed\"\n", []string{"x.go:3: ring: words"}},
		{"words do I/O", "x.go", "package broadsheet\n\nimport _ \"os\"\n", []string{"x.go:3: capability: os is files"}},
		{"lib knows the words", "internal/lib/feed/x.go", "package feed\n\nimport _ \"broadsheet\"\n", []string{"ring: mechanism"}},
		{"lib imports lib", "internal/lib/feed/x.go", "package feed\n\nimport _ \"broadsheet/internal/lib/fetch\"\n", nil},
		{"store imports engine", "internal/store/x.go", "package store\n\nimport _ \"broadsheet/internal/harvest\"\n", []string{"ring: store"}},
		{"engine imports engine", "internal/harvest/x.go", "package harvest\n\nimport _ \"broadsheet/internal/jobs\"\n", []string{"internal/harvest/x.go:3: ring: engine"}},
		{"engine imports app", "internal/jobs/x.go", "package jobs\n\nimport _ \"broadsheet/internal/app\"\n", []string{"ring: engine"}},
		{"engine test imports engine", "internal/harvest/x_test.go", "package harvest\n\nimport _ \"broadsheet/internal/jobs\"\n", []string{"ring: engine"}},
		{"engine imports test help", "internal/harvest/x.go", "package harvest\n\nimport _ \"broadsheet/internal/store/storetest\"\n", []string{"only test files"}},
		{"app imports surface", "internal/app/x.go", "package app\n\nimport _ \"broadsheet/internal/serve/web\"\n", []string{"ring: use cases"}},
		{"surface imports store", "internal/serve/web/x.go", "package web\n\nimport _ \"broadsheet/internal/store\"\n", []string{"ring: surface"}},
		{"surface test imports store", "internal/serve/web/x_test.go", "package web\n\nimport _ \"broadsheet/internal/store\"\n", nil},
		{"surface imports surface", "internal/serve/web/x.go", "package web\n\nimport _ \"broadsheet/internal/serve/api\"\n", []string{"ring: surface"}},
		{"surface imports wiring", "internal/serve/web/x.go", "package web\n\nimport _ \"broadsheet/internal/cli\"\n", []string{"ring: surface"}},
		{"unknown place", "internal/stuff/x.go", "// Package stuff is.\npackage stuff\n", []string{"no place in the house plan"}},
		{"SQL outside store", "internal/app/x.go", "package app\n\nimport _ \"database/sql\"\n", []string{"database/sql is SQL"}},
		{"pgx outside store", "internal/app/x.go", "package app\n\nimport _ \"github.com/jackc/pgx/v5\"\n", []string{"is SQL"}},
		{"client outside fetch", "internal/harvest/x.go", "package harvest\n\nimport \"net/http\"\n\nvar c = http.DefaultClient\n", []string{"x.go:5: capability: http.DefaultClient"}},
		{"renamed import", "internal/harvest/x.go", "package harvest\n\nimport h \"net/http\"\n\nvar c = &h.Client{}\n", []string{"h.Client is an outgoing"}},
		{"dot import", "internal/harvest/x.go", "package harvest\n\nimport . \"net/http\"\n\nvar c = DefaultClient\n", []string{"dot import"}},
		{"client in a test", "internal/harvest/x_test.go", "package harvest\n\nimport \"net/http\"\n\nvar c = http.DefaultClient\n", nil},
		{"dial outside fetch", "internal/app/x.go", "package app\n\nimport \"net\"\n\nvar d net.Dialer\n", []string{"net.Dialer"}},
		{"mail outside deliver", "internal/app/x_test.go", "package app\n\nimport _ \"net/smtp\"\n", []string{"SMTP"}},
		{"templates outside web", "internal/serve/api/x.go", "package api\n\nimport _ \"html/template\"\n", []string{"HTML templates"}},
		{"unsafe", "internal/store/x.go", "package store\n\nimport _ \"unsafe\"\n", []string{"unsafe memory"}},
		{"assembly", "internal/store/x.s", "TEXT", []string{"assembly belongs"}},
		{"environment", "internal/app/x.go", "package app\n\nimport \"os\"\n\nvar v = os.Getenv(\"V\")\n", []string{"os.Getenv"}},
		{"exit", "internal/serve/web/x.go", "package web\n\nimport \"os\"\n\nfunc f() { os.Exit(1) }\n", []string{"os.Exit"}},
		{"flags", "internal/app/x.go", "package app\n\nimport _ \"flag\"\n", []string{"flag is the environment"}},
		{"too long", "internal/app/x.go", "package app\n\n" + long, []string{"503 lines"}},
		{"no package comment", "internal/digest/x.go", "package digest\n", []string{"no package comment"}},
		{"function without comment", "internal/app/x.go", "package app\n\nfunc Do() {}\n", []string{"Do is exported"}},
		{"misnamed comment", "internal/app/x.go", "package app\n\n// Does it.\nfunc Do() {}\n", []string{"comment of Do"}},
		{"name as a prefix only", "internal/app/x.go", "package app\n\n// Doing it.\nfunc Do() {}\n", []string{"comment of Do"}},
		{"article", "internal/app/x.go", "package app\n\n// A Thing is.\ntype Thing struct{}\n", nil},
		{"type without comment", "internal/app/x.go", "package app\n\ntype Thing struct{}\n", []string{"Thing is exported"}},
		{"method without comment", "internal/app/x.go", "package app\n\n// T is.\ntype T struct{}\n\nfunc (t *T) M() {}\n", []string{"M is exported"}},
		{"method of a hidden type", "internal/app/x.go", "package app\n\ntype t struct{}\n\nfunc (t) String() string { return \"\" }\n", nil},
		{"constant without comment", "internal/app/x.go", "package app\n\nconst Max = 1\n", []string{"Max is exported"}},
		{"group comment", "internal/app/x.go", "package app\n\n// Limits.\nconst (\n\tMax = 1\n\tMin = 0\n)\n", nil},
		{"unfinished", "internal/app/x.go", "package app\n\n// TO" + "DO later\n", []string{"x.go:3: words: TO" + "DO"}},
		{"unfinished document", "doc/x.md", "FIX" + "ME", []string{"doc/x.md:1: words"}},
		{"own machine", "doc/x.md", "see /ho" + "me/me/x", []string{"a path of one machine"}},
		{"vague package", "internal/app/util/x.go", "// Package util is.\npackage util\n", []string{"name it after what it gives"}},
		{"unlisted dependency", "go.mod", "module broadsheet\n\nrequire (\n\texample.org/dep v1.2.3 // indirect\n\texample.org/dep/part v1.0.0\n)\n",
			[]string{"0002-dependencies.md:1: dependency: example.org/dep is listed", "go.mod:5: dependency: example.org/dep/part v1.0.0 is imported"}},
		{"other version", "go.mod", "module broadsheet\n\nrequire example.org/dep v1.2.4\n", []string{"example.org/dep v1.2.4 is imported"}},
		{"unused dependency", "doc/decisions/0002-dependencies.md", "| `example.org/dep` | v1.2.3 | MIT | shows |\n| `example.org/old` | v1.0.0 | MIT | was |\n",
			[]string{"0002-dependencies.md:2: dependency: example.org/old is listed"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			for name, text := range sound {
				write(t, root, name, text)
			}
			if tt.file != "" {
				write(t, root, tt.file, tt.text)
			}
			problems, err := archtest.Check(root)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range problems {
				got = append(got, p.String())
			}
			if len(got) != len(tt.want) {
				t.Fatalf("%s: got %d problems %q, want %q", tt.file, len(got), got, tt.want)
			}
			for i, want := range tt.want {
				if !strings.Contains(got[i], want) {
					t.Errorf("%s: got %q, want it to have %q", tt.file, got[i], want)
				}
			}
		})
	}
}

// TestUnreadable sees that a tree that cannot be judged is an error.
func TestUnreadable(t *testing.T) {
	tests := []struct{ name, file, text, want string }{
		{"no module", "x.go", "package x\n", "no go.mod"},
		{"no Go", "x.go", "pack", "expected 'package'"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			write(t, root, tt.file, tt.text)
			if _, err := archtest.Check(root); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Check(%s) = %v, want an error with %q", tt.file, err, tt.want)
			}
		})
	}
}

func write(t *testing.T, root, name, text string) {
	t.Helper()
	full := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
