package store

import (
	"context"
	"database/sql"
	"time"

	"broadsheet"
)

// Due is a subscription that is due, with what planning it needs. Of the
// subscription it has what planning reads: no token, no state and no reason.
type Due struct {
	broadsheet.Subscription
	Channel broadsheet.Channel
	Several bool // its recipient has other subscriptions: only then can two tell of one paper
}

// DueWalk is a walk over all that is due, each once, however they change in the
// meantime.
type DueWalk struct {
	now    time.Time
	number bool // by number; else by the time at which they are due
	at, id int64
}

// manyDue is which part of all subscriptions is due where they are walked by
// number: whoever shares a page of the table is then written together. Of a
// million that fell due over a minute, by the second, every batch touched most of
// the table's pages, and a batch took three times as long.
const manyDue = 20

// WalkDue begins a walk over what is due at now: where many are, by number, else
// those due longest first.
func (s *Store) WalkDue(ctx context.Context, now time.Time) (*DueWalk, error) {
	var due, last sql.NullInt64
	err := s.queryRow(ctx, `SELECT (SELECT count(*) FROM subscriptions WHERE due_at <= $1), (SELECT max(id) FROM subscriptions)`, now.UnixMicro()).Scan(&due, &last)
	return &DueWalk{now: now, number: due.Int64*manyDue >= last.Int64, at: -1 << 62}, s.explain(err)
}

// Next gives at most limit further ones, none at the end.
func (s *Store) Next(ctx context.Context, w *DueWalk, limit int) ([]Due, error) {
	const columns = `SELECT s.id, s.recipient_id, s.topic, s.days, s.hour, s.zone, s.as_it_comes, s.max_papers, s.min_score, s.send_empty, s.cursor, s.due_at,
	  s.last_slot, s.confirmed_at, r.channel,
	  CASE WHEN EXISTS (SELECT 1 FROM subscriptions o WHERE o.recipient_id = s.recipient_id AND o.id <> s.id) THEN 1 ELSE 0 END
	  FROM subscriptions s JOIN recipients r ON r.id = s.recipient_id `
	text, args := columns+`WHERE s.due_at <= $1 AND (s.due_at, s.id) > ($2, $3) ORDER BY s.due_at, s.id LIMIT $4`, []any{w.now.UnixMicro(), w.at, w.id, limit}
	if w.number {
		// The sign keeps a database from going by the index of due times.
		text, args = columns+`WHERE +s.due_at <= $1 AND s.id > $2 ORDER BY s.id LIMIT $3`, []any{w.now.UnixMicro(), w.id, limit}
	}
	rows, err := s.query(ctx, text, args...)
	topics := map[string]broadsheet.Topic{}
	var r subscriptionRow
	out, err := collect(rows, err, func(rows *sql.Rows) (d Due, err error) {
		var several int
		if err = rows.Scan(&r.ID, &r.RecipientID, &r.topic, &r.Rhythm.Days, &r.Rhythm.Hour, &r.zone, &r.comes, &r.MaxPapers, &r.MinScore, &r.empty, &r.Cursor, &r.due,
			&r.LastSlot, &r.confirmed, &d.Channel, &several); err != nil {
			return d, err
		}
		topic, ok := topics[r.topic]
		if !ok {
			topic = storedTopic(r.topic)
			topics[r.topic] = topic
		}
		d.Subscription, d.Several = r.with(topic), several == 1
		w.at, w.id = r.due.Int64, r.ID
		return d, nil
	})
	return out, s.explain(err)
}

// DueSubscriptions are at most limit active ones that are due at now, those due
// longest first.
func (s *Store) DueSubscriptions(ctx context.Context, now time.Time, limit int) ([]Due, error) {
	return s.Next(ctx, &DueWalk{now: now, at: -1 << 62}, limit)
}
