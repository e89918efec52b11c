package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"broadsheet"
)

const submissionColumns = `u.id, u.token, u.account_id, a.name, a.full_name, u.typed, u.ident, u.state, u.paper, u.found, u.missing, u.problem,
  u.comment, u.media, u.reason, u.decider, u.asked_at, u.sent_at, u.closed_at`

const fromSubmissions = ` FROM submissions u JOIN accounts a ON a.id = u.account_id`

func scanSubmission(r *sql.Rows) (x broadsheet.Submission, err error) {
	var found, missing string
	var asked int64
	var sent, closed sql.NullInt64
	err = r.Scan(&x.ID, &x.Token, &x.Account, &x.By.Key, &x.By.Name, &x.Typed, &x.Ident, &x.State, &x.Paper, &found, &missing, &x.Problem,
		&x.Comment, &x.Media, &x.Reason, &x.Decider, &asked, &sent, &closed)
	if err != nil {
		return x, err
	}
	x.AskedAt, x.SentAt, x.ClosedAt = microTime(asked), fromMicros(sent), fromMicros(closed)
	if found != "" {
		x.Found = new(broadsheet.Paper)
		if err := json.Unmarshal([]byte(found), x.Found); err != nil {
			return x, fmt.Errorf("submission %s: %w", x.Token, err)
		}
	}
	if missing != "" {
		return x, json.Unmarshal([]byte(missing), &x.Missing)
	}
	return x, nil
}

// foundText is the paper of a submission as it is kept.
func foundText(x *broadsheet.Submission) (found, missing string, err error) {
	if x.Found != nil {
		if found, err = jsonText(x.Found); err != nil {
			return "", "", err
		}
	}
	if len(x.Missing) > 0 {
		missing, err = jsonText(x.Missing)
	}
	return found, missing, err
}

// PutSubmission stores a new submission. Where its account has one of the same
// paper that is still open, that is given instead, and made is false.
func (s *Store) PutSubmission(ctx context.Context, x broadsheet.Submission) (out broadsheet.Submission, made bool, err error) {
	found, missing, err := foundText(&x)
	if err != nil {
		return out, false, err
	}
	err = s.quietTx(ctx, func(tx *txn) error {
		if err := s.stays(ctx, tx, x.Account); err != nil {
			return err
		}
		res, err := tx.exec(ctx, `INSERT INTO submissions (token, account_id, typed, ident, state, paper, found, missing, problem, comment, media, reason, decider, asked_at)
		  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', '', '', '', $10)
		  ON CONFLICT (account_id, ident) WHERE state IN ('looking', 'draft', 'queued') DO NOTHING`,
			x.Token, x.Account, x.Typed, x.Ident, string(x.State), x.Paper, found, missing, x.Problem, sortMicros(x.AskedAt))
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		made = n > 0
		return err
	})
	if err != nil {
		return out, false, err
	}
	if made {
		out, err = s.Submission(ctx, x.Token)
		return out, true, err
	}
	out, err = s.submission(ctx, s.read, ` WHERE u.account_id = $1 AND u.ident = $2 AND u.state IN ('looking', 'draft', 'queued')`, x.Account, x.Ident)
	return out, false, s.explain(err)
}

// Submission finds a submission by its token; NotFound where there is none.
func (s *Store) Submission(ctx context.Context, token string) (broadsheet.Submission, error) {
	x, err := s.submission(ctx, s.read, ` WHERE u.token = $1`, token)
	return x, s.explain(err)
}

var errNoSubmission = error(&broadsheet.Error{Kind: broadsheet.NotFound, Text: "there is no such submission", Fix: "see /submissions"})

func (s *Store) submission(ctx context.Context, q queryer, where string, args ...any) (broadsheet.Submission, error) {
	rows, err := q.QueryContext(ctx, s.dialect.rebind(`SELECT `+submissionColumns+fromSubmissions+where), args...)
	list, err := collect(rows, err, scanSubmission)
	if err == nil && len(list) == 0 {
		err = errNoSubmission
	}
	if err != nil {
		return broadsheet.Submission{}, err
	}
	return list[0], nil
}

// EndLookup records what became of the search for a submission's paper: x.State,
// Paper, Found, Missing and Problem. False: it is not looked for any more, and
// nothing was recorded.
func (s *Store) EndLookup(ctx context.Context, x broadsheet.Submission) (bool, error) {
	found, missing, err := foundText(&x)
	if err != nil {
		return false, err
	}
	var n int64
	err = s.quietTx(ctx, func(tx *txn) error {
		res, err := tx.exec(ctx, `UPDATE submissions SET state = $2, paper = $3, found = $4, missing = $5, problem = $6 WHERE token = $1 AND state = 'looking'`,
			x.Token, string(x.State), x.Paper, found, missing, x.Problem)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n > 0, err
}

// SubmissionQuery picks submissions; what is empty picks all.
type SubmissionQuery struct {
	Account int64
	State   broadsheet.SubmissionState
	Sent    bool  // only those that were confirmed
	Before  int64 // rows before that one, 0 for the newest
	Oldest  bool  // first, by when they were sent: the queue
	Limit   int
}

// Submissions are those that a query wants, the newest first.
func (s *Store) Submissions(ctx context.Context, q SubmissionQuery) ([]broadsheet.Submission, error) {
	text, args := ` WHERE u.id > 0`, []any{}
	where := func(condition string, arg any) {
		args = append(args, arg)
		text += fmt.Sprintf(" AND "+condition, len(args))
	}
	if q.Account != 0 {
		where("u.account_id = $%d", q.Account)
	}
	if q.State != "" {
		where("u.state = $%d", string(q.State))
	}
	if q.Before > 0 {
		where("u.id < $%d", q.Before)
	}
	if q.Sent {
		text += " AND u.sent_at IS NOT NULL"
	}
	order := " ORDER BY u.id DESC"
	if q.Oldest {
		order = " ORDER BY u.sent_at ASC NULLS LAST, u.id"
	}
	args = append(args, q.Limit)
	rows, err := s.query(ctx, `SELECT `+submissionColumns+fromSubmissions+text+order+fmt.Sprintf(" LIMIT $%d", len(args)), args...)
	out, err := collect(rows, err, scanSubmission)
	return out, s.explain(err)
}

// SubmissionsSince counts what an account has sent since a time.
func (s *Store) SubmissionsSince(ctx context.Context, account int64, since time.Time) (int, error) {
	n, err := s.submissionsSince(ctx, s.read, account, since)
	return n, s.explain(err)
}

func (s *Store) submissionsSince(ctx context.Context, q queryer, account int64, since time.Time) (n int, err error) {
	err = q.QueryRowContext(ctx, s.dialect.rebind(`SELECT count(*) FROM submissions WHERE account_id = $1 AND sent_at >= $2`), account, sortMicros(since)).Scan(&n)
	return n, err
}

// PruneSubmissions removes what was asked for before a time and never sent.
func (s *Store) PruneSubmissions(ctx context.Context, before time.Time) (n int64, err error) {
	err = s.quietTx(ctx, func(tx *txn) error {
		res, err := tx.exec(ctx, `DELETE FROM submissions WHERE state IN ('looking', 'draft', 'failed') AND asked_at < $1`, sortMicros(before))
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}
