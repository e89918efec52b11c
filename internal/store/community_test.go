package store

import (
	"database/sql"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// notCarried are the tables that a copy does not take row by row, and why.
var notCarried = map[string]string{
	"papers": "as papers", "paper_texts": "as papers", "paper_ids": "as papers", "list_entries": "as papers", "features": "as papers", "feature_records": "as papers",
	"organizations": "as facts", "people": "as facts", "sources": "as sources", "rejects": "as rejects", "suppressions": "merged",
	"changes": "made anew as papers are stored", "cursors": "those that matter by name", "jobs": "of the program that runs there",
	"pictures": "fetched anew", "vectors": "made anew", "vector_models": "made anew", "author_names": "made of claims and aliases",
	"sessions": "who is signed in here is not there", "tickets": "steps of signing in, ten minutes long", "notices": "counts of one day",
	"schema_migrations": "the program's", "sqlite_sequence": "SQLite's",
}

// leftBehind are columns that a copy does not take, and why.
var leftBehind = map[string]string{"votes.client": "from which network somebody votes is looked at here, and forgotten in a week"}

// TestCopyTakesAllTables: who adds a table says how it gets into another database;
// who adds a column to one of those that go row by row adds it there.
func TestCopyTakesAllTables(t *testing.T) {
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "test.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	names := func(text string, args ...any) []string {
		rows, err := s.query(t.Context(), text, args...)
		out, err := collect(rows, err, func(r *sql.Rows) (n string, err error) { return n, r.Scan(&n) })
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	said := maps.Clone(notCarried)
	for _, m := range deliveryTables {
		said[m.table] = "with the ledger"
	}
	for _, c := range communityTables {
		said[c.table] = "row by row"
		want := slices.DeleteFunc(names(`SELECT name FROM pragma_table_info($1)`, c.table), func(n string) bool {
			return n == "id" && c.order == "id" /* its number is each database's own */ || leftBehind[c.table+"."+n] != ""
		})
		var got []string
		for _, col := range c.columns {
			got = append(got, col.name)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("columns of %s (-in the database +carried):\n%s", c.table, d)
		}
	}
	tables := names(`SELECT name FROM sqlite_master WHERE type = 'table'`)
	for _, name := range tables {
		if said[name] == "" {
			t.Errorf("nothing says how the table %s gets into another database: see communityTables in community.go", name)
		}
		delete(said, name)
	}
	for name, how := range said {
		t.Errorf("there is no table %s (%s)", name, how)
	}
}
