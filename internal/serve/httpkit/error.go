package httpkit

import (
	"context"
	"errors"
	"io"
	"net/http"

	"broadsheet"
)

// statusError is an error of HTTP itself, with a status that no kind has.
type statusError struct {
	code int
	err  *broadsheet.Error
}

func (e *statusError) Error() string { return e.err.Error() }
func (e *statusError) Unwrap() error { return e.err }

func refuse(code int, kind broadsheet.Kind, text, fix string) error {
	return &statusError{code, &broadsheet.Error{Kind: kind, Text: text, Fix: fix}}
}

var errNoSuchPath = error(&broadsheet.Error{Kind: broadsheet.NotFound, Text: "there is no such page"})

// Status is the HTTP status that tells of err, by its kind (broadsheet.KindOf):
// 404, 400, 409, 403, 401, 429, 503, 500; 413 for a body over its limit, 408 for one
// that came too slowly, 503 where time ran out. 200 for nil.
func Status(err error) int {
	var se *statusError
	var tooBig *http.MaxBytesError
	switch {
	case err == nil:
		return http.StatusOK
	case errors.As(err, &se):
		return se.code
	case errors.As(err, &tooBig):
		return http.StatusRequestEntityTooLarge
	}
	switch broadsheet.KindOf(err) {
	case broadsheet.NotFound:
		return http.StatusNotFound
	case broadsheet.Invalid:
		return http.StatusBadRequest
	case broadsheet.Conflict:
		return http.StatusConflict
	case broadsheet.Denied:
		return http.StatusForbidden
	case broadsheet.Unauthenticated:
		return http.StatusUnauthorized
	case broadsheet.Limited:
		return http.StatusTooManyRequests
	case broadsheet.Unavailable:
		return http.StatusServiceUnavailable
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// PublicText is what a stranger may read of err: the words of a
// broadsheet.Error without the error it wraps, and nothing of internal ones.
func PublicText(err error) string {
	var e *broadsheet.Error
	if !errors.As(err, &e) || e.Kind == broadsheet.Internal {
		switch Status(err) {
		case http.StatusServiceUnavailable:
			return "this took too long; try again in a while"
		case http.StatusRequestEntityTooLarge:
			return "what was sent is too long; send less"
		}
		return "something went wrong here; it is in the log"
	}
	shown := *e
	shown.Err = nil
	return shown.Error()
}

func plainError(w http.ResponseWriter, _ *http.Request, err error) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, PublicText(err)+"\n")
}
