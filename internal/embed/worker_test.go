package embed_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"broadsheet"
	"broadsheet/internal/embed"
	"broadsheet/internal/embed/embedtest"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// put stores papers from to n-1, "Paper 7" with the abstract.
func put(ctx context.Context, t *testing.T, s *store.Store, from, n int, abstract string) {
	t.Helper()
	var b store.Batch
	for i := from; i < n; i++ {
		b.Papers = append(b.Papers, broadsheet.Paper{ID: id(i), Origin: broadsheet.OriginCatalog, Title: fmt.Sprint("Paper ", i), Abstract: abstract})
	}
	_, err := s.Put(ctx, b)
	must(t, err)
}

func id(i int) string { return fmt.Sprintf("2606.%05d", i+1) }

// catchUp hands w the changes after its cursor as a follower gets them.
func catchUp(ctx context.Context, t *testing.T, s *store.Store, w *embed.Worker, batch int) error {
	t.Helper()
	storetest.Settle(t, s)
	for {
		at, err := s.Cursor(ctx, "follow/"+w.Name())
		if err != nil {
			return err
		}
		changes, err := s.Changes(ctx, at, batch)
		if err != nil || len(changes) == 0 {
			return err
		}
		if err := w.Handle(ctx, changes); err != nil {
			return err
		}
		if err := s.SetCursor(ctx, "follow/"+w.Name(), changes[len(changes)-1].Cursor); err != nil {
			return err
		}
	}
}

func kinds(ctx context.Context, t *testing.T, s *store.Store, after string) ([]string, string) {
	t.Helper()
	storetest.Settle(t, s)
	changes, err := s.Changes(ctx, after, 10_000)
	must(t, err)
	var out []string
	for _, c := range changes {
		out, after = append(out, string(c.Kind)+" "+c.PaperID), c.Cursor
	}
	return out, after
}

func ready(t *testing.T, s *store.Store, m embed.Model) bool {
	t.Helper()
	yes, err := embed.Ready(t.Context(), s, m)
	must(t, err)
	return yes
}

func TestWorker(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		put(ctx, t, s, 0, 10, "About.")
		m := &embedtest.Model{Called: "m"}
		must(t, s.UseVectorModel(ctx, "m", time.Now()))
		w := embed.NewWorker(m, s, embed.WorkerOptions{Batch: 3})
		_, cursor := kinds(ctx, t, s, "")
		must(t, catchUp(ctx, t, s, w, 4))
		if got := len(m.Asked()); got != 10 || !ready(t, s, m) {
			t.Errorf("first: %d texts, ready %t; want 10 and ready", got, ready(t, s, m))
		}
		if got, _ := kinds(ctx, t, s, cursor); got != nil {
			t.Errorf("changes before the model was ready: %q", got)
		}
		got, err := s.Vectors(ctx, "m", []string{id(3)})
		must(t, err)
		want := embedtest.Vector("Paper 3\nAbout.", embed.Dim)
		if c := cosine(got[id(3)], want); c < 0.999 {
			t.Errorf("cosine of the stored vector and the model's: %g", c)
		}

		put(ctx, t, s, 3, 4, "About something else.")                                                                 // another text
		_, err = s.Put(ctx, store.Batch{Papers: []broadsheet.Paper{{ID: id(5), Title: "Paper 5", ImportedVotes: 7}}}) // the same
		must(t, err)
		put(ctx, t, s, 10, 12, "New.")
		must(t, s.Delete(ctx, []string{id(11)}))
		must(t, catchUp(ctx, t, s, w, 500))
		asked := m.Asked()
		slices.Sort(asked)
		if d := cmp.Diff([]string{"Paper 10\nNew.", "Paper 3\nAbout something else."}, asked); d != "" {
			t.Errorf("second (-want +got):\n%s", d)
		}
		after, _ := kinds(ctx, t, s, cursor)
		if d := cmp.Diff([]string{"paper " + id(3), "paper " + id(5), "paper " + id(10), "paper " + id(11), "delete " + id(11),
			"vectors " + id(3), "vectors " + id(10)}, after); d != "" {
			t.Errorf("changes (-want +got):\n%s", d)
		}
		must(t, catchUp(ctx, t, s, w, 500))
		if again := m.Asked(); again != nil {
			t.Errorf("asked again: %q", again)
		}
	})
}

