package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"broadsheet"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// findFile is the file that was named by flag or environment, which must be
// there, or else the first of in.Files that is; "" where none is.
func findFile(in Input, env []assignment) (string, error) {
	named := in.File
	for _, a := range env {
		if a.setting == nil && named == "" {
			named = a.value
		}
	}
	if named != "" {
		return named, nil
	}
	for _, path := range in.Files {
		_, err := os.Stat(path)
		if err == nil {
			return path, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("look for settings in %s: %w", path, err)
		}
	}
	return "", nil
}

// readFile reads a TOML file. The library's node reader gives the lines; its
// decoder, run first, refuses what is not TOML and keys that stand twice.
func readFile(table []*Setting, path string) ([]assignment, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, &broadsheet.Error{Kind: broadsheet.Invalid, Field: "--config", Text: "cannot read " + path,
			Fix: "check the path and its rights", Err: plainPathError(err)}
	}
	var tree map[string]any
	if err := toml.Unmarshal(data, &tree); err != nil {
		return nil, syntaxError(path, err)
	}
	given, err := assignments(table, path, data)
	if err != nil {
		return nil, err
	}
	return given, guardFile(path, given)
}

func syntaxError(path string, err error) error {
	where := path
	var bad *toml.DecodeError
	if errors.As(err, &bad) {
		line, _ := bad.Position()
		where = fmt.Sprintf("%s:%d", path, line)
	}
	// Only the library's sentence: its long form quotes the line, which may
	// hold a password.
	return broadsheet.InvalidField(where, "is not TOML: "+strings.TrimPrefix(err.Error(), "toml: "), "see doc/config.md for an example")
}

func assignments(table []*Setting, path string, data []byte) ([]assignment, error) {
	known := map[string]*Setting{}
	var names []string
	for _, s := range table {
		known[s.Key] = s
		names = append(names, s.Key)
	}
	var out []assignment
	var section []string
	var p unstable.Parser
	p.Reset(data)
	for p.NextExpression() {
		e := p.Expression()
		if e.Kind == unstable.Table || e.Kind == unstable.ArrayTable {
			section = keyOf(e)
			if name := strings.Join(section, "."); !isSection(name, names) {
				return nil, unknown(fmt.Sprintf("%s:%d: [%s]", path, lineOf(&p, e), name),
					Nearest(name, sections(names)), "broadsheet config print")
			}
			continue
		}
		if e.Kind != unstable.KeyValue {
			continue
		}
		err := flatten(append(section[:len(section):len(section)], keyOf(e)...), e.Value(), func(key string, v *unstable.Node) error {
			where := fmt.Sprintf("%s:%d", path, lineOf(&p, e))
			s, ok := known[key]
			if !ok {
				return unknown(where+": "+key, Nearest(key, names), "broadsheet config print")
			}
			text, ok := valueText(v)
			if !ok {
				return broadsheet.InvalidField(where+": "+key, "is of the wrong type", "it takes a "+s.Type())
			}
			out = append(out, assignment{setting: s, name: key, value: text, where: where})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, p.Error()
}

// flatten calls fn for the value, or for each in an inline table.
func flatten(key []string, v *unstable.Node, fn func(string, *unstable.Node) error) error {
	if v.Kind != unstable.InlineTable {
		return fn(strings.Join(key, "."), v)
	}
	for it := v.Children(); it.Next(); {
		kv := it.Node()
		if err := flatten(append(key[:len(key):len(key)], keyOf(kv)...), kv.Value(), fn); err != nil {
			return err
		}
	}
	return nil
}

func keyOf(n *unstable.Node) []string {
	var out []string
	for it := n.Key(); it.Next(); {
		out = append(out, string(it.Node().Data))
	}
	return out
}

// lineOf is the line of the node's key, from 1.
func lineOf(p *unstable.Parser, n *unstable.Node) int {
	it := n.Key()
	it.Next()
	return p.Shape(it.Node().Raw).Start.Line
}

// valueText writes a TOML value as it would stand in the environment.
func valueText(v *unstable.Node) (string, bool) {
	switch v.Kind {
	case unstable.String, unstable.Bool, unstable.Integer, unstable.Float:
		return string(v.Data), true
	case unstable.Array:
		var items []string
		for it := v.Children(); it.Next(); {
			n := it.Node()
			if n.Kind == unstable.Comment {
				continue
			}
			if n.Kind != unstable.String || strings.Contains(string(n.Data), ",") {
				return "", false
			}
			items = append(items, string(n.Data))
		}
		return strings.Join(items, ","), true
	}
	return "", false
}

func sections(names []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, n := range names {
		if s, _, ok := strings.Cut(n, "."); ok && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

func isSection(name string, names []string) bool {
	for _, s := range sections(names) {
		if s == name {
			return true
		}
	}
	return false
}

func joinPath(dir, name string) string { return filepath.Join(dir, name) }
