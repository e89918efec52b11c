package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"broadsheet"
)

// EraseRecipient removes a recipient with its subscriptions, the ledger's lines
// of them, the jobs that were to write to it, and the mails that came back of it
// and were not understood. A suppression stays without its words: what is left
// of the address is a hash. On SQLite what is removed is overwritten.
//
// Jobs about a recipient have a unique word that begins with its key and a blank.
func (s *Store) EraseRecipient(ctx context.Context, id int64) error {
	return s.erasing(ctx, func(ctx context.Context) error {
		return s.quietTx(ctx, func(tx *txn) error { return s.erase(ctx, tx, id) })
	})
}

// jobsAbout begins the key of a job that has a unique word.
const jobsAbout = "="

func (s *Store) erase(ctx context.Context, tx *txn, ids ...int64) error {
	// Held, so that who is just being given a subscription is waited for.
	rows, err := tx.QueryContext(ctx, s.dialect.rebind(`SELECT `+recipientColumns+` FROM recipients r WHERE r.id IN (`+placeholders(1, len(ids))+`)`+s.dialect.lockRows()), anys(ids)...)
	list, err := collect(rows, err, scanRecipient)
	if err != nil {
		return err
	}
	if err := s.eraseStrays(ctx, tx, list); err != nil {
		return err
	}
	for _, r := range list {
		for _, x := range []struct {
			text string
			args []any
		}{
			{`DELETE FROM jobs WHERE key >= $1 AND key < $2`, []any{jobsAbout + r.Key + " ", jobsAbout + r.Key + "!"}},
			{`UPDATE suppressions SET detail = '' WHERE channel = $1 AND key = $2`, []any{string(r.Channel), r.Key}},
			{`DELETE FROM strays WHERE recipient_id = $1`, []any{r.ID}},
			// Subscriptions first: a planner that is at one of them is waited for, and its
			// deliveries go with the others.
			{`DELETE FROM subscriptions WHERE recipient_id = $1`, []any{r.ID}},
			{`DELETE FROM deliveries WHERE recipient_id = $1`, []any{r.ID}},
			{`DELETE FROM recipients WHERE id = $1`, []any{r.ID}},
		} {
			if _, err := tx.exec(ctx, x.text, x.args...); err != nil {
				return err
			}
		}
	}
	return nil
}

// eraseStrays removes the strays that name one of the recipients, whosever
// delivery they came back of. There are a thousand at most, of 64 KB each.
func (s *Store) eraseStrays(ctx context.Context, tx *txn, list []broadsheet.Recipient) error {
	names := make([][]byte, len(list))
	for i := range list {
		names[i] = []byte(strings.ToLower(list[i].Address))
	}
	var gone []int64
	rows, err := tx.QueryContext(ctx, `SELECT id, why, body FROM strays`)
	_, err = collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
		var id int64
		var why string
		var body []byte
		if err = r.Scan(&id, &why, &body); err != nil {
			return none, err
		}
		text := bytes.ToLower(append(body, why...))
		if slices.ContainsFunc(names, func(name []byte) bool { return bytes.Contains(text, name) }) {
			gone = append(gone, id)
		}
		return none, nil
	})
	if err != nil {
		return err
	}
	for _, id := range gone {
		if _, err := tx.exec(ctx, `DELETE FROM strays WHERE id = $1`, id); err != nil {
			return err
		}
	}
	return nil
}

// erasing runs what removes something for good. SQLite then writes zeros over whole
// pages too, which it does not always because every change of a paper would pay for
// it, and empties its log.
func (s *Store) erasing(ctx context.Context, do func(context.Context) error) error {
	if s.Dialect() != "sqlite" {
		return do(ctx)
	}
	// One at a time: the end of one would switch it off for another.
	s.erasings.Lock()
	defer s.erasings.Unlock()
	if _, err := s.write.ExecContext(ctx, `PRAGMA secure_delete = ON`); err != nil {
		return s.explain(err)
	}
	err := do(ctx)
	// The log is emptied where no reader stands in it for long: then the next time
	// does, and what it holds is overwritten as more is written.
	for _, text := range []string{`PRAGMA secure_delete = FAST`, `PRAGMA busy_timeout = 500`, `PRAGMA wal_checkpoint(TRUNCATE)`, `PRAGMA busy_timeout = ` + strconv.Itoa(int(busyTimeout.Milliseconds()))} {
		if _, xerr := s.write.ExecContext(context.WithoutCancel(ctx), text); err == nil && xerr != nil {
			err = s.explain(xerr)
		}
	}
	return err
}

// Kept says since when people must have done something to be kept.
type Kept struct {
	Asked time.Time // who asked later than this may still confirm
	Ended time.Time // whose last subscription ended later than this may still ask what was sent
}

// forgetBatch is how many recipients are forgotten at a time.
const forgetBatch = 100

