package lookup

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/fetch"
)

// explain words an error of asking a place. Errors with a kind, and the end of
// the caller's own time, pass.
func explain(err error, place string) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || broadsheet.KindOf(err) != broadsheet.Internal {
		return err
	}
	say := func(kind broadsheet.Kind, text, fix string) error {
		return &broadsheet.Error{Kind: kind, Field: "url", Text: place + " " + text, Fix: fix, Err: err}
	}
	const instead = "give the paper's DOI or arXiv id, if it has one"
	var status *fetch.StatusError
	switch {
	case errors.As(err, &status):
		switch {
		case status.Status == http.StatusNotFound, status.Status == http.StatusGone:
			return say(broadsheet.NotFound, "has no such paper", "look whether the address is whole")
		case status.Status == http.StatusTooManyRequests, status.RetryAfter > 0:
			return say(broadsheet.Limited, "asks to be left alone", "try again "+after(status.RetryAfter))
		case status.Status == http.StatusUnauthorized, status.Status == http.StatusForbidden, status.Status == http.StatusUnavailableForLegalReasons:
			return say(broadsheet.Denied, "does not show this to programs", instead)
		case status.Status < 500 && status.Status != http.StatusNotAcceptable && status.Status != http.StatusRequestTimeout:
			return say(broadsheet.NotFound, fmt.Sprintf("answers with status %d", status.Status), instead)
		}
		return say(broadsheet.Unavailable, "does not answer now", "try again later")
	case errors.Is(err, fetch.ErrForbidden):
		return broadsheet.InvalidField("url", "this address is not on the public Internet", "give one that everybody can open")
	case errors.Is(err, fetch.ErrURL), errors.Is(err, fetch.ErrRedirect):
		return say(broadsheet.Invalid, "leads to where no page is read from", instead)
	case errors.Is(err, fetch.ErrTooLarge):
		return say(broadsheet.Invalid, "answers with more than a page about a paper holds", instead)
	case errors.Is(err, fetch.ErrType):
		return say(broadsheet.Invalid, "answers with something else than a page, such as a PDF file", "give the address of the page about the paper")
	case errors.Is(err, fetch.ErrUnreachable):
		if strings.Contains(place, ".") { // a host that somebody typed
			return say(broadsheet.Unavailable, "cannot be reached", "look whether the address is right")
		}
		return say(broadsheet.Unavailable, "cannot be reached now", "try again later")
	}
	return say(broadsheet.Unavailable, "gives no answer that can be read", "try again later")
}

// after says how long to wait.
func after(d time.Duration) string {
	switch {
	case d <= 0:
		return "in some minutes"
	case d < time.Minute:
		return "in a minute"
	case d < 2*time.Hour:
		return fmt.Sprintf("in %d minutes", int((d+time.Minute-1)/time.Minute))
	}
	return fmt.Sprintf("in %d hours", int((d+time.Hour-1)/time.Hour))
}

// RetryAfter is how long the place asked to be left alone; 0 where it did not say.
func RetryAfter(err error) time.Duration {
	var status *fetch.StatusError
	if errors.As(err, &status) {
		return status.RetryAfter
	}
	return 0
}

// Temporary tells whether the same question may be answered later: the place was
// out of reach, slow or busy, or the caller's time ended.
func Temporary(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return true
	}
	switch broadsheet.KindOf(err) {
	case broadsheet.Limited, broadsheet.Unavailable:
		return true
	}
	return false
}

// another is what answering with another paper is.
func another(place, asked, got string) error {
	return &broadsheet.Error{Kind: broadsheet.Unavailable, Field: "url", Text: fmt.Sprintf("%s answers with %.80q when asked for %.80q", place, got, asked)}
}
