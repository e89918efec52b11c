package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"broadsheet"
)

// TestReportAndDecide: a report goes to the moderators, who decide in public; all
// of it with forms, and each form says what is wrong in it.
func TestReportAndDecide(t *testing.T) {
	s := edition(t)
	nobody, ada, bob := s.guest(t, "", ""), s.guest(t, "ada-lace", broadsheet.RoleMember), s.guest(t, "bob", broadsheet.RoleMember)
	mo, mia := s.guest(t, "mo", broadsheet.RoleModerator), s.guest(t, "mia", broadsheet.RoleModerator)
	page := "/papers/" + teaPaper
	said := bob.say("Bah, <b>humbug</b>")

	wants(t, "a paper for strangers", nobody.see(page), "!/report?", "!/moderation/object")
	wants(t, "a paper for members", ada.see(page), "/report?kind=paper&amp;object="+teaPaper, "!/moderation/object")
	wants(t, "a paper for moderators", mo.see(page), "/report?kind=paper&amp;object="+teaPaper, "/moderation/object?kind=paper&amp;object="+teaPaper)

	form := ada.see("/report?kind=comment&object=" + said)
	wants(t, "the form", form, "Report a comment", "humbug", `name="reason" value="rude"`, `value="`+said+`"`, "!duplicate", "!<b>humbug")
	w := ada.send("/report", values("kind", "comment", "object", said, "reason", "dull", "text", "so \"dull\""))
	if w.Code != http.StatusBadRequest {
		t.Errorf("a reason that is none: %d", w.Code)
	}
	wants(t, "what was wrong", w.Body.String(), `role="alert"`, "choose one of the list", "so &#34;dull&#34;</textarea>")
	if w := ada.send("/report", values("kind", "comment", "object", said, "reason", "rude", "text", "he <i>always</i> does")); w.Code != http.StatusOK {
		t.Fatalf("a report: %d\n%s", w.Code, w.Body)
	}
	if w := ada.send("/report", values("kind", "comment", "object", said, "reason", "rude")); w.Code != http.StatusConflict {
		t.Errorf("reported twice: %d, want 409", w.Code)
	}
	for _, x := range []struct {
		who  string
		g    guest
		want int
	}{{"nobody", nobody, http.StatusSeeOther}, {"a member", ada, http.StatusForbidden}} {
		if w := x.g.send("/moderation", values("act", "hide", "kind", "comment", "object", said, "reason", "rude")); w.Code != x.want {
			t.Errorf("%s decides: %d, want %d", x.who, w.Code, x.want)
		}
	}

	wants(t, "the queue", mo.see("/moderation"), "Comment by bob", "Insults or harasses somebody", "he &lt;i&gt;always&lt;/i&gt; does", "ada-lace", `value="hide"`, `value="dismiss"`, `value="`+said+`"`)
	if w := mo.send("/moderation", values("act", "hide", "kind", "comment", "object", said, "reason", "")); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "The reason is missing. Say why") {
		t.Errorf("without a reason: %d\n%s", w.Code, w.Body)
	}
	w = mo.send("/moderation", values("act", "ban", "kind", "account", "object", "bob", "for", "week", "reason", ""))
	wants(t, "a refused ban", w.Body.String(), "The reason is missing.", `<option value="week" selected>`)
	w = mo.send("/moderation", values("act", "merge", "kind", "paper", "object", teaPaper, "into", "none.\"such", "reason", "they are \"one\""))
	if w.Code != http.StatusBadRequest {
		t.Errorf("merged into what is none: %d", w.Code)
	}
	wants(t, "a refused merge", w.Body.String(), `role="alert"`, "The paper that stays is no paper here.", `value="they are &#34;one&#34;"`, `value="none.&#34;such" aria-invalid="true"`, "To merge")
	w = mo.send("/moderation", values("act", "hide", "kind", "comment", "object", said, "reason", "rude words", "return", "//evil.example/moderation"))
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/moderation?done=hide" {
		t.Fatalf("a decision: %d to %q", w.Code, w.Header().Get("Location"))
	}
	if w := mia.send("/moderation", values("act", "hide", "kind", "comment", "object", said, "reason", "rude words")); w.Code != http.StatusConflict {
		t.Errorf("another moderator, late: %d, want 409", w.Code)
	}
	wants(t, "the queue after it", mo.see("/moderation?done=hide"), "It is hidden.", "Nothing is waiting.")
	wants(t, "the page after it", nobody.see(page), "!humbug")
	wants(t, "the log", nobody.see("/log"), "mo", "rude words")
	if err := s.store.Act(t.Context(), broadsheet.Action{Act: broadsheet.ActTend, Kind: broadsheet.ObjectJob, Object: "harvest", Detail: "names what none shall read", Hidden: true}); err != nil {
		t.Fatal(err)
	}
	wants(t, "the log for moderators", mo.see("/log"), "names what none shall read", "Only moderators see this line")
	wants(t, "the log for everybody", nobody.see("/log")+ada.see("/log"), "rude words", "!names what none shall read")
	wants(t, "who reported is told", ada.see("/notifications"), "your report of a comment was upheld", "<strong>New</strong>")
	wants(t, "who wrote it is told", bob.see("/notifications"), "your comment was hidden: rude words")

	// A paper: hidden, it has no page for anybody; it can be brought back.
	hide := values("act", "hide", "kind", "paper", "object", teaPaper, "reason", "not a paper", "return", "/moderation/object?kind=paper&object="+teaPaper)
	if w := mo.send("/moderation", hide); w.Header().Get("Location") != "/moderation/object?kind=paper&object="+teaPaper+"&done=hide" {
		t.Errorf("back to the object: %d %q", w.Code, w.Header().Get("Location"))
	}
	for who, g := range map[string]guest{"a member": ada, "a moderator": mo} {
		if w := g.ask(newGet(page)); w.Code != http.StatusNotFound {
			t.Errorf("the page of a hidden paper, %s: %d, want 404", who, w.Code)
		}
	}
	if w := ada.send("/votes", values("up", teaPaper)); w.Code != http.StatusNotFound {
		t.Errorf("a vote on a hidden paper: %d, want 404", w.Code)
	}
	wants(t, "the hidden paper for moderators", mo.see("/moderation/object?kind=paper&object="+teaPaper), `value="show"`, "!value=\"hide\"")
	mo.send("/moderation", values("act", "show", "kind", "paper", "object", teaPaper))
	nobody.see(page)
}

