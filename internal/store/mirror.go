package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// mirrored is a table whose rows another database gets as they are, with their
// numbers: what refers to a row goes on doing so.
type mirrored struct {
	table   string
	columns string
	key     string // a number, by which it is walked
	// paper is the column that holds a paper's row number, which is another one in
	// the other database, "" for none.
	paper string
}

// The tables of delivery, those first that others refer to. Suppressions are
// merged instead.
var deliveryTables = []mirrored{
	{"arrivals", "seq, paper_id, kind, at", "seq", "paper_id"},
	{"recipients", "id, channel, address, key, salt, created_at", "id", ""},
	{"subscriptions", `id, recipient_id, token, state, topic, days, hour, zone, as_it_comes, max_papers, min_score, send_empty, cursor, due_at, last_slot,
	  created_at, confirmed_at, ended_at, reason`, "id", ""},
	{"editions", "id, token, topic, from_seq, to_seq, composed_at, title, picks, total", "id", ""},
	{"deliveries", `id, edition_id, subscription_id, recipient_id, channel, slot, token, papers, state, attempt, planned_at, next_at, expires_at, ended_at, reply`, "id", ""},
	{"strays", "id, received_at, why, body, recipient_id", "id", ""},
}

// Mirrored counts rows that went over.
type Mirrored struct {
	Recipients, Subscriptions, Editions, Deliveries, Suppressions int
}

const (
	mirrorBatch = 1000
	// mirrorCursor says from where the tables of delivery are being filled; it is
	// removed at the end.
	mirrorCursor = "copy-delivery"
)

// MirrorDelivery gives to, whose papers are those of s already, everything about
// who is written to and what became of it: recipients, subscriptions, editions,
// the ledger, strays and what was news, with their numbers. done is false, and
// nothing but suppressions goes over, where to has recipients of its own. What
// was begun and not ended is begun anew. Suppressions are merged.
//
// Numbers of arrivals must be the same, since subscriptions refer to them; so
// those of to, which nobody refers to yet, make way.
func (s *Store) MirrorDelivery(ctx context.Context, to *Store, from string) (n Mirrored, done bool, err error) {
	if n.Suppressions, err = s.mergeSuppressions(ctx, to); err != nil {
		return n, false, err
	}
	begun, err := to.Cursor(ctx, mirrorCursor)
	if err != nil {
		return n, false, err
	}
	var theirs, ours int
	if err := to.queryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM recipients LIMIT 1) x`).Scan(&theirs); err != nil {
		return n, false, to.explain(err)
	}
	if err := s.queryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM recipients LIMIT 1) x`).Scan(&ours); err != nil {
		return n, false, s.explain(err)
	}
	if theirs > 0 && begun != from {
		return n, ours == 0, nil
	}
	if err := to.SetCursor(ctx, mirrorCursor, from); err != nil {
		return n, false, err
	}
	for i := len(deliveryTables) - 1; i >= 0; i-- {
		if err := to.quietTx(ctx, func(tx *txn) error { _, err := tx.exec(ctx, `DELETE FROM `+deliveryTables[i].table); return err }); err != nil {
			return n, false, err
		}
	}
	counts := map[string]int{}
	for _, m := range deliveryTables {
		if counts[m.table], err = s.mirror(ctx, to, m); err != nil {
			return n, false, fmt.Errorf("%s: %w", m.table, err)
		}
	}
	n.Recipients, n.Subscriptions, n.Editions, n.Deliveries = counts["recipients"], counts["subscriptions"], counts["editions"], counts["deliveries"]
	// The follower's lock, and the switch: who had paused stays so.
	for _, name := range []string{"arrivals", sendingCursor} {
		value, err := s.Cursor(ctx, name)
		if err == nil && value != "" {
			err = to.SetCursor(ctx, name, value)
		}
		if err != nil {
			return n, false, err
		}
	}
	return n, true, to.SetCursor(ctx, mirrorCursor, "")
}

func (s *Store) mirror(ctx context.Context, to *Store, m mirrored) (n int, err error) {
	columns := strings.Count(m.columns, ",") + 1
	read := m.columns
	if m.paper != "" { // by its name, which both know it by
		read = strings.Replace(read, m.paper, `(SELECT p.key FROM papers p WHERE p.id = `+m.table+`.`+m.paper+`)`, 1)
	}
	for after := int64(-1); ; {
		rows, err := s.query(ctx, `SELECT `+m.key+`, `+read+` FROM `+m.table+` WHERE `+m.key+` > $1 ORDER BY `+m.key+` LIMIT $2`, after, mirrorBatch)
		page, err := collect(rows, err, func(r *sql.Rows) ([]any, error) {
			row, into := make([]any, columns), make([]any, columns+1)
			into[0] = &after
			for i := range row {
				into[i+1] = &row[i]
			}
			return row, r.Scan(into...)
		})
		if err != nil {
			return n, s.explain(err)
		}
		if len(page) == 0 {
			return n, to.restart(ctx, m)
		}
		err = to.quietTx(ctx, func(tx *txn) error {
			out := to.newBulk(tx, m.table, m.columns, "")
			for _, row := range page {
				if m.paper != "" {
					key, ok := row[1].(string)
					if !ok {
						continue // of a paper that is gone
					}
					err := tx.QueryRowContext(ctx, to.dialect.rebind(`SELECT paper_id FROM paper_ids WHERE ident = $1`), key).Scan(&row[1])
					if err == sql.ErrNoRows {
						continue
					}
					if err != nil {
						return err
					}
				}
				if err := out.add(ctx, row...); err != nil {
					return err
				}
			}
			return out.flush(ctx)
		})
		if err != nil {
			return n, err
		}
		n += len(page)
	}
}

// restart lets numbers that are given from now on follow those that went over.
// SQLite does so by itself.
func (s *Store) restart(ctx context.Context, m mirrored) error {
	if s.Dialect() != "postgres" {
		return nil
	}
	return s.quietTx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `SELECT setval(pg_get_serial_sequence('`+m.table+`', '`+m.key+`'), coalesce((SELECT max(`+m.key+`) FROM `+m.table+`), 0) + 1, false)`)
		return err
	})
}

// mergeSuppressions gives to every suppression that it lacks.
func (s *Store) mergeSuppressions(ctx context.Context, to *Store) (n int, err error) {
	channel, key := "", ""
	for {
		rows, err := s.query(ctx, `SELECT channel, key, reason, detail, at FROM suppressions WHERE channel > $1 OR channel = $1 AND key > $2 ORDER BY channel, key LIMIT $3`,
			channel, key, mirrorBatch)
		page, err := collect(rows, err, scanSuppression)
		if err != nil || len(page) == 0 {
			return n, s.explain(err)
		}
		if err := to.PutSuppressions(ctx, page); err != nil {
			return n, err
		}
		n += len(page)
		last := page[len(page)-1]
		channel, key = string(last.Channel), last.Key
	}
}
