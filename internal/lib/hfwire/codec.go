package hfwire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// FieldError says which member of an entry could not be read.
type FieldError struct {
	Field string // "paper.id"
	Text  string // "a number where text is wanted"
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Text }

// member is what the codec knows of a struct field.
type member struct {
	index    int
	name     string
	optional bool
}

var members sync.Map // reflect.Type → []member

func membersOf(t reflect.Type) []member {
	if ms, ok := members.Load(t); ok {
		return ms.([]member)
	}
	var ms []member
	for i := range t.NumField() {
		tag := t.Field(i).Tag.Get("json")
		if tag == "-" || tag == "" {
			continue
		}
		name, opt, _ := strings.Cut(tag, ",")
		ms = append(ms, member{index: i, name: name, optional: opt == "omitzero"})
	}
	members.Store(t, ms)
	return ms
}

// decode fills the struct that v points to from the object in data.
func decode(data []byte, v any, extra *Extra) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return shape(err)
	}
	if raw == nil {
		return &FieldError{Text: "null where an object is wanted"}
	}
	s := reflect.ValueOf(v).Elem()
	s.SetZero()
	for _, m := range membersOf(s.Type()) {
		data, ok := raw[m.name]
		if !ok || m.optional && empty(data) {
			continue
		}
		if err := json.Unmarshal(data, s.Field(m.index).Addr().Interface()); err != nil {
			return within(m.name, err)
		}
		delete(raw, m.name)
	}
	if len(raw) > 0 {
		*extra = raw
	}
	return nil
}

// empty tells that an optional member with this value would be left out again.
func empty(data []byte) bool { return string(data) == "null" || string(data) == `""` }

// encode is the inverse of decode.
func encode(v any, extra Extra) ([]byte, error) {
	s := reflect.ValueOf(v)
	var b bytes.Buffer
	b.WriteByte('{')
	put := func(name string, value any) error {
		data, err := json.Marshal(value)
		if err != nil {
			return within(name, err)
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(name)
		if err != nil {
			return err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(data)
		return nil
	}
	done := make(map[string]bool)
	for _, m := range membersOf(s.Type()) {
		f := s.Field(m.index)
		if m.optional && f.IsZero() {
			continue
		}
		if f.Kind() == reflect.Slice && f.IsNil() {
			f = reflect.MakeSlice(f.Type(), 0, 0) // [] and never null
		}
		done[m.name] = true
		if err := put(m.name, f.Interface()); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		if done[name] {
			continue
		}
		if err := put(name, extra[name]); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// within puts the member's name before what is known of the place.
func within(name string, err error) error {
	err = shape(err)
	var fe *FieldError
	if !errors.As(err, &fe) {
		return fmt.Errorf("%s: %w", name, err)
	}
	if fe.Field != "" {
		name += "." + fe.Field
	}
	return &FieldError{Field: name, Text: fe.Text}
}

// shape words the standard library's errors for a person.
func shape(err error) error {
	var te *json.UnmarshalTypeError
	if errors.As(err, &te) {
		want := map[reflect.Kind]string{reflect.String: "text", reflect.Int: "a whole number", reflect.Bool: "true or false",
			reflect.Slice: "a list", reflect.Struct: "an object", reflect.Map: "an object"}[te.Type.Kind()]
		return &FieldError{Text: fmt.Sprintf("a value of type %s where %s is wanted", te.Value, want)}
	}
	return err
}

// UnmarshalJSON reads an entry and keeps its bytes in Raw.
func (e *Entry) UnmarshalJSON(data []byte) error {
	var extra Extra
	if err := decode(data, e, &extra); err != nil {
		return err
	}
	e.Extra, e.Raw = extra, bytes.Clone(data)
	return nil
}

// MarshalJSON writes the entry with its Extra; Raw is not looked at.
func (e Entry) MarshalJSON() ([]byte, error) { return encode(e, e.Extra) }

// UnmarshalJSON reads a paper.
func (p *Paper) UnmarshalJSON(data []byte) error {
	var extra Extra
	if err := decode(data, p, &extra); err != nil {
		return err
	}
	p.Extra = extra
	return nil
}

// MarshalJSON writes the paper with its Extra.
func (p Paper) MarshalJSON() ([]byte, error) { return encode(p, p.Extra) }

// UnmarshalJSON reads an author.
func (a *Author) UnmarshalJSON(data []byte) error {
	var extra Extra
	if err := decode(data, a, &extra); err != nil {
		return err
	}
	a.Extra = extra
	return nil
}

// MarshalJSON writes the author with its Extra.
func (a Author) MarshalJSON() ([]byte, error) { return encode(a, a.Extra) }

// UnmarshalJSON reads an account.
func (u *User) UnmarshalJSON(data []byte) error {
	var extra Extra
	if err := decode(data, u, &extra); err != nil {
		return err
	}
	u.Extra = extra
	return nil
}

// MarshalJSON writes the account with its Extra.
func (u User) MarshalJSON() ([]byte, error) { return encode(u, u.Extra) }

// UnmarshalJSON reads an organisation.
func (o *Organization) UnmarshalJSON(data []byte) error {
	var extra Extra
	if err := decode(data, o, &extra); err != nil {
		return err
	}
	o.Extra = extra
	return nil
}

// MarshalJSON writes the organisation with its Extra.
func (o Organization) MarshalJSON() ([]byte, error) { return encode(o, o.Extra) }
