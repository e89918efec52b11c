package store

import (
	"context"
	"strings"
)

// bulk gathers rows for one table and inserts many of them with one
// statement: most of what an insert costs is getting to the database.
type bulk struct {
	tx      *txn
	head    string // INSERT INTO table (columns) VALUES
	tail    string // ON CONFLICT …
	columns int
	most    int // rows in a statement
	args    []any
	texts   map[int]string // by rows
}

// newBulk inserts into table (a, b, c); tail is the conflict clause or "".
func (s *Store) newBulk(tx *txn, table, columns, tail string) *bulk {
	n := strings.Count(columns, ",") + 1
	return &bulk{tx: tx, head: "INSERT INTO " + table + " (" + columns + ") VALUES ", tail: " " + tail,
		columns: n, texts: map[int]string{}, most: min(64, s.dialect.maxArgs()/n)}
}

// add queues a row and inserts when a statement is full.
func (b *bulk) add(ctx context.Context, row ...any) error {
	b.args = append(b.args, row...)
	if len(b.args) >= b.most*b.columns {
		return b.insert(ctx, b.most)
	}
	return nil
}

// flush inserts what is left, in powers of two so that few texts are prepared.
func (b *bulk) flush(ctx context.Context) error {
	for n := b.most; len(b.args) > 0; n /= 2 {
		for len(b.args) >= max(n, 1)*b.columns {
			if err := b.insert(ctx, max(n, 1)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *bulk) insert(ctx context.Context, rows int) error {
	text, ok := b.texts[rows]
	if !ok {
		text = b.text(rows)
		b.texts[rows] = text
	}
	n := rows * b.columns
	if _, err := b.tx.exec(ctx, text, b.args[:n]...); err != nil {
		return err
	}
	b.args = b.args[:copy(b.args, b.args[n:])]
	return nil
}

func (b *bulk) text(rows int) string {
	var t strings.Builder
	t.WriteString(b.head)
	for i := range rows {
		if i > 0 {
			t.WriteString(", ")
		}
		t.WriteByte('(')
		for j := range b.columns {
			if j > 0 {
				t.WriteByte(',')
			}
			t.WriteString(b.tx.dialect.placeholder(i*b.columns + j + 1))
		}
		t.WriteByte(')')
	}
	t.WriteString(b.tail)
	return t.String()
}
