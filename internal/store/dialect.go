package store

import (
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"time"
)

// dialect is where the two databases differ; the rest of the SQL is shared.
type dialect interface {
	name() string
	rebind(text string) string // $1 to the driver's own form
	maxArgs() int              // placeholders in one statement
	// placeholder is the nth of a text that names each once and in order.
	// SQLite looks a numbered one up in a list: with ?1 … ?832 a sixth of an
	// import went there.
	placeholder(n int) string
	// nextIDs is a query that gives n fresh ids for papers, $1 being n.
	nextIDs() string
	// changesAfter reads kind, key and cursor of at most $3 changes after the
	// cursor ($1, $2), in an order that never changes; head is the newest.
	changesAfter() string
	head() string
	// needlessChanges finds xid and seq of at most $3 changes up to the cursor
	// ($1, $2) that a later one to the same paper follows, in one pass over the
	// feed; deleteChange removes one.
	needlessChanges() string
	deleteChange() string
	// lockRows ends a query of rows that are read to be written again, so that
	// no other writer does the same in between.
	lockRows() string
	// shareRow ends a query of a row that must not change until the transaction
	// ends.
	shareRow() string
	committers() int           // transactions of small writes at once
	size() string              // bytes the database takes
	tables() string            // names of the tables
	guess(table string) string // about how many rows a table has
	collision(err error) bool  // two writers met: try again
	explain(err error) (text, fix string)
}

// rebindNumbered writes $1 as ?1. Numbered on both sides: with plain ? the
// order of appearance would silently win over the number.
func rebindNumbered(text string) string { return strings.ReplaceAll(text, "$", "?") }

// placeholders is "$from, …" for n arguments.
func placeholders(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(from + i))
	}
	return b.String()
}

// anys makes arguments of a slice.
func anys[T any](xs []T) []any {
	out := make([]any, len(xs))
	for i, x := range xs {
		out[i] = x
	}
	return out
}

// micros is t for a column; nil where unknown.
func micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// sortMicros is t where a column may not be NULL; 0 where unknown.
func sortMicros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(v sql.NullInt64) time.Time {
	if !v.Valid {
		return time.Time{}
	}
	return microTime(v.Int64)
}

// text is s for a column that may be NULL.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func asError[T error](err error, target *T) bool { return errors.As(err, target) }

func microTime(v int64) time.Time { return time.UnixMicro(v).UTC() }
