package store

import (
	"context"
	"database/sql"
	"time"

	"broadsheet"
)

// JobCount is how many jobs of a kind are in a state.
type JobCount struct {
	Kind  string
	State JobState
	Count int
	Next  time.Time // of waiting ones: when the first is due
}

// JobCounts counts all jobs, by kind and state.
func (s *Store) JobCounts(ctx context.Context) ([]JobCount, error) {
	rows, err := s.query(ctx, `SELECT kind, state, count(*), min(CASE WHEN state = 'waiting' THEN run_at END) FROM jobs GROUP BY kind, state ORDER BY kind, state`)
	out, err := collect(rows, err, func(r *sql.Rows) (c JobCount, err error) {
		var next sql.NullInt64
		err = r.Scan(&c.Kind, &c.State, &c.Count, &next)
		c.Next = fromMicros(next)
		return c, err
	})
	return out, s.explain(err)
}

// TroubledJobs are the jobs that an administrator may want to see: those that
// run, that failed, and that wait after an error; the latest first.
func (s *Store) TroubledJobs(ctx context.Context, limit int) ([]Job, error) {
	rows, err := s.query(ctx, `SELECT `+jobColumns+` FROM jobs WHERE state IN ('running', 'failed') OR state = 'waiting' AND error <> ''
	  ORDER BY CASE state WHEN 'failed' THEN 0 WHEN 'running' THEN 1 ELSE 2 END, started_at DESC NULLS LAST, id DESC LIMIT $1`, limit)
	out, err := collect(rows, err, scanJob)
	return out, s.explain(err)
}

// RunJob has a job that failed, or that waits, run at a time, as if it had never
// been tried. It is Conflict where the job runs or is gone.
func (s *Store) RunJob(ctx context.Context, id int64, at time.Time) error {
	n, err := s.alter(ctx, `UPDATE jobs SET state = 'waiting', run_at = $2, attempt = 0, finished_at = NULL WHERE id = $1 AND state IN ('failed', 'waiting', 'done')`, id, at.UnixMicro())
	if err == nil && n == 0 {
		return errJobGone
	}
	return err
}

// DeleteJob removes a job that failed, or waits after an error. It is Conflict
// where the job runs or is gone.
func (s *Store) DeleteJob(ctx context.Context, id int64) error {
	n, err := s.alter(ctx, `DELETE FROM jobs WHERE id = $1 AND (state = 'failed' OR state = 'waiting' AND error <> '')`, id)
	if err == nil && n == 0 {
		return errJobGone
	}
	return err
}

var errJobGone = &broadsheet.Error{Kind: broadsheet.Conflict, Text: "this job runs now, or is gone", Fix: "look again"}
