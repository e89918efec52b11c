package transfer_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"broadsheet/internal/store"
	"broadsheet/internal/transfer"

	"github.com/klauspost/compress/zstd"
)

// snapshotLine is a record of the snapshot layout, made up.
func snapshotLine(i int) string {
	day := time.Date(2019, 3, 1, 9, 30, 0, 0, time.UTC).Add(time.Duration(i) * 7 * time.Hour)
	return fmt.Sprintf(`{"id":"%s.%05d","submitter":"S. Ubmitter %d","authors":"Ann Author and Bob \\'Etude","title":"Made-up paper\n  number %d","comments":"%d pages",`+
		`"journal-ref":null,"doi":"10.1000/made.%d","report-no":null,"categories":"cs.LG math.NA","license":"http://example.org/l",`+
		`"abstract":"  We make up $x_{%d}$ and\n  say so. %x","versions":[{"version":"v1","created":"%s"}],"update_date":"%s",`+
		`"authors_parsed":[["Author","Ann",""],["\\'Etude","Bob","Jr."]]}`,
		day.Format("0601"), i%99999, i%50, i, i%40, i, i, sha512.Sum512([]byte{byte(i), byte(i >> 8), byte(i >> 16)}), day.Format("Mon, 2 Jan 2006 15:04:05 GMT"), day.AddDate(0, 1, 0).Format(time.DateOnly))
}

// snapshotFile is n such records.
func snapshotFile(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		b.WriteString(snapshotLine(i))
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// entry is an element of a recorded day, made up.
func entry(id string, votes int) string {
	return fmt.Sprintf(`{"paper":{"id":"%s","authors":[{"_id":"a1","name":"Ann Author","hidden":false}],"publishedAt":"2024-05-26T10:00:00.000Z",`+
		`"title":"Made-up %s","summary":"Made up.","upvotes":%d,"organization":{"_id":"o1","name":"lab","fullname":"The Lab","avatar":"https://example.org/lab.png"},`+
		`"ai_keywords":["Heat","engines"],"githubRepo":"https://example.org/code","githubStars":5},`+
		`"publishedAt":"2024-05-27T01:00:00.000Z","title":"Made-up %s","numComments":2,"submittedBy":{"_id":"u1","name":"sub","fullname":"Sub Mitter"},"unheardOf":{"a":[1]}}`,
		id, id, votes, id)
}

func write(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func gz(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

func zst(data []byte) []byte {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		panic(err)
	}
	return w.EncodeAll(data, nil)
}

// zipped packs members, given as name, content, name, content.
func zipped(members ...string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		m, err := w.Create(members[i])
		if err != nil {
			panic(err)
		}
		m.Write([]byte(members[i+1]))
	}
	w.Close()
	return b.Bytes()
}

// load imports what must go in without trouble.
func load(t testing.TB, s *store.Store, opt transfer.Options, paths ...string) transfer.Report {
	t.Helper()
	rep, err := transfer.Import(t.Context(), s, paths, opt)
	if err != nil {
		t.Fatalf("import %s: %v", paths, err)
	}
	return rep
}

// export is everything in s.
func export(t testing.TB, s *store.Store) string {
	t.Helper()
	var b strings.Builder
	if _, err := transfer.Export(t.Context(), s, &b, transfer.ExportOptions{}); err != nil {
		t.Fatalf("export: %v", err)
	}
	return b.String()
}

// differ names the first line in which two exports differ.
func differ(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("line %d:\n%.600s\n%.600s", i+1, x[i], y[i])
		}
	}
	return fmt.Sprintf("%d lines and %d", len(x), len(y))
}

// rejects are the references and reasons of what was kept aside.
func rejects(t testing.TB, s *store.Store) []string {
	t.Helper()
	list, err := s.Rejects(t.Context(), store.RejectQuery{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range list {
		out = append(out, r.Ref+" "+r.Reason)
	}
	return out
}
