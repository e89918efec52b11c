package broadsheet

import (
	"errors"
	"fmt"
)

// Kind classes errors by what the person or program that asked can do.
type Kind int

// Kinds of errors. Internal is what an error without a kind is.
const (
	Internal        Kind = iota // our fault; nothing to mend in the request
	NotFound                    // no such thing
	Invalid                     // the request names something that cannot be
	Conflict                    // it contradicts what is stored
	Denied                      // not allowed
	Limited                     // too much, too fast
	Unavailable                 // not now: a source, disk or database is out of reach
	Unauthenticated             // only for who is signed in, and nobody is
)

var kindNames = [...]string{"internal", "not found", "invalid", "conflict", "denied", "limited", "unavailable", "unauthenticated"}

func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return "internal"
	}
	return kindNames[k]
}

// Error is an error meant for a person. Field names what was wrong in the
// request ("date", "database.url") and Fix says what is allowed.
type Error struct {
	Kind  Kind
	Field string
	Text  string // lower case, no final stop
	Fix   string
	Err   error
}

func (e *Error) Error() string {
	s := e.Text
	if e.Field != "" {
		s = e.Field + ": " + s
	}
	if e.Fix != "" {
		s += " (" + e.Fix + ")"
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error of that kind without field or fix.
func Errorf(k Kind, format string, args ...any) error {
	return &Error{Kind: k, Text: fmt.Sprintf(format, args...)}
}

// InvalidField says that a field's value cannot be, and what is allowed.
func InvalidField(field, text, fix string) error {
	return &Error{Kind: Invalid, Field: field, Text: text, Fix: fix}
}

// KindOf is the kind of the outermost Error in err's chain, else Internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}
