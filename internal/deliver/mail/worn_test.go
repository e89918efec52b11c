package mail_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/deliver"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestWornAddresses sends an edition a day at which a relay says the same every
// time: a mailbox that is full for weeks is written to no more, whatever is wrong
// with the mail or the site goes on being tried.
func TestWornAddresses(t *testing.T) {
	type edition struct {
		day  int
		says string // after RCPT, "" takes it
	}
	every := func(days, step int, says string) (out []edition) {
		for day := 0; day < days; day += step {
			out = append(out, edition{day, says})
		}
		return out
	}
	for _, c := range []struct {
		name     string
		editions []edition
		want     int // editions after which it is suppressed, 0: never
	}{
		{"full every day", every(30, 1, "552 5.2.2 mailbox full"), 15},
		{"full, without an enhanced code", every(30, 1, "552 mailbox full"), 15},
		{"disabled once a week", every(50, 7, "550 5.2.0 mailbox trouble"), 5},
		{"four times only", every(28, 7, "552 5.2.2 mailbox full"), 0},
		{"a fortnight but for a day", every(14, 1, "552 5.2.2 mailbox full"), 0},
		{"taken in between", append(every(12, 1, "552 5.2.2 mailbox full"), append([]edition{{12, ""}}, edition{13, "552 5.2.2 mailbox full"}, edition{14, "552 5.2.2 mailbox full"}, edition{20, "552 5.2.2 mailbox full"})...), 0},
		{"the message is too big", every(30, 1, "552 5.3.4 too big"), 0},
		{"the site is not liked", every(30, 1, "550 5.7.1 spam"), 0},
		{"put off to its end, every day", every(30, 1, "452 4.2.2 mailbox full"), 16}, // what is put off may still arrive: the one after
	} {
		t.Run(c.name, func(t *testing.T) {
			s := storetest.Open(t)
			clock := &clock{now: begin}
			carrier := &saying{}
			x := reader(t, s)
			got := 0
			for i, e := range c.editions {
				clock.set(begin.AddDate(0, 0, e.day))
				x = planOne(t, s, x, clock.Now(), e.day)
				carrier.says = e.says
				sender := deliver.New(deliver.Options{Store: s, Carrier: carrier, Conversations: 1, Now: clock.Now, Poll: time.Millisecond})
				ctx, stop := context.WithCancel(t.Context())
				done := make(chan struct{})
				go func() { defer close(done); sender.Run(ctx) }()
				for open := true; open; time.Sleep(time.Millisecond) { // the sender works; nothing to wait on
					counts := states(t, s)
					open = counts[broadsheet.DeliveryPlanned]+counts[broadsheet.DeliveryClaimed]+counts[broadsheet.DeliverySending] > 0
					if open && counts[broadsheet.DeliveryClaimed]+counts[broadsheet.DeliverySending] == 0 {
						clock.add(time.Hour)
					}
				}
				stop()
				<-done
				_, suppressed, err := s.Suppression(t.Context(), broadsheet.ChannelMail, "k")
				if err != nil {
					t.Fatal(err)
				}
				if suppressed {
					got = i + 1
					break
				}
			}
			if got != c.want {
				t.Errorf("suppressed after %d editions, want after %d", got, c.want)
			}
		})
	}
}

func (c *clock) set(t time.Time) { c.mu.Lock(); defer c.mu.Unlock(); c.now = t }

// saying is a relay that says the same to all.
type saying struct{ says string }

func (*saying) Channel() broadsheet.Channel { return broadsheet.ChannelMail }
func (*saying) Prepare(context.Context, *store.Claim) (deliver.Message, *deliver.Outcome, error) {
	return nil, nil, nil
}
func (x *saying) Converse() deliver.Conversation { return x }
func (x *saying) Offer(context.Context, *store.Claim, deliver.Message) *deliver.Outcome {
	if x.says == "" {
		return nil
	}
	var code int
	var text string
	fmt.Sscanf(x.says, "%d", &code)
	text = x.says[4:]
	o := deliver.SMTPReply(code, text)
	return &o
}
func (*saying) Hand(context.Context, *store.Claim, deliver.Message) (deliver.Outcome, error) {
	return deliver.Sent("250 ok"), nil
}
func (*saying) Close() {}

// reader makes a subscription.
func reader(t *testing.T, s *store.Store) broadsheet.Subscription {
	t.Helper()
	r, err := s.PutRecipient(t.Context(), broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: "full@example.org", Key: "k", Salt: "s", CreatedAt: begin})
	if err != nil {
		t.Fatal(err)
	}
	x, err := s.PutSubscription(t.Context(), broadsheet.Subscription{RecipientID: r.ID, Token: "t", State: broadsheet.SubscriptionActive, DueAt: begin, CreatedAt: begin,
		Wish: broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Zone: time.UTC}, MaxPapers: 5}})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// planOne plans an edition for a subscription.
func planOne(t *testing.T, s *store.Store, x broadsheet.Subscription, now time.Time, day int) broadsheet.Subscription {
	t.Helper()
	e, err := s.PutEdition(t.Context(), broadsheet.Edition{Token: fmt.Sprint("e", day), Topic: x.Topic, From: int64(day), To: int64(day + 1), ComposedAt: now, Title: "Hot papers", Picks: []broadsheet.Pick{}})
	if err != nil {
		t.Fatal(err)
	}
	next := now.AddDate(0, 0, 1)
	n, err := s.PutPlans(t.Context(), []store.Plan{{Subscription: x, Channel: broadsheet.ChannelMail, Cursor: int64(day + 1), NextDue: next, Slot: fmt.Sprint(day),
		Delivery: &broadsheet.Delivery{EditionID: e.ID, Token: fmt.Sprint("d", day), PlannedAt: now, NextAt: now, ExpiresAt: now.Add(20 * time.Hour)}}})
	if err != nil || n != 1 {
		t.Fatalf("planned %d (%v)", n, err)
	}
	x, err = s.Subscription(t.Context(), x.Token)
	if err != nil {
		t.Fatal(err)
	}
	return x
}
