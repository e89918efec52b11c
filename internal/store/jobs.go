package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"
)

// JobState says where a job is in its life.
type JobState string

// States of jobs.
const (
	JobWaiting JobState = "waiting" // until RunAt: the first time, or after an error
	JobRunning JobState = "running"
	JobDone    JobState = "done"
	JobFailed  JobState = "failed" // given up; Error says why
)

// Job is a row of the job table. Kind and Key together are one job, however
// often it is asked for.
type Job struct {
	ID         int64
	Kind, Key  string
	Args       json.RawMessage
	State      JobState
	RunAt      time.Time // when it is or was due; zero once it has ended
	Attempt    int       // 1 while the first runs, 0 before
	Error      string    // of the last attempt, "" after a success
	StartedAt  time.Time // of the last attempt
	BeatAt     time.Time // when the runner of a running job last said that it lives
	FinishedAt time.Time
}

// JobEnd is what becomes of a job after an attempt.
type JobEnd struct {
	At      time.Time // now
	State   JobState
	Attempt int
	Error   string
	RunAt   time.Time // of a job that waits again
	Retry   bool      // it waits for the next attempt of the same run
	Drop    bool      // remove the row
}

// The statements below are single and write outside Store.tx: a job's beat is
// no reason to render a page anew.

// PutJob asks for a job at a time. A job that waits already keeps the earlier
// time and takes the newer args; one that runs is run again at that time; one
// that has ended waits anew. With keep, a job that is there stays as it is,
// but for being moved earlier before its first attempt.
func (s *Store) PutJob(ctx context.Context, kind, key string, args json.RawMessage, at time.Time, keep bool) error {
	const insert = `INSERT INTO jobs (kind, key, args, state, run_at, attempt, error, runner, beat_at)
	  VALUES ($1, $2, $3, 'waiting', $4, 0, '', '', 0) ON CONFLICT (kind, key) DO UPDATE SET `
	text := insert + `args = excluded.args,
	  again_at = CASE WHEN jobs.state <> 'running' THEN NULL WHEN jobs.again_at < excluded.run_at THEN jobs.again_at ELSE excluded.run_at END,
	  run_at = CASE WHEN jobs.state = 'running' OR jobs.state = 'waiting' AND jobs.run_at < excluded.run_at THEN jobs.run_at ELSE excluded.run_at END,
	  attempt = CASE WHEN jobs.state IN ('waiting', 'running') THEN jobs.attempt ELSE 0 END,
	  state = CASE WHEN jobs.state = 'running' THEN jobs.state ELSE 'waiting' END`
	if keep {
		text = insert + `run_at = excluded.run_at, state = 'waiting', attempt = 0
		  WHERE jobs.state IN ('done', 'failed') OR jobs.state = 'waiting' AND jobs.attempt = 0 AND jobs.run_at > excluded.run_at`
	}
	_, err := s.write.ExecContext(ctx, s.dialect.rebind(text), kind, key, string(args), at.UnixMicro())
	return s.explain(err)
}

// NextJob is when the first job of the kinds is due: waiting for its time, or
// running with a beat that will by then be older than stale. Zero: none is.
func (s *Store) NextJob(ctx context.Context, kinds []string, stale time.Duration) (time.Time, error) {
	in := placeholders(2, len(kinds))
	var at sql.NullInt64
	err := s.queryRow(ctx, `SELECT min(at) FROM (
	  SELECT min(run_at) AS at FROM jobs WHERE state = 'waiting' AND kind IN (`+in+`)
	  UNION ALL SELECT min(beat_at) + $1 FROM jobs WHERE state = 'running' AND kind IN (`+in+`)) due`,
		append([]any{stale.Microseconds()}, anys(kinds)...)...).Scan(&at)
	if err != nil {
		return time.Time{}, s.explain(err)
	}
	return fromMicros(at), nil
}

// TakeJob gives the job of the kinds that has been due longest to runner, and
// counts an attempt. A running job whose last beat was before stale is due as
// well: its runner is dead. ok is false where nothing is due.
func (s *Store) TakeJob(ctx context.Context, kinds []string, runner string, now, stale time.Time) (job Job, ok bool, err error) {
	in := placeholders(4, len(kinds))
	lock := ""
	if s.Dialect() == "postgres" {
		lock = " FOR UPDATE SKIP LOCKED" // many takers do not queue for the same row
	}
	// One statement each, so that both stay inside the index: an OR would scan.
	for _, due := range []struct {
		where string
		limit time.Time
	}{{"state = 'waiting' AND run_at <= $3", now}, {"state = 'running' AND beat_at < $3", stale}} {
		rows, err := s.write.QueryContext(ctx, s.dialect.rebind(`UPDATE jobs SET
		  state = 'running', attempt = attempt + 1, runner = $2, started_at = $1, beat_at = $1,
		  error = CASE WHEN state = 'running' THEN 'its runner ended in the middle' ELSE error END,
		  again_at = CASE WHEN again_at <= $1 THEN NULL ELSE again_at END
		  WHERE id = (SELECT id FROM jobs WHERE `+due.where+` AND kind IN (`+in+`) ORDER BY run_at, id LIMIT 1`+lock+`)
		  RETURNING `+jobColumns),
			append([]any{now.UnixMicro(), runner, due.limit.UnixMicro()}, anys(kinds)...)...)
		jobs, err := collect(rows, err, scanJob)
		if err != nil {
			return Job{}, false, s.explain(err)
		}
		if len(jobs) > 0 {
			return jobs[0], true, nil
		}
	}
	return Job{}, false, nil
}

