package app

import (
	"context"
	"errors"
	"time"

	"broadsheet"
	"broadsheet/internal/digest"
	"broadsheet/internal/store"
)

// Preferences are everything that an address has here.
type Preferences struct {
	Recipient     broadsheet.Recipient
	Subscriptions []broadsheet.Subscription // the newest first, without ended ones
	Suppressed    *broadsheet.Suppression   // nil: it may be written to
}

// Preferences reads what an address has, by a signed link.
func (a *App) Preferences(ctx context.Context, key, signature string) (*Preferences, error) {
	r, err := a.holder(ctx, key, signature)
	if err != nil {
		return nil, err
	}
	p := &Preferences{Recipient: *r}
	all, err := a.store.SubscriptionsOf(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		if s.State != broadsheet.SubscriptionEnded {
			p.Subscriptions = append(p.Subscriptions, s)
		}
	}
	x, ok, err := a.store.Suppression(ctx, r.Channel, r.Key)
	if ok {
		p.Suppressed = &x
	}
	return p, err
}

// holder is the recipient whose link it is.
func (a *App) holder(ctx context.Context, key, signature string) (*broadsheet.Recipient, error) {
	if a.post == nil {
		return nil, errNoPost
	}
	r, err := a.store.RecipientByKey(ctx, broadsheet.ChannelMail, key)
	salt := r.Salt
	if broadsheet.KindOf(err) == broadsheet.NotFound {
		salt, err = "nobody", nil // as long as for somebody
	}
	if err != nil {
		return nil, err
	}
	if err := linkError(a.post.Key.Check(signature, a.now(), sealPreferences, key, salt)); err != nil {
		return nil, err
	}
	return &r, nil
}

// Change is what a reader does to a subscription.
type Change struct {
	Wish   *broadsheet.Wish // nil: as it is
	Pause  bool
	Resume bool
	End    bool
}

// ChangeSubscription does what a reader wants with one of its subscriptions.
func (a *App) ChangeSubscription(ctx context.Context, key, signature, token string, c Change) error {
	r, err := a.holder(ctx, key, signature)
	if err != nil {
		return err
	}
	// A pause, or the planner, may come in between: then it is done to what they left.
	for range editTries {
		if err = a.changeSubscription(ctx, r, token, c); !errors.Is(err, store.ErrSubscriptionMoved) {
			return err
		}
	}
	return err
}

// editTries is how often an edit is made of a fresh row.
const editTries = 5

func (a *App) changeSubscription(ctx context.Context, r *broadsheet.Recipient, token string, c Change) error {
	s, err := a.store.Subscription(ctx, token)
	if err != nil {
		return err
	}
	if s.RecipientID != r.ID {
		return broadsheet.Errorf(broadsheet.NotFound, "there is no such subscription")
	}
	read, now := s, a.now()
	if c.Wish != nil {
		if err := c.Wish.Check(); err != nil {
			return err
		}
		s.Wish = *c.Wish
	}
	switch {
	case c.End:
		return a.finish(ctx, &s, "ended by its reader")
	case s.State == broadsheet.SubscriptionEnded || s.State == broadsheet.SubscriptionPending:
		return &broadsheet.Error{Kind: broadsheet.Conflict, Text: "this subscription is not active", Fix: "subscribe again"}
	case c.Pause:
		s.State, s.Reason = broadsheet.SubscriptionPaused, "paused by its reader"
	case c.Resume && s.State == broadsheet.SubscriptionPaused:
		if err = a.goOn(ctx, &s, now); err != nil {
			return err
		}
	}
	overdue := s.DueAt
	s.DueAt = time.Time{}
	if s.State == broadsheet.SubscriptionActive {
		s.DueAt = digest.Next(s.Rhythm, now)
		if !overdue.IsZero() && overdue.Before(now) {
			s.DueAt = overdue // an edition that is about to come still comes
		}
	}
	_, err = a.store.EditSubscription(ctx, read, s)
	return err
}

// goOn lets a paused subscription go on. Of what came while it was paused it tells
// as much as one edition of its rhythm holds, and no more.
func (a *App) goOn(ctx context.Context, s *broadsheet.Subscription, now time.Time) error {
	seq, err := a.store.ArrivalBefore(ctx, now.Add(-max(firstEdition, digest.Span(s.Rhythm))))
	s.State, s.Reason, s.Cursor, s.DueAt = broadsheet.SubscriptionActive, "", max(seq, s.Cursor), dueAfter(s.Rhythm, now)
	return err
}

// Unsuppressible tells whether an owner may lift a suppression: not one that
// other people's complaints made.
func Unsuppressible(x *broadsheet.Suppression) bool {
	return x != nil && x.Reason == broadsheet.SuppressedBounce
}

