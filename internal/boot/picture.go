package boot

import (
	"context"
	"encoding/json"
	"time"

	"broadsheet/internal/config"
	"broadsheet/internal/jobs"
	"broadsheet/internal/lib/fetch"
	"broadsheet/internal/picture"
	"broadsheet/internal/store"
)

// picturesEvery is how often pictures are looked for beside after harvests:
// imports and retries want them too.
const picturesEvery = time.Hour

// pictures fetches pictures in the background.
type pictures struct {
	queue  *jobs.Queue
	client *fetch.Client
}

// newPictures registers the job. It asks through a client of its own, which
// stands in the same queues: private networks that the operator opened for
// sources stay closed for addresses that sources wrote.
func newPictures(s *store.Store, q *jobs.Queue, c *config.Config, o Options, network *Network) (*pictures, error) {
	client := network.client.Beside(fetch.Options{
		Agent: fetch.Agent(o.Version, c.Site.URL, c.Site.Contact), Timeout: 30 * time.Second, Attempts: 2,
	})
	engine, err := picture.New(picture.Options{Store: s, Fetch: client, Log: o.Log})
	if err != nil {
		return nil, err
	}
	q.Register(picture.Kind, func(ctx context.Context, args json.RawMessage) error {
		if !network.Reached() {
			return nil // the next harvest that succeeds asks again
		}
		return engine.Run(ctx, args)
	}, jobs.Policy{Timeout: picturesEvery})
	q.Schedule(picture.Kind, func(now time.Time) time.Time { return now.Add(picturesEvery) })
	return &pictures{queue: q, client: client}, nil
}

// want asks for a look soon.
func (p *pictures) want(ctx context.Context) error {
	return p.queue.Enqueue(ctx, picture.Kind, nil, jobs.Opts{})
}
