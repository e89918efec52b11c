package app

import (
	"context"
	"strconv"
	"time"

	"broadsheet"
	"broadsheet/internal/deliver"
	"broadsheet/internal/deliver/chat"
	"broadsheet/internal/digest"
	"broadsheet/internal/store"
)

// ChatTarget is a subscription of a chat or hook. Its operator made it, and nobody
// is asked to confirm.
type ChatTarget struct {
	store.Subscriber
	Where      string                  // for people, without anything secret
	Suppressed *broadsheet.Suppression // why nothing is sent to it; nil: it is
	Last       *broadsheet.Delivery    // nil: there was none
	Failing    deliver.Streak          // editions that did not arrive there, up to now
}

// AddTarget subscribes a chat or hook, which may have several subscriptions. It
// is Invalid where the address cannot be one and Conflict where the same address is
// there with another key, or has the same topic already. A target that did not exist
// before is written to again.
func (a *App) AddTarget(ctx context.Context, t *chat.Target, wish broadsheet.Wish) (*ChatTarget, error) {
	var err error
	if wish.Topic, err = broadsheet.ParseTopic(wish.Topic.String()); err != nil {
		return nil, err
	}
	if err := wish.Check(); err != nil {
		return nil, err
	}
	now := a.now()
	r, err := a.store.PutRecipient(ctx, broadsheet.Recipient{Channel: t.Channel, Address: t.Address(), Key: t.Key(), Salt: name128(), CreatedAt: now})
	if err != nil {
		return nil, err
	}
	if r.Address != t.Address() {
		return nil, &broadsheet.Error{Kind: broadsheet.Conflict, Field: "target", Text: "is there already, with another key", Fix: "remove it first"}
	}
	have, err := a.store.SubscriptionsOf(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	for _, s := range have {
		if s.Topic == wish.Topic && s.State != broadsheet.SubscriptionEnded {
			return nil, &broadsheet.Error{Kind: broadsheet.Conflict, Field: "target", Text: "has this topic already, as number " + strconv.FormatInt(s.ID, 10),
				Fix: "remove that one first, or choose another topic"}
		}
	}
	s := broadsheet.Subscription{RecipientID: r.ID, Token: name128(), State: broadsheet.SubscriptionActive, Wish: wish, CreatedAt: now, ConfirmedAt: now}
	if s.Cursor, err = a.store.ArrivalBefore(ctx, now.Add(-firstEdition)); err != nil {
		return nil, err
	}
	s.DueAt = dueAfter(wish.Rhythm, now)
	if s, err = a.store.PutSubscription(ctx, s); err != nil {
		return nil, err
	}
	if err := a.store.Unsuppress(ctx, r.Channel, r.Key); err != nil {
		return nil, err
	}
	return a.target(ctx, store.Subscriber{Subscription: s, Recipient: r})
}

func dueAfter(r broadsheet.Rhythm, now time.Time) time.Time {
	if r.AsItComes {
		return now
	}
	return digest.Next(r, now)
}

// ChatTargets are all chats and hooks that are subscribed, the oldest first.
func (a *App) ChatTargets(ctx context.Context) ([]ChatTarget, error) {
	rows, err := a.store.Targets(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]ChatTarget, 0, len(rows))
	for _, row := range rows {
		t, err := a.target(ctx, row)
		if err != nil {
			return nil, err
		}
		out = append(out, *t)
	}
	return out, nil
}

// ChatTarget finds one by its number.
func (a *App) ChatTarget(ctx context.Context, id int64) (*ChatTarget, error) {
	rows, err := a.store.Targets(ctx)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if row.Subscription.ID == id {
			return a.target(ctx, row)
		}
	}
	return nil, &broadsheet.Error{Kind: broadsheet.NotFound, Text: "there is no target with number " + strconv.FormatInt(id, 10), Fix: "see `broadsheet targets list`"}
}

func (a *App) target(ctx context.Context, row store.Subscriber) (*ChatTarget, error) {
	t := &ChatTarget{Subscriber: row, Where: "an address that cannot be read"}
	if p, err := chat.Parse(row.Recipient.Channel, row.Recipient.Address); err == nil {
		t.Where = p.String()
	}
	x, suppressed, err := a.store.Suppression(ctx, row.Recipient.Channel, row.Recipient.Key)
	if err != nil {
		return nil, err
	}
	if suppressed {
		t.Suppressed = &x
	}
	last, err := a.store.Deliveries(ctx, store.DeliveryQuery{Recipient: row.Recipient.ID, Limit: 20})
	if err != nil {
		return nil, err
	}
	for i := range last {
		if last[i].SubscriptionID == row.Subscription.ID {
			t.Last = &last[i]
			break
		}
	}
	if len(last) > 0 {
		t.Failing, err = deliver.StreakTo(ctx, a.store, &last[0])
	}
	return t, err
}

// PauseTarget stops a target for now.
func (a *App) PauseTarget(ctx context.Context, id int64) (*ChatTarget, error) {
	t, err := a.ChatTarget(ctx, id)
	if err != nil || t.State != broadsheet.SubscriptionActive {
		return t, err
	}
	read := t.Subscription
	t.State, t.DueAt, t.Reason = broadsheet.SubscriptionPaused, time.Time{}, "paused by the operator"
	_, err = a.store.EditSubscription(ctx, read, t.Subscription)
	return t, err
}

// ResumeTarget lets a target go on, also one that could not be written to.
func (a *App) ResumeTarget(ctx context.Context, id int64) (*ChatTarget, error) {
	t, err := a.ChatTarget(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := a.store.Unsuppress(ctx, t.Recipient.Channel, t.Recipient.Key); err != nil {
		return nil, err
	}
	t.Suppressed = nil
	if t.State != broadsheet.SubscriptionPaused {
		return t, nil
	}
	read := t.Subscription
	if err = a.goOn(ctx, &t.Subscription, a.now()); err != nil {
		return nil, err
	}
	_, err = a.store.EditSubscription(ctx, read, t.Subscription)
	return t, err
}

// RemoveTarget ends a target's subscription, and erases the target with its
// address where that was its last.
func (a *App) RemoveTarget(ctx context.Context, id int64) (*ChatTarget, error) {
	t, err := a.ChatTarget(ctx, id)
	if err != nil {
		return nil, err
	}
	have, err := a.store.SubscriptionsOf(ctx, t.Recipient.ID)
	if err != nil {
		return nil, err
	}
	for _, s := range have {
		if s.ID != id && s.State != broadsheet.SubscriptionEnded {
			return t, a.finish(ctx, &t.Subscription, "removed by the operator")
		}
	}
	return t, a.store.EraseRecipient(ctx, t.Recipient.ID)
}
