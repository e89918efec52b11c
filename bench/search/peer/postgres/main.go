// Command postgres measures PostgreSQL's text search as a peer: a tsvector of
// title and abstract in the language english, a GIN index, ts_rank. The server
// is that of BROADSHEET_TEST_POSTGRES.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"broadsheet/bench/search/corpus"
	"broadsheet/bench/search/peer"

	"github.com/jackc/pgx/v5"
)

func main() {
	peer.Main(func(string) (peer.Engine, error) { return open(context.Background()) })
}

type engine struct {
	ctx     context.Context
	conn    *pgx.Conn
	version string
	batch   [][]any
}

func open(ctx context.Context) (*engine, error) {
	url := os.Getenv("BROADSHEET_TEST_POSTGRES")
	if url == "" {
		return nil, fmt.Errorf("BROADSHEET_TEST_POSTGRES is not set: it names a server, as scripts/postgres.sh starts one")
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, err
	}
	e := &engine{ctx: ctx, conn: conn}
	if err := conn.QueryRow(ctx, "SHOW server_version").Scan(&e.version); err != nil {
		return nil, err
	}
	return e, e.exec(
		"DROP TABLE IF EXISTS bench_raw, bench_docs",
		"CREATE UNLOGGED TABLE bench_raw (id text, title text, abstract text)",
		"SET maintenance_work_mem = '1GB'", "SET work_mem = '256MB'", "SET jit = off", "SET max_parallel_workers_per_gather = 0")
}

func (e *engine) exec(all ...string) error {
	for _, sql := range all {
		if _, err := e.conn.Exec(e.ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

// Name is what it is.
func (e *engine) Name() string { return "PostgreSQL " + strings.Fields(e.version)[0] + " GIN" }

// Add collects rows for COPY.
func (e *engine) Add(d peer.Doc) error {
	e.batch = append(e.batch, []any{d.ID, d.Title, d.Abstract})
	if len(e.batch) < 10000 {
		return nil
	}
	return e.flush()
}

func (e *engine) flush() error {
	_, err := e.conn.CopyFrom(e.ctx, pgx.Identifier{"bench_raw"}, []string{"id", "title", "abstract"}, pgx.CopyFromRows(e.batch))
	e.batch = e.batch[:0]
	return err
}

// Finish makes the vectors and the index.
func (e *engine) Finish() error {
	if err := e.flush(); err != nil {
		return err
	}
	return e.exec(`CREATE UNLOGGED TABLE bench_docs AS SELECT id, setweight(to_tsvector('english', title), 'A') ||
		to_tsvector('english', abstract) AS words FROM bench_raw`,
		"CREATE INDEX bench_words ON bench_docs USING gin(words)", "ANALYZE bench_docs")
}

// Size is that of the vectors and the index, without the text.
func (e *engine) Size() (n int64, err error) {
	err = e.conn.QueryRow(e.ctx, "SELECT pg_total_relation_size('bench_docs')").Scan(&n)
	return n, err
}

// Ask asks as ts_rank orders.
func (e *engine) Ask(q corpus.Query) (int, error) {
	between := " | "
	switch q.Class {
	case corpus.ClassAll:
		between = " & "
	case corpus.ClassPhrase:
		between = " <-> "
	}
	rows, err := e.conn.Query(e.ctx, `SELECT id FROM bench_docs, to_tsquery('english', $1) q WHERE words @@ q
		ORDER BY ts_rank(words, q) DESC LIMIT 20`, strings.Join(q.Words, between))
	if err != nil {
		return 0, err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return len(ids), err
}
