package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func noBackoff(int) time.Duration { return time.Millisecond }

func queue(t *testing.T, s *store.Store, opt Options) *Queue {
	t.Helper()
	q, err := New(s, opt)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func start(t *testing.T, q *Queue) {
	t.Helper()
	if err := q.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := q.Stop(context.Background()); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
}

func enqueue(t *testing.T, q *Queue, kind string, args any, o Opts) {
	t.Helper()
	if err := q.Enqueue(t.Context(), kind, args, o); err != nil {
		t.Fatal(err)
	}
}

func status(t *testing.T, q *Queue) []string {
	t.Helper()
	all, err := q.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, s := range all {
		next := ""
		if !s.Next.IsZero() {
			next = " next in " + time.Until(s.Next).Round(time.Second).String()
		}
		out = append(out, fmt.Sprintf("%s(%s) %s attempt %d error %q%s", s.Kind, s.Unique, s.State, s.Attempt, s.Error, next))
	}
	return out
}

func wantStatus(t *testing.T, q *Queue, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, status(t, q)); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
}

func TestRunsAtItsTimeWithItsArgs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queue(t, storetest.Open(t), Options{})
		begin := time.Now()
		type ran struct {
			args string
			at   time.Duration
		}
		var got []ran
		q.Register("note", func(_ context.Context, args json.RawMessage) error {
			got = append(got, ran{string(args), time.Since(begin)})
			return nil
		}, Policy{})
		start(t, q)
		enqueue(t, q, "note", map[string]int{"n": 1}, Opts{At: begin.Add(90 * time.Second)})
		enqueue(t, q, "note", 2, Opts{})
		enqueue(t, q, "note", 3, Opts{Unique: "u", At: begin.Add(2 * time.Minute)})
		enqueue(t, q, "note", 4, Opts{Unique: "u", At: begin.Add(3 * time.Minute)})
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		want := []ran{{"2", 0}, {`{"n":1}`, 90 * time.Second}, {"4", 2 * time.Minute}}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(ran{})); diff != "" {
			t.Errorf("ran (-want +got):\n%s", diff)
		}
		wantStatus(t, q, `note(u) done attempt 1 error ""`)
	})
}

func TestRetriesThenGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queue(t, storetest.Open(t), Options{Poll: time.Hour})
		begin := time.Now()
		var at []time.Duration
		q.Register("bad", func(context.Context, json.RawMessage) error {
			at = append(at, time.Since(begin))
			if len(at) == 2 {
				panic("oh")
			}
			return errors.New("no " + strings.Repeat("x", 5000))
		}, Policy{MaxAttempts: 3, Backoff: func(n int) time.Duration { return time.Duration(n) * time.Minute }})
		start(t, q)
		enqueue(t, q, "bad", nil, Opts{Unique: "u"})
		time.Sleep(90 * time.Second)
		synctest.Wait()
		wantStatus(t, q, `bad(u) waiting attempt 2 error "panic: oh" next in 1m30s`)
		time.Sleep(time.Hour)
		synctest.Wait()
		if diff := cmp.Diff([]time.Duration{0, time.Minute, 3 * time.Minute}, at); diff != "" {
			t.Errorf("attempts (-want +got):\n%s", diff)
		}
		all, err := q.Status(t.Context())
		if err != nil || len(all) != 1 || all[0].State != store.JobFailed || len(all[0].Error) > maxError+3 {
			t.Errorf("status: got %+v %v, want one failed job with a bounded error", all, err)
		}
		time.Sleep(15 * 24 * time.Hour)
		synctest.Wait()
		wantStatus(t, q)
	})
}

func TestTimeoutAndRetryAt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queue(t, storetest.Open(t), Options{})
		q.Register("slow", func(ctx context.Context, _ json.RawMessage) error {
			<-ctx.Done()
			return ctx.Err()
		}, Policy{Timeout: 10 * time.Second, Backoff: func(int) time.Duration { return time.Hour }})
		q.Register("limited", func(context.Context, json.RawMessage) error {
			return fmt.Errorf("fetch: %w", RetryAt(errors.New("status 429"), time.Now().Add(2*time.Hour)))
		}, Policy{})
		start(t, q)
		enqueue(t, q, "slow", nil, Opts{Unique: "s"})
		enqueue(t, q, "limited", nil, Opts{Unique: "l"})
		time.Sleep(20 * time.Second)
		synctest.Wait()
		wantStatus(t, q, `slow(s) waiting attempt 1 error "took longer than 10s: context deadline exceeded" next in 59m50s`,
			`limited(l) waiting attempt 1 error "fetch: status 429" next in 1h59m40s`)
	})
}

func TestSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := storetest.Open(t)
		hourly := func(now time.Time) time.Time { return now.Truncate(time.Hour).Add(time.Hour) }
		begin := time.Now() // midnight
		var at []time.Duration
		fail := true
		make := func() *Queue {
			q := queue(t, s, Options{})
			q.Register("harvest", func(context.Context, json.RawMessage) error {
				at = append(at, time.Since(begin))
				if fail {
					return errors.New("down")
				}
				time.Sleep(time.Minute)
				return nil
			}, Policy{MaxAttempts: 2, Backoff: func(int) time.Duration { return 10 * time.Minute }})
			q.Schedule("harvest", hourly)
			return q
		}
		q := make()
		start(t, q)
		time.Sleep(75 * time.Minute)
		synctest.Wait()
		wantStatus(t, q, `harvest() waiting attempt 0 error "down" next in 45m0s`) // given up until the next hour
		fail = false
		enqueue(t, q, "harvest", nil, Opts{}) // by hand
		time.Sleep(30 * time.Second)
		enqueue(t, q, "harvest", nil, Opts{}) // and again while it runs
		time.Sleep(5 * time.Minute)
		if err := q.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(24 * time.Hour)
		q = make()
		start(t, q)
		time.Sleep(time.Hour)
		synctest.Wait()
		want := []time.Duration{60 * time.Minute, 70 * time.Minute, 75 * time.Minute, 76 * time.Minute,
			24*time.Hour + 80*time.Minute + 30*time.Second, 26 * time.Hour} // one made up for
		if diff := cmp.Diff(want, at); diff != "" {
			t.Errorf("ran (-want +got):\n%s", diff)
		}
		wantStatus(t, q, `harvest() waiting attempt 0 error "" next in 39m30s`)
	})
}

// TestAClockThatWasAhead: a job that ran while the clock was days ahead does not
// wait for those days once the clock is right.
func TestAClockThatWasAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ahead atomic.Int64
		now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		q := queue(t, storetest.Open(t), Options{Now: now})
		var ran atomic.Int64
		q.Register("tick", func(context.Context, json.RawMessage) error { ran.Add(1); return nil }, Policy{})
		q.Schedule("tick", func(now time.Time) time.Time { return now.Truncate(time.Minute).Add(time.Minute) })
		start(t, q)
		ahead.Store(int64(72 * time.Hour))
		time.Sleep(2 * time.Minute)
		ahead.Store(0)
		before := ran.Load()
		time.Sleep(5 * time.Minute)
		if got := ran.Load() - before; before == 0 || got < 4 || got > 6 {
			t.Errorf("ran %d times while the clock was ahead and %d in five minutes after, want some and five", before, got)
		}
	})
}

func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queue(t, storetest.Open(t), Options{})
		q.Register("long", func(ctx context.Context, args json.RawMessage) error {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Minute):
				return nil
			}
		}, Policy{})
		start(t, q)
		enqueue(t, q, "long", nil, Opts{Unique: "a"})
		time.Sleep(50 * time.Second)
		enqueue(t, q, "long", nil, Opts{Unique: "b"})
		time.Sleep(time.Second)
		wantStatus(t, q, `long(a) running attempt 1 error ""`, `long(b) running attempt 1 error ""`)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		begin := time.Now()
		if err := q.Stop(ctx); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(begin); d != 20*time.Second {
			t.Errorf("stopping took %v, want the 20 s given", d)
		}
		wantStatus(t, q, `long(b) waiting attempt 0 error "the program stopped" next in 0s`, `long(a) done attempt 1 error ""`)
	})
}

func TestStopNamesWhatWillNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queue(t, storetest.Open(t), Options{})
		free := make(chan struct{})
		q.Register("deaf", func(context.Context, json.RawMessage) error { <-free; return nil }, Policy{})
		if err := q.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		enqueue(t, q, "deaf", nil, Opts{})
		time.Sleep(time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := q.Stop(ctx); err == nil || !strings.Contains(err.Error(), "deaf") {
			t.Errorf("got %v, want an error that names the job", err)
		}
		close(free)
		<-q.stopped
	})
}

