package client

import (
	"bytes"
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
	// Token is an API token of an account there, "bs_…", for all that is not public.
	// It is sent to this site only, in the header Authorization, never in an address
	// and never along with a redirect.
	Token string
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
	if strings.ContainsFunc(o.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("the API token holds a character that no token has")
	}
	if o.Token != "" {
		// http.Client sends Authorization along with redirects within a domain; an API
		// redirects nobody who writes.
		asks := *o.HTTP
		asks.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		o.HTTP = &asks
	}
	o.UserAgent = cmp.Or(o.UserAgent, "broadsheet-client")
	o.Tries = cmp.Or(o.Tries, 4)
	o.Patience = cmp.Or(o.Patience, time.Minute)
	return &Client{base: strings.TrimSuffix(base, "/") + "/api/v1/", o: o, wait: wait, now: time.Now}, nil
}

// get asks for a path below the API's and reads the answer. It is a function
// because methods have no type parameters.
func get[T any](ctx context.Context, c *Client, path string, q url.Values) (*T, error) {
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return send[T](ctx, c, http.MethodGet, path, nil)
}

// do sends what is answered without a body.
func do(ctx context.Context, c *Client, method, path string, body any) error {
	_, err := send[struct{}](ctx, c, method, path, body)
	return err
}

// send sends a request, with body as JSON where there is one, and reads the
// answer. A question that the site is too busy for (429, 503) is asked again; what
// changes something is sent once, since the limit may be the account's own.
func send[T any](ctx context.Context, c *Client, method, path string, body any) (*T, error) {
	var raw []byte
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			return nil, fmt.Errorf("write the request: %w", err)
		}
	}
	pause := time.Second
	for try := 1; ; try++ {
		out, err := once[T](ctx, c, method, c.base+path, raw)
		var no *Error
		if err == nil || !errors.As(err, &no) || method != http.MethodGet || !no.busy() {
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

func once[T any](ctx context.Context, c *Client, method, address string, body []byte) (*T, error) {
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", c.o.UserAgent)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.o.Token != "" {
		r.Header.Set("Authorization", "Bearer "+c.o.Token)
	}
	res, err := c.o.HTTP.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("read the answer of %s: %w", address, err)
	}
	if len(answer) > maxAnswer {
		return nil, fmt.Errorf("the answer of %s is larger than %d bytes", address, maxAnswer)
	}
	if res.StatusCode/100 != 2 {
		return nil, errorOf(res, answer, c.now())
	}
	out := new(T)
	if res.StatusCode == http.StatusNoContent {
		return out, nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
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
