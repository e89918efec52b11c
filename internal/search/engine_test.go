package search

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"broadsheet"
	"broadsheet/internal/testkit"
)

// TestHybridSegments compares ranked lists of both searches, exact and pruned,
// over one segment and many.
func TestHybridSegments(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	papers := randomPapers(r, 900, 120)
	one, many := newWorld(t, papers, spread{segments: 1, exact: true}), newWorld(t, papers, spread{segments: 5})
	for n := range 80 {
		q := randomQuery(r, 120)
		q.Mode = []broadsheet.Mode{broadsheet.ModeHybrid, broadsheet.ModeSemantic}[n%2]
		q.Facets, q.Explain = true, true
		a, err := one.Search(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		b, err := many.Search(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		a.Took, b.Took = 0, 0
		if diff := cmp.Diff(a, b); diff != "" {
			t.Fatalf("%+v: one segment and five differ:\n%s", q, diff)
		}
	}
}

// TestConditionsHold sees that what is found by meaning meets every condition,
// those on positions too.
func TestConditionsHold(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	papers := randomPapers(r, 600, 60)
	w, o := newWorld(t, papers, spread{segments: 3}), newOracle(papers, nil)
	for range 200 {
		q := randomQuery(r, 60)
		q.Mode, q.Sort, q.Limit = broadsheet.ModeHybrid, "", 100
		q.Words = append(q.Words, broadsheet.Term{Text: word(3)})
		got, err := w.Search(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		conditions := q
		conditions.Words = nil
		for _, h := range got.Hits {
			i := slices.IndexFunc(o.docs, func(d oracleDoc) bool { return d.paper.ID == h.ID })
			if !o.docs[i].matches(&conditions) {
				t.Fatalf("%+v: %s does not meet the conditions: %+v", q, h.ID, o.docs[i].paper)
			}
		}
	}
}

// TestPaging goes through all pages: every result comes once, in an order that
// does not depend on the size of pages, and not more than the bound.
func TestPaging(t *testing.T) {
	testkit.NoRace(t) // asks one after another, for a minute with the detector
	r := rand.New(rand.NewPCG(7, 8))
	w := newWorld(t, randomPapers(r, 3000, 120), spread{segments: 3})
	words := []broadsheet.Term{{Text: word(0)}, {Text: word(1)}}
	tests := []struct {
		name string
		q    broadsheet.Query
	}{
		{"lexical", broadsheet.Query{Words: words, Mode: broadsheet.ModeLexical}},
		{"hybrid", broadsheet.Query{Words: words, Mode: broadsheet.ModeHybrid}},
		{"semantic", broadsheet.Query{Words: words, Mode: broadsheet.ModeSemantic}},
		{"by date", broadsheet.Query{Words: words, Sort: broadsheet.SortDate}},
		{"few", broadsheet.Query{Words: words, Require: [][]broadsheet.Term{{{Text: word(2) + " " + word(0), Phrase: true}}}, Mode: broadsheet.ModeLexical}},
		{"conditions", broadsheet.Query{Categories: []string{"cs"}, HasCode: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			whole := pages(t, w, tt.q, 1000)
			if len(whole) == 0 || len(whole) > broadsheet.MaxSearchDepth {
				t.Fatalf("got %d results, want some and at most %d", len(whole), broadsheet.MaxSearchDepth)
			}
			seen := map[string]bool{}
			for _, id := range whole {
				if seen[id] {
					t.Errorf("%s came twice", id)
				}
				seen[id] = true
			}
			for _, size := range []int{7, 100} {
				if diff := cmp.Diff(whole, pages(t, w, tt.q, size)); diff != "" {
					t.Errorf("pages of %d and of 1,000 differ:\n%s", size, diff)
				}
			}
		})
	}
}

func pages(t *testing.T, w *world, q broadsheet.Query, size int) (ids []string) {
	t.Helper()
	q.Limit = size
	for range 1000 {
		got, err := w.Search(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range got.Hits {
			ids = append(ids, h.ID)
		}
		if got.Next == "" {
			return ids
		}
		q.After = got.Next
	}
	t.Fatal("pages without end")
	return nil
}

// TestCursor tampers with cursors.
func TestCursor(t *testing.T) {
	w := newWorld(t, randomPapers(rand.New(rand.NewPCG(9, 1)), 300, 40), spread{segments: 1})
	q := broadsheet.Query{Words: []broadsheet.Term{{Text: word(0)}}, Limit: 5}
	first, err := w.Search(context.Background(), q)
	if err != nil || first.Next == "" {
		t.Fatalf("got cursor %q, error %v, want a cursor", first.Next, err)
	}
	flipped := []byte(first.Next)
	flipped[4] ^= 1
	other := q
	other.Words = []broadsheet.Term{{Text: word(1)}}
	dated := q
	dated.Sort = broadsheet.SortDate
	full := dated
	if _, err := validate(&full); err != nil {
		t.Fatal(err)
	}
	// Who knows how cursors are made can make one that skips too far.
	far := place{shown: 65_535, time: 1, key: "x"}.encode(fingerprint(&full))
	tests := []struct {
		name  string
		q     broadsheet.Query
		after string
		ok    bool
	}{
		{"as given", q, first.Next, true},
		{"a bit turned", q, string(flipped), false},
		{"cut", q, first.Next[:len(first.Next)-2], false},
		{"of another query", other, first.Next, false},
		{"nonsense", q, "next", false},
		{"not base64", q, "ü!", false},
		{"long", q, strings.Repeat("A", 5000), false},
		{"beyond all that can be paged through", dated, far, false},
	}
	for _, tt := range tests {
		tt.q.After = tt.after
		_, err := w.Search(context.Background(), tt.q)
		var e *broadsheet.Error
		if tt.ok && err != nil || !tt.ok && (!errors.As(err, &e) || e.Kind != broadsheet.Invalid || e.Field != "after") {
			t.Errorf("%s: got error %v, want ok %v or Invalid field after", tt.name, err, tt.ok)
		}
	}
}

// FuzzCursor reads cursors from anybody.
func FuzzCursor(f *testing.F) {
	f.Add(place{tier: 1, shown: 20, score: 0.5, time: 9, key: "2503.02130"}.encode("q"))
	f.Add("")
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parsePlace(s, "q")
		if err == nil && p.encode("q") != s {
			t.Errorf("parsePlace(%q) = %+v, which is written %q", s, p, p.encode("q"))
		}
	})
}

// TestExplain adds up the parts of every score.
func TestExplain(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 2))
	w := newWorld(t, randomPapers(r, 800, 80), spread{segments: 2})
	parts := map[string]int{}
	for range 100 {
		q := randomQuery(r, 80)
		q.Mode = []broadsheet.Mode{broadsheet.ModeHybrid, broadsheet.ModeLexical, broadsheet.ModeSemantic}[r.IntN(3)]
		q.Sort, q.Explain = "", true
		got, err := w.Search(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range got.Hits {
			if h.Explain == nil {
				continue // by date: nothing to explain
			}
			if h.Explain.Value != h.Score {
				t.Fatalf("%+v: score %v, explained %v", q, h.Score, h.Explain.Value)
			}
			sums(t, h.Explain)
			for _, p := range h.Explain.Parts {
				parts[p.Label]++
			}
		}
	}
	for _, label := range []string{"words", "nearness", "meaning", "prior date", "prior popularity"} {
		if parts[label] == 0 {
			t.Errorf("no score had a part %q", label)
		}
	}
}

func sums(t *testing.T, x *broadsheet.Explanation) {
	t.Helper()
	if len(x.Parts) == 0 {
		return
	}
	sum := 0.0
	for i := range x.Parts {
		sum += x.Parts[i].Value
		sums(t, &x.Parts[i])
	}
	if math.Abs(sum-x.Value) > 1e-9 {
		t.Errorf("%s is %v, its parts are %v: %+v", x.Label, x.Value, sum, x.Parts)
	}
}

// TestBadInput gives every query an answer.
func TestBadInput(t *testing.T) {
	w := newWorld(t, randomPapers(rand.New(rand.NewPCG(13, 2)), 300, 40), spread{segments: 2})
	terms := func(n int) (out []broadsheet.Term) {
		for i := range n {
			out = append(out, broadsheet.Term{Text: word(i)})
		}
		return out
	}
	tests := []struct {
		name    string
		q       broadsheet.Query
		hits    bool
		ignored bool
		kind    broadsheet.Kind
		bad     bool
	}{
		{name: "empty"},
		{name: "one letter", q: broadsheet.Query{Words: []broadsheet.Term{{Text: "x", Prefix: true}}}},
		{name: "no word", q: broadsheet.Query{Words: []broadsheet.Term{{Text: "?!"}}}},
		{name: "condition without a word", q: broadsheet.Query{Require: [][]broadsheet.Term{{{Text: "...", Phrase: true}}}}, ignored: true},
		{name: "stop words", q: broadsheet.Query{Words: []broadsheet.Term{{Text: "the"}, {Text: "of"}}}},
		{name: "only negation", q: broadsheet.Query{Exclude: terms(1)}, hits: true},
		{name: "everything excluded", q: broadsheet.Query{Words: terms(1), Exclude: terms(1)}},
		{name: "binary", q: broadsheet.Query{Words: []broadsheet.Term{{Text: "\x00\xff\x01clow"}}}},
		{name: "long", q: broadsheet.Query{Words: []broadsheet.Term{{Text: strings.Repeat("a", 10000)}}}},
		{name: "other script", q: broadsheet.Query{Words: []broadsheet.Term{{Text: "注意力机制"}}}},
		{name: "1,000 terms", q: broadsheet.Query{Words: terms(1000)}, hits: true, ignored: true},
		{name: "1,000 conditions", q: broadsheet.Query{Require: [][]broadsheet.Term{terms(1000)}}, hits: true, ignored: true},
		{name: "long phrase", q: broadsheet.Query{Require: [][]broadsheet.Term{{{Text: strings.Repeat(word(1)+" ", 500), Phrase: true}}}}},
		{name: "reversed dates", q: broadsheet.Query{Words: terms(3), From: "2020-01-01", To: "2010-01-01"}},
		{name: "years before all", q: broadsheet.Query{Words: terms(3), To: "1700-01-01"}},
		{name: "unknown everything", q: broadsheet.Query{Words: terms(2), Categories: []string{"x"}, Authors: []string{"y"}, IDs: []string{""}}, ignored: true},
		{name: "negative limit", q: broadsheet.Query{Words: terms(1), Limit: -1}, bad: true, kind: broadsheet.Invalid},
		{name: "unknown order", q: broadsheet.Query{Words: terms(1), Sort: "best"}, bad: true, kind: broadsheet.Invalid},
		{name: "unknown mode", q: broadsheet.Query{Words: terms(1), Mode: "magic"}, bad: true, kind: broadsheet.Invalid},
	}
	for _, tt := range tests {
		tt.q.Mode = max(tt.q.Mode, broadsheet.ModeLexical)
		got, err := w.Search(context.Background(), tt.q)
		if tt.bad {
			if broadsheet.KindOf(err) != tt.kind || err == nil {
				t.Errorf("%s: got error %v, want kind %v", tt.name, err, tt.kind)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if (len(got.Hits) > 0) != tt.hits || (len(got.Query.Ignored) > 0) != tt.ignored {
			t.Errorf("%s: got %d hits, ignored %v, want hits %v, ignored %v", tt.name, len(got.Hits), got.Query.Ignored, tt.hits, tt.ignored)
		}
	}
}

// TestCancel stops at the caller's wish.
func TestCancel(t *testing.T) {
	w := newWorld(t, randomPapers(rand.New(rand.NewPCG(15, 2)), 300, 40), spread{segments: 2})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, q := range []broadsheet.Query{
		{Words: []broadsheet.Term{{Text: word(0)}}},
		{Words: []broadsheet.Term{{Text: word(0)}}, Sort: broadsheet.SortDate},
		{Categories: []string{"cs"}, Facets: true},
	} {
		if _, err := w.Search(ctx, q); !errors.Is(err, context.Canceled) {
			t.Errorf("%+v: got error %v, want context.Canceled", q, err)
		}
	}
}

// TestNoWords wants it said when nothing but meaning found anything.
func TestNoWords(t *testing.T) {
	w := newWorld(t, randomPapers(rand.New(rand.NewPCG(3, 3)), 50, 20), spread{segments: 2})
	for _, c := range []struct {
		text string
		mode broadsheet.Mode
		want bool
	}{
		{word(0), broadsheet.ModeHybrid, false},
		{"unheardof " + word(0), broadsheet.ModeHybrid, false},
		{"unheardof", broadsheet.ModeHybrid, true},
		{"unheardof", broadsheet.ModeSemantic, false}, // who asks by meaning knows
		{"unheardof", broadsheet.ModeLexical, false},
	} {
		q := broadsheet.ParseQuery(c.text)
		q.Mode = c.mode
		r, err := w.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if r.NoWords != c.want {
			t.Errorf("%q, %s: NoWords %v, want %v (%d hits)", c.text, c.mode, r.NoWords, c.want, len(r.Hits))
		}
		if c.want && (r.Total != pool || r.AtLeast || len(pages(t, w, q, 7)) != pool) {
			t.Errorf("%q: got a total of %d, at least %v, and pages with %d; want the nearest %d", c.text, r.Total, r.AtLeast, len(pages(t, w, q, 7)), pool)
		}
	}
}

// TestWhatIsSaidOfACount: a total is parted into papers with a word and those
// that are only near in meaning, and words that no paper has are named.
func TestWhatIsSaidOfACount(t *testing.T) {
	w := newWorld(t, randomPapers(rand.New(rand.NewPCG(3, 3)), 300, 400), spread{segments: 2})
	for _, c := range []struct {
		text    string
		near    bool
		unknown []string
	}{
		{word(300), true, nil},
		{"unheardof " + word(300), true, []string{"unheardof"}},
		{"unheardof " + word(300) + " Unheardof nosuch", true, []string{"unheardof", "nosuch"}},
		{word(300) + " unhea*", true, nil},
		{"unheardof " + word(300) + " mode:lexical", false, []string{"unheardof"}},
		{"unheardof " + word(300) + " sort:date", false, []string{"unheardof"}},
	} {
		q := broadsheet.ParseQuery(c.text)
		q.Exact, q.Limit = true, broadsheet.MaxSearchDepth
		r, err := w.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.unknown, r.Unknown); diff != "" {
			t.Errorf("%q: unknown words (-want +got):\n%s", c.text, diff)
		}
		lexical := broadsheet.ParseQuery(c.text)
		lexical.Exact, lexical.Mode = true, broadsheet.ModeLexical
		by, err := w.Search(t.Context(), lexical)
		if err != nil {
			t.Fatal(err)
		}
		if r.Total-r.Nearest != by.Total || (r.Nearest > 0) != c.near || r.ByMeaning != c.near {
			t.Errorf("%q: got total %d, nearest %d, by meaning %v; want nearest above 0 and by meaning: %v, and %d with a word",
				c.text, r.Total, r.Nearest, r.ByMeaning, c.near, by.Total)
		}
		if len(r.Hits) != r.Total || r.Next != "" || r.AtLeast {
			t.Errorf("%q: got %d results of a total of %d, at least %v, next %q; want as many as are said, and no more pages",
				c.text, len(r.Hits), r.Total, r.AtLeast, r.Next)
		}
	}
}

// TestDateGoesByWords: who wants the newest by meaning is told what they get.
func TestDateGoesByWords(t *testing.T) {
	w := newWorld(t, randomPapers(rand.New(rand.NewPCG(3, 3)), 50, 20), spread{segments: 2})
	note := []broadsheet.Ignored{{Text: "mode:semantic", Why: "an order by date goes by words"}}
	for text, want := range map[string][]broadsheet.Ignored{
		word(0) + " mode:semantic sort:date": note,
		word(0) + " mode:semantic":           {},
		word(0) + " sort:date":               {},
		"cat:cs.LG mode:semantic sort:date":  {},
	} {
		r, err := w.Search(t.Context(), broadsheet.ParseQuery(text))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, r.Query.Ignored, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// TestExcludedBeginning: to exclude a word's beginning takes no weight from what
// is looked for by it, and has none itself.
func TestExcludedBeginning(t *testing.T) {
	w := newWorld(t, library(t), spread{segments: 2})
	for text, want := range map[string]map[string]float32{
		"black*":             {"black": 1},
		"black* -black*":     {"black": 1},
		"ring -black*":       {"ring": 1, "black": 0},
		"+black* -black*":    {"black": 1},
		"black* +black*":     {"black": 2},
		"black* -abs:black*": {"black": 1, "black in the abstract": 0},
	} {
		q := broadsheet.ParseQuery(text)
		got := map[string]float32{}
		if err := w.withView(t.Context(), func(v *view) error {
			p, err := w.compile(&q, v, false)
			for _, tm := range p.terms {
				name := tm.text
				if tm.mask == maskAbstract {
					name += " in the abstract"
				}
				got[name] = tm.weight
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: weights (-want +got):\n%s", text, diff)
		}
	}
}

// TestConcurrent asks from many goroutines and wants what one gets.
func TestConcurrent(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 2))
	w := newWorld(t, randomPapers(r, 600, 60), spread{segments: 3})
	var queries []broadsheet.Query
	var want []string
	show := func(q broadsheet.Query) string {
		got, err := w.Search(context.Background(), q)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprint(got.Hits, got.Total, got.Facets)
	}
	for range 40 {
		q := randomQuery(r, 60)
		q.Mode, q.Facets = broadsheet.ModeHybrid, true
		queries = append(queries, q)
		want = append(want, show(q))
	}
	var wait sync.WaitGroup
	for g := range 8 {
		wait.Go(func() {
			for i := range queries {
				i = (i + 5*g) % len(queries)
				if got := show(queries[i]); got != want[i] {
					t.Errorf("%+v: got %s, want %s", queries[i], got, want[i])
				}
			}
		})
	}
	wait.Wait()
}
