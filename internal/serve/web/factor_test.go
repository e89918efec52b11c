package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/auth"
	"broadsheet/internal/lib/seal"
	"broadsheet/internal/store/storetest"
)

// locked is a site with a key for secrets, and somebody in it.
func locked(t *testing.T) (*gate, app.Actor) {
	g := &gate{t: t}
	s := storetest.Open(t)
	g.site, g.app = signInSiteKey(t, s, app.Accounts{}, &seal.Key{1})
	return g, apptest.Account(t, s, "ada", broadsheet.RoleMember)
}

// between is the text between two others in a page.
func between(t testing.TB, page, before, after string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, before)
	text, _, ok2 := strings.Cut(rest, after)
	if !ok || !ok2 {
		t.Fatalf("the page has nothing between %q and %q:\n%s", before, after, page)
	}
	return text
}

// TestSecondFactor: where an app makes codes no link gets anybody in without one;
// each code and each recovery code works once; wrong ones are few.
func TestSecondFactor(t *testing.T) {
	g, by := locked(t)
	b := g.in(by)
	page := b.get("/account/security/app").Body.String()
	sealed, secret := between(t, page, `name="sealed" value="`, `"`), strings.ReplaceAll(between(t, page, `class="secret">`, "</b>"), " ", "")
	code := func() string {
		text, err := auth.TOTP(secret, auth.Step(now))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	if to := b.post("/account/security/app", "sealed", sealed, "code", "000000"); to != "Bad Request" {
		t.Errorf("a wrong first code: %s", to)
	}
	w := b.send(http.MethodPost, "/account/security/app", url.Values{"sealed": {sealed}, "code": {code()}})
	recovery := strings.Split(between(t, w.Body.String(), `<ol class="codes"><li>`, "</li></ol>"), "</li><li>")
	if len(recovery) != 10 {
		t.Fatalf("%d recovery codes, want 10", len(recovery))
	}
	now0 := now
	defer func() { now = now0 }()
	enter := func() *browser {
		t.Helper()
		link, _, err := g.app.Console().SignInLink(t.Context(), "ada")
		if err != nil {
			t.Fatal(err)
		}
		c := g.browser(t)
		if to := c.post(link); to != "/sign-in/factor" || c.who() != "" {
			t.Fatalf("a link leads to %s as %q", to, c.who())
		}
		return c
	}
	c := enter()
	if to := c.post("/sign-in/factor", "code", code()); to != "Bad Request" || c.who() != "" {
		t.Errorf("the code that set the app up works again: %s", to)
	}
	now = now.Add(time.Minute)
	used := code()
	if to := c.post("/sign-in/factor", "code", used); to != "/papers" || c.who() != "ada" {
		t.Errorf("the code leads to %s as %q", to, c.who())
	}
	c = enter()
	if to := c.post("/sign-in/factor", "code", used); to != "Bad Request" || c.who() != "" {
		t.Errorf("a used code leads to %s", to)
	}
	if to := c.post("/sign-in/factor", "code", strings.ToLower(recovery[0])); to != "/papers" || c.who() != "ada" {
		t.Errorf("a recovery code leads to %s", to)
	}
	c = enter()
	if to := c.post("/sign-in/factor", "code", recovery[0]); to != "Bad Request" || c.who() != "" {
		t.Errorf("a used recovery code leads to %s", to)
	}
	for range 12 {
		c.post("/sign-in/factor", "code", "000000")
	}
	if to := c.post("/sign-in/factor", "code", recovery[1]); to == "/papers" || c.who() != "" {
		t.Errorf("after many wrong codes a right one leads to %s", to)
	}
	// Nothing in the database is a secret in clear.
	for _, word := range append(recovery, secret) {
		if sealed, err := g.store.TOTP(t.Context(), by.Account.ID); err != nil || strings.Contains(sealed, word) {
			t.Errorf("the database holds %q (%v)", word, err)
		}
	}
}

// TestStepUp: an old session must show again who it is before locks change.
func TestStepUp(t *testing.T) {
	g, by := locked(t)
	link, _, err := g.app.Console().SignInLink(t.Context(), by.Account.Name)
	if err != nil {
		t.Fatal(err)
	}
	b := g.browser(t)
	b.post(link)
	now0 := now
	defer func() { now = now0 }()
	now = now.Add(31 * time.Minute)
	for path, fields := range map[string][]string{
		"/account/security": {"do", "recovery"}, "/account/tokens": {"name", "x", "scope", "vote", "days", "1"}, "/account/security/app": {"sealed", "x", "code", "1"}, "/account/with/orcid": nil,
	} {
		if to := b.post(path, fields...); !strings.HasPrefix(to, "/sign-in/again?next=") {
			t.Errorf("%s after half an hour leads to %s", path, to)
		}
	}
	for _, do := range []string{"address", "drop-passkey", "drop-app", "unlink"} {
		if to := b.post("/account/security", "do", do, "address", "x@people.example"); !strings.HasPrefix(to, "/sign-in/again?next=") {
			t.Errorf("%s after half an hour leads to %s", do, to)
		}
	}
	if page := b.get("/sign-in/again?next=%2Faccount%2Ftokens").Body.String(); !strings.Contains(page, "/sign-in?next=%2Faccount%2Ftokens") {
		t.Error("the page does not lead on to signing in")
	}
}

// TestChangeOfAddress: both addresses are asked, the old one first, each by a link
// that works once and only where its owner is signed in.
func TestChangeOfAddress(t *testing.T) {
	g := newGate(t, nil)
	by := apptest.Account(t, g.store, "ada", broadsheet.RoleMember)
	apptest.Account(t, g.store, "eve", broadsheet.RoleMember)
	b, eve := g.in(by), g.in(apptest.Account(t, g.store, "mallory", broadsheet.RoleMember))
	if to := b.post("/account/security", "do", "address", "address", "new@people.example"); to != "/account/security?done=mailed" {
		t.Fatalf("ask: %s", to)
	}
	old := g.mail()
	if old.Kind != app.MailOldAddress || old.To != "ada@people.example" {
		t.Fatalf("the first mail: %+v", old)
	}
	if to := eve.post(old.Path); to != "Forbidden" {
		t.Errorf("a stranger confirms: %s", to)
	}
	b.get(old.Path)
	if to := b.post(old.Path); to != "/account/security?done=mailed" {
		t.Fatalf("confirm the old one: %s", to)
	}
	fresh := g.mail()
	if fresh.Kind != app.MailNewAddress || fresh.To != "new@people.example" {
		t.Fatalf("the second mail: %+v", fresh)
	}
	if have, err := g.store.Addresses(t.Context(), by.Account.ID); err != nil || len(have) != 1 || have[0].Address != "ada@people.example" {
		t.Errorf("before the new one is confirmed: %v %v", have, err)
	}
	if to := b.post(fresh.Path); to != "/account/security?done=address" {
		t.Fatalf("confirm the new one: %s", to)
	}
	if to := b.post(fresh.Path); to != "Forbidden" {
		t.Errorf("confirm it again: %s", to)
	}
	if have, err := g.store.Addresses(t.Context(), by.Account.ID); err != nil || len(have) != 1 || have[0].Address != "new@people.example" {
		t.Errorf("after both: %v %v", have, err)
	}
	// An address that another has: the same answer, and no mail to it.
	if to := b.post("/account/security", "do", "address", "address", "eve@people.example"); to != "/account/security?done=mailed" {
		t.Errorf("an address that another has: %s", to)
	}
	b.post(g.mail().Path)
	if all := g.mails(); len(all) != 0 {
		t.Errorf("an address that another has is sent %+v", all)
	}
	// Another spelling of the mailbox that it has.
	b.post("/account/security", "do", "address", "address", "New+papers@people.example")
	b.post(g.mail().Path)
	if all := g.mails(); len(all) != 1 || all[0].To != "New+papers@people.example" || b.post(all[0].Path) != "/account/security?done=address" {
		t.Errorf("another spelling of the own mailbox is sent %+v, want a mail that changes it", all)
	}
	if have, err := g.store.Addresses(t.Context(), by.Account.ID); err != nil || len(have) != 1 || have[0].Address != "New+papers@people.example" {
		t.Errorf("after another spelling: %v %v, want it alone", have, err)
	}
}

// TestAPITokens: a token opens what its scopes say, as Authorization only, until it
// ends; it is shown once and is not in the database.
func TestAPITokens(t *testing.T) {
	g := newGate(t, nil)
	by := apptest.Account(t, g.store, "ada", broadsheet.RoleMember)
	b := g.in(by)
	if to := b.post("/account/tokens", "name", "script", "days", "30"); to != "Bad Request" {
		t.Errorf("without a scope: %s", to)
	}
	if to := b.post("/account/tokens", "name", "script", "days", "9999", "scope", "vote"); to != "Bad Request" {
		t.Errorf("for too long: %s", to)
	}
	w := b.send(http.MethodPost, "/account/tokens", url.Values{"name": {"script"}, "days": {"30"}, "scope": {"vote", "read"}})
	word := between(t, w.Body.String(), `<code class="secret">`, "</code>")
	if !strings.HasPrefix(word, "bs_") {
		t.Fatalf("the token is %q", word)
	}
	if strings.Contains(b.get("/account/tokens").Body.String(), word) {
		t.Error("the token is shown again")
	}
	who := func() app.Actor {
		ctx, _, err := g.app.Identify(t.Context(), "", word, "")
		if err != nil {
			t.Fatal(err)
		}
		return app.ActorOf(ctx)
	}
	for right, want := range map[app.Right]broadsheet.Kind{app.RightVote: broadsheet.Internal, app.RightRead: broadsheet.Internal, app.RightComment: broadsheet.Denied, app.RightSession: broadsheet.Denied, app.RightCurate: broadsheet.Denied} {
		if err := app.Allowed(who(), right); broadsheet.KindOf(err) != want {
			t.Errorf("%s: %v, want %v", right, err, want)
		}
	}
	ask := func(path, header string) int { return g.get(t, path, "Authorization", header).Code }
	if code := ask("/account/sessions", "Bearer "+word); code != http.StatusForbidden {
		t.Errorf("a token on a page of locks: %d, want 403", code)
	}
	for _, path := range []string{"/account/sessions?access_token=" + word, "/account/sessions?token=" + word} {
		if code := ask(path, ""); code != http.StatusSeeOther {
			t.Errorf("a token in the address: %d, want the way to sign in", code)
		}
	}
	stolen := g.browser(t)
	stolen.jar["__Host-session"] = word
	if stolen.who() != "" {
		t.Error("a token is taken for a session")
	}
	list, err := g.store.APITokens(t.Context(), by.Account.ID)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d tokens (%v)", len(list), err)
	}
	now0 := now
	defer func() { now = now0 }()
	now = now.Add(31 * 24 * time.Hour)
	if who().SignedIn() {
		t.Error("a token outlives its time")
	}
	now = now0
	b.post("/account/tokens", "end", list[0].ID)
	if who().SignedIn() {
		t.Error("a token that was ended still opens something")
	}
}

