package boot

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/store/storetest"
)

// TestTellByMail: what happened an hour ago and was not read comes by mail, once,
// through the real sender; the link in it shows a button, and one click, from a
// mailbox's own page too, ends such mails.
func TestTellByMail(t *testing.T) {
	relay, s := newMailbox(t), storetest.Open(t)
	c := load(t, map[string]string{"site-url": "https://papers.example.org", "mail-from": "Papers <papers@example.org>", "mail-relays": "smtp://" + relay.address, "mail-hello": "mx.example.org"})
	p, err := newProgram(s, c, Options{Version: "test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ada := apptest.Account(t, s, "ada-l", broadsheet.RoleMember)
	happen := func(detail string) {
		t.Helper()
		if err := s.Notify(t.Context(), broadsheet.Notification{Account: ada.Account.ID, Kind: broadsheet.NotifyReply, Actor: "bo", Paper: "2606.00001", Detail: detail, At: time.Now().Add(-3 * time.Hour)}); err != nil {
			t.Fatal(err)
		}
		args, err := json.Marshal(ada.Account.ID)
		if err == nil {
			err = p.mail.tellOne(t.Context(), args)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	happen("Tea <b>cools</b>\nslowly")
	body := <-relay.bodies
	for _, want := range []string{"bo answered your comment (2611", "Tea &lt;b&gt;cools", "https://papers.example.org/notifications"} {
		if want = strings.Replace(want, "(2611", "(2606.00001)", 1); !strings.Contains(body, want) {
			t.Errorf("the mail lacks %q:\n%s", want, body)
		}
	}
	_, rest, ok := strings.Cut(body, "List-Unsubscribe: <https://papers.example.org")
	off, _, _ := strings.Cut(rest, ">")
	if !ok {
		t.Fatalf("no link ends such mails:\n%s", body)
	}
	ask := func(method, path string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "https://papers.example.org"+path, strings.NewReader("List-Unsubscribe=One-Click"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		p.servers[0].Handler.ServeHTTP(w, r)
		return w
	}
	if w := ask(http.MethodGet, off); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "No more mails of notifications?") {
		t.Errorf("looking at the link: %d", w.Code)
	}
	ways, err := s.NotifyWays(t.Context(), ada.Account.ID)
	if err != nil || len(ways) > 0 {
		t.Errorf("looking at the link changed %v (%v)", ways, err)
	}
	if w := ask(http.MethodPost, off+"x"); w.Code != http.StatusForbidden {
		t.Errorf("another link: %d", w.Code)
	}
	if w := ask(http.MethodPost, off, "Origin", "https://mailbox.example", "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusOK {
		t.Errorf("one click: %d %s", w.Code, w.Body)
	}
	if ways, err = s.NotifyWays(t.Context(), ada.Account.ID); err != nil || ways[broadsheet.NotifyReply] != broadsheet.NotifyOnSite {
		t.Errorf("after the click: %v (%v)", ways, err)
	}
}
