package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"broadsheet"
)

// Feed is the part of the store that followers need.
type Feed interface {
	Changes(ctx context.Context, cursor string, limit int) ([]broadsheet.Change, error)
	Cursor(ctx context.Context, name string) (string, error)
	SetCursor(ctx context.Context, name, value string) error
}

// Follower sees every change at least once and in order. Two processes that
// follow under one name both see all changes, some twice, so followers that
// keep something of their own per machine need a name per machine.
type Follower struct {
	Name string
	// Handle takes changes in; doing so twice must not matter. After an error
	// the same changes come again.
	Handle func(ctx context.Context, changes []broadsheet.Change) error
	Batch  int          // changes at a time, 500
	Log    *slog.Logger // nil: silent
}

// Followers look at the feed at least this often, and after an error wait from
// firstWait doubling to lastWait.
const (
	lookEvery = 500 * time.Millisecond
	firstWait = time.Second
	lastWait  = time.Minute
)

// Follow hands f the changes after its cursor until ctx ends, and returns
// ctx's error. It looks again when wake gives a value and at least every half
// second; wake may be nil.
func Follow(ctx context.Context, feed Feed, f Follower, wake <-chan struct{}) error {
	if f.Batch <= 0 {
		f.Batch = 500
	}
	if f.Log == nil {
		f.Log = slog.New(slog.DiscardHandler)
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	wait := firstWait
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
		case <-wake:
		}
		err := CatchUp(ctx, feed, f)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			wait = firstWait
			timer.Reset(lookEvery)
			continue
		}
		f.Log.Warn("a follower has to wait", "follower", f.Name, "error", err, "again in", wait)
		timer.Reset(wait)
		wait = min(2*wait, lastWait)
		select { // a signal is no reason to hammer what is failing
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
			timer.Reset(0)
		}
	}
}

// CatchUp hands f all changes after its cursor and returns when there are no
// more.
func CatchUp(ctx context.Context, feed Feed, f Follower) error {
	if f.Batch <= 0 {
		f.Batch = 500
	}
	for {
		at, err := feed.Cursor(ctx, cursorName(f.Name)) // each time: Replay may have moved it
		if err != nil {
			return fmt.Errorf("follower %s: its cursor: %w", f.Name, err)
		}
		changes, err := feed.Changes(ctx, at, f.Batch)
		if err != nil {
			return fmt.Errorf("follower %s: changes: %w", f.Name, err)
		}
		if len(changes) == 0 {
			return nil
		}
		if err := f.Handle(ctx, changes); err != nil {
			return fmt.Errorf("follower %s: %w", f.Name, err)
		}
		if now, err := feed.Cursor(ctx, cursorName(f.Name)); err != nil || now != at {
			if err != nil {
				return fmt.Errorf("follower %s: its cursor: %w", f.Name, err)
			}
			continue // moved while Handle ran
		}
		if err := feed.SetCursor(ctx, cursorName(f.Name), changes[len(changes)-1].Cursor); err != nil {
			return fmt.Errorf("follower %s: its cursor: %w", f.Name, err)
		}
	}
}

// Replay makes the follower see everything again, also while it follows; what
// it built must be emptied before.
func Replay(ctx context.Context, feed Feed, name string) error {
	if err := feed.SetCursor(ctx, cursorName(name), ""); err != nil {
		return fmt.Errorf("replay %s: %w", name, err)
	}
	return nil
}

// cursorName keeps followers' cursors apart from harvesters'.
func cursorName(name string) string { return "follow/" + name }
