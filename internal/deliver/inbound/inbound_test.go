package inbound_test

import (
	"strings"
	"testing"

	"broadsheet"
	"broadsheet/internal/deliver/inbound"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// TestMail: what mail that comes back does to its reader, on both databases.
func TestMail(t *testing.T) {
	const person = "From: ada@example.org\r\nSubject: Thanks\r\n\r\nA good edition.\r\n"
	for _, c := range []struct{ what, to, mail, want string }{
		{"a hard bounce", "bounce", hard, "failed+bounce"},
		{"a full mailbox", "bounce", report("failed", reader, "5.2.2", "552 5.2.2 mailbox full"), "failed"},
		{"a hard bounce of another address", "bounce", report("failed", "member@list.example", "5.1.1", "550 5.1.1 user unknown"), "failed"},
		{"prose that names the sender first", "bounce", "From: MAILER-DAEMON@mx.example\r\nSubject: failure notice\r\n\r\nYour mail from papers@example.org:\r\n<ada@example.org>: 550 5.1.1 user unknown\r\n", "failed+bounce"},
		{"prose about another address", "bounce", "From: MAILER-DAEMON@mx.example\r\nSubject: failure notice\r\n\r\n<member@list.example>: 550 5.1.1 user unknown\r\n", "failed"},
		{"prose that names nobody", "bounce", "From: MAILER-DAEMON@mx.example\r\nSubject: failure notice\r\n\r\n550 5.1.1 user unknown\r\n", "failed+bounce"},
		{"a delay", "bounce", report("delayed", reader, "4.4.1", "451 try again"), "sent"},
		{"an arrival", "bounce", report("delivered", reader, "2.0.0", "250 ok"), "sent"},
		{"words no database takes", "bounce", report("failed", reader, "5.1.1", "550 5.1.1 user unknown \x00 \xff\xfe \u0085"), "failed+bounce"},
		{"a complaint", "complaint", feedback("abuse"), "sent+complaint+ended"},
		{"a complaint to the other address", "bounce", feedback("abuse"), "sent+complaint+ended"},
		{"a wish in a feedback report", "complaint", feedback("opt-out"), "sent+ended"},
		{"a report that it is no spam", "complaint", feedback("not-spam"), "sent"},
		{"a report of a failed signature", "complaint", feedback("auth-failure"), "sent"},
		{"a wish to unsubscribe", "unsubscribe", "From: ada@example.org\r\nSubject: unsubscribe\r\n\r\n\r\n", "sent+ended"},
		{"an empty wish to unsubscribe", "unsubscribe", "", "sent+ended"},
		{"a wish to the wrong address", "bounce", "From: ada@example.org\r\nSubject: unsubscribe\r\n\r\n\r\n", "sent+ended"},
		{"an absence", "bounce", "From: ada@example.org\r\nSubject: Out of office\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n", "sent"},
		{"a person's mail", "bounce", person, "sent+1 strays"},
		{"no mail", "bounce", "\x00\x01\x02", "sent+1 strays"},
		{"nothing", "bounce", "", "sent+1 strays"},
	} {
		t.Run(c.what, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				w := newWorld(t, s)
				token := w.sent(t, 0)
				for range 2 { // what comes twice changes nothing more
					if err := w.desk.Mail(t.Context(), c.to+"+"+strings.ToUpper(token)+"@"+domain, []byte(c.mail)); err != nil {
						t.Fatalf("%q: %v", c.mail, err)
					}
					got := strings.Replace(w.state(t, token), "2 strays", "1 strays", 1)
					if d := cmp.Diff(c.want, got); d != "" {
						t.Errorf("%q (-want +got):\n%s", c.mail, d)
					}
				}
			})
		})
	}
}

// Security line 45.
// TestForgedMail: a bounce or complaint without the token of a delivery does
// nothing, whatever it says.
func TestForgedMail(t *testing.T) {
	w := open(t)
	token := w.sent(t, 0)
	for _, to := range []string{
		"", "@", "ada@example.org", "bounce@" + domain, "bounce+@" + domain, "bounce+" + token, "bounce+" + token + "@example.org", "bounce+" + token + "@" + domain + ".example.net",
		"bounce+" + token[1:] + "@" + domain, "bounce+" + token + "x@" + domain, "bounce+k3j5n7p2q4r6s8t2u4v6w8x2y9@" + domain, "bounce-" + token + "@" + domain,
		"postmaster@" + domain, token + "@" + domain, "other+" + token + "@" + domain, "bounce+" + token + "@" + domain + "@" + domain,
		"bounce+%" + token[1:] + "@" + domain, "bounce+" + strings.Repeat("a", 300) + "@" + domain, "bounce+' OR 1=1 --" + token + "@" + domain,
	} {
		for _, mail := range []string{hard, feedback("abuse"), "To: bounce+" + token + "@" + domain + "\r\n" + hard} {
			if err := w.desk.Mail(t.Context(), to, []byte(mail)); broadsheet.KindOf(err) != broadsheet.NotFound {
				t.Errorf("mail to %q: got %v, want that it is for nobody", to, err)
			}
		}
	}
	if got := w.state(t, token); got != "sent" {
		t.Errorf("after forged mail: got %s, want sent", got)
	}
}

