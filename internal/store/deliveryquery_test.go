package store

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"broadsheet"
)

// TestLedgerIsReadByItsIndexes asks SQLite how it would read: what narrows the
// ledger narrows what is read of it.
func TestLedgerIsReadByItsIndexes(t *testing.T) {
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "x.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	resend := func(q ResendQuery) (string, []any) { return q.text(0, []any{"failed", "expired"}) }
	query := func(q DeliveryQuery) (string, []any) { return q.text() }
	for _, c := range []struct {
		name string
		ask  func() (string, []any)
		want string // of the plan
	}{
		{"a recipient", func() (string, []any) { return query(DeliveryQuery{Recipient: 7, Limit: 400, Before: 9}) }, "deliveries_recipient (recipient_id=?"},
		{"a recipient's failures", func() (string, []any) { return query(DeliveryQuery{Recipient: 7, State: broadsheet.DeliveryFailed}) }, "deliveries_recipient (recipient_id=?"},
		{"an edition", func() (string, []any) { return query(DeliveryQuery{Edition: 7, Limit: 9}) }, "deliveries_edition (edition_id=?"},
		{"failures", func() (string, []any) { return query(DeliveryQuery{State: broadsheet.DeliveryFailed, Limit: 9}) }, "deliveries_bad (state=?"},
		{"failures of a channel, on", func() (string, []any) {
			return query(DeliveryQuery{State: broadsheet.DeliveryFailed, Channel: broadsheet.ChannelMail, Before: 10, Since: time.Now(), Limit: 9})
		}, "deliveries_bad (state=?"},
		{"the latest", func() (string, []any) { return query(DeliveryQuery{Limit: 9}) }, "SCAN d"}, // by number, and only so many
		{"one again", func() (string, []any) { return resend(ResendQuery{ID: 7}) }, "INTEGER PRIMARY KEY (rowid=?"},
		{"an edition again", func() (string, []any) { return resend(ResendQuery{Edition: 7}) }, "deliveries_edition (edition_id=?"},
		{"all again", func() (string, []any) { return resend(ResendQuery{Since: time.Now()}) }, "deliveries_bad"},
	} {
		text, args := c.ask()
		rows, err := s.query(t.Context(), "EXPLAIN QUERY PLAN "+text, args...)
		got, err := collect(rows, err, func(r *sql.Rows) (detail string, err error) {
			var id, parent, unused int
			return detail, r.Scan(&id, &parent, &unused, &detail)
		})
		if plan := strings.Join(got, "; "); err != nil || !strings.Contains(plan, c.want) {
			t.Errorf("%s: %s\nis read by %q (%v), want %s", c.name, text, plan, err, c.want)
		}
	}
}
