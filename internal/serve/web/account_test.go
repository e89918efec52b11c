package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/auth"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// mails does what was asked for, as the job does, and gives what would be sent.
func (g *gate) mails() (out []app.SignInMail) {
	for _, q := range g.asked {
		if m, ok, err := g.app.PrepareSignIn(g.t.Context(), q); err != nil {
			g.t.Fatal(err)
		} else if ok {
			out = append(out, m)
		}
	}
	g.asked = nil
	return out
}

// mail is the one mail that was asked for.
func (g *gate) mail() app.SignInMail {
	g.t.Helper()
	all := g.mails()
	if len(all) != 1 {
		g.t.Fatalf("%d mails, want one", len(all))
	}
	return all[0]
}

// in signs somebody in by a cookie.
func (g *gate) in(by app.Actor) *browser {
	b := g.browser(g.t)
	c := apptest.Cookie(g.t, g.store, by, now)
	b.jar[c.Name] = c.Value
	return b
}

// TestMailedLink: a link and a code open an account, and sign in to it, in the
// browser that asked and once; looking uses nothing up; elsewhere the link shows
// the code only; after ten minutes neither works.
func TestMailedLink(t *testing.T) {
	g := newGate(t, nil)
	b := g.browser(t)
	if to := b.post("/sign-in", "address", "Ada@People.Example", "next", "/papers/2606.00001"); to != "/sign-in/code" {
		t.Fatalf("ask: to %s", to)
	}
	m := g.mail()
	if m.Kind != app.MailSignUp || m.To != "Ada@people.example" {
		t.Fatalf("the mail: %+v", m)
	}
	other := g.browser(t)
	if page := other.get(m.Path).Body.String(); !strings.Contains(page, "Your code is "+m.Code) || strings.Contains(page, "<button>Sign in") {
		t.Error("in another browser the link does not show the code, or has a button")
	}
	if to := other.post(m.Path); to != "Forbidden" {
		t.Errorf("in another browser the link leads to %s", to)
	}
	if to := other.post("/sign-in/code", "code", m.Code); to != "Forbidden" {
		t.Errorf("in another browser the code leads to %s", to)
	}
	for range 3 {
		b.get(m.Path)
		b.send(http.MethodHead, m.Path, nil)
	}
	if to := b.post(m.Path); to != "/sign-in/name" {
		t.Fatalf("the link leads to %s", to)
	}
	if to := b.post(m.Path); to != "Forbidden" {
		t.Errorf("the link leads a second time to %s", to)
	}
	if to := b.post("/sign-in/code", "code", m.Code); to != "Forbidden" {
		t.Errorf("after the link the code leads to %s", to)
	}
	if to := b.post("/sign-in/name", "name", "ada"); to != "/papers/2606.00001" || b.who() != "ada" {
		t.Fatalf("choose a name: to %s as %q", to, b.who())
	}

	b = g.browser(t)
	b.post("/sign-in", "address", "ada@people.example")
	m = g.mail()
	if m.Kind != app.MailSignIn {
		t.Fatalf("the second mail: %+v", m)
	}
	if to := b.post("/sign-in/code", "code", " "+strings.ToLower(m.Code)+" "); to != "/papers" || b.who() != "ada" {
		t.Errorf("the code leads to %s as %q", to, b.who())
	}

	b = g.browser(t)
	b.post("/sign-in", "address", "ada@people.example")
	m = g.mail()
	now0 := now
	now = now.Add(10*time.Minute + time.Second)
	defer func() { now = now0 }()
	if to := b.post(m.Path); to != "Forbidden" {
		t.Errorf("after ten minutes the link leads to %s", to)
	}
	if to := b.post("/sign-in/code", "code", m.Code); to != "Forbidden" {
		t.Errorf("after ten minutes the code leads to %s", to)
	}
}

// TestWrongCodes: five wrong codes void the right one.
func TestWrongCodes(t *testing.T) {
	g := newGate(t, nil)
	apptest.Account(t, g.store, "ada", broadsheet.RoleMember)
	b := g.browser(t)
	b.post("/sign-in", "address", "ada@people.example")
	m := g.mail()
	for range 5 {
		if to := b.post("/sign-in/code", "code", "2222-2222"); to != "Forbidden" {
			t.Fatalf("a wrong code leads to %s", to)
		}
	}
	if to := b.post("/sign-in/code", "code", m.Code); to != "Forbidden" || b.who() != "" {
		t.Errorf("after five wrong codes the right one leads to %s", to)
	}
}