// ForgetRecipients removes subscriptions that were asked for and not confirmed
// in time, and, as EraseRecipient does, recipients of whom there are none any
// more or only such as have ended long ago. It gives how many of each went.
func (s *Store) ForgetRecipients(ctx context.Context, k Kept) (subscriptions, recipients int64, err error) {
	err = s.quietTx(ctx, func(tx *txn) error {
		res, err := tx.exec(ctx, `DELETE FROM subscriptions WHERE state = 'pending' AND created_at < $1`, k.Asked.UnixMicro())
		if err != nil {
			return err
		}
		subscriptions, err = res.RowsAffected()
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	for {
		rows, err := s.query(ctx, `SELECT r.id FROM recipients r WHERE `+over+` ORDER BY r.id LIMIT $3`, k.Asked.UnixMicro(), k.Ended.UnixMicro(), forgetBatch)
		ids, err := collect(rows, err, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
		if err != nil || len(ids) == 0 {
			return subscriptions, recipients, s.explain(err)
		}
		n, err := s.forget(ctx, k, ids)
		if err != nil {
			return subscriptions, recipients, fmt.Errorf("forget recipients: %w", err)
		}
		recipients += n
	}
}

// over is what holds for recipients who are forgotten. Who has only just come has no
// subscription yet.
const over = `r.created_at < $1
  AND NOT EXISTS (SELECT 1 FROM subscriptions x WHERE x.recipient_id = r.id AND (x.state <> 'ended' OR x.ended_at >= $2))`

// forget removes those of some recipients who may be forgotten still: one may have
// asked for a subscription since they were found. Their rows are held before that is
// looked at, so that who asks afterwards begins anew.
func (s *Store) forget(ctx context.Context, k Kept, found []int64) (n int64, err error) {
	err = s.erasing(ctx, func(ctx context.Context) error {
		return s.quietTx(ctx, func(tx *txn) error {
			in := placeholders(3, len(found))
			if lock := s.dialect.lockRows(); lock != "" {
				if _, err := tx.exec(ctx, `SELECT id FROM recipients WHERE id IN (`+placeholders(1, len(found))+`)`+lock, anys(found)...); err != nil {
					return err
				}
			}
			rows, err := tx.query(ctx, `SELECT r.id FROM recipients r WHERE `+over+` AND r.id IN (`+in+`)`, append([]any{k.Asked.UnixMicro(), k.Ended.UnixMicro()}, anys(found)...)...)
			ids, err := collect(rows, err, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
			if n = int64(len(ids)); err != nil || n == 0 {
				return err
			}
			return s.erase(ctx, tx, ids...)
		})
	})
	return n, err
}

const countNotice = `INSERT INTO notices (mailbox, day, sent) VALUES ($1, $2, 1)
  ON CONFLICT (mailbox) DO UPDATE SET sent = CASE WHEN notices.day = excluded.day THEN notices.sent + 1 ELSE 1 END, day = excluded.day
  RETURNING sent`

// TakeNotice counts a notice to a mailbox on a day, and tells whether that is
// one of the most that it may get; all processes count together.
func (s *Store) TakeNotice(ctx context.Context, mailbox string, at time.Time, most int) (ok bool, err error) {
	day := at.Unix() / (24 * 60 * 60)
	var sent int
	err = s.quietTx(ctx, func(tx *txn) error {
		return tx.QueryRowContext(ctx, s.dialect.rebind(countNotice), mailbox, day).Scan(&sent)
	})
	return err == nil && sent <= most, err
}

// TakeNoticeOf is TakeNotice for a request that may come again, with a word of its
// own: it counts once, and is answered the same each time.
func (s *Store) TakeNoticeOf(ctx context.Context, request, mailbox string, at time.Time, most int) (ok bool, err error) {
	day := at.Unix() / (24 * 60 * 60)
	var sent int
	err = s.quietTx(ctx, func(tx *txn) error {
		// Its row keeps which one of the mailbox's it is.
		err := tx.QueryRowContext(ctx, s.dialect.rebind(`INSERT INTO notices (mailbox, day, sent) VALUES ($1, $2, 0)
		  ON CONFLICT (mailbox) DO UPDATE SET day = notices.day RETURNING sent`), request, day).Scan(&sent)
		if err != nil || sent > 0 {
			return err
		}
		err = tx.QueryRowContext(ctx, s.dialect.rebind(countNotice), mailbox, day).Scan(&sent)
		if err != nil {
			return err
		}
		_, err = tx.exec(ctx, `UPDATE notices SET sent = $2 WHERE mailbox = $1`, request, sent)
		return err
	})
	return err == nil && sent <= most, err
}

// ForgetNotices forgets what was counted of one mailbox.
func (s *Store) ForgetNotices(ctx context.Context, mailbox string) error {
	_, err := s.alter(ctx, `DELETE FROM notices WHERE mailbox = $1`, mailbox)
	return err
}

// PruneNotices forgets what was counted on days before the one of a time.
func (s *Store) PruneNotices(ctx context.Context, at time.Time) error {
	return s.quietTx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `DELETE FROM notices WHERE day < $1`, at.Unix()/(24*60*60))
		return err
	})
}
