package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"broadsheet"
)

// Request is what somebody asked for about an address, until it is done. It is
// all that is kept of it until then.
type Request struct {
	Kind    NoticeKind       `json:"kind"` // what the address is to be sent
	Address string           `json:"address"`
	Wish    *broadsheet.Wish `json:"wish,omitempty"`  // of a NoticeConfirm
	Token   string           `json:"token,omitempty"` // of the subscription that comes of it
}

// Do does what was asked for: everything that depends on the address. Doing it
// again sends nothing else.
func (a *App) Do(ctx context.Context, q Request) error {
	if a.post == nil {
		return errNoPost
	}
	switch {
	case q.Kind == NoticeConfirm && q.Wish != nil && q.Token != "":
		return a.apply(ctx, q)
	case q.Kind == NoticePreferences:
		return a.link(ctx, q.Address)
	}
	return fmt.Errorf("a request for %q that is not whole", q.Kind)
}

func (a *App) apply(ctx context.Context, q Request) error {
	key := broadsheet.AddressKey(q.Address)
	_, suppressed, err := a.store.Suppression(ctx, broadsheet.ChannelMail, key)
	if err != nil || suppressed {
		return err
	}
	question := Notice{Kind: NoticeConfirm, Recipient: key, Subscription: q.Token}
	switch _, err := a.store.Subscription(ctx, q.Token); {
	case err == nil: // done before, but for the notice perhaps
		return a.post.Notify(ctx, question)
	case broadsheet.KindOf(err) != broadsheet.NotFound:
		return err
	}
	// Counted before anything is stored, so that many at once count as many.
	if ok, err := a.mayWrite(ctx, q.Address); err != nil || !ok {
		return err
	}
	now := a.now()
	r, err := a.store.PutRecipient(ctx, broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: q.Address, Key: key, Salt: name128(), CreatedAt: now})
	if err != nil {
		return err
	}
	have, err := a.store.SubscriptionsOf(ctx, r.ID)
	if err != nil {
		return err
	}
	have = slices.DeleteFunc(have, func(s broadsheet.Subscription) bool {
		return s.State != broadsheet.SubscriptionActive && s.State != broadsheet.SubscriptionPaused
	})
	same := slices.ContainsFunc(have, func(s broadsheet.Subscription) bool { return s.Topic == q.Wish.Topic })
	if same || len(have) >= maxSubscriptions {
		return a.post.Notify(ctx, Notice{Kind: NoticePreferences, Recipient: key})
	}
	_, err = a.store.PutSubscription(ctx, broadsheet.Subscription{RecipientID: r.ID, Token: q.Token, State: broadsheet.SubscriptionPending, Wish: *q.Wish, CreatedAt: now})
	if err != nil {
		return err
	}
	return a.post.Notify(ctx, question)
}

func (a *App) link(ctx context.Context, address string) error {
	key := broadsheet.AddressKey(address)
	_, err := a.store.RecipientByKey(ctx, broadsheet.ChannelMail, key)
	if broadsheet.KindOf(err) == broadsheet.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if _, suppressed, err := a.store.Suppression(ctx, broadsheet.ChannelMail, key); err != nil || suppressed {
		return err
	}
	if ok, err := a.mayWrite(ctx, address); err != nil || !ok {
		return err
	}
	return a.post.Notify(ctx, Notice{Kind: NoticePreferences, Recipient: key})
}

// mayWrite counts a notice to an address; false: its owner was sent enough today.
func (a *App) mayWrite(ctx context.Context, address string) (bool, error) {
	return a.store.TakeNotice(ctx, mailboxKey(address), a.now(), orDefault(a.post.PerDay, 3))
}

// mailboxKey is the mailbox that an address most likely leads to, for limits only:
// what follows a plus is the reader's own mark.
func mailboxKey(address string) string {
	local, domain, _ := strings.Cut(address, "@")
	local, _, _ = strings.Cut(local, "+")
	return broadsheet.AddressKey(local + "@" + domain)
}
