package store

import (
	"context"
	"database/sql"
	"strings"

	"broadsheet"
)

// SubscriberQuery narrows subscriptions; zero fields narrow nothing.
type SubscriberQuery struct {
	Channel broadsheet.Channel
	State   broadsheet.SubscriptionState
	Text    string // part of the address, in any case
	After   int64  // numbers above it
	Limit   int
}

// FindSubscribers reads subscriptions with whom they are for, by number.
func (s *Store) FindSubscribers(ctx context.Context, q SubscriberQuery) ([]Subscriber, error) {
	like := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(q.Text)) + "%"
	if q.Text == "" {
		like = "" // not asked for: then the address is not looked at
	}
	rows, err := s.query(ctx, `SELECT `+subscriptionColumns+`, `+recipientColumns+` FROM subscriptions s JOIN recipients r ON r.id = s.recipient_id
	  WHERE s.id > $1 AND ($2 = '' OR s.state = $2) AND ($3 = '' OR r.channel = $3) AND ($4 = '' OR lower(r.address) LIKE $4 ESCAPE '\')
	  ORDER BY s.id LIMIT $5`, q.After, string(q.State), string(q.Channel), like, q.Limit)
	out, err := collect(rows, err, scanSubscriber)
	return out, s.explain(err)
}

// Subscribed tells whether anybody is written to; nobody is by a schema that did
// not know of it yet.
func (s *Store) Subscribed(ctx context.Context) (bool, error) {
	applied, err := s.applied(ctx)
	if err != nil || len(applied) < deliverySchema {
		return false, err
	}
	var n int
	err = s.queryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM subscriptions WHERE state <> 'ended' LIMIT 1) x`).Scan(&n)
	return n > 0, s.explain(err)
}

// deliverySchema is the first version that knows of recipients.
const deliverySchema = 5

// RecipientsByID finds recipients by number; those that are gone are left out.
func (s *Store) RecipientsByID(ctx context.Context, ids []int64) (map[int64]broadsheet.Recipient, error) {
	out := map[int64]broadsheet.Recipient{}
	for len(ids) > 0 {
		part := ids[:min(500, len(ids))]
		ids = ids[len(part):]
		rows, err := s.query(ctx, `SELECT `+recipientColumns+` FROM recipients r WHERE r.id IN (`+placeholders(1, len(part))+`)`, anys(part)...)
		found, err := collect(rows, err, scanRecipient)
		if err != nil {
			return nil, s.explain(err)
		}
		for _, r := range found {
			out[r.ID] = r
		}
	}
	return out, nil
}

// SubscriptionByID finds one by its number; NotFound where there is none.
func (s *Store) SubscriptionByID(ctx context.Context, id int64) (broadsheet.Subscription, error) {
	found, err := s.subscriptions(ctx, `WHERE s.id = $1`, id)
	if err == nil && len(found) == 0 {
		return broadsheet.Subscription{}, broadsheet.Errorf(broadsheet.NotFound, "there is no subscription %d", id)
	}
	if err != nil {
		return broadsheet.Subscription{}, err
	}
	return found[0], nil
}

// SuppressionCounts counts suppressions by channel and reason.
func (s *Store) SuppressionCounts(ctx context.Context) (map[broadsheet.Channel]map[broadsheet.SuppressionReason]int, error) {
	rows, err := s.query(ctx, `SELECT channel, reason, count(*) FROM suppressions GROUP BY channel, reason`)
	return counts[broadsheet.Channel, broadsheet.SuppressionReason](s, rows, err)
}

// counts reads rows of two keys and a number.
func counts[A, B comparable](s *Store, rows *sql.Rows, err error) (map[A]map[B]int, error) {
	out := map[A]map[B]int{}
	_, err = collect(rows, err, func(r *sql.Rows) (n int, err error) {
		var a A
		var b B
		if err = r.Scan(&a, &b, &n); err != nil {
			return n, err
		}
		if out[a] == nil {
			out[a] = map[B]int{}
		}
		out[a][b] = n
		return n, nil
	})
	return out, s.explain(err)
}
