package static

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

func BenchmarkDecode(b *testing.B) {
	for b.Loop() {
		if _, err := Decode(builtin); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVector embeds real papers where TESTDATA_DIR has the sample, else
// made-up ones, on one core.
func BenchmarkVector(b *testing.B) {
	m, err := Load()
	if err != nil {
		b.Fatal(err)
	}
	texts := papers(b, 2000)
	dst := make([]float32, Dim)
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		m.Vector(dst, texts[i%len(texts)])
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "papers/s")
}

func papers(b *testing.B, n int) []string {
	b.Helper()
	dir := os.Getenv("TESTDATA_DIR")
	if dir == "" {
		return []string{strings.Repeat("We study the convergence of stochastic gradient descent for deep neural networks and prove bounds. ", 11)}
	}
	f, err := os.Open(filepath.Join(dir, "arxiv-sample.jsonl.zst"))
	if err != nil {
		b.Skip(err)
	}
	defer func() { _ = f.Close() }()
	z, err := zstd.NewReader(f)
	if err != nil {
		b.Fatal(err)
	}
	defer z.Close()
	var out []string
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 1<<24)
	for len(out) < n && sc.Scan() {
		var p struct{ Title, Abstract string }
		if err := json.Unmarshal(sc.Bytes(), &p); err != nil {
			b.Fatal(err)
		}
		out = append(out, p.Title+"\n"+p.Abstract)
	}
	return out
}