func cosine(v store.Vector, w []float32) float64 {
	var ab, aa, bb float64
	for i, x := range v.Values {
		a, b := float64(v.Scale)*float64(x), float64(w[i])
		ab, aa, bb = ab+a*b, aa+a*a, bb+b*b
	}
	return ab / math.Sqrt(aa*bb)
}

// While a new model's vectors come, the old model's stay whole and nobody is
// told anything; a paper whose only change left is one of the old model's
// vectors is not passed over.
func TestHandOver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		old, fresh := &embedtest.Model{Called: "old"}, &embedtest.Model{Called: "new"}
		for _, m := range []*embedtest.Model{old, fresh} {
			must(t, s.UseVectorModel(ctx, m.Called, time.Now()))
		}
		must(t, s.SetVectorsReady(ctx, "old", time.Now()))
		put(ctx, t, s, 0, 6, "About.")
		must(t, catchUp(ctx, t, s, embed.NewWorker(old, s, embed.WorkerOptions{}), 100))
		storetest.Settle(t, s)
		head, err := s.Head(ctx)
		must(t, err)
		_, err = s.PruneChanges(ctx, head)
		must(t, err)
		if left, _ := kinds(ctx, t, s, ""); len(left) != 6 || left[0] != "vectors "+id(0) {
			t.Fatalf("feed: got %q, want the changes of vectors alone", left)
		}

		w := embed.NewWorker(fresh, s, embed.WorkerOptions{Batch: 2, Parallel: 1})
		fresh.Before = func(_ context.Context, call int, _ []string) error {
			if call == 2 {
				return errors.New("no")
			}
			return nil
		}
		if err := catchUp(ctx, t, s, w, 100); err == nil || ready(t, s, fresh) {
			t.Errorf("in the middle: %v, ready %t; want an error and not ready", err, ready(t, s, fresh))
		}
		p, err := embed.ProgressOf(ctx, s, fresh)
		if d := cmp.Diff(embed.Progress{Model: "new", Papers: 6, Vectors: 2}, p); err != nil || d != "" {
			t.Errorf("progress %v (-want +got):\n%s", err, d)
		}
		must(t, catchUp(ctx, t, s, w, 100))
		if !ready(t, s, fresh) || len(fresh.Asked()) != 6 {
			t.Errorf("in the end: not ready, or texts twice")
		}
		if more, _ := kinds(ctx, t, s, head); more != nil {
			t.Errorf("changes meanwhile: %q", more)
		}
		if n, err := s.VectorCount(ctx, "old"); err != nil || n != 6 {
			t.Errorf("the old model has %d vectors, %v; want 6", n, err)
		}
	})
}

// A program that is killed at any call goes on where it was: nothing is lost,
// and no more is asked twice than was under way.
func TestKillAndResume(t *testing.T) {
	const papers, batch, parallel = 60, 4, 2
	s := storetest.Open(t)
	ctx := t.Context()
	put(ctx, t, s, 0, papers, "About.")
	must(t, s.UseVectorModel(ctx, "m", time.Now()))
	kills, asked := 0, 0
	for done := false; !done; {
		if kills++; kills > 100 {
			t.Fatal("it never ends")
		}
		running, kill := context.WithCancel(ctx)
		m := &embedtest.Model{Called: "m", Before: func(ctx context.Context, call int, _ []string) error {
			if call > kills%5 {
				kill()
			}
			return ctx.Err()
		}}
		done = catchUp(running, t, s, embed.NewWorker(m, s, embed.WorkerOptions{Batch: batch, Parallel: parallel}), 16) == nil
		asked += len(m.Asked())
		kill()
	}
	n, err := s.VectorCount(ctx, "m")
	if err != nil || n != papers {
		t.Errorf("%d vectors, %v; want %d", n, err, papers)
	}
	if most := papers + kills*batch*parallel; asked > most || kills < 5 {
		t.Errorf("asked for %d texts in %d lives, want at most %d and some lives", asked, kills, most)
	}
	t.Logf("%d texts were asked for %d papers in %d lives", asked, papers, kills)
}

