package app_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/lib/seal"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// postOffice is a site that sends mail, with what it was asked to send.
type postOffice struct {
	*app.App
	store *store.Store
	now   time.Time
	mu    sync.Mutex
	asked []app.Request
	sent  []app.Notice
}

func newPostOffice(t *testing.T) *postOffice {
	t.Helper()
	o := &postOffice{now: time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC), store: storetest.Open(t)}
	var err error
	o.App, err = app.New(app.Options{Store: o.store, Now: func() time.Time { return o.now }, Post: &app.Post{
		Key: &seal.Key{1}, PerClient: 5, Refused: func(domain string) bool { return domain == "throwaway.example" },
		Ask: func(_ context.Context, q app.Request) error {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.asked = append(o.asked, q)
			return nil
		},
		Notify: func(_ context.Context, n app.Notice) error {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.sent = append(o.sent, n)
			return nil
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func wish() broadsheet.Wish {
	return broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Hour: 8, Zone: time.UTC}, MaxPapers: 10}
}

// linkOf takes the parts of a link apart.
func linkOf(t *testing.T, path string) (name, signature string) {
	t.Helper()
	path, signature, ok := strings.Cut(path, "?seal=")
	parts := strings.Split(path, "/")
	if !ok || len(parts) < 3 {
		t.Fatalf("no link: %s", path)
	}
	return parts[2], signature
}

// done does what was asked for since, as the job does.
func (o *postOffice) done(t *testing.T) {
	t.Helper()
	for ; len(o.asked) > 0; o.asked = o.asked[1:] {
		if err := o.Do(t.Context(), o.asked[0]); err != nil {
			t.Fatal(err)
		}
	}
}

func (o *postOffice) subscribe(t *testing.T, address string) *broadsheet.Subscription {
	t.Helper()
	if err := o.Subscribe(t.Context(), app.Application{Address: address, Wish: wish()}); err != nil {
		t.Fatal(err)
	}
	o.done(t)
	n := o.sent[len(o.sent)-1]
	s := &broadsheet.Subscription{Token: n.Subscription, CreatedAt: o.now}
	name, signature := linkOf(t, o.ConfirmPath(s))
	s, err := o.Confirm(t.Context(), name, signature)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestDoubleOptIn: nothing begins before its owner confirmed, and one click ends it.
func TestDoubleOptIn(t *testing.T) {
	o := newPostOffice(t)
	if err := o.Subscribe(t.Context(), app.Application{Address: " Ada@Example.ORG ", Wish: wish()}); err != nil {
		t.Fatal(err)
	}
	o.done(t)
	if len(o.sent) != 1 || o.sent[0].Kind != app.NoticeConfirm || o.sent[0].Recipient != broadsheet.AddressKey("ada@example.org") {
		t.Fatalf("sent %+v, want one question to confirm", o.sent)
	}
	name, signature := linkOf(t, o.ConfirmPath(&broadsheet.Subscription{Token: o.sent[0].Subscription, CreatedAt: o.now}))
	s, err := o.ToConfirm(t.Context(), name, signature)
	if err != nil || s.State != broadsheet.SubscriptionPending {
		t.Fatalf("looking at the link: got %+v (%v), want pending", s, err)
	}
	if s, err = o.Confirm(t.Context(), name, signature); err != nil || s.State != broadsheet.SubscriptionActive || s.DueAt.IsZero() {
		t.Fatalf("confirmed: got %+v (%v)", s, err)
	}
	due := s.DueAt
	o.now = o.now.Add(time.Hour)
	if s, err = o.Confirm(t.Context(), name, signature); err != nil || !s.DueAt.Equal(due) {
		t.Errorf("confirmed again: got %+v (%v), want no change", s, err)
	}
	stop, stopSeal := linkOf(t, o.UnsubscribePath(s))
	for range 2 {
		if s, err = o.Unsubscribe(t.Context(), stop, stopSeal); err != nil || s.State != broadsheet.SubscriptionEnded {
			t.Errorf("unsubscribed: got %+v (%v)", s, err)
		}
	}
	if s, err = o.Confirm(t.Context(), name, signature); err != nil || s.State != broadsheet.SubscriptionEnded {
		t.Errorf("an old link starts it again: %+v (%v)", s, err)
	}
	if _, err := o.Unsubscribe(t.Context(), name, signature); broadsheet.KindOf(err) != broadsheet.Denied {
		t.Errorf("a link to confirm unsubscribes: %v", err)
	}
	o.now = o.now.Add(72 * time.Hour)
	if _, err := o.ToConfirm(t.Context(), name, signature); broadsheet.KindOf(err) != broadsheet.Denied || !strings.Contains(err.Error(), "expired") {
		t.Errorf("after three days: %v, want that the link has expired", err)
	}
}

// TestOneAnswer: who asks learns nothing about an address, and cannot fill a
// mailbox.
func TestOneAnswer(t *testing.T) {
	o := newPostOffice(t)
	s := o.subscribe(t, "known@example.org")
	for range 10 {
		if err := o.Subscribe(t.Context(), app.Application{Address: "known@example.org", Wish: wish()}); err != nil {
			t.Errorf("a known address: %v", err)
		}
	}
	for i := range 20 {
		if err := o.Subscribe(t.Context(), app.Application{Address: fmt.Sprintf("known+%d@example.org", i), Wish: wish()}); err != nil {
			t.Errorf("the same mailbox under another mark: %v", err)
		}
	}
	o.done(t)
	if n := len(o.sent); n != 3 {
		t.Errorf("%d mails were sent to one mailbox in a day, want 3", n)
	}
	for _, n := range o.sent[1:] {
		if n.Kind != app.NoticePreferences {
			t.Errorf("who has it is sent %+v, want the link to its preferences", n)
		}
	}
	before := len(o.sent)
	if err := o.Subscribe(t.Context(), app.Application{Address: "robot@example.org", Wish: wish(), Trap: "x"}); err != nil {
		t.Errorf("a filled trap: %v", err)
	}
	if err := o.PreferencesLink(t.Context(), "nobody@example.org", ""); err != nil {
		t.Errorf("a link for nobody: %v", err)
	}
	if o.done(t); len(o.sent) != before {
		t.Errorf("a filled trap and a link for nobody: %d mails", len(o.sent)-before)
	}
	var err error
	for i := range 6 {
		err = o.Subscribe(t.Context(), app.Application{Address: fmt.Sprintf("victim%d@example.org", i), Wish: wish(), Client: "192.0.2.1"})
	}
	if broadsheet.KindOf(err) != broadsheet.Limited {
		t.Errorf("the sixth of one client: %v, want limited", err)
	}
	_ = s
}

func TestApplicationsThatCannotBe(t *testing.T) {
	o := newPostOffice(t)
	zone := wish()
	zone.Rhythm.Zone = nil
	hour := wish()
	hour.Rhythm.Hour = 24
	topic := wish()
	topic.Topic = broadsheet.Topic{Kind: broadsheet.TopicCategories, Key: "no such thing!"}
	for _, c := range []struct {
		address string
		wish    broadsheet.Wish
		field   string
	}{
		{"", wish(), "address"}, {"a b@example.org", wish(), "address"}, {"a@example.org\r\nBcc: b@example.org", wish(), "address"},
		{`"a b"@example.org`, wish(), "address"}, {"ädä@example.org", wish(), "address"}, {"a@exämple.org", wish(), "address"},
		{"a@[127.0.0.1]", wish(), "address"}, {"a@127.0.0.1", wish(), "address"}, {"a@localhost", wish(), "address"}, {"a@b@c.org", wish(), "address"},
		{strings.Repeat("a", 65) + "@example.org", wish(), "address"}, {"a@" + strings.Repeat("b.", 150) + "org", wish(), "address"},
		{"a@throwaway.example", wish(), "address"}, {"Ada <a@example.org>", wish(), "address"}, {"a@example..org", wish(), "address"}, {".a@example.org", wish(), "address"},
		{"a@example.org", zone, "zone"}, {"a@example.org", hour, "hour"}, {"a@example.org", topic, "topic"},
	} {
		err := o.Subscribe(t.Context(), app.Application{Address: c.address, Wish: c.wish})
		e, ok := err.(*broadsheet.Error)
		if !ok || e.Kind != broadsheet.Invalid || e.Field != c.field {
			t.Errorf("%q: got %v, want invalid %s", c.address, err, c.field)
		}
	}
	if len(o.asked) != 0 {
		t.Errorf("%d were taken over", len(o.asked))
	}
}

// TestPreferences walks what the owner of an address can do.
func TestPreferences(t *testing.T) {
	o := newPostOffice(t)
	s, other := o.subscribe(t, "ada@example.org"), o.subscribe(t, "eve@example.org")
	r := broadsheet.Recipient{Key: broadsheet.AddressKey("ada@example.org")}
	p, err := o.Preferences(t.Context(), r.Key, "0.aaaa")
	if broadsheet.KindOf(err) != broadsheet.Denied {
		t.Fatalf("without a link: %+v, %v", p, err)
	}
	if _, err := o.Preferences(t.Context(), broadsheet.AddressKey("nobody@example.org"), "0.aaaa"); broadsheet.KindOf(err) != broadsheet.Denied {
		t.Errorf("nobody's: %v, want the same answer", err)
	}
	whole, err := o.RecipientOf(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	key, signature := linkOf(t, o.PreferencesPath(whole, o.now))
	changed := wish()
	changed.MaxPapers, changed.Rhythm.Hour = 3, 20
	if err := o.ChangeSubscription(t.Context(), key, signature, s.Token, app.Change{Wish: &changed}); err != nil {
		t.Fatal(err)
	}
	if err := o.ChangeSubscription(t.Context(), key, signature, other.Token, app.Change{End: true}); broadsheet.KindOf(err) != broadsheet.NotFound {
		t.Errorf("somebody else's subscription: %v, want not found", err)
	}
	if err := o.ChangeSubscription(t.Context(), key, signature, s.Token, app.Change{Pause: true}); err != nil {
		t.Fatal(err)
	}
	if p, err = o.Preferences(t.Context(), key, signature); err != nil || len(p.Subscriptions) != 1 || p.Subscriptions[0].State != broadsheet.SubscriptionPaused ||
		!p.Subscriptions[0].DueAt.IsZero() || p.Subscriptions[0].MaxPapers != 3 {
		t.Errorf("paused: %+v (%v)", p, err)
	}
	if err := o.ChangeSubscription(t.Context(), key, signature, s.Token, app.Change{Resume: true}); err != nil {
		t.Fatal(err)
	}
	d, err := o.ExportData(t.Context(), key, signature)
	if err != nil || d.Address != "ada@example.org" || len(d.Subscriptions) != 1 || d.Subscriptions[0].Hour != 20 {
		t.Errorf("data: %+v (%v)", d, err)
	}
	if err := o.NewLinks(t.Context(), key, signature); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Preferences(t.Context(), key, signature); broadsheet.KindOf(err) != broadsheet.Denied {
		t.Errorf("the old link after new ones were made: %v", err)
	}
	whole, err = o.RecipientOf(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	key, signature = linkOf(t, o.PreferencesPath(whole, o.now))
	if err := o.Erase(t.Context(), key, signature); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(broadsheet.Denied, broadsheet.KindOf(o.Erase(t.Context(), key, signature))); diff != "" {
		t.Errorf("erased twice: %s", diff)
	}
}

// TestGoesOn: who goes on after a pause is told as much as one edition of the
// rhythm holds.
func TestGoesOn(t *testing.T) {
	for _, c := range []struct {
		name   string
		days   broadsheet.Days
		paused int // for so many days, of which each had a paper
		told   int64
	}{
		{"weekly, three days", 1, 3, 4}, {"weekly, thirty days", 1, 30, 7}, {"daily, three days", broadsheet.EveryDay, 3, 1}, {"Monday to Friday, a week", broadsheet.Workdays, 7, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newPostOffice(t)
			arrive := func() {
				id := fmt.Sprintf("2606.%05d", o.now.YearDay())
				day := broadsheet.DayOf(o.now, time.UTC)
				if _, err := o.store.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{{ID: id, Origin: broadsheet.OriginFeed, Title: "T", AnnouncedOn: day, PublishedAt: o.now, SeenAt: o.now}}}); err != nil {
					t.Fatal(err)
				}
				if n, err := o.store.NoteArrivals(t.Context(), []string{id}, day, o.now); n != 1 || err != nil {
					t.Fatalf("noted %d (%v), want 1", n, err)
				}
			}
			arrive()
			o.now = o.now.Add(time.Hour)
			s := o.subscribe(t, "ada@example.org")
			r, err := o.RecipientOf(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			key, signature := linkOf(t, o.PreferencesPath(r, o.now.AddDate(0, 2, 0)))
			rhythm := wish()
			rhythm.Rhythm.Days = c.days
			for _, x := range []app.Change{{Wish: &rhythm}, {Pause: true}} {
				if err := o.ChangeSubscription(t.Context(), key, signature, s.Token, x); err != nil {
					t.Fatal(err)
				}
			}
			for range c.paused {
				o.now = o.now.Add(24 * time.Hour)
				arrive()
			}
			o.now = o.now.Add(time.Hour)
			if err := o.ChangeSubscription(t.Context(), key, signature, s.Token, app.Change{Resume: true}); err != nil {
				t.Fatal(err)
			}
			head, err := o.store.LastArrival(t.Context())
			x, xerr := o.store.Subscription(t.Context(), s.Token)
			if err != nil || xerr != nil || head-x.Cursor != c.told {
				t.Errorf("goes on with %d papers (%v, %v), want %d", head-x.Cursor, err, xerr, c.told)
			}
		})
	}
}

// TestManyAtOnce: asking twenty times at the same moment fills no mailbox either.
func TestManyAtOnce(t *testing.T) {
	o := newPostOffice(t)
	var all sync.WaitGroup
	for range 20 {
		w := wish()
		all.Go(func() {
			if err := o.Do(context.Background(), app.Request{Kind: app.NoticeConfirm, Address: "victim@example.org", Wish: &w, Token: rand.Text()}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := len(o.sent); n != 3 {
		t.Errorf("%d mails, want 3", n)
	}
}

// TestAskingLooksNothingUp: what is done before the answer is the same for every
// address, so that its time tells nothing. The store is shut, and still each gets
// its answer, for one request that is taken over. Line 20 of doc/security.md.
func TestAskingLooksNothingUp(t *testing.T) {
	o := newPostOffice(t)
	o.subscribe(t, "known@example.org")
	for range 4 { // of whom enough was asked for today
		if err := o.Subscribe(t.Context(), app.Application{Address: "asked@example.org", Wish: wish()}); err != nil {
			t.Fatal(err)
		}
	}
	o.done(t)
	if err := o.store.Suppress(t.Context(), broadsheet.Suppression{Channel: broadsheet.ChannelMail, Key: broadsheet.AddressKey("never@example.org"), Reason: broadsheet.SuppressedComplaint, At: o.now}); err != nil {
		t.Fatal(err)
	}
	if err := o.store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"fresh@example.org", "known@example.org", "asked@example.org", "never@example.org"} {
		for what, ask := range map[string]func() error{
			"subscribe":   func() error { return o.Subscribe(t.Context(), app.Application{Address: address, Wish: wish()}) },
			"preferences": func() error { return o.PreferencesLink(t.Context(), address, "") },
		} {
			o.asked = nil
			if err := ask(); err != nil || len(o.asked) != 1 || o.asked[0].Address != address {
				t.Errorf("%s of %s: %v and took over %+v, want one request and no look into the store", what, address, err, o.asked)
			}
		}
	}
}

// TestDoneTwice: a job that dies after its work and is run again sends nothing
// else and counts nothing more.
func TestDoneTwice(t *testing.T) {
	o := newPostOffice(t)
	for range 3 {
		if err := o.Subscribe(t.Context(), app.Application{Address: "ada@example.org", Wish: wish()}); err != nil {
			t.Fatal(err)
		}
	}
	twice := o.asked[0]
	o.done(t)
	for range 2 {
		if err := o.Do(t.Context(), twice); err != nil {
			t.Fatal(err)
		}
	}
	var tokens []string
	for _, n := range o.sent[:3] {
		tokens = append(tokens, n.Subscription)
	}
	for _, n := range o.sent[3:] {
		if n != o.sent[0] {
			t.Errorf("done again: sent %+v, want the first question %+v", n, o.sent[0])
		}
	}
	slices.Sort(tokens)
	if len(slices.Compact(tokens)) != 3 || len(o.sent) != 5 {
		t.Errorf("sent %+v, want three questions and two repeats of the first", o.sent)
	}
	// What is kept until then says all of it, and reads back as it was.
	text, err := json.Marshal(twice)
	if err != nil {
		t.Fatal(err)
	}
	var back app.Request
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(twice, back, cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })); diff != "" {
		t.Errorf("a request as JSON %s (-want +got):\n%s", text, diff)
	}
}
