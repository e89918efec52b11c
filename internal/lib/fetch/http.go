package fetch

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
)

// HTTP is the client for libraries that speak a protocol over an http.Client of
// the standard library. Its requests wait in the same queues and pass the same
// guard; each is one attempt, follows no redirect, and its answer is bounded by
// MaxBody and Timeout, read whole before it is given.
func (c *Client) HTTP() *http.Client {
	return &http.Client{Transport: tripper{c}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

type tripper struct{ c *Client }

func (t tripper) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	target, err := parseURL(r.URL.String())
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), t.c.opt.Timeout)
	defer cancel()
	q := t.c.queues.of(target.Hostname(), t.c.opt.Clock.Now())
	transport, err := t.c.enter(ctx, q, target.Host)
	if err != nil {
		return nil, outer(r.Context(), err)
	}
	defer q.leave()
	in := r.Clone(ctx)
	if t.c.opt.Agent != "" {
		in.Header.Set("User-Agent", t.c.opt.Agent)
	}
	answer, err := transport.RoundTrip(in)
	if err != nil {
		return nil, outer(r.Context(), classify(err))
	}
	defer answer.Body.Close()
	body, err := readBody(answer, Request{}, t.c.opt.MaxBody)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", target.Host, err)
	}
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	answer.Header.Del("Content-Encoding")
	return answer, nil
}
