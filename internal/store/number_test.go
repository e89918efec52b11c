package store_test

import (
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestNumbersAreGivenOnce: what names a row that is gone names no other one. A
// sender that still has a delivery of an erased recipient, a page of an edition
// that was pruned, would mean somebody else's.
func TestNumbersAreGivenOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		type numbers struct{ recipient, subscription, edition, delivery, stray int64 }
		make := func(slot string) numbers {
			x := subscribed(t, s, "ada@example.org")
			if n := planned(t, s, slot); n != 1 {
				t.Fatalf("planned %d, want 1", n)
			}
			d, err := s.Deliveries(t.Context(), store.DeliveryQuery{Recipient: x.RecipientID, Limit: 1})
			if err != nil || len(d) != 1 {
				t.Fatalf("%d lines (%v)", len(d), err)
			}
			if err := s.PutStray(t.Context(), store.Stray{ReceivedAt: lunch, Body: []byte("x")}); err != nil {
				t.Fatal(err)
			}
			strays, err := s.Strays(t.Context(), 1, false)
			if err != nil {
				t.Fatal(err)
			}
			return numbers{x.RecipientID, x.ID, d[0].EditionID, d[0].ID, strays[0].ID}
		}
		first := make("2026-06-30")
		if err := s.EraseRecipient(t.Context(), first.recipient); err != nil {
			t.Fatal(err)
		}
		if n, err := s.PruneEditions(t.Context(), lunch.Add(time.Hour)); n != 1 || err != nil {
			t.Fatalf("pruned %d editions (%v), want 1", n, err)
		}
		if err := s.PruneStrays(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		second := make("2026-07-01")
		if second.recipient <= first.recipient || second.subscription <= first.subscription || second.edition <= first.edition || second.delivery <= first.delivery || second.stray <= first.stray {
			t.Errorf("numbers after erasure: got %+v, want greater ones than %+v", second, first)
		}
		// What the sender says of the erased one is nobody's.
		ok, err := s.PutSteps(t.Context(), []store.Step{{ID: first.delivery, From: broadsheet.DeliveryPlanned, To: broadsheet.DeliverySent, At: lunch}})
		if err != nil || ok[0] {
			t.Errorf("an outcome of the erased delivery took effect: %v (%v)", ok, err)
		}
	})
}
