package mail_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/deliver"
	"broadsheet/internal/deliver/mail"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// clock runs as fast as the test wants.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }
func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

var begin = time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)

// plain writes mails of a line.
type plain struct{}

func (plain) Write(_ context.Context, c *store.Claim) (*mail.Letter, error) {
	if strings.HasPrefix(c.Recipient.Address, "gone.") {
		return nil, broadsheet.Errorf(broadsheet.NotFound, "no paper is left")
	}
	return &mail.Letter{Body: []byte("Subject: x\r\nTo: " + c.Recipient.Address + "\r\n\r\n.a line with a dot\r\n")}, nil
}

// plan plans a delivery for each address.
func plan(t testing.TB, s *store.Store, addresses ...string) {
	t.Helper()
	e, err := s.PutEdition(t.Context(), broadsheet.Edition{Token: "edition", Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, To: 1, ComposedAt: begin, Title: "Hot papers", Picks: []broadsheet.Pick{}})
	if err != nil {
		t.Fatal(err)
	}
	var plans []store.Plan
	for _, a := range addresses {
		r, err := s.PutRecipient(t.Context(), broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: a, Key: broadsheet.AddressKey(a), Salt: "s", CreatedAt: begin})
		if err != nil {
			t.Fatal(err)
		}
		x, err := s.PutSubscription(t.Context(), broadsheet.Subscription{RecipientID: r.ID, Token: "sub-" + a, State: broadsheet.SubscriptionActive, DueAt: begin, CreatedAt: begin,
			Wish: broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Zone: time.UTC}, MaxPapers: 5}})
		if err != nil {
			t.Fatal(err)
		}
		plans = append(plans, store.Plan{Subscription: x, Channel: broadsheet.ChannelMail, Cursor: 1, NextDue: begin.Add(24 * time.Hour), Slot: "2026-06-30",
			Delivery: &broadsheet.Delivery{EditionID: e.ID, Token: "t" + fmt.Sprint(x.ID), Papers: []string{"2606.00001"}, PlannedAt: begin, NextAt: begin, ExpiresAt: begin.Add(12 * time.Hour)}})
	}
	if n, err := s.PutPlans(t.Context(), plans); err != nil || n != len(plans) {
		t.Fatalf("planned %d (%v)", n, err)
	}
}

// sends runs a sender until the ledger has no delivery open, moving the clock
// to what is due next.
func sends(t *testing.T, s *store.Store, o mail.Options, repeat bool) {
	t.Helper()
	c := &clock{now: begin}
	o.Now, o.Writer, o.BounceDomain, o.Hello = c.Now, plain{}, "bounces.example", "test.example"
	runs(t, s, s, o, repeat, c)
}

// runs is sends with a ledger that stands before the store, and its clock.
func runs(t *testing.T, s *store.Store, ledger deliver.Store, o mail.Options, repeat bool, c *clock) {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	sender := deliver.New(deliver.Options{Store: ledger, Carrier: mail.New(o), Conversations: 4, Repeat: repeat, Log: log, Now: c.Now, Poll: time.Millisecond, Lease: 3 * time.Hour})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); sender.Run(ctx) }()
	deadline := time.Now().Add(2 * time.Minute) // others may use the machine
	for {
		counts := states(t, s)
		if counts[broadsheet.DeliveryPlanned]+counts[broadsheet.DeliveryClaimed]+counts[broadsheet.DeliverySending] == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("not sent within minutes: %v", counts)
		}
		next, err := s.NextDelivery(t.Context(), broadsheet.ChannelMail)
		if err != nil {
			t.Fatal(err)
		}
		if counts[broadsheet.DeliveryClaimed]+counts[broadsheet.DeliverySending] == 0 && next.After(c.Now()) {
			c.add(next.Sub(c.Now()))
			sender.Wake()
		}
		time.Sleep(2 * time.Millisecond) // the sender works; nothing to wait on
	}
	stop()
	<-done
}

