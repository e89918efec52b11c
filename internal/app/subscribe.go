package app

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/digest"
	"broadsheet/internal/lib/seal"
	"broadsheet/internal/store"
)

// Post is how people are told of editions; nil in Options means that this site
// sends no mail.
type Post struct {
	Key *seal.Key // of links in mails
	// Ask takes a request over, for good, and has it done soon by App.Do. It does
	// the same for every address.
	Ask func(ctx context.Context, q Request) error
	// Notify takes a notice over, for good: it is sent soon, and tried again.
	Notify func(ctx context.Context, n Notice) error
	// Refused tells whether nobody may subscribe with addresses of a domain.
	Refused func(domain string) bool
	// PerDay is how many notices an address may be sent in a day, default 3;
	// PerClient is how many subscriptions a client may ask for in an hour, default
	// 20; PerSite all clients together, default 1,000.
	PerDay, PerClient, PerSite int
}

// Notice is a mail about a subscription, not an edition. It names nobody by the
// address, which is looked up when the mail is sent: what is left of a notice that
// was sent tells nothing once the address is erased.
type Notice struct {
	Kind      NoticeKind
	Recipient string // key of the recipient
	// Subscription is what was asked for, of a NoticeConfirm; its public name.
	Subscription string
}

// NoticeKind says what a notice is about.
type NoticeKind string

// Kinds of notices.
const (
	NoticeConfirm     NoticeKind = "confirm"     // the link that confirms a subscription
	NoticePreferences NoticeKind = "preferences" // the link to everything that an address has
)

// Purposes of seals in links.
const (
	sealConfirm     = "confirm"
	sealUnsubscribe = "unsubscribe"
	sealPreferences = "preferences"
)

const (
	confirmFor     = 48 * time.Hour
	preferencesFor = 30 * 24 * time.Hour
	// firstEdition is how far back the first edition looks.
	firstEdition = 24 * time.Hour
	// maxSubscriptions is how many an address may have.
	maxSubscriptions = 30
)

// Application is what a person who wants mail sends.
type Application struct {
	Address string
	Wish    broadsheet.Wish
	Client  string // the network that asks, for its limit; "" is not limited
	Trap    string // a field that people do not see: who fills it is no person
}

var errNoPost = &broadsheet.Error{Kind: broadsheet.Unavailable, Text: "this site sends no mail", Fix: "read its feeds; its operator can set up mail with mail.relays"}

// Subscribes tells whether people can subscribe here.
func (a *App) Subscribes() bool { return a.post != nil }

// CheckAddress reads an address that somebody wants to subscribe with. It is
// Invalid, with the field address, for one that cannot be or is not taken here.
func (a *App) CheckAddress(text string) (string, error) {
	if a.post == nil {
		return "", errNoPost
	}
	address, err := broadsheet.ParseAddress(text)
	if err == nil && a.post.Refused != nil && a.post.Refused(broadsheet.AddressDomain(address)) {
		err = broadsheet.InvalidField("address", "addresses of that domain are not taken here", "use another")
	}
	return address, err
}

// Subscribe asks the owner of an address whether it wants a subscription. The
// answer, and what is done before it, is the same whether the address is known
// here, has that subscription, is suppressed or is new: it is looked up later, by
// Do, and what happens is in the mailbox. It is Invalid for what cannot be and
// Limited for who asks too often.
func (a *App) Subscribe(ctx context.Context, x Application) error {
	address, err := a.CheckAddress(x.Address)
	if err != nil {
		return err
	}
	if x.Wish.Topic, err = broadsheet.ParseTopic(x.Wish.Topic.String()); err != nil {
		return err
	}
	if err := x.Wish.Check(); err != nil {
		return err
	}
	if err := a.asks.take(x.Client, a.now()); err != nil {
		return err
	}
	if x.Trap != "" {
		return nil
	}
	return a.post.Ask(ctx, Request{Kind: NoticeConfirm, Address: address, Wish: &x.Wish, Token: name128()})
}

// PreferencesLink asks for a link to everything that an address has; it comes by
// mail, and only where the address has anything. The answer is always the same,
// as that of Subscribe is.
func (a *App) PreferencesLink(ctx context.Context, address, client string) error {
	if a.post == nil {
		return errNoPost
	}
	address, err := broadsheet.ParseAddress(address)
	if err != nil {
		return err
	}
	if err := a.asks.take(client, a.now()); err != nil {
		return err
	}
	return a.post.Ask(ctx, Request{Kind: NoticePreferences, Address: address})
}

