package app

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

var keptStart = time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC)

func TestKept(t *testing.T) {
	var k kept[string, int]
	made := 0
	count := func(context.Context) (int, error) { made++; return made, nil }
	for _, tc := range []struct {
		after time.Duration
		key   string
		want  int
	}{{0, "a", 1}, {time.Minute - 1, "a", 1}, {0, "b", 2}, {time.Minute, "a", 3}} {
		if got, err := k.get(t.Context(), keptStart.Add(tc.after), time.Minute, tc.key, count); err != nil || got != tc.want {
			t.Errorf("after %v, %s is %d, %v, want %d", tc.after, tc.key, got, err, tc.want)
		}
	}
	bad := errors.New("bad")
	if _, err := k.get(t.Context(), keptStart, time.Minute, "c", func(context.Context) (int, error) { return 0, bad }); !errors.Is(err, bad) {
		t.Errorf("error %v, want %v", err, bad)
	}
	if _, err := k.get(t.Context(), keptStart, time.Minute, "c", func(context.Context) (int, error) { panic("worse") }); err == nil {
		t.Error("a panic is no error")
	}
	if got, err := k.get(t.Context(), keptStart, time.Minute, "c", count); err != nil || got != 4 {
		t.Errorf("after an error: %d, %v, want 4: errors are not remembered", got, err)
	}
}

// One who waits can leave, also the first; what is counted meanwhile is kept for
// those who stay and come, and other keys are not held up.
func TestKeptWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k kept[string, int]
		made, goOn := 0, make(chan struct{})
		slow := func(ctx context.Context) (int, error) {
			made++
			<-goOn
			return 7, ctx.Err()
		}
		type answer struct {
			n   int
			err error
		}
		ask := func(ctx context.Context) chan answer {
			out := make(chan answer, 1)
			go func() {
				n, err := k.get(ctx, keptStart, time.Minute, "slow", slow)
				out <- answer{n, err}
			}()
			synctest.Wait()
			return out
		}
		leaving, leave := context.WithCancel(t.Context())
		first, second := ask(leaving), ask(t.Context())
		if n, err := k.get(t.Context(), keptStart, time.Minute, "fast", func(context.Context) (int, error) { return 1, nil }); n != 1 || err != nil {
			t.Errorf("another key: %d, %v", n, err)
		}
		leave()
		if a := <-first; !errors.Is(a.err, context.Canceled) {
			t.Errorf("who left got %v, want %v", a, context.Canceled)
		}
		close(goOn)
		if a := <-second; a != (answer{7, nil}) {
			t.Errorf("who stayed got %v, want 7", a)
		}
		if a := <-ask(t.Context()); a != (answer{7, nil}) || made != 1 {
			t.Errorf("who came later got %v, counted %d times, want 7, counted once", a, made)
		}
	})
}

func TestKeptBoundsCounting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k kept[string, int]
		_, err := k.get(t.Context(), keptStart, time.Hour, "a", func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, ctx.Err() })
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
		}
	})
}
