package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"broadsheet"
	"broadsheet/client"
	"broadsheet/internal/serve/address"
)

// authorsMost is the largest number of authors that can be asked for; without
// one all come.
const authorsMost = 10000

// selected is which part of each paper an answer holds.
type selected struct {
	fields  map[string]bool // nil: all
	authors int             // 0: all
}

// selection reads the parameters fields and authors.
func selection(q url.Values) (selected, error) {
	var s selected
	for name := range strings.SplitSeq(strings.Join(q["fields"], ","), ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if !slices.Contains(paperFields, name) {
			return s, broadsheet.InvalidField("fields", fmt.Sprintf("a paper has no field %.40q", name), "use "+strings.Join(paperFields, ", "))
		}
		if s.fields == nil {
			s.fields = map[string]bool{"id": true}
		}
		s.fields[name] = true
	}
	var err error
	s.authors, err = address.Number(q, "authors", 1, authorsMost)
	return s, err
}

// field is a JSON field of a struct, those of embedded structs among them.
type field struct {
	name  string
	index []int
	omit  bool // where it is empty or zero
}

// fieldsOf are the JSON fields of a struct type in order.
func fieldsOf(t reflect.Type) []field {
	var out []field
	for _, f := range reflect.VisibleFields(t) {
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		out = append(out, field{name, f.Index, opts != ""})
	}
	return out
}

var (
	ofPaper     = fieldsOf(reflect.TypeFor[client.Paper]())
	ofHit       = fieldsOf(reflect.TypeFor[client.Hit]())
	paperFields = names(ofPaper)
)

func names(fields []field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.name
	}
	return out
}

// pick writes the selected fields of a *client.Paper or *client.Hit. What a hit
// has beside its paper comes always.
func (s selected) pick(item any) (json.RawMessage, error) {
	v, fields := reflect.ValueOf(item).Elem(), ofPaper
	if v.Type() == reflect.TypeFor[client.Hit]() {
		fields = ofHit
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	b.WriteByte('{')
	for _, f := range fields {
		value := v.FieldByIndex(f.index)
		own := len(f.index) == 1 && v.Type() == reflect.TypeFor[client.Hit]()
		if !s.fields[f.name] && !own || f.omit && empty(value) {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + f.name + `":`)
		if err := e.Encode(value.Interface()); err != nil {
			return nil, err
		}
		b.Truncate(b.Len() - 1) // the encoder's newline
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func empty(v reflect.Value) bool { return v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0 }

// picks writes the selected fields of every item.
func picks[T any](s selected, items []T) ([]json.RawMessage, error) {
	out := make([]json.RawMessage, len(items))
	for i := range items {
		var err error
		if out[i], err = s.pick(&items[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}
