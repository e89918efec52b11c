package transfer_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
	"broadsheet/internal/transfer"

	"github.com/google/go-cmp/cmp"
)

func exportAll(t testing.TB, s *store.Store) string {
	t.Helper()
	var b bytes.Buffer
	if _, err := transfer.Export(t.Context(), s, &b, transfer.ExportOptions{Subscribers: true}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// known is when papers of these tests became news: three of them, days apart.
func known(i int) time.Time {
	return time.Now().UTC().Truncate(time.Second).AddDate(0, 0, 2*i-10)
}

var threePapers = []string{"2606.00001", "2606.00002", "2606.00003"}

// mailing is a site with readers: Ada has two subscriptions and was told of two of
// the three papers by one of them, Bo has ended his, Cy has not confirmed; and a
// chat, and somebody who must not be written to.
func mailing(t testing.TB, s *store.Store) {
	t.Helper()
	ctx := t.Context()
	if must(s.Subscribed(ctx)) {
		return // by the pair before
	}
	papers(t, s)
	for i, id := range threePapers {
		must(s.NoteArrivals(ctx, []string{id}, broadsheet.DayOf(time.Now().AddDate(-1, 0, 0), time.UTC), known(i)))
	}
	put := func(channel broadsheet.Channel, address, key, token string, state broadsheet.SubscriptionState, topic string, cursor int64) broadsheet.Subscription {
		r := must(s.PutRecipient(ctx, broadsheet.Recipient{Channel: channel, Address: address, Key: key, Salt: "salt" + token[:2], CreatedAt: known(0)}))
		zone := must(time.LoadLocation("Asia/Kathmandu"))
		x := broadsheet.Subscription{RecipientID: r.ID, Token: token, State: state, Cursor: cursor, CreatedAt: known(0), Reason: "a reason",
			Wish: broadsheet.Wish{Topic: must(broadsheet.ParseTopic(topic)), Rhythm: broadsheet.Rhythm{Days: 64, Hour: 23, Zone: zone}, MaxPapers: 7, MinScore: 2, SendEmpty: true}}
		switch state {
		case broadsheet.SubscriptionActive:
			x.ConfirmedAt, x.DueAt = known(0), known(3)
		case broadsheet.SubscriptionEnded:
			x.ConfirmedAt, x.EndedAt = known(0), known(1)
		}
		return must(s.PutSubscription(ctx, x))
	}
	daily := put("mail", "Ada@example.org", broadsheet.AddressKey("ada@example.org"), "adaadaadaada2", broadsheet.SubscriptionActive, "hot", 1)
	put("mail", "Ada@example.org", broadsheet.AddressKey("ada@example.org"), "adaadaadaada3", broadsheet.SubscriptionActive, "categories:cs.CL,cs.LG", 1)
	put("mail", "bo@example.org", broadsheet.AddressKey("bo@example.org"), "bobobobobobob2", broadsheet.SubscriptionEnded, "search:gulls -owls", 2)
	put("mail", "cy@example.org", broadsheet.AddressKey("cy@example.org"), "cycycycycycyc2", broadsheet.SubscriptionPending, "hot", 0)
	put("slack", "https://hooks.example.org/T0/secret", "5eab", "slackslackslack2", broadsheet.SubscriptionActive, "list:author:ada-person", 3)
	e := must(s.PutEdition(ctx, broadsheet.Edition{Token: "e", Topic: daily.Topic, From: 1, To: 2, ComposedAt: known(1), Title: "Hot"}))
	must(s.PutPlans(ctx, []store.Plan{{Subscription: daily, Channel: "mail", Cursor: 2, NextDue: known(4), Slot: "2026-06-30",
		Delivery: &broadsheet.Delivery{EditionID: e.ID, Token: "d", Papers: threePapers[:2], PlannedAt: known(3), NextAt: known(3), ExpiresAt: known(9)}}}))
	if err := s.Suppress(ctx, broadsheet.Suppression{Channel: "mail", Key: broadsheet.AddressKey("never@example.org"), Reason: broadsheet.SuppressedComplaint, Detail: "reported", At: known(0)}); err != nil {
		t.Fatal(err)
	}
}

func papers(t testing.TB, s *store.Store) {
	t.Helper()
	var b store.Batch
	for _, id := range threePapers {
		b.Papers = append(b.Papers, broadsheet.Paper{ID: id, Origin: broadsheet.OriginCatalog, Title: "Paper " + id, AnnouncedOn: broadsheet.DayOf(known(0), time.UTC), SeenAt: known(0)})
	}
	must(s.Put(t.Context(), b))
}

func TestPeopleGoOver(t *testing.T) {
	pairs(t, func(t *testing.T, a, b *store.Store) {
		mailing(t, a)
		if plain := export(t, a); strings.Contains(plain, "example.org") || strings.Contains(plain, "subscriber") || strings.Contains(plain, "suppression") {
			t.Errorf("an export that was not asked for people holds some:\n%s", plain)
		}
		want := exportAll(t, a)
		for _, part := range []string{"Ada@example.org", "hooks.example.org/T0/secret", `"zone":"Asia/Kathmandu"`, `"topic":"categories:cs.CL,cs.LG"`, `"told":["2606.00001","2606.00002"]`, broadsheet.AddressKey("never@example.org")} {
			if !strings.Contains(want, part) {
				t.Errorf("the export lacks %s:\n%s", part, want)
			}
		}
		if strings.Contains(want, "never@") {
			t.Error("the export names who is suppressed")
		}
		file := write(t, "all.jsonl", []byte(want))
		rep := load(t, b, transfer.Options{Batch: 2}, file) // people come in other batches than papers
		if rep.Rejected != 0 || rep.Subscriptions != 5 || rep.Papers != 3 {
			t.Errorf("report %+v, want 5 subscriptions and 3 papers", rep.Count)
		}
		if got := exportAll(t, b); got != want {
			t.Fatalf("the round trip changed %s", differ(want, got))
		}
		if x := must(b.Sending(t.Context())); !x.Paused || x.Reason == "" {
			t.Errorf("sending is %+v, want that it is paused and why", x)
		}
		// What the planner looks at is what it would have looked at there.
		for token, news := range map[string]int{"adaadaadaada2": 1, "adaadaadaada3": 2, "slackslackslack2": 0} {
			x := must(b.Subscription(t.Context(), token))
			if got := must(b.Arrivals(t.Context(), broadsheet.ArrivalKnown, x.Cursor, must(b.LastArrival(t.Context())), 10)); len(got) != news {
				t.Errorf("%s: %d papers are new to it, want %d", token, len(got), news)
			}
		}
		ada := must(b.RecipientByKey(t.Context(), "mail", broadsheet.AddressKey("ada@example.org")))
		told := must(b.Told(t.Context(), []int64{ada.ID}, known(-30)))
		if diff := cmp.Diff(map[string]bool{"2606.00001": true, "2606.00002": true}, told[ada.ID]); diff != "" {
			t.Errorf("told of (-want +got):\n%s", diff)
		}
		// Again, once it was said that things are sent: nothing changes, and nothing stops.
		if err := b.SetSending(t.Context(), store.Sending{}); err != nil {
			t.Fatal(err)
		}
		if rep := load(t, b, transfer.Options{Again: true}, file); rep.Subscriptions != 0 {
			t.Errorf("again: %d subscriptions were added", rep.Subscriptions)
		}
		if got := exportAll(t, b); got != want || must(b.Sending(t.Context())).Paused {
			t.Errorf("a second import paused what goes on, or changed %s", differ(want, got))
		}
	})
}

// TestPeopleOfTheirOwn: where people subscribe already, they stay as they are, and
// who comes is told of nothing that was news before.
func TestPeopleOfTheirOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, b *store.Store) {
		a := storetest.Open(t)
		mailing(t, a)
		papers(t, b)
		for _, id := range []string{"2606.00003", "2606.00001"} { // in another order, and all lately
			must(b.NoteArrivals(t.Context(), []string{id}, broadsheet.DayOf(time.Now().AddDate(-1, 0, 0), time.UTC), time.Now()))
		}
		own := must(b.PutRecipient(t.Context(), broadsheet.Recipient{Channel: "mail", Address: "ada@example.org", Key: broadsheet.AddressKey("ada@example.org"), Salt: "own", CreatedAt: known(0)}))
		load(t, b, transfer.Options{}, write(t, "all.jsonl", []byte(exportAll(t, a))))
		if have := must(b.SubscriptionsOf(t.Context(), own.ID)); len(have) != 0 {
			t.Errorf("who is here on her own got %+v", have)
		}
		slack := must(b.Subscription(t.Context(), "slackslackslack2"))
		if slack.Cursor != 0 {
			t.Errorf("the chat's cursor is %d, want 0: what is news here came after the export", slack.Cursor)
		}
		if n := must(b.LastArrival(t.Context())); n != 2 {
			t.Errorf("the last arrival is %d, want the two that were here", n)
		}
	})
}

