package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"broadsheet"
)

const subscriptionColumns = `s.id, s.recipient_id, s.token, s.state, s.topic, s.days, s.hour, s.zone, s.as_it_comes, s.max_papers, s.min_score,
  s.send_empty, s.cursor, s.due_at, s.last_slot, s.created_at, s.confirmed_at, s.ended_at, s.reason`

// subscriptionRow is a subscription as it is read.
type subscriptionRow struct {
	broadsheet.Subscription
	topic, zone           string
	comes, empty, created int64
	due, confirmed, ended sql.NullInt64
}

func (r *subscriptionRow) into() []any {
	return []any{&r.ID, &r.RecipientID, &r.Token, &r.State, &r.topic, &r.Rhythm.Days, &r.Rhythm.Hour, &r.zone, &r.comes, &r.MaxPapers, &r.MinScore,
		&r.empty, &r.Cursor, &r.due, &r.LastSlot, &r.created, &r.confirmed, &r.ended, &r.Reason}
}

// value is the row as the program knows it.
func (r *subscriptionRow) value() (broadsheet.Subscription, error) {
	return r.with(storedTopic(r.topic)), nil
}

func (r *subscriptionRow) with(topic broadsheet.Topic) broadsheet.Subscription {
	x := r.Subscription
	x.Topic, x.Rhythm.Zone = topic, storedZone(r.zone)
	x.Rhythm.AsItComes, x.SendEmpty = r.comes == 1, r.empty == 1
	x.DueAt, x.ConfirmedAt, x.EndedAt, x.CreatedAt = fromMicros(r.due), fromMicros(r.confirmed), fromMicros(r.ended), microTime(r.created)
	return x
}

func storedTopic(text string) broadsheet.Topic {
	topic, err := broadsheet.ParseTopic(text)
	if err != nil {
		// Of another version of the program, perhaps. It is kept as it is and composes
		// nothing; one row must not hide all others.
		kind, key, _ := strings.Cut(text, ":")
		topic = broadsheet.Topic{Kind: broadsheet.TopicKind(kind), Key: key}
	}
	return topic
}

// zones are those that were read from the machine's files, which takes longer
// than all else that is done with a subscription. Readers choose among a few
// hundred.
var zones sync.Map // of *time.Location by name

