package store_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestEraseRecipientWaits: an erasure takes along what is being given to its
// recipient at that moment, a subscription or a delivery.
func TestEraseRecipientWaits(t *testing.T) {
	for name, give := range map[string][]string{
		"a subscription": {`SELECT 1 FROM recipients`, `INSERT INTO subscriptions (recipient_id, token, state, topic, days, hour, zone, as_it_comes, max_papers, min_score, send_empty, cursor, last_slot, created_at, reason)
		  SELECT id, 'late', 'pending', 'hot', 1, 8, 'UTC', 0, 1, 0, 0, 0, '', 1, '' FROM recipients`},
		"a delivery": {`UPDATE subscriptions SET cursor = 9`, `INSERT INTO deliveries (edition_id, subscription_id, recipient_id, channel, slot, token, papers, state, attempt, planned_at, next_at, expires_at, reply)
		  SELECT 1, id, recipient_id, 'mail', 'late', 'late', '', 'planned', 0, 1, 1, 1, '' FROM subscriptions`},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				x := subscribed(t, s, "ada@example.org")
				hold := give[0]
				if name == "a subscription" && s.Dialect() == "postgres" { // as PutSubscription holds it
					hold += ` FOR SHARE`
				}
				if err := meanwhile(t, s, func() error { return s.EraseRecipient(t.Context(), x.RecipientID) }, hold, give[1]); err != nil {
					t.Fatal(err)
				}
				for _, table := range []string{"recipients", "subscriptions", "deliveries"} {
					var n int
					if err := s.Writer().QueryRowContext(t.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil || n != 0 {
						t.Errorf("%s holds %d rows (%v), want none", table, n, err)
					}
				}
			})
		})
	}
}

// TestImportWhileErased: a list that brings somebody who is just being erased makes
// them anew.
func TestImportWhileErased(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		x := subscribed(t, s, "ada@example.org")
		r, err := s.Recipient(t.Context(), x.RecipientID)
		if err != nil {
			t.Fatal(err)
		}
		x.Token = "from the list"
		tx, err := s.Writer().BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		run := func(text string) {
			if _, err := tx.ExecContext(t.Context(), text); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
		}
		if s.Dialect() == "postgres" { // as an erasure holds it
			run(`SELECT id FROM recipients FOR UPDATE`)
		}
		done := make(chan error, 1)
		go func() {
			_, err := s.PutSubscribers(t.Context(), []store.Subscriber{{Subscription: x, Recipient: r}})
			done <- err
		}()
		time.Sleep(300 * time.Millisecond) // so that it waits for us
		run(`DELETE FROM subscriptions`)
		run(`DELETE FROM recipients`)
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		all, err := s.Subscribers(t.Context(), "", 0, 10) // with whom they are for
		if err != nil || len(all) != 1 || all[0].Token != x.Token || all[0].Recipient.Key != r.Key {
			t.Errorf("got %+v (%v), want one subscription with its recipient", all, err)
		}
	})
}

// TestErasuresTakeTurns: the end of one erasure does not leave another one's rows in
// the file.
func TestErasuresTakeTurns(t *testing.T) {
	s := storetest.OpenDSN(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"))
	other := make(chan error, 1)
	err := s.Erasing(t.Context(), func(ctx context.Context) error {
		go func() { other <- s.Erasing(ctx, func(context.Context) error { return nil }) }()
		time.Sleep(200 * time.Millisecond) // so that it could end
		n, err := s.SecureDelete(ctx)
		if n != 1 {
			t.Errorf("beside another erasure secure_delete is %d, want 1", n)
		}
		return err
	})
	if oerr := <-other; err != nil || oerr != nil {
		t.Fatal(err, oerr)
	}
}
