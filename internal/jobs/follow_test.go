package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func put(ctx context.Context, t *testing.T, s *store.Store, titles ...string) {
	t.Helper()
	var b store.Batch
	for _, title := range titles {
		b.Papers = append(b.Papers, broadsheet.Paper{ID: "url:https://example.org/" + title, Title: title,
			Authors: []broadsheet.Author{{Name: "A. Writer", Key: "a-writer"}}})
	}
	if _, err := s.Put(ctx, b); err != nil {
		t.Errorf("put %v: %v", titles, err)
	}
}

// Writers commit at the same time while a follower reads, fails now and then,
// and is started anew: it still sees every change, each writer's in order.
func TestFollowMissesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const writers, each = 6, 25
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					put(ctx, t, s, fmt.Sprintf("%d-%03d", w, i))
				}
			})
		}
		written := make(chan struct{})
		go func() { wg.Wait(); close(written) }()

		seen := map[string]int{}
		last := map[byte]string{}
		calls := 0
		f := Follower{Name: "test", Batch: 7, Handle: func(_ context.Context, changes []broadsheet.Change) error {
			calls++
			if calls%5 == 0 {
				return errors.New("now and then")
			}
			for _, c := range changes {
				title := c.PaperID[len("url:https://example.org/"):]
				if seen[title] == 0 && title <= last[title[0]] {
					t.Errorf("%s came after %s", title, last[title[0]])
				}
				seen[title]++
				last[title[0]] = max(last[title[0]], title)
			}
			if calls%3 == 0 {
				return errors.New("after the work was done")
			}
			return nil
		}}
		catchUp := func() {
			for range 1000 { // each a start anew, from the stored cursor
				if CatchUp(ctx, s, f) == nil {
					return
				}
			}
			t.Fatal("never caught up")
		}
		for open := true; open; {
			select {
			case <-written:
				open = false
			default:
			}
			catchUp()
		}
		// PostgreSQL shows a change once no older transaction is open, also
		// none of another test's.
		for deadline := time.Now().Add(30 * time.Second); len(seen) < writers*each && time.Now().Before(deadline); {
			catchUp()
		}
		if len(seen) != writers*each {
			t.Errorf("saw %d papers, want %d", len(seen), writers*each)
		}
	})
}

func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := storetest.Open(t)
		ctx, cancel := context.WithCancel(t.Context())
		begin := time.Now()
		var got []string
		fail := 0
		f := Follower{Name: "test", Handle: func(_ context.Context, changes []broadsheet.Change) error {
			got = append(got, fmt.Sprint(time.Since(begin), " ", len(changes)))
			if fail > 0 {
				fail--
				return errors.New("no")
			}
			return nil
		}}
		wake := make(chan struct{}, 1)
		ended := make(chan error)
		go func() { ended <- Follow(ctx, s, f, wake) }()
		expect := func(want ...string) {
			t.Helper()
			synctest.Wait()
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("handled (-want +got):\n%s", diff)
			}
			got = nil
		}
		time.Sleep(200 * time.Millisecond)
		put(ctx, t, s, "a", "b")
		time.Sleep(400 * time.Millisecond)
		expect("500ms 2")
		put(ctx, t, s, "c")
		wake <- struct{}{}
		expect("600ms 1")
		fail = 3
		put(ctx, t, s, "d")
		time.Sleep(20 * time.Second)
		expect("1.1s 1", "2.1s 1", "4.1s 1", "8.1s 1") // 1, 2 and 4 s of back-off
		if err := Replay(ctx, s, "test"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		expect("21.1s 4")
		cancel()
		if err := <-ended; err != context.Canceled {
			t.Errorf("ended with %v, want %v", err, context.Canceled)
		}
	})
}

// A replay asked for while the handler runs is not lost.
func TestReplayWhileHandling(t *testing.T) {
	s := storetest.Open(t)
	put(t.Context(), t, s, "a")
	calls := 0
	f := Follower{Name: "test", Handle: func(ctx context.Context, changes []broadsheet.Change) error {
		if calls++; calls == 2 {
			return Replay(ctx, s, "test")
		}
		return nil
	}}
	for range 2 {
		if err := CatchUp(t.Context(), s, f); err != nil {
			t.Fatal(err)
		}
		put(t.Context(), t, s, "b")
	}
	if calls != 3 {
		t.Errorf("handled %d times, want 3: a, b and then both again", calls)
	}
}