// Two processes, one of which dies with a job in its hands.
func TestTakeover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := storetest.Open(t)
		begin := time.Now()
		// The dead one took the job 7 seconds ago and never said more.
		if err := s.PutJob(t.Context(), "work", uniqueKey+"u", []byte("1"), begin, false); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := s.TakeJob(t.Context(), []string{"work"}, "dead", begin, begin); !ok || err != nil {
			t.Fatalf("take: %v %v", ok, err)
		}
		time.Sleep(7 * time.Second)
		q := queue(t, s, Options{})
		var at []time.Duration
		q.Register("work", func(context.Context, json.RawMessage) error {
			at = append(at, time.Since(begin))
			time.Sleep(5 * time.Minute) // longer than a silent runner lives
			return nil
		}, Policy{})
		start(t, q)
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if len(at) != 1 || at[0] < 30*time.Second || at[0] > 32*time.Second {
			t.Errorf("taken over at %v, want once, 30 s after the last sign of life", at)
		}
		wantStatus(t, q, `work(u) done attempt 2 error ""`)
	})
}

func TestGivesUpWhatKillsItsRunner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := storetest.Open(t)
		if err := s.PutJob(t.Context(), "work", uniqueKey+"u", []byte("1"), time.Now(), false); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, ok, err := s.TakeJob(t.Context(), []string{"work"}, "dead", time.Now(), time.Now()); !ok || err != nil {
				t.Fatalf("take: %v %v", ok, err)
			}
			time.Sleep(time.Hour)
		}
		q := queue(t, s, Options{})
		q.Register("work", func(context.Context, json.RawMessage) error { t.Error("ran"); return nil }, Policy{MaxAttempts: 2})
		start(t, q)
		time.Sleep(time.Second)
		synctest.Wait()
		wantStatus(t, q, `work(u) failed attempt 3 error "its runner ended in the middle, time and again"`)
	})
}

// A runner whose job was given to another hears of it with its next beat.
func TestLosesAJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := storetest.Open(t)
		q := queue(t, s, Options{})
		var cause error
		q.Register("work", func(ctx context.Context, _ json.RawMessage) error {
			<-ctx.Done()
			cause = context.Cause(ctx)
			return ctx.Err()
		}, Policy{})
		start(t, q)
		enqueue(t, q, "work", nil, Opts{Unique: "u"})
		time.Sleep(time.Second)
		if _, ok, err := s.TakeJob(t.Context(), []string{"work"}, "other", time.Now(), time.Now().Add(time.Hour)); !ok || err != nil {
			t.Fatalf("take: %v %v", ok, err)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if cause != errLost {
			t.Errorf("the job's context ended with %v, want %v", cause, errLost)
		}
		wantStatus(t, q, `work(u) running attempt 2 error "its runner ended in the middle"`)
	})
}

// A runner that cannot say that it lives lets go before others may take.
func TestLetsGoWhenUnheard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := storetest.Open(t)
		q := queue(t, s, Options{})
		begin := time.Now()
		var ended []time.Duration
		q.Register("work", func(ctx context.Context, _ json.RawMessage) error {
			select {
			case <-ctx.Done():
				ended = append(ended, time.Since(begin))
				return ctx.Err()
			case <-time.After(40 * time.Second):
				return nil
			}
		}, Policy{})
		start(t, q)
		enqueue(t, q, "work", nil, Opts{Unique: "u"})
		time.Sleep(12 * time.Second) // the last beat was at 10 s
		for _, hold := range []time.Duration{20 * time.Second, 30 * time.Second} {
			tx, err := s.Writer().Begin() // the one connection that writes
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(hold)
			if err := tx.Rollback(); err != nil {
				t.Fatal(err)
			}
			if hold == 20*time.Second {
				time.Sleep(10 * time.Second) // done at 40 s; again, and a beat at 50 s
				enqueue(t, q, "work", nil, Opts{Unique: "u"})
				begin = time.Now()
				time.Sleep(9 * time.Second)
			}
		}
		synctest.Wait()
		if len(ended) != 1 || ended[0] > 33*time.Second || ended[0] < 25*time.Second {
			t.Errorf("let go at %v, want once: not within 20 s of silence, but before 30 s", ended)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		wantStatus(t, q, `work(u) done attempt 1 error ""`)
	})
}

