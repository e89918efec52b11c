package config

import (
	"fmt"
	"strings"
)

const markdownHead = `# Settings

<!-- Made by ` + "`broadsheet config doc`" + ` from the table in internal/config/table.go. Do not edit. -->

Every setting can be given in three ways, the first of which counts:

1. a flag: ` + "`broadsheet serve --site-title \"Physics Daily\"`" + `;
2. the environment: ` + "`BROADSHEET_SITE_TITLE=\"Physics Daily\"`" + `;
3. one TOML file: the one that ` + "`--config FILE`" + ` or ` + "`BROADSHEET_CONFIG`" + ` names, else ` + "`broadsheet.toml`" + ` in the working
   folder, else ` + "`/etc/broadsheet/broadsheet.toml`" + `.

` + "`broadsheet config print`" + ` shows what is in force and where each value came from. A name that is no setting, or a value that
cannot be, stops the start with the name, the line and the nearest valid one. An empty variable of the environment counts as
not set.

Passwords are never printed or logged. A configuration file that holds one, and a password file, must be readable by their
owner alone (` + "`chmod 600`" + `).

A list is written with commas (` + "`cs.CL,cs.LG`" + `), in the file also as an array (` + "`[\"cs.CL\", \"cs.LG\"]`" + `). A duration has a unit
(` + "`500ms`, `30s`, `5m`, `1h`" + `), and so may a size (` + "`64KiB`, `100MiB`, `1GiB`" + `).

## A file to start from

`

// Markdown is doc/config.md.
func Markdown() string {
	var b strings.Builder
	b.WriteString(markdownHead)
	b.WriteString("```toml\n")
	b.WriteString(Example())
	b.WriteString("```\n\n## All settings\n")
	for _, s := range Table() {
		fmt.Fprintf(&b, "\n### `%s`\n\n%s\n\n", s.Key, s.Doc)
		fmt.Fprintf(&b, "* %s", s.Type())
		if s.Default != "" {
			fmt.Fprintf(&b, ", default `%s`", s.Default)
		}
		if s.Allowed != nil {
			fmt.Fprintf(&b, "; allowed: `%s`", strings.Join(s.Allowed, "`, `"))
		}
		b.WriteByte('\n')
		fmt.Fprintf(&b, "* environment `%s`; flag %s\n", s.Env(), flagText(s))
	}
	return b.String()
}

func flagText(s *Setting) string {
	name := "`--" + s.Flag() + "`"
	if s.Bool() {
		name = "`--[no-]" + s.Flag() + "`"
	}
	if s.Commands == nil {
		return name + " of every command"
	}
	var of []string
	for _, c := range s.Commands {
		if c != "config" {
			of = append(of, "`"+c+"`")
		}
	}
	if len(of) == 0 {
		return name + " of `config`"
	}
	return name + " of " + strings.Join(of, ", ")
}

// Example is a configuration file with every setting, commented out.
func Example() string {
	var b strings.Builder
	section := ""
	for _, s := range sectioned(Table()) {
		head, name, ok := strings.Cut(s.Key, ".")
		if !ok {
			head, name = "", s.Key
		}
		if head != section {
			fmt.Fprintf(&b, "\n[%s]\n", head)
			section = head
		}
		value := s.Default
		if value == "" {
			value = s.Example
		}
		fmt.Fprintf(&b, "# %s = %s\n", name, tomlValue(s, value))
	}
	return b.String()
}

// sectioned puts settings without a section first, as TOML wants it, and keeps
// sections together.
func sectioned(table []*Setting) []*Setting {
	var names []string
	for _, s := range table {
		names = append(names, s.Key)
	}
	var out []*Setting
	for _, section := range append([]string{""}, sections(names)...) {
		for _, s := range table {
			head, _, ok := strings.Cut(s.Key, ".")
			if ok && head == section || !ok && section == "" {
				out = append(out, s)
			}
		}
	}
	return out
}

func tomlValue(s *Setting, value string) string {
	t := s.Type()
	if s.Bool() || t == "number" {
		return value
	}
	if t == "list" || t == "list of addresses" {
		var items []string
		for _, item := range splitList(value) {
			items = append(items, fmt.Sprintf("%q", item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return fmt.Sprintf("%q", value)
}
