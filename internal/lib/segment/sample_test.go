package segment

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"broadsheet/internal/lib/analyze"
)

// paper is what is used of a row of the arXiv snapshot.
type paper struct {
	ID         string     `json:"id"`
	Title      string     `json:"title"`
	Abstract   string     `json:"abstract"`
	Categories string     `json:"categories"`
	Authors    [][]string `json:"authors_parsed"`
}

// samplePapers gives the first n papers of the sample to f.
func samplePapers(tb testing.TB, n int, f func(paper)) {
	tb.Helper()
	dir := os.Getenv("TESTDATA_DIR")
	if dir == "" {
		tb.Skip("TESTDATA_DIR is not set: segments of real papers are not measured")
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
	for ; n > 0 && lines.Scan(); n-- {
		var p paper
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			tb.Fatal(err)
		}
		f(p)
	}
	if lines.Err() != nil {
		tb.Fatal(lines.Err())
	}
}

// analysed is papers as terms, small enough to hold many.
type analysed struct {
	ids   map[string]uint32
	terms []string
	docs  []analysedDoc
	text  analyze.Analyzer
}

type analysedDoc struct {
	key    string
	words  []uint64 // term << 32 | position << 8 | field
	tags   []uint32
	values []string
}

func (a *analysed) id(term string) uint32 {
	id, ok := a.ids[term]
	if !ok {
		id = uint32(len(a.terms))
		term = strings.Clone(term)
		a.ids[term] = id
		a.terms = append(a.terms, term)
	}
	return id
}

func (a *analysed) field(d *analysedDoc, field int, base, limit uint32, text string) {
	a.text.Document(text, func(t analyze.Token) {
		if t.Pos < limit && (field != Abstract || !t.Kind.Has(analyze.Stop)) {
			d.words = append(d.words, uint64(a.id(t.Term))<<32|uint64(base+t.Pos)<<8|uint64(field))
		}
	})
}

func (a *analysed) add(p paper) {
	if a.ids == nil {
		a.ids = map[string]uint32{}
	}
	d := analysedDoc{key: p.ID}
	a.field(&d, Title, TitleBase, 250, p.Title)
	a.field(&d, Abstract, AbstractBase, 30000, p.Abstract)
	var names []string
	for _, n := range p.Authors {
		if len(n) > 1 {
			names = append(names, n[1]+" "+n[0])
			d.tags = append(d.tags, a.id("\x01a"+analyze.Fold(n[0]+" "+n[1])))
		}
	}
	a.field(&d, Authors, AuthorsBase, 8000, strings.Join(names, ". "))
	for _, c := range strings.Fields(p.Categories) {
		d.values = append(d.values, strings.Clone(c))
		archive, _, _ := strings.Cut(c, ".")
		d.tags = append(d.tags, a.id("\x01c"+c), a.id("\x01c"+archive))
	}
	a.docs = append(a.docs, d)
}

// addTo adds documents; the vector's numbers are any, as they do not compress.
func (a *analysed) addTo(b *Builder, docs []analysedDoc, row []int8, code []byte) {
	for i := range docs {
		d := &docs[i]
		b.Begin(d.key)
		for _, w := range d.words {
			b.Term(int(w&0xff), a.terms[w>>32], uint32(w>>8)&0xffffff)
		}
		for _, t := range d.tags {
			b.Tag(a.terms[t])
		}
		b.Column("time", uint32(i))
		b.Column("pop", uint32(i)&15)
		b.Column("flags", uint32(i)&1)
		for _, v := range d.values {
			b.Ordinal("cat", v)
		}
		b.VectorInt8(code, row, 0.01)
	}
}

func anyVector() (row []int8, code []byte) {
	rng := rand.New(rand.NewPCG(5, 5))
	row, code = make([]int8, Dim), make([]byte, codeSize)
	for i := range row {
		row[i] = int8(rng.IntN(255) - 127)
	}
	return row, code
}

// sampleOf gives n analysed papers, the same in all benchmarks.
func sampleOf(tb testing.TB, n int) *analysed {
	if sample == nil || len(sample.docs) < n {
		sample = new(analysed)
		samplePapers(tb, n, sample.add)
	}
	return sample
}

var sample *analysed

