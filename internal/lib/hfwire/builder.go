package hfwire

import (
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"broadsheet"
)

// builder appends an object's members to bytes: lists of a hundred entries are
// written without reflection and without maps.
type builder struct {
	b []byte
}

// open begins an object, or a member that is one.
func (w *builder) open(name string) {
	if name != "" {
		w.name(name)
	}
	w.b = append(w.b, '{')
}

func (w *builder) close() { w.b = append(w.b, '}') }

// name begins a member.
func (w *builder) name(name string) {
	w.comma()
	w.b = append(w.b, '"')
	w.b = append(w.b, name...) // a member's name here is plain ASCII, or as it was recorded
	w.b = append(w.b, '"', ':')
}

// comma goes before all but the first of a list.
func (w *builder) comma() {
	if n := len(w.b); n > 0 && w.b[n-1] != '{' && w.b[n-1] != '[' {
		w.b = append(w.b, ',')
	}
}

func (w *builder) raw(name string, value []byte) {
	w.name(name)
	w.b = append(w.b, value...)
}

func (w *builder) literal(name, value string) {
	w.name(name)
	w.b = append(w.b, value...)
}

func (w *builder) int(name string, n int) {
	w.name(name)
	w.b = strconv.AppendInt(w.b, int64(n), 10)
}

func (w *builder) text(name, value string) {
	w.name(name)
	w.b = appendText(w.b, value)
}

// some is text, left out where it is empty.
func (w *builder) some(name, value string) {
	if value != "" {
		w.text(name, value)
	}
}

// url is an address that may be followed, else null.
func (w *builder) url(name, value string) {
	if broadsheet.ValidURL(value) {
		w.text(name, value)
	} else {
		w.literal(name, "null")
	}
}

// time is a time, null where it is unknown.
func (w *builder) time(name string, t time.Time) {
	w.name(name)
	w.b = appendTime(w.b, t)
}

func (w *builder) texts(name string, values []string) {
	w.name(name)
	w.b = append(w.b, '[')
	for _, v := range values {
		w.comma()
		w.b = appendText(w.b, v)
	}
	w.b = append(w.b, ']')
}

// appendTime writes ISO 8601 with milliseconds and Z, the one form that the
// official client reads.
func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, "null"...)
	}
	return t.UTC().AppendFormat(b, `"2006-01-02T15:04:05.000Z"`)
}

// appendText writes a JSON string.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return appendHard(b, s)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// appendHard writes a string that needs escapes or is not all ASCII.
func appendHard(b []byte, s string) []byte {
	if utf8.ValidString(s) {
		plain := true
		for i := range len(s) {
			plain = plain && s[i] >= ' ' && s[i] != '"' && s[i] != '\\'
		}
		if plain {
			b = append(b, '"')
			b = append(b, s...)
			return append(b, '"')
		}
	}
	q, err := json.Marshal(s)
	if err != nil {
		return append(b, `""`...) // no string is refused
	}
	return append(b, q...)
}