// TestParallelSignIn: of a hundred posts of one link at once one signs in, and of
// as many that choose a name one makes an account.
func TestParallelSignIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := &gate{t: t}
		g.site, g.app = signInSite(t, s, app.Accounts{})
		first, _, _, err := g.app.Console().FirstLink(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		race := func(path string, form func(i int) url.Values, jar map[string]string) (won []*browser) {
			var mu sync.Mutex
			var all sync.WaitGroup
			for i := range 100 {
				all.Go(func() {
					b := g.browser(t)
					for k, v := range jar {
						b.jar[k] = v
					}
					if w := b.send(http.MethodPost, path, form(i)); w.Code == http.StatusSeeOther {
						mu.Lock()
						won = append(won, b)
						mu.Unlock()
					}
				})
			}
			all.Wait()
			return won
		}
		won := race(first, func(int) url.Values { return nil }, nil)
		if len(won) != 1 {
			t.Fatalf("%d of 100 posts of a link won, want 1", len(won))
		}
		won = race("/sign-in/name", func(i int) url.Values { return url.Values{"name": {fmt.Sprintf("ada-%dx", i)}} }, won[0].jar)
		if len(won) != 1 || won[0].who() == "" {
			t.Fatalf("%d of 100 posts of a name won, want 1", len(won))
		}
		if list, err := s.Accounts(t.Context(), store.AccountQuery{Limit: 10}); err != nil || len(list) != 1 {
			t.Errorf("%d accounts, want 1 (%v)", len(list), err)
		}
	})
}

// TestSameAnswerToAll: who asks for a link gets the same answer, and starts the
// same work, whether the address has an account, may have one, is deleted or banned.
func TestSameAnswerToAll(t *testing.T) {
	g := newGate(t, nil)
	apptest.Account(t, g.store, "ada", broadsheet.RoleMember)
	banned := apptest.Account(t, g.store, "mallory", broadsheet.RoleMember)
	if err := g.store.SetBan(t.Context(), banned.Account.ID, true, time.Time{}, broadsheet.Action{}); err != nil {
		t.Fatal(err)
	}
	first := ""
	for i, address := range []string{"ada@people.example", "nobody@people.example", "mallory@people.example", "ada+mark@people.example"} {
		b := g.browser(t)
		w := b.send(http.MethodPost, "/sign-in", url.Values{"address": {address}})
		got := fmt.Sprint(w.Code, w.Header().Get("Location"), w.Body, len(b.jar), b.get("/sign-in/code").Body)
		if len(g.asked) != i+1 {
			t.Errorf("%s: %d requests were taken, want %d", address, len(g.asked), i+1)
		}
		if first == "" {
			first = got
		}
		if got != first {
			t.Errorf("%s: the answer differs:\n%s\n%s", address, got, first)
		}
	}
	kinds := []app.SignInKind{}
	for _, m := range g.mails() {
		kinds = append(kinds, m.Kind)
	}
	if want := []app.SignInKind{app.MailSignIn, app.MailSignUp, app.MailSignIn, app.MailOther}; !slices.Equal(kinds, want) {
		t.Errorf("mails of kinds %v, want %v", kinds, want)
	}
}

// TestSignInLimits: a mailbox is sent three mails a day however it is spelt, a
// client asks twenty times an hour.
func TestSignInLimits(t *testing.T) {
	g := newGate(t, nil)
	for i := range 25 {
		b := g.browser(t)
		to := b.post("/sign-in", "address", fmt.Sprintf("Ada+%d@people.example", i))
		if want := map[bool]string{true: "/sign-in/code", false: "Too Many Requests"}[i < 20]; to != want {
			t.Errorf("request %d: %s, want %s", i+1, to, want)
		}
	}
	if n := len(g.mails()); n != 3 {
		t.Errorf("%d mails to one mailbox in a day, want 3", n)
	}
}

// TestRelayAway: a mail that is tried again and again, because its relay is away,
// counts as one of the day.
func TestRelayAway(t *testing.T) {
	g := newGate(t, nil)
	apptest.Account(t, g.store, "ada", broadsheet.RoleMember)
	for i := range 3 {
		g.browser(t).post("/sign-in", "address", "ada@people.example")
		q := g.asked[0]
		for try := range 4 {
			if _, ok, err := g.app.PrepareSignIn(t.Context(), q); !ok || err != nil {
				t.Errorf("request %d, try %d: a mail %v (%v), want one", i+1, try+1, ok, err)
			}
		}
		g.asked = nil
	}
	g.browser(t).post("/sign-in", "address", "ada@people.example")
	if n := len(g.mails()); n != 0 {
		t.Errorf("the fourth request: %d mails, want none", n)
	}
}

