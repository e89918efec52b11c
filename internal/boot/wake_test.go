package boot

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/deliver"
	"broadsheet/internal/deliver/chat"
	"broadsheet/internal/jobs"
	"broadsheet/internal/lib/metric"
	"broadsheet/internal/store"
)

// TestPlanningWakesChats: what was planned here for a chat goes at once, and not
// when its sender looks the next time.
func TestPlanningWakesChats(t *testing.T) {
	asked := make(chan time.Time, 10)
	hook := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked <- time.Now() }))
	t.Cleanup(hook.Close)
	c := load(t, map[string]string{"site-url": "https://papers.example.org", "chat-private-networks": "127.0.0.0/8"})
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "x.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	o := Options{Log: slog.New(slog.DiscardHandler), Version: "test"}
	d := &delivery{store: s, config: c, log: o.Log, meter: deliver.NewMeter(metric.New()), pause: &pausing{store: s, log: o.Log}}
	x := newChat(s, c, o, d)
	ctx, stop := context.WithCancel(t.Context())
	go x.run(ctx)
	for i := range 3 {
		// The first is found by the sender's first look; it then rests.
		planHook(t, s, i, hook.URL+"/"+fmt.Sprint(i)+"#secret="+chat.NewSecret())
		begin := time.Now()
		d.planned()
		select {
		case at := <-asked:
			if took := at.Sub(begin); took > chatPoll/2 {
				t.Errorf("delivery %d went %v after it was planned, want at once", i, took)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("nothing was asked")
		}
	}
	stop()
	if err := x.stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// planHook plans a delivery for a target of its own.
func planHook(t *testing.T, s *store.Store, i int, address string) {
	t.Helper()
	now := time.Now()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{{ID: "2606.00001", Title: "Counting gulls", Categories: []string{"cs.LG"}}}})
	must(err)
	e, err := s.PutEdition(t.Context(), broadsheet.Edition{Token: fmt.Sprint("e", i), Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, To: int64(i + 1), ComposedAt: now, Title: "Hot papers", Picks: []broadsheet.Pick{{PaperID: "2606.00001"}}, Total: 1})
	must(err)
	r, err := s.PutRecipient(t.Context(), broadsheet.Recipient{Channel: broadsheet.ChannelWebhook, Address: address, Key: fmt.Sprint("k", i), Salt: "s", CreatedAt: now})
	must(err)
	sub, err := s.PutSubscription(t.Context(), broadsheet.Subscription{RecipientID: r.ID, Token: fmt.Sprint("s", i), State: broadsheet.SubscriptionActive, DueAt: now, CreatedAt: now,
		Wish: broadsheet.Wish{Topic: e.Topic, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Zone: time.UTC}, MaxPapers: 5}})
	must(err)
	n, err := s.PutPlans(t.Context(), []store.Plan{{Subscription: sub, Channel: broadsheet.ChannelWebhook, Cursor: 1, NextDue: now.AddDate(0, 0, 1), Slot: "x",
		Delivery: &broadsheet.Delivery{EditionID: e.ID, Token: fmt.Sprint("d", i), Papers: []string{"2606.00001"}, PlannedAt: now, NextAt: now, ExpiresAt: now.Add(time.Hour)}}})
	if err != nil || n != 1 {
		t.Fatalf("planned %d (%v)", n, err)
	}
}

// TestNoticesAskAgainWhetherAnAddressIsSuppressed: a bounce comes between asking
// for a notice and sending it.
func TestNoticesAskAgainWhetherAnAddressIsSuppressed(t *testing.T) {
	relay := newMailbox(t)
	c := load(t, map[string]string{"site-url": "https://papers.example.org", "mail-from": "Papers <papers@example.org>", "mail-relays": "smtp://" + relay.address})
	mailed(t, c)
	s, err := OpenStore(t.Context(), c.Database, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	q, err := jobs.New(s, jobs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"reader0@example.org", "reader1@example.org"} {
		key := broadsheet.AddressKey(address)
		if err := q.Enqueue(t.Context(), noticeJob, app.Notice{Kind: app.NoticePreferences, Recipient: key}, jobs.Opts{Unique: key}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Suppress(t.Context(), broadsheet.Suppression{Channel: broadsheet.ChannelMail, Key: broadsheet.AddressKey("reader0@example.org"), Reason: broadsheet.SuppressedBounce, At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	site := start(t, c)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) { // waits for the jobs' end
		all, err := s.Jobs(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		done := 0
		for _, j := range all {
			if j.Kind == noticeJob && j.State == store.JobDone {
				done++
			}
		}
		if done == 2 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d notices are done, want 2", done)
		}
	}
	if n := len(relay.bodies); n != 1 {
		t.Errorf("the relay took %d notices, want one: the other's address is suppressed", n)
	}
	site.stop()
	<-site.done
}
