package transfer

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

// toldFor is how far back an export says what readers of several subscriptions
// were told of: as far as the planner looks.
const toldFor = 60 * 24 * time.Hour

// The lines of who is written to, in an export that was asked to hold them.
// arrival is what became news and when, by which a subscription knows what is new.
type arrival struct {
	Paper string                 `json:"paper"`
	Kind  broadsheet.ArrivalKind `json:"kind"`
	At    time.Time              `json:"at"`
}

// subscriber is an address with all that it has. Salt and the tokens are what links
// in mails that were sent already are made of: with the same secret key they go on
// working. The addresses of chats and hooks may be secrets.
type subscriber struct {
	Channel       broadsheet.Channel `json:"channel"`
	Address       string             `json:"address"`
	Key           string             `json:"key"`
	Salt          string             `json:"salt"`
	CreatedAt     time.Time          `json:"createdAt"`
	Subscriptions []subscription     `json:"subscriptions"`
	Told          []string           `json:"told,omitempty"` // papers, of who has several subscriptions
	ToldAt        time.Time          `json:"toldAt,omitzero"`
}

type subscription struct {
	Token string                       `json:"token"`
	State broadsheet.SubscriptionState `json:"state"`
	broadsheet.Wish
	LookedAt    time.Time `json:"lookedAt,omitzero"` // news up to then is known
	DueAt       time.Time `json:"dueAt,omitzero"`
	LastSlot    string    `json:"lastSlot,omitempty"`
	CreatedAt   time.Time `json:"createdAt"`
	ConfirmedAt time.Time `json:"confirmedAt,omitzero"`
	EndedAt     time.Time `json:"endedAt,omitzero"`
	Reason      string    `json:"reason,omitempty"`
}

// suppression is an address that must not be written to, which is not told.
type suppression struct {
	Channel broadsheet.Channel           `json:"channel"`
	Key     string                       `json:"key"` // a hash
	Reason  broadsheet.SuppressionReason `json:"reason"`
	Detail  string                       `json:"detail,omitempty"`
	At      time.Time                    `json:"at"`
}

func subscriberOf(h *store.Holding) *subscriber {
	r := &h.Recipient
	out := &subscriber{Channel: r.Channel, Address: r.Address, Key: r.Key, Salt: r.Salt, CreatedAt: r.CreatedAt.UTC(), Told: h.Told, ToldAt: utc(h.Until), Subscriptions: []subscription{}}
	for _, x := range h.Subscriptions {
		looked := x.LookedAt
		if from := x.ConfirmedAt.Add(-24 * time.Hour); !x.ConfirmedAt.IsZero() && looked.Before(from) {
			looked = from // the first edition looks back a day
		}
		out.Subscriptions = append(out.Subscriptions, subscription{x.Token, x.State, x.Wish, utc(looked), utc(x.DueAt), x.LastSlot, utc(x.CreatedAt), utc(x.ConfirmedAt), utc(x.EndedAt), x.Reason})
	}
	return out
}

func utc(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC()
}

// holding is what a line holds. Exports are edited by hand: what could not be
// made here is refused.
func (s *subscriber) holding() (*store.Holding, error) {
	h := &store.Holding{Told: s.Told, Until: s.ToldAt,
		Recipient: broadsheet.Recipient{Channel: s.Channel, Address: s.Address, Key: s.Key, Salt: s.Salt, CreatedAt: s.CreatedAt}}
	if s.Channel == broadsheet.ChannelMail {
		address, err := broadsheet.ParseAddress(s.Address)
		if err != nil {
			return nil, err
		}
		if address != s.Address || broadsheet.AddressKey(address) != s.Key {
			return nil, errors.New("key: is not that of the address")
		}
	}
	for _, id := range s.Told {
		if id == "" || strings.ContainsAny(id, " \t\r\n") {
			return nil, errors.New("told: an id holds white space")
		}
	}
	if s.Salt == "" || s.Key == "" || s.Address == "" {
		return nil, errors.New("salt, key, address: one is empty")
	}
	for _, x := range s.Subscriptions {
		if err := x.Wish.Check(); err != nil {
			return nil, err
		}
		switch x.State {
		case broadsheet.SubscriptionPending, broadsheet.SubscriptionActive, broadsheet.SubscriptionPaused, broadsheet.SubscriptionEnded:
		default:
			return nil, fmt.Errorf("state: %s is none", quote(string(x.State)))
		}
		if len(x.Token) < 10 || strings.Trim(x.Token, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return nil, errors.New("token: is not one")
		}
		switch active := x.State == broadsheet.SubscriptionActive; {
		case !active:
			x.DueAt = time.Time{}
		case x.DueAt.IsZero():
			x.DueAt = x.CreatedAt // long ago: at once
		}
		h.Subscriptions = append(h.Subscriptions, store.HeldSubscription{LookedAt: x.LookedAt, Subscription: broadsheet.Subscription{Token: x.Token, State: x.State, Wish: x.Wish,
			DueAt: x.DueAt, LastSlot: x.LastSlot, CreatedAt: x.CreatedAt, ConfirmedAt: x.ConfirmedAt, EndedAt: x.EndedAt, Reason: x.Reason}})
	}
	return h, nil
}

