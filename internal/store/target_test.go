package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestTargets: chats and hooks with their subscriptions, and no mail.
func TestTargets(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		at := time.Date(2026, 6, 30, 9, 0, 0, 0, time.UTC)
		for i, channel := range []broadsheet.Channel{broadsheet.ChannelSlack, broadsheet.ChannelMail, broadsheet.ChannelDiscord, broadsheet.ChannelWebhook} {
			r, err := s.PutRecipient(t.Context(), broadsheet.Recipient{Channel: channel, Address: "address", Key: "key", Salt: "s", CreatedAt: at})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.PutSubscription(t.Context(), broadsheet.Subscription{RecipientID: r.ID, Token: string(rune('a' + i)), State: broadsheet.SubscriptionActive, CreatedAt: at,
				Wish: broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Zone: time.UTC}, MaxPapers: 5}}); err != nil {
				t.Fatal(err)
			}
		}
		found, err := s.Targets(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, x := range found {
			got = append(got, string(x.Recipient.Channel)+" "+x.Token+" "+x.Recipient.Address)
		}
		if d := cmp.Diff([]string{"slack a address", "discord c address", "webhook d address"}, got); d != "" {
			t.Errorf("targets (-want +got):\n%s", d)
		}
	})
}
