package store

import (
	"context"
	"database/sql"
	"time"

	"broadsheet"
)

// note stores a notification beside what it tells of, in the same transaction.
// Nobody is told of what they did themselves, or did not want to hear of, or once
// they are gone.
func (s *Store) note(ctx context.Context, tx *txn, n broadsheet.Notification) error {
	_, err := tx.exec(ctx, `INSERT INTO notifications (account_id, kind, actor, paper, comment, detail, at)
	  SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS BIGINT)
	  WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE id = $1 AND (name = $3 OR state = 'deleted'))
	  AND NOT EXISTS (SELECT 1 FROM notification_choices WHERE account_id = $1 AND kind = $2 AND way = 'off')`,
		n.Account, string(n.Kind), n.Actor, n.Paper, n.Comment, n.Detail, micros(n.At))
	return err
}

// saying are the kinds of notifications whose detail is what a comment says.
const saying = `'reply', 'mention', 'paper'`

// What a comment says is told as long as it is shown: it may be hidden, or on a
// paper that is, before a mail goes out.
const notificationColumns = `id, account_id, kind, actor, paper, comment, CASE WHEN comment <> '' AND kind IN (` + saying + `) AND EXISTS (SELECT 1 FROM comments c
  WHERE c.token = notifications.comment AND (c.state <> 'shown' OR EXISTS (SELECT 1 FROM paper_states h WHERE h.paper_id = c.paper_id AND h.hidden_at IS NOT NULL))) THEN '' ELSE detail END, at, read_at,
  COALESCE((SELECT t.title FROM papers p JOIN paper_texts t ON t.paper_id = p.id WHERE p.key = notifications.paper AND p.hidden = 0), '')`

func scanNotification(r *sql.Rows) (n broadsheet.Notification, err error) {
	var at int64
	var read sql.NullInt64
	err = r.Scan(&n.ID, &n.Account, &n.Kind, &n.Actor, &n.Paper, &n.Comment, &n.Detail, &at, &read, &n.Title)
	n.At = microTime(at)
	if read.Valid {
		n.ReadAt = microTime(read.Int64)
	}
	return n, err
}

// Notifications are the latest of an account, the newest first, before the row
// before (0: from the newest), at most limit.
func (s *Store) Notifications(ctx context.Context, account, before int64, limit int) ([]broadsheet.Notification, error) {
	text := `SELECT ` + notificationColumns + ` FROM notifications WHERE account_id = $1`
	args := []any{account, limit}
	if before > 0 {
		text += ` AND id < $3`
		args = append(args, before)
	}
	rows, err := s.query(ctx, text+` ORDER BY id DESC LIMIT $2`, args...)
	out, err := collect(rows, err, scanNotification)
	return out, s.explain(err)
}

// Unread is how many notifications an account has not read, counted up to most.
func (s *Store) Unread(ctx context.Context, account int64, most int) (n int, err error) {
	err = s.queryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM notifications WHERE account_id = $1 AND read_at IS NULL LIMIT $2) AS unread`, account, most).Scan(&n)
	return n, s.explain(err)
}

// ReadNotifications marks what an account has not read, up to the row through, as read.
func (s *Store) ReadNotifications(ctx context.Context, account, through int64, at time.Time) error {
	return s.quietTx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `UPDATE notifications SET read_at = $1 WHERE account_id = $2 AND id <= $3 AND read_at IS NULL`, micros(at), account, through)
		return err
	})
}

// Notify stores notifications that come with nothing else.
func (s *Store) Notify(ctx context.Context, ns ...broadsheet.Notification) error {
	return s.quietTx(ctx, func(tx *txn) error {
		for _, n := range ns {
			if err := s.note(ctx, tx, n); err != nil {
				return err
			}
		}
		return nil
	})
}
