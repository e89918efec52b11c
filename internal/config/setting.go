package config

import (
	"fmt"
	"strings"
)

// Setting is one row of the table.
type Setting struct {
	Key      string   // in the file: "listen", "site.title"
	Default  string   // as it would be written; "" may stand for a rule told in Doc
	Doc      string   // a sentence or two for the reader of doc/config.md
	Help     string   // half a line for --help, lower case
	Example  string   // a value worth copying
	Allowed  []string // all allowed values, or of a list all allowed items; nil is any
	Secret   bool     // whether the value may hold a secret
	Commands []string // commands that take it as a flag; nil is every command

	bind  func(*Config) any         // pointer to the field; its type says how to read the value
	check func(value string) string // what is wrong with the value and how it should be ("" is fine)
}

// Flag is its flag's name without the dashes: "site-title".
func (s *Setting) Flag() string { return strings.NewReplacer(".", "-", "_", "-").Replace(s.Key) }

// Env is its name in the environment: "BROADSHEET_SITE_TITLE".
func (s *Setting) Env() string {
	return prefix + strings.ToUpper(strings.ReplaceAll(s.Key, ".", "_"))
}

// Type is what a value is, in a word or two for people.
func (s *Setting) Type() string { return typeOf(s.bind(&Config{})) }

// Bool reports whether it is switched on and off.
func (s *Setting) Bool() bool {
	_, ok := s.bind(&Config{}).(*bool)
	return ok
}

// On reports whether the command takes it as a flag.
func (s *Setting) On(command string) bool {
	if s.Commands == nil {
		return command == ""
	}
	for _, c := range s.Commands {
		if c == command {
			return true
		}
	}
	return false
}

// valueError says what is wrong with a value, without repeating it.
type valueError struct{ text, fix string }

func (e *valueError) Error() string { return e.text }

// set reads value into its field.
func (s *Setting) set(c *Config, value string) error {
	if err := s.allowed(value); err != nil {
		return err
	}
	if s.check != nil && value != "" {
		if fix := s.check(value); fix != "" {
			return &valueError{"cannot be", fix}
		}
	}
	return parse(s.bind(c), value)
}

func (s *Setting) allowed(value string) error {
	if s.Allowed == nil {
		return nil
	}
	items := []string{value}
	if s.Type() == "list" {
		items = splitList(value)
	}
	for _, item := range items {
		if err := oneOf(item, s.Allowed); err != nil {
			return err
		}
	}
	return nil
}

func oneOf(item string, allowed []string) error {
	for _, a := range allowed {
		if item == a {
			return nil
		}
	}
	fix := "allowed: " + strings.Join(allowed, ", ")
	if near := Nearest(item, allowed); near != "" {
		fix = fmt.Sprintf("did you mean %q? %s", near, fix)
	}
	return &valueError{"is not allowed", fix}
}

func quote(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
