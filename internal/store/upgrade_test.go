package store

import (
	"path/filepath"
	"testing"
	"time"

	"broadsheet"

	"github.com/google/go-cmp/cmp"
)

// TestUpgradeKeepsWhoIsWrittenTo takes a database from before the numbers were
// given once to today's version.
func TestUpgradeKeepsWhoIsWrittenTo(t *testing.T) {
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "x.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	all, err := migrations("sqlite")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.apply(t.Context(), all[:5]); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		`INSERT INTO recipients VALUES (7, 'mail', 'ada@example.org', 'k', 's', 1)`,
		`INSERT INTO subscriptions VALUES (8, 7, 't', 'active', 'hot', 127, 8, 'UTC', 0, 10, 0, 0, 3, 4, '2026-06-30', 1, 2, NULL, '')`,
		`INSERT INTO editions VALUES (9, 'e', 'hot', 1, 3, 5, 'Hot papers', '[]', 0)`,
		`INSERT INTO deliveries VALUES (10, 9, 8, 7, 'mail', '2026-06-30', 'd', '2606.00001', 'sent', 1, 5, 0, 9, 6, '250 ok')`,
		`INSERT INTO strays VALUES (11, 5, 'why', 'body')`,
	} {
		if _, err := s.write.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := s.Delivery(t.Context(), 10)
	want := broadsheet.Delivery{ID: 10, EditionID: 9, SubscriptionID: 8, RecipientID: 7, Slot: "2026-06-30", Token: "d", Papers: []string{"2606.00001"}, State: broadsheet.DeliverySent,
		Attempt: 1, PlannedAt: time.UnixMicro(5).UTC(), ExpiresAt: time.UnixMicro(9).UTC(), EndedAt: time.UnixMicro(6).UTC(), Reply: "250 ok"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("the delivery (%v; -put +got):\n%s", err, diff)
	}
	x, err := s.Subscription(t.Context(), "t")
	if err != nil || x.ID != 8 || x.RecipientID != 7 || x.Cursor != 3 || x.LastSlot != "2026-06-30" {
		t.Errorf("the subscription: %+v (%v)", x, err)
	}
	if _, err := s.EditionByID(t.Context(), 9); err != nil {
		t.Error(err)
	}
	if x, err := s.StrayByID(t.Context(), 11); err != nil || string(x.Body) != "body" {
		t.Errorf("the stray mail: %+v (%v)", x, err)
	}
	// A number that was given before the upgrade is not given after it.
	if err := s.EraseRecipient(t.Context(), 7); err != nil {
		t.Fatal(err)
	}
	r, err := s.PutRecipient(t.Context(), broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: "bo@example.org", Key: "b", Salt: "s"})
	if err != nil || r.ID <= 7 {
		t.Errorf("the next recipient is %d (%v), want a greater number than 7", r.ID, err)
	}
}
