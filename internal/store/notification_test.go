package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestNotifications: each is its account's alone, the newest first, and read up
// to where its reader saw them.
func TestNotifications(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		at := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
		n := func(account int64, minute int, detail string) broadsheet.Notification {
			return broadsheet.Notification{Account: account, Kind: broadsheet.NotifyReply, Actor: "bo", Paper: "2606.00001", Comment: "c", Detail: detail, At: at.Add(time.Duration(minute) * time.Minute)}
		}
		if err := s.Notify(t.Context(), n(1, 0, "first"), n(2, 1, "another's"), n(1, 2, "second"), n(1, 3, "third")); err != nil {
			t.Fatal(err)
		}
		details := func(before int64, limit int) (out []string, last int64) {
			list, err := s.Notifications(t.Context(), 1, before, limit)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range list {
				out, last = append(out, x.Detail), x.ID
			}
			return out, last
		}
		first, last := details(0, 2)
		if d := cmp.Diff([]string{"third", "second"}, first); d != "" {
			t.Errorf("the latest two (-want +got):\n%s", d)
		}
		rest, _ := details(last, 10)
		if d := cmp.Diff([]string{"first"}, rest); d != "" {
			t.Errorf("those before (-want +got):\n%s", d)
		}
		unread := func(most int) int {
			k, err := s.Unread(t.Context(), 1, most)
			if err != nil {
				t.Fatal(err)
			}
			return k
		}
		if got := [2]int{unread(99), unread(2)}; got != [2]int{3, 2} {
			t.Errorf("unread, up to 99 and up to 2: %v", got)
		}
		for range 2 { // twice: the second changes nothing
			if err := s.ReadNotifications(t.Context(), 1, last, at.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		list, err := s.Notifications(t.Context(), 1, 0, 1)
		if err != nil || !list[0].ReadAt.IsZero() || !list[0].At.Equal(at.Add(3*time.Minute)) {
			t.Errorf("the newest was read at %v, happened at %v (%v)", list[0].ReadAt, list[0].At, err)
		}
		if got := unread(99); got != 1 {
			t.Errorf("unread after reading up to the second: %d, want 1", got)
		}
	})
}
