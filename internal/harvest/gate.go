package harvest

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"broadsheet/internal/lib/fetch"
)

// Gate spaces the requests of all processes on one database: it is the
// fetch.Gate of the site. Who wants to ask writes the moment of its request
// under "limit:NAME" and goes once its own mark still stands there when the
// moment comes; who finds another's mark queues behind it.
//
// There is no lock: between two processes that write at the very same moment
// the later mark wins and the other queues anew. A crash leaves nothing
// behind but a moment that passes.
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
		slot := now
		if last := moment(held); last.Add(every).After(now) && last.Before(now.Add(time.Hour)) {
			slot = last.Add(every)
		}
		mark := strconv.FormatInt(slot.UnixMicro(), 10) + " " + g.ID
		if err := g.Store.SetCursor(ctx, name, mark); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		if err := g.Clock.Sleep(ctx, max(slot.Sub(now), settle)); err != nil {
			return err
		}
		stands, err := g.Store.Cursor(ctx, name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		if stands == mark || moment(stands).Sub(slot) >= every {
			return nil // ours, or another's who has queued behind it
		}
	}
}

// moment reads a mark; zero where it is none.
func moment(mark string) time.Time {
	at, _, _ := strings.Cut(mark, " ")
	n, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMicro(n)
}
