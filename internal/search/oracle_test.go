package search

import (
	"context"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"broadsheet"
	"broadsheet/internal/lib/analyze"
	"broadsheet/internal/lib/segment"
	"broadsheet/internal/testkit"
)

// oracle answers queries the plain way: it reads every paper.
type oracle struct {
	docs []oracleDoc
	df   map[string]int
	avg  float64
}

type oracleDoc struct {
	paper *broadsheet.Paper
	at    map[string][]uint32
	norm  float64
	gone  bool
}

func newOracle(papers []broadsheet.Paper, gone []string) *oracle {
	o := &oracle{df: map[string]int{}}
	an := analyze.New()
	for i := range papers {
		p := &papers[i]
		d := oracleDoc{paper: p, at: map[string][]uint32{}, gone: slices.Contains(gone, p.ID)}
		words := func(base uint32, text string) (n int) {
			an.Document(text, func(t analyze.Token) {
				d.at[t.Term] = append(d.at[t.Term], base+t.Pos)
				n++
			})
			return n
		}
		d.norm = max(1, 2*float64(words(0, p.Title))+float64(words(256, p.Abstract)))
		next := uint32(segment.AuthorsBase)
		for _, a := range p.Authors {
			next += uint32(words(next, a.Name)) + apart
		}
		next = segment.OtherBase
		for _, g := range p.Organizations {
			next += uint32(words(next, g.Name)) + apart
		}
		for term := range d.at {
			o.df[term]++
		}
		o.avg += d.norm / float64(len(papers))
		o.docs = append(o.docs, d)
	}
	return o
}

// has reports whether a term matches.
func (d *oracleDoc) has(t broadsheet.Term) bool {
	_, lo, hi := fieldOf(t.Field)
	words := strings.Fields(t.Text)
	var starts []uint32
	for i, w := range words {
		at := slices.Clone(d.at[w])
		if t.Prefix && i == len(words)-1 {
			for term, pos := range d.at {
				if term != w && strings.HasPrefix(term, w) {
					at = append(at, pos...)
				}
			}
		}
		if i == 0 {
			starts = slices.DeleteFunc(at, func(p uint32) bool { return p < lo || p >= hi })
		} else {
			starts = slices.DeleteFunc(starts, func(p uint32) bool { return !slices.Contains(at, p+uint32(i)) })
		}
	}
	return len(starts) > 0
}

func (o *oracle) completions(word string, prefix bool) []string {
	if !prefix {
		return []string{word}
	}
	return slices.DeleteFunc(slices.Collect(maps.Keys(o.df)), func(t string) bool { return !strings.HasPrefix(t, word) })
}

// score is BM25F of a word; of one that goes on, of its completions as one.
func (o *oracle) score(d *oracleDoc, word string, prefix bool) float64 {
	var counts [4]int
	df := 0
	for _, term := range o.completions(word, prefix) {
		df += o.df[term]
		var c [4]int
		for _, p := range d.at[term] {
			switch {
			case p < segment.AbstractBase:
				c[0]++
			case p < segment.AuthorsBase:
				c[1]++
			case p < segment.OtherBase:
				c[2]++
			default:
				c[3]++
			}
		}
		for i := range c {
			counts[i] = max(counts[i], c[i])
		}
	}
	w := float64(2*min(counts[0], 3) + min(counts[1], 15))
	if counts[2] > 0 {
		w++
	}
	if counts[3] > 0 {
		w += 0.5
	}
	n, f := float64(len(o.docs)), min(float64(df), float64(len(o.docs)))
	return math.Log1p((n-f+0.5)/(f+0.5)) * w / (w + 0.9*(1-0.4+0.4*d.norm/o.avg))
}

// matches reports whether a paper meets the conditions and, where there are
// words, has one, or under an order by date all.
func (d *oracleDoc) matches(q *broadsheet.Query) bool {
	some := len(q.Words) == 0 || len(q.Require) > 0
	for _, w := range q.Words {
		if d.has(w) {
			some = true
		} else if q.Sort == broadsheet.SortDate {
			return false
		}
	}
	if d.gone || !some {
		return false
	}
	for _, g := range q.Require {
		if !slices.ContainsFunc(g, d.has) {
			return false
		}
	}
	if slices.ContainsFunc(q.Exclude, d.has) {
		return false
	}
	p := d.paper
	archive := func(c string) string { a, _, _ := strings.Cut(c, "."); return a }
	in := func(list []string) bool {
		return slices.ContainsFunc(p.Categories, func(c string) bool { return slices.Contains(list, c) || slices.Contains(list, archive(c)) })
	}
	day := broadsheet.DayOf(p.PublishedAt, today.Location())
	dated := !p.PublishedAt.IsZero()
	switch {
	case len(q.Categories) > 0 && !in(q.Categories), in(q.NotCategories),
		q.HasCode && len(p.Links) == 0, q.NoCode && len(p.Links) > 0,
		q.From != "" && (!dated || day < q.From), q.To != "" && (!dated || day > q.To):
		return false
	}
	for _, key := range q.Authors {
		if !slices.ContainsFunc(p.Authors, func(a broadsheet.Author) bool { return a.Key == key }) {
			return false
		}
	}
	if len(q.IDs) > 0 && !slices.Contains(q.IDs, p.ID) {
		return false
	}
	return len(q.Organizations) == 0 || slices.ContainsFunc(p.Organizations, func(g broadsheet.Organization) bool { return slices.Contains(q.Organizations, g.Key) })
}

