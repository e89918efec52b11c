package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"time"
)

// What can go wrong besides a StatusError; compare with errors.Is.
var (
	ErrForbidden   = errors.New("address is not on the public Internet")
	ErrUnreachable = errors.New("no network")        // no name service, no route, nobody listening
	ErrTimeout     = errors.New("took too long")     // an attempt passed its time
	ErrCut         = errors.New("connection broken") // before the answer was whole
	ErrTooLarge    = errors.New("answer too large")
	ErrType        = errors.New("unexpected content type")
	ErrEmpty       = errors.New("empty answer")
	ErrRedirect    = errors.New("redirect refused")
	ErrURL         = errors.New("not an http or https address")
)

// StatusError is an answer with another status than 200 or 304, after all
// attempts.
type StatusError struct {
	Status     int
	RetryAfter time.Duration // asked for by the source; 0 where it did not say
	Body       []byte        // the beginning of the answer, at most 64 KiB: some protocols explain errors there
}

func (e *StatusError) Error() string {
	s := fmt.Sprintf("status %d %s", e.Status, http.StatusText(e.Status))
	if e.RetryAfter > 0 {
		s += fmt.Sprintf(", asks to wait %s", e.RetryAfter.Round(time.Second))
	}
	return s
}

// passing tells whether the same request may succeed later. 406 is among them
// because arXiv answers it for a while when it is overloaded.
func (e *StatusError) passing() bool {
	switch e.Status {
	case http.StatusNotAcceptable, http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests,
		http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// classify puts one of the package's errors into the chain of what the
// standard library says.
func classify(err error) error {
	var ne net.Error
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.Is(err, ErrForbidden), errors.Is(err, ErrTooLarge), errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &dns), errors.As(err, &op) && op.Op == "dial":
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	case errors.As(err, &ne) && ne.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", ErrTimeout, err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return fmt.Errorf("%w: %w", ErrCut, err)
	}
	return err
}
