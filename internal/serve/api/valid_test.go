package api

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// checker holds values against the schemas of an OpenAPI document, as far as
// this document uses JSON Schema. It is stricter than the standard: a property
// that no schema names is a fault, since the document would not tell of it.
type checker struct {
	doc  map[string]any
	seen map[string]bool // properties that some value had, as "Schema.property"
}

func newChecker(raw []byte) (*checker, error) {
	c := &checker{seen: map[string]bool{}}
	return c, json.Unmarshal(raw, &c.doc)
}

// find follows a reference such as #/components/schemas/Paper.
func (c *checker) find(ref string) map[string]any {
	var at any = c.doc
	for _, part := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		m, _ := at.(map[string]any)
		at = m[part]
	}
	m, _ := at.(map[string]any)
	return m
}

// faults are what is wrong with a value, each with where it is.
func (c *checker) faults(schema map[string]any, value any, where string) []string {
	return c.check(schema, value, where, "", nil)
}

// unknown are the properties of an object that no part of its schema names.
func unknown(value any, known map[string]bool, where string) (faults []string) {
	if m, ok := value.(map[string]any); ok {
		for name := range m {
			if !known[name] {
				faults = append(faults, where+"."+name+" is not in the document")
			}
		}
	}
	return faults
}

// check collects into known the properties that the schema names; who gives nil
// wants them held against the value.
func (c *checker) check(schema map[string]any, value any, where, of string, known map[string]bool) (faults []string) {
	if len(schema) == 0 {
		return []string{where + " has no schema"}
	}
	whole := known == nil
	if whole {
		known = map[string]bool{}
	}
	if ref, ok := schema["$ref"].(string); ok {
		faults = append(faults, c.check(c.find(ref), value, where, ref[strings.LastIndex(ref, "/")+1:], known)...)
	}
	for _, part := range list(schema["allOf"]) {
		faults = append(faults, c.check(part.(map[string]any), value, where, of, known)...)
	}
	if types := schema["type"]; types != nil && !slices.Contains(words(types), typeOf(value)) && !(typeOf(value) == "integer" && slices.Contains(words(types), "number")) {
		return append(faults, fmt.Sprintf("%s is %s, want %v", where, typeOf(value), types))
	}
	switch v := value.(type) {
	case map[string]any:
		properties, _ := schema["properties"].(map[string]any)
		for name, s := range properties {
			known[name] = true
			if inner, ok := v[name]; ok {
				c.seen[of+"."+name] = true
				faults = append(faults, c.check(s.(map[string]any), inner, where+"."+name, of, nil)...)
			}
		}
		for _, name := range words(schema["required"]) {
			if _, ok := v[name]; !ok {
				faults = append(faults, where+" lacks "+name)
			}
		}
	case []any:
		items, _ := schema["items"].(map[string]any)
		for i, item := range v {
			if items != nil {
				faults = append(faults, c.check(items, item, fmt.Sprintf("%s[%d]", where, i), of, nil)...)
			}
		}
	case string:
		if enum := words(schema["enum"]); len(enum) > 0 && !slices.Contains(enum, v) {
			faults = append(faults, fmt.Sprintf("%s is %q, want one of %q", where, v, enum))
		}
		faults = append(faults, formatFault(schema["format"], v, where)...)
	}
	if whole {
		faults = append(faults, unknown(value, known, where)...)
	}
	return faults
}

var dateForm = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

func formatFault(format any, v, where string) []string {
	switch format {
	case "date":
		if !dateForm.MatchString(v) {
			return []string{fmt.Sprintf("%s is %q, want a date", where, v)}
		}
	case "date-time":
		if _, err := time.Parse(time.RFC3339, v); err != nil {
			return []string{fmt.Sprintf("%s is %q, want a time", where, v)}
		}
	}
	return nil
}

func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	}
	return "object"
}

func list(v any) []any { l, _ := v.([]any); return l }

// words reads a string or a list of strings.
func words(v any) (out []string) {
	if s, ok := v.(string); ok {
		return []string{s}
	}
	for _, item := range list(v) {
		out = append(out, item.(string))
	}
	return out
}
