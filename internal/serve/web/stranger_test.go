package web_test

import (
	"context"
	"strings"
	"testing"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/auth"
	"broadsheet/internal/lib/seal"
	"broadsheet/internal/store/storetest"
)

func newKeyedGate(t *testing.T) *gate {
	t.Helper()
	g := &gate{t: t}
	o := app.Accounts{Ask: func(_ context.Context, q app.SignInRequest) error { g.asked = append(g.asked, q); return nil }}
	g.site, g.app = signInSiteKey(t, storetest.Open(t), o, &seal.Key{1})
	return g
}

// TestStrangersUseUp: strangers who ask for somebody's mails all day do not keep
// them out of a browser in which they signed in before; another's word does not help.
func TestStrangersUseUp(t *testing.T) {
	g := newKeyedGate(t)
	enter := func(name string) *browser {
		t.Helper()
		apptest.Account(t, g.store, name, broadsheet.RoleMember)
		b := g.browser(t)
		b.post("/sign-in", "address", name+"@people.example")
		if to := b.post(g.mail().Path); to != "/papers" {
			t.Fatalf("sign in as %s: to %s", name, to)
		}
		b.post("/sign-out")
		return b
	}
	ada, eve := enter("ada"), enter("eve")
	for range 5 {
		g.browser(t).post("/sign-in", "address", "ada@people.example")
	}
	g.mails()
	eve.post("/sign-in", "address", "ada@people.example")
	if n := len(g.mails()); n != 0 {
		t.Errorf("a browser of somebody else: %d mails, want none", n)
	}
	for range 12 {
		ada.post("/sign-in", "address", "ada@people.example")
	}
	for _, q := range g.asked {
		if word := ada.jar["__Host-known"]; word == "" || q.Known == word {
			t.Fatalf("the word of the browser is %q, and the request holds %q", word, q.Known)
		}
	}
	if n := len(g.mails()); n != 10 {
		t.Errorf("her own browser: %d mails, want 10", n)
	}
}

// TestStoppedMail: who stopped or reported what is sent every day still signs in;
// an address that is none, or belongs to no account, is sent nothing. The page of
// the account's locks says so.
func TestStoppedMail(t *testing.T) {
	for why, want := range map[broadsheet.SuppressionReason]int{broadsheet.SuppressedBounce: 0, broadsheet.SuppressedComplaint: 1, broadsheet.SuppressedManual: 1} {
		g := newGate(t, nil)
		by := apptest.Account(t, g.store, "ada", broadsheet.RoleMember)
		for _, name := range []string{"ada", "new"} {
			x := broadsheet.Suppression{Channel: broadsheet.ChannelMail, Key: broadsheet.AddressKey(name + "@people.example"), Reason: why, At: now}
			if err := g.store.Suppress(t.Context(), x); err != nil {
				t.Fatal(err)
			}
		}
		g.browser(t).post("/sign-in", "address", "new@people.example")
		if n := len(g.mails()); n != 0 {
			t.Errorf("%s, somebody new: %d mails, want none", why, n)
		}
		g.browser(t).post("/sign-in", "address", "ada@people.example")
		if n := len(g.mails()); n != want {
			t.Errorf("%s, an account's: %d mails, want %d", why, n, want)
		}
		if page := g.in(by).get("/account/security").Body.String(); !strings.Contains(page, "links to sign in") {
			t.Errorf("%s: the page of locks does not tell", why)
		}
	}
}

// TestOldAddress: a link mailed to an address that is not the account's any more
// opens nothing, even where it was made after the change.
func TestOldAddress(t *testing.T) {
	g := newGate(t, nil)
	apptest.Account(t, g.store, "ada", broadsheet.RoleMember)
	b := g.browser(t)
	b.post("/sign-in", "address", "ada@people.example")
	m := g.mail()
	if _, err := g.app.Console().SetAddress(t.Context(), "ada", "new@people.example"); err != nil {
		t.Fatal(err)
	}
	if to := b.post(m.Path); to != "Forbidden" || b.who() != "" {
		t.Errorf("the old address’s link leads to %s as %q", to, b.who())
	}
}

// TestChangesTold: new recovery codes are told, and many API tokens leave room for
// telling it.
func TestChangesTold(t *testing.T) {
	g := newGate(t, nil)
	by := apptest.Account(t, g.store, "ada", broadsheet.RoleMember)
	for range 20 {
		if _, err := g.app.NewAPIToken(t.Context(), by, "x", []broadsheet.Scope{broadsheet.ScopeRead}, 1e15); err != nil {
			t.Fatal(err)
		}
	}
	g.mails()
	if _, err := g.app.NewRecoveryCodes(t.Context(), by); err != nil {
		t.Fatal(err)
	}
	if m := g.mail(); m.Kind != app.MailChanged {
		t.Errorf("after new recovery codes a mail of kind %q, want %q", m.Kind, app.MailChanged)
	}
}

// TestPasskeysAsked: a client that asks for passkeys again and again is stopped,
// and no other is.
func TestPasskeysAsked(t *testing.T) {
	keys, ok, err := auth.NewPasskeys("https://papers.example", "Papers")
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	g := newGate(t, func(o *app.Accounts) { o.Passkeys = keys })
	passed := 0
	for range 120 {
		if _, _, err := g.app.AskPasskey(t.Context(), "192.0.2.1"); err == nil {
			passed++
		} else if broadsheet.KindOf(err) != broadsheet.Limited {
			t.Fatal(err)
		}
	}
	if passed != 100 {
		t.Errorf("one client was asked for a passkey %d times in an hour, want 100", passed)
	}
	if _, _, err := g.app.AskPasskey(t.Context(), "192.0.2.2"); err != nil {
		t.Errorf("another client: %v", err)
	}
}
