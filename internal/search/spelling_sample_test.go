package search

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"broadsheet"
	"broadsheet/internal/lib/analyze"
	"broadsheet/internal/testkit"
)

// byID serves many papers.
type byID map[string]*broadsheet.Paper

func (b byID) Papers(_ context.Context, ids []string) (out []broadsheet.Paper, err error) {
	for _, id := range ids {
		if p := b[id]; p != nil {
			out = append(out, *p)
		}
	}
	return out, nil
}

// sampled are papers of the arXiv sample, one of step, and as many that lie
// beside them.
func sampled(tb testing.TB, step int) (in, beside []broadsheet.Paper) {
	dir := os.Getenv("TESTDATA_DIR")
	if dir == "" || testing.Short() {
		tb.Skip("TESTDATA_DIR is not set: spelling is not measured on real papers")
	}
	file, err := os.Open(filepath.Join(dir, "arxiv-sample.jsonl.zst"))
	if err != nil {
		tb.Skip(err)
	}
	defer file.Close()
	z, err := zstd.NewReader(file)
	if err != nil {
		tb.Fatal(err)
	}
	defer z.Close()
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<24)
	for n := 0; lines.Scan(); n++ {
		if n%step > 1 {
			continue
		}
		var row struct {
			ID, Title, Abstract string
			Parsed              [][]string `json:"authors_parsed"`
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			tb.Fatal(err)
		}
		p := broadsheet.Paper{ID: row.ID, Title: row.Title, Abstract: row.Abstract}
		for _, a := range row.Parsed {
			if name := strings.TrimSpace(a[1] + " " + a[0]); name != "" {
				p.Authors = append(p.Authors, broadsheet.Author{Name: name, Key: broadsheet.AuthorKey(name)})
			}
		}
		if n%step == 0 {
			in = append(in, p)
		} else {
			beside = append(beside, p)
		}
	}
	if lines.Err() != nil {
		tb.Fatal(lines.Err())
	}
	return in, beside
}

// misspell makes one mistake in a word, by kind: a letter left out, doubled,
// exchanged with the next, or another put in its place. The first stays.
func misspell(r *rand.Rand, w string, kind int) string {
	i := 1 + r.IntN(len(w)-2)
	switch kind % 4 {
	case 0:
		return w[:i] + w[i+1:]
	case 1:
		return w[:i] + w[i:i+1] + w[i:]
	case 2:
		return w[:i] + w[i+1:i+2] + w[i:i+1] + w[i+2:]
	}
	near := keyboard[w[i]]
	if near == "" {
		return w
	}
	return w[:i] + string(near[r.IntN(len(near))]) + w[i+1:]
}

// keyboard has the letters beside each.
var keyboard = map[byte]string{'a': "qsz", 'b': "vn", 'c': "xv", 'd': "sf", 'e': "wr", 'f': "dg", 'g': "fh", 'h': "gj", 'i': "uo", 'j': "hk", 'k': "jl",
	'l': "k", 'm': "n", 'n': "bm", 'o': "ip", 'p': "o", 'q': "wa", 'r': "et", 's': "ad", 't': "ry", 'u': "yi", 'v': "cb", 'w': "qe", 'x': "zc", 'y': "tu", 'z': "xa"}

// slips are misspellings that people made.
var slips = [][2]string{{"atention", "attention"}, {"atentions", "attentions"}, {"attntion", "attention"}, {"atttention", "attention"}, {"attenton", "attention"},
	{"transfomer", "transformer"}, {"transformrs", "transformers"}, {"tranformers", "transformers"}, {"tranformer", "transformer"}, {"reinforcemnt", "reinforcement"},
	{"reinforcment", "reinforcement"}, {"Courvile", "Courville"}, {"gaussain", "gaussian"}, {"algoritm", "algorithm"}, {"speach", "speech"},
	{"langauge", "language"}, {"retreival", "retrieval"}, {"diffussion", "diffusion"}, {"convergance", "convergence"}, {"neurral", "neural"}}

