package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"broadsheet/internal/store"
)

// begin runs a job that this queue has just taken.
func (q *Queue) begin(ctx context.Context, job store.Job) {
	jctx, cancel := context.WithCancelCause(ctx)
	q.mu.Lock()
	before := q.now[job.ID]
	if before == nil {
		q.now[job.ID] = &attempt{job: job, cancel: cancel, beat: job.BeatAt}
	}
	if q.cancelled != nil {
		cancel(q.cancelled)
	}
	q.mu.Unlock()
	if before != nil { // its beats went unheard, but it still runs here
		q.lose(map[int64]*attempt{job.ID: before}, nil)
		cancel(nil)
		q.record(ctx, job, store.JobEnd{At: q.opt.Now(), State: store.JobWaiting, Attempt: job.Attempt - 1, Retry: true,
			Error: errLost.Error(), RunAt: q.opt.Now().Add(q.stale())})
		return
	}
	q.running.Go(func() {
		defer cancel(nil)
		err := q.attempt(jctx, job)
		q.end(jctx, job, err)
		q.mu.Lock()
		delete(q.now, job.ID)
		q.mu.Unlock()
		q.nudge()
	})
}

// attempt calls the handler; its panic is an error of that job, not the end of
// the program.
func (q *Queue) attempt(ctx context.Context, job store.Job) (err error) {
	k := q.kinds[job.Kind]
	if job.Attempt > k.policy.MaxAttempts {
		return errors.New("its runner ended in the middle, time and again")
	}
	defer func() {
		if p := recover(); p != nil {
			q.opt.Log.Error("a job panicked", "kind", job.Kind, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	ctx, cancel := context.WithTimeoutCause(ctx, k.policy.Timeout, fmt.Errorf("took longer than %v", k.policy.Timeout))
	defer cancel()
	err = k.handle(ctx, job.Args)
	if err != nil && errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil {
		err = fmt.Errorf("%w: %w", context.Cause(ctx), err)
	}
	return err
}

// end records the outcome. Where another runner has the job, the store leaves
// it alone.
func (q *Queue) end(ctx context.Context, job store.Job, err error) {
	cause := context.Cause(ctx)
	end := outcome(job, q.kinds[job.Kind], err, cause, q.opt.Now())
	if err != nil && cause == nil {
		q.opt.Log.Warn("a job met an error", "kind", job.Kind, "attempt", job.Attempt, "then", string(end.State), "at", end.RunAt, "error", err)
	}
	q.record(ctx, job, end)
}

// record stores an outcome, even while the program ends. Where it cannot, the
// job is run again once its last beat is old.
func (q *Queue) record(ctx context.Context, job store.Job, end store.JobEnd) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
	defer cancel()
	for {
		ok, err := q.store.EndJob(ctx, job.ID, q.runner, end)
		if err == nil && ok {
			return
		}
		q.opt.Log.Warn("a job's end is not recorded", "kind", job.Kind, "error", err)
		pause := time.NewTimer(time.Second)
		select {
		case <-pause.C:
		case <-ctx.Done():
			err = nil
		}
		if err == nil { // out of time, or another runner has it
			pause.Stop()
			return
		}
	}
}

// outcome decides what becomes of a job after an attempt; cause is why it was
// cancelled, nil where it was not. A cancelled attempt does not count.
func outcome(job store.Job, k *kind, err, cause error, now time.Time) store.JobEnd {
	end := store.JobEnd{At: now, State: store.JobDone, Attempt: job.Attempt}
	var later *retryAt
	switch {
	case err == nil:
		end.Drop = strings.HasPrefix(job.Key, aloneKey)
	case cause != nil:
		end.State, end.Error, end.RunAt = store.JobWaiting, cause.Error(), now
		end.Attempt, end.Retry = job.Attempt-1, true
		return end
	case errors.As(err, &later) && later.at.After(now) && job.Attempt < k.policy.MaxAttempts:
		end.State, end.Error, end.RunAt, end.Retry = store.JobWaiting, clip(err.Error()), later.at, true
		return end
	case job.Attempt < k.policy.MaxAttempts:
		end.State, end.Error, end.RunAt, end.Retry = store.JobWaiting, clip(err.Error()), now.Add(k.policy.Backoff(job.Attempt)), true
		return end
	default:
		end.State, end.Error = store.JobFailed, clip(err.Error())
	}
	end.Drop = end.Drop || k.policy.Forget
	if job.Key == scheduleKey && k.next != nil {
		if at := k.next(now); !at.IsZero() {
			end.State, end.RunAt, end.Attempt = store.JobWaiting, at, 0
		}
	}
	return end
}

type retryAt struct {
	error
	at time.Time
}

func (e *retryAt) Unwrap() error { return e.error }

// RetryAt wraps an attempt's error with the time of the next attempt, such as
// a server's Retry-After. The policy's count of attempts still holds.
func RetryAt(err error, at time.Time) error { return &retryAt{err, at} }

func clip(s string) string {
	if len(s) <= maxError {
		return s
	}
	return strings.ToValidUTF8(s[:maxError], "") + "…"
}
