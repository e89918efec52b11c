package deliver

import (
	"context"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

// When deliveries that did not arrive suppress an address although nobody said
// that it is gone.
const (
	WornPlaces = 5                   // so many in a row,
	WornTime   = 14 * 24 * time.Hour // over this time at least
	maxStreak  = 400                 // deliveries that are looked at
)

// History is the ledger as it is read.
type History interface {
	Deliveries(ctx context.Context, q store.DeliveryQuery) ([]broadsheet.Delivery, error)
}

// Streak is how many deliveries to a recipient did not arrive, one after the
// other.
type Streak struct {
	N           int
	Since, Last time.Time // when the first and the last were planned
}

// StreakBefore is the streak that ends before a delivery.
func StreakBefore(ctx context.Context, h History, x *broadsheet.Delivery) (Streak, error) {
	return streak(ctx, h, x.RecipientID, x.ID)
}

// StreakTo is the streak that ends with a delivery, as the ledger has it.
func StreakTo(ctx context.Context, h History, x *broadsheet.Delivery) (Streak, error) {
	return streak(ctx, h, x.RecipientID, x.ID+1)
}

func streak(ctx context.Context, h History, recipient, before int64) (k Streak, err error) {
	list, err := h.Deliveries(ctx, store.DeliveryQuery{Recipient: recipient, Before: before, Limit: maxStreak})
	if err != nil {
		return k, err
	}
	for i := range list {
		x := &list[i]
		switch {
		case x.State == broadsheet.DeliverySent || x.State == broadsheet.DeliveryUnknown:
			return k, nil
		case x.State == broadsheet.DeliveryFailed, x.State == broadsheet.DeliveryExpired && x.Attempt > 0: // refused, or put off to its end
			if k.N++; k.Last.IsZero() {
				k.Last = x.PlannedAt
			}
			k.Since = x.PlannedAt
		}
	}
	return k, nil
}

// With is the streak with one more.
func (k Streak) With(x *broadsheet.Delivery) Streak {
	if k.N++; k.Since.IsZero() {
		k.Since = x.PlannedAt
	}
	k.Last = x.PlannedAt
	return k
}

// Worn tells whether an address at which nothing arrived for so long counts as
// gone, whatever the reason was.
func (k Streak) Worn() bool { return k.N >= WornPlaces && k.Last.Sub(k.Since) >= WornTime }

// Words say so, with the last reason.
func (k Streak) Words(reason string) string {
	return "nothing arrived since " + k.Since.UTC().Format(time.DateOnly) + ": " + reason
}
