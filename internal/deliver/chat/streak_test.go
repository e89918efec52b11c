package chat_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/deliver"
	"broadsheet/internal/deliver/chat"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestRefusedForLong: a target that is refused is written to again the next time;
// only where that goes on for two weeks and five editions is it not. 410 says that
// there is no use at once.
func TestRefusedForLong(t *testing.T) {
	for _, c := range []struct {
		what  string
		every int    // days between editions
		codes []int  // the answer to each; the last is given from then on
		want  string // "n editions", until none is sent any more; "" is never
	}{
		{"not found once", 1, []int{404, 200}, ""},
		{"no right for a week", 1, []int{401, 401, 401, 401, 401, 401, 401, 200}, ""},
		{"no right, again and again", 1, []int{403, 403, 200, 403, 403, 200, 403, 403, 200}, ""},
		{"not found for good, daily", 1, []int{404}, "15 editions"},
		{"not found for good, weekly", 7, []int{404}, "5 editions"},
		{"not found for good, after a while", 1, []int{200, 200, 404}, "17 editions"},
		{"of mixed words", 1, []int{401, 403, 404, 400, 404}, "15 editions"},
		{"what is wrong is the message", 1, []int{400}, ""},
		{"gone", 1, []int{410}, "1 editions"},
		{"gone after a while", 1, []int{200, 410}, "2 editions"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			svc, s := newService(t), storetest.Open(t)
			if _, err := s.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{paper(1, "Counting gulls", "They are many.")}}); err != nil {
				t.Fatal(err)
			}
			code := 0
			svc.answer = func(w http.ResponseWriter, _ int) bool {
				w.WriteHeader(code)
				return true
			}
			clock := &clock{now: now}
			w := newDaily(t, s, "slack", addresses(svc.URL)["slack"])
			carrier := chat.New(chat.Options{Channel: "slack", Store: s, Sender: client(t, loopback), Base: "https://papers.example.org", Now: clock.Now,
				Paper: func(id string) string { return "/papers/" + id }, Edition: func(token string) string { return "/editions/" + token }})
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() {
				defer close(done)
				deliver.New(deliver.Options{Store: s, Carrier: carrier, Conversations: 1, Now: clock.Now, Poll: time.Millisecond}).Run(ctx)
			}()
			got := ""
			for day := range 30 {
				code = c.codes[min(day, len(c.codes)-1)]
				w.plan(t, clock.Now())
				settle(t, s, "slack", clock)
				x, suppressed, err := s.Suppression(t.Context(), "slack", w.key)
				if err != nil {
					t.Fatal(err)
				}
				if suppressed {
					got = fmt.Sprint(day+1, " editions")
					if !strings.Contains(x.Detail, fmt.Sprint(code)) || code != 410 && !strings.HasPrefix(x.Detail, "nothing arrived since 2026-") {
						t.Errorf("the reason is %q, want what was said and since when", x.Detail)
					}
					break
				}
				clock.add(time.Duration(c.every) * 24 * time.Hour)
			}
			stop()
			<-done
			if got != c.want {
				t.Errorf("suppressed after %q, want %q", got, c.want)
			}
		})
	}
}

// daily is a target with a subscription.
type daily struct {
	store *store.Store
	key   string
	sub   broadsheet.Subscription
	n     int64
}

func newDaily(t *testing.T, s *store.Store, channel, address string) *daily {
	t.Helper()
	target, err := chat.Parse(broadsheet.Channel(channel), address)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.PutRecipient(t.Context(), broadsheet.Recipient{Channel: target.Channel, Address: target.Address(), Key: target.Key(), Salt: "s", CreatedAt: now})
	if err != nil {
		t.Fatal(err)
	}
	x, err := s.PutSubscription(t.Context(), broadsheet.Subscription{RecipientID: r.ID, Token: "sub", State: broadsheet.SubscriptionActive, DueAt: now, CreatedAt: now,
		Wish: broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Zone: time.UTC}, MaxPapers: 5}})
	if err != nil {
		t.Fatal(err)
	}
	return &daily{store: s, key: target.Key(), sub: x}
}

// plan plans an edition for it.
func (w *daily) plan(t *testing.T, at time.Time) {
	t.Helper()
	w.n++
	e, err := w.store.PutEdition(t.Context(), broadsheet.Edition{Token: fmt.Sprint("edition", w.n), Topic: w.sub.Topic, From: w.n - 1, To: w.n, ComposedAt: at, Title: "Hot papers",
		Picks: []broadsheet.Pick{{PaperID: "2606.00001", Score: 3}}})
	if err != nil {
		t.Fatal(err)
	}
	next := at.Add(24 * time.Hour)
	done, err := w.store.PutPlans(t.Context(), []store.Plan{{Subscription: w.sub, Channel: "slack", Cursor: w.n, NextDue: next, Slot: at.Format(time.DateOnly),
		Delivery: &broadsheet.Delivery{EditionID: e.ID, Token: fmt.Sprint("token", w.n), Papers: []string{"2606.00001"}, PlannedAt: at, NextAt: at, ExpiresAt: at.Add(12 * time.Hour)}}})
	if err != nil || done != 1 {
		t.Fatalf("planned %d (%v)", done, err)
	}
	w.sub.Cursor, w.sub.DueAt = w.n, next
}
