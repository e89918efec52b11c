package mcp

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"broadsheet"
)

// param is an argument of a tool: its JSON Schema and its check are made from
// this.
type param struct {
	name     string
	kind     paramKind
	help     string
	required bool
	allowed  []string // of a text; nil: any
	most     int      // characters of a text, the greatest number, texts of a list
	def      any
}

type paramKind string

const (
	isText   paramKind = "string"
	isNumber paramKind = "integer" // from 1
	isFlag   paramKind = "boolean"
	isTexts  paramKind = "array" // of 1 to most texts
)

// idLength is the most characters of an id or address.
const idLength = 500

// schema is the JSON Schema (2020-12) of a tool's arguments.
func schema(params []param) map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, p := range params {
		s := map[string]any{"type": string(p.kind), "description": p.help}
		switch p.kind {
		case isText:
			if p.allowed != nil {
				s["enum"] = p.allowed
			} else {
				s["maxLength"] = p.most
			}
		case isNumber:
			s["minimum"], s["maximum"] = 1, p.most
		case isTexts:
			s["items"] = map[string]any{"type": "string", "maxLength": idLength}
			s["minItems"], s["maxItems"] = 1, p.most
		}
		if p.def != nil {
			s["default"] = p.def
		}
		if p.required {
			required = append(required, p.name)
		}
		properties[p.name] = s
	}
	out := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// arguments are those of a call, read and checked.
type arguments map[string]any

func (a arguments) text(name string) string    { s, _ := a[name].(string); return s }
func (a arguments) number(name string) int     { n, _ := a[name].(int); return n }
func (a arguments) flag(name string) bool      { b, _ := a[name].(bool); return b }
func (a arguments) texts(name string) []string { l, _ := a[name].([]string); return l }

// read checks the arguments of a call. Beside what the schema allows it takes
// null for a missing one, numbers and flags in quotes, and one text for a list of
// one: models write these, and they can mean but one thing.
func read(params []param, data json.RawMessage) (arguments, error) {
	var raw map[string]json.RawMessage
	if len(data) > 0 {
		if err := json.Unmarshal(data, &raw); err != nil {
			return nil, broadsheet.InvalidField("arguments", "they are no JSON object", "write them as {\"name\": value}")
		}
	}
	for name := range raw {
		if !slices.ContainsFunc(params, func(p param) bool { return p.name == name }) {
			names := make([]string, len(params))
			for i, p := range params {
				names[i] = p.name
			}
			return nil, broadsheet.InvalidField(cmp.Or(clip(name), "arguments"), "this tool has no such argument", "use "+strings.Join(names, ", "))
		}
	}
	out := arguments{}
	for _, p := range params {
		value, there := raw[p.name]
		if !there || string(value) == "null" {
			if p.required {
				return nil, broadsheet.InvalidField(p.name, "it is missing", p.help)
			}
			if p.def != nil {
				out[p.name] = p.def
			}
			continue
		}
		v, err := p.read(value)
		if err != nil {
			return nil, err
		}
		out[p.name] = v
	}
	return out, nil
}

func (p param) read(value json.RawMessage) (any, error) {
	wrong := func(fix string) error {
		return broadsheet.InvalidField(p.name, clip(string(value))+" cannot be", fix)
	}
	var text string
	isQuoted := json.Unmarshal(value, &text) == nil
	bare := strings.Trim(string(value), `"`)
	switch p.kind {
	case isNumber:
		n, err := strconv.ParseFloat(bare, 64)
		if err != nil || n != float64(int(n)) || n < 1 || int(n) > p.most {
			return nil, wrong(fmt.Sprint("use a whole number from 1 to ", p.most))
		}
		return int(n), nil
	case isFlag:
		b, err := strconv.ParseBool(bare)
		if err != nil {
			return nil, wrong("use true or false")
		}
		return b, nil
	case isTexts:
		var list []string
		if isQuoted {
			list = []string{text}
		} else if json.Unmarshal(value, &list) != nil {
			return nil, wrong("use a list of texts")
		}
		if len(list) < 1 || len(list) > p.most || slices.ContainsFunc(list, func(s string) bool { return utf8.RuneCountInString(s) > idLength }) {
			return nil, wrong(fmt.Sprintf("use 1 to %d, each of at most %d characters", p.most, idLength))
		}
		return list, nil
	}
	text = strings.TrimSpace(text)
	switch {
	case !isQuoted:
		return nil, wrong("use a text")
	case p.allowed != nil && !slices.Contains(p.allowed, text):
		return nil, wrong("use " + strings.Join(p.allowed, ", "))
	case p.allowed == nil && utf8.RuneCountInString(text) > p.most:
		return nil, wrong(fmt.Sprintf("use at most %d characters", p.most))
	case p.required && text == "":
		return nil, broadsheet.InvalidField(p.name, "it is empty", p.help)
	}
	return text, nil
}

// clip shortens what a caller wrote for an error's text.
func clip(s string) string {
	const most = 60
	s = clean(s)
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
