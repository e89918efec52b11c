package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/lib/seal"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/serve/web"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// bureau is a site whose operator has a link, with two subscribers, an edition
// and its deliveries, one of which failed.
func bureau(t *testing.T) (*site, string) {
	t.Helper()
	s := storetest.Open(t)
	a, err := app.New(app.Options{Store: s, Key: &seal.Key{1}, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	w, err := web.New(web.Options{App: a, BaseURL: "https://papers.example"})
	if err != nil {
		t.Fatal(err)
	}
	o := a.Console()
	wish := broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, Rhythm: broadsheet.Rhythm{Days: broadsheet.Workdays, Hour: 8, Zone: time.UTC}, MaxPapers: 10}
	if _, err := o.ImportSubscribers(t.Context(), strings.NewReader("ada@example.org\n<b>@example.net\nbob@example.net\n"), app.ImportOptions{Name: "<i>list", Wish: wish}); err != nil {
		t.Fatal(err)
	}
	e, err := s.PutEdition(t.Context(), broadsheet.Edition{Token: "edition2345edition2345abcd", Topic: wish.Topic, From: 1, To: 9, ComposedAt: now, Title: "Hot papers"})
	if err != nil {
		t.Fatal(err)
	}
	due, err := s.DueSubscriptions(t.Context(), now.AddDate(0, 0, 3), 10)
	if err != nil || len(due) != 2 {
		t.Fatalf("%d are due (%v), want 2", len(due), err)
	}
	var plans []store.Plan
	for _, x := range due {
		plans = append(plans, store.Plan{Subscription: x.Subscription, Channel: x.Channel, Cursor: 9, NextDue: now.AddDate(0, 0, 1), Slot: "2026-06-30",
			Delivery: &broadsheet.Delivery{EditionID: e.ID, Token: fmt.Sprint("secret-bounce-token-", x.ID), PlannedAt: now, NextAt: now, ExpiresAt: now.Add(time.Hour)}})
	}
	if _, err := s.PutPlans(t.Context(), plans); err != nil {
		t.Fatal(err)
	}
	if _, err := s.PutSteps(t.Context(), []store.Step{{ID: 2, From: broadsheet.DeliveryPlanned, To: broadsheet.DeliveryFailed, At: now, Reply: "550 5.1.1 <script>alert(1)</script> no such user", Tried: true}}); err != nil {
		t.Fatal(err)
	}
	path, _, err := o.Link()
	if err != nil {
		t.Fatal(err)
	}
	return &site{httpkit.New(w.Routes(), httpkit.Options{Error: w.Error, BaseURL: "https://papers.example", Now: func() time.Time { return now }, Generation: func() string { return "1" }}), s}, path
}

func TestAdminPage(t *testing.T) {
	b, path := bureau(t)
	got := b.get(t, path)
	if got.Code != http.StatusOK || got.Header().Get("Cache-Control") != "private, no-store" {
		t.Fatalf("GET: %d, Cache-Control %q, want 200 and private, no-store", got.Code, got.Header().Get("Cache-Control"))
	}
	body := got.Body.String()
	for _, want := range []string{"ada@example.org", "550 5.1.1 &lt;script&gt;", `content="noindex"`, "Send 1 again"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, never := range []string{"<script>alert", "secret-bounce-token"} {
		if strings.Contains(body, never) {
			t.Errorf("the page says %q", never)
		}
	}
	golden(t, "admin", body)
	if found := b.get(t, path+"&find=BOB&state=failed&edition=1").Body.String(); strings.Contains(found, "ada@") || !strings.Contains(found, "Those failed of edition 1.") {
		t.Errorf("looking for bob among what failed shows:\n%s", found)
	}
}

// TestAdminIsShut tries the page and each of its buttons without the link.
func TestAdminIsShut(t *testing.T) {
	b, path := bureau(t)
	for _, p := range []string{app.AdminPath, app.AdminPath + "?seal=", path[:len(path)-1], strings.Replace(path, "seal=", "seal=z", 1)} {
		got := b.get(t, p)
		if got.Code != http.StatusForbidden || strings.Contains(got.Body.String(), "@example") {
			t.Errorf("GET %s: %d, want 403 and no address\n%s", p, got.Code, got.Body)
		}
		for _, do := range []string{"pause", "end-one", "resend"} {
			if got := b.post(t, p, values("do", do, "subscription", "1", "edition", "1")); got.Code != http.StatusForbidden {
				t.Errorf("POST %s to %s: %d, want 403", do, p, got.Code)
			}
		}
	}
	if got := b.post(t, path, values("do", "pause"), "Sec-Fetch-Site", "cross-site"); got.Code != http.StatusForbidden {
		t.Errorf("POST from another site: %d, want 403", got.Code)
	}
	if x, err := b.store.Sending(t.Context()); err != nil || x.Paused {
		t.Errorf("sending is %+v (%v), want untouched", x, err)
	}
}

func TestAdminButtons(t *testing.T) {
	b, path := bureau(t)
	for _, c := range []struct {
		form []string
		done string
		code int
	}{
		{[]string{"do", "pause"}, "done=paused", http.StatusSeeOther}, {[]string{"do", "resume"}, "done=resumed", http.StatusSeeOther},
		{[]string{"do", "pause-one", "subscription", "1"}, "done=changed", http.StatusSeeOther}, {[]string{"do", "pause-one", "subscription", "1"}, "done=same", http.StatusSeeOther},
		{[]string{"do", "resume-one", "subscription", "1"}, "done=changed", http.StatusSeeOther}, {[]string{"do", "end-one", "subscription", "1"}, "done=changed", http.StatusSeeOther},
		{[]string{"do", "resend", "delivery", "1"}, "done=same", http.StatusSeeOther}, {[]string{"do", "resend", "edition", "1"}, "done=again", http.StatusSeeOther},
		{[]string{"do", "resend"}, "", http.StatusBadRequest}, {[]string{"do", "pause-one", "subscription", "ada@example.org"}, "", http.StatusBadRequest},
		{[]string{"do", "end-one", "subscription", "99"}, "", http.StatusNotFound}, {[]string{"do", "erase-all"}, "", http.StatusBadRequest}, {nil, "", http.StatusBadRequest},
	} {
		got := b.post(t, path, values(c.form...))
		if got.Code != c.code || !strings.Contains(got.Header().Get("Location"), c.done) {
			t.Errorf("POST %v: %d to %q, want %d and %q", c.form, got.Code, got.Header().Get("Location"), c.code, c.done)
		}
	}
}

// TestMailOnStatus has nothing of mail on a site that sends none.
func TestMailOnStatus(t *testing.T) {
	o := office(t)
	if body := o.get(t, "/status").Body.String(); !strings.Contains(body, "<h2>Mail</h2><p>Nothing is late.</p>") {
		t.Errorf("the status does not say that nothing is late:\n%s", body)
	}
	if err := o.store.SetSending(t.Context(), store.Sending{Paused: true, Since: now, Reason: "ours to know"}); err != nil {
		t.Fatal(err)
	}
	if body := newPostOffice(t, o.store).get(t, "/status").Body.String(); !strings.Contains(body, "Paused for now.") || strings.Contains(body, "ours to know") {
		t.Errorf("the status does not say that sending is paused, or says why:\n%s", body)
	}
	if body := newSite(t, storetest.Open(t)).get(t, "/status").Body.String(); strings.Contains(body, "<h2>Mail</h2>") {
		t.Error("a site without mail tells of it")
	}
}
