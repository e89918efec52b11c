package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"broadsheet"
)

// read reads a request's body: one JSON object with the members of T and no
// others, spelt as they are there (encoding/json takes them in any case), each
// once, and those without omitempty must be there.
func read[T any](r *http.Request) (T, error) {
	var out T
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return out, broadsheet.InvalidField("Content-Type", "the body must be JSON", "send Content-Type: application/json")
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return out, err
	}
	if err := checkMembers(raw, reflect.TypeFor[T](), ""); err != nil {
		return out, err
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return out, wrongValue(err)
	}
	return out, nil
}

var notAnObject = broadsheet.InvalidField("body", "this is no JSON object", `send one, such as {"name": "value"}`)

// checkMembers holds the members of an object, and of objects in it, to a type.
func checkMembers(raw []byte, t reflect.Type, where string) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return notAnObject
	}
	fields := fieldsOf(t)
	seen, there := map[string]bool{}, map[string]bool{}
	for d.More() {
		key, err := d.Token()
		name, ok := key.(string)
		if err != nil || !ok {
			return notAnObject
		}
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
		switch {
		case i < 0:
			return broadsheet.InvalidField(fmt.Sprintf("%.60s", where+name), "there is no such member here", "use "+strings.Join(names(fields), ", "))
		case seen[name]:
			return broadsheet.InvalidField(where+name, "stands there twice", "send it once")
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return notAnObject
		}
		seen[name], there[name] = true, string(value) != "null"
		inner := t.FieldByIndex(fields[i].index).Type
		if inner.Kind() == reflect.Struct && value[0] == '{' {
			if err := checkMembers(value, inner, where+name+"."); err != nil {
				return err
			}
		}
	}
	if end, err := d.Token(); err != nil || end != json.Delim('}') {
		return notAnObject
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return notAnObject
	}
	for _, f := range fields {
		if !f.omit && !there[f.name] {
			return broadsheet.InvalidField(where+f.name, "is missing", "send it")
		}
	}
	return nil
}

// wrongValue names the member whose value has another type.
func wrongValue(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		return broadsheet.InvalidField(wrong.Field, "cannot be a "+wrong.Value, "send a "+jsonType(wrong.Type))
	}
	return broadsheet.InvalidField("body", "holds a value that cannot be read", "write times as 2026-06-30T09:30:00Z")
}

// jsonType is what a type is called in JSON.
func jsonType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int64:
		return "whole number"
	case reflect.Slice:
		return "list"
	case reflect.Struct:
		return "JSON object"
	}
	return "text"
}
