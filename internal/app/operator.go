package app

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

// Operator are the use cases of who runs the site: who gets what, and what came
// of it. Having one is the permission: Console gives it to commands, whose user
// has the database anyway, and Admin to who has a link that such a command
// printed.
type Operator struct{ a *App }

// AdminPath is where an Operator's page is.
const AdminPath = "/admin/delivery"

const (
	sealAdmin = "admin"
	adminFor  = 24 * time.Hour
)

// Console is the Operator of a command on the site's own machine.
func (a *App) Console() *Operator { return &Operator{a} }

// Admin is the Operator of a signed link.
func (a *App) Admin(signature string) (*Operator, error) {
	if a.key == nil {
		return nil, broadsheet.Errorf(broadsheet.NotFound, "this site has no key for such links")
	}
	if err := a.key.Check(signature, a.now(), sealAdmin); err != nil {
		return nil, &broadsheet.Error{Kind: broadsheet.Denied, Text: "this link does not hold, or not any more", Fix: "run `broadsheet admin link` on the site's machine"}
	}
	return &Operator{a}, nil
}

// Link is the path of the page with a seal that opens it for a day, and until
// when.
func (o *Operator) Link() (path string, until time.Time, err error) {
	if o.a.key == nil {
		return "", until, broadsheet.Errorf(broadsheet.NotFound, "this site has no key for such links")
	}
	until = o.a.now().Add(adminFor)
	return AdminPath + "?" + url.Values{"seal": {o.a.key.Sign(until, sealAdmin)}}.Encode(), until, nil
}

// Sending says whether editions are planned and sent.
func (o *Operator) Sending(ctx context.Context) (store.Sending, error) { return o.a.store.Sending(ctx) }

// PauseSending stops planning and sending everywhere, within seconds. A pause
// that is there keeps its time.
func (o *Operator) PauseSending(ctx context.Context, reason string) error {
	was, err := o.a.store.Sending(ctx)
	if err != nil {
		return err
	}
	if !was.Paused {
		was = store.Sending{Paused: true, Since: o.a.now().UTC().Truncate(time.Second)}
	}
	was.Reason = oneLine(reason)
	return o.a.store.SetSending(ctx, was)
}

// ResumeSending lets it go on.
func (o *Operator) ResumeSending(ctx context.Context) error {
	return o.a.store.SetSending(ctx, store.Sending{})
}

// oneLine is what a person typed, fit to be shown in one line.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "?")), " ")
	return strings.ToValidUTF8(s[:min(len(s), 200)], "")
}

// Subscribers reads subscriptions with whom they are for.
func (o *Operator) Subscribers(ctx context.Context, q store.SubscriberQuery) ([]store.Subscriber, error) {
	return o.a.store.FindSubscribers(ctx, q)
}

// Holder is everything that is kept of a recipient.
type Holder struct {
	Recipient     broadsheet.Recipient
	Subscriptions []broadsheet.Subscription // the newest first
	Deliveries    []broadsheet.Delivery     // the latest, the newest first
	Suppressed    *broadsheet.Suppression   // nil: it may be written to
}

// Holder finds a recipient by its mail address, or by the number of one of its
// subscriptions.
func (o *Operator) Holder(ctx context.Context, name string, deliveries int) (*Holder, error) {
	r, err := o.recipient(ctx, name)
	if err != nil {
		return nil, err
	}
	h := &Holder{Recipient: r}
	if h.Subscriptions, err = o.a.store.SubscriptionsOf(ctx, r.ID); err != nil {
		return nil, err
	}
	if h.Deliveries, err = o.a.store.Deliveries(ctx, store.DeliveryQuery{Recipient: r.ID, Limit: deliveries}); err != nil {
		return nil, err
	}
	x, ok, err := o.a.store.Suppression(ctx, r.Channel, r.Key)
	if ok {
		h.Suppressed = &x
	}
	return h, err
}

