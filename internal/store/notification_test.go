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

// TestEditTells: an edit tells those whom it names for the first time, and nobody
// who does not want to hear of it.
func TestEditTells(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		k, who := newTalk(t, s, "ada", "bob", "cyn")
		off := map[broadsheet.NotificationKind]broadsheet.NotifyWay{broadsheet.NotifyMention: broadsheet.NotifyOff}
		if err := s.SetNotifyWays(t.Context(), who["cyn"].ID, off); err != nil {
			t.Fatal(err)
		}
		c := k.say(who["ada"], "", "Tea.", 0)
		for i, names := range [][]string{{"bob", "cyn", "ada"}, nil, {"bob"}, nil, {"bob"}} {
			edit := saying(who["ada"], "", "Tea.", time.Duration(i)*time.Minute, names...)
			edit.Token, edit.Version = c.Token, i+1
			if _, err := s.EditComment(t.Context(), edit); err != nil {
				t.Fatal(err)
			}
		}
		for name, want := range map[string]int{"ada": 0, "bob": 1, "cyn": 1} { // cyn: of the comment on a paper of hers
			if n, err := s.Unread(t.Context(), who[name].ID, 10); err != nil || n != want {
				t.Errorf("%s is told %d times, %v; want %d", name, n, err, want)
			}
		}
	})
}

// TestNobodyTold: an account that is gone is told nothing.
func TestNobodyTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		k, who := newTalk(t, s, "ada", "bob")
		c := k.say(who["ada"], "", "Tea.", 0)
		held := saying(who["bob"], c.Token, "Held tea.", time.Minute)
		held.Held = true
		answer, err := s.PutComment(ctx, held)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.EraseAccount(ctx, store.Erasure{Account: who["ada"].ID, At: talkAt}); err != nil {
			t.Fatal(err)
		}
		x := broadsheet.Action{At: talkAt, Actor: "mo", Act: broadsheet.ActShow, Kind: broadsheet.ObjectComment, Object: answer.Token}
		if err := s.ModerateComment(ctx, answer.Token, []broadsheet.CommentState{broadsheet.CommentHeld}, broadsheet.CommentShown, x); err != nil {
			t.Fatal(err)
		}
		if list, err := s.Notifications(ctx, who["ada"].ID, 0, 10); err != nil || len(list) != 0 {
			t.Errorf("who is gone is told %v, %v; want nothing", list, err)
		}
	})
}

// TestNothingSaid: what was said and is taken back, or hidden, is read in no
// notification any more; what moderators say of it is.
func TestNothingSaid(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		k, who := newTalk(t, s, "ada", "bob")
		ada, bob := who["ada"], who["bob"]
		taken, hidden := k.say(ada, "", "taken back", 0, "bob"), k.say(ada, "", "to be hidden", time.Minute, "bob")
		x := broadsheet.Action{At: talkAt, Actor: "mo", Act: broadsheet.ActHide, Kind: broadsheet.ObjectComment, Object: hidden.Token}
		moderate := func(from, to broadsheet.CommentState) {
			if err := s.ModerateComment(ctx, hidden.Token, []broadsheet.CommentState{from}, to, x); err != nil {
				t.Fatal(err)
			}
		}
		moderate(broadsheet.CommentShown, broadsheet.CommentHidden)
		if err := s.Notify(ctx, broadsheet.Notification{Account: bob.ID, Kind: broadsheet.NotifyModeration, Actor: "mo", Comment: hidden.Token, Detail: "decided", At: talkAt}); err != nil {
			t.Fatal(err)
		}
		if err := s.DeleteComment(ctx, taken.Token, ada.ID, talkAt); err != nil {
			t.Fatal(err)
		}
		told := func() (out []string) {
			on, err := s.Notifications(ctx, bob.ID, 0, 10)
			if err != nil {
				t.Fatal(err)
			}
			mailed, _, err := s.Unmailed(ctx, bob.ID, 10)
			if err != nil {
				t.Fatal(err)
			}
			for i := range on {
				out = append(out, on[i].Detail+" / "+mailed[len(mailed)-1-i].Detail)
			}
			return out
		}
		if diff := cmp.Diff([]string{"decided / decided", " / ", " / "}, told()); diff != "" {
			t.Errorf("what bob is told on the site and by mail (-want +got)\n%s", diff)
		}
		moderate(broadsheet.CommentHidden, broadsheet.CommentShown)
		if diff := cmp.Diff([]string{"decided / decided", "to be hidden / to be hidden", " / "}, told()); diff != "" {
			t.Errorf("what bob is told when it is shown again (-want +got)\n%s", diff)
		}
		var n int
		if err := s.Writer().QueryRowContext(ctx, `SELECT count(*) FROM notifications WHERE detail LIKE '%taken back%'`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d notifications hold the words of a comment that was deleted, %v; want none", n, err)
		}
	})
}

// TestNotificationTitle: a notification knows the title of its paper as it is
// now, as long as the paper is shown, and mails know it too.
func TestNotificationTitle(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		put(t, s, store.Batch{Papers: []broadsheet.Paper{{ID: "2606.00001", Title: "Why tea cools"}}})
		for _, paper := range []string{"2606.00001", "2606.00002", ""} {
			if err := s.Notify(t.Context(), broadsheet.Notification{Account: 1, Kind: broadsheet.NotifyReply, Actor: "bo", Paper: paper, At: talkAt}); err != nil {
				t.Fatal(err)
			}
		}
		titles := func() (out []string) {
			list, err := s.Notifications(t.Context(), 1, 0, 10)
			if err != nil {
				t.Fatal(err)
			}
			mailed, _, err := s.Unmailed(t.Context(), 1, 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range append(list, mailed...) {
				out = append(out, n.Title)
			}
			return out
		}
		if d := cmp.Diff([]string{"", "", "Why tea cools", "Why tea cools", "", ""}, titles()); d != "" {
			t.Errorf("titles (-want +got):\n%s", d)
		}
		if err := s.HidePaper(t.Context(), "2606.00001", true, broadsheet.Action{Actor: "mo", Act: broadsheet.ActHide, Kind: broadsheet.ObjectPaper, Object: "2606.00001", Paper: "2606.00001", Reason: "spam", At: talkAt}); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(make([]string, 6), titles()); d != "" {
			t.Errorf("titles once the paper is hidden (-want +got):\n%s", d)
		}
	})
}
