package store

import (
	"context"
	"database/sql"
	"slices"
	"strconv"

	"broadsheet"
)

// putAction writes a line of the public log, in the transaction of what it tells of.
func (s *Store) putAction(ctx context.Context, tx *txn, x broadsheet.Action) error {
	_, err := tx.exec(ctx, `INSERT INTO actions (at, actor, act, kind, object, paper, reason, detail, hidden) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		sortMicros(x.At), x.Actor, string(x.Act), string(x.Kind), x.Object, x.Paper, x.Reason, x.Detail, flag(x.Hidden))
	return err
}

// ActionQuery picks lines of the log; what is empty picks all.
type ActionQuery struct {
	Actor  string
	Act    broadsheet.Act
	Kind   broadsheet.ObjectKind
	Object string
	Paper  string // by any of its ids: lines are found that were written when it had another
	Hidden bool   // also those that only moderators see
	Before int64  // lines before that one, 0 for the newest
	After  int64  // lines after that one, the ones next to it
	Limit  int
}

// Actions are lines of the log, the newest first.
func (s *Store) Actions(ctx context.Context, q ActionQuery) ([]broadsheet.Action, error) {
	text, args := `SELECT id, at, actor, act, kind, object, paper, reason, detail, hidden FROM actions WHERE id > $1`, []any{q.After}
	where := func(condition string, arg any) {
		args = append(args, arg)
		text += " AND " + condition + " $" + strconv.Itoa(len(args))
	}
	for _, x := range []struct{ column, value string }{{"actor", q.Actor}, {"act", string(q.Act)}, {"kind", string(q.Kind)}, {"object", q.Object}} {
		if x.value != "" {
			where(x.column+" =", x.value)
		}
	}
	if q.Paper != "" {
		args = append(args, q.Paper)
		n := strconv.Itoa(len(args))
		text += ` AND paper <> '' AND (paper = $` + n + ` OR paper IN (SELECT o.ident FROM paper_ids i JOIN paper_ids o ON o.paper_id = i.paper_id WHERE i.ident = $` + n + `))`
	}
	if q.Before > 0 {
		where("id <", q.Before)
	}
	if !q.Hidden {
		text += " AND hidden = 0"
	}
	order := " ORDER BY id DESC LIMIT $"
	if q.After > 0 { // the page before: those next to it, turned around
		order = " ORDER BY id LIMIT $"
	}
	args = append(args, q.Limit)
	rows, err := s.query(ctx, text+order+strconv.Itoa(len(args)), args...)
	out, err := collect(rows, err, func(r *sql.Rows) (x broadsheet.Action, err error) {
		var at int64
		err = r.Scan(&x.ID, &at, &x.Actor, &x.Act, &x.Kind, &x.Object, &x.Paper, &x.Reason, &x.Detail, &x.Hidden)
		x.At = microTime(at)
		return x, err
	})
	if q.After > 0 {
		slices.Reverse(out)
	}
	return out, s.explain(err)
}
