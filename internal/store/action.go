package store

import (
	"context"

	"broadsheet"
)

// putAction writes a line of the public log, in the transaction of what it tells of.
func (s *Store) putAction(ctx context.Context, tx *txn, x broadsheet.Action) error {
	_, err := tx.exec(ctx, `INSERT INTO actions (at, actor, act, kind, object, paper, reason, detail, hidden) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		sortMicros(x.At), x.Actor, string(x.Act), string(x.Kind), x.Object, x.Paper, x.Reason, x.Detail, flag(x.Hidden))
	return err
}