func TestOutcome(t *testing.T) {
	now := time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)
	never := func(time.Time) time.Time { return time.Time{} }
	tomorrow := func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }
	bad := errors.New("bad")
	for _, test := range []struct {
		name    string
		key     string
		attempt int
		next    func(time.Time) time.Time
		err     error
		cause   error
		want    store.JobEnd
	}{
		{"alone", "#x", 1, nil, nil, nil, store.JobEnd{State: store.JobDone, Attempt: 1, Drop: true}},
		{"unique", "=x", 2, nil, nil, nil, store.JobEnd{State: store.JobDone, Attempt: 2}},
		{"done though stopped", "=x", 1, nil, nil, errStopping, store.JobEnd{State: store.JobDone, Attempt: 1}},
		{"stopped", "#x", 2, nil, bad, errStopping, store.JobEnd{State: store.JobWaiting, Attempt: 1, Error: "the program stopped", RunAt: now, Retry: true}},
		{"error", "#x", 2, nil, bad, nil, store.JobEnd{State: store.JobWaiting, Attempt: 2, Error: "bad", RunAt: now.Add(20 * time.Second), Retry: true}},
		{"last error", "#x", 10, nil, bad, nil, store.JobEnd{State: store.JobFailed, Attempt: 10, Error: "bad"}},
		{"told when", "#x", 2, nil, RetryAt(bad, now.Add(time.Hour)), nil, store.JobEnd{State: store.JobWaiting, Attempt: 2, Error: "bad", RunAt: now.Add(time.Hour), Retry: true}},
		{"told when, too often", "#x", 10, nil, RetryAt(bad, now.Add(time.Hour)), nil, store.JobEnd{State: store.JobFailed, Attempt: 10, Error: "bad"}},
		{"scheduled", "@", 3, tomorrow, nil, nil, store.JobEnd{State: store.JobWaiting, RunAt: now.AddDate(0, 0, 1)}},
		{"scheduled, given up", "@", 10, tomorrow, bad, nil, store.JobEnd{State: store.JobWaiting, Error: "bad", RunAt: now.AddDate(0, 0, 1)}},
		{"scheduled, error", "@", 1, tomorrow, bad, nil, store.JobEnd{State: store.JobWaiting, Attempt: 1, Error: "bad", RunAt: now.Add(10 * time.Second), Retry: true}},
		{"scheduled never again", "@", 1, never, nil, nil, store.JobEnd{State: store.JobDone, Attempt: 1}},
		{"unique job of a scheduled kind", "=x", 1, tomorrow, nil, nil, store.JobEnd{State: store.JobDone, Attempt: 1}},
	} {
		q := &Queue{kinds: map[string]*kind{}}
		q.Register("k", func(context.Context, json.RawMessage) error { return nil }, Policy{})
		q.kinds["k"].next = test.next
		test.want.At = now
		got := outcome(store.Job{Kind: "k", Key: test.key, Attempt: test.attempt}, q.kinds["k"], test.err, test.cause, now)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// The whole, on both databases: three queues share a table of jobs.
func TestManyQueues(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const jobs = 60
		ran := make(chan string, 10*jobs)
		var queues []*Queue
		for range 3 {
			q := queue(t, s, Options{Poll: 5 * time.Millisecond})
			q.Register("work", func(_ context.Context, args json.RawMessage) error {
				ran <- string(args)
				return nil
			}, Policy{Backoff: noBackoff})
			queues = append(queues, q)
		}
		for i := range jobs {
			enqueue(t, queues[i%3], "work", i, Opts{})
		}
		for _, q := range queues {
			start(t, q)
		}
		seen := map[string]int{}
		for range jobs {
			select {
			case a := <-ran:
				seen[a]++
			case <-time.After(30 * time.Second):
				t.Fatalf("only %d of %d jobs ran", len(seen), jobs)
			}
		}
		if len(seen) != jobs {
			t.Errorf("%d different jobs ran in %d runs, want each once", len(seen), jobs)
		}
	})
}
