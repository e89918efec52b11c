// Package archtest holds the house plan as a test: which package may import
// which, which package alone may use a dangerous part of the standard library,
// and what every file owes its reader.
//
// It reads source text only, so it sees files of every build tag and needs
// nothing that is not built. [Check] reports every breach at once, in a fixed
// order, each with its file, line and the way out. It imports the standard
// library only and is itself held to its rules.
package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
)

// Problem is one breach of the house plan.
type Problem struct {
	File string // slash-separated path from the module's root
	Line int    // 1-based; 0 where the whole file or package is meant
	Rule string // short name of the rule, such as "ring" or "size"
	Text string // what is wrong and what to do instead
}

// String gives the problem in the form that editors jump to.
func (p Problem) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", p.File, p.Line, p.Rule, p.Text)
}

// file is one parsed Go file with where it belongs.
type file struct {
	name string // slash-separated path from the module's root
	dir  string // package path from the module's root, "" for the root package
	test bool
	ast  *ast.File
}

// tree is a module as it lies on disk.
type tree struct {
	module string
	fset   *token.FileSet
	files  []file
	texts  map[string][]byte // every text file that the rules read, by name
}

// Check reads the module whose go.mod lies in root and returns its breaches,
// sorted by file and line. The error says that the tree could not be read or
// parsed; a breach is never an error.
func Check(root string) ([]Problem, error) {
	t, err := load(root)
	if err != nil {
		return nil, err
	}
	var problems []Problem
	for _, rule := range []func(*tree) []Problem{rings, capabilities, docs, sizes, words, dependencies} {
		problems = append(problems, rule(t)...)
	}
	sort.Slice(problems, func(i, j int) bool {
		a, b := problems[i], problems[j]
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Text < b.Text
	})
	return problems, nil
}

// textKinds are the endings of files that people write and read here.
var textKinds = map[string]bool{
	".go": true, ".s": true, ".js": true, ".mjs": true, ".css": true, ".html": true, ".sql": true, ".sh": true,
	".md": true, ".mod": true,
}

func load(root string) (*tree, error) {
	t := &tree{fset: token.NewFileSet(), texts: map[string][]byte{}}
	err := filepath.WalkDir(root, func(full string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, full)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		if d.IsDir() {
			if name != "." && skipDir(full, d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || !textKinds[path.Ext(name)] {
			return nil
		}
		return t.add(name, full)
	})
	if err != nil {
		return nil, fmt.Errorf("read module in %s: %w", root, err)
	}
	t.module = moduleOf(string(t.texts["go.mod"]))
	if t.module == "" {
		return nil, fmt.Errorf("read module in %s: no go.mod with a module line", root)
	}
	return t, nil
}

// add reads one file, and parses it where it is Go.
func (t *tree) add(name, full string) error {
	src, err := os.ReadFile(full)
	if err != nil {
		return err
	}
	t.texts[name] = src
	if path.Ext(name) != ".go" {
		return nil
	}
	parsed, err := parser.ParseFile(t.fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	dir := path.Dir(name)
	if dir == "." {
		dir = ""
	}
	t.files = append(t.files, file{name: name, dir: dir, test: strings.HasSuffix(name, "_test.go"), ast: parsed})
	return nil
}

// skipDir leaves out what is not this module's own text: folders that Go ignores, what
// builds and package managers leave, test data, and modules nested in it.
func skipDir(full, base string) bool {
	if strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return true
	}
	switch base {
	case "node_modules", "testdata", "vendor", "bin", "var":
		return true
	}
	_, err := os.Stat(filepath.Join(full, "go.mod"))
	return err == nil
}

func moduleOf(gomod string) string {
	for _, line := range strings.Split(gomod, "\n") {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "module "); ok {
			return strings.TrimSpace(name)
		}
	}
	return ""
}

// line is where a node of the tree stands in its file.
func (t *tree) line(pos token.Pos) int { return t.fset.Position(pos).Line }

// inside reports whether dir is root or lies below it.
func inside(dir, root string) bool {
	return dir == root || strings.HasPrefix(dir, root+"/")
}