// storedZone is a zone by its name; UTC for one that this machine does not have
// any more.
func storedZone(name string) *time.Location {
	if z, ok := zones.Load(name); ok {
		return z.(*time.Location)
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	zones.Store(name, z)
	return z
}

func scanSubscription(rows *sql.Rows) (broadsheet.Subscription, error) {
	var r subscriptionRow
	if err := rows.Scan(r.into()...); err != nil {
		return r.Subscription, err
	}
	return r.value()
}

// PutSubscription stores a new subscription, ID 0, or what the reader and the
// program changed of one that is there, and gives it with its ID. What the
// planner has done since it was read stays done: its cursor does not go back, and
// its last slot is the planner's alone. Of one that is paused or ended what is
// planned and not begun is taken back, cursor and all. One that has ended stays so:
// Conflict.
func (s *Store) PutSubscription(ctx context.Context, x broadsheet.Subscription) (broadsheet.Subscription, error) {
	return s.putSubscription(ctx, x, nil)
}

// ErrSubscriptionMoved is an edit of what is not as it was read: read it again.
var ErrSubscriptionMoved = error(&broadsheet.Error{Kind: broadsheet.Conflict, Text: "the subscription has changed meanwhile", Fix: "try again"})

// EditSubscription is PutSubscription for what was made of a row that was read: where
// that has another state or cursor by now nothing is stored, and it is
// ErrSubscriptionMoved.
func (s *Store) EditSubscription(ctx context.Context, read, x broadsheet.Subscription) (broadsheet.Subscription, error) {
	return s.putSubscription(ctx, x, &read)
}

func (s *Store) putSubscription(ctx context.Context, x broadsheet.Subscription, read *broadsheet.Subscription) (broadsheet.Subscription, error) {
	as, moved := []any{"", int64(-1)}, error(&broadsheet.Error{Kind: broadsheet.Conflict, Text: "the subscription has ended meanwhile", Fix: "subscribe again if you want it"})
	if read != nil {
		as, moved = []any{string(read.State), read.Cursor}, ErrSubscriptionMoved
	}
	args := subscriptionArgs(&x)
	err := s.quietTx(ctx, func(tx *txn) error {
		if x.ID == 0 {
			// Its recipient may have been forgotten since it was read, or be about to be.
			var there int
			err := tx.QueryRowContext(ctx, s.dialect.rebind(`SELECT 1 FROM recipients WHERE id = $1`+s.dialect.shareRow()), x.RecipientID).Scan(&there)
			if err == sql.ErrNoRows {
				return &broadsheet.Error{Kind: broadsheet.Conflict, Text: "the recipient has been forgotten meanwhile", Fix: "ask again"}
			}
			if err != nil {
				return err
			}
			return tx.QueryRowContext(ctx, s.dialect.rebind(`INSERT INTO subscriptions (recipient_id, token, state, topic, days, hour, zone, as_it_comes,
			  max_papers, min_score, send_empty, cursor, due_at, last_slot, created_at, confirmed_at, ended_at, reason)
			  VALUES (`+placeholders(1, len(args))+`) RETURNING id`), args...).Scan(&x.ID)
		}
		res, err := tx.exec(ctx, `UPDATE subscriptions SET state = $1, topic = $2, days = $3, hour = $4, zone = $5, as_it_comes = $6,
		  max_papers = $7, min_score = $8, send_empty = $9, cursor = CASE WHEN cursor > $10 THEN cursor ELSE $10 END, due_at = $11, confirmed_at = $12,
		  ended_at = $13, reason = $14 WHERE id = $15 AND (state <> 'ended' OR $1 = 'ended')
		  AND ($16 = '' OR state = $16 AND cursor = $17)`,
			string(x.State), x.Topic.String(), int64(x.Rhythm.Days), x.Rhythm.Hour, x.Rhythm.Zone.String(), flag(x.Rhythm.AsItComes), x.MaxPapers, x.MinScore,
			flag(x.SendEmpty), x.Cursor, micros(x.DueAt), micros(x.ConfirmedAt), micros(x.EndedAt), x.Reason, x.ID, as[0], as[1])
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return cmp.Or(err, moved)
		}
		if x.State == broadsheet.SubscriptionPaused || x.State == broadsheet.SubscriptionEnded {
			return s.takeBack(ctx, tx, &x)
		}
		return nil
	})
	return x, err
}

// Subscription finds one by its public name; NotFound where there is none.
func (s *Store) Subscription(ctx context.Context, token string) (broadsheet.Subscription, error) {
	found, err := s.subscriptions(ctx, `WHERE s.token = $1`, token)
	if err == nil && len(found) == 0 {
		return broadsheet.Subscription{}, broadsheet.Errorf(broadsheet.NotFound, "there is no such subscription")
	}
	if err != nil {
		return broadsheet.Subscription{}, err
	}
	return found[0], nil
}

// SubscriptionsOf are those of a recipient, the newest first.
func (s *Store) SubscriptionsOf(ctx context.Context, recipient int64) ([]broadsheet.Subscription, error) {
	return s.subscriptions(ctx, `WHERE s.recipient_id = $1 ORDER BY s.id DESC`, recipient)
}

