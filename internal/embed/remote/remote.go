// Package remote is a model that a service elsewhere serves: any that answers
// POST {URL}/embeddings as OpenAI's API does (vLLM, llama.cpp, Ollama, Text
// Embeddings Inference, LiteLLM and most providers do).
//
// The request is {"model", "input": [texts], "encoding_format": "base64"} and,
// where Options.AskDimensions is set, "dimensions": 256. The answer is
// {"data": [{"index", "embedding"}], "usage": {"total_tokens"}}, an embedding
// being numbers or base64 of little-endian float32, whichever comes. Where
// base64 is not understood, numbers are asked for from then on.
//
// Nothing that comes back is trusted: count, order, length and finiteness are
// checked, and so is that the length stays the same. Longer vectors become 256
// by a fixed random projection, shorter ones are filled with zeros; all have
// length 1 in the end. A vector of zeros counts as none.
//
// Documents are asked for patiently: failures that may pass are tried again
// with exponential back-off and jitter, or when the service says; a batch that
// is refused is split, a text that is too long is cut, and how much was too
// much is kept in mind: for good where the service said that it was the length,
// else until a longer text is taken (see textLimit). A text that is refused however short, while another is
// not, has no vector. Before that is believed a harmless text is tried, so that
// a wrong setting is an error and never looks like texts without meaning.
//
// Queries are asked for once, within a deadline. What comes too late is still
// kept for whoever asks the same next; a service that fails again and again is
// left alone for a while, and search does not wait for it.
//
// Errors are broadsheet.Errors of kind Unavailable that name the setting and
// the fix; none holds the key.
package remote

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"broadsheet/internal/embed"
	"broadsheet/internal/lib/fetch"
	"broadsheet/internal/lib/metric"
)

// Poster sends requests: a fetch.Client that makes one attempt.
type Poster interface {
	Post(ctx context.Context, r fetch.Request) (*fetch.Response, error)
}

// Options say what is asked and how. Zero fields have the defaults told.
type Options struct {
	URL            string // base address: "https://api.openai.com/v1"
	Model          string // as the service calls it
	Key            string // sent as a bearer token; "" sends none
	QueryPrefix    string // put before queries: "query: " for E5 and its like
	DocumentPrefix string // put before documents: "passage: "
	AskDimensions  bool   // ask for 256 numbers; the model must have been made for being cut

	Batch        int           // texts in a request, 64
	BatchBytes   int           // of the texts in a request, 256 KiB
	MaxText      int           // bytes of a text that are sent, 8 KiB
	QueryTimeout time.Duration // that a query waits, 300 ms
	QueryCache   int           // queries whose vectors are kept, 1024

	// Documents and Queries send requests, each with its own connections, so
	// that nobody who searches waits behind a batch of papers.
	Documents, Queries Poster
	Clock              fetch.Clock    // the machine's
	Rand               func() float64 // in [0,1)
	Log                *slog.Logger   // silent
	Metrics            *metric.Set
}

// Model is a model elsewhere. It is safe for concurrent use.
type Model struct {
	opt     Options
	name    string
	limit   *textLimit   // of bytes of a text
	batch   atomic.Int64 // texts in a request, likewise
	dims    atomic.Int64 // length of the service's vectors; 0 before the first
	numbers atomic.Bool  // base64 is not understood
	proven  atomic.Bool  // a request was answered
	spent   atomic.Int64
	queries *queries
	counts  counts
}

var _ embed.Kept = (*Model)(nil)

// New makes a model; nothing is asked yet. Close ends it.
func New(opt Options) *Model {
	opt.Batch = cmp.Or(opt.Batch, 64)
	opt.BatchBytes = cmp.Or(opt.BatchBytes, 256<<10)
	opt.MaxText = max(cmp.Or(opt.MaxText, 8<<10), minText)
	opt.QueryTimeout = cmp.Or(opt.QueryTimeout, 300*time.Millisecond)
	opt.QueryCache = cmp.Or(opt.QueryCache, 1024)
	if opt.Clock == nil {
		opt.Clock = fetch.SystemClock{}
	}
	if opt.Rand == nil {
		opt.Rand = rand.Float64
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	m := &Model{opt: opt, name: name(opt), counts: newCounts(opt.Metrics)}
	m.limit = newTextLimit(opt.MaxText)
	m.batch.Store(int64(opt.Batch))
	m.queries = newQueries(m)
	return m
}

// name is "remote:HOST/PATH#MODEL@256" where the service makes 256 numbers
// itself and "…@projected-1" where they are made here; a prefix of documents
// adds "+" and 8 digits of its hash. The path belongs to it: gateways serve
// several services on one host, and each calls its models as it likes. The
// scheme does not: the same service is often reached with and without TLS.
func name(opt Options) string {
	at := opt.URL
	if u, err := url.Parse(opt.URL); err == nil {
		at = strings.ToLower(u.Host) + strings.TrimRight(u.EscapedPath(), "/")
	}
	s := "remote:" + at + "#" + opt.Model + "@" + projection
	if opt.AskDimensions {
		s = strings.TrimSuffix(s, projection) + "256"
	}
	if opt.DocumentPrefix != "" {
		sum := sha256.Sum256([]byte(opt.DocumentPrefix))
		s += "+" + hex.EncodeToString(sum[:4])
	}
	return s
}

// Name is the identity of the vector space.
func (m *Model) Name() string { return m.name }

// Spent is how many tokens documents have cost since the program began: as the
// service counts them, or a quarter of the bytes where it does not say.
func (m *Model) Spent() int64 { return m.spent.Load() }

// Close ends what goes on in the background.
func (m *Model) Close() { m.queries.close() }

// Embed gives vectors as embed.Model says. Documents take as long as they need;
// queries at most Options.QueryTimeout.
func (m *Model) Embed(ctx context.Context, kind embed.Kind, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	var which []int // of texts that are not blank: services refuse those
	for i, t := range texts {
		if strings.TrimSpace(t) != "" {
			which = append(which, i)
		}
	}
	if kind == embed.Query {
		for _, i := range which {
			v, err := m.queries.vector(ctx, texts[i])
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return out, nil
	}
	for len(which) > 0 {
		var part []string
		for bytes := 0; len(part) < len(which) && len(part) < int(m.batch.Load()); {
			t := m.limit.cut(m.opt.DocumentPrefix + texts[which[len(part)]])
			if bytes += len(t); bytes > m.opt.BatchBytes && len(part) > 0 {
				break
			}
			part = append(part, t)
		}
		vectors, err := m.documents(ctx, part)
		if err != nil {
			return nil, err
		}
		for k, v := range vectors {
			out[which[k]] = v
		}
		which = which[len(part):]
	}
	return out, nil
}

// cut is the beginning of s of at most n bytes, whole characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}
