package inbound

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/deliver"
	"broadsheet/internal/lib/dsn"
	"broadsheet/internal/store"
)

// gonePlaces is after how many deliveries in a row that came back an address is
// suppressed, where another one is said to be gone: where this one forwards to,
// perhaps. Where something else is wrong the rule is that of what is refused at
// once (deliver.Streak).
const gonePlaces = 3

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
	// Told again, perhaps after an operator had lifted it: the end of the subscription
	// is what was done last, so all was.
	all, err := d.o.Store.SubscriptionsOf(ctx, x.RecipientID)
	if err != nil || slices.ContainsFunc(all, func(s broadsheet.Subscription) bool { return s.ID == x.SubscriptionID && s.Reason == calledSpam }) {
		return err
	}
	if err := d.suppress(ctx, x, broadsheet.SuppressedComplaint, "reported as "+r.Feedback); err != nil {
		return err
	}
	return d.unsubscribe(ctx, x, calledSpam)
}

// calledSpam is why a subscription ended about which its reader complained.
const calledSpam = "its reader called it spam"

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
	k, err := deliver.StreakTo(ctx, d.o.Store, x)
	if err != nil {
		return err
	}
	if r.Hard() && k.N >= gonePlaces || k.Worn() {
		return d.suppress(ctx, x, broadsheet.SuppressedBounce, k.Words(words))
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