// words are those of a query that count, once each.
func wordsOf(q *broadsheet.Query) map[broadsheet.Term]float64 {
	out := map[broadsheet.Term]float64{}
	for _, w := range q.Words {
		out[w]++
	}
	for _, g := range q.Require {
		for _, t := range g {
			words := strings.Fields(t.Text)
			for i, w := range words {
				out[broadsheet.Term{Text: w, Prefix: t.Prefix && i == len(words)-1, Field: t.Field}]++
			}
		}
	}
	return out
}

// best are the ids of the matches, best first by words alone, and their scores.
func (o *oracle) best(q *broadsheet.Query) (ids []string, scores map[string]float64) {
	scores = map[string]float64{}
	var hits []*oracleDoc
	for i := range o.docs {
		d := &o.docs[i]
		if !d.matches(q) {
			continue
		}
		hits = append(hits, d)
		for t, n := range wordsOf(q) {
			scores[d.paper.ID] += n * o.score(d, t.Text, t.Prefix)
		}
	}
	slices.SortFunc(hits, func(a, b *oracleDoc) int {
		if q.Sort != broadsheet.SortDate {
			if x, y := scores[a.paper.ID], scores[b.paper.ID]; x != y {
				return int(math.Copysign(1, y-x))
			}
		}
		if c := b.paper.PublishedAt.Compare(a.paper.PublishedAt); c != 0 {
			return c
		}
		return strings.Compare(a.paper.ID, b.paper.ID)
	})
	for _, d := range hits {
		ids = append(ids, d.paper.ID)
	}
	return ids, scores
}

// lexicalScores are ids and BM25F of the k best, before anything is added.
func lexicalScores(t *testing.T, w *world, q broadsheet.Query, k int) (ids []string, scores []uint32) {
	t.Helper()
	if _, err := validate(&q); err != nil {
		t.Fatal(err)
	}
	err := w.withView(context.Background(), func(v *view) error {
		s := &search{e: w.Engine, view: v, q: q, q0: q}
		if err := s.prepare(context.Background(), &broadsheet.Results{}); err != nil {
			return err
		}
		ranks, err := s.lexical(context.Background(), k)
		for _, r := range ranks {
			ids = append(ids, v.key(r.seg, r.doc))
			scores = append(scores, r.score)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids, scores
}

// TestOracle compares every kind of clause with what reading all papers gives.
func TestOracle(t *testing.T) {
	testkit.NoRace(t) // asks one after another, for half a minute with the detector
	r := rand.New(rand.NewPCG(1, 2))
	const vocabulary = 120
	papers := randomPapers(r, 2000, vocabulary)
	var gone []string
	for i := 0; i < len(papers); i += 7 {
		gone = append(gone, papers[i].ID)
	}
	worlds := map[string]*world{
		"one segment":     newWorld(t, papers, spread{segments: 1}),
		"six segments":    newWorld(t, papers, spread{segments: 6}),
		"one, exact":      newWorld(t, papers, spread{segments: 1, exact: true}),
		"one, with gone":  newWorld(t, papers, spread{segments: 1, deletes: gone}),
		"four, with gone": newWorld(t, papers, spread{segments: 4, deletes: gone}),
	}
	oracles := map[bool]*oracle{false: newOracle(papers, nil), true: newOracle(papers, gone)}
	for n := range 120 {
		q := randomQuery(r, vocabulary)
		answers := map[string]*broadsheet.Results{}
		for name, w := range worlds {
			o := oracles[strings.Contains(name, "gone")]
			checkOracle(t, name, w, o, q)
			got, err := w.Search(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			got.Took = 0
			answers[name] = got
		}
		for _, other := range []string{"six segments", "one, exact"} {
			if diff := cmp.Diff(answers["one segment"], answers[other]); diff != "" {
				t.Errorf("query %d %+v: one segment and %s differ:\n%s", n, q, other, diff)
			}
		}
		if diff := cmp.Diff(answers["one, with gone"], answers["four, with gone"]); diff != "" {
			t.Errorf("query %d %+v: one and four segments with gone differ:\n%s", n, q, diff)
		}
		if t.Failed() {
			return
		}
	}
}

func checkOracle(t *testing.T, name string, w *world, o *oracle, q broadsheet.Query) {
	t.Helper()
	want, scores := o.best(&q)
	if len(q.Words)+len(q.Require) == 0 || q.Sort == broadsheet.SortDate {
		got, err := w.Search(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		if len(q.Words)+len(q.Require)+len(q.Exclude) == 0 && newConditions(&q).sum == "" {
			want = nil // nothing was asked
		}
		var ids []string
		for _, h := range got.Hits {
			ids = append(ids, h.ID)
		}
		if diff := cmp.Diff(want[:min(len(want), q.Limit)], ids, cmpopts.EquateEmpty()); diff != "" || got.Total != len(want) {
			t.Errorf("%s: %+v: total %d, want %d; hits differ (-want +got):\n%s", name, q, got.Total, len(want), diff)
		}
		return
	}
	ids, got := lexicalScores(t, w, q, 50)
	if len(ids) != min(50, len(want)) {
		t.Errorf("%s: %+v: got %d, want %d", name, q, len(ids), min(50, len(want)))
		return
	}
	for i, id := range ids {
		mine, best := float64(got[i])/unit, scores[want[i]]
		if math.Abs(mine-scores[id]) > 1e-3 || math.Abs(mine-best) > 1e-3 {
			t.Errorf("%s: %+v: place %d: %s with %.4f, by the oracle %.4f; best there is %s with %.4f", name, q, i, id, mine, scores[id], want[i], best)
			return
		}
	}
}
