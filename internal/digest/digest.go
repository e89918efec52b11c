package digest

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

// Finder finds papers for searches; the search engine is one.
type Finder interface {
	Search(ctx context.Context, q broadsheet.Query) (*broadsheet.Results, error)
	// Indexed is the cursor of the change feed up to which everything can be found;
	// ok is false where that cannot be told, as before the first filling.
	Indexed() (cursor string, ok bool)
}

// Store is what the planner needs of the store.
type Store interface {
	NoteArrivals(ctx context.Context, ids []string, since broadsheet.Day, at time.Time) (int64, error)
	LastArrival(ctx context.Context) (int64, error)
	LatestArrivalAt(ctx context.Context, kind broadsheet.ArrivalKind) (time.Time, error)
	Arrivals(ctx context.Context, kind broadsheet.ArrivalKind, from, to int64, limit int) ([]store.Arrived, error)
	ArrivalsOn(ctx context.Context, list broadsheet.List, kind broadsheet.ArrivalKind, from, to int64, limit int) ([]store.Arrived, error)
	AuthorName(ctx context.Context, key string) (string, error)
	Organization(ctx context.Context, key string) (broadsheet.Organization, error)
	Person(ctx context.Context, key string) (broadsheet.Person, error)
	WalkDue(ctx context.Context, now time.Time) (*store.DueWalk, error)
	Next(ctx context.Context, w *store.DueWalk, limit int) ([]store.Due, error)
	PullDue(ctx context.Context, beyond, to time.Time) (int64, error)
	PullAhead(ctx context.Context, now, beyond time.Time, last broadsheet.Day) (subscriptions, deliveries int64, err error)
	Told(ctx context.Context, recipients []int64, since time.Time) (map[int64]map[string]bool, error)
	EditionOf(ctx context.Context, topic broadsheet.Topic, from, to int64) (broadsheet.Edition, error)
	PutEdition(ctx context.Context, x broadsheet.Edition) (broadsheet.Edition, error)
	PutPlans(ctx context.Context, plans []store.Plan) (int, error)
	Cursor(ctx context.Context, name string) (string, error)
	SetCursor(ctx context.Context, name, value string) error
	Head(ctx context.Context) (string, error)
	Passed(at, place string) (bool, error)
}

// Options are what an engine stands on.
type Options struct {
	Store  Store
	Finder Finder           // nil: searches are not planned until there is one
	Log    *slog.Logger     // nil: silent
	Now    func() time.Time // default time.Now
	Zone   *time.Location   // of the site, whose day says what is news; default UTC
	// Token makes a public name of 128 random bits, default from crypto/rand.
	Token func() string
	// Planned is called after deliveries were planned, so that they are sent now;
	// nil: nobody is told.
	Planned func()
	// Paused tells whether nothing is to be planned for now; nil: never. What is
	// news meanwhile comes in the first edition after.
	Paused func(context.Context) bool
}

// Engine plans editions.
type Engine struct {
	o Options

	mu      sync.Mutex
	places  []place   // of late, the newest last
	planned time.Time // when it planned last
	healed  time.Time // when it looked for what a wrong clock did; zero: never
}

// New makes an engine.
func New(o Options) *Engine {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Token == nil {
		o.Token = newToken
	}
	return &Engine{o: o}
}

// Kind is the job that plans what is due; it is scheduled every minute.
const Kind = "digest.plan"

// Every is how often Kind runs.
const Every = time.Minute

// Run does the job: it plans all that is due now.
func (e *Engine) Run(ctx context.Context, _ json.RawMessage) error {
	_, err := e.Plan(ctx)
	return err
}

// newsFor is how many days a paper is news after it was announced or chosen:
// what comes here later than that is an archive being filled.
const newsFor = 30

// FollowerName is the cursor of the follower that Changes handles.
const FollowerName = "arrivals"

// Changes takes changes of papers in: it is the handler of a follower.
func (e *Engine) Changes(ctx context.Context, changes []broadsheet.Change) error {
	now := e.o.Now()
	ids := make([]string, 0, len(changes))
	seen := map[string]bool{}
	for _, c := range changes {
		if c.Kind == broadsheet.ChangePaper && !seen[c.PaperID] {
			seen[c.PaperID] = true
			ids = append(ids, c.PaperID)
		}
	}
	since := broadsheet.DayOf(now, e.o.Zone).Add(-newsFor)
	for len(ids) > 0 {
		part := ids[:min(200, len(ids))]
		ids = ids[len(part):]
		if _, err := e.o.Store.NoteArrivals(ctx, part, since, now); err != nil {
			return err
		}
	}
	return nil
}
