package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Request asks for an address.
type Request struct {
	URL          string
	Accept       string   // Accept header; "" is "*/*"
	Types        []string // media types that may come, "application/xml"; none is any
	ETag         string   // of the answer at hand: 304 where it still holds
	LastModified string   // likewise
	MaxBody      int64    // bytes; 0 is the client's
	MayBeEmpty   bool     // 200 without a body is no error
	Header       http.Header
	Body         []byte // of a Post
	BodyType     string // its media type
}

// Response is a whole answer of status 200, or 304 with NotModified.
type Response struct {
	URL          string // after redirects
	Header       http.Header
	Body         []byte
	NotModified  bool
	ETag         string
	LastModified string
}

// Get makes the request, and makes it again after failures that may pass. The
// error wraps one of this package's or a *StatusError.
func (c *Client) Get(ctx context.Context, r Request) (*Response, error) {
	return c.ask(ctx, r, "get", c.follow)
}

// Post sends Body like Get asks, and again after failures that may pass: what
// is asked for must be harmless to ask twice. No redirect is followed, so that
// neither Body nor a key in Header reaches another address than the one named.
func (c *Client) Post(ctx context.Context, r Request) (*Response, error) {
	return c.ask(ctx, r, "post", func(ctx context.Context, r Request) (*Response, error) {
		target, err := parseURL(r.URL)
		if err != nil {
			return nil, err
		}
		res, next, err := c.once(ctx, http.MethodPost, r, target)
		if err == nil && next != "" {
			return nil, fmt.Errorf("%w: what is posted goes to the address named only, not to %q", ErrRedirect, short(next))
		}
		return res, err
	})
}

// ask makes attempts until one succeeds or the next would be in vain.
func (c *Client) ask(ctx context.Context, r Request, verb string, attempt func(context.Context, Request) (*Response, error)) (*Response, error) {
	for n := 1; ; n++ {
		res, err := attempt(ctx, r)
		if err == nil {
			return res, nil
		}
		wait, again := c.backoff(err, n)
		if !again || ctx.Err() != nil {
			return nil, fmt.Errorf("%s %s: %w", verb, short(r.URL), err)
		}
		if wait > 0 {
			if err := c.opt.Clock.Sleep(ctx, wait); err != nil {
				return nil, fmt.Errorf("%s %s: %w", verb, short(r.URL), err)
			}
		}
	}
}

// backoff tells whether to try again, and after what time. What the source
// asked for is waited in the queue, where everybody waits.
func (c *Client) backoff(err error, attempt int) (time.Duration, bool) {
	if attempt >= c.opt.Attempts {
		return 0, false
	}
	var status *StatusError
	if errors.As(err, &status) {
		if !status.passing() || status.RetryAfter > c.opt.MaxWait {
			return 0, false
		}
		if status.RetryAfter > 0 {
			return 0, true
		}
	} else if !errors.Is(err, ErrTimeout) && !errors.Is(err, ErrCut) && !errors.Is(err, ErrEmpty) {
		return 0, false
	}
	full := min(2*time.Second<<attempt, 2*time.Minute)
	return full/2 + time.Duration(c.opt.Rand()*float64(full/2)), true
}

// follow makes one attempt, redirects included.
func (c *Client) follow(ctx context.Context, r Request) (*Response, error) {
	target, err := parseURL(r.URL)
	if err != nil {
		return nil, err
	}
	for range maxRedirects + 1 {
		res, next, err := c.once(ctx, http.MethodGet, r, target)
		if err != nil || next == "" {
			return res, err
		}
		to, err := target.Parse(next)
		if err != nil {
			return nil, fmt.Errorf("%w: %q is no address", ErrRedirect, clip(next))
		}
		if target.Scheme == "https" && to.Scheme != "https" {
			return nil, fmt.Errorf("%w: from https to %s", ErrRedirect, clip(to.Scheme))
		}
		if target, err = parseURL(to.String()); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrRedirect, err)
		}
	}
	return nil, fmt.Errorf("%w: more than %d in a row", ErrRedirect, maxRedirects)
}

