// Package jobs is the program's two background ideas: jobs, which have a time,
// and followers, which see every change.
//
// A job is a row of the database. It runs at its time or later, by one runner
// among all processes on that database, and is tried again after an error
// until its policy gives up; its last error stays readable. A runner says
// every few seconds that it lives. When it stops saying so its jobs are taken
// over, so a job may run more than once, but not twice at a time: a runner
// that could not say that it lives cancels its own jobs before others take
// them. Machines that share a database need clocks that agree to a few
// seconds.
//
// A Follower reads the change feed in order from its own cursor, each change
// at least once.
package jobs

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"broadsheet/internal/store"
)

// Handler does the work of one attempt. It is done when it returns nil; an
// error made by RetryAt says when to try again. It must return soon after ctx
// ends.
type Handler func(ctx context.Context, args json.RawMessage) error

// Policy bounds the attempts at a job. Zero fields have the defaults told.
type Policy struct {
	Timeout     time.Duration                   // of one attempt, 10 minutes
	MaxAttempts int                             // then it is given up, or waits for its next scheduled time: 10
	Backoff     func(attempt int) time.Duration // wait after failed attempt 1, 2, …; 10 s doubling to 1 hour
	Parallel    int                             // jobs of the kind at a time in this process, any number: slow ones leave workers to others
	Forget      bool                            // keep no row of what has ended, however it did: its args are somebody's
}

// Options adjusts New. Zero fields have the defaults told.
type Options struct {
	Log     *slog.Logger     // silent
	Now     func() time.Time // time.Now
	Workers int              // jobs at a time in this process, 4
	Poll    time.Duration    // between looks for what other processes ask for, 1 s
	Beat    time.Duration    // between signs of life, 5 s; a runner silent for 6 of them is dead
}

// Queue runs the jobs of a database. It is safe for concurrent use, but
// Register and Schedule come before Start.
type Queue struct {
	store  *store.Store
	opt    Options
	runner string // no other queue, in this or another process, has this name
	kinds  map[string]*kind
	wake   chan struct{} // holds one: there may be something to do now

	stopTaking context.CancelFunc
	stopBeats  context.CancelFunc
	stopped    chan struct{} // loop and beats have ended
	running    sync.WaitGroup
	mu         sync.Mutex
	now        map[int64]*attempt // by job
	cancelled  error              // why all were cancelled
}

type kind struct {
	handle Handler
	policy Policy
	next   func(now time.Time) time.Time // of a scheduled kind
}

// New makes a queue over a migrated store; nothing runs before Start.
func New(s *store.Store, opt Options) (*Queue, error) {
	if s == nil {
		return nil, fmt.Errorf("jobs: without a store")
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Workers <= 0 {
		opt.Workers = 4
	}
	if opt.Poll <= 0 {
		opt.Poll = time.Second
	}
	if opt.Beat <= 0 {
		opt.Beat = 5 * time.Second
	}
	return &Queue{store: s, opt: opt, runner: rand.Text(), kinds: map[string]*kind{},
		wake: make(chan struct{}, 1), now: map[int64]*attempt{}}, nil
}

// stale is how long a runner may be silent before its jobs go to others.
func (q *Queue) stale() time.Duration { return 6 * q.opt.Beat }

// Register says how jobs of a kind are done. A kind is registered once.
func (q *Queue) Register(name string, h Handler, p Policy) {
	if p.Timeout <= 0 {
		p.Timeout = 10 * time.Minute
	}
	if p.MaxAttempts <= 0 {
		p.MaxAttempts = 10
	}
	if p.Backoff == nil {
		p.Backoff = func(attempt int) time.Duration {
			return min(10*time.Second<<min(attempt-1, 10), time.Hour)
		}
	}
	if _, twice := q.kinds[name]; twice || h == nil {
		panic("jobs: " + name + " is registered twice or without a handler")
	}
	q.kinds[name] = &kind{handle: h, policy: p}
}

// Schedule makes the one job of a registered kind run at the times that next
// gives, each later than the now it is asked with; the zero time means never.
// A time that passed while no process ran is made up for once. Its handler
// gets the args null.
func (q *Queue) Schedule(name string, next func(now time.Time) time.Time) {
	k, ok := q.kinds[name]
	if !ok {
		panic("jobs: " + name + " is scheduled but not registered")
	}
	k.next = next
}

// Opts adjusts Enqueue.
type Opts struct {
	At     time.Time // not before; zero is now
	Unique string    // jobs of a kind with the same word are one job
}

// Enqueue asks for a job. args is stored as JSON. One that is asked for again
// before it ran runs once, at the earlier time with the newer args; while it
// runs, once more afterwards. Of a scheduled kind, nil args and no Unique word
// mean its scheduled job.
func (q *Queue) Enqueue(ctx context.Context, name string, args any, o Opts) error {
	raw, err := json.Marshal(args)
	if err != nil {
		return fmt.Errorf("ask for job %s: %w", name, err)
	}
	now := q.opt.Now()
	if o.At.IsZero() || o.At.Before(now) {
		o.At = now
	}
	k := q.kinds[name]
	key := aloneKey + rand.Text()
	switch {
	case o.Unique != "":
		key = uniqueKey + o.Unique
	case k != nil && k.next != nil && args == nil:
		key = scheduleKey
	}
	if err := q.store.PutJob(ctx, name, key, raw, o.At, false); err != nil {
		return fmt.Errorf("ask for job %s: %w", name, err)
	}
	q.nudge()
	return nil
}

// What a job's key begins with says what it is: one alone goes when it is
// done, the others stay to be seen for a while.
const (
	aloneKey    = "#"
	uniqueKey   = "="
	scheduleKey = "@"
)

// nudge makes the loop look now.
func (q *Queue) nudge() {
	select {
	case q.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// JobStatus is a job as the status page shows it.
type JobStatus struct {
	Kind      string
	Unique    string // the word given to Enqueue, "" without one
	Scheduled bool
	State     store.JobState
	Attempt   int    // made so far, with the running one
	Error     string // of the last attempt, "" after a success
	Next      time.Time
	Started   time.Time // of the last attempt
	Finished  time.Time // when the last attempt ended, zero while it runs the first time
}

// Status lists running, waiting, failed and done jobs, in this order, at most
// 200. Failed and done ones go after two weeks.
func (q *Queue) Status(ctx context.Context) ([]JobStatus, error) {
	rows, err := q.store.Jobs(ctx, 200)
	if err != nil {
		return nil, fmt.Errorf("read the jobs: %w", err)
	}
	out := make([]JobStatus, len(rows))
	for i, r := range rows {
		s := JobStatus{Kind: r.Kind, Scheduled: r.Key == scheduleKey, State: r.State, Attempt: r.Attempt, Error: r.Error,
			Started: r.StartedAt, Finished: r.FinishedAt}
		if r.Key[:1] == uniqueKey {
			s.Unique = r.Key[1:]
		}
		if r.State == store.JobWaiting {
			s.Next = r.RunAt
		}
		out[i] = s
	}
	return out, nil
}

// Kinds are the names of all that is registered.
func (q *Queue) Kinds() []string { return slices.Sorted(maps.Keys(q.kinds)) }