// TestNotificationPages: what one was told is one's own, is read when one says so,
// comes as one chooses, and has a feed whose address is shown once.
func TestNotificationPages(t *testing.T) {
	s := edition(t)
	ada, bob, nobody := s.guest(t, "ada-lace", broadsheet.RoleMember), s.guest(t, "bob", broadsheet.RoleMember), s.guest(t, "", "")
	first := ada.say("The spoon matters")
	bob.say("It does not </title>", "parent", first)
	list := ada.see("/notifications")
	wants(t, "ada's list", list, "Bob answered your comment on “Cooling of tea: the √t law”.", "It does not &lt;/title&gt;", "/papers/"+teaPaper+"#c-", "Mark all as read")
	wants(t, "bob's list", bob.see("/notifications"), "Nothing has happened yet")
	_, through, _ := strings.Cut(list, `name="through" value="`)
	through, _, _ = strings.Cut(through, `"`)
	if w := ada.send("/notifications", values("through", through)); w.Code != http.StatusSeeOther {
		t.Fatalf("mark as read: %d", w.Code)
	}
	wants(t, "read", ada.see("/notifications"), "!Mark all as read", "!<strong>New")

	if w := ada.send("/notifications/choices", values("reply", "off", "mention", "pigeon")); w.Code != http.StatusBadRequest {
		t.Errorf("a way that is none: %d, want 400", w.Code)
	}
	if w := ada.send("/notifications/choices", values("reply", "off")); w.Header().Get("Location") != "/notifications/choices?done=1" {
		t.Errorf("a choice: %d to %q", w.Code, w.Header().Get("Location"))
	}
	bob.say("Still not", "parent", first)
	wants(t, "not told of what is off", ada.see("/notifications"), "!Still not")

	made := ada.send("/notifications/choices", values("do", "feed")).Body.String()
	_, path, ok := strings.Cut(made, "https://papers.example/notifications/feed/")
	path, _, _ = strings.Cut(path, "<")
	if !ok {
		t.Fatalf("no address of a feed:\n%s", made)
	}
	path = "/notifications/feed/" + path
	feed := nobody.ask(newGet(path))
	if feed.Code != http.StatusOK || !strings.HasPrefix(feed.Header().Get("Content-Type"), "application/atom+xml") || feed.Header().Get("Cache-Control") != "private, no-store" {
		t.Errorf("the feed: %d %s %s", feed.Code, feed.Header().Get("Content-Type"), feed.Header().Get("Cache-Control"))
	}
	wants(t, "the feed", feed.Body.String(), "Bob answered your comment on “Cooling of tea: the √t law”.", "It does not &lt;/title&gt;")
	wants(t, "the address is shown once", ada.see("/notifications/choices"), "!"+path, "End the feed")
	ada.send("/notifications/choices", values("do", "nofeed"))
	if w := nobody.ask(newGet(path)); w.Code != http.StatusNotFound {
		t.Errorf("the feed after its end: %d, want 404", w.Code)
	}
}

func newGet(path string) *http.Request {
	return httptest.NewRequest(http.MethodGet, "https://papers.example"+path, nil)
}
