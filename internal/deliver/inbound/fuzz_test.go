package inbound_test

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"broadsheet"
	"broadsheet/internal/deliver/inbound"
	"broadsheet/internal/store"
)

// shelf is a store of one delivery that takes what PostgreSQL takes: text that
// is UTF-8 without a NUL.
type shelf struct {
	t       testing.TB
	touched bool
}

const onlyToken = "k3j5n7p2q4r6s8t2u4v6w8x2y4"

func (s *shelf) text(text string) {
	s.touched = true
	if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\r\n") || len(text) > 400 {
		s.t.Errorf("stored text %q", text)
	}
}

func (s *shelf) DeliveryByToken(_ context.Context, token string) (broadsheet.Delivery, error) {
	if token != onlyToken {
		return broadsheet.Delivery{}, broadsheet.Errorf(broadsheet.NotFound, "no such delivery")
	}
	return broadsheet.Delivery{ID: 1, RecipientID: 2, SubscriptionID: 3, Token: token}, nil
}

func (s *shelf) Deliveries(context.Context, store.DeliveryQuery) ([]broadsheet.Delivery, error) {
	return make([]broadsheet.Delivery, 3), nil
}

func (s *shelf) Recipient(context.Context, int64) (broadsheet.Recipient, error) {
	return broadsheet.Recipient{ID: 2, Channel: broadsheet.ChannelMail, Address: reader, Key: "k"}, nil
}

func (s *shelf) SubscriptionsOf(context.Context, int64) ([]broadsheet.Subscription, error) {
	return []broadsheet.Subscription{{ID: 3, State: broadsheet.SubscriptionActive}, {ID: 4, State: broadsheet.SubscriptionActive}}, nil
}

func (s *shelf) PutSubscription(_ context.Context, x broadsheet.Subscription) (broadsheet.Subscription, error) {
	if x.ID != 3 || x.State != broadsheet.SubscriptionEnded {
		s.t.Errorf("stored %+v", x)
	}
	s.text(x.Reason)
	return x, nil
}

func (s *shelf) Suppress(_ context.Context, x broadsheet.Suppression) error {
	s.text(x.Detail)
	return nil
}

func (s *shelf) PutSteps(_ context.Context, steps []store.Step) ([]bool, error) {
	for i := range steps {
		s.text(steps[i].Reply)
	}
	return make([]bool, len(steps)), nil
}

func (s *shelf) PutStray(_ context.Context, x store.Stray) error {
	s.text(x.Why)
	return nil
}

func (s *shelf) PruneStrays(context.Context, int) error { return nil }

// FuzzMail: whatever comes for whomever, it is taken in or it is nobody's; what
// is nobody's changes nothing, and no text is stored that a database refuses.
func FuzzMail(f *testing.F) {
	for _, purpose := range []string{"bounce", "complaint", "unsubscribe", "other"} {
		f.Add(purpose+"+"+onlyToken+"@"+domain, hard)
		f.Add(purpose+"+"+onlyToken+"@"+domain, feedback("abuse"))
	}
	f.Add("bounce+"+onlyToken+"@"+domain, report("failed", reader, "5.1.1", "550 \x00\xff user unknown"))
	f.Add("bounce+"+onlyToken+"@"+domain, report("failed", "member@list.example", "5.1.1", "550 user unknown"))
	f.Add("bounce+"+onlyToken+"@"+domain, "Subject: \x00\r\n\r\n")
	f.Add("bounce@"+domain, hard)
	f.Fuzz(func(t *testing.T, to, mail string) {
		s := &shelf{t: t}
		err := inbound.New(inbound.Options{Store: s, Domain: domain}).Mail(t.Context(), to, []byte(mail))
		switch {
		case err == nil && !strings.Contains(strings.ToLower(to), onlyToken):
			t.Errorf("mail to %q was taken", to)
		case err != nil && broadsheet.KindOf(err) != broadsheet.NotFound:
			t.Errorf("mail to %q: %v: it would come again for ever: %q", to, err, mail)
		case err != nil && s.touched:
			t.Errorf("mail to %q is nobody's, and changed something", to)
		}
	})
}
