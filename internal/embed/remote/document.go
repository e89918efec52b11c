package remote

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"broadsheet/internal/lib/fetch"
)

const (
	// minText is how short a text is cut, in bytes, before it is given up.
	minText = 512
	// attempts are made at a request, with firstWait doubling to lastWait between
	// them, half of it by chance.
	attempts  = 4
	firstWait = 2 * time.Second
	lastWait  = time.Minute
	// maxWait is how long a service may ask to be left alone; beyond it the caller
	// is told.
	maxWait = 10 * time.Minute
	// harmless is a text that no model refuses.
	harmless = "paper"
)

// documents gives the vectors of texts that go into one request, if it is not
// refused.
func (m *Model) documents(ctx context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	_, err := m.some(ctx, texts, out, false)
	return out, err
}

// some fills out. probed tells that the service takes harmless texts; whole,
// that it took these at once.
func (m *Model) some(ctx context.Context, texts []string, out [][]float32, probed bool) (whole bool, err error) {
	vectors, err := m.patiently(ctx, texts)
	if err == nil {
		copy(out, vectors)
		m.tookLonger(texts)
		return true, nil
	}
	if !blamesTexts(err) {
		return false, m.explain(ctx, err)
	}
	if !probed && !tooMuch(err) {
		if _, perr := m.patiently(ctx, []string{harmless}); perr != nil {
			return false, m.explain(ctx, perr)
		}
		probed = true
	}
	if len(texts) == 1 {
		return false, m.shorten(ctx, texts[0], out, tooMuch(err))
	}
	half := len(texts) / 2
	first, ferr := m.some(ctx, texts[:half], out[:half], probed)
	if ferr != nil {
		return false, ferr
	}
	second, serr := m.some(ctx, texts[half:], out[half:], probed)
	if first && second && refused(err) { // there were too many, and none was too long
		m.batch.Store(int64(half))
		m.opt.Log.Info("a batch was too large for the model", "texts", len(texts), "from now on", half, "setting", "embed.batch")
	}
	return false, serr
}

// shorten tries shorter and shorter beginnings of a text that was refused. By
// quarters: halving would throw away what still fits. long tells that the
// service named the length as what is wrong.
func (m *Model) shorten(ctx context.Context, text string, out [][]float32, long bool) error {
	for len(text) > minText {
		text = cut(text, max(minText, len(text)*3/4))
		vectors, err := m.patiently(ctx, []string{text})
		if err == nil {
			if was, lower := m.limit.lower(len(text), long); lower {
				m.opt.Log.Info("a text was too long for the model", "bytes", len(text), "before", was, "setting", "embed.max_text")
			}
			out[0] = vectors[0]
			return nil
		}
		if !blamesTexts(err) {
			return m.explain(ctx, err)
		}
		long = long || tooMuch(err)
	}
	if _, err := m.patiently(ctx, []string{harmless}); err != nil {
		return m.explain(ctx, err)
	}
	m.counts.refused.Add(1)
	m.opt.Log.Warn("the model refuses a text; it goes without a vector", "begins", cut(text, 60))
	out[0] = nil
	return nil
}

// tookLonger keeps in mind that texts were answered that are longer than what
// was taken for the limit.
func (m *Model) tookLonger(texts []string) {
	for _, t := range texts {
		if was, raised := m.limit.raise(len(t)); raised {
			m.opt.Log.Info("a longer text was taken by the model", "bytes", len(t), "before", was, "setting", "embed.max_text")
		}
	}
}

// patiently makes a request again while it fails in a way that may pass.
func (m *Model) patiently(ctx context.Context, texts []string) ([][]float32, error) {
	for n := 1; ; n++ {
		began := m.opt.Clock.Now()
		vectors, tokens, err := m.once(ctx, m.opt.Documents, texts)
		m.counts.request("document", m.opt.Clock.Now().Sub(began), err)
		if err == nil {
			m.spent.Add(tokens)
			m.counts.tokens.Add(float64(tokens))
			return vectors, nil
		}
		wait, again := m.backoff(err, n)
		if !again || n == attempts || ctx.Err() != nil {
			return nil, err
		}
		if err := m.opt.Clock.Sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

func (m *Model) backoff(err error, attempt int) (time.Duration, bool) {
	var status *fetch.StatusError
	switch {
	case blamesTexts(err):
		return 0, false
	case errors.As(err, &status):
		switch status.Status {
		case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, http.StatusInternalServerError,
			http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, 529:
		default:
			return 0, false
		}
		if status.RetryAfter > 0 {
			return status.RetryAfter, status.RetryAfter <= maxWait
		}
	case errors.Is(err, fetch.ErrTimeout), errors.Is(err, fetch.ErrCut), errors.Is(err, fetch.ErrEmpty):
	default:
		return 0, false
	}
	full := min(firstWait<<attempt, lastWait)
	return full/2 + time.Duration(m.opt.Rand()*float64(full/2)), true
}

// refused tells that the service found something wrong with the request.
func refused(err error) bool {
	var status *fetch.StatusError
	return errors.As(err, &status) &&
		(status.Status == http.StatusBadRequest || status.Status == http.StatusRequestEntityTooLarge || status.Status == http.StatusUnprocessableEntity)
}

// blamesTexts tells that fewer or shorter texts may be answered. Some services
// say 500 where a text is too long.
func blamesTexts(err error) bool {
	return errors.Is(err, errNotFinite) || refused(err) || tooMuch(err)
}

// tooMuch tells that the service says so.
func tooMuch(err error) bool {
	var status *fetch.StatusError
	if !errors.As(err, &status) {
		return errors.Is(err, errNotFinite)
	}
	switch status.Status {
	case http.StatusRequestEntityTooLarge:
		return true
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusInternalServerError:
		return mentions(err, "too long", "too large", "context length", "context size", "maximum length", "max_length", "tokens", "exceed", "batch size", "batch_size")
	}
	return false
}

// mentions looks for words in what a refusal says.
func mentions(err error, words ...string) bool {
	var status *fetch.StatusError
	if !errors.As(err, &status) {
		return false
	}
	text := bytes.ToLower(status.Body)
	for _, w := range words {
		if bytes.Contains(text, []byte(w)) {
			return true
		}
	}
	return false
}
