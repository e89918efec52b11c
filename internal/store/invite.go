package store

import (
	"context"
	"database/sql"
	"time"

	"broadsheet"
)

// PutInvite keeps a new invitation under the hash of its word.
func (s *Store) PutInvite(ctx context.Context, hash string, x broadsheet.Invite) error {
	return s.quietTx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `INSERT INTO invites (hash, id, account_id, note, uses, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			hash, x.ID, x.AccountID, x.Note, x.Uses, sortMicros(x.CreatedAt), sortMicros(x.ExpiresAt))
		return err
	})
}

// Invites are those of an account that hold at a time, the newest first.
func (s *Store) Invites(ctx context.Context, account int64, now time.Time) ([]broadsheet.Invite, error) {
	rows, err := s.query(ctx, `SELECT id, account_id, note, uses, created_at, expires_at FROM invites WHERE account_id = $1 AND uses > 0 AND expires_at > $2
	  ORDER BY created_at DESC, id`, account, sortMicros(now))
	out, err := collect(rows, err, func(r *sql.Rows) (x broadsheet.Invite, err error) {
		var created, expires int64
		err = r.Scan(&x.ID, &x.AccountID, &x.Note, &x.Uses, &created, &expires)
		x.CreatedAt, x.ExpiresAt = microTime(created), microTime(expires)
		return x, err
	})
	return out, s.explain(err)
}

// InviteHolds tells whether the invitation with that hash lets somebody in at a
// time.
func (s *Store) InviteHolds(ctx context.Context, hash string, now time.Time) (bool, error) {
	var one int
	err := s.queryRow(ctx, `SELECT 1 FROM invites WHERE hash = $1 AND uses > 0 AND expires_at > $2`, hash, sortMicros(now)).Scan(&one)
	if err == sql.ErrNoRows {
		return false, nil
	}
	return err == nil, s.explain(err)
}

// takeInvite uses one use of an invitation, where there is one left.
func (s *Store) takeInvite(ctx context.Context, tx *txn, hash string, now time.Time) (bool, error) {
	res, err := tx.exec(ctx, `UPDATE invites SET uses = uses - 1 WHERE hash = $1 AND uses > 0 AND expires_at > $2`, hash, sortMicros(now))
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// EndInvite takes an invitation back.
func (s *Store) EndInvite(ctx context.Context, account int64, id string) error {
	_, err := s.alter(ctx, `DELETE FROM invites WHERE account_id = $1 AND id = $2`, account, id)
	return err
}