// TestStreaks: what does not say that the address is gone suppresses it only
// after several editions.
func TestStreaks(t *testing.T) {
	full, member := report("failed", reader, "5.2.2", "552 5.2.2 mailbox full"), report("failed", "member@list.example", "5.1.1", "550 5.1.1 user unknown")
	days := func(from, to int) (all []int) {
		for d := from; d <= to; d++ {
			all = append(all, d)
		}
		return all
	}
	for _, c := range []struct {
		what string
		mail string
		sent []int // days on which editions went out
		back []int // those that came back, in this order
		want bool
	}{
		{"four full mailboxes", full, []int{0, 7, 14, 21}, []int{0, 7, 14, 21}, false},
		{"five full mailboxes in five weeks", full, []int{0, 7, 14, 21, 28}, []int{0, 7, 14, 21, 28}, true},
		{"ten full mailboxes in ten days", full, days(0, 9), days(0, 9), false},
		{"a full mailbox for two weeks", full, days(0, 14), days(0, 14), true},
		{"one arrived between", full, days(0, 18), append(days(0, 8), days(10, 18)...), false},
		{"later ones are on their way", full, days(0, 20), days(0, 14), true},
		{"two members of a list", member, days(0, 1), days(0, 1), false},
		{"three in a row behind an alias", member, days(0, 2), days(0, 2), true},
		{"three, but not in a row", member, days(0, 4), []int{0, 2, 4}, false},
	} {
		w := open(t)
		tokens := map[int]string{}
		for _, day := range c.sent {
			tokens[day] = w.sent(t, day)
		}
		last := ""
		for _, day := range c.back {
			last = tokens[day]
			if err := w.desk.Mail(t.Context(), "bounce+"+last+"@"+domain, []byte(c.mail)); err != nil {
				t.Fatal(err)
			}
		}
		want := "failed"
		if c.want {
			want += "+bounce"
		}
		if got := w.state(t, last); got != want {
			t.Errorf("%s: got %s, want %s", c.what, got, want)
		}
	}
}

// TestStraysAreBounded: a reader who fills the folder of what is not understood
// fills no disk.
func TestStraysAreBounded(t *testing.T) {
	w := open(t)
	token := w.sent(t, 0)
	mail := "Subject: hello\r\n\r\n" + strings.Repeat("hello ", 100_000)
	if err := w.desk.Mail(t.Context(), "bounce+"+token+"@"+domain, []byte(mail)); err != nil {
		t.Fatal(err)
	}
	strays, err := w.store.Strays(t.Context(), 10, true)
	if err != nil || len(strays) != 1 || string(strays[0].Body) != mail[:64<<10] {
		t.Errorf("got %d strays (%v), want one with the first 64 KiB of %d bytes", len(strays), err, len(mail))
	}
}

// TestComplaintTwice: a complaint that is told again changes nothing, also where the
// operator let its reader come back in between.
func TestComplaintTwice(t *testing.T) {
	w := open(t)
	token, key := w.sent(t, 0), broadsheet.AddressKey(reader)
	complain := func() {
		t.Helper()
		if err := w.desk.Mail(t.Context(), "complaint+"+token+"@"+domain, []byte(feedback("abuse"))); err != nil {
			t.Fatal(err)
		}
	}
	complain()
	if got, want := w.state(t, token), "sent+complaint+ended"; got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
	if err := w.store.Unsuppress(t.Context(), broadsheet.ChannelMail, key); err != nil {
		t.Fatal(err)
	}
	back := w.sub
	back.ID, back.Token = 0, "again"
	back, err := w.store.PutSubscription(t.Context(), back)
	if err != nil {
		t.Fatal(err)
	}
	complain()
	if _, suppressed, err := w.store.Suppression(t.Context(), broadsheet.ChannelMail, key); suppressed || err != nil {
		t.Errorf("told again: suppressed %v (%v), want no", suppressed, err)
	}
	if x, err := w.store.Subscription(t.Context(), back.Token); err != nil || x.State != broadsheet.SubscriptionActive {
		t.Errorf("told again: the new subscription is %s (%v), want active", x.State, err)
	}
}

// TestErasedReader: what comes back after a reader was erased is nobody's.
func TestErasedReader(t *testing.T) {
	w := open(t)
	token := w.sent(t, 0)
	if err := w.store.EraseRecipient(t.Context(), w.sub.RecipientID); err != nil {
		t.Fatal(err)
	}
	if err := w.desk.Mail(t.Context(), "bounce+"+token+"@"+domain, []byte(hard)); err != error(inbound.ErrNotHere) {
		t.Errorf("got %v, want %v", err, inbound.ErrNotHere)
	}
	if _, ok, _ := w.store.Suppression(t.Context(), broadsheet.ChannelMail, broadsheet.AddressKey(reader)); ok {
		t.Error("an erased reader was suppressed")
	}
}