// people are the lines of an export about who is written to, as they go in.
type people struct {
	arrivals     []broadsheet.Arrival
	holdings     []store.Holding
	suppressions []broadsheet.Suppression
	rows         []store.CommunityRow
	gone         store.GoneNames
}

// peopleAdded is what putting people added.
type peopleAdded struct{ subscriptions, rows, left int }

func (p *people) len() int {
	return len(p.arrivals) + len(p.holdings) + len(p.suppressions) + len(p.rows)
}

// put stores them and forgets them, and gives how many subscriptions were added.
// Two sites that both send would send everything twice, so that nothing is sent
// once somebody came who is written to, before it is said that it may.
func (p *people) put(ctx context.Context, s *store.Store) (added peopleAdded, err error) {
	if len(p.arrivals) > 0 {
		if err := s.PutArrivals(ctx, p.arrivals); err != nil {
			return added, fmt.Errorf("store what was news: %w", err)
		}
	}
	if len(p.suppressions) > 0 {
		if err := s.PutSuppressions(ctx, p.suppressions); err != nil {
			return added, fmt.Errorf("store who must not be written to: %w", err)
		}
	}
	if len(p.holdings) > 0 {
		x, err := s.Sending(ctx)
		if err != nil {
			return added, err
		}
		if err := Pause(ctx, s, "imported: two sites would both send"); err != nil {
			return added, err
		}
		if added.subscriptions, err = s.PutHoldings(ctx, p.holdings, name128); err != nil {
			return added, fmt.Errorf("store subscribers: %w", err)
		}
		if added.subscriptions == 0 && !x.Paused { // all were here before
			if err := s.SetSending(ctx, x); err != nil {
				return added, err
			}
		}
	}
	if len(p.rows) > 0 {
		if p.gone == nil {
			p.gone = store.GoneNames{}
		}
		if added.rows, added.left, err = s.PutCommunity(ctx, p.rows, p.gone); err != nil {
			return added, fmt.Errorf("store what people did: %w", err)
		}
	}
	*p = people{p.arrivals[:0], p.holdings[:0], p.suppressions[:0], p.rows[:0], p.gone}
	return added, nil
}

// Pause stops planning and sending until somebody says that they go on; where they
// are stopped already, the reason of that stays.
func Pause(ctx context.Context, s *store.Store, reason string) error {
	x, err := s.Sending(ctx)
	if err != nil || x.Paused {
		return err
	}
	return s.SetSending(ctx, store.Sending{Paused: true, Since: time.Now().UTC().Truncate(time.Second), Reason: reason})
}

func name128() string { return strings.ToLower(rand.Text()) }

// people writes who is written to.
func (e *exporter) people(ctx context.Context, s *store.Store) error {
	if err := s.EachArrival(ctx, func(a broadsheet.Arrival) error {
		return e.line(line{Kind: kindArrival, Arrival: &arrival{a.PaperID, a.Kind, a.At.UTC()}}, nil)
	}); err != nil {
		return err
	}
	if err := s.EachHolding(ctx, time.Now().Add(-toldFor), func(h store.Holding) error {
		e.rep.Delivery.Subscriptions += len(h.Subscriptions)
		return e.line(line{Kind: kindSubscriber, Subscriber: subscriberOf(&h)}, &e.rep.Delivery.Recipients)
	}); err != nil {
		return err
	}
	if err := s.EachSuppression(ctx, func(x broadsheet.Suppression) error {
		return e.line(line{Kind: kindSuppression, Suppression: &suppression{x.Channel, x.Key, x.Reason, x.Detail, x.At.UTC()}}, &e.rep.Delivery.Suppressions)
	}); err != nil {
		return err
	}
	return e.community(ctx, s)
}
