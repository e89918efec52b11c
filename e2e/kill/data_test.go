package kill_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"broadsheet/internal/harvest/sourcetest"

	"github.com/klauspost/compress/zstd"
)

// testdata is the folder of real data, "" where there is none.
func testdata() string { return os.Getenv("TESTDATA_DIR") }

// snapshot writes the first n lines of the real snapshot, or invented ones,
// with a bad line now and then, packed.
func snapshot(t *testing.T, n int) string {
	t.Helper()
	next := func(i int) string { return snapshotLine(i) }
	if dir := testdata(); dir != "" {
		f, err := os.Open(filepath.Join(dir, "arxiv-sample.jsonl.zst"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		z, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1))
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		r := bufio.NewReaderSize(z, 1<<20)
		next = func(int) string {
			line, err := r.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			return line
		}
	}
	var b bytes.Buffer
	for i := range n {
		if i%700 == 350 {
			fmt.Fprintf(&b, "bad line %d\n", i)
		}
		b.WriteString(next(i))
	}
	return write(t, "snapshot.jsonl.zst", packed(t, b.Bytes()))
}

func packed(t *testing.T, b []byte) []byte {
	t.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return z.EncodeAll(b, nil)
}

func snapshotLine(i int) string {
	return fmt.Sprintf(`{"id":"%02d%02d.%05d","submitter":"A. Person","authors":"Ada Person and Bo Other","title":"On map number %d","comments":null,"journal-ref":null,"doi":null,"report-no":null,"categories":"cs.LG math.CO","license":null,"abstract":"  %s\n","versions":[{"version":"v1","created":"Mon, 1 Jun 2026 10:00:00 GMT"}],"update_date":"2026-06-02","authors_parsed":[["Person","Ada",""],["Other","Bo",""]]}`+"\n",
		15+i/10000%9, 1+i/800%12, i, i, strings.Repeat("We fold maps. ", 40))
}

// days writes an archive of n recorded days, the last of the real ones where
// there are any.
func days(t *testing.T, n int) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name string, body []byte) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(body); err != nil {
			t.Fatal(err)
		}
	}
	recorded := recordedDays(t)
	for i := range n {
		if len(recorded) > 0 {
			f := recorded[len(recorded)-n+i]
			add(f.Name, unzip(t, f))
			continue
		}
		// Every day features papers of the snapshot, too.
		add(fmt.Sprintf("2026-%02d-%02d.json", 3+i/28, 1+i%28), []byte("["+sourcetest.Entry(fmt.Sprintf("1501.%05d", i), "Featured", i)+","+
			sourcetest.Entry(fmt.Sprintf("2603.%05d", i+1), "Featured alone", i)+"]"))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return write(t, "days.zip", b.Bytes())
}

// recordedDays are the members of the real archive of days, in order.
func recordedDays(t *testing.T) []*zip.File {
	t.Helper()
	if testdata() == "" {
		return nil
	}
	r, err := zip.OpenReader(filepath.Join(testdata(), "daily-papers-days.zip"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r.File
}

func unzip(t *testing.T, f *zip.File) []byte {
	t.Helper()
	r, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func unpacked(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if b, err = z.DecodeAll(b, nil); err != nil {
		t.Fatal(err)
	}
	return b
}

func gzipped(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
