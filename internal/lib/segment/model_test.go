package segment

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// document is a document as a test thinks of it.
type document struct {
	key     string
	words   []word
	tags    []string
	columns map[string]uint32
	facets  []facetValue
	code    []byte
	int8s   []int8
	scale   float32
}

type word struct {
	field int
	term  string
	pos   uint32
}

type facetValue struct{ name, value string }

// posting is what a segment must say of a term in a document.
type posting struct {
	Doc       uint32
	Code      byte
	Positions []uint32
}

func (p posting) equal(q posting) bool {
	return p.Doc == q.Doc && p.Code == q.Code && slices.Equal(p.Positions, q.Positions)
}

func (d document) addTo(b *Builder) {
	b.Begin(d.key)
	for _, w := range d.words {
		b.Term(w.field, w.term, w.pos)
	}
	for _, t := range d.tags {
		b.Tag(t)
	}
	for name, v := range d.columns {
		b.Column(name, v)
	}
	for _, f := range d.facets {
		b.Ordinal(f.name, f.value)
	}
	if d.scale > 0 {
		b.VectorInt8(d.code, d.int8s, d.scale)
	}
}

var testOptions = Options{K1: 0.9, B: 0.4, Model: "test/1", Analyzer: "7"}

// randomDocs makes documents that share terms as texts do: few are in most, most
// are in few.
func randomDocs(rng *rand.Rand, n int) []document {
	docs := make([]document, n)
	vocabulary := 20 + n*2
	term := func() string {
		x := int(math.Pow(float64(vocabulary), rng.Float64())) - 1
		if x%7 == 3 {
			return fmt.Sprintf("a-rather-long-shared-prefix-%d", x)
		}
		return fmt.Sprintf("t%x", x*7919%vocabulary)
	}
	for i := range docs {
		d := &docs[i]
		d.key = fmt.Sprintf("%02d%02d.%05d", i%20, i%12+1, i)
		bases := []uint32{TitleBase, AbstractBase, AuthorsBase, OtherBase}
		fields := []int{0, 1, 2, 3}
		rng.Shuffle(4, func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
		for _, f := range fields {
			pos := bases[f]
			for range rng.IntN([]int{8, 40, 4, 3}[f]) {
				pos += uint32(rng.IntN(3))
				if rng.IntN(200) == 0 {
					pos += 1000
				}
				d.words = append(d.words, word{f, term(), pos})
			}
		}
		if i%5 == 0 { // a word that is in many places, and more often than codes count
			for k := range rng.IntN(40) {
				d.words = append(d.words, word{k % 2, "often", bases[k%2] + uint32(k)})
			}
		}
		d.words = append(d.words, word{Abstract, "all", AbstractBase + uint32(rng.IntN(200))})
		for range rng.IntN(3) {
			d.tags = append(d.tags, fmt.Sprintf("\x01c%d", rng.IntN(10)))
		}
		d.tags = append(d.tags, "\x01s", fmt.Sprintf("\x02%d", i))
		d.columns = map[string]uint32{"time": rng.Uint32(), "pop": uint32(rng.IntN(300)), "flags": uint32(i % 8)}
		if i%3 == 0 {
			d.columns["norm"] = uint32(rng.IntN(70000))
		}
		if i%4 == 0 {
			d.columns["more"] = rng.Uint32()
		}
		for range rng.IntN(4) {
			d.facets = append(d.facets, facetValue{"cat", fmt.Sprint("c", rng.IntN(30))})
		}
		if i%10 == 0 {
			d.facets = append(d.facets, facetValue{"org", fmt.Sprint("Organisation ", rng.IntN(n))})
		}
		if i%6 != 0 {
			d.scale = rng.Float32() + 0.001
			d.code, d.int8s = make([]byte, codeSize), make([]int8, Dim)
			for k := range d.int8s {
				d.int8s[k] = int8(rng.IntN(255) - 127)
				if d.int8s[k] > 0 {
					d.code[k/8] |= 1 << (k % 8)
				}
			}
		}
	}
	return docs
}

// postingsOf is the index that a segment of the documents must be.
func postingsOf(docs []document) map[string][]posting {
	all := map[string][]posting{}
	for i, d := range docs {
		fields := map[string]map[uint32]int{} // by term and position
		for _, w := range d.words {
			if fields[w.term] == nil {
				fields[w.term] = map[uint32]int{}
			}
			if old, ok := fields[w.term][w.pos]; !ok || w.field < old {
				fields[w.term][w.pos] = w.field
			}
		}
		for term, at := range fields {
			var count [NumFields]int
			p := posting{Doc: uint32(i)}
			for pos, field := range at {
				count[field]++
				p.Positions = append(p.Positions, pos)
			}
			slices.Sort(p.Positions)
			p.Code = Code(count[0], count[1], count[2], count[3])
			all[term] = append(all[term], p)
		}
		for _, t := range d.tags {
			if l := all[t]; len(l) == 0 || l[len(l)-1].Doc != uint32(i) {
				all[t] = append(l, posting{Doc: uint32(i)})
			}
		}
	}
	return all
}

func (d document) norm(w Weights) uint16 {
	if v, ok := d.columns["norm"]; ok {
		return uint16(max(1, min(v, 65535)))
	}
	var title, abstract int
	for _, w := range d.words {
		switch w.field {
		case Title:
			title++
		case Abstract:
			abstract++
		}
	}
	return uint16(max(1, math.Round(float64(w[Title])*float64(title)+float64(abstract))))
}

func build(t testing.TB, docs []document) string {
	t.Helper()
	b := NewBuilder(testOptions)
	for _, d := range docs {
		d.addTo(b)
	}
	path := filepath.Join(t.TempDir(), "a.seg")
	if _, err := b.WriteFile(path); err != nil {
		t.Fatalf("write %d documents: %v", len(docs), err)
	}
	return path
}

func open(t testing.TB, path string) *Reader {
	t.Helper()
	r, err := Open(path)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// readList reads a whole list.
func readList(r *Reader, e Entry) ([]posting, error) {
	var out []posting
	p := r.Postings(e)
	for p.Next() != NoDoc {
		got := posting{Doc: p.Doc(), Code: p.Code()}
		if !e.Tag {
			got.Positions = p.Positions(nil)
		}
		out = append(out, got)
	}
	return out, p.Err()
}

// checkAll compares everything that a segment says with the documents.
func checkAll(t *testing.T, r *Reader, docs []document) {
	t.Helper()
	if r.Docs() != len(docs) {
		t.Fatalf("Docs() = %d, want %d", r.Docs(), len(docs))
	}
	want := postingsOf(docs)
	terms := make([]string, 0, len(want))
	for term := range want {
		terms = append(terms, term)
	}
	sort.Strings(terms)
	it, i := r.Terms(""), 0
	for ; it.Next(); i++ {
		if i >= len(terms) || string(it.Term()) != terms[i] {
			t.Fatalf("term %d is %q, want %q", i, it.Term(), terms[min(i, len(terms)-1)])
		}
		if i > 0 && it.Shared() != common([]byte(terms[i-1]), it.Term()) {
			t.Fatalf("term %q after %q: Shared() = %d", terms[i], terms[i-1], it.Shared())
		}
		e, ok, err := r.Lookup(terms[i])
		if !ok || err != nil || e != it.Entry() || e.Tag != IsTag(terms[i]) || int(e.DF) != len(want[terms[i]]) {
			t.Fatalf("Lookup(%q) = %+v %v %v, want %+v and %d documents", terms[i], e, ok, err, it.Entry(), len(want[terms[i]]))
		}
		got, err := readList(r, e)
		// cmp.Diff is asked only where there is a difference: it is slow.
		if !slices.EqualFunc(want[terms[i]], got, posting.equal) || err != nil {
			t.Fatalf("postings of %q (-want +got):\n%s%v", terms[i], cmp.Diff(want[terms[i]], got), err)
		}
	}
	if it.Err() != nil || i != len(terms) {
		t.Fatalf("%d terms, %v; want %d", i, it.Err(), len(terms))
	}
	checkColumns(t, r, docs)
	if err := r.Err(); err != nil {
		t.Fatalf("Err() = %v", err)
	}
}

func checkColumns(t *testing.T, r *Reader, docs []document) {
	t.Helper()
	norm, err1 := r.U16("norm")
	time, err2 := r.U32("time")
	pop, err3 := r.U8("pop")
	flags, err4 := r.U8("flags")
	more, err5 := r.U32("more")
	cat, err6 := r.Ordinals("cat")
	org, err7 := r.Ordinals("org")
	codes, err8 := r.Codes()
	for _, err := range []error{err1, err2, err3, err4, err5, err6, err7, err8} {
		if err != nil {
			t.Fatal(err)
		}
	}
	type row struct {
		Key        string
		Norm       uint16
		Time       uint32
		Pop, Flags uint8
		More       uint32
		Cat, Org   []string
		Code       []byte
		Int8       []int8
		Scale      float32
		FoundAt    uint32
		Found      bool
	}
	unique := func(d document, name string) (out []string) {
		for _, f := range d.facets {
			if f.name == name && !slices.Contains(out, f.value) {
				out = append(out, f.value)
			}
		}
		return out
	}
	named := func(c *OrdinalColumn, doc int) (out []string) {
		for _, o := range c.Of(uint32(doc), nil) {
			out = append(out, c.Names[o])
		}
		return out
	}
	for i, d := range docs {
		want := row{Key: d.key, Norm: d.norm(r.Info().Weights), Time: d.columns["time"], Pop: uint8(min(255, d.columns["pop"])),
			Flags: uint8(d.columns["flags"]), More: d.columns["more"], Cat: unique(d, "cat"), Org: unique(d, "org"),
			Int8: d.int8s, Scale: d.scale, FoundAt: uint32(i), Found: true}
		got := row{Norm: norm[i], Time: time[i], Pop: pop[i], Flags: flags[i], Cat: named(cat, i), Org: named(org, i)}
		if more != nil {
			got.More = more[i]
		}
		if d.scale > 0 {
			want.Code, got.Code = d.code, codes[i*codeSize:(i+1)*codeSize]
		}
		var err1, err2, err3 error
		got.Key, err1 = r.Key(uint32(i))
		got.FoundAt, got.Found, err2 = r.Find(d.key)
		got.Int8, got.Scale, err3 = r.Int8(uint32(i), new(Row))
		if !reflect.DeepEqual(want, got) || err1 != nil || err2 != nil || err3 != nil {
			t.Fatalf("document %d (-want +got):\n%s%v %v %v", i, cmp.Diff(want, got), err1, err2, err3)
		}
	}
	if doc, ok, err := r.Find("no such key"); ok || err != nil {
		t.Fatalf("Find of no key = %d, %v, %v", doc, ok, err)
	}
}