// Data is all that is kept of an address, for its owner.
type Data struct {
	Address       string                  `json:"address"`
	Since         time.Time               `json:"since"`
	Subscriptions []SubscriptionData      `json:"subscriptions"`
	Deliveries    []DeliveryData          `json:"deliveries"`
	Suppression   *broadsheet.Suppression `json:"suppression,omitempty"`
}

// SubscriptionData is a subscription in Data.
type SubscriptionData struct {
	Topic       string                       `json:"topic"`
	State       broadsheet.SubscriptionState `json:"state"`
	Days        broadsheet.Days              `json:"days"` // Monday is 1, Sunday 64
	Hour        int                          `json:"hour"`
	Zone        string                       `json:"zone"`
	AsItComes   bool                         `json:"asItComes,omitempty"`
	MaxPapers   int                          `json:"maxPapers"`
	MinScore    int                          `json:"minScore"`
	SendEmpty   bool                         `json:"sendEmpty"`
	CreatedAt   time.Time                    `json:"createdAt"`
	ConfirmedAt time.Time                    `json:"confirmedAt,omitzero"`
	EndedAt     time.Time                    `json:"endedAt,omitzero"`
	Reason      string                       `json:"reason,omitempty"`
}

// DeliveryData is a line of the ledger in Data.
type DeliveryData struct {
	Slot      string                   `json:"slot"`
	State     broadsheet.DeliveryState `json:"state"`
	Papers    []string                 `json:"papers"`
	PlannedAt time.Time                `json:"plannedAt"`
	EndedAt   time.Time                `json:"endedAt,omitzero"`
	Reply     string                   `json:"reply,omitempty"`
}

// dataDeliveries bounds what an export holds of the ledger.
const dataDeliveries = 10_000

// ExportData gives an owner all that is kept of its address.
func (a *App) ExportData(ctx context.Context, key, signature string) (*Data, error) {
	r, err := a.holder(ctx, key, signature)
	if err != nil {
		return nil, err
	}
	d := &Data{Address: r.Address, Since: r.CreatedAt, Subscriptions: []SubscriptionData{}, Deliveries: []DeliveryData{}}
	all, err := a.store.SubscriptionsOf(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		d.Subscriptions = append(d.Subscriptions, SubscriptionData{Topic: s.Topic.String(), State: s.State, Days: s.Rhythm.Days, Hour: s.Rhythm.Hour, Zone: s.Rhythm.Zone.String(),
			AsItComes: s.Rhythm.AsItComes, MaxPapers: s.MaxPapers, MinScore: s.MinScore, SendEmpty: s.SendEmpty, CreatedAt: s.CreatedAt, ConfirmedAt: s.ConfirmedAt, EndedAt: s.EndedAt, Reason: s.Reason})
	}
	lines, err := a.store.Deliveries(ctx, store.DeliveryQuery{Recipient: r.ID, Limit: dataDeliveries})
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		d.Deliveries = append(d.Deliveries, DeliveryData{Slot: l.Slot, State: l.State, Papers: l.Papers, PlannedAt: l.PlannedAt, EndedAt: l.EndedAt, Reply: l.Reply})
	}
	if x, ok, err := a.store.Suppression(ctx, r.Channel, r.Key); err != nil {
		return nil, err
	} else if ok {
		d.Suppression = &x
	}
	return d, nil
}

// Erase removes an address and all that is kept of it. Where it must not be
// written to, a hash of it stays so that it never is.
func (a *App) Erase(ctx context.Context, key, signature string) error {
	r, err := a.holder(ctx, key, signature)
	if err != nil {
		return err
	}
	return a.store.EraseRecipient(ctx, r.ID)
}

// NewLinks makes all links void that were sent to an address before, but for
// those that unsubscribe.
func (a *App) NewLinks(ctx context.Context, key, signature string) error {
	r, err := a.holder(ctx, key, signature)
	if err != nil {
		return err
	}
	return a.store.SetSalt(ctx, r.ID, name128())
}

// Lift allows mail to an address again that did not work once, at the wish of
// its owner.
func (a *App) Lift(ctx context.Context, key, signature string) error {
	p, err := a.Preferences(ctx, key, signature)
	if err != nil {
		return err
	}
	if p.Suppressed == nil {
		return nil
	}
	if !Unsuppressible(p.Suppressed) {
		return &broadsheet.Error{Kind: broadsheet.Denied, Text: "mail to this address was reported as spam", Fix: "ask the operator of the site"}
	}
	return a.store.Unsuppress(ctx, p.Recipient.Channel, p.Recipient.Key)
}

// RecipientOf is whom a subscription is for.
func (a *App) RecipientOf(ctx context.Context, s *broadsheet.Subscription) (*broadsheet.Recipient, error) {
	r, err := a.store.Recipient(ctx, s.RecipientID)
	return &r, err
}
