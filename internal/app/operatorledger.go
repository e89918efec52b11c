package app

import (
	"context"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

// What the store is asked and answers, for those who may not know the store.
type (
	// SubscriberQuery narrows subscriptions.
	SubscriberQuery = store.SubscriberQuery
	// DeliveryQuery narrows the ledger.
	DeliveryQuery = store.DeliveryQuery
	// ResendQuery says what is sent again.
	ResendQuery = store.ResendQuery
	// DomainCount is what became of the mail to the addresses of a domain.
	DomainCount = store.DomainCount
)

// Resendable are the states of which a delivery can be sent again.
var Resendable = store.Resendable

// EditionLine is an edition with what became of its deliveries.
type EditionLine struct {
	broadsheet.Edition
	Deliveries map[broadsheet.DeliveryState]int
}

// Editions are the latest with numbers below before, 0 for all.
func (o *Operator) Editions(ctx context.Context, before int64, limit int) ([]EditionLine, error) {
	list, err := o.a.store.Editions(ctx, before, limit)
	if err != nil {
		return nil, err
	}
	return o.lines(ctx, list)
}

// Edition finds one by its number.
func (o *Operator) Edition(ctx context.Context, id int64) (*EditionLine, error) {
	x, err := o.a.store.EditionByID(ctx, id)
	if err != nil {
		return nil, err
	}
	lines, err := o.lines(ctx, []broadsheet.Edition{x})
	if err != nil {
		return nil, err
	}
	return &lines[0], nil
}

func (o *Operator) lines(ctx context.Context, list []broadsheet.Edition) ([]EditionLine, error) {
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	counts, err := o.a.store.EditionCounts(ctx, ids)
	out := make([]EditionLine, len(list))
	for i := range list {
		out[i] = EditionLine{list[i], counts[list[i].ID]}
	}
	return out, err
}

// DeliveryLine is a line of the ledger with whom it is for.
type DeliveryLine struct {
	broadsheet.Delivery
	Recipient broadsheet.Recipient // empty where it was erased
}

// Deliveries reads lines of the ledger, the latest first.
func (o *Operator) Deliveries(ctx context.Context, q store.DeliveryQuery) ([]DeliveryLine, error) {
	list, err := o.a.store.Deliveries(ctx, q)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].RecipientID
	}
	who, err := o.a.store.RecipientsByID(ctx, ids)
	out := make([]DeliveryLine, len(list))
	for i := range list {
		out[i] = DeliveryLine{list[i], who[list[i].RecipientID]}
	}
	return out, err
}

// Delivery finds a line of the ledger by its number.
func (o *Operator) Delivery(ctx context.Context, id int64) (*DeliveryLine, error) {
	d, err := o.a.store.Delivery(ctx, id)
	if err != nil {
		return nil, err
	}
	who, err := o.a.store.RecipientsByID(ctx, []int64{d.RecipientID})
	return &DeliveryLine{d, who[d.RecipientID]}, err
}

// DeliveryCounts counts what was planned since a time by channel and state.
func (o *Operator) DeliveryCounts(ctx context.Context, since time.Time) (map[broadsheet.Channel]map[broadsheet.DeliveryState]int, error) {
	return o.a.store.DeliveryCounts(ctx, since)
}

// DomainCounts counts the mail of the last so long by domain. A page may show
// what was counted a minute ago: it reads the whole ledger of that time.
func (o *Operator) DomainCounts(ctx context.Context, last time.Duration) ([]store.DomainCount, error) {
	return o.a.rates.get(ctx, o.a.now(), time.Minute, last, func(ctx context.Context) ([]store.DomainCount, error) {
		return o.a.store.DomainCounts(ctx, o.a.now().Add(-last))
	})
}

// resendFor is how long what is sent again may take.
const resendFor = 48 * time.Hour

// Resend plans what ended without success once more.
func (o *Operator) Resend(ctx context.Context, q store.ResendQuery) (int64, error) {
	now := o.a.now()
	return o.a.store.Resend(ctx, q, now, now.Add(resendFor))
}

// Strays are the latest mails that came back and were not understood, without
// their bodies.
func (o *Operator) Strays(ctx context.Context, limit int) ([]store.Stray, error) {
	return o.a.store.Strays(ctx, limit, false)
}

// Stray finds one of them by its number; NotFound where there is none.
func (o *Operator) Stray(ctx context.Context, id int64) (*store.Stray, error) {
	x, err := o.a.store.StrayByID(ctx, id)
	return &x, err
}

// DeliveryState is how planning and sending are doing.
type DeliveryState struct {
	Sending     store.Sending
	Subscribers map[broadsheet.Channel]map[broadsheet.SubscriptionState]int
	Open        map[broadsheet.Channel]map[broadsheet.DeliveryState]int
	OldestDue   time.Time // of what is planned; zero: nothing is
	NextEdition time.Time // when the first subscription is due; zero: none is active
	Suppressed  map[broadsheet.Channel]map[broadsheet.SuppressionReason]int
}

// Late is how long something has waited for a sender.
func (d *DeliveryState) Late(now time.Time) time.Duration { return overdueBy(d.OldestDue, now) }

// PlannerLag is how long a subscription has waited for the planner.
func (d *DeliveryState) PlannerLag(now time.Time) time.Duration { return overdueBy(d.NextEdition, now) }

func overdueBy(due, now time.Time) time.Duration {
	if due.IsZero() {
		return 0
	}
	return max(0, now.Sub(due))
}

// State reads how planning and sending are doing.
func (o *Operator) State(ctx context.Context) (d *DeliveryState, err error) {
	d = &DeliveryState{}
	if d.Sending, err = o.a.store.Sending(ctx); err != nil {
		return nil, err
	}
	if d.Subscribers, err = o.a.store.SubscriptionCounts(ctx); err != nil {
		return nil, err
	}
	if d.Open, d.OldestDue, err = o.a.store.OpenDeliveries(ctx); err != nil {
		return nil, err
	}
	if d.NextEdition, err = o.a.store.NextDue(ctx); err != nil {
		return nil, err
	}
	d.Suppressed, err = o.a.store.SuppressionCounts(ctx)
	return d, err
}
