package inbound

import (
	"context"
	"fmt"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/dsn"
	"broadsheet/internal/store"
)

// When deliveries that came back suppress an address although no report said
// that this very address is gone.
const (
	gonePlaces = 3                   // in a row, where another address is gone
	softPlaces = 5                   // in a row, where something else is wrong,
	softTime   = 14 * 24 * time.Hour // over this time at least
	maxStreak  = 400                 // deliveries that are looked at
)

// Report does what a report about a delivery asks for.
func (d *Desk) Report(ctx context.Context, x *broadsheet.Delivery, r *dsn.Report) error {
	d.taken.With(string(r.Kind)).Add(1)
	switch r.Kind {
	case dsn.Complaint:
		return d.complaint(ctx, x, r)
	case dsn.Failed:
		return d.bounce(ctx, x, r)
	}
	d.o.Log.Debug("something came back that asks for nothing", "delivery", x.ID, "kind", r.Kind)
	return nil
}

func (d *Desk) complaint(ctx context.Context, x *broadsheet.Delivery, r *dsn.Report) error {
	switch r.Feedback {
	case "opt-out", "opt-out-list":
		return d.unsubscribe(ctx, x, "unsubscribed by mail")
	case "not-spam", "auth-failure", "dmarc":
		return nil // feedback reports that complain of nothing (RFC 6430, RFC 6591)
	}
	if err := d.suppress(ctx, x, broadsheet.SuppressedComplaint, "reported as "+r.Feedback); err != nil {
		return err
	}
	return d.unsubscribe(ctx, x, "its reader called it spam")
}

func (d *Desk) bounce(ctx context.Context, x *broadsheet.Delivery, r *dsn.Report) error {
	words, named, err := d.words(ctx, x, r)
	if err != nil {
		return err
	}
	if err := d.failed(ctx, x, words); err != nil {
		return err
	}
	if r.Hard() && named {
		return d.suppress(ctx, x, broadsheet.SuppressedBounce, words)
	}
	n, since, err := d.streak(ctx, x)
	if err != nil {
		return err
	}
	if r.Hard() && n >= gonePlaces || n >= softPlaces && x.PlannedAt.Sub(since) >= softTime {
		return d.suppress(ctx, x, broadsheet.SuppressedBounce, fmt.Sprintf("nothing arrived since %s: %s", since.UTC().Format(time.DateOnly), words))
	}
	return nil
}

// words are what a report says in a line. named is false where what it says is
// gone is not the address that was written to.
func (d *Desk) words(ctx context.Context, x *broadsheet.Delivery, r *dsn.Report) (words string, named bool, err error) {
	if len(r.Recipients) == 0 {
		return "", true, nil
	}
	to, err := d.o.Store.Recipient(ctx, x.RecipientID)
	if err != nil && broadsheet.KindOf(err) != broadsheet.NotFound {
		return "", false, err
	}
	told := &r.Recipients[0]
	for i := range r.Recipients {
		p := &r.Recipients[i]
		if p.Hard && !told.Hard {
			told = p
		}
		if p.Hard && (p.Address == "" || strings.EqualFold(p.Address, to.Address)) {
			told, named = p, true
			break
		}
	}
	words = strings.TrimSpace(told.Status + " " + strings.TrimPrefix(told.Diagnostic, told.Status))
	return line(words), named, nil
}

// streak is how many of the recipient's deliveries up to one came back, one
// after the other, and since when. Later ones may still come back.
func (d *Desk) streak(ctx context.Context, x *broadsheet.Delivery) (n int, since time.Time, err error) {
	before, err := d.o.Store.Deliveries(ctx, store.DeliveryQuery{Recipient: x.RecipientID, Before: x.ID + 1, Limit: maxStreak})
	if err != nil {
		return 0, since, err
	}
	for i := range before {
		switch before[i].State {
		case broadsheet.DeliveryFailed:
			n, since = n+1, before[i].PlannedAt
		case broadsheet.DeliverySent, broadsheet.DeliveryUnknown:
			return n, since, nil
		}
	}
	return n, since, nil
}

// failed writes into the ledger that a mail did not arrive in the end.
func (d *Desk) failed(ctx context.Context, x *broadsheet.Delivery, words string) error {
	var steps []store.Step
	for _, from := range []broadsheet.DeliveryState{broadsheet.DeliverySent, broadsheet.DeliveryUnknown} {
		steps = append(steps, store.Step{ID: x.ID, From: from, To: broadsheet.DeliveryFailed, At: d.o.Now(), Reply: line("came back: " + words)})
	}
	_, err := d.o.Store.PutSteps(ctx, steps)
	return err
}

func (d *Desk) suppress(ctx context.Context, x *broadsheet.Delivery, why broadsheet.SuppressionReason, detail string) error {
	r, err := d.o.Store.Recipient(ctx, x.RecipientID)
	if err != nil && broadsheet.KindOf(err) == broadsheet.NotFound {
		return nil // erased since
	}
	if err != nil {
		return err
	}
	d.o.Log.Info("an address is not written to any more", "recipient", r.ID, "reason", why)
	return d.o.Store.Suppress(ctx, broadsheet.Suppression{Channel: r.Channel, Key: r.Key, Reason: why, Detail: line(detail), At: d.o.Now()})
}

// unsubscribe ends the subscription that a delivery was for.
func (d *Desk) unsubscribe(ctx context.Context, x *broadsheet.Delivery, why string) error {
	all, err := d.o.Store.SubscriptionsOf(ctx, x.RecipientID)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.ID != x.SubscriptionID || s.State == broadsheet.SubscriptionEnded {
			continue
		}
		s.State, s.DueAt, s.EndedAt, s.Reason = broadsheet.SubscriptionEnded, time.Time{}, d.o.Now(), why
		if _, err := d.o.Store.PutSubscription(ctx, s); err != nil {
			return fmt.Errorf("end subscription %d: %w", s.ID, err)
		}
	}
	return nil
}
