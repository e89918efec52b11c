package boot

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/search"
	"broadsheet/internal/search/index"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/klauspost/compress/zstd"
)

// memory is a source of papers that costs nothing to read.
type memory struct {
	papers []broadsheet.Paper
	at     map[string]int
}

func (m *memory) Changes(_ context.Context, cursor string, limit int) (out []broadsheet.Change, err error) {
	from := 0
	if cursor != "" {
		from = m.at[cursor] + 1
	}
	for _, p := range m.papers[from:min(from+limit, len(m.papers))] {
		out = append(out, broadsheet.Change{Cursor: p.ID, PaperID: p.ID, Kind: broadsheet.ChangePaper})
	}
	return out, nil
}

func (m *memory) Papers(_ context.Context, ids []string) ([]broadsheet.Paper, error) {
	out := make([]broadsheet.Paper, len(ids))
	for i, id := range ids {
		out[i] = m.papers[m.at[id]]
	}
	return out, nil
}

func (m *memory) Lag(context.Context, string) (int64, error) { return 0, nil }
func (m *memory) Generation() uint64                         { return 0 }

// sampled reads n papers of the snapshot in TESTDATA_DIR.
func sampled(b *testing.B, n int) *memory {
	b.Helper()
	dir := os.Getenv("TESTDATA_DIR")
	if dir == "" {
		b.Skip("left out: TESTDATA_DIR names no folder with the snapshot")
	}
	f, err := os.Open(filepath.Join(dir, "arxiv-sample.jsonl.zst"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		b.Fatal(err)
	}
	defer z.Close()
	m := &memory{at: map[string]int{}}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 4<<20)
	for len(m.papers) < n && lines.Scan() {
		var rec struct {
			ID, Title, Abstract, Categories, Comments string
			Parsed                                    [][]string `json:"authors_parsed"`
			Versions                                  []struct{ Created string }
		}
		if err := json.Unmarshal(lines.Bytes(), &rec); err != nil {
			b.Fatal(err)
		}
		p := broadsheet.Paper{ID: rec.ID, Title: rec.Title, Abstract: strings.Join(strings.Fields(rec.Abstract), " "),
			Categories: strings.Fields(rec.Categories), Note: rec.Comments}
		for _, a := range rec.Parsed {
			if len(a) > 1 {
				name := a[1] + " " + a[0]
				p.Authors = append(p.Authors, broadsheet.Author{Name: name, Key: broadsheet.AuthorKey(name)})
			}
		}
		if len(rec.Versions) > 0 {
			p.PublishedAt, _ = time.Parse(time.RFC1123, rec.Versions[0].Created)
		}
		m.at[p.ID] = len(m.papers)
		m.papers = append(m.papers, p)
	}
	return m
}

// BenchmarkIndex builds an index of real papers that lie in memory, merges and
// vectors included.
func BenchmarkIndex(b *testing.B) {
	source := sampled(b, benchPapers)
	build(b, source, len(source.papers))
}

// BenchmarkIndexSQLite does so with papers in a database.
func BenchmarkIndexSQLite(b *testing.B) {
	source := sampled(b, benchPapers)
	s := storetest.Open(b)
	for part := range slices.Chunk(source.papers, 5000) {
		if _, err := s.Put(b.Context(), store.Batch{Papers: part}); err != nil {
			b.Fatal(err)
		}
	}
	build(b, s, len(source.papers))
}

const benchPapers = 60_000

func build(b *testing.B, source search.Source, papers int) {
	models, err := NewModels(nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		x, err := index.Open(b.TempDir(), index.Options{Setup: index.Setup{Analyzer: search.DocumentVersion, Model: models.Embedder().Name()}})
		if err != nil {
			b.Fatal(err)
		}
		ctx, cancel := context.WithCancel(b.Context())
		merged := make(chan struct{})
		go func() { defer close(merged); x.Run(ctx) }()
		in := search.NewIndexer(search.IndexerOptions{Index: x, Source: source, Embedder: models.Embedder(), Category: app.CategoryName, Memory: 128 << 20})
		begin, cpu := time.Now(), cpuTime(b)
		if err := in.CatchUp(ctx, x.Writer()); err != nil {
			b.Fatal(err)
		}
		took := time.Since(begin)
		cancel()
		<-merged
		if err := x.Maintain(b.Context()); err != nil {
			b.Fatal(err)
		}
		st := x.Stats()
		b.ReportMetric(float64(papers)/took.Seconds(), "papers/s")
		b.ReportMetric(float64((cpuTime(b)-cpu).Microseconds())/float64(papers), "cpu-µs/paper")
		b.ReportMetric(float64(st.Bytes)/float64(st.Docs), "bytes/paper")
		b.ReportMetric(float64(st.Segments), "segments")
		b.ReportMetric(float64(st.Merges), "merges")
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapSys)/(1<<20), "MiB-heap")
		x.Close()
	}
}

// cpuTime is what the processors spent on this process: it also means something
// where others use them too.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
