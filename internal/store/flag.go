package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"broadsheet"
)

// PutFlag stores a report. It is Conflict where the same person has reported the
// same thing and nobody has decided yet, Limited past perHour (0 for no limit). A
// report after a decision is a new one in the old one's place.
func (s *Store) PutFlag(ctx context.Context, f broadsheet.Flag, perHour int) error {
	return s.submit(ctx, func(ctx context.Context, tx *txn) error {
		if err := s.staysAlone(ctx, tx, f.Account); err != nil {
			return err
		}
		if perHour > 0 {
			st, err := tx.prepare(ctx, `SELECT count(*) FROM flags WHERE account_id = $1 AND at > $2`)
			if err != nil {
				return err
			}
			var n int
			if err := st.QueryRowContext(ctx, f.Account, f.At.Add(-time.Hour).UnixMicro()).Scan(&n); err != nil {
				return err
			}
			if n >= perHour {
				return &broadsheet.Error{Kind: broadsheet.Limited, Text: fmt.Sprintf("that were %d reports in an hour", n), Fix: "the moderators have them; come back in an hour"}
			}
		}
		res, err := tx.exec(ctx, `INSERT INTO flags (kind, object, paper, account_id, reason, body, at, decided_at, decider, outcome) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, '', '')
		  ON CONFLICT (kind, object, account_id) DO UPDATE SET reason = excluded.reason, body = excluded.body, at = excluded.at, decided_at = NULL, decider = '', outcome = ''
		  WHERE flags.decided_at IS NOT NULL`,
			string(f.Kind), f.Object, f.Paper, f.Account, string(f.Reason), f.Text, f.At.UnixMicro())
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return &broadsheet.Error{Kind: broadsheet.Conflict, Text: "you have reported this already", Fix: "the moderators will look at it"}
	})
}

// Flags are open reports, those of the same object together, the object that was
// reported first comes first; at most limit reports.
func (s *Store) Flags(ctx context.Context, limit int) ([]broadsheet.Flag, error) {
	rows, err := s.query(ctx, `SELECT f.id, f.kind, f.object, f.paper, f.account_id, coalesce(a.name, ''), f.reason, f.body, f.at FROM flags f
	  JOIN (SELECT kind, object, min(id) AS first FROM flags WHERE decided_at IS NULL GROUP BY kind, object) o ON o.kind = f.kind AND o.object = f.object
	  LEFT JOIN accounts a ON a.id = f.account_id WHERE f.decided_at IS NULL ORDER BY o.first, f.id LIMIT $1`, limit)
	out, err := collect(rows, err, func(r *sql.Rows) (f broadsheet.Flag, err error) {
		var at int64
		err = r.Scan(&f.ID, &f.Kind, &f.Object, &f.Paper, &f.Account, &f.By, &f.Reason, &f.Text, &at)
		f.At = microTime(at)
		return f, err
	})
	return out, s.explain(err)
}

// OpenFlags counts the objects with open reports, up to most.
func (s *Store) OpenFlags(ctx context.Context, most int) (n int, err error) {
	err = s.queryRow(ctx, `SELECT count(*) FROM (SELECT DISTINCT kind, object FROM flags WHERE decided_at IS NULL LIMIT $1) AS open`, most).Scan(&n)
	return n, s.explain(err)
}

// decideFlags closes what is open of an object and tells those who reported it. A
// paper may have been reported by an id that was its public one then.
func (s *Store) decideFlags(ctx context.Context, tx *txn, outcome broadsheet.FlagOutcome, x broadsheet.Action) (int, error) {
	rows, err := tx.query(ctx, `UPDATE flags SET decided_at = $1, decider = $2, outcome = $3 WHERE kind = $4 AND decided_at IS NULL
	  AND (object = $5 OR kind = 'paper' AND object IN (SELECT o.ident FROM paper_ids i JOIN paper_ids o ON o.paper_id = i.paper_id WHERE i.ident = $5)) RETURNING account_id`,
		sortMicros(x.At), x.Actor, string(outcome), string(x.Kind), x.Object)
	reporters, err := collect(rows, err, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
	if err != nil {
		return 0, err
	}
	comment := ""
	if x.Kind == broadsheet.ObjectComment {
		comment = x.Object
	}
	for _, id := range reporters {
		n := broadsheet.Notification{Account: id, Kind: broadsheet.NotifyModeration, Actor: x.Actor, Paper: x.Paper, Comment: comment, At: x.At,
			Detail: fmt.Sprintf("your report of a %s was %s", x.Kind, outcome)}
		if err := s.note(ctx, tx, n); err != nil {
			return 0, err
		}
	}
	return len(reporters), nil
}

// DismissFlags closes the open reports of the action's object: nothing was to be
// done. It is Conflict where none is open any more.
func (s *Store) DismissFlags(ctx context.Context, x broadsheet.Action) error {
	return s.tx(ctx, func(tx *txn) error {
		n, err := s.decideFlags(ctx, tx, broadsheet.FlagDismissed, x)
		if err != nil {
			return err
		}
		if n == 0 {
			return errDecided
		}
		return s.putAction(ctx, tx, x)
	})
}

// uphold closes the open reports of an object to which something is done, if there
// are any, in the transaction that does it.
func (s *Store) uphold(ctx context.Context, tx *txn, x broadsheet.Action) error {
	_, err := s.decideFlags(ctx, tx, broadsheet.FlagUpheld, x)
	return err
}

var errDecided = error(&broadsheet.Error{Kind: broadsheet.Conflict, Text: "another moderator has decided this already", Fix: "look at the log"})
