package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"

	"broadsheet"
	"broadsheet/internal/lib/fetch"
)

// explain says which setting is likely wrong and what to do. The end of the
// caller's own time passes as it is.
func (m *Model) explain(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var done *broadsheet.Error
	if errors.As(err, &done) {
		return err
	}
	e := &broadsheet.Error{Kind: broadsheet.Unavailable, Field: "embed.url", Text: "the embeddings service cannot be asked", Err: err}
	var status *fetch.StatusError
	switch {
	case errors.As(err, &status):
		m.explainStatus(e, status)
	case errors.Is(err, fetch.ErrForbidden):
		e.Field, e.Text, e.Fix = "embed.private_networks", "the embeddings service is at an address that may not be asked",
			"name its network here, or the address itself in embed.url"
	case errors.Is(err, fetch.ErrUnreachable):
		e.Text, e.Fix = "the embeddings service cannot be reached", "check that it runs and the address"
	case errors.Is(err, fetch.ErrTimeout), errors.Is(err, context.DeadlineExceeded):
		e.Field, e.Text, e.Fix = "embed.timeout", "the embeddings service takes too long", "give it more time, or less at once with embed.batch"
	case errors.Is(err, fetch.ErrType), errors.Is(err, errAnswer), errors.Is(err, fetch.ErrRedirect):
		e.Text, e.Fix = "the embeddings service answers something else", "name the base of an OpenAI-compatible API; it often ends in /v1"
	case errors.Is(err, errDims):
		e.Field, e.Text, e.Fix = "embed.model", "the embeddings service changed its model", "restart, or name the model that is meant"
		if m.opt.AskDimensions {
			e.Field, e.Text, e.Fix = "embed.ask_dimensions", "the model does not give vectors of 256 numbers", "switch it off: they are made shorter here"
		}
	case errors.Is(err, errNotFinite):
		e.Field, e.Text, e.Fix = "embed.model", "the model gives vectors that are no numbers", "use another, or run it in a higher precision"
	}
	return e
}

func (m *Model) explainStatus(e *broadsheet.Error, s *fetch.StatusError) {
	said := m.said(s.Body)
	e.Err = errors.New(s.Error() + said)
	switch {
	case s.Status == http.StatusUnauthorized || s.Status == http.StatusForbidden:
		e.Field, e.Text, e.Fix = "embed.key_file", "the embeddings service refuses the key", "put a valid key into the file"
		if m.opt.Key == "" {
			e.Text, e.Fix = "the embeddings service wants a key", "name a file that holds it"
		}
	case s.Status == http.StatusPaymentRequired:
		e.Field, e.Text, e.Fix = "embed.key_file", "the embeddings service wants to be paid", "see to the account"
	case s.Status == http.StatusNotFound || s.Status == http.StatusMethodNotAllowed:
		e.Text, e.Fix = "the embeddings service does not know the address or the model", "check embed.url, which often ends in /v1, and embed.model"
	case refused(s):
		e.Field, e.Text, e.Fix = "embed.model", "the embeddings service refuses the request", "check the model's name and embed.ask_dimensions"
	case s.Status == http.StatusTooManyRequests:
		e.Field, e.Text, e.Fix = "embed.parallel", "the embeddings service limits us", "wait, or ask less at a time"
		if s.RetryAfter > 0 {
			e.Fix = fmt.Sprintf("it is asked again in %s", s.RetryAfter.Round(time.Second))
		}
	default:
		e.Text, e.Fix = "the embeddings service fails", "see its own log"
	}
}

// said is the service's own complaint, made fit for a log: one line, short, and
// without the key, which some services repeat.
func (m *Model) said(body []byte) string {
	text := string(body)
	var wire struct {
		Error json.RawMessage `json:"error"`
	}
	if json.Unmarshal(body, &wire) == nil && len(wire.Error) > 0 {
		text = string(wire.Error)
		var inner struct {
			Message string `json:"message"`
		}
		if json.Unmarshal(wire.Error, &inner) == nil && inner.Message != "" {
			text = inner.Message
		}
	}
	if m.opt.Key != "" {
		text = strings.ReplaceAll(text, m.opt.Key, "xxxxx")
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if text = strings.Join(strings.Fields(text), " "); text == "" {
		return ""
	}
	return ": " + cut(text, 200)
}
