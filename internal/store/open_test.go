package store_test

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"broadsheet/internal/store"
)

// TestOpenWhileAnotherMakesIt opens a new database in the moment when another
// program makes it: SQLite then fails at once, without the wait that it was
// asked for, because both want to change the journal's kind.
func TestOpenWhileAnotherMakesIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new.db")
	other, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), "CREATE TABLE other (a)"); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(200*time.Millisecond, func() { tx.Commit() }) // while Open waits, in another program
	s, err := store.Open(t.Context(), "sqlite:"+path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
}