// ConfirmPath is the page that confirms a subscription, for the mail that asks.
func (a *App) ConfirmPath(s *broadsheet.Subscription) string {
	return fmt.Sprintf("/subscriptions/%s/confirm?seal=%s", s.Token, a.post.Key.Sign(s.CreatedAt.Add(confirmFor), sealConfirm, s.Token))
}

// UnsubscribePath is the page, and the address of the one click, that ends a
// subscription. It never expires.
func (a *App) UnsubscribePath(s *broadsheet.Subscription) string {
	return fmt.Sprintf("/subscriptions/%s/unsubscribe?seal=%s", s.Token, a.post.Key.Sign(time.Time{}, sealUnsubscribe, s.Token))
}

// PreferencesPath is the page of everything that a recipient has, for a mail of
// that time.
func (a *App) PreferencesPath(r *broadsheet.Recipient, at time.Time) string {
	return fmt.Sprintf("/preferences/%s?seal=%s", r.Key, a.post.Key.Sign(at.Add(preferencesFor), sealPreferences, r.Key, r.Salt))
}

// ToConfirm is the subscription that a link means, and whom it is for.
func (a *App) ToConfirm(ctx context.Context, token, signature string) (*broadsheet.Subscription, error) {
	return a.sealed(ctx, token, signature, sealConfirm)
}

// Confirm starts a subscription. Doing it again changes nothing.
func (a *App) Confirm(ctx context.Context, token, signature string) (*broadsheet.Subscription, error) {
	s, err := a.sealed(ctx, token, signature, sealConfirm)
	if err != nil || s.State != broadsheet.SubscriptionPending {
		return s, err
	}
	read, now := *s, a.now()
	if s.Cursor, err = a.store.ArrivalBefore(ctx, now.Add(-firstEdition)); err != nil {
		return nil, err
	}
	s.State, s.ConfirmedAt, s.DueAt = broadsheet.SubscriptionActive, now, digest.Next(s.Rhythm, now)
	if s.Rhythm.AsItComes {
		s.DueAt = now
	}
	saved, err := a.store.EditSubscription(ctx, read, *s)
	if errors.Is(err, store.ErrSubscriptionMoved) { // the same link, twice at once
		return a.sealed(ctx, token, signature, sealConfirm)
	}
	return &saved, err
}

// ToUnsubscribe is the subscription that a link means.
func (a *App) ToUnsubscribe(ctx context.Context, token, signature string) (*broadsheet.Subscription, error) {
	return a.sealed(ctx, token, signature, sealUnsubscribe)
}

// Unsubscribe ends a subscription at once. Doing it again changes nothing.
func (a *App) Unsubscribe(ctx context.Context, token, signature string) (*broadsheet.Subscription, error) {
	s, err := a.sealed(ctx, token, signature, sealUnsubscribe)
	if err != nil || s.State == broadsheet.SubscriptionEnded {
		return s, err
	}
	return s, a.finish(ctx, s, "unsubscribed by its reader")
}

func (a *App) finish(ctx context.Context, s *broadsheet.Subscription, why string) error {
	s.State, s.DueAt, s.EndedAt, s.Reason = broadsheet.SubscriptionEnded, time.Time{}, a.now(), why
	_, err := a.store.PutSubscription(ctx, *s)
	return err
}

func (a *App) sealed(ctx context.Context, token, signature, purpose string) (*broadsheet.Subscription, error) {
	if a.post == nil {
		return nil, errNoPost
	}
	if err := linkError(a.post.Key.Check(signature, a.now(), purpose, token)); err != nil {
		return nil, err
	}
	s, err := a.store.Subscription(ctx, token)
	if broadsheet.KindOf(err) == broadsheet.NotFound {
		return nil, &broadsheet.Error{Kind: broadsheet.NotFound, Text: "this subscription is not here any more", Fix: "subscribe again if you want it"}
	}
	return &s, err
}

// linkError says what is wrong with a link.
func linkError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, seal.ErrExpired):
		return &broadsheet.Error{Kind: broadsheet.Denied, Text: "this link has expired", Fix: "ask for a new one"}
	}
	return &broadsheet.Error{Kind: broadsheet.Denied, Text: "this link is not whole", Fix: "copy all of it from the mail, or ask for a new one"}
}

// name128 is a public name of 128 random bits in letters and digits.
func name128() string {
	var raw [16]byte
	rand.Read(raw[:]) // never fails
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw[:]))
}

func orDefault(n, def int) int {
	if n == 0 {
		return def
	}
	return n
}
