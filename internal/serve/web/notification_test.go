package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app/apptest"
)

// TestReaderIsTold: a reader sees their own notifications, as text; how many
// are new stands in the frame; they are read up to what was seen; choices last.
func TestReaderIsTold(t *testing.T) {
	g := newHome(t)
	ada, bo := apptest.Account(t, g.store, "ada-l", broadsheet.RoleMember), apptest.Account(t, g.store, "bo-l", broadsheet.RoleMember)
	b, other := g.in(ada), g.in(bo)
	tell := func(kind broadsheet.NotificationKind, paper, comment, detail string) {
		t.Helper()
		if err := g.store.Notify(t.Context(), broadsheet.Notification{Account: ada.Account.ID, Kind: kind, Actor: "bo-l", Paper: paper, Comment: comment, Detail: detail, At: now.Add(-time.Hour)}); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(b.page("/notifications"), "Nothing has happened yet") {
		t.Error("the first page is not empty")
	}
	tell(broadsheet.NotifyReply, "2606.00001", "0123456789abcdef01234567", "<script>boom()</script>")
	tell(broadsheet.NotifySubmission, "", "", "")
	page := b.page("/notifications")
	for _, want := range []string{`<a href="/papers/2606.00001#c-0123456789abcdef01234567">Bo-l answered your comment on “Cooling of tea: the √t law”.</a>`, "&lt;script&gt;boom()", `<a href="/submissions">`, "<strong>New</strong>", "Mark all as read"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for zone, want := range map[string]string{"Asia/Tokyo": now.Add(-time.Hour).In(time.FixedZone("JST", 9*3600)).Format("2 Jan 2006, 15:04 MST"), "": now.Add(-time.Hour).UTC().Format("2 Jan 2006, 15:04") + " UTC"} {
		b.post("/account", "zone", zone)
		if page := b.page("/notifications"); !strings.Contains(page, ">"+want+"</time>") {
			t.Errorf("in the zone %q the page lacks %s", zone, want)
		}
	}
	if strings.Contains(other.page("/notifications"), "boom") {
		t.Error("somebody else reads them")
	}
	if page := b.page("/papers"); !strings.Contains(page, ">2<") && !strings.Contains(page, "2 new") && !strings.Contains(page, "Notifications") {
		t.Error("the frame does not say that there is news")
	}
	_, rest, _ := strings.Cut(page, `name="through" value="`)
	through, _, _ := strings.Cut(rest, `"`)
	tell(broadsheet.NotifyMention, "2606.00002", "", "came later")
	other.post("/notifications", "through", through) // of nobody else's
	if to := b.post("/notifications", "through", through); to != "/notifications" {
		t.Errorf("marking leads to %s", to)
	}
	if n := strings.Count(b.page("/notifications"), "<strong>New</strong>"); n != 1 {
		t.Errorf("%d are new, want the one that came later", n)
	}
	if to := b.post("/notifications", "through", "many"); to != "Bad Request" {
		t.Errorf("no number: %s", to)
	}
	for i := range 60 {
		tell(broadsheet.NotifyPaper, "2606.00002", "", fmt.Sprint("talk ", i))
	}
	page = b.page("/notifications")
	_, rest, more := strings.Cut(page, `href="/notifications?before=`)
	before, _, _ := strings.Cut(rest, `"`)
	if !more || strings.Contains(page, "boom") || !strings.Contains(b.page("/notifications?before="+before), "boom") {
		t.Error("older ones are not on a page of their own")
	}
	if to := b.post("/notifications/choices", "reply", "off", "mention", "site"); to != "/notifications/choices?done=1" {
		t.Errorf("choosing leads to %s", to)
	}
	page = b.page("/notifications/choices")
	if !strings.Contains(page, `id="n-reply" name="reply"><option value="mail">on the site and by mail</option><option value="site">on the site</option><option value="off" selected>`) {
		t.Error("what was chosen is not kept")
	}
	if to := b.post("/notifications/choices", "reply", "shout"); to != "Bad Request" {
		t.Errorf("a way that there is not: %s", to)
	}
	w := b.send(http.MethodPost, "/notifications/choices", map[string][]string{"do": {"feed"}})
	_, rest, _ = strings.Cut(w.Body.String(), "<code>https://papers.example")
	feed, _, _ := strings.Cut(rest, "<")
	if w := g.browser(t).get(feed); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "talk 59") || !strings.Contains(w.Header().Get("Cache-Control"), "no-store") {
		t.Errorf("the feed %s: %d %v", feed, w.Code, w.Header())
	}
	b.post("/notifications/choices", "do", "nofeed")
	if w := g.browser(t).get(feed); w.Code != http.StatusNotFound {
		t.Errorf("an ended feed: %d", w.Code)
	}
}