// TestToSignIn: who must be signed in for something is led to sign in and back,
// and never elsewhere.
func TestToSignIn(t *testing.T) {
	g := newGate(t, nil)
	w := g.browser(t).get("/account/tokens")
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || to != "/sign-in?next=%2Faccount%2Ftokens&to=session" {
		t.Errorf("a page of one's own: %d to %s", w.Code, to)
	}
	apptest.Account(t, g.store, "ada", broadsheet.RoleMember)
	for next, want := range map[string]string{"/account/tokens": "/account/tokens", "//evil.example": "/papers", `/\evil.example`: "/papers", "https://evil.example": "/papers", "javascript:alert(1)": "/papers", "/sign-out": "/papers"} {
		link, _, err := g.app.Console().SignInLink(t.Context(), "ada")
		if err != nil {
			t.Fatal(err)
		}
		_ = link
		b := g.browser(t)
		b.post("/sign-in", "address", "ada@people.example", "next", next)
		all := g.mails()
		if len(all) == 0 { // three a day
			if err := g.store.PruneNotices(t.Context(), now.AddDate(0, 0, 3)); err != nil {
				t.Fatal(err)
			}
			b.post("/sign-in", "address", "ada@people.example", "next", next)
			all = g.mails()
		}
		if to := b.post(all[0].Path); to != want {
			t.Errorf("next %q leads to %s, want %s", next, to, want)
		}
	}
}