// TestSpellingSample misspells the frequent words of real titles and types words
// that are right and rare, such as names: what is corrected and what is not.
func TestSpellingSample(t *testing.T) {
	testkit.NoRace(t)
	step, err := strconv.Atoi(cmp.Or(os.Getenv("SPELLING_STEP"), "7"))
	if err != nil {
		t.Fatal(err)
	}
	papers, beside := sampled(t, step)
	w := newWorld(t, papers, spread{segments: 3, blind: true})
	store := byID{}
	for i := range papers {
		store[papers[i].ID] = &papers[i]
	}
	w.o.Papers = store
	known, often := map[string]bool{}, map[string]int{}
	for i := range papers {
		p := &papers[i]
		for word := range plainWords(p.Title) {
			often[word]++
		}
		for word := range plainWords(p.Title + " " + p.Abstract + " " + names(p)) {
			known[word] = true
		}
	}
	var frequent []string
	for word := range often {
		if len(word) >= 5 {
			frequent = append(frequent, word)
		}
	}
	slices.SortFunc(frequent, func(a, b string) int { return cmp.Or(often[b]-often[a], strings.Compare(a, b)) })
	frequent = frequent[:500]
	r := rand.New(rand.NewPCG(7, 7))
	cases := slices.Clone(slips)
	for i := 0; len(cases) < 150+len(slips); i++ {
		word := frequent[r.IntN(len(frequent))]
		if bad := misspell(r, word, i); !known[bad] && analyze.Stem(bad) != analyze.Stem(word) {
			cases = append(cases, [2]string{bad, word})
		}
	}
	var took []time.Duration
	ask := func(text string) *broadsheet.Results {
		q := broadsheet.ParseQuery(text)
		q.Mode = broadsheet.ModeLexical
		begin := time.Now()
		res, err := w.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		took = append(took, time.Since(begin))
		return res
	}
	hits := 0
	for _, c := range cases {
		res := ask(c[0])
		got := offered(res)
		// One that has the right stem finds the right papers as it is.
		got = cmp.Or(got, c[0])
		if strings.EqualFold(got, c[1]) || analyze.Stem(strings.ToLower(got)) == analyze.Stem(strings.ToLower(c[1])) {
			hits++
		} else {
			t.Logf("%q: got %q, want %q", c[0], got, c[1])
		}
	}
	slices.Sort(took)
	t.Logf("%d papers: %d of %d misspellings led to the right word; median %v, longest %v", len(papers), hits, len(cases), took[len(took)/2], took[len(took)-1])
	if hits*100 < len(cases)*90 {
		t.Errorf("%d of %d misspellings corrected, want nine in ten", hits, len(cases))
	}
	for _, text := range []string{"Lovelace", "unclosed", "Ada Lovelace"} {
		if got := ask(text).Corrected; got != "" {
			t.Errorf("%q: corrected to %q, want nothing", text, got)
		}
	}
	for _, kind := range []string{"names", "words"} {
		rare := map[string]bool{}
		for i := range beside {
			text := names(&beside[i])
			if kind == "words" {
				text = beside[i].Title
			}
			for word := range plainWords(text) {
				if len(word) >= 5 && !known[word] {
					rare[word] = true
				}
			}
		}
		var all []string
		for word := range rare {
			all = append(all, word)
		}
		slices.Sort(all)
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		all = all[:min(400, len(all))]
		wrong := 0
		some := []string{}
		took = took[:0]
		for _, word := range all {
			if got := ask(word).Corrected; got != "" {
				wrong++
				some = append(some, word+"→"+got)
			}
		}
		slices.Sort(took)
		t.Logf("%s: %d of %d that no paper has were replaced; median %v: %s", kind, wrong, len(all), took[len(took)/2], strings.Join(some[:min(60, len(some))], ", "))
		if wrong*100 > 10*len(all) { // of the words some are misspelt indeed
			t.Errorf("%s: %d of %d replaced, want at most one in ten", kind, wrong, len(all))
		}
	}
}

// offered is what was searched for instead, or is said to be meant.
func offered(r *broadsheet.Results) string { return cmp.Or(r.Corrected, r.Suggested) }

// plainWords are the different words of a text that have letters only, in lower case.
func plainWords(text string) map[string]bool {
	out := map[string]bool{}
	for _, f := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return (r < 'a' || r > 'z') && r < 0x80 }) {
		if strings.Trim(f, "abcdefghijklmnopqrstuvwxyz") == "" {
			out[f] = true
		}
	}
	return out
}

func names(p *broadsheet.Paper) string {
	var all []string
	for _, a := range p.Authors {
		all = append(all, a.Name)
	}
	return strings.Join(all, " ")
}
