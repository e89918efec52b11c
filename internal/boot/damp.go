package boot

import (
	"context"
	"encoding/json"
	"time"

	"broadsheet/internal/app"
	"broadsheet/internal/jobs"
)

// dampJob looks at votes again.
const dampJob = "damp-votes"

func (b *background) damp(a *app.App) {
	b.queue.Register(dampJob, func(ctx context.Context, _ json.RawMessage) error {
		n, err := a.Damp(ctx)
		if n > 0 {
			b.log.Info("votes do not count any more", "votes", n)
		}
		return err
	}, jobs.Policy{Timeout: 5 * time.Minute})
	b.queue.Schedule(dampJob, func(now time.Time) time.Time { return now.Truncate(time.Hour).Add(time.Hour + 17*time.Minute) })
}
