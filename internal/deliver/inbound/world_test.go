package inbound_test

import (
	"fmt"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/deliver/inbound"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// noon is when everything of these tests happens.
var noon = time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)

const domain = "bounces.example.org"

// world is a store with one reader, and a desk.
type world struct {
	store *store.Store
	desk  *inbound.Desk
	sub   broadsheet.Subscription
	n     int // deliveries made
}

const reader = "Ada@example.org"

func newWorld(t testing.TB, s *store.Store) *world {
	t.Helper()
	w := &world{store: s, desk: inbound.New(inbound.Options{Store: s, Domain: domain, Now: func() time.Time { return noon }})}
	r, err := s.PutRecipient(t.Context(), broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: reader, Key: broadsheet.AddressKey(reader), Salt: "s", CreatedAt: noon})
	if err != nil {
		t.Fatal(err)
	}
	w.sub, err = s.PutSubscription(t.Context(), broadsheet.Subscription{RecipientID: r.ID, Token: "sub", State: broadsheet.SubscriptionActive,
		Wish:  broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Hour: 8, Zone: time.UTC}, MaxPapers: 10},
		DueAt: noon, CreatedAt: noon, ConfirmedAt: noon})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func open(t testing.TB) *world {
	t.Helper()
	return newWorld(t, storetest.Open(t))
}

// sent makes a delivery that was sent on a day, counted from noon's, and gives
// its token.
func (w *world) sent(t testing.TB, day int) string {
	t.Helper()
	w.n++
	at := noon.AddDate(0, 0, day)
	slot, token := at.Format(time.DateOnly), fmt.Sprintf("k3j5n7p2q4r6s8t2u4v6w8%04d", w.n)
	e, err := w.store.PutEdition(t.Context(), broadsheet.Edition{Token: "ed" + token, Topic: w.sub.Topic, From: int64(w.n), To: int64(w.n + 1), ComposedAt: at, Title: "Hot",
		Picks: []broadsheet.Pick{{PaperID: "2606.00001"}}, Total: 1})
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.store.PutPlans(t.Context(), []store.Plan{{Subscription: w.sub, Channel: broadsheet.ChannelMail, Cursor: int64(w.n + 1), NextDue: at.Add(24 * time.Hour), Slot: slot,
		Delivery: &broadsheet.Delivery{EditionID: e.ID, Token: token, Papers: []string{"2606.00001"}, PlannedAt: at, NextAt: at, ExpiresAt: at.Add(time.Hour)}}})
	if err != nil {
		t.Fatal(err)
	}
	w.sub.Cursor, w.sub.DueAt = int64(w.n+1), at.Add(24*time.Hour)
	d, err := w.store.DeliveryByToken(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	ok, err := w.store.PutSteps(t.Context(), []store.Step{{ID: d.ID, From: broadsheet.DeliveryPlanned, To: broadsheet.DeliverySent, At: at, Reply: "250 ok"}})
	if err != nil || !ok[0] {
		t.Fatalf("send delivery %d: %v, %v", d.ID, ok, err)
	}
	return token
}

// state is what became of the reader: "sent", "failed", …, "+bounce" or
// "+complaint" where the address is suppressed, "+ended" where the subscription
// is, and how many mails were not understood.
func (w *world) state(t testing.TB, token string) string {
	t.Helper()
	d, err := w.store.DeliveryByToken(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	out := string(d.State)
	x, ok, err := w.store.Suppression(t.Context(), broadsheet.ChannelMail, broadsheet.AddressKey(reader))
	if err != nil {
		t.Fatal(err)
	}
	if ok {
		out += "+" + string(x.Reason)
	}
	all, err := w.store.SubscriptionsOf(t.Context(), w.sub.RecipientID)
	if err != nil {
		t.Fatal(err)
	}
	if all[0].State == broadsheet.SubscriptionEnded {
		out += "+ended"
	}
	strays, err := w.store.Strays(t.Context(), 100, true)
	if err != nil {
		t.Fatal(err)
	}
	if len(strays) > 0 {
		out += fmt.Sprintf("+%d strays", len(strays))
	}
	return out
}

// report is a delivery report about an address.
func report(action, address, status, words string) string {
	return "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered Mail\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n" +
		"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; " + address + "\r\nAction: " + action +
		"\r\nStatus: " + status + "\r\nDiagnostic-Code: smtp; " + words + "\r\n\r\n--b--\r\n"
}

var hard = report("failed", reader, "5.1.1", "550 5.1.1 <ada@example.org>: Recipient address rejected: User unknown")

func feedback(kind string) string {
	return "From: feedback@example.net\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\n" +
		"Feedback-Type: " + kind + "\r\nVersion: 1\r\nOriginal-Rcpt-To: <ada@example.org>\r\n\r\n--b--\r\n"
}
