package store

import (
	"context"
	"database/sql"
	"time"

	"broadsheet"
)

// NotifyWays are how an account wants to be told, where it chose.
func (s *Store) NotifyWays(ctx context.Context, account int64) (map[broadsheet.NotificationKind]broadsheet.NotifyWay, error) {
	rows, err := s.query(ctx, `SELECT kind, way FROM notification_choices WHERE account_id = $1`, account)
	out := map[broadsheet.NotificationKind]broadsheet.NotifyWay{}
	_, err = collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var kind broadsheet.NotificationKind
		var way broadsheet.NotifyWay
		err := r.Scan(&kind, &way)
		out[kind] = way
		return struct{}{}, err
	})
	return out, s.explain(err)
}

// SetNotifyWays writes how an account wants to be told of kinds.
func (s *Store) SetNotifyWays(ctx context.Context, account int64, ways map[broadsheet.NotificationKind]broadsheet.NotifyWay) error {
	return s.quietTx(ctx, func(tx *txn) error {
		for kind, way := range ways {
			if _, err := tx.exec(ctx, `INSERT INTO notification_choices (account_id, kind, way) VALUES ($1, $2, $3)
			  ON CONFLICT (account_id, kind) DO UPDATE SET way = excluded.way`, account, string(kind), string(way)); err != nil {
				return err
			}
		}
		return nil
	})
}

// ToMail are accounts with notifications from before a time that were neither read
// nor mailed, at most limit. What was read meanwhile needs no mail any more.
func (s *Store) ToMail(ctx context.Context, before time.Time, limit int) ([]int64, error) {
	err := s.quietTx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `UPDATE notifications SET mailed_at = read_at WHERE mailed_at IS NULL AND read_at IS NOT NULL`)
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, err := s.query(ctx, `SELECT account_id FROM notifications WHERE mailed_at IS NULL AND at < $1 GROUP BY account_id ORDER BY min(id) LIMIT $2`, micros(before), limit)
	out, err := collect(rows, err, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
	return out, s.explain(err)
}

// Unmailed are an account's notifications that were neither read nor mailed, the
// oldest first, and when it was mailed last, zero for never.
func (s *Store) Unmailed(ctx context.Context, account int64, limit int) (list []broadsheet.Notification, last time.Time, err error) {
	var at sql.NullInt64
	err = s.queryRow(ctx, `SELECT max(mailed_at) FROM notifications WHERE account_id = $1 AND (read_at IS NULL OR mailed_at < read_at)`, account).Scan(&at)
	if err != nil {
		return nil, last, s.explain(err)
	}
	rows, err := s.query(ctx, `SELECT `+notificationColumns+` FROM notifications WHERE account_id = $1 AND mailed_at IS NULL AND read_at IS NULL ORDER BY id LIMIT $2`, account, limit)
	list, err = collect(rows, err, scanNotification)
	return list, fromMicros(at), s.explain(err)
}

// Mailed notes that an account's notifications up to a row need no mail any more.
func (s *Store) Mailed(ctx context.Context, account, through int64, at time.Time) error {
	return s.quietTx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `UPDATE notifications SET mailed_at = $1 WHERE account_id = $2 AND id <= $3 AND mailed_at IS NULL`, micros(at), account, through)
		return err
	})
}

// PruneNotifications removes what is older than a time.
func (s *Store) PruneNotifications(ctx context.Context, before time.Time) error {
	return s.quietTx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `DELETE FROM notifications WHERE at < $1`, micros(before))
		return err
	})
}

// SetFeed gives an account a private feed in the place of the one that it had;
// hash is "" for none.
func (s *Store) SetFeed(ctx context.Context, account int64, hash string, at time.Time) error {
	return s.quietTx(ctx, func(tx *txn) error {
		if _, err := tx.exec(ctx, `DELETE FROM notification_feeds WHERE account_id = $1`, account); err != nil || hash == "" {
			return err
		}
		_, err := tx.exec(ctx, `INSERT INTO notification_feeds (account_id, hash, created_at) VALUES ($1, $2, $3)`, account, hash, micros(at))
		return err
	})
}

// FeedAccount is the account that a private feed is of; NotFound where there is
// none. HasFeed tells whether an account has one.
func (s *Store) FeedAccount(ctx context.Context, hash string) (id int64, err error) {
	err = s.queryRow(ctx, `SELECT f.account_id FROM notification_feeds f JOIN accounts a ON a.id = f.account_id AND a.state <> 'deleted' WHERE f.hash = $1`, hash).Scan(&id)
	if err == sql.ErrNoRows {
		return 0, broadsheet.Errorf(broadsheet.NotFound, "there is no such feed, or not any more")
	}
	return id, s.explain(err)
}

// HasFeed tells whether an account has a private feed.
func (s *Store) HasFeed(ctx context.Context, account int64) (has bool, err error) {
	var n int
	err = s.queryRow(ctx, `SELECT count(*) FROM notification_feeds WHERE account_id = $1`, account).Scan(&n)
	return n > 0, s.explain(err)
}

// eraseNotifications removes what an account was told and how it wanted to be.
func (s *Store) eraseNotifications(ctx context.Context, tx *txn, account int64) error {
	for _, text := range []string{`DELETE FROM notifications WHERE account_id = $1`, `DELETE FROM notification_choices WHERE account_id = $1`, `DELETE FROM notification_feeds WHERE account_id = $1`} {
		if _, err := tx.exec(ctx, text, account); err != nil {
			return err
		}
	}
	return nil
}
