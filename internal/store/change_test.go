package store

import (
	"path/filepath"
	"strings"
	"testing"
)

// A look at the rest of the feed for each of its changes takes hours on
// millions of them.
func TestNeedlessChangesAreFoundInOnePass(t *testing.T) {
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "test.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows, err := s.query(t.Context(), "EXPLAIN QUERY PLAN "+s.dialect.needlessChanges(), 0, 1<<40, 10)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(step, "CORRELATED") {
			t.Errorf("the plan has the step %q, want none for each change", step)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