// TestPeopleOrderArrivals: papers that became news here before anybody subscribed
// take their place among those of the export by their times.
func TestPeopleOrderArrivals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, b *store.Store) {
		a := storetest.Open(t)
		mailing(t, a)
		papers(t, b)
		must(b.NoteArrivals(t.Context(), []string{"2606.00003", "2606.00001"}, broadsheet.DayOf(time.Now().AddDate(-1, 0, 0), time.UTC), time.Now()))
		load(t, b, transfer.Options{}, write(t, "all.jsonl", []byte(exportAll(t, a))))
		slack := must(b.Subscription(t.Context(), "slackslackslack2"))
		var got []string
		for _, x := range must(b.Arrivals(t.Context(), broadsheet.ArrivalKnown, 0, 1<<40, 10)) {
			got = append(got, fmt.Sprint(x.ID, " new: ", x.Seq > slack.Cursor))
		}
		if diff := cmp.Diff([]string{"2606.00001 new: false", "2606.00002 new: false", "2606.00003 new: false"}, got); diff != "" {
			t.Errorf("arrivals as the chat has them, which was told of all (-want +got):\n%s", diff)
		}
		must(b.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{{ID: "2606.00004", Origin: broadsheet.OriginCatalog, Title: "Four", AnnouncedOn: broadsheet.DayOf(time.Now(), time.UTC)}}}))
		must(b.NoteArrivals(t.Context(), []string{"2606.00004"}, broadsheet.DayOf(known(0), time.UTC), time.Now()))
		if last := must(b.Arrivals(t.Context(), broadsheet.ArrivalKnown, slack.Cursor, 1<<40, 10)); len(last) != 1 || last[0].ID != "2606.00004" {
			t.Errorf("after the next paper: new are %+v, want it alone", last)
		}
	})
}

