package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"

	"github.com/google/go-cmp/cmp"
)

// tell stores a notification that happened so long ago.
func (o *postOffice) tell(t *testing.T, by app.Actor, kind broadsheet.NotificationKind, ago time.Duration, detail string) {
	t.Helper()
	if err := o.store.Notify(t.Context(), broadsheet.Notification{Account: by.Account.ID, Kind: kind, Actor: "bo", Paper: "2606.00001", Detail: detail, At: o.now.Add(-ago)}); err != nil {
		t.Fatal(err)
	}
}

// due prepares the mails of all who may be due one, as the job does, and says what
// each tells.
func (o *postOffice) due(t *testing.T) (out []string, last app.NotifyMail) {
	t.Helper()
	ids, err := o.ToNotify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		m, ok, err := o.PrepareNotify(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			continue
		}
		var details []string
		for _, n := range m.Lines {
			details = append(details, n.Detail)
		}
		out, last = append(out, m.To+": "+strings.Join(details, ", ")), m
	}
	return out, last
}

// TestNotifyMails: what was not read within ten minutes comes by mail, together,
// once an hour at most, and only what its reader wants by mail.
func TestNotifyMails(t *testing.T) {
	o := newPostOffice(t)
	ada := apptest.Account(t, o.store, "ada", broadsheet.RoleMember)
	want := func(what string, mails ...string) app.NotifyMail {
		t.Helper()
		got, m := o.due(t)
		if d := cmp.Diff(mails, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", what, d)
		}
		return m
	}
	o.tell(t, ada, broadsheet.NotifyReply, 9*time.Minute, "first")
	want("after nine minutes")
	o.now = o.now.Add(2 * time.Minute)
	o.tell(t, ada, broadsheet.NotifyMention, time.Minute, "second")
	o.tell(t, ada, broadsheet.NotifyPaper, time.Minute, "on the site only")
	if err := o.Console().PauseSending(t.Context(), "a copy"); err != nil {
		t.Fatal(err)
	}
	want("while sending is paused")
	if m, ok, err := o.PrepareNotify(t.Context(), ada.Account.ID); ok || err != nil {
		t.Errorf("asked for before the pause: got %+v, %v, %v, want no mail", m, ok, err)
	}
	if err := o.Console().ResumeSending(t.Context()); err != nil {
		t.Fatal(err)
	}
	m := want("after eleven", "ada@people.example: first, second")
	want("not sent yet: the same again", "ada@people.example: first, second")
	if err := o.Notified(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	want("sent: nothing more")
	o.tell(t, ada, broadsheet.NotifyReply, 30*time.Minute, "third")
	want("within an hour")
	o.now = o.now.Add(61 * time.Minute)
	m = want("an hour later", "ada@people.example: third")
	if err := o.Notified(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	o.now = o.now.Add(2 * time.Hour)
	o.tell(t, ada, broadsheet.NotifyReply, time.Hour, "read on the site")
	list, _, err := o.Notifications(t.Context(), ada, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.ReadNotifications(t.Context(), ada, list[0].ID); err != nil {
		t.Fatal(err)
	}
	want("what was read")
	for i := range 40 {
		o.tell(t, ada, broadsheet.NotifyReply, time.Hour, fmt.Sprint(i))
	}
	_, m = o.due(t)
	if len(m.Lines) != 30 || !m.More {
		t.Errorf("forty things: %d lines, more %v", len(m.Lines), m.More)
	}
}

// anonymous is somebody whose account has no address.
func anonymous(t *testing.T, o *postOffice, name string) app.Actor {
	t.Helper()
	a, err := o.Console().CreateAccount(t.Context(), name, broadsheet.RoleMember, "")
	if err != nil {
		t.Fatal(err)
	}
	return app.Actor{Account: &a, Strong: true}
}

// TestNotifyNobody: who has no address, one that must not be written to, or wants
// no mail gets none, and nothing piles up until that changes.
func TestNotifyNobody(t *testing.T) {
	o := newPostOffice(t)
	none := anonymous(t, o, "nowhere")
	suppressed, off := apptest.Account(t, o.store, "suppressed", broadsheet.RoleMember), apptest.Account(t, o.store, "off-all", broadsheet.RoleMember)
	if err := o.store.Suppress(t.Context(), broadsheet.Suppression{Channel: "mail", Key: broadsheet.AddressKey("suppressed@people.example"), Reason: broadsheet.SuppressedComplaint, At: o.now}); err != nil {
		t.Fatal(err)
	}
	m := app.NotifyMail{}
	o.tell(t, off, broadsheet.NotifyReply, time.Hour, "wanted")
	if got, mail := o.due(t); len(got) != 1 {
		t.Fatalf("mails %v", got)
	} else {
		m = mail
	}
	// The link in it ends such mails, for whoever has it, and no other does.
	name, seal := linkOf(t, strings.TrimPrefix(m.Off, "/notifications"))
	for _, bad := range []struct{ name, seal string }{{name, seal + "0"}, {none.Account.Token, seal}, {name, ""}} {
		if err := o.NotifyOff(t.Context(), bad.name, bad.seal); broadsheet.KindOf(err) != broadsheet.Denied {
			t.Errorf("the link %s %s: %v", bad.name, bad.seal, err)
		}
	}
	for range 2 {
		if err := o.NotifyOff(t.Context(), name, seal); err != nil {
			t.Fatal(err)
		}
	}
	choices, _, err := o.NotifyChoices(t.Context(), off)
	for _, c := range choices {
		if c.Way == broadsheet.NotifyByMail {
			t.Errorf("%s still comes by mail (%v)", c.Kind, err)
		}
	}
	for _, by := range []app.Actor{none, suppressed, off} {
		o.tell(t, by, broadsheet.NotifyReply, time.Hour, "late")
	}
	if got, _ := o.due(t); len(got) != 0 {
		t.Errorf("mails %v", got)
	}
	if err := o.ChooseNotifications(t.Context(), off, []app.NotifyChoice{{Kind: broadsheet.NotifyReply, Way: broadsheet.NotifyByMail}}); err != nil {
		t.Fatal(err)
	}
	o.now = o.now.Add(3 * time.Hour)
	if got, _ := o.due(t); len(got) != 0 {
		t.Errorf("what was not wanted comes late: %v", got)
	}
	if err := o.ChooseNotifications(t.Context(), off, []app.NotifyChoice{{Kind: broadsheet.NotifyReply, Way: "shout"}}); broadsheet.KindOf(err) != broadsheet.Invalid {
		t.Errorf("a way that there is not: %v", err)
	}
	// What is not wanted at all is not kept either.
	if err := o.ChooseNotifications(t.Context(), off, []app.NotifyChoice{{Kind: broadsheet.NotifyReply, Way: broadsheet.NotifyOff}}); err != nil {
		t.Fatal(err)
	}
	o.tell(t, off, broadsheet.NotifyReply, 0, "unwanted")
	list, _, err := o.Notifications(t.Context(), off, 0)
	if err != nil || len(list) != 2 {
		t.Errorf("%d notifications, want the two from before (%v)", len(list), err)
	}
}

// TestNotificationFeed: a private feed has a word that nobody guesses, another
// makes the one before void, and it can be ended.
func TestNotificationFeed(t *testing.T) {
	o := newPostOffice(t)
	ada := apptest.Account(t, o.store, "ada", broadsheet.RoleMember)
	o.tell(t, ada, broadsheet.NotifyReply, time.Hour, "hello")
	reads := func(word string) int {
		list, err := o.NotificationFeed(t.Context(), word)
		if err != nil {
			if broadsheet.KindOf(err) != broadsheet.NotFound {
				t.Errorf("read %q: %v", word, err)
			}
			return -1
		}
		return len(list)
	}
	var words [2]string
	for i := range words {
		var err error
		if words[i], err = o.NewNotificationFeed(t.Context(), ada); err != nil {
			t.Fatal(err)
		}
	}
	if got := [4]int{reads(words[0]), reads(words[1]), reads(""), reads("a")}; got != [4]int{-1, 1, -1, -1} {
		t.Errorf("the first word, the second, none, another: %v", got)
	}
	if err := o.EndNotificationFeed(t.Context(), ada); err != nil {
		t.Fatal(err)
	}
	if got := reads(words[1]); got != -1 {
		t.Errorf("an ended feed: %d", got)
	}
}
