package app_test

import (
	"fmt"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/deliver/chat"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestTargetInTrouble: how many editions in a row did not arrive at a target is
// known long before it is suppressed; one that arrives ends the count.
func TestTargetInTrouble(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		at := time.Date(2026, 6, 30, 9, 0, 0, 0, time.UTC)
		a, err := app.New(app.Options{Store: s, Zone: time.UTC, Now: func() time.Time { return at }})
		if err != nil {
			t.Fatal(err)
		}
		address, err := chat.Parse(broadsheet.ChannelSlack, "https://hooks.slack.com/services/T000/B000/secret0secret0")
		if err != nil {
			t.Fatal(err)
		}
		target, err := a.AddTarget(t.Context(), address, broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Zone: time.UTC}, MaxPapers: 5})
		if err != nil {
			t.Fatal(err)
		}
		sub := target.Subscription
		for i, c := range []struct {
			state broadsheet.DeliveryState
			want  int
			since int // day
		}{
			{broadsheet.DeliverySent, 0, 0}, {broadsheet.DeliveryFailed, 1, 1}, {broadsheet.DeliveryFailed, 2, 1}, {broadsheet.DeliverySuppressed, 2, 1}, {broadsheet.DeliveryFailed, 3, 1},
			{broadsheet.DeliverySent, 0, 0}, {broadsheet.DeliveryFailed, 1, 6},
		} {
			day := at.AddDate(0, 0, i)
			e, err := s.PutEdition(t.Context(), broadsheet.Edition{Token: fmt.Sprint("e", i), Topic: sub.Topic, From: int64(i), To: int64(i + 1), ComposedAt: day, Title: "Hot", Picks: []broadsheet.Pick{{PaperID: "2606.00001"}}})
			if err != nil {
				t.Fatal(err)
			}
			n, err := s.PutPlans(t.Context(), []store.Plan{{Subscription: sub, Channel: broadsheet.ChannelSlack, Cursor: int64(i + 1), NextDue: day.AddDate(0, 0, 1), Slot: day.Format(time.DateOnly),
				Delivery: &broadsheet.Delivery{EditionID: e.ID, Token: fmt.Sprint("t", i), Papers: []string{"2606.00001"}, PlannedAt: day, NextAt: day, ExpiresAt: day.Add(time.Hour)}}})
			if err != nil || n != 1 {
				t.Fatalf("planned %d: %v", n, err)
			}
			sub.Cursor, sub.DueAt = int64(i+1), day.AddDate(0, 0, 1)
			d, err := s.DeliveryByToken(t.Context(), fmt.Sprint("t", i))
			if err != nil {
				t.Fatal(err)
			}
			if ok, err := s.PutSteps(t.Context(), []store.Step{{ID: d.ID, From: broadsheet.DeliveryPlanned, To: c.state, At: day, Reply: "404 no_service"}}); err != nil || !ok[0] {
				t.Fatalf("step: %v, %v", ok, err)
			}
			got, err := a.ChatTarget(t.Context(), sub.ID)
			if err != nil {
				t.Fatal(err)
			}
			since := time.Time{}
			if c.want > 0 {
				since = at.AddDate(0, 0, c.since)
			}
			if got.Failing.N != c.want || !got.Failing.Since.Equal(since) || got.Suppressed != nil {
				t.Errorf("day %d, %s: got %+v, suppressed %v; want %d since %s", i, c.state, got.Failing, got.Suppressed, c.want, since)
			}
		}
	})
}
