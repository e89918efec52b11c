package harvest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"broadsheet/internal/lib/fetch"
)

// Gate spaces the requests of all processes on one database: it is the
// fetch.Gate of the site. Under "limit:NAME" stands the list of requests that
// are to be made, each with its moment, one interval apart: "MICROSECONDS ID"
// divided by commas. Who wants to ask appends itself and goes when its moment
// comes and it still stands there; who was lost queues anew.
//
// There is no lock: of two processes that write at the very same time the
// later one's list stands, and the other is lost from it. That holds as long
// as nobody takes longer than settle from reading to writing. A crash leaves
// nothing behind but moments that pass.
type Gate struct {
	Store interface {
		Cursor(ctx context.Context, name string) (string, error)
		SetCursor(ctx context.Context, name, value string) error
	}
	Clock fetch.Clock
	ID    string // of the process: host name and process id, or a random text
}

// settle is how long a mark must stand before it counts: longer than the time
// between another process's reading and writing.
const settle = 50 * time.Millisecond

// Wait returns when the process may ask.
func (g *Gate) Wait(ctx context.Context, limit string, every time.Duration) error {
	name := "limit:" + limit
	for {
		held, err := g.Store.Cursor(ctx, name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		now := g.Clock.Now()
		list, slot := queue(held, now, every)
		own := strconv.FormatInt(slot.UnixMicro(), 10) + " " + g.ID
		if err := g.Store.SetCursor(ctx, name, strings.Join(append(list, own), ",")); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		if err := g.Clock.Sleep(ctx, max(slot.Sub(now), settle)); err != nil {
			return err
		}
		stands, err := g.Store.Cursor(ctx, name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		if slices.Contains(strings.Split(stands, ","), own) {
			return nil
		}
	}
}

// queue reads the list: its marks from a minute ago on, and the next free
// moment. Marks of more than an hour ahead come from a clock that was wrong.
func queue(held string, now time.Time, every time.Duration) (list []string, next time.Time) {
	next = now
	for _, mark := range strings.Split(held, ",") {
		at, _, _ := strings.Cut(mark, " ")
		n, err := strconv.ParseInt(at, 10, 64)
		t := time.UnixMicro(n)
		if err != nil || t.Before(now.Add(-time.Minute-every)) || t.After(now.Add(time.Hour)) {
			continue
		}
		list = append(list, mark)
		if free := t.Add(every); free.After(next) {
			next = free
		}
	}
	return list, next
}