// buildSample writes n papers in segments of at most size each.
func buildSample(tb testing.TB, n, size int) (paths []string) {
	a := sampleOf(tb, n)
	row, code := anyVector()
	b := NewBuilder(testOptions)
	dir := tb.TempDir()
	for docs := range slices.Chunk(a.docs[:min(n, len(a.docs))], size) {
		b.Reset()
		a.addTo(b, docs, row, code)
		path := filepath.Join(dir, fmt.Sprintf("%d.seg", len(paths)))
		if _, err := b.WriteFile(path); err != nil {
			tb.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

const benchDocs = 30_000

// BenchmarkBuild adds analysed papers to a Builder and writes the segment, synced.
func BenchmarkBuild(b *testing.B) {
	a := sampleOf(b, benchDocs)
	row, code := anyVector()
	builder := NewBuilder(testOptions)
	path := filepath.Join(b.TempDir(), "a.seg")
	words := 0
	for _, d := range a.docs {
		words += len(d.words)
	}
	var adding time.Duration
	for b.Loop() {
		start := time.Now()
		builder.Reset()
		a.addTo(builder, a.docs, row, code)
		adding += time.Since(start)
		if _, err := builder.WriteFile(path); err != nil {
			b.Fatal(err)
		}
	}
	n := float64(len(a.docs) * b.N)
	b.ReportMetric(n/b.Elapsed().Seconds(), "papers/s")
	b.ReportMetric(float64(adding.Nanoseconds())/n, "ns-adding/paper")
	b.ReportMetric(float64(words)/float64(len(a.docs)), "terms/paper")
	b.ReportMetric(float64(builder.Bytes())/float64(len(a.docs)), "B-held/paper")
}

// BenchmarkMerge merges ten segments, of whose documents every twentieth is dead.
func BenchmarkMerge(b *testing.B) {
	for _, alive := range []bool{true, false} {
		b.Run(fmt.Sprintf("all alive %v", alive), func(b *testing.B) {
			var parts []Part
			for _, p := range buildSample(b, benchDocs, benchDocs/10) {
				part := Part{Reader: open(b, p)}
				if !alive {
					part.Live = make([]uint64, (part.Reader.Docs()+63)/64)
					for d := range part.Reader.Docs() {
						if d%20 != 0 {
							part.Live[d/64] |= 1 << (d % 64)
						}
					}
				}
				parts = append(parts, part)
			}
			path := filepath.Join(b.TempDir(), "merged.seg")
			for b.Loop() {
				if _, err := Merge(b.Context(), path, parts, testOptions); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(benchDocs*b.N)/b.Elapsed().Seconds(), "papers/s")
		})
	}
}

// BenchmarkSize makes one segment of the whole sample and says what each section
// takes of it. Run it with -benchtime 1x -v.
func BenchmarkSize(b *testing.B) {
	const size = 25_000
	row, code := anyVector()
	dir := b.TempDir()
	builder := NewBuilder(testOptions)
	var parts []Part
	var a analysed
	flush := func() {
		a.addTo(builder, a.docs, row, code)
		path := filepath.Join(dir, fmt.Sprintf("%d.seg", len(parts)))
		if _, err := builder.WriteFile(path); err != nil {
			b.Fatal(err)
		}
		parts = append(parts, Part{Reader: open(b, path)})
		builder.Reset()
		a = analysed{}
	}
	samplePapers(b, 1<<30, func(p paper) {
		if a.add(p); len(a.docs) == size {
			flush()
		}
	})
	flush()
	path := filepath.Join(dir, "all.seg")
	for b.Loop() {
		start := time.Now()
		info, err := Merge(b.Context(), path, parts, testOptions)
		if err != nil {
			b.Fatal(err)
		}
		merging := time.Since(start)
		start = time.Now()
		r := open(b, path)
		opening := time.Since(start)
		start = time.Now()
		if _, _, err := r.Lookup("quantum"); err != nil {
			b.Fatal(err)
		}
		looking := time.Since(start)
		start = time.Now()
		if err := r.Verify(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
		n := float64(info.Docs)
		b.Logf("%d papers, %d terms, %.1f postings a paper; merge of %d %.0f papers/s, open %v, first look-up %v, verify %v",
			info.Docs, info.Terms, float64(info.Postings)/n, len(parts), n/merging.Seconds(), opening, looking, time.Since(start))
		for _, s := range info.Sections {
			b.Logf("%-16s %8.1f B a paper", s.Name, float64(s.Size)/n)
		}
		b.Logf("%-16s %8.1f B a paper", "all", float64(info.Size)/n)
		if lists, err := listSizes(r); err != nil {
			b.Error(err)
		} else {
			b.Log(lists)
		}
		b.ReportMetric(float64(info.Size)/n, "B/paper")
	}
}

// listSizes divides the section of posting lists into what is in it.
func listSizes(r *Reader) (string, error) {
	var meta, docs, codes, pos, short, tags int64
	var p Postings
	it := r.Terms("")
	for it.Next() {
		e := it.Entry()
		p.Reset(r, e)
		switch {
		case e.Tag:
			tags += e.size
			continue
		case e.DF <= shortList:
			p.readShort()
			short += p.code
		default:
			meta += p.lay.data
			docs += p.code - p.lay.data
		}
		codes += p.pos - p.code
		pos += e.size - p.pos
	}
	n := float64(r.Docs())
	return fmt.Sprintf("of post: metadata %.1f, gaps %.1f, gaps of short lists %.1f, codes %.1f, positions %.1f, tags %.1f",
		float64(meta)/n, float64(docs)/n, float64(short)/n, float64(codes)/n, float64(pos)/n, float64(tags)/n), it.Err()
}
