package inbound

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/dsn"
	"broadsheet/internal/store"
)

// Store is the part of the store that is needed.
type Store interface {
	DeliveryByToken(ctx context.Context, token string) (broadsheet.Delivery, error)
	Recipient(ctx context.Context, id int64) (broadsheet.Recipient, error)
	SubscriptionsOf(ctx context.Context, recipient int64) ([]broadsheet.Subscription, error)
	PutSubscription(ctx context.Context, x broadsheet.Subscription) (broadsheet.Subscription, error)
	Suppress(ctx context.Context, x broadsheet.Suppression) error
	PutSteps(ctx context.Context, steps []store.Step) ([]bool, error)
	PutStray(ctx context.Context, x store.Stray) error
	PruneStrays(ctx context.Context, keep int) error
}

// Options are what a Desk stands on.
type Options struct {
	Store  Store
	Domain string           // of the addresses that mail comes back to
	Log    *slog.Logger     // nil: silent
	Now    func() time.Time // default time.Now
}

// Desk takes in what comes back.
type Desk struct{ o Options }

// New makes a desk.
func New(o Options) *Desk {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Desk{o}
}

// Local parts of the addresses that mail comes back to, before the token.
const (
	bounceTo      = "bounce+"
	unsubscribeTo = "unsubscribe+"
)

// keepStrays is how many mails that were not understood are kept.
const keepStrays = 1000

// ErrNotHere is the error of an address that nothing comes back to.
var ErrNotHere = &broadsheet.Error{Kind: broadsheet.NotFound, Text: "no mail is taken for that address"}

// target is a delivery that something came back of.
type target struct {
	delivery    broadsheet.Delivery
	unsubscribe bool
}

// find is the delivery that an address names; ErrNotHere where none is.
func (d *Desk) find(ctx context.Context, address string) (target, error) {
	local, domain, _ := strings.Cut(strings.ToLower(strings.Trim(address, "<> ")), "@")
	token, bounced := strings.CutPrefix(local, bounceTo)
	if !bounced {
		var ok bool
		if token, ok = strings.CutPrefix(local, unsubscribeTo); !ok {
			return target{}, ErrNotHere
		}
	}
	if domain != strings.ToLower(d.o.Domain) || len(token) < 20 || len(token) > 80 {
		return target{}, ErrNotHere
	}
	x, err := d.o.Store.DeliveryByToken(ctx, token)
	if broadsheet.KindOf(err) == broadsheet.NotFound {
		return target{}, ErrNotHere
	}
	return target{x, !bounced}, err
}

// Mail takes in a mail that came to an address. Its error is ErrNotHere where
// the address is not ours; others are worth another try.
func (d *Desk) Mail(ctx context.Context, address string, body []byte) error {
	t, err := d.find(ctx, address)
	if err != nil {
		return err
	}
	if t.unsubscribe {
		return d.unsubscribe(ctx, &t.delivery, "unsubscribed by mail")
	}
	report, err := dsn.Parse(bytes.NewReader(body))
	if err != nil {
		why := "it could not be read: " + err.Error()
		if errors.Is(err, dsn.ErrNone) {
			why = "it is no report that is understood"
		}
		return d.stray(ctx, why, body)
	}
	return d.Report(ctx, &t.delivery, report)
}

// Report does what a report about a delivery asks for.
func (d *Desk) Report(ctx context.Context, x *broadsheet.Delivery, r *dsn.Report) error {
	switch r.Kind {
	case dsn.Complaint:
		if r.Feedback == "opt-out" {
			return d.unsubscribe(ctx, x, "unsubscribed by mail")
		}
		if err := d.suppress(ctx, x, broadsheet.SuppressedComplaint, "reported as "+r.Feedback); err != nil {
			return err
		}
		return d.unsubscribe(ctx, x, "its reader called it spam")
	case dsn.Failed:
		words := ""
		if len(r.Recipients) > 0 {
			words = strings.TrimSpace(r.Recipients[0].Status + " " + r.Recipients[0].Diagnostic)
		}
		if err := d.failed(ctx, x, words); err != nil || !r.Hard() {
			return err
		}
		return d.suppress(ctx, x, broadsheet.SuppressedBounce, words)
	}
	d.o.Log.Debug("something came back that asks for nothing", "delivery", x.ID, "kind", r.Kind)
	return nil
}

// failed writes into the ledger that a mail did not arrive in the end.
func (d *Desk) failed(ctx context.Context, x *broadsheet.Delivery, words string) error {
	const most = 300
	if len(words) > most {
		words = strings.ToValidUTF8(words[:most], "")
	}
	var steps []store.Step
	for _, from := range []broadsheet.DeliveryState{broadsheet.DeliverySent, broadsheet.DeliveryUnknown} {
		steps = append(steps, store.Step{ID: x.ID, From: from, To: broadsheet.DeliveryFailed, At: d.o.Now(), Reply: "came back: " + words})
	}
	_, err := d.o.Store.PutSteps(ctx, steps)
	return err
}

func (d *Desk) suppress(ctx context.Context, x *broadsheet.Delivery, why broadsheet.SuppressionReason, detail string) error {
	r, err := d.o.Store.Recipient(ctx, x.RecipientID)
	if broadsheet.KindOf(err) == broadsheet.NotFound {
		return nil // erased since
	}
	if err != nil {
		return err
	}
	d.o.Log.Info("an address is not written to any more", "recipient", r.ID, "reason", why)
	return d.o.Store.Suppress(ctx, broadsheet.Suppression{Channel: r.Channel, Key: r.Key, Reason: why, Detail: detail, At: d.o.Now()})
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

func (d *Desk) stray(ctx context.Context, why string, body []byte) error {
	if len(body) > dsn.MaxMail {
		body = body[:dsn.MaxMail]
	}
	if err := d.o.Store.PutStray(ctx, store.Stray{ReceivedAt: d.o.Now(), Why: why, Body: body}); err != nil {
		return err
	}
	return d.o.Store.PruneStrays(ctx, keepStrays)
}
