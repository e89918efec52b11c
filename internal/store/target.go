package store

import (
	"context"

	"broadsheet"
)

// Targets are all subscriptions of chats and hooks with whom they are for, the
// oldest first.
func (s *Store) Targets(ctx context.Context) ([]Subscriber, error) {
	rows, err := s.query(ctx, `SELECT `+subscriptionColumns+`, `+recipientColumns+` FROM recipients r JOIN subscriptions s ON s.recipient_id = r.id
	  WHERE r.channel < $1 OR r.channel > $1 ORDER BY s.id`, string(broadsheet.ChannelMail))
	out, err := collect(rows, err, scanSubscriber)
	return out, s.explain(err)
}
