package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/lib/seal"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/serve/web"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// gate is a site where people sign in, with the requests for mails that it took.
type gate struct {
	*site
	t     testing.TB
	app   *app.App
	asked []app.SignInRequest
}

func newGate(t testing.TB, change func(*app.Accounts)) *gate {
	t.Helper()
	g := &gate{t: t}
	s := storetest.Open(t)
	o := app.Accounts{Ask: func(_ context.Context, q app.SignInRequest) error { g.asked = append(g.asked, q); return nil }}
	if change != nil {
		change(&o)
	}
	g.site, g.app = signInSite(t, s, o)
	return g
}

func signInSite(t testing.TB, s *store.Store, o app.Accounts) (*site, *app.App) {
	t.Helper()
	return signInSiteKey(t, s, o, nil)
}

func signInSiteKey(t testing.TB, s *store.Store, o app.Accounts, key *seal.Key) (*site, *app.App) {
	t.Helper()
	a, err := app.New(app.Options{Store: s, Now: apptest.Clock(&now), Accounts: o, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	w, err := web.New(web.Options{App: a, BaseURL: "https://papers.example"})
	if err != nil {
		t.Fatal(err)
	}
	h := httpkit.New(w.Routes(), httpkit.Options{Error: w.Error, BaseURL: "https://papers.example", Identify: httpkit.CookiesOf("https://papers.example").Identifier(a.Identify)})
	return &site{h, s}, a
}

// browser keeps cookies, as one does.
type browser struct {
	t    testing.TB
	site http.Handler
	jar  map[string]string
}

func (g *gate) browser(t testing.TB) *browser { return &browser{t, g.site, map[string]string{}} }

func (b *browser) send(method, path string, form url.Values) *httptest.ResponseRecorder {
	b.t.Helper()
	r := httptest.NewRequest(method, "https://papers.example"+path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for name, value := range b.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.site.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.jar, c.Name)
		} else {
			b.jar[c.Name] = c.Value
		}
	}
	return w
}

func (b *browser) get(path string) *httptest.ResponseRecorder {
	b.t.Helper()
	return b.send(http.MethodGet, path, nil)
}

// post sends a form given as name, value, … and wants a redirect, whose target it
// gives; another answer is given as its status.
func (b *browser) post(path string, fields ...string) string {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	w := b.send(http.MethodPost, path, form)
	if w.Code == http.StatusSeeOther {
		return w.Header().Get("Location")
	}
	return http.StatusText(w.Code)
}

// who is the name that a browser is signed in as.
func (b *browser) who() string {
	b.t.Helper()
	_, rest, ok := strings.Cut(b.get("/sign-in").Body.String(), "You are signed in as ")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, ".<")
	return name
}

// TestPrintedLink: who has a link of the command line signs in once, by a button
// and not by looking, gets a new session, and is out on the server when they sign
// out.
func TestPrintedLink(t *testing.T) {
	g := newGate(t, nil)
	if _, err := g.app.Console().CreateAccount(t.Context(), "ada", broadsheet.RoleAdmin, "ada@people.example"); err != nil {
		t.Fatal(err)
	}
	link, _, err := g.app.Console().SignInLink(t.Context(), "ada@people.example")
	if err != nil {
		t.Fatal(err)
	}
	b := g.browser(t)
	b.jar["__Host-session"] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" // planted
	for range 2 {                                                // looking uses nothing up
		if w := b.get(link); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Sign in as ada?") {
			t.Fatalf("look at the link: %d", w.Code)
		}
	}
	if to := b.post(link); to != "/papers" || b.who() != "ada" {
		t.Fatalf("use the link: to %s as %q", to, b.who())
	}
	if b.jar["__Host-session"] == "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" {
		t.Error("a planted session was adopted")
	}
	if to := g.browser(t).post(link); to != "Forbidden" {
		t.Errorf("use the link again: %s", to)
	}
	stolen := g.browser(t)
	stolen.jar["__Host-session"] = b.jar["__Host-session"]
	if stolen.who() != "ada" {
		t.Fatal("the copied cookie should work until its owner signs out")
	}
	if to := b.post("/sign-out"); to != "/papers" || b.who() != "" || stolen.who() != "" {
		t.Errorf("after signing out: to %s, here %q, with the stolen cookie %q", to, b.who(), stolen.who())
	}
}

// TestFirstAccount: where there is no account, a link makes the administrator's,
// and no other link does so after it.
func TestFirstAccount(t *testing.T) {
	g := newGate(t, nil)
	first, _, ok, err := g.app.Console().FirstLink(t.Context())
	if err != nil || !ok {
		t.Fatalf("a link for the first account: %v %v", ok, err)
	}
	second, _, _, err := g.app.Console().FirstLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b, other := g.browser(t), g.browser(t)
	if to := b.post(first); to != "/sign-in/name" {
		t.Fatalf("the first link leads to %s", to)
	}
	if to := other.post(second); to != "/sign-in/name" {
		t.Fatalf("the second link leads to %s", to)
	}
	if to := b.post("/sign-in/name", "name", "admin"); to != "Bad Request" {
		t.Errorf("a reserved name: %s", to)
	}
	if to := b.post("/sign-in/name", "name", "Ada"); to != "/admin" || b.who() != "ada" {
		t.Fatalf("choose a name: to %s as %q", to, b.who())
	}
	if a, err := g.store.AccountNamed(t.Context(), "ada"); err != nil || a.Role != broadsheet.RoleAdmin {
		t.Errorf("the first account: %+v %v", a, err)
	}
	if to := other.post("/sign-in/name", "name", "eve"); to != "Conflict" || other.who() != "" {
		t.Errorf("another first account: %s as %q", to, other.who())
	}
	if _, _, ok, err := g.app.Console().FirstLink(t.Context()); err != nil || ok {
		t.Errorf("a link for the first account where there is one: %v %v", ok, err)
	}
}
