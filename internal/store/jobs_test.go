package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// brief is what the job table says, a line a job.
func brief(t *testing.T, s *store.Store) []string {
	t.Helper()
	jobs, err := s.Jobs(t.Context(), 100)
	if err != nil {
		t.Fatalf("read the jobs: %v", err)
	}
	var out []string
	for _, j := range jobs {
		out = append(out, fmt.Sprintf("%s/%s %s %s attempt %d at %d error %q", j.Kind, j.Key, j.Args, j.State, j.Attempt, j.RunAt.Unix(), j.Error))
	}
	return out
}

func TestJobs(t *testing.T) {
	at := func(sec int64) time.Time { return time.Unix(sec, 0).UTC() }
	kinds := []string{"mail", "pictures"}
	put := func(key, args string, sec int64, keep bool) func(*testing.T, *store.Store) {
		return func(t *testing.T, s *store.Store) {
			if err := s.PutJob(t.Context(), "mail", key, []byte(args), at(sec), keep); err != nil {
				t.Fatal(err)
			}
		}
	}
	take := func(runner string, now, stale int64, want string) func(*testing.T, *store.Store) {
		return func(t *testing.T, s *store.Store) {
			j, ok, err := s.TakeJob(t.Context(), kinds, runner, at(now), at(stale))
			if err != nil {
				t.Fatal(err)
			}
			if got := j.Key; ok != (want != "") || got != want {
				t.Fatalf("take at %d: got %q %v, want %q", now, got, ok, want)
			}
		}
	}
	end := func(runner string, end store.JobEnd, want bool) func(*testing.T, *store.Store) {
		return func(t *testing.T, s *store.Store) {
			end.At = at(500)
			ok, err := s.EndJob(t.Context(), 1, runner, end)
			if err != nil || ok != want {
				t.Fatalf("end by %s: got %v %v, want %v", runner, ok, err, want)
			}
		}
	}
	type steps []func(*testing.T, *store.Store)
	done := store.JobEnd{State: store.JobDone, Attempt: 1}
	failed := store.JobEnd{State: store.JobFailed, Attempt: 3, Error: "no"}
	retry := store.JobEnd{State: store.JobWaiting, Attempt: 1, Error: "no", RunAt: at(300), Retry: true}
	for name, test := range map[string]struct {
		do   steps
		want []string
	}{
		"asked twice: earlier time, newer args": {
			steps{put("k", "1", 100, false), put("k", "2", 200, false)},
			[]string{`mail/k 2 waiting attempt 0 at 100 error ""`}},
		"asked twice, earlier": {
			steps{put("k", "1", 100, false), put("k", "2", 50, false)},
			[]string{`mail/k 2 waiting attempt 0 at 50 error ""`}},
		"not due": {
			steps{put("k", "1", 100, false), take("a", 99, 0, "")},
			[]string{`mail/k 1 waiting attempt 0 at 100 error ""`}},
		"one runner": {
			steps{put("k", "1", 100, false), take("a", 100, 0, "k"), take("b", 100, 0, "")},
			[]string{`mail/k 1 running attempt 1 at 100 error ""`}},
		"longest due first": {
			steps{put("k", "1", 100, false), put("l", "1", 90, false), take("a", 100, 0, "l")},
			[]string{`mail/l 1 running attempt 1 at 90 error ""`, `mail/k 1 waiting attempt 0 at 100 error ""`}},
		"a dead runner's job is taken over and its end ignored": {
			steps{put("k", "1", 100, false), take("a", 100, 0, "k"), take("b", 200, 101, "k"), end("a", done, false)},
			[]string{`mail/k 1 running attempt 2 at 100 error "its runner ended in the middle"`}},
		"done": {
			steps{put("k", "1", 100, false), take("a", 100, 0, "k"), end("a", done, true), take("a", 1000, 900, "")},
			[]string{`mail/k 1 done attempt 1 at -62135596800 error ""`}},
		"dropped": {
			steps{put("k", "1", 100, false), take("a", 100, 0, "k"), end("a", store.JobEnd{Drop: true}, true)}, nil},
		"asked again while running": {
			steps{put("k", "1", 100, false), take("a", 100, 0, "k"), put("k", "2", 130, false), put("k", "3", 140, false), end("a", done, true)},
			[]string{`mail/k 3 waiting attempt 0 at 130 error ""`}},
		"asked again while running, then an error: the wish outlives the next attempt": {
			steps{put("k", "1", 100, false), take("a", 100, 0, "k"), put("k", "2", 400, false), end("a", retry, true),
				take("a", 300, 200, "k"), end("a", done, true)},
			[]string{`mail/k 2 waiting attempt 0 at 400 error ""`}},
		"asked again while running, then an error: the next attempt was late enough": {
			steps{put("k", "1", 100, false), take("a", 100, 0, "k"), put("k", "2", 250, false), end("a", retry, true),
				take("a", 300, 200, "k"), end("a", done, true)},
			[]string{`mail/k 2 done attempt 1 at -62135596800 error ""`}},
		"asked again while running, then scheduled earlier": {
			steps{put("k", "1", 100, false), take("a", 100, 0, "k"), put("k", "2", 700, false), end("a", store.JobEnd{State: store.JobWaiting, RunAt: at(600)}, true)},
			[]string{`mail/k 2 waiting attempt 0 at 600 error ""`}},
		"given up, asked again": {
			steps{put("k", "1", 100, false), take("a", 100, 0, "k"), end("a", failed, true), put("k", "2", 600, false)},
			[]string{`mail/k 2 waiting attempt 0 at 600 error "no"`}},
		"keep: a waiting job is only moved earlier": {
			steps{put("k", "1", 100, false), put("k", "2", 200, true), put("k", "2", 90, true)},
			[]string{`mail/k 1 waiting attempt 0 at 90 error ""`}},
		"keep: a job between attempts stays": {
			steps{put("k", "1", 100, false), take("a", 100, 0, "k"), end("a", retry, true), put("k", "2", 10, true)},
			[]string{`mail/k 1 waiting attempt 1 at 300 error "no"`}},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				for _, step := range test.do {
					step(t, s)
				}
				if diff := cmp.Diff(test.want, brief(t, s)); diff != "" {
					t.Errorf("jobs (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestNextJob(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx, base := t.Context(), time.Unix(1000, 0).UTC()
		want := func(want time.Time) {
			t.Helper()
			got, err := s.NextJob(ctx, []string{"a", "b"}, time.Minute)
			if err != nil || !got.Equal(want) {
				t.Fatalf("next: got %v %v, want %v", got, err, want)
			}
		}
		want(time.Time{})
		for i, kind := range []string{"b", "a", "unknown here"} {
			if err := s.PutJob(ctx, kind, "k", []byte("null"), base.Add(-time.Duration(i)*time.Second), false); err != nil {
				t.Fatal(err)
			}
		}
		want(base.Add(-time.Second))
		for range 2 {
			if _, ok, err := s.TakeJob(ctx, []string{"a", "b"}, "r", base, base); !ok || err != nil {
				t.Fatalf("take: %v %v", ok, err)
			}
		}
		want(base.Add(time.Minute))
		if ids, err := s.BeatJobs(ctx, "r", []int64{1, 2, 3}, base.Add(time.Second)); len(ids) != 2 || err != nil {
			t.Fatalf("beat: got %v %v, want two jobs", ids, err)
		}
		want(base.Add(61 * time.Second))
		if n, err := s.PruneJobs(ctx, base.Add(time.Hour)); n != 0 || err != nil {
			t.Fatalf("prune: got %d %v, want 0: nothing has ended", n, err)
		}
	})
}

// Many takers over one table: each job goes to one of them.
func TestTakeJobAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const jobs, takers = 100, 8
		now := time.Unix(1000, 0).UTC()
		for i := range jobs {
			if err := s.PutJob(t.Context(), "a", fmt.Sprint(i), []byte("null"), now, false); err != nil {
				t.Fatal(err)
			}
		}
		var mu sync.Mutex
		taken := map[string]int{}
		var wg sync.WaitGroup
		for r := range takers {
			wg.Go(func() {
				for {
					j, ok, err := s.TakeJob(t.Context(), []string{"a"}, fmt.Sprint(r), now, now.Add(-time.Minute))
					if err != nil {
						t.Errorf("take: %v", err)
					}
					if !ok {
						return
					}
					mu.Lock()
					taken[j.Key]++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		for key, n := range taken {
			if n != 1 {
				t.Errorf("job %s was taken %d times", key, n)
			}
		}
		if len(taken) != jobs {
			t.Errorf("%d jobs were taken, want %d", len(taken), jobs)
		}
	})
}