// What was paid for and could not be stored is not asked for again.
func TestStoreFails(t *testing.T) {
	s := storetest.Open(t)
	ctx := t.Context()
	put(ctx, t, s, 0, 4, "About.")
	must(t, s.UseVectorModel(ctx, "m", time.Now()))
	m := &embedtest.Model{Called: "m", Before: func(ctx context.Context, call int, _ []string) error {
		if call == 1 { // the model is removed under our hands
			_, err := s.PruneVectors(ctx, time.Now().Add(time.Hour))
			return err
		}
		return nil
	}}
	w := embed.NewWorker(m, s, embed.WorkerOptions{})
	if err := catchUp(ctx, t, s, w, 100); broadsheet.KindOf(err) != broadsheet.Conflict {
		t.Errorf("got %v, want Conflict", err)
	}
	must(t, s.UseVectorModel(ctx, "m", time.Now()))
	must(t, catchUp(ctx, t, s, w, 100))
	if n, err := s.VectorCount(ctx, "m"); err != nil || n != 4 || len(m.Asked()) != 4 {
		t.Errorf("%d vectors, %v, or asked twice", n, err)
	}
	// Nor is what it cost forgotten, though it could not be written down then.
	if st, err := s.VectorModel(ctx, "m"); err != nil || st.Spent != 40 {
		t.Errorf("spent %d, %v; want the 40 of four papers", st.Spent, err)
	}
}

func TestBudget(t *testing.T) {
	s := storetest.Open(t)
	ctx := t.Context()
	put(ctx, t, s, 0, 25, "About.")
	must(t, s.UseVectorModel(ctx, "m", time.Now()))
	clock := embedtest.NewClock(time.Date(2026, 6, 1, 18, 0, 0, 0, time.UTC))
	m := &embedtest.Model{Called: "m"}
	opt := embed.WorkerOptions{Batch: 4, Parallel: 1, DailyTokens: 100, Clock: clock}
	must(t, catchUp(ctx, t, s, embed.NewWorker(m, s, opt), 100))
	// 12 papers pass 100 tokens, on each of the first two days.
	if d := cmp.Diff([]time.Duration{6 * time.Hour, 24 * time.Hour}, clock.Slept()); d != "" {
		t.Errorf("slept (-want +got):\n%s", d)
	}
	if st, err := s.VectorModel(ctx, "m"); err != nil || st.SpentOn != "2026-06-03" || st.Spent != 10 {
		t.Errorf("spent %d on %s, %v; want 10 on the third day", st.Spent, st.SpentOn, err)
	}
	// A new life does not have a new day.
	put(ctx, t, s, 25, 45, "About.")
	must(t, catchUp(ctx, t, s, embed.NewWorker(m, s, opt), 100))
	if d := cmp.Diff([]time.Duration{24 * time.Hour}, clock.Slept()); d != "" {
		t.Errorf("slept in the second life (-want +got):\n%s", d)
	}
}

// Of two processes one asks; the other takes over when it ends, or a minute
// after it died.
func TestOneLeads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := storetest.Open(t)
		m := &embedtest.Model{Called: "m"}
		begin := time.Now()
		var got []string
		start := func(name string) (stop func()) {
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error)
			w := embed.NewWorker(m, s, embed.WorkerOptions{})
			go func() {
				ended <- w.Run(ctx, func(ctx context.Context) error {
					got = append(got, fmt.Sprint(name, " leads ", time.Since(begin)))
					<-ctx.Done()
					got = append(got, fmt.Sprint(name, " ends ", time.Since(begin)))
					return ctx.Err()
				})
			}()
			synctest.Wait()
			return func() {
				cancel()
				if err := <-ended; err != context.Canceled {
					t.Errorf("%s ended with %v", name, err)
				}
			}
		}
		stopA := start("a")
		time.Sleep(5 * time.Second)
		stopB := start("b")
		time.Sleep(10*time.Minute - time.Second)
		stopA()
		time.Sleep(time.Minute)
		// A third process holds the model, as if b had slept through its time.
		held, err := s.HoldVectorModel(t.Context(), "m", "c", time.Now().Add(time.Hour), time.Now().Add(time.Minute))
		if err != nil || !held {
			t.Errorf("c: %t, %v", held, err)
		}
		time.Sleep(5 * time.Minute)
		stopB()
		want := []string{"a leads 0s", "a ends 10m4s", "b leads 10m5s", "b ends 11m5s", "b leads 12m5s", "b ends 16m4s"}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
}
