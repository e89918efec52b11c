package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"broadsheet/internal/store"
)

// Why a job's context ended before its time.
var (
	errStopping = errors.New("the program stopped")
	errLost     = errors.New("its runner lost touch with the database, or the job to another")
)

const (
	keepEnded  = 14 * 24 * time.Hour // done and failed jobs stay to be seen
	pruneEvery = time.Hour
	lastCall   = 5 * time.Second // for cancelled jobs to return
	endWithin  = 30 * time.Second
	maxError   = 2000 // bytes of an error kept
)

// attempt is a job that this queue runs.
type attempt struct {
	job    store.Job
	cancel context.CancelCauseFunc
	beat   time.Time // when others last heard that it runs
	lost   bool      // it was cancelled because others may have it
}

// Start begins to run jobs and returns at once. When ctx ends, jobs are
// cancelled without waiting; Stop is the gentle way.
func (q *Queue) Start(ctx context.Context) error {
	if q.stopped != nil {
		return errors.New("jobs: started twice")
	}
	taking, stopTaking := context.WithCancel(ctx)
	beating, stopBeats := context.WithCancel(context.WithoutCancel(ctx))
	q.stopTaking, q.stopBeats, q.stopped = stopTaking, stopBeats, make(chan struct{})
	beaten := make(chan struct{})
	go func() { defer close(beaten); q.beats(beating) }()
	go func() {
		defer close(q.stopped)
		q.loop(ctx, taking)
		q.running.Wait() // beats go on until the last job has ended
		stopBeats()
		<-beaten
	}()
	return nil
}

// Stop takes no more jobs and waits for the running ones. When ctx ends they
// are cancelled and wait to be run again, their attempt not counted. An error
// names jobs that would not return even then; others take them over.
func (q *Queue) Stop(ctx context.Context) error {
	if q.stopped == nil {
		return nil
	}
	q.stopTaking()
	select {
	case <-q.stopped:
		return nil
	case <-ctx.Done():
	}
	q.cancelAll(errStopping)
	last := time.NewTimer(lastCall)
	defer last.Stop()
	select {
	case <-q.stopped:
		return nil
	case <-last.C:
		q.stopBeats()
		return fmt.Errorf("stop the jobs: %s did not return", strings.Join(q.runningKinds(), ", "))
	}
}

func (q *Queue) cancelAll(cause error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.cancelled = cause
	for _, a := range q.now {
		a.cancel(cause)
	}
}

func (q *Queue) runningKinds() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	var out []string
	for _, a := range q.now {
		out = append(out, a.job.Kind)
	}
	return out
}

// setBack is by how much a clock is set back that was ahead; less is a clock that
// is kept right.
const setBack = 10 * time.Second

// loop takes jobs until taking ends; they live as long as ctx.
func (q *Queue) loop(ctx, taking context.Context) {
	names := q.Kinds()
	scheduled, pruned, last := false, time.Time{}, time.Time{}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-taking.Done():
			return
		case <-q.wake:
		case <-timer.C:
		}
		wait, err := q.opt.Poll, error(nil)
		now := q.opt.Now()
		if now.Before(last.Add(-setBack)) {
			scheduled = false // jobs wait for times that the clock had seen
		}
		if last = now; !scheduled {
			err = q.schedule(taking)
			scheduled = err == nil
		}
		if err == nil && (now.Sub(pruned) >= pruneEvery || now.Before(pruned)) {
			pruned = now
			_, err = q.store.PruneJobs(taking, now.Add(-keepEnded))
		}
		if err == nil && len(names) > 0 {
			wait, err = q.fill(ctx, taking, names)
		}
		if err != nil && taking.Err() == nil {
			q.opt.Log.Warn("jobs have to wait", "error", err)
			wait = max(wait, 2*time.Second)
		}
		timer.Reset(wait)
	}
}

// schedule sees to it that every scheduled job has a row. One that is there
// keeps its time unless the calendar now has an earlier one.
func (q *Queue) schedule(ctx context.Context) error {
	now := q.opt.Now()
	for _, name := range q.Kinds() {
		if next := q.kinds[name].next; next != nil {
			if at := next(now); !at.IsZero() {
				if err := q.store.PutJob(ctx, name, scheduleKey, json.RawMessage("null"), at, true); err != nil {
					return fmt.Errorf("schedule %s: %w", name, err)
				}
			}
		}
	}
	return nil
}

// fill starts what is due while there is room, and says how long to wait. It
// writes only when something is due.
func (q *Queue) fill(ctx, taking context.Context, names []string) (time.Duration, error) {
	for taking.Err() == nil {
		free := q.free(names)
		if len(free) == 0 {
			return q.opt.Poll, nil // an ending job wakes the loop before
		}
		due, err := q.store.NextJob(taking, free, q.stale())
		if err != nil {
			return q.opt.Poll, err
		}
		now := q.opt.Now()
		if due.IsZero() || due.After(now) {
			if due.IsZero() {
				return q.opt.Poll, nil
			}
			return min(q.opt.Poll, due.Sub(now)), nil
		}
		// Not taking: a cancelled statement could have taken a job unseen.
		tctx, cancel := context.WithTimeout(context.WithoutCancel(taking), endWithin)
		job, ok, err := q.store.TakeJob(tctx, free, q.runner, now, now.Add(-q.stale()))
		cancel()
		if err != nil || !ok {
			return q.opt.Poll, err
		}
		q.begin(ctx, job)
	}
	return q.opt.Poll, nil
}

// free are the kinds of which this queue may begin another job now.
func (q *Queue) free(names []string) []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.now) >= q.opt.Workers {
		return nil
	}
	runs := map[string]int{}
	for _, a := range q.now {
		runs[a.job.Kind]++
	}
	out := make([]string, 0, len(names))
	for _, name := range names {
		if most := q.kinds[name].policy.Parallel; most == 0 || runs[name] < most {
			out = append(out, name)
		}
	}
	return out
}