// TestPeopleThatCannotBe: what was edited wrongly is refused, and no address or
// secret of it is kept where rejects are shown.
func TestPeopleThatCannotBe(t *testing.T) {
	a := storetest.Open(t)
	mailing(t, a)
	good := exportAll(t, a)
	for _, c := range []struct{ from, to, why string }{
		{`"Ada@example.org"`, `"Eve@example.org"`, "key: is not that of the address"},
		{`"Ada@example.org"`, `"Ada@example.org\r\nBcc: x@y.example"`, "holds white space"},
		{`"Asia/Kathmandu"`, `"Mars/Olympus"`, "not a time zone"}, {`"Asia/Kathmandu"`, `"Local"`, "not a time zone"},
		{`"topic":"hot"`, `"topic":"everything"`, "is not a kind of subscription"}, {`"state":"active"`, `"state":"eager"`, "state: "},
		{`"maxPapers":7`, `"maxPapers":70`, "out of range"}, {`adaadaadaada2`, `../../etc`, "token"}, {`"salt":"saltad"`, `"salt":""`, "one is empty"},
		{`"told":["2606.00001"`, `"told":["a b"`, "told"}, {`"days":64`, `"days":"monday"`, ""},
	} {
		b := storetest.Open(t)
		bad := strings.Replace(good, c.from, c.to, 1)
		if bad == good {
			t.Fatalf("nothing to replace: %s", c.from)
		}
		rep := load(t, b, transfer.Options{}, write(t, "bad.jsonl", []byte(bad)))
		if rep.Rejected != 1 || rep.Subscriptions < 3 {
			t.Errorf("%s: %d refused and %d subscriptions in, want one refused and the rest in", c.to, rep.Rejected, rep.Subscriptions)
		}
		err := b.EachReject(t.Context(), func(r broadsheet.Reject) error {
			if !strings.Contains(r.Reason, c.why) || strings.Contains(r.Reason+string(r.Body), "example") || strings.Contains(string(r.Body), "salt") {
				t.Errorf("%s: kept aside for %q with %s, want %q and nothing of whom it was", c.to, r.Reason, r.Body, c.why)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