// once makes one request in its turn. next is where a redirect leads.
func (c *Client) once(ctx context.Context, method string, r Request, target *url.URL) (res *Response, next string, err error) {
	q := c.queues.of(target.Hostname(), c.opt.Clock.Now())
	transport, err := c.enter(ctx, q, target.Host)
	if err != nil {
		return nil, "", err
	}
	defer q.leave()
	within, cancel := context.WithTimeout(ctx, c.opt.Timeout)
	defer cancel()
	var body io.Reader
	if method == http.MethodPost {
		body = bytes.NewReader(r.Body)
	}
	req, err := http.NewRequestWithContext(within, method, target.String(), body)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrURL, err)
	}
	c.header(req, r)
	answer, err := transport.RoundTrip(req)
	if err != nil {
		return nil, "", outer(ctx, classify(err))
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusOK, http.StatusNotModified:
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		if next = answer.Header.Get("Location"); next == "" {
			return nil, "", fmt.Errorf("%w: it leads nowhere", ErrRedirect)
		}
		return nil, next, nil
	default:
		status := &StatusError{Status: answer.StatusCode, RetryAfter: retryAfter(answer.Header.Get("Retry-After"), c.opt.Clock.Now())}
		status.Body, _ = io.ReadAll(io.LimitReader(answer.Body, 64<<10)) // an explanation; missing it changes nothing
		if status.RetryAfter > 0 {
			c.hold(q, status.RetryAfter)
		}
		return nil, "", status
	}
	res = &Response{URL: target.String(), Header: answer.Header, NotModified: answer.StatusCode == http.StatusNotModified,
		ETag: answer.Header.Get("ETag"), LastModified: answer.Header.Get("Last-Modified")}
	if res.NotModified {
		return res, "", nil
	}
	if err := checkType(answer.Header.Get("Content-Type"), r.Types); err != nil {
		return nil, "", err
	}
	if res.Body, err = readBody(answer, r, c.opt.MaxBody); err != nil {
		return nil, "", outer(ctx, classify(err))
	}
	if len(bytes.TrimSpace(res.Body)) == 0 && !r.MayBeEmpty {
		return nil, "", ErrEmpty
	}
	return res, "", nil
}

// outer lets the caller's own end of time stand as such, so that it is not
// taken for the source's slowness.
func outer(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (c *Client) header(req *http.Request, r Request) {
	for k, vs := range r.Header {
		req.Header[http.CanonicalHeaderKey(k)] = slices.Clone(vs)
	}
	req.Header.Set("User-Agent", c.opt.Agent)
	req.Header.Set("Accept", "*/*")
	if r.Accept != "" {
		req.Header.Set("Accept", r.Accept)
	}
	req.Header.Set("Accept-Encoding", "gzip")
	if req.Body != nil {
		req.Header.Set("Content-Type", r.BodyType)
	}
	if r.ETag != "" {
		req.Header.Set("If-None-Match", r.ETag)
	}
	if r.LastModified != "" {
		req.Header.Set("If-Modified-Since", r.LastModified)
	}
}

// readBody reads the answer within its bounds: as sent, and unpacked.
func readBody(answer *http.Response, r Request, most int64) ([]byte, error) {
	if r.MaxBody > 0 {
		most = r.MaxBody
	}
	if answer.ContentLength > most {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, answer.ContentLength, most)
	}
	var in io.Reader = &bounded{r: answer.Body, left: most}
	switch enc := strings.ToLower(strings.TrimSpace(answer.Header.Get("Content-Encoding"))); enc {
	case "", "identity":
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(in)
		if err != nil {
			if errors.Is(err, io.EOF) {
				return nil, nil
			}
			return nil, fmt.Errorf("unpack: %w", err)
		}
		defer z.Close()
		in = &bounded{r: z, left: most}
	default:
		return nil, fmt.Errorf("%w: encoding %q", ErrType, clip(enc))
	}
	body, err := io.ReadAll(in)
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	return body, nil
}

// bounded is a reader that fails with ErrTooLarge where more comes than may.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, ErrTooLarge
	}
	return n, err
}

func checkType(header string, want []string) error {
	if len(want) == 0 {
		return nil
	}
	got, _, err := mime.ParseMediaType(header)
	if err != nil || !slices.Contains(want, got) {
		return fmt.Errorf("%w: %q, wanted %s", ErrType, clip(header), strings.Join(want, " or "))
	}
	return nil
}

// retryAfter reads the header (RFC 9110, section 10.2.3): seconds or a date.
func retryAfter(s string, now time.Time) time.Duration {
	s = strings.TrimSpace(s)
	if n, err := strconv.ParseInt(s, 10, 32); err == nil && n > 0 {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(s); err == nil && t.After(now) {
		return t.Sub(now)
	}
	return 0
}

func parseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return nil, fmt.Errorf("%w: %q", ErrURL, clip(s))
	}
	return u, nil
}

// short is an address for an error text: without its query, which may be long
// and may hold a key.
func short(s string) string {
	s, _, _ = strings.Cut(s, "?")
	return clip(s)
}

func clip(s string) string {
	if len(s) > 120 {
		return strings.ToValidUTF8(s[:120], "") + "…"
	}
	return s
}
