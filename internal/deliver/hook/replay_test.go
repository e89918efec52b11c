package hook_test

import (
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/deliver/hook"
	"broadsheet/internal/deliver/inbound"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// TestMailgunReplayAfterRestart: nonces are forgotten when the program ends. The
// same post then changes nothing, and a signature that somebody saw, with another
// body, does nothing about mails whose token its owner does not have.
func TestMailgunReplayAfterRestart(t *testing.T) {
	s := storetest.Open(t)
	for i, address := range []string{"ada@example.org", "bo@example.org"} {
		sentMail(t, s, address, []string{token, strings.Repeat("b7", 13)}[i])
	}
	start := func() *hook.Hooks {
		h, err := hook.New(hook.Options{MailgunKey: "key", Now: func() time.Time { return noon.Add(time.Minute) },
			Desk: inbound.New(inbound.Options{Store: s, Domain: "bounces.example.org", Now: func() time.Time { return noon }})})
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	of := func(token, event string) []byte {
		return []byte(mailgunText("key", "nonce", noon, mailgunEvent("bounce+"+token+"@bounces.example.org", token+"@example.org", event)))
	}
	const bounce = `"event":"failed","severity":"permanent","reason":"bounce","delivery-status":{"code":550,"enhanced-code":"5.1.1","message":"` + gone + `"}`
	if err := start().Take(t.Context(), "mailgun", nil, of(token, bounce)); err != nil {
		t.Fatal(err)
	}
	want := ledgerOf(t, s)
	if !strings.Contains(want, "ada@example.org failed bounce active") {
		t.Fatalf("a bounce was not taken in:\n%s", want)
	}
	for what, body := range map[string][]byte{
		"the same post":           of(token, bounce),
		"another body, a guess":   of(strings.Repeat("b7", 12)+"b8", `"event":"complained"`),
		"another body, no token":  of("", `"event":"complained"`),
		"another body, no domain": []byte(mailgunText("key", "nonce", noon, mailgunEvent("bo@example.org", "x@example.org", `"event":"unsubscribed"`))),
	} {
		if err := start().Take(t.Context(), "mailgun", nil, body); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if d := cmp.Diff(want, ledgerOf(t, s)); d != "" {
			t.Errorf("%s, after a restart (-before +after):\n%s", what, d)
		}
	}
}

// sentMail stores a mail that was sent.
func sentMail(t *testing.T, s *store.Store, address, token string) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	topic := broadsheet.Topic{Kind: broadsheet.TopicHot}
	e, err := s.PutEdition(t.Context(), broadsheet.Edition{Token: "edition", Topic: topic, To: 1, ComposedAt: noon, Title: "Hot", Picks: []broadsheet.Pick{{PaperID: "2606.00001"}}, Total: 1})
	must(err)
	r, err := s.PutRecipient(t.Context(), broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: address, Key: broadsheet.AddressKey(address), Salt: "s", CreatedAt: noon})
	must(err)
	x, err := s.PutSubscription(t.Context(), broadsheet.Subscription{RecipientID: r.ID, Token: "s" + token, State: broadsheet.SubscriptionActive, DueAt: noon, CreatedAt: noon, ConfirmedAt: noon,
		Wish: broadsheet.Wish{Topic: topic, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Zone: time.UTC}, MaxPapers: 10}})
	must(err)
	_, err = s.PutPlans(t.Context(), []store.Plan{{Subscription: x, Channel: broadsheet.ChannelMail, Cursor: 1, NextDue: noon.AddDate(0, 0, 1), Slot: "2026-06-30",
		Delivery: &broadsheet.Delivery{EditionID: e.ID, Token: token, Papers: []string{"2606.00001"}, PlannedAt: noon, NextAt: noon, ExpiresAt: noon.Add(time.Hour)}}})
	must(err)
	d, err := s.DeliveryByToken(t.Context(), token)
	must(err)
	_, err = s.PutSteps(t.Context(), []store.Step{{ID: d.ID, From: broadsheet.DeliveryPlanned, To: broadsheet.DeliverySent, At: noon}})
	must(err)
}

// ledgerOf is what became of all mails, their addresses and subscriptions.
func ledgerOf(t *testing.T, s *store.Store) string {
	t.Helper()
	all, err := s.Deliveries(t.Context(), store.DeliveryQuery{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, d := range all {
		r, err := s.Recipient(t.Context(), d.RecipientID)
		if err != nil {
			t.Fatal(err)
		}
		x, _, err := s.Suppression(t.Context(), r.Channel, r.Key)
		if err != nil {
			t.Fatal(err)
		}
		subs, err := s.SubscriptionsOf(t.Context(), r.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, sub := range subs {
			b.WriteString(r.Address + " " + string(d.State) + " " + string(x.Reason) + " " + string(sub.State) + " " + d.Reply + " " + x.Detail + "\n")
		}
	}
	return b.String()
}
