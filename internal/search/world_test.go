package search

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/analyze"
	"broadsheet/internal/lib/segment"
	"broadsheet/internal/search/index"
)

// today is the clock of these tests.
var today = time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)

// world is papers, an index of them and an engine on it.
type world struct {
	papers []broadsheet.Paper
	*Engine
	index *index.Index
	dir   string
}

// Papers makes a world a store.
func (w *world) Papers(_ context.Context, ids []string) (out []broadsheet.Paper, err error) {
	for _, id := range ids {
		for i := range w.papers {
			if w.papers[i].ID == id {
				out = append(out, w.papers[i])
			}
		}
	}
	return out, nil
}

// spread is how papers come into an index.
type spread struct {
	segments int
	deletes  []string
	exact    bool
	blind    bool // without vectors
}

func newWorld(t testing.TB, papers []broadsheet.Paper, s spread) *world {
	t.Helper()
	setup := index.Setup{Analyzer: DocumentVersion, Model: "toy", Weights: segment.DefaultWeights, K1: 0.9, B: 0.4}
	w := &world{papers: papers, dir: t.TempDir()}
	x, err := index.Open(w.dir, index.Options{Setup: setup})
	if err != nil {
		t.Fatal(err)
	}
	w.index = x
	t.Cleanup(func() { w.index.Close() })
	var model Embedder
	if !s.blind {
		model = toyModel{}
	}
	per := (len(papers) + s.segments - 1) / s.segments
	for lo := 0; lo < len(papers); lo += per {
		d := newDocuments(segment.Options{Weights: setup.Weights, K1: 0.9, B: 0.4, Model: setup.Model}, model, nil)
		for i := range papers[lo:min(lo+per, len(papers))] {
			d.add(&papers[lo+i], 0, nil)
		}
		if err := x.Writer().Apply(context.Background(), index.Batch{Builders: []*segment.Builder{d.builder}, Cursor: fmt.Sprint(lo)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Writer().Apply(context.Background(), index.Batch{Deletes: s.deletes, Cursor: "end"}); err != nil {
		t.Fatal(err)
	}
	if err := x.Writer().Finish(context.Background()); err != nil {
		t.Fatal(err)
	}
	w.open(s)
	return w
}

// open makes the engine.
func (w *world) open(s spread) {
	embed := func(_ context.Context, _, text string) ([]float32, error) {
		v := make([]float32, segment.Dim)
		if s.blind || !(toyModel{}).Vector(v, text) {
			return nil, nil
		}
		return v, nil
	}
	w.Engine = New(Options{Index: w.index, Papers: w, Now: func() time.Time { return today }, Embed: embed})
	w.Engine.exact = s.exact
}

// toyModel gives texts with the same words the same vectors.
type toyModel struct{}

func (toyModel) Vector(dst []float32, text string) bool {
	clear(dst)
	analyze.New().Document(text, func(t analyze.Token) {
		h := fnv.New64a()
		h.Write([]byte(t.Term))
		r := rand.New(rand.NewPCG(h.Sum64(), 1))
		for i := range dst {
			dst[i] += float32(r.NormFloat64())
		}
	})
	sum := 0.0
	for _, x := range dst {
		sum += float64(x) * float64(x)
	}
	if sum == 0 {
		return false
	}
	for i := range dst {
		dst[i] /= float32(math.Sqrt(sum))
	}
	return true
}

// syllables make words that no stemmer changes.
var syllables = strings.Fields("bak dom fug hin jol kep lum mok nab pik rud sot tav vol wam zin")

func word(n int) string {
	if n < len(syllables) {
		return syllables[n]
	}
	return syllables[n/len(syllables)%len(syllables)] + syllables[n%len(syllables)]
}

// zipf draws words as texts have them: few often, many seldom.
func zipf(r *rand.Rand, words int) string {
	return word(int(float64(words) * math.Pow(r.Float64(), 3)))
}

func text(r *rand.Rand, n, words int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = zipf(r, words)
	}
	return strings.Join(out, " ")
}

// randomPapers are papers of random words.
func randomPapers(r *rand.Rand, n, words int) []broadsheet.Paper {
	categories := []string{"cs.LG", "cs.CL", "math.CO", "hep-th"}
	papers := make([]broadsheet.Paper, n)
	for i := range papers {
		p := &papers[i]
		p.ID = fmt.Sprintf("%04d.%05d", 1000+r.IntN(1000), i)
		p.Title = text(r, 1+r.IntN(6), words)
		p.Abstract = text(r, r.IntN(60), words)
		for range r.IntN(3) {
			name := text(r, 2, words)
			p.Authors = append(p.Authors, broadsheet.Author{Name: name, Key: strings.ReplaceAll(name, " ", "-")})
		}
		p.Categories = []string{categories[r.IntN(4)]}
		if r.IntN(3) == 0 {
			p.Organizations = []broadsheet.Organization{{Key: word(r.IntN(5)), Name: word(r.IntN(5))}}
		}
		if r.IntN(3) == 0 {
			p.Links = []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "https://example.org"}}
		}
		if r.IntN(20) > 0 {
			p.PublishedAt = time.Date(2000+r.IntN(26), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC)
		}
		p.Votes = r.IntN(30)
	}
	return papers
}

// randomQuery is a query of all that there is.
func randomQuery(r *rand.Rand, words int) broadsheet.Query {
	q := broadsheet.Query{Limit: 1 + r.IntN(60), Mode: broadsheet.ModeLexical, Exact: true, Plain: r.IntN(2) == 0}
	pick := func(n int) string { return text(r, n, words) }
	for range r.IntN(4) {
		q.Words = append(q.Words, broadsheet.Term{Text: pick(1)})
	}
	if r.IntN(6) == 0 {
		q.Words = append(q.Words, broadsheet.Term{Text: pick(1)[:2+r.IntN(2)], Prefix: true})
	}
	fields := []broadsheet.Field{broadsheet.FieldAny, broadsheet.FieldAny, broadsheet.FieldTitle, broadsheet.FieldAbstract, broadsheet.FieldAuthor}
	term := func() broadsheet.Term {
		t := broadsheet.Term{Text: pick(1), Field: fields[r.IntN(len(fields))]}
		switch r.IntN(5) {
		case 0, 1:
			t.Text, t.Phrase = pick(2), true
		case 2:
			t.Prefix = true
			t.Text = t.Text[:2]
		}
		return t
	}
	if r.IntN(3) == 0 {
		for range 1 + r.IntN(2) {
			var g []broadsheet.Term
			for range 1 + r.IntN(2)*r.IntN(3) {
				g = append(g, term())
			}
			q.Require = append(q.Require, g)
		}
	}
	if r.IntN(4) == 0 {
		q.Exclude = append(q.Exclude, term())
	}
	switch r.IntN(12) {
	case 0:
		q.Categories = []string{"cs"}
	case 1:
		q.NotCategories = []string{"cs.LG"}
	case 2:
		q.From, q.To = "2010-03-01", "2015-06-30"
	case 3:
		q.HasCode = true
	case 4:
		q.NoCode, q.Organizations = true, []string{word(1), word(2)}
	case 5:
		q.From = "2020-01-01"
	case 6:
		q.Authors = []string{word(0) + "-" + word(1)}
	case 7:
		q.IDs = []string{"1001.00001", "nobody"}
		for i := range 30 { // some are there
			q.IDs = append(q.IDs, fmt.Sprintf("%04d.%05d", 1000+r.IntN(1000), i))
		}
	}
	if r.IntN(5) == 0 {
		q.Sort = broadsheet.SortDate
	}
	return q
}

func (toyModel) Name() string { return "toy" }
