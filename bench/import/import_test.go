// Package importbench holds the import of arXiv's metadata snapshot against
// plain batched inserts of the same rows into all the tables, in the same run
// and on the same kind of database:
//
//	TESTDATA_DIR=… go test -run '^$' -bench . ./bench/import -papers 60000
//
// -papers 0 takes the whole sample. The peer reads the rows of the finished
// database, untimed, and inserts them into an empty one with the same tables
// and indexes: many rows a statement, as many papers a transaction, in the
// order of the papers, looking nothing up and merging nothing. What an import
// does besides is unpacking, reading JSON, cleaning text, finding what is
// there already, and keeping its place.
package importbench

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
	"broadsheet/internal/transfer"

	"github.com/klauspost/compress/zstd"
)

var papers = flag.Int("papers", 60_000, "papers of the sample to import; 0 is all")

// batch is the number of papers in a transaction, on both sides.
const batch = 5000

func BenchmarkSQLite(b *testing.B) {
	compare(b, func() *store.Store { return storetest.Open(b) })
}

func BenchmarkPostgres(b *testing.B) {
	compare(b, func() *store.Store { return storetest.OpenDSN(b, storetest.PostgresDSN(b)) })
}

func compare(b *testing.B, open func() *store.Store) {
	path := sample(b)
	var imported, inserted spent
	var n int
	var peak float64
	for b.Loop() {
		s := open()
		resetPeak()
		start := now()
		rep, err := transfer.Import(b.Context(), s, []string{path}, transfer.Options{Batch: batch})
		if err != nil {
			b.Fatal(err)
		}
		imported.since(start)
		n += rep.Papers
		peak = max(peak, peakMiB(b))
		if err := plain(b.Context(), s, open(), &inserted); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/imported.wall.Seconds(), "papers/s")
	b.ReportMetric(float64(n)/inserted.wall.Seconds(), "plain-papers/s")
	b.ReportMetric(imported.wall.Seconds()/inserted.wall.Seconds(), "x-of-plain")
	b.ReportMetric(float64(n)/imported.cpu.Seconds(), "papers/cpu-s")
	b.ReportMetric(imported.cpu.Seconds()/inserted.cpu.Seconds(), "x-of-plain-cpu")
	b.ReportMetric(peak, "peak-MiB")
	b.ReportMetric(0, "ns/op")
}

// spent is time passed and processor time used by this process; the second
// says more on a machine that others use. PostgreSQL's own work is only in the
// first.
type spent struct{ wall, cpu time.Duration }

// now is a moment to count from.
func now() spent {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // no system knows a process of which this is not true
	}
	return spent{time.Duration(time.Now().UnixNano()), time.Duration(u.Utime.Nano() + u.Stime.Nano())}
}

func (s *spent) since(start spent) {
	end := now()
	s.wall += end.wall - start.wall
	s.cpu += end.cpu - start.cpu
}

// sample is the beginning of the sample, packed as it comes.
func sample(b *testing.B) string {
	dir := os.Getenv("TESTDATA_DIR")
	if dir == "" {
		b.Skip("left out: TESTDATA_DIR names no folder with arxiv-sample.jsonl.zst")
	}
	path := filepath.Join(dir, "arxiv-sample.jsonl.zst")
	if *papers == 0 {
		return path
	}
	in, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer in.Close()
	part, err := head(in, filepath.Join(b.TempDir(), "sample.jsonl.zst"), *papers)
	if err != nil {
		b.Fatal(err)
	}
	return part
}

func head(in io.Reader, path string, lines int) (string, error) {
	d, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return "", err
	}
	defer d.Close()
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	z, err := zstd.NewWriter(f)
	if err != nil {
		return "", err
	}
	r := bufio.NewReaderSize(d, 1<<20)
	for range lines {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		if _, err := z.Write(line); err != nil {
			return "", err
		}
	}
	return path, errors.Join(z.Close(), f.Close())
}

// table is one that an import of papers fills; its rows are read in the order
// of papers.
type table struct {
	name, columns, order string
}