func states(t testing.TB, s *store.Store) map[broadsheet.DeliveryState]int {
	t.Helper()
	got, err := s.DeliveryCounts(context.Background(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return got[broadsheet.ChannelMail]
}

// byAddress is the ledger's last word on each address.
func byAddress(t *testing.T, s *store.Store, addresses []string) map[string]broadsheet.Delivery {
	t.Helper()
	out := map[string]broadsheet.Delivery{}
	for _, a := range addresses {
		r, err := s.RecipientByKey(t.Context(), broadsheet.ChannelMail, broadsheet.AddressKey(a))
		if err != nil {
			t.Fatal(err)
		}
		d, err := s.Deliveries(t.Context(), store.DeliveryQuery{Recipient: r.ID, Limit: 2})
		if err != nil || len(d) != 1 {
			t.Fatalf("%s: %d lines (%v)", a, len(d), err)
		}
		out[a] = d[0]
	}
	return out
}

func parse(t *testing.T, s string) *mail.Relay {
	t.Helper()
	r, err := mail.ParseRelay(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestWhatARelaySays: what a relay accepted is what the ledger calls sent,
// whatever else it says.
func TestWhatARelaySays(t *testing.T) {
	kinds := map[string]broadsheet.DeliveryState{
		"ok": broadsheet.DeliverySent, "reject": broadsheet.DeliveryFailed, "policy": broadsheet.DeliveryFailed, "defer": broadsheet.DeliverySent,
		"busy": broadsheet.DeliverySent, "hangup": broadsheet.DeliverySent, "nodata": broadsheet.DeliveryExpired, "spam": broadsheet.DeliveryFailed, "big": broadsheet.DeliveryFailed, "long": broadsheet.DeliveryFailed,
		"late": broadsheet.DeliveryExpired, "reset": broadsheet.DeliveryUnknown, "gone": broadsheet.DeliverySuppressed,
	}
	var addresses []string
	for kind := range kinds {
		for i := range 5 {
			addresses = append(addresses, fmt.Sprintf("%s.%d@example.org", kind, i))
		}
	}
	for _, pipeline := range []bool{true, false} {
		t.Run(fmt.Sprint("pipelining ", pipeline), func(t *testing.T) {
			s, relay := storetest.Open(t), newRelay(t, pipeline)
			plan(t, s, addresses...)
			sends(t, s, mail.Options{Relays: []*mail.Relay{parse(t, "smtp://"+relay.address)}}, false)
			for a, d := range byAddress(t, s, addresses) {
				kind, _, _ := strings.Cut(a, ".")
				if d.State != kinds[kind] {
					t.Errorf("%s: the ledger says %s (%s), want %s", a, d.State, d.Reply, kinds[kind])
				}
				if n := relay.times(a); (d.State == broadsheet.DeliverySent) != (n == 1) && kind != "reset" || n > 1 {
					t.Errorf("%s: accepted %d times, and the ledger says %s", a, n, d.State)
				}
				if from := relay.sender(a); from != "" && from != "bounce+"+d.Token+"@bounces.example" {
					t.Errorf("%s: the envelope sender was %s", a, from)
				}
				_, suppressed, err := s.Suppression(t.Context(), broadsheet.ChannelMail, broadsheet.AddressKey(a))
				if err != nil || suppressed != (kind == "reject") {
					t.Errorf("%s: suppressed %v (%v)", a, suppressed, err)
				}
			}
			if relay.busiest() > 8 { // the relay sees the end of a connection later than we do
				t.Errorf("%d conversations at once, want 4 and what was just closed", relay.busiest())
			}
		})
	}
}

// TestUnknownIsRepeated where the operator chose so.
func TestUnknownIsRepeated(t *testing.T) {
	s, relay := storetest.Open(t), newRelay(t, true)
	plan(t, s, "reset.1@example.org")
	sends(t, s, mail.Options{Relays: []*mail.Relay{parse(t, "smtp://"+relay.address)}}, true)
	if n := relay.times("reset.1@example.org"); n < 2 {
		t.Errorf("sent %d times, want again until it expires", n)
	}
}

// TestFailOver: where the first relay takes nothing the second does.
func TestFailOver(t *testing.T) {
	var addresses []string
	for i := range 20 {
		addresses = append(addresses, fmt.Sprintf("ok.%d@example.org", i))
	}
	closing, dead, good := newRelay(t, true), newRelay(t, true), newRelay(t, true)
	closing.closing = true
	dead.listener.Close()
	s := storetest.Open(t)
	plan(t, s, addresses...)
	sends(t, s, mail.Options{Relays: []*mail.Relay{parse(t, "smtp://"+dead.address), parse(t, "smtp://"+closing.address), parse(t, "smtp://"+good.address)}}, false)
	if good.taken() != len(addresses) || states(t, s)[broadsheet.DeliverySent] != len(addresses) {
		t.Errorf("the last relay took %d of %d; the ledger says %v", good.taken(), len(addresses), states(t, s))
	}
}

// TestPace: a domain's mails are spread over time.
func TestPace(t *testing.T) {
	var addresses []string
	for i := range 40 {
		addresses = append(addresses, fmt.Sprintf("ok.%d@example.org", i))
	}
	s, relay := storetest.Open(t), newRelay(t, true)
	plan(t, s, addresses...)
	sends(t, s, mail.Options{Relays: []*mail.Relay{parse(t, "smtp://"+relay.address)}, PerDomain: 10}, false)
	last := begin
	for _, d := range byAddress(t, s, addresses) {
		if d.State != broadsheet.DeliverySent {
			t.Errorf("delivery %d is %s", d.ID, d.State)
		}
		if d.EndedAt.After(last) {
			last = d.EndedAt
		}
	}
	if took := last.Sub(begin); took < 29*6*time.Second {
		t.Errorf("40 mails at 10 a minute, of which 11 at once, took %v, want 29 turns of 6 seconds", took)
	}
}

func TestParseRelay(t *testing.T) {
	for _, c := range []struct{ in, address, wrong string }{
		{in: "smtp://localhost", address: "localhost:25"}, {in: "smtp://u:p@mail.example", address: "mail.example:587"}, {in: "smtps://mail.example", address: "mail.example:465"},
		{in: "smtp://[::1]:2525?tls=none", address: "[::1]:2525"}, {in: "smtp://u:p@localhost?tls=none", address: "localhost:587"},
		{in: "mail.example", wrong: "not the address"}, {in: "http://mail.example", wrong: "not a way"}, {in: "smtp://mail.example?tls=maybe", wrong: "means nothing"},
		{in: "smtp://u:p@mail.example?tls=none", wrong: "in the open"}, {in: "smtp://u:p@mail.example?tls=wanted", wrong: "in the open"},
	} {
		r, err := mail.ParseRelay(c.in)
		if c.wrong == "" && (err != nil || r.Address != c.address) || c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
			t.Errorf("%s: got %v (%v), want %s%s", c.in, r, err, c.address, c.wrong)
		}
		if err != nil && strings.Contains(err.Error(), ":p@") {
			t.Errorf("%s: the error shows the password: %v", c.in, err)
		}
	}
}

func TestSend(t *testing.T) {
	relay := newRelay(t, true)
	c := mail.New(mail.Options{Relays: []*mail.Relay{parse(t, "smtp://"+relay.address)}, Writer: plain{}, BounceDomain: "bounces.example", Hello: "test.example"})
	for to, want := range map[string]broadsheet.Kind{"ok.1@example.org": -1, "reject.1@example.org": broadsheet.Invalid, "late.1@example.org": broadsheet.Unavailable, "reset.1@example.org": broadsheet.Internal} {
		err := c.Send(t.Context(), "n1", to, &mail.Letter{Body: []byte("Subject: x\r\n\r\nx\r\n")})
		if (err == nil) != (want == -1) || err != nil && broadsheet.KindOf(err) != want {
			t.Errorf("%s: got %v, want kind %v", to, err, want)
		}
	}
	if relay.times("ok.1@example.org") != 1 || relay.sender("ok.1@example.org") != "bounce+n1@bounces.example" {
		t.Errorf("accepted %d times, from %s", relay.times("ok.1@example.org"), relay.sender("ok.1@example.org"))
	}
}

// TestTheSenderIsRefused: a relay that does not take the site's own address says
// nothing about those who are written to.
func TestTheSenderIsRefused(t *testing.T) {
	for _, answer := range []string{"550 Sender address rejected: Domain not found", "550 5.1.2 no such domain", "530 5.7.0 Authentication required"} {
		for _, pipeline := range []bool{true, false} {
			s, bad, good := storetest.Open(t), newRelay(t, pipeline), newRelay(t, pipeline)
			bad.refuses = answer
			plan(t, s, "ok.1@example.org", "ok.2@example.org")
			sends(t, s, mail.Options{Relays: []*mail.Relay{parse(t, "smtp://"+bad.address), parse(t, "smtp://"+good.address)}}, false)
			if got := states(t, s); got[broadsheet.DeliverySent] != 2 || good.taken() != 2 {
				t.Errorf("%s, pipelining %v: the ledger says %v, the other relay took %d", answer, pipeline, got, good.taken())
			}
			for _, a := range []string{"ok.1@example.org", "ok.2@example.org"} {
				if _, suppressed, err := s.Suppression(t.Context(), broadsheet.ChannelMail, broadsheet.AddressKey(a)); suppressed || err != nil {
					t.Errorf("%s: %s is suppressed (%v)", answer, a, err)
				}
			}
		}
	}
}
