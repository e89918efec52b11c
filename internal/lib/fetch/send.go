package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// ErrNotSent is in the chain of errors of Send where the other side cannot have
// got the request.
var ErrNotSent = errors.New("request was not sent")

// maxAnswer is the most that Send reads of an answer, in bytes.
const maxAnswer = 64 << 10

// Answer is what the other side said to a Send, whatever its status.
type Answer struct {
	Status     int
	Header     http.Header
	Body       []byte        // its beginning, at most 64 KiB as sent and unpacked
	RetryAfter time.Duration // 0 where it did not say
}

// Send makes one attempt at what must not be done twice unasked, such as a
// message to a chat: a method with Body, "POST" or "PUT". It waits for its turn like Get,
// follows no redirect and tries nothing again; what to do with a Retry-After,
// which is often about the one address and not the host, is the caller's to
// say. Its error has ErrNotSent in its chain where it is certain that the other
// side did not get the request; otherwise it may have. No error names the address, which
// may be a secret.
func (c *Client) Send(ctx context.Context, method string, r Request) (*Answer, error) {
	target, err := parseURL(r.URL)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotSent, ErrURL)
	}
	q := c.queues.of(target.Hostname(), c.opt.Clock.Now())
	transport, err := c.enter(ctx, q, target.Host)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	defer q.leave()
	within, cancel := context.WithTimeout(ctx, c.opt.Timeout)
	defer cancel()
	// A request whose header was not written to its end was not got; the transport
	// says so before it writes the body's last byte.
	var written atomic.Bool
	within = httptrace.WithClientTrace(within, &httptrace.ClientTrace{WroteHeaders: func() { written.Store(true) }})
	req, err := http.NewRequestWithContext(within, method, target.String(), bytes.NewReader(r.Body))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotSent, ErrURL)
	}
	req.GetBody = nil // the transport itself sends nothing again either
	c.header(req, r)
	answer, err := transport.RoundTrip(req)
	if err != nil {
		err = outer(ctx, classify(err))
		if !written.Load() {
			err = fmt.Errorf("%w: %w", ErrNotSent, err)
		}
		return nil, err
	}
	defer answer.Body.Close()
	out := &Answer{Status: answer.StatusCode, Header: answer.Header, RetryAfter: retryAfter(answer.Header.Get("Retry-After"), c.opt.Clock.Now())}
	// The status is the answer: words that are cut off or cannot be unpacked change
	// nothing about it.
	out.Body, _ = readBeginning(answer)
	return out, nil
}

func readBeginning(answer *http.Response) ([]byte, error) {
	if answer.Header.Get("Content-Encoding") != "" {
		return readBody(answer, Request{MaxBody: maxAnswer}, maxAnswer)
	}
	return io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
}