var tables = []table{
	{"papers", "id, key, origin, published_at, updated_at, announced_on, seen_at, categories, has_code, withdrawn, " +
		"imported_votes, imported_comments, votes, comments", "id"},
	{"paper_texts", "paper_id, title, abstract, tldr, authors, details", "paper_id"},
	{"paper_ids", "paper_id, ident", "paper_id, ident"},
	{"list_entries", "paper_id, kind, key, at", "paper_id, kind, key"},
	{"changes", "seq, kind, key", "seq"}, // one a paper
}

// plain inserts the rows of from into to and counts what the inserts take.
func plain(ctx context.Context, from, to *store.Store, took *spent) error {
	cursors := make([]*cursor, len(tables))
	for i, t := range tables {
		c, err := open(ctx, from, t)
		if err != nil {
			return err
		}
		defer c.db.Close()
		defer c.rows.Close()
		cursors[i] = c
	}
	for last := int64(batch); ; last += batch {
		var parts [][][]any
		rows := 0
		for _, c := range cursors {
			part, err := c.until(last)
			if err != nil {
				return err
			}
			rows += len(part)
			parts = append(parts, part)
		}
		if rows == 0 {
			return nil
		}
		start := now()
		if err := insert(ctx, to, parts); err != nil {
			return err
		}
		took.since(start)
	}
}

// cursor walks over a table's rows; the first column is the paper's number.
type cursor struct {
	db      *sql.DB
	rows    *sql.Rows
	columns int
	ahead   []any
}

// open reads over a connection of its own, beside the store's.
func open(ctx context.Context, from *store.Store, t table) (*cursor, error) {
	driver, name := "sqlite", "file:"+from.Path()+"?mode=ro"
	if from.Dialect() == "postgres" {
		driver, name = "pgx", from.Pool().Config().ConnString()
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, "SELECT "+t.columns+" FROM "+t.name+" ORDER BY "+t.order)
	return &cursor{db: db, rows: rows, columns: strings.Count(t.columns, ",") + 1}, err
}

func (c *cursor) until(last int64) (part [][]any, err error) {
	for {
		if c.ahead == nil {
			if !c.rows.Next() {
				return part, c.rows.Err()
			}
			row, into := make([]any, c.columns), make([]any, c.columns)
			for i := range row {
				into[i] = &row[i]
			}
			if err := c.rows.Scan(into...); err != nil {
				return nil, err
			}
			c.ahead = row
		}
		if c.ahead[0].(int64) > last {
			return part, nil
		}
		part, c.ahead = append(part, c.ahead), nil
	}
}

// insert is one transaction of plain multi-row inserts.
func insert(ctx context.Context, s *store.Store, parts [][][]any) error {
	tx, err := s.Writer().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for i, t := range tables {
		if err := insertRows(ctx, tx, s.Dialect(), t, parts[i]); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return tx.Commit()
}

func insertRows(ctx context.Context, tx *sql.Tx, dialect string, t table, rows [][]any) error {
	const most = 64 // rows a statement: more gained nothing
	var full *sql.Stmt
	for len(rows) > 0 {
		n := min(most, len(rows))
		args := make([]any, 0, n*len(rows[0]))
		for _, r := range rows[:n] {
			args = append(args, r...)
		}
		st := full
		if n < most || full == nil {
			var err error
			if st, err = tx.PrepareContext(ctx, text(dialect, t, n, len(rows[0]))); err != nil {
				return err
			}
			defer st.Close()
		}
		if n == most {
			full = st
		}
		if _, err := st.ExecContext(ctx, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func text(dialect string, t table, rows, columns int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES ", t.name, t.columns)
	for i := range rows * columns {
		switch {
		case i == 0:
			b.WriteByte('(')
		case i%columns == 0:
			b.WriteString("),(")
		default:
			b.WriteByte(',')
		}
		if dialect == "postgres" {
			fmt.Fprintf(&b, "$%d", i+1)
		} else {
			b.WriteByte('?')
		}
	}
	b.WriteByte(')')
	return b.String()
}

// resetPeak and peakMiB measure the most memory that was resident, where the
// system tells (Linux).
func resetPeak() { os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o600) }

func peakMiB(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kib float64
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		b.Logf("peak memory: %v", err)
	}
	return kib / 1024
}