// PullDue makes subscriptions that are due beyond a time due at another, and
// gives their number: a clock that stood wrong once must not silence them.
func (s *Store) PullDue(ctx context.Context, beyond, to time.Time) (n int64, err error) {
	err = s.quietTx(ctx, func(tx *txn) error {
		res, err := tx.exec(ctx, `UPDATE subscriptions SET due_at = $2 WHERE due_at > $1`, beyond.UnixMicro(), to.UnixMicro())
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}

// PullAhead makes due at now what a clock put off that was ahead: subscriptions
// whose last slot is after a day that is nowhere yet, and deliveries that were
// planned for beyond. It reads all subscriptions that are active.
func (s *Store) PullAhead(ctx context.Context, now, beyond time.Time, last broadsheet.Day) (subscriptions, deliveries int64, err error) {
	var found int64
	ahead := `state = 'planned' AND attempt = 0 AND channel IN (` + placeholders(3, len(broadsheet.Channels)) + `) AND next_at > $2 AND planned_at > $2`
	args := append([]any{now.UnixMicro(), beyond.UnixMicro()}, anys(broadsheet.Channels)...)
	// A look first, so that nobody waits for it.
	err = s.queryRow(ctx, `SELECT (SELECT count(*) FROM subscriptions WHERE due_at > $1 AND last_slot > $`+strconv.Itoa(len(args)+1)+`)
	  + (SELECT count(*) FROM deliveries WHERE `+ahead+`)`, append(slices.Clone(args), string(last))...).Scan(&found)
	if err != nil || found == 0 {
		return 0, 0, s.explain(err)
	}
	err = s.quietTx(ctx, func(tx *txn) error {
		var err error
		subscriptions, err = affected(tx.exec(ctx, `UPDATE subscriptions SET due_at = $1 WHERE due_at > $1 AND last_slot > $2`, now.UnixMicro(), string(last)))
		if err != nil {
			return err
		}
		deliveries, err = affected(tx.exec(ctx, `UPDATE deliveries SET next_at = $1, expires_at = expires_at - planned_at + $1, planned_at = $1 WHERE `+ahead, args...))
		return err
	})
	return subscriptions, deliveries, err
}

// NextDue is when the first subscription is due, zero where none is.
func (s *Store) NextDue(ctx context.Context) (time.Time, error) {
	var at sql.NullInt64
	err := s.queryRow(ctx, `SELECT min(due_at) FROM subscriptions WHERE due_at IS NOT NULL`).Scan(&at)
	return fromMicros(at), s.explain(err)
}

func (s *Store) subscriptions(ctx context.Context, tail string, args ...any) ([]broadsheet.Subscription, error) {
	rows, err := s.query(ctx, `SELECT `+subscriptionColumns+` FROM subscriptions s `+tail, args...)
	out, err := collect(rows, err, scanSubscription)
	return out, s.explain(err)
}

// Subscriber is a subscription with whom it is for.
type Subscriber struct {
	broadsheet.Subscription
	Recipient broadsheet.Recipient
}

// Subscribers walks all subscriptions by number: at most limit with numbers
// above after, in a state, "" being any.
func (s *Store) Subscribers(ctx context.Context, state broadsheet.SubscriptionState, after int64, limit int) ([]Subscriber, error) {
	rows, err := s.query(ctx, `SELECT `+subscriptionColumns+`, `+recipientColumns+` FROM subscriptions s JOIN recipients r ON r.id = s.recipient_id
	  WHERE s.id > $1 AND ($2 = '' OR s.state = $2) ORDER BY s.id LIMIT $3`, after, string(state), limit)
	out, err := collect(rows, err, scanSubscriber)
	return out, s.explain(err)
}

func scanSubscriber(rows *sql.Rows) (x Subscriber, err error) {
	var r subscriptionRow
	var created int64
	if err = rows.Scan(append(r.into(), recipientInto(&x.Recipient, &created)...)...); err != nil {
		return x, err
	}
	x.Recipient.CreatedAt = microTime(created)
	x.Subscription, err = r.value()
	return x, err
}

// SubscriptionCounts counts subscriptions by channel and state.
func (s *Store) SubscriptionCounts(ctx context.Context) (map[broadsheet.Channel]map[broadsheet.SubscriptionState]int, error) {
	rows, err := s.query(ctx, `SELECT r.channel, s.state, count(*) FROM subscriptions s JOIN recipients r ON r.id = s.recipient_id GROUP BY r.channel, s.state`)
	return counts[broadsheet.Channel, broadsheet.SubscriptionState](s, rows, err)
}