// BeatJobs says that runner lives and still runs the jobs of those ids, and
// gives the ids that are still its own.
func (s *Store) BeatJobs(ctx context.Context, runner string, ids []int64, now time.Time) ([]int64, error) {
	rows, err := s.write.QueryContext(ctx, s.dialect.rebind(`UPDATE jobs SET beat_at = $1
	  WHERE state = 'running' AND runner = $2 AND id IN (`+placeholders(3, len(ids))+`) RETURNING id`),
		append([]any{now.UnixMicro(), runner}, anys(ids)...)...)
	still, err := collect(rows, err, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
	return still, s.explain(err)
}

// EndJob records what became of runner's attempt. A job that was asked for
// while it ran waits for that time, or an earlier RunAt, instead of ending; a
// Retry keeps the wish until it has succeeded or is given up. False: the job has another runner now, and
// nothing was recorded.
func (s *Store) EndJob(ctx context.Context, id int64, runner string, end JobEnd) (bool, error) {
	const mine = ` WHERE id = $1 AND runner = $2 AND state = 'running'`
	if end.Drop {
		return s.endJob(ctx, `DELETE FROM jobs`+mine, id, runner)
	}
	return s.endJob(ctx, `UPDATE jobs SET
	  state = CASE WHEN again_at IS NULL OR $8 = 1 THEN $3 ELSE 'waiting' END,
	  run_at = CASE WHEN again_at IS NULL OR $8 = 1 OR $3 = 'waiting' AND $4 < again_at THEN $4 ELSE again_at END,
	  attempt = CASE WHEN again_at IS NULL OR $8 = 1 THEN $5 ELSE 0 END,
	  again_at = CASE WHEN $8 = 1 THEN again_at ELSE NULL END,
	  error = $6, finished_at = $7, runner = ''`+mine,
		id, runner, string(end.State), sortMicros(end.RunAt), end.Attempt, end.Error, end.At.UnixMicro(), flag(end.Retry))
}

func (s *Store) endJob(ctx context.Context, text string, args ...any) (bool, error) {
	res, err := s.write.ExecContext(ctx, s.dialect.rebind(text), args...)
	if err != nil {
		return false, s.explain(err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// PruneJobs removes jobs that ended before a time and gives their number.
func (s *Store) PruneJobs(ctx context.Context, before time.Time) (int64, error) {
	res, err := s.write.ExecContext(ctx, s.dialect.rebind(`DELETE FROM jobs WHERE state IN ('done', 'failed') AND finished_at < $1`), before.UnixMicro())
	if err != nil {
		return 0, s.explain(err)
	}
	return res.RowsAffected()
}

// Jobs reads at most limit jobs: the running and the waiting by time first,
// then what failed and what is done, latest first.
func (s *Store) Jobs(ctx context.Context, limit int) ([]Job, error) {
	rows, err := s.query(ctx, `SELECT `+jobColumns+` FROM jobs
	  ORDER BY CASE state WHEN 'running' THEN 0 WHEN 'waiting' THEN 1 WHEN 'failed' THEN 2 ELSE 3 END,
	    CASE WHEN state IN ('running', 'waiting') THEN run_at ELSE -finished_at END NULLS LAST, id LIMIT $1`, limit)
	out, err := collect(rows, err, scanJob)
	return out, s.explain(err)
}

const jobColumns = `id, kind, key, args, state, run_at, attempt, error, started_at, beat_at, finished_at`

func scanJob(r *sql.Rows) (Job, error) {
	var j Job
	var args string
	var runAt, beat int64 // 0: not that any more
	var started, finished sql.NullInt64
	err := r.Scan(&j.ID, &j.Kind, &j.Key, &args, &j.State, &runAt, &j.Attempt, &j.Error, &started, &beat, &finished)
	j.Args = json.RawMessage(args)
	j.RunAt, j.BeatAt = fromMicros(sql.NullInt64{Int64: runAt, Valid: runAt != 0}), fromMicros(sql.NullInt64{Int64: beat, Valid: beat != 0})
	j.StartedAt, j.FinishedAt = fromMicros(started), fromMicros(finished)
	return j, err
}
