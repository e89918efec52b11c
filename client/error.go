package client

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Error is an answer that says no, in the form of RFC 9457
// (application/problem+json).
type Error struct {
	Type   string `json:"type"`             // address of what is said about errors of this kind
	Title  string `json:"title"`            // the kind in words: "Not found"
	Status int    `json:"status"`           // of the HTTP answer
	Detail string `json:"detail,omitempty"` // what was wrong this time
	Field  string `json:"field,omitempty"`  // the parameter that was wrong
	Fix    string `json:"fix,omitempty"`    // what is allowed, or what to do

	RetryAfter time.Duration `json:"-"` // how long the site asks to wait; 0 where it does not say
}

// Error is the refusal in a line: the status, the field, what was wrong and the fix.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d", e.Status)
	if e.Field != "" {
		b.WriteString(" " + e.Field)
	}
	b.WriteString(": ")
	if e.Detail != "" {
		b.WriteString(e.Detail)
	} else {
		b.WriteString(e.Title)
	}
	if e.Fix != "" {
		b.WriteString(" (" + e.Fix + ")")
	}
	return b.String()
}

// busy tells that the site was too busy and may be asked again.
func (e *Error) busy() bool {
	return e.Status == http.StatusTooManyRequests || e.Status == http.StatusServiceUnavailable
}

// errorOf reads an answer that is no success. What is not a problem document,
// such as a proxy's page, is told by its status alone.
func errorOf(r *http.Response, body []byte, now time.Time) *Error {
	e := &Error{}
	if !strings.Contains(r.Header.Get("Content-Type"), "json") || json.Unmarshal(body, e) != nil {
		e = &Error{}
	}
	e.Status = r.StatusCode
	if e.Title == "" {
		e.Title = http.StatusText(r.StatusCode)
	}
	e.RetryAfter = retryAfter(r.Header.Get("Retry-After"), now)
	return e
}

// retryAfter reads seconds or a date (RFC 9110, section 10.2.3).
func retryAfter(text string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(text); err == nil && n >= 0 && n < 1<<31 {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(text); err == nil {
		return max(0, t.Sub(now))
	}
	return 0
}
