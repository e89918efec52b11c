package app_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/store"
)

// lab is a site with one organisation that carl owns.
func newLab(t *testing.T) *guild {
	t.Helper()
	p := work("2606.00001", broadsheet.Author{Name: "Ada"})
	p.Organizations = []broadsheet.Organization{{Key: "Guild", Name: "The Guild"}}
	g := newGuild(t, p)
	if _, err := g.CreateOrganization(t.Context(), g.carl, "lab", "The Lab"); err != nil {
		t.Fatal(err)
	}
	return g
}

func (g *guild) who(org string, by app.Actor) map[string]string {
	g.t.Helper()
	v, err := g.Members(g.t.Context(), by, org)
	if err != nil {
		g.t.Fatal(err)
	}
	out := map[string]string{}
	for _, m := range append(v.Members, v.Waiting...) {
		out[m.By.Key] = string(m.Role) + " " + string(m.State)
	}
	return out
}

func (g *guild) set(by app.Actor, org, name string, act app.MemberAct) {
	g.t.Helper()
	if err := g.SetMember(g.t.Context(), by, org, name, act); err != nil {
		g.t.Fatalf("%s %s: %v", act, name, err)
	}
}

func (g *guild) are(when, org string, by app.Actor, want map[string]string) {
	g.t.Helper()
	if diff := cmp.Diff(want, g.who(org, by)); diff != "" {
		g.t.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

// TestMembers walks through what becomes of memberships.
func TestMembers(t *testing.T) {
	g := newLab(t)
	ctx := t.Context()
	if m, err := g.Join(ctx, g.ada, "lab"); err != nil || m.State != broadsheet.MemberAsked {
		t.Fatalf("ada asks: %+v, %v", m, err)
	}
	g.are("asked, for an owner", "lab", g.carl, map[string]string{"carl": "owner member", "ada": "member asked"})
	g.are("asked, for another", "lab", g.bob, map[string]string{"carl": "owner member"})
	if n, _, err := g.Notifications(ctx, g.carl, 0); err != nil || len(n) != 1 || n[0].Kind != broadsheet.NotifyAccount {
		t.Errorf("the owner was told %v, %v", n, err)
	}
	g.fails("ada accepts herself", g.SetMember(ctx, g.ada, "lab", "ada", app.MemberAccept), broadsheet.Denied)
	g.set(g.carl, "lab", "ada", app.MemberAccept)
	g.set(g.carl, "lab", "@Bob", app.MemberInvite)
	g.are("invited", "lab", g.carl, map[string]string{"carl": "owner member", "ada": "member member", "bob": "member invited"})
	g.fails("nobody invited", g.SetMember(ctx, g.carl, "lab", "nobody", app.MemberInvite), broadsheet.Invalid)
	g.fails("one who is banned", func() error { return g.ban("bob") }(), broadsheet.Invalid)
	if m, err := g.Join(ctx, g.bob, "lab"); err != nil || m.State != broadsheet.MemberIn || m.Proof != broadsheet.MemberByOwner {
		t.Errorf("bob accepts: %+v, %v", m, err)
	}
	g.fails("a member raises", g.SetMember(ctx, g.bob, "lab", "bob", app.MemberRaise), broadsheet.Denied)
	g.fails("the last owner leaves", g.Leave(ctx, g.carl, "lab"), broadsheet.Conflict)
	g.fails("the last owner lowers himself", g.SetMember(ctx, g.carl, "lab", "carl", app.MemberLower), broadsheet.Conflict)
	g.set(g.carl, "lab", "ada", app.MemberRaise)
	if err := g.Leave(ctx, g.carl, "lab"); err != nil {
		t.Fatal(err)
	}
	g.are("carl left", "lab", g.mo, map[string]string{"ada": "owner member", "bob": "member member"})
	g.fails("carl decides no more", g.SetMember(ctx, g.carl, "lab", "bob", app.MemberRemove), broadsheet.Denied)
	g.fails("the last owner removes herself", g.SetMember(ctx, g.ada, "lab", "ada", app.MemberRemove), broadsheet.Conflict)
	g.set(g.mo, "lab", "ada", app.MemberRemove)
	g.set(g.mo, "lab", "bob", app.MemberRaise)
	g.are("a moderator decided", "lab", g.bob, map[string]string{"bob": "owner member"})
	g.set(g.mo, "Guild", "ada", app.MemberRaise)
	g.are("the first owner", "guild", g.bob, map[string]string{"ada": "owner member"})
	g.fails("a second one without asking", g.SetMember(ctx, g.mo, "Guild", "bob", app.MemberRaise), broadsheet.Conflict)
	lines, err := g.store.Actions(ctx, store.ActionQuery{Actor: "mo", Limit: 10})
	if err != nil || len(lines) != 4 || lines[0].Object != "ada" || lines[0].Detail != "owner: Guild" {
		t.Errorf("log: %+v, %v, want four lines", lines, err)
	}
	orgs, err := g.Affiliations(ctx, []int64{g.ada.Account.ID, g.bob.Account.ID, g.carl.Account.ID, g.ada.Account.ID})
	if err != nil || len(orgs) != 2 || orgs[g.ada.Account.ID][0].Name != "The Guild" || orgs[g.bob.Account.ID][0].Key != "lab" {
		t.Errorf("affiliations: %+v, %v", orgs, err)
	}
}

// ban tries to invite an account that is banned.
func (g *guild) ban(name string) error {
	err := g.Moderate(g.t.Context(), g.mo, app.Moderation{Act: broadsheet.ActBan, Kind: broadsheet.ObjectAccount, Object: "ban", Reason: "noise"})
	if err != nil {
		g.t.Fatal(err)
	}
	return g.SetMember(g.t.Context(), g.carl, "lab", "ban", app.MemberInvite)
}

// TestMailDomain: who has a verified address at a domain is a member at once.
func TestMailDomain(t *testing.T) {
	g := newLab(t)
	ctx := t.Context()
	page := app.OrganizationEdit{Key: "lab", Name: "The Lab", Domains: []string{"ple.example"}}
	g.fails("domains by an owner", g.EditOrganization(ctx, g.carl, page), broadsheet.Denied)
	g.fails("a domain that is none", g.EditOrganization(ctx, g.mo, app.OrganizationEdit{Key: "lab", Name: "The Lab", Domains: []string{"example"}}), broadsheet.Invalid)
	if err := g.EditOrganization(ctx, g.mo, page); err != nil {
		t.Fatal(err)
	}
	if m, err := g.Join(ctx, g.ada, "lab"); err != nil || m.State != broadsheet.MemberAsked {
		t.Errorf("an address at people.example, which only ends like the domain: %+v, %v, want a request", m, err)
	}
	page.Domains = []string{"@People.Example."}
	if err := g.EditOrganization(ctx, g.mo, page); err != nil {
		t.Fatal(err)
	}
	for _, by := range []app.Actor{g.ada, g.bob} {
		if m, err := g.Join(ctx, by, "lab"); err != nil || m.State != broadsheet.MemberIn || m.Proof != broadsheet.MemberByDomain || m.Role != broadsheet.MemberPlain {
			t.Errorf("%s at the domain: %+v, %v, want a member", by.Name(), m, err)
		}
	}
	if v, err := g.Members(ctx, g.ada, "lab"); err != nil || v.Page.Domains != nil {
		t.Errorf("the domains are shown to a member: %v, %v", v.Page.Domains, err)
	}
}

// TestJoinsPerHour: who asks and leaves again and again does not write to the owners
// for ever.
func TestJoinsPerHour(t *testing.T) {
	g := newLab(t)
	ctx := t.Context()
	for i := range 21 {
		_, err := g.Join(ctx, g.ada, "lab")
		if got, want := broadsheet.KindOf(err) == broadsheet.Limited && err != nil, i == 20; got != want {
			t.Errorf("request %d of an hour: %v, want it refused %v", i+1, err, want)
		}
		if err := g.Leave(ctx, g.ada, "lab"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := g.Join(ctx, g.bob, "lab"); err != nil {
		t.Errorf("another account: %v", err)
	}
}

// TestOrganizationNames: what could be taken for another organisation is not made.
func TestOrganizationNames(t *testing.T) {
	g := newLab(t)
	ctx := t.Context()
	for _, tt := range []struct {
		key, name string
		want      broadsheet.Kind
	}{
		{"lab", "Another", broadsheet.Conflict}, {"l-ab", "Another", broadsheet.Conflict}, {"iab", "Another", broadsheet.Conflict}, {"another", "the LAB", broadsheet.Conflict}, {"the-lab", "Another", broadsheet.Conflict},
		{"guild", "Another", broadsheet.Conflict}, {"gui1d", "Another", broadsheet.Conflict}, {"another", "The Guιld", broadsheet.Invalid}, {"another", "Тhе Guild", broadsheet.Invalid}, {"ab", "Another", broadsheet.Invalid},
		{"аnother", "Another", broadsheet.Invalid}, {"admin", "Another", broadsheet.Invalid}, {"another", "\u200b", broadsheet.Invalid}, {"another", "", broadsheet.Invalid},
	} {
		_, err := g.CreateOrganization(ctx, g.carl, tt.key, tt.name)
		g.fails(tt.key+", "+tt.name, err, tt.want)
	}
	if _, err := g.CreateOrganization(ctx, g.carl, "press", "The Paper Mill"); err == nil {
		t.Error("a reserved handle was taken")
	}
	if _, err := g.CreateOrganization(ctx, g.carl, "paper-mill", "Бумажная фабрика"); err != nil {
		t.Errorf("a name in another script: %v", err)
	}
	for _, name := range []string{"The Guild", "the GUILD", "The Gui1d", "Guild", "TheGu-ild"} {
		g.fails("renamed as "+name, g.EditOrganization(ctx, g.carl, app.OrganizationEdit{Key: "lab", Name: name}), broadsheet.Conflict)
	}
	g.fails("a private picture", g.EditOrganization(ctx, g.carl, app.OrganizationEdit{Key: "lab", Name: "The Lab", AvatarURL: "http://192.168.0.1/x.png"}), broadsheet.Invalid)
	g.fails("a script as link", g.EditOrganization(ctx, g.carl, app.OrganizationEdit{Key: "lab", Name: "The Lab", Link: "javascript:alert(1)"}), broadsheet.Invalid)
	want := app.OrganizationEdit{Key: "lab", Name: "The Lab of Ink", AvatarURL: "https://lab.example/x.png", Link: "https://lab.example/", Description: "We ink."}
	if err := g.EditOrganization(ctx, g.carl, want); err != nil {
		t.Fatal(err)
	}
	v, err := g.Members(ctx, g.stranger, "lab")
	if err != nil {
		t.Fatal(err)
	}
	got := app.OrganizationEdit{Key: v.Key, Name: v.Name, AvatarURL: v.AvatarURL, Link: v.Page.Link, Description: v.Page.Description}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
}
