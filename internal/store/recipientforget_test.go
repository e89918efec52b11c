package store_test

import (
	"sync"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestForgetWhoAsksAgain: who asks for a subscription while recipients are forgotten
// has it, or is told; it never hangs on nobody.
func TestForgetWhoAsksAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		kept := store.Kept{Asked: lunch.Add(-72 * time.Hour), Ended: lunch.Add(-720 * time.Hour)}
		for i := range 20 {
			name := string(rune('a'+i)) + "@example.org"
			r, err := s.PutRecipient(t.Context(), broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: name, Key: broadsheet.AddressKey(name), Salt: "s", CreatedAt: lunch.Add(-100 * time.Hour)})
			if err != nil {
				t.Fatal(err)
			}
			ask := func() error {
				_, err := s.PutSubscription(t.Context(), broadsheet.Subscription{RecipientID: r.ID, Token: name, State: broadsheet.SubscriptionPending, CreatedAt: lunch,
					Wish: broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, Rhythm: broadsheet.Rhythm{Days: 1, Zone: time.UTC}, MaxPapers: 1}})
				return err
			}
			var asked error
			var gone int64
			if i == 0 { // after it was found, before it is removed
				asked = ask()
				gone, err = s.Forget(t.Context(), kept, []int64{r.ID})
				if gone != 0 || asked != nil {
					t.Errorf("asked before: %v, forgot %d, want it kept", asked, gone)
				}
			} else {
				var wg sync.WaitGroup
				wg.Go(func() { asked = ask() })
				wg.Go(func() { gone, err = s.Forget(t.Context(), kept, []int64{r.ID}) })
				wg.Wait()
			}
			if err != nil {
				t.Fatal(err)
			}
			_, lost := s.Recipient(t.Context(), r.ID)
			if (asked == nil) != (lost == nil) || (gone == 0) != (lost == nil) || asked != nil && broadsheet.KindOf(asked) != broadsheet.Conflict {
				t.Errorf("round %d: asking: %v, forgot %d, the recipient: %v; want the request with its recipient, or a conflict and neither", i, asked, gone, lost)
			}
		}
	})
}