// TestNoUserText: nothing that somebody typed stands in a first mail but the
// address that it goes to.
func TestNoUserText(t *testing.T) {
	g := newGate(t, nil)
	g.browser(t).post("/sign-in", "address", "ada@people.example", "next", "/papers/BUYNOW", "invite", "BUYNOW", "name", "BUYNOW")
	if text := fmt.Sprintf("%+v", g.mail()); strings.Contains(text, "BUYNOW") {
		t.Errorf("the mail holds what somebody typed: %s", text)
	}
}

// TestRegistration: who may open an account is what the rules say.
func TestRegistration(t *testing.T) {
	for _, c := range []struct {
		how             broadsheet.Registration
		address, invite string
		want            bool
	}{
		{broadsheet.RegistrationOpen, "ada@people.example", "", true},
		{broadsheet.RegistrationOpen, "ada@people.example", "no", true},
		{broadsheet.RegistrationOpen, "ada@people.example", "yes", true},
		{broadsheet.RegistrationDomain, "ada@lab.example", "", true},
		{broadsheet.RegistrationDomain, "ada@cs.lab.example", "", true},
		{broadsheet.RegistrationDomain, "ada@lab.example", "no", true},
		{broadsheet.RegistrationDomain, "ada@lab.example", "yes", true},
		{broadsheet.RegistrationDomain, "ada@notlab.example", "", false},
		{broadsheet.RegistrationDomain, "ada@people.example", "yes", true},
		{broadsheet.RegistrationInvite, "ada@people.example", "", false},
		{broadsheet.RegistrationInvite, "ada@people.example", "no", false},
		{broadsheet.RegistrationInvite, "ada@people.example", "yes", true},
		{broadsheet.RegistrationClosed, "ada@people.example", "yes", false},
	} {
		g := newGate(t, nil)
		rules := broadsheet.DefaultRules()
		rules.Registration, rules.Domains = c.how, []string{"lab.example"}
		if err := g.store.PutSetting(t.Context(), "rules", rules, now); err != nil {
			t.Fatal(err)
		}
		if err := g.store.PutInvite(t.Context(), auth.Hash("invite", "yes"), broadsheet.Invite{ID: "i", Uses: 1, CreatedAt: now, ExpiresAt: now.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		b := g.browser(t)
		b.post("/sign-in", "address", c.address, "invite", c.invite)
		all := g.mails()
		if got := len(all) == 1; got != c.want {
			t.Errorf("%s, %s with the invitation %q: a mail %v, want %v", c.how, c.address, c.invite, got, c.want)
			continue
		}
		if !c.want {
			continue
		}
		if to := b.post(all[0].Path); to != "/sign-in/name" {
			t.Errorf("%s: the link leads to %s", c.how, to)
		}
		if to := b.post("/sign-in/name", "name", "ada"); b.who() != "ada" {
			t.Errorf("%s: the name leads to %s", c.how, to)
		}
		needed := c.invite == "yes" && (c.how == broadsheet.RegistrationInvite || c.address == "ada@people.example" && c.how == broadsheet.RegistrationDomain)
		if ok, err := g.store.InviteHolds(t.Context(), auth.Hash("invite", "yes"), now); ok == needed || err != nil {
			t.Errorf("%s, %s with the invitation %q: it still holds %v (%v), want %v", c.how, c.address, c.invite, ok, err, !needed)
		}
	}
}

// TestRulesWhileNaming: who was let in and has no name yet is held to the rules that
// are made meanwhile.
func TestRulesWhileNaming(t *testing.T) {
	g := newGate(t, nil)
	b := g.browser(t)
	b.post("/sign-in", "address", "ada@people.example")
	b.post(g.mail().Path)
	root := apptest.Account(t, g.store, "root-ada", broadsheet.RoleAdmin)
	if err := g.app.SetRules(t.Context(), root, "", func(r *broadsheet.Rules) error { r.Registration = broadsheet.RegistrationClosed; return nil }); err != nil {
		t.Fatal(err)
	}
	if to := b.post("/sign-in/name", "name", "ada"); to != "Forbidden" || b.who() != "" {
		t.Errorf("on a site that was closed meanwhile the name leads to %s as %q, want Forbidden", to, b.who())
	}
}

// TestNameCollisions: no two accounts have names or mailboxes that people or
// servers take for the same.
func TestNameCollisions(t *testing.T) {
	g := newGate(t, nil)
	apptest.Account(t, g.store, "paul", broadsheet.RoleMember)
	if err := g.store.PutPeople(t.Context(), []broadsheet.Person{{Key: "Akhaliq", Name: "AK"}}); err != nil {
		t.Fatal(err)
	}
	b := g.browser(t)
	b.post("/sign-in", "address", "new@people.example")
	b.post(g.mail().Path)
	for _, name := range []string{"paul", "PAUL", "pau1", "p-aul", "akhaliq", "admin", "раul", "pa\u200bul", ""} {
		if to := b.post("/sign-in/name", "name", name); to != "Conflict" && to != "Bad Request" {
			t.Errorf("the name %q leads to %s", name, to)
		}
	}
	if to := b.post("/sign-in/name", "name", "newcomer"); b.who() != "newcomer" {
		t.Errorf("a free name leads to %s", to)
	}
	for _, c := range []struct {
		address string
		want    app.SignInKind
	}{{"NEW@PEOPLE.EXAMPLE", app.MailSignIn}, {"new+x@people.example", app.MailOther}, {"nеw@people.example", ""}} {
		w := g.browser(t)
		w.post("/sign-in", "address", c.address)
		got := app.SignInKind("")
		if all := g.mails(); len(all) == 1 {
			got = all[0].Kind
		}
		if got != c.want {
			t.Errorf("%s: a mail of kind %q, want %q", c.address, got, c.want)
		}
	}
}

// TestSessions: sessions end by themselves, one by one and all at once, and an
// administrator's sooner; a list shows them; a stranger cannot end them.
func TestSessions(t *testing.T) {
	now0 := now
	defer func() { now = now0 }()
	g := newGate(t, nil)
	enter := func(name string) *browser {
		t.Helper()
		link, _, err := g.app.Console().SignInLink(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		b := g.browser(t)
		b.post(link)
		return b
	}
	for name, role := range map[string]broadsheet.Role{"ada": broadsheet.RoleMember, "root-ada": broadsheet.RoleAdmin, "eve": broadsheet.RoleMember} {
		apptest.Account(t, g.store, name, role)
	}
	one, two, three, eve, admin := enter("ada"), enter("ada"), enter("ada"), enter("eve"), enter("root-ada")
	page := one.get("/account/sessions").Body.String()
	if n := strings.Count(page, `name="end"`); n != 4 {
		t.Errorf("the list has %d buttons, want 3 and one for all others", n)
	}
	id := func(b *browser) string {
		_, _, err := g.app.Identify(t.Context(), b.jar["__Host-session"], "", "")
		if err != nil {
			t.Fatal(err)
		}
		ctx, _, _ := g.app.Identify(t.Context(), b.jar["__Host-session"], "", "")
		return app.ActorOf(ctx).Session
	}
	eve.post("/account/sessions", "end", id(two))
	if two.who() != "ada" {
		t.Error("a stranger ended somebody's session")
	}
	one.post("/account/sessions", "end", id(two))
	if two.who() != "" || three.who() != "ada" {
		t.Errorf("after ending one: it is %q, another %q", two.who(), three.who())
	}
	one.post("/account/sessions", "end", "others")
	if one.who() != "ada" || three.who() != "" {
		t.Errorf("after ending all others: here %q, there %q", one.who(), three.who())
	}
	now = now.Add(8 * 24 * time.Hour)
	if one.who() != "ada" || admin.who() != "" {
		t.Errorf("after 8 days: a member is %q, an administrator %q", one.who(), admin.who())
	}
	now = now.Add(29 * 24 * time.Hour)
	if one.who() != "ada" || eve.who() != "" {
		t.Errorf("after 29 days more: who came in between is %q, who did not %q", one.who(), eve.who())
	}
	for range 16 {
		now = now.Add(25 * 24 * time.Hour)
		one.who()
	}
	if one.who() != "" {
		t.Error("a session outlived its year by being used")
	}
}

// TestBanned: who is banned may sign in and do nothing that changes the site.
func TestBanned(t *testing.T) {
	g := newGate(t, nil)
	by := apptest.Account(t, g.store, "mallory", broadsheet.RoleModerator)
	b := g.in(by)
	if _, err := g.app.Console().Ban(t.Context(), "mallory", "spam", now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if b.who() != "mallory" || b.get("/account/sessions").Code != http.StatusOK {
		t.Error("who is banned cannot see their own account")
	}
	ctx, _, err := g.app.Identify(t.Context(), b.jar["__Host-session"], "", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Allowed(app.ActorOf(ctx), app.RightVote); broadsheet.KindOf(err) != broadsheet.Denied {
		t.Errorf("who is banned votes: %v", err)
	}
	now0 := now
	defer func() { now = now0 }()
	now = now.Add(2 * time.Hour)
	ctx, _, _ = g.app.Identify(t.Context(), b.jar["__Host-session"], "", "")
	if err := app.Allowed(app.ActorOf(ctx), app.RightVote); err != nil {
		t.Errorf("after the ban: %v", err)
	}
}
