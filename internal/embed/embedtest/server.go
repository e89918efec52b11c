// Package embedtest is a stand-in for an embeddings service, for tests. It
// answers as OpenAI's API does, with vectors in which texts that share words
// lie close together, and misbehaves as real services do, on request.
package embedtest

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Request is what a client asked.
type Request struct {
	Model         string   `json:"model"`
	Input         []string `json:"input"`
	Encoding      string   `json:"encoding_format"`
	Dimensions    int      `json:"dimensions"`
	Authorization string   `json:"-"`
}

// Server is the stand-in. Set its fields before asking.
type Server struct {
	URL      string // base address
	Dims     int    // of its vectors, 384
	Key      string // that it wants; "" wants none
	MaxText  int    // bytes of a text beyond which it refuses; 0 never
	MaxBatch int    // texts, likewise
	TooLong  Fault  // how it refuses too long a text; 400 with OpenAI's words
	Refuses  string // refuses texts with this in them, however short
	NoBase64 bool   // refuses encoding_format base64
	Fixed    bool   // ignores "dimensions"

	mu     sync.Mutex
	faults []Fault
	asked  []Request
}

// New starts a server; it ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{Dims: 384, TooLong: Says(400, "This model's maximum context length is 512 tokens.")}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	s.URL = h.URL + "/v1"
	return s
}

// Misbehave lets the next requests be answered by the faults, one each.
func (s *Server) Misbehave(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// Asked gives the requests since the last call.
func (s *Server) Asked() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.asked
	s.asked = nil
	return out
}

// ServeHTTP answers, or misbehaves where that was asked for.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var q Request
	if r.Method != http.MethodPost || r.URL.Path != "/v1/embeddings" || json.NewDecoder(r.Body).Decode(&q) != nil {
		Says(404, "no such address")(w, r)
		return
	}
	q.Authorization = r.Header.Get("Authorization")
	s.mu.Lock()
	s.asked = append(s.asked, q)
	var do Fault
	if len(s.faults) > 0 {
		do, s.faults = s.faults[0], s.faults[1:]
	}
	s.mu.Unlock()
	if do == nil {
		do = s.refusal(q)
	}
	if do != nil {
		do(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	fmt.Fprint(w, s.answer(q))
}

// refusal is how the request is refused, nil where it is fine.
func (s *Server) refusal(q Request) Fault {
	switch {
	case s.Key != "" && q.Authorization != "Bearer "+s.Key:
		return Says(401, "Incorrect API key provided: "+strings.TrimPrefix(q.Authorization, "Bearer "))
	case s.NoBase64 && q.Encoding == "base64":
		return Says(422, "encoding_format: Input should be 'float'")
	case s.MaxBatch > 0 && len(q.Input) > s.MaxBatch:
		return Says(413, fmt.Sprintf("batch size %d > maximum allowed batch size %d", len(q.Input), s.MaxBatch))
	}
	for _, text := range q.Input {
		if s.MaxText > 0 && len(text) > s.MaxText {
			return s.TooLong
		}
		if s.Refuses != "" && strings.Contains(text, s.Refuses) {
			return Says(400, "no")
		}
	}
	return nil
}

func (s *Server) answer(q Request) string {
	dims := s.Dims
	if q.Dimensions > 0 && !s.Fixed {
		dims = q.Dimensions
	}
	vectors := make([][]float32, len(q.Input))
	for i, text := range q.Input {
		vectors[i] = Vector(text, dims)
	}
	return Answer(q.Encoding, vectors...)
}

// Answer is the body of an answer with these vectors.
func Answer(encoding string, vectors ...[]float32) string {
	var b strings.Builder
	b.WriteString(`{"object":"list","data":[`)
	for i, v := range vectors {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"object":"embedding","index":%d,"embedding":%s}`, i, encode(encoding, v))
	}
	fmt.Fprintf(&b, `],"model":"m","usage":{"prompt_tokens":%[1]d,"total_tokens":%[1]d}}`, 10*len(vectors))
	return b.String()
}

func encode(encoding string, v []float32) string {
	if encoding == "base64" {
		var raw []byte
		for _, x := range v {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(x))
		}
		return `"` + base64.StdEncoding.EncodeToString(raw) + `"`
	}
	out, err := json.Marshal(v)
	if err != nil {
		return "[NaN]" // as services that are written in Python do
	}
	return string(out)
}

// Vector is the sum of a random vector for each word.
func Vector(text string, dims int) []float32 {
	v := make([]float32, dims)
	for _, word := range strings.Fields(strings.ToLower(text)) {
		h := fnv.New64a()
		h.Write([]byte(word))
		rng := rand.New(rand.NewPCG(h.Sum64(), uint64(dims))) // #nosec G404 -- a test wants the same vectors every time
		for i := range v {
			v[i] += float32(rng.NormFloat64())
		}
	}
	return v
}
