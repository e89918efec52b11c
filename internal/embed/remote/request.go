package remote

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"

	"broadsheet/internal/embed"
	"broadsheet/internal/lib/fetch"
)

// maxDims bounds the length of a vector that a service may send.
const maxDims = 16 << 10

// What may be wrong with an answer of status 200.
var (
	errAnswer    = errors.New("an answer that makes no sense")
	errNotFinite = errors.New("a vector that is not all numbers")
	errDims      = errors.New("vectors of another length")
)

type request struct {
	Model    string   `json:"model"`
	Input    []string `json:"input"`
	Encoding string   `json:"encoding_format"`
	Dims     int      `json:"dimensions,omitempty"`
}

type answer struct {
	Data []struct {
		Index     *int   `json:"index"`
		Embedding values `json:"embedding"`
	} `json:"data"`
	Usage struct {
		Total int64 `json:"total_tokens"`
	} `json:"usage"`
}

// once makes one request and gives a vector for each text; its errors wrap
// those of fetch or this file's.
func (m *Model) once(ctx context.Context, via Poster, texts []string) ([][]float32, int64, error) {
	r := request{Model: m.opt.Model, Input: texts, Encoding: "base64"}
	if m.numbers.Load() {
		r.Encoding = "float"
	}
	if m.opt.AskDimensions {
		r.Dims = embed.Dim
	}
	vectors, tokens, err := m.send(ctx, via, r)
	if r.Encoding == "base64" && !m.proven.Load() && refused(err) && !tooMuch(err) {
		// Perhaps it is the encoding that is not understood.
		r.Encoding = "float"
		var again error
		if vectors, tokens, again = m.send(ctx, via, r); again == nil {
			m.numbers.Store(true)
			err = nil
		}
	}
	if err == nil {
		m.proven.Store(true)
	}
	return vectors, tokens, err
}

func (m *Model) send(ctx context.Context, via Poster, r request) ([][]float32, int64, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, 0, err
	}
	header := http.Header{}
	if m.opt.Key != "" {
		header.Set("Authorization", "Bearer "+m.opt.Key)
	}
	res, err := via.Post(ctx, fetch.Request{URL: m.opt.URL + "/embeddings", Header: header, Body: body, BodyType: "application/json",
		Accept: "application/json", Types: []string{"application/json"},
		MaxBody: 64<<10 + int64(len(r.Input))*maxDims*24}) // 24 bytes are the longest way to write a number
	if err != nil {
		return nil, 0, err
	}
	vectors, tokens, err := m.read(res.Body, len(r.Input))
	if err == nil && tokens == 0 {
		for _, t := range r.Input {
			tokens += int64(len(t)/4 + 1)
		}
	}
	return vectors, tokens, err
}

// read checks an answer for n texts and gives its vectors in their order.
func (m *Model) read(body []byte, n int) ([][]float32, int64, error) {
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		return nil, 0, fmt.Errorf("%w: %w", errAnswer, err)
	}
	if len(a.Data) != n {
		return nil, 0, fmt.Errorf("%w: %d vectors for %d texts", errAnswer, len(a.Data), n)
	}
	out, seen := make([][]float32, n), make([]bool, n)
	for i, d := range a.Data {
		at := i
		if d.Index != nil {
			at = *d.Index
		} else if a.Data[0].Index != nil {
			at = -1
		}
		if at < 0 || at >= n || seen[at] {
			return nil, 0, fmt.Errorf("%w: index %d is missing, twice or too high", errAnswer, at)
		}
		seen[at] = true
		if err := m.checkDims(len(d.Embedding)); err != nil {
			return nil, 0, err
		}
		for _, x := range d.Embedding {
			if f := float64(x); math.IsNaN(f) || math.IsInf(f, 0) {
				return nil, 0, errNotFinite
			}
		}
		out[at] = reduce(d.Embedding)
	}
	return out, max(a.Usage.Total, 0), nil
}

// checkDims sees that all vectors are of one length: with another length, there
// is another model.
func (m *Model) checkDims(n int) error {
	if n == 0 || n > maxDims {
		return fmt.Errorf("%w: a vector of %d numbers", errAnswer, n)
	}
	if m.opt.AskDimensions && n != embed.Dim {
		return fmt.Errorf("%w: %d, asked for were %d", errDims, n, embed.Dim)
	}
	if !m.dims.CompareAndSwap(0, int64(n)) && m.dims.Load() != int64(n) {
		return fmt.Errorf("%w: %d, before %d", errDims, n, m.dims.Load())
	}
	return nil
}

// values are the numbers of a vector, in either form.
type values []float32

func (v *values) UnmarshalJSON(b []byte) error {
	if len(b) == 0 || b[0] != '"' {
		var list []float32
		if err := json.Unmarshal(b, &list); err != nil {
			return err
		}
		*v = list
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(raw)%4 != 0 {
		return fmt.Errorf("a vector is not base64 of float32")
	}
	list := make([]float32, len(raw)/4)
	for i := range list {
		list[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	*v = list
	return nil
}