func (o *Operator) recipient(ctx context.Context, name string) (r broadsheet.Recipient, err error) {
	if id, err := strconv.ParseInt(name, 10, 64); err == nil {
		x, err := o.a.store.SubscriptionByID(ctx, id)
		if err != nil {
			return r, err
		}
		return o.a.store.Recipient(ctx, x.RecipientID)
	}
	address, err := broadsheet.ParseAddress(name)
	if err != nil {
		return r, broadsheet.InvalidField("subscriber", "is neither a mail address nor a number", "write name@example.org, or the number that `broadsheet subscribers list` shows")
	}
	r, err = o.a.store.RecipientByKey(ctx, broadsheet.ChannelMail, broadsheet.AddressKey(address))
	if broadsheet.KindOf(err) == broadsheet.NotFound {
		return r, broadsheet.Errorf(broadsheet.NotFound, "%s has nothing here", address)
	}
	return r, err
}

// Act is what is done to subscriptions.
type Act string

// Acts.
const (
	ActPause  Act = "pause"
	ActResume Act = "resume"
	ActEnd    Act = "end"
)

// Act does it to the subscription of that number, or to all of an address, and
// gives how many changed. What is in that state already, or has ended, stays.
func (o *Operator) Act(ctx context.Context, act Act, name, reason string) (changed int, err error) {
	var list []broadsheet.Subscription
	if id, perr := strconv.ParseInt(name, 10, 64); perr == nil {
		x, err := o.a.store.SubscriptionByID(ctx, id)
		if err != nil {
			return 0, err
		}
		list = append(list, x)
	} else {
		r, err := o.recipient(ctx, name)
		if err != nil {
			return 0, err
		}
		if list, err = o.a.store.SubscriptionsOf(ctx, r.ID); err != nil {
			return 0, err
		}
	}
	for i := range list {
		did, err := o.act(ctx, act, &list[i], oneLine(reason))
		if err != nil {
			return changed, err
		}
		if did {
			changed++
		}
	}
	return changed, nil
}

func (o *Operator) act(ctx context.Context, act Act, x *broadsheet.Subscription, reason string) (did bool, err error) {
	why := func(what string) string {
		if reason != "" {
			return reason
		}
		return what + " by the operator"
	}
	read := *x
	switch {
	case act == ActEnd && x.State != broadsheet.SubscriptionEnded:
		return true, o.a.finish(ctx, x, why("ended"))
	case act == ActPause && x.State == broadsheet.SubscriptionActive:
		x.State, x.DueAt, x.Reason = broadsheet.SubscriptionPaused, time.Time{}, why("paused")
	case act == ActResume && x.State == broadsheet.SubscriptionPaused:
		if err = o.a.goOn(ctx, x, o.a.now()); err != nil {
			return false, err
		}
	default:
		return false, nil
	}
	_, err = o.a.store.EditSubscription(ctx, read, *x)
	return true, err
}

// Erase removes a recipient and all that is kept of it, but for the hash that
// keeps a suppressed address from being written to.
func (o *Operator) Erase(ctx context.Context, name string) (broadsheet.Recipient, error) {
	r, err := o.recipient(ctx, name)
	if err != nil {
		return r, err
	}
	return r, o.a.store.EraseRecipient(ctx, r.ID)
}

// Suppressions are those of mail with keys after the given one.
func (o *Operator) Suppressions(ctx context.Context, after string, limit int) ([]broadsheet.Suppression, error) {
	return o.a.store.Suppressions(ctx, broadsheet.ChannelMail, after, limit)
}

// Suppress forbids mail to an address for good.
func (o *Operator) Suppress(ctx context.Context, address, reason string) error {
	address, err := broadsheet.ParseAddress(address)
	if err != nil {
		return err
	}
	return o.a.store.Suppress(ctx, broadsheet.Suppression{Channel: broadsheet.ChannelMail, Key: broadsheet.AddressKey(address), Reason: broadsheet.SuppressedManual,
		Detail: oneLine(reason), At: o.a.now()})
}

// Unsuppress allows it again, by the address or its key.
func (o *Operator) Unsuppress(ctx context.Context, name string) error {
	key := name
	if strings.Contains(name, "@") {
		address, err := broadsheet.ParseAddress(name)
		if err != nil {
			return err
		}
		key = broadsheet.AddressKey(address)
	}
	if _, ok, err := o.a.store.Suppression(ctx, broadsheet.ChannelMail, key); err != nil {
		return err
	} else if !ok {
		return broadsheet.Errorf(broadsheet.NotFound, "%.100s is not suppressed", name)
	}
	return o.a.store.Unsuppress(ctx, broadsheet.ChannelMail, key)
}
