package client

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Options adjusts a Client. The zero Options work.
type Options struct {
	// HTTP asks; default one that gives up after a minute. Which addresses it may
	// reach is the business of who passes it.
	HTTP      *http.Client
	UserAgent string // default "broadsheet-client"
	// Tries is how often a request that the site answers with 429 or 503 is sent
	// in all, default 4.
	Tries int
	// Patience is the longest single wait that the site may ask for; where it asks
	// for more, its answer is the error. Default one minute.
	Patience time.Duration
}

// Client asks one site. Make it with New.
type Client struct {
	base string // of the API, with a slash at the end
	o    Options
	wait func(context.Context, time.Duration) error
	now  func() time.Time
}

// maxAnswer bounds what is read of an answer: a hundred papers of 3,000 authors
// are 50 MB.
const maxAnswer = 128 << 20

// New gives a client of the site at an address, such as https://papers.example
// or http://localhost:8080; an address with a path is a site below that path.
func New(base string, o Options) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%q is not the address of a site; write it as https://papers.example", base)
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{Timeout: time.Minute}
	}
	o.UserAgent = cmp.Or(o.UserAgent, "broadsheet-client")
	o.Tries = cmp.Or(o.Tries, 4)
	o.Patience = cmp.Or(o.Patience, time.Minute)
	return &Client{base: strings.TrimSuffix(base, "/") + "/api/v1/", o: o, wait: wait, now: time.Now}, nil
}

// get asks for a path below the API's and reads the answer. It is a function
// because methods have no type parameters.
func get[T any](ctx context.Context, c *Client, path string, q url.Values) (*T, error) {
	address := c.base + path
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	pause := time.Second
	for try := 1; ; try++ {
		out, err := once[T](ctx, c, address)
		var no *Error
		if err == nil || !errors.As(err, &no) || no.Status != http.StatusTooManyRequests && no.Status != http.StatusServiceUnavailable {
			return out, err
		}
		if no.RetryAfter > 0 {
			pause = no.RetryAfter
		}
		if try >= c.o.Tries || pause > c.o.Patience || !c.hasTime(ctx, pause) {
			return nil, err
		}
		if werr := c.wait(ctx, pause); werr != nil {
			return nil, errors.Join(werr, err)
		}
		pause *= 2
	}
}

// hasTime tells whether ctx outlasts a pause: who has no time to wait learns at
// once why.
func (c *Client) hasTime(ctx context.Context, pause time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return !ok || c.now().Add(pause).Before(deadline)
}

func once[T any](ctx context.Context, c *Client, address string) (*T, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", c.o.UserAgent)
	res, err := c.o.HTTP.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("read the answer of %s: %w", address, err)
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("the answer of %s is larger than %d bytes", address, maxAnswer)
	}
	if res.StatusCode != http.StatusOK {
		return nil, errorOf(res, body, c.now())
	}
	out := new(T)
	if err := json.Unmarshal(body, out); err != nil {
		return nil, fmt.Errorf("%s does not answer as a Broadsheet site does: %w", address, err)
	}
	return out, nil
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// follow gives the items of page after page.
func follow[T any](at Cursor, page func(Cursor) ([]T, Cursor, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for at := at; ; {
			items, next, err := page(at)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if next == "" || next == at {
				return
			}
			at = next
		}
	}
}

func text(q url.Values, name, value string) {
	if value != "" {
		q.Set(name, value)
	}
}

// add appends to a parameter that holds several values, comma-separated.
func add(q url.Values, name, value string) {
	if have := q.Get(name); have != "" {
		value = have + "," + value
	}
	q.Set(name, value)
}

func number(q url.Values, name string, n int) {
	if n != 0 {
		q.Set(name, strconv.Itoa(n))
	}
}

func flag(q url.Values, name string, on bool) {
	if on {
		q.Set(name, "1")
	}
}