// TestFewCodes: an account has three tries an hour at codes of its app, whatever
// browser, network or process they come from; a recovery code gets in all the same.
func TestFewCodes(t *testing.T) {
	g, by := locked(t)
	b := g.in(by)
	page := b.get("/account/security/app").Body.String()
	sealed, secret := between(t, page, `name="sealed" value="`, `"`), strings.ReplaceAll(between(t, page, `class="secret">`, "</b>"), " ", "")
	code, err := auth.TOTP(secret, auth.Step(now))
	if err != nil {
		t.Fatal(err)
	}
	w := b.send(http.MethodPost, "/account/security/app", url.Values{"sealed": {sealed}, "code": {code}})
	recovery := strings.Split(between(t, w.Body.String(), `<ol class="codes"><li>`, "</li></ol>"), "</li><li>")
	for i, want := range []string{"Bad Request", "Bad Request", "Bad Request", "Too Many Requests", "Too Many Requests"} {
		g.site, g.app = signInSiteKey(t, g.store, app.Accounts{}, &seal.Key{1}) // a restart
		link, _, err := g.app.Console().SignInLink(t.Context(), "ada")
		if err != nil {
			t.Fatal(err)
		}
		c := g.browser(t)
		c.post(link)
		if to := c.post("/sign-in/factor", "code", "000000"); to != want {
			t.Errorf("wrong code %d: %s, want %s", i+1, to, want)
		}
		if i == 4 {
			if to := c.post("/sign-in/factor", "code", recovery[0]); to != "/papers" {
				t.Errorf("a recovery code after that: %s, want to be in", to)
			}
		}
	}
}
