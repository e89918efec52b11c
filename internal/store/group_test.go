package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"broadsheet"
)

// openBare gives a migrated SQLite store to tests of what no other package sees.
func openBare(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "test.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if _, _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// onEach runs test on SQLite and, where a server is named, in a schema of its own on
// PostgreSQL. (Package storetest imports this one.)
func onEach(t *testing.T, test func(t *testing.T, s *Store)) {
	t.Run("sqlite", func(t *testing.T) { test(t, openBare(t)) })
	t.Run("postgres", func(t *testing.T) {
		server := os.Getenv("BROADSHEET_TEST_POSTGRES")
		if server == "" {
			t.Skip("left out on PostgreSQL: BROADSHEET_TEST_POSTGRES names no server")
		}
		schema := fmt.Sprint("group_test_", time.Now().UnixNano())
		admin, err := Open(t.Context(), server, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer admin.Close()
		if _, err := admin.write.ExecContext(t.Context(), "CREATE SCHEMA "+schema); err != nil {
			t.Fatal(err)
		}
		defer admin.write.ExecContext(context.Background(), "DROP SCHEMA "+schema+" CASCADE")
		mark := "?"
		if strings.Contains(server, "?") {
			mark = "&"
		}
		s, err := Open(t.Context(), server+mark+"search_path="+schema, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if _, _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		test(t, s)
	})
}

// hold keeps the committers busy until the function that it gives is called, so
// that what is submitted in the meantime gathers.
func hold(t *testing.T, s *Store) (release func()) {
	t.Helper()
	gate := make(chan struct{})
	var ended sync.WaitGroup
	for range s.dialect.committers() { // one after the other: two at once would share one
		busy := make(chan struct{})
		begun := sync.OnceFunc(func() { close(busy) })
		ended.Go(func() {
			err := s.submit(t.Context(), func(context.Context, *txn) error {
				begun()
				<-gate
				return nil
			})
			if err != nil {
				t.Errorf("the write that holds the others up: %v", err)
			}
		})
		<-busy
	}
	return func() { close(gate); ended.Wait() }
}

func put(ctx context.Context, tx *txn, name string) error {
	_, err := tx.exec(ctx, `INSERT INTO settings (name, value, changed_at) VALUES ($1, '1', 0)`, name)
	return err
}

// Writes that share a commit keep to themselves what goes wrong in them.
func TestGroupKeepsWritesApart(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		if _, err := s.Put(t.Context(), Batch{Papers: []broadsheet.Paper{{ID: "2501.00001", Title: "Counted"}}}); err != nil {
			t.Fatal(err)
		}
		release := hold(t, s)
		wrong := errors.New("this one does not want to")
		row := int64(0)
		if err := s.queryRow(t.Context(), `SELECT id FROM papers`).Scan(&row); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		errs := make([]error, 40)
		counted := make([]*tally, len(errs))
		for i := range errs {
			all.Go(func() {
				errs[i] = s.submit(t.Context(), func(ctx context.Context, tx *txn) error {
					if err := put(ctx, tx, fmt.Sprint("n", i)); err != nil {
						return err
					}
					counted[i] = tx.tally(row, "2501.00001", 1, 0)
					switch i % 4 {
					case 1:
						return wrong
					case 2:
						panic("oh")
					case 3: // leaves a transaction of PostgreSQL in which nothing can be done
						if _, err := tx.exec(ctx, `SELECT nothing FROM nowhere`); err == nil {
							t.Error("there is a table nowhere")
						}
						return wrong
					}
					return nil
				})
			})
		}
		waiting(t, s, len(errs))
		before := s.Generation()
		release()
		all.Wait()
		for i, err := range errs {
			if ok := i%4 == 0; ok != (err == nil) {
				t.Errorf("write %d ended with %v, want an error: %v", i, err, !ok)
			}
			if i%4 == 0 && counted[i].Votes != len(errs)/4 {
				t.Errorf("write %d was told of %d votes, want %d", i, counted[i].Votes, len(errs)/4)
			}
		}
		var n, votes int
		if err := s.queryRow(t.Context(), `SELECT (SELECT count(*) FROM settings), (SELECT votes FROM papers)`).Scan(&n, &votes); err != nil {
			t.Fatal(err)
		}
		if want := len(errs) / 4; n != want || votes != want {
			t.Errorf("%d rows and %d votes are stored, want %d of each", n, votes, want)
		}
		// With the writes that held it up; each alone would be 10 more.
		if grown := s.Generation() - before; grown > 6 {
			t.Errorf("%d commits for %d writes, want them to share", grown, len(errs))
		}
		var changes int
		if err := s.queryRow(t.Context(), `SELECT count(*) FROM changes`).Scan(&changes); err != nil {
			t.Fatal(err)
		}
		if most := 1 + 2*s.dialect.committers(); changes > most {
			t.Errorf("%d changes of one paper, want %d at most: one a commit", changes, most)
		}
	})
}

// waiting returns when n writes stand in the queue.
func waiting(t *testing.T, s *Store, n int) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); len(s.group.work) < n; {
		if time.Now().After(deadline) {
			t.Fatalf("%d writes wait, want %d", len(s.group.work), n)
		}
		time.Sleep(time.Millisecond)
	}
}

// A write whose caller has gone before its turn is never begun.
func TestGroupPassesOverWhoLeft(t *testing.T) {
	s := openBare(t)
	release := hold(t, s)
	ctx, leave := context.WithCancel(t.Context())
	var ran atomic.Bool
	left := make(chan error, 1)
	go func() {
		left <- s.submit(ctx, func(context.Context, *txn) error { ran.Store(true); return nil })
	}()
	waiting(t, s, 1)
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who left was told %v, want %v", err, context.Canceled)
	}
	release()
	if err := s.submit(t.Context(), func(context.Context, *txn) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if ran.Load() {
		t.Error("the write of who left was begun")
	}
}

// What waits when the store closes is written or refused; nobody waits for ever,
// and what was acknowledged is there.
func TestGroupEndsWithItsStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	s, err := Open(t.Context(), "sqlite:"+path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var kept atomic.Int64
	stop := make(chan struct{})
	for i := range 20 {
		all.Go(func() {
			for n := 0; ; n++ {
				err := s.submit(t.Context(), func(ctx context.Context, tx *txn) error { return put(ctx, tx, fmt.Sprint(i, "-", n)) })
				if err == nil {
					kept.Add(1)
				}
				select {
				case <-stop:
					return
				default:
				}
				if err != nil && broadsheet.KindOf(err) != broadsheet.Unavailable {
					t.Errorf("a write while the store closes: %v", err)
				}
				if err != nil {
					return
				}
			}
		})
	}
	time.Sleep(20 * time.Millisecond) // let some through; the result does not hang on how many
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	close(stop)
	all.Wait()
	if err := s.submit(t.Context(), func(context.Context, *txn) error { return nil }); broadsheet.KindOf(err) != broadsheet.Unavailable {
		t.Errorf("a write to a closed store: %v, want it unavailable", err)
	}
	if s, err = Open(t.Context(), "sqlite:"+path, Options{}); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var n int64
	if err := s.queryRow(t.Context(), `SELECT count(*) FROM settings`).Scan(&n); err != nil || n != kept.Load() {
		t.Errorf("%d writes are stored (%v), want the %d that were acknowledged", n, err, kept.Load())
	}
}
