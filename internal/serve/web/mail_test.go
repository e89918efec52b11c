package web_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/lib/seal"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/serve/web"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// postOffice is a site that sends mail, and what it was asked to send.
type postOffice struct {
	*site
	app *app.App
	mu  sync.Mutex
	out []app.Notice
}

func newPostOffice(t testing.TB, s *store.Store) *postOffice {
	t.Helper()
	o := &postOffice{}
	var err error
	o.app, err = app.New(app.Options{Store: s, Finder: apptest.Engine(t, s, now), Now: func() time.Time { return now }, Post: &app.Post{
		Key: &seal.Key{1}, PerClient: 10, PerDay: 20, Refused: func(domain string) bool { return domain == "throwaway.example" },
		Ask: func(ctx context.Context, q app.Request) error { return o.app.Do(ctx, q) }, // at once
		Notify: func(_ context.Context, n app.Notice) error {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.out = append(o.out, n)
			return nil
		}}})
	if err != nil {
		t.Fatal(err)
	}
	w, err := web.New(web.Options{App: o.app, BaseURL: "https://papers.example"})
	if err != nil {
		t.Fatal(err)
	}
	generation := 0
	o.site = &site{httpkit.New(w.Routes(), httpkit.Options{Error: w.Error, BaseURL: "https://papers.example", Now: func() time.Time { return now },
		Generation: func() string { generation++; return fmt.Sprint(generation) }}), s}
	return o
}

// office is a site with papers that sends mail.
func office(t testing.TB) *postOffice {
	s := storetest.Open(t)
	put(t, s, papers()...)
	return newPostOffice(t, s)
}

// post sends a form as the site's own page does, or as headers say.
func (s *site) post(t testing.TB, path string, form url.Values, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	return serve(s, newPost(path, form, header...))
}

func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

// links are where the mails to an address lead.
type links struct{ confirm, unsubscribe, preferences string }

// order orders by the form and gives the links of the mails that follow.
func (o *postOffice) order(t testing.TB, form url.Values) links {
	t.Helper()
	before := len(o.out)
	if w := o.post(t, "/subscribe", form); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/subscribe/sent" {
		t.Fatalf("POST /subscribe %v: %d to %q\n%s", form, w.Code, w.Header().Get("Location"), w.Body)
	}
	if len(o.out) != before+1 || o.out[before].Kind != app.NoticeConfirm {
		t.Fatalf("POST /subscribe %v: sent %+v, want a question", form, o.out[before:])
	}
	s := o.subscription(t, o.out[before].Subscription)
	r, err := o.app.RecipientOf(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return links{o.app.ConfirmPath(s), o.app.UnsubscribePath(s), o.app.PreferencesPath(r, now)}
}

// subscribe orders and confirms.
func (o *postOffice) subscribe(t testing.TB, form url.Values) links {
	t.Helper()
	l := o.order(t, form)
	if w := o.post(t, l.confirm, nil); w.Code != http.StatusSeeOther || w.Header().Get("Location") != l.confirm {
		t.Fatalf("POST %s: %d to %q, want 303 to itself\n%s", l.confirm, w.Code, w.Header().Get("Location"), w.Body)
	}
	return l
}

func (o *postOffice) subscription(t testing.TB, token string) *broadsheet.Subscription {
	t.Helper()
	s, err := o.store.Subscription(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	return &s
}

// of is the subscription that a link is about.
func (o *postOffice) of(t testing.TB, l links) *broadsheet.Subscription {
	t.Helper()
	return o.subscription(t, strings.Split(l.confirm, "/")[2])
}

// TestMailPages holds the pages of subscriptions against their golden files.
func TestMailPages(t *testing.T) {
	o := office(t)
	ada := o.order(t, values("address", "ada@example.org"))
	bo := o.subscribe(t, values("address", "bo@example.org", "topic", "list:author:cy-dunk", "rhythm", "days", "day", "0", "day", "3", "hour", "18", "zone", "America/St_Johns", "max", "20", "minimum", "2", "empty", "1"))
	o.order(t, values("address", "bo@example.org", "topic", "search:tea"))
	cy := o.subscribe(t, values("address", "cy@example.org", "topic", "categories:cs.LG", "rhythm", "comes"))
	o.post(t, cy.preferences, values("do", "pause", "subscription", o.of(t, cy).Token))
	suppress(t, o, "cy@example.org", broadsheet.SuppressedBounce)
	dot := o.subscribe(t, values("address", "dot@example.org"))
	o.post(t, dot.unsubscribe, nil)
	for _, tc := range []struct {
		name, path string
		status     int
	}{
		{"front-mail", "/papers", 200},
		{"category-mail", "/categories/cs.LG", 200},
		{"subscribe", "/subscribe", 200},
		{"subscribe-author", "/subscribe?topic=list:author:cy-dunk", 200},
		{"subscribe-sent", "/subscribe/sent", 200},
		{"subscribe-nothing", "/subscribe?topic=list:author:nobody", 400},
		{"confirm", ada.confirm, 200},
		{"confirm-done", bo.confirm, 200},
		{"confirm-ended", dot.confirm, 200},
		{"confirm-broken", ada.confirm + "x", 403},
		{"unsubscribe", bo.unsubscribe, 200},
		{"unsubscribe-done", dot.unsubscribe, 200},
		{"preferences", bo.preferences, 200},
		{"preferences-paused", cy.preferences + "&done=paused", 200},
		{"preferences-none", dot.preferences, 200},
		{"preferences-ask", "/preferences", 200},
		{"preferences-sent", "/preferences/sent", 200},
		{"preferences-erase", strings.Replace(bo.preferences, "?", "/erase?", 1), 200},
		{"edition", "/editions/" + anEdition(t, o), 200},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := o.get(t, tc.path)
			if w.Code != tc.status {
				t.Fatalf("GET %s: status %d, want %d\n%s", tc.path, w.Code, tc.status, w.Body)
			}
			golden(t, tc.name, w.Body.String())
		})
	}
	w := o.post(t, "/subscribe", values("address", "ada at example.org", "rhythm", "days", "zone", "Asia/Tokyo", "max", "7"))
	if w.Code != http.StatusBadRequest {
		t.Errorf("POST of a wrong address: %d, want 400", w.Code)
	}
	golden(t, "subscribe-wrong", w.Body.String())
}

func suppress(t testing.TB, o *postOffice, address string, why broadsheet.SuppressionReason) {
	t.Helper()
	err := o.store.Suppress(t.Context(), broadsheet.Suppression{Channel: broadsheet.ChannelMail, Key: broadsheet.AddressKey(address), Reason: why, At: now})
	if err != nil {
		t.Fatal(err)
	}
}

// anEdition stores an edition of papers that are here and of one that is gone.
func anEdition(t testing.TB, o *postOffice) string {
	t.Helper()
	x, err := o.store.PutEdition(t.Context(), broadsheet.Edition{Token: "edition2345edition2345abcd", Topic: broadsheet.Topic{Kind: broadsheet.TopicList, Key: "author:cy-dunk"}, From: 1, To: 9,
		ComposedAt: now, Title: "Papers by Cy Dunk", Picks: []broadsheet.Pick{{PaperID: "math/0309136"}, {PaperID: "2606.77777"}, {PaperID: "2606.00002", Score: 7}}, Total: 3})
	if err != nil {
		t.Fatal(err)
	}
	return x.Token
}

func newPost(path string, form url.Values, header ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, nil)
	r.RemoteAddr = "127.0.0.1:1000" // which is not limited
	setBody(r, form.Encode())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func setBody(r *http.Request, text string) {
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
