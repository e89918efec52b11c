package mcp

import (
	"reflect"
	"strings"
)

// paperSchema is the JSON Schema of a Paper, from its fields.
var paperSchema = schemaOf(reflect.TypeFor[Paper](), map[string]string{
	"title":       "may hold TeX between dollar signs",
	"abstract":    "may hold TeX",
	"authors":     "the first ones, in the order of the paper",
	"authorCount": "all authors, also those not named",
	"categories":  "primary first",
	"published":   "day of the first version at the source",
	"announced":   "day on which the source announced it",
	"featured":    "last day on which it was featured here",
	"page":        "address of its page here",
	"source":      "address of its page at the source",
	"doi":         "as the source gives it",
	"note":        "the authors' comment",
})

func schemaOf(t reflect.Type, help map[string]string) map[string]any {
	properties, required := map[string]any{}, []string{}
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		s := map[string]any{}
		switch t.Field(i).Type.Kind() {
		case reflect.String:
			s["type"] = "string"
		case reflect.Int:
			s["type"] = "integer"
		case reflect.Bool:
			s["type"] = "boolean"
		default:
			s["type"], s["items"] = "array", map[string]any{"type": "string"}
		}
		if text := help[name]; text != "" {
			s["description"] = text
		}
		if options == "" {
			required = append(required, name)
		}
		properties[name] = s
	}
	return map[string]any{"type": "object", "properties": properties, "required": required}
}
