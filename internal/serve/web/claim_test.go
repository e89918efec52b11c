package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/serve/web"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// guild is a site with papers that people claim, and browsers of a member, a
// curator and a moderator.
func newGuild(t *testing.T, papers ...broadsheet.Paper) (g *gate, in func(string) *browser) {
	t.Helper()
	s := storetest.Open(t)
	if _, err := s.Put(t.Context(), store.Batch{Papers: papers}); err != nil {
		t.Fatal(err)
	}
	a, err := app.New(app.Options{Store: s, Now: apptest.Clock(&now)})
	if err != nil {
		t.Fatal(err)
	}
	w, err := web.New(web.Options{App: a, BaseURL: "https://papers.example"})
	if err != nil {
		t.Fatal(err)
	}
	generation := 0
	g = &gate{site: &site{httpkit.New(w.Routes(), httpkit.Options{Error: w.Error, BaseURL: "https://papers.example", Identify: httpkit.CookiesOf("https://papers.example").Identifier(a.Identify),
		Now: func() time.Time { return now.Add(time.Duration(generation) * time.Second) }, Generation: func() string { generation++; return strconv.Itoa(generation) }}), s}, app: a}
	browsers := map[string]*browser{"": g.browser(t)}
	for name, role := range map[string]broadsheet.Role{"ada": broadsheet.RoleMember, "bob": broadsheet.RoleMember, "carl": broadsheet.RoleCurator, "mo": broadsheet.RoleModerator} {
		b := g.browser(t)
		c := apptest.Cookie(t, s, apptest.Account(t, s, name, role), now)
		b.jar[c.Name] = c.Value
		browsers[name] = b
	}
	return g, func(name string) *browser { return browsers[name] }
}

// has looks for words on a page.
func (b *browser) has(path string, want ...string) string {
	b.t.Helper()
	w := b.get(path)
	body := w.Body.String()
	if w.Code != http.StatusOK {
		b.t.Errorf("%s answers %d", path, w.Code)
	}
	for _, x := range want {
		if !strings.Contains(body, x) {
			b.t.Errorf("%s lacks %q", path, x)
		}
	}
	return body
}

func claimToken(t *testing.T, g *gate) string {
	t.Helper()
	list, err := g.store.Claims(t.Context(), store.ClaimQuery{Limit: 1})
	if err != nil || len(list) == 0 {
		t.Fatalf("no claim: %v", err)
	}
	return list[0].Token
}

// TestClaimPages walks from a claim to what it brings, as a browser without script
// does.
func TestClaimPages(t *testing.T) {
	const evil = `<img src=x onerror=alert(1)>`
	one := broadsheet.Paper{ID: "2606.00001", Title: "Tea cools", Origin: broadsheet.OriginCatalog, Authors: people("Ada M. Person", "Bo Crumb"), PublishedAt: now}
	two := broadsheet.Paper{ID: "2606.00002", Title: "Tea warms", Origin: broadsheet.OriginCatalog, Authors: people("A. Person"), PublishedAt: now}
	g, in := newGuild(t, one, two)
	stranger, ada, bob, carl, mo := in(""), in("ada"), in("bob"), in("carl"), in("mo")
	stranger.has("/papers/2606.00001", `href="/claims/new?paper=2606.00001"`)
	if to := stranger.post("/claims", "paper", "2606.00001", "author", "1 Ada M. Person"); !strings.HasPrefix(to, "/sign-in?") {
		t.Errorf("a stranger's claim: %s", to)
	}
	ada.has("/claims/new?paper=2606.00001", `value="1 Ada M. Person"`, `value="2 Bo Crumb"`, "A moderator decides, and you are told")
	if strings.Contains(ada.has("/claims/new?paper=2606.00001"), "ORCID") {
		t.Error("a site without ORCID offers it")
	}
	for _, bad := range [][]string{{"paper", "2606.00001"}, {"paper", "2606.00001", "author", "x"}, {"paper", "2606.00001", "author", "1 Ada M. Person", "evidence", strings.Repeat("x", 1001)}} {
		if to := ada.post("/claims", bad...); to != "Bad Request" {
			t.Errorf("claim %.60q: %s", bad, to)
		}
	}
	if to := ada.post("/claims", "paper", "2606.00001", "author", "2 Ada M. Person"); to != "Conflict" {
		t.Errorf("an author that stands elsewhere: %s", to)
	}
	if to := ada.post("/claims", "paper", "2606.00001", "author", "1 Ada M. Person", "evidence", evil); to != "/claims" {
		t.Fatalf("claim: %s", to)
	}
	ada.has("/claims", "Ada M. Person, of 2606.00001", "waits for a moderator", "Withdraw")
	ada.has("/claims/new?paper=2606.00001", "You have claimed to be Ada M. Person")
	if body := stranger.has("/papers/2606.00001"); strings.Contains(body, "@ada") {
		t.Error("a claim that waits is shown")
	}
	if to := ada.post("/papers-links", "paper", "2606.00001", "code", "https://code.example/tea"); to != "Forbidden" {
		t.Errorf("added while the claim waits: %s", to)
	}
	for _, b := range []*browser{ada, bob, carl} {
		if code := b.get("/moderation/claims").Code; code != http.StatusForbidden {
			t.Errorf("the queue of claims answers %d to who is no moderator", code)
		}
	}
	mo.has("/moderation", "Claims and members: 1 claim, 0 requests")
	mo.has("/notifications", "claims to have written “Tea cools”", `href="/moderation/claims"`)
	if body := mo.has("/moderation/claims", "ada claims to be Ada M. Person", "&lt;img src=x"); strings.Contains(body, "<img src=x") {
		t.Error("evidence is markup")
	}
	token := claimToken(t, g)
	if to := mo.post("/moderation/claims", "token", token, "act", "reject"); to != "Bad Request" {
		t.Errorf("rejected without a reason: %s", to)
	}
	if to := mo.post("/moderation/claims", "token", token, "act", "accept"); to != "/moderation/claims?done=accept" {
		t.Fatalf("accepted: %s", to)
	}
	if to := mo.post("/moderation/claims", "token", token, "act", "accept"); to != "Conflict" {
		t.Errorf("accepted twice: %s", to)
	}
	ada.has("/claims", "accepted by a moderator", "Add code, pages, media")
	stranger.has("/papers/2606.00001", `href="/people/ada" title="This author is ada here">@ada</a>`)
	stranger.has("/people/ada", "Author of", "Tea cools")
	stranger.has("/log", "claim", "to be Ada M. Person")

	ada.has("/papers/2606.00001", `href="/papers-links?paper=2606.00001"`)
	ada.has("/papers-links?paper=2606.00001", `name="code"`)
	if code := bob.get("/papers-links?paper=2606.00001").Code; code != http.StatusForbidden {
		t.Errorf("another's form: %d", code)
	}
	w := ada.send(http.MethodPost, "/papers-links", url.Values{"paper": {"2606.00001"}, "code": {"http://127.0.0.1/x"}, "project": {"https://tea.example/"}})
	if body := w.Body.String(); w.Code != http.StatusBadRequest || !strings.Contains(body, "names a machine by its number") || !strings.Contains(body, "https://tea.example/") {
		t.Errorf("a private address: %d", w.Code)
	}
	if to := ada.post("/papers-links", "paper", "2606.00001", "code", "https://code.example/tea\r\n", "media", ""); to != "/papers/2606.00001" {
		t.Errorf("added: %s", to)
	}
	stranger.has("/papers/2606.00001", `href="https://code.example/tea"`)
	stranger.has("/log", "code https://code.example/tea")

	// Ada has the form open since before Carl took the code away and added a picture.
	if to := in("carl").post("/papers-links", "paper", "2606.00001", "code", "", "media", "https://media.example/1.png"); to != "/papers/2606.00001" {
		t.Errorf("a curator's change: %s", to)
	}
	if to := ada.post("/papers-links", "paper", "2606.00001", "code-was", "https://code.example/tea", "code", "https://code.example/tea\r\n", "media-was", "", "media", "", "project-was", "", "project", "https://tea.example/"); to != "/papers/2606.00001" {
		t.Errorf("changed since it was opened: %s", to)
	}
	if page := ada.has("/papers-links?paper=2606.00001", "https://media.example/1.png</textarea>", "https://tea.example/</textarea>", `name="code-was" value=""`, `name="media-was" value="https://media.example/1.png"`); strings.Contains(page, "https://code.example/tea") {
		t.Error("a form that was open before brought back what a curator took away")
	}

	// The second paper, under another name: both names are one author from now on.
	if to := ada.post("/claims", "paper", "2606.00002", "author", "1 A. Person"); to != "/claims" {
		t.Fatalf("second claim: %s", to)
	}
	second := claimToken(t, g)
	if to := mo.post("/moderation/claims", "token", second, "act", "accept"); to != "/moderation/claims?done=accept" {
		t.Fatal(to)
	}
	if w := stranger.get("/authors/a-person"); w.Code != http.StatusTemporaryRedirect || w.Header().Get("Location") != "/authors/ada-m-person" {
		t.Errorf("the other name: %d to %s", w.Code, w.Header().Get("Location"))
	}
	stranger.has("/authors/ada-m-person", "2 papers", "Also as A. Person", "Tea cools", "Tea warms", `href="/people/ada">@ada</a>`)
	if to := bob.post("/claims/withdraw", "token", second); to != "Not Found" {
		t.Errorf("another's claim withdrawn: %s", to)
	}
	if to := ada.post("/claims/withdraw", "token", second); to != "/claims" {
		t.Errorf("withdrawn: %s", to)
	}
	stranger.has("/authors/a-person", "1 paper")
	if to := mo.post("/moderation/authors", "act", "merge", "name", "A. Person", "into", "Ada M. Person", "reason", "her initials"); to != "/moderation/claims?done=merge" {
		t.Errorf("names made one: %s", to)
	}
	if w := stranger.get("/authors/a-person"); w.Code != http.StatusTemporaryRedirect {
		t.Errorf("a name that a moderator gave to another: %d", w.Code)
	}
	if to := mo.post("/moderation/authors", "act", "part", "name", "A. Person", "reason", "no"); to != "/moderation/claims?done=part" {
		t.Errorf("names apart: %s", to)
	}
	without := one // its source names her no more
	without.Authors, without.UpdatedAt = people("Bo Crumb"), now.Add(time.Hour)
	if _, err := g.store.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{without}}); err != nil {
		t.Fatal(err)
	}
	mo.has("/moderation/claims?paper=2606.00001", "Known authors", "Ada M. Person", "Revoke the claim")
	if to := mo.post("/moderation/claims", "token", token, "act", "revoke", "reason", "it was not her"); to != "/moderation/claims?done=revoke" {
		t.Errorf("revoked: %s", to)
	}
	ada.has("/notifications", "revoked: it was not her")
	if body := stranger.has("/papers/2606.00001"); strings.Contains(body, "@ada") {
		t.Error("a revoked claim is shown")
	}
}

// TestMemberPages walks through an organisation's pages.
func TestMemberPages(t *testing.T) {
	p := broadsheet.Paper{ID: "2606.00001", Title: "Tea cools", Origin: broadsheet.OriginCatalog, Authors: people("Ada"), Organizations: []broadsheet.Organization{{Key: "Guild", Name: "The Guild"}}, PublishedAt: now}
	_, in := newGuild(t, p)
	stranger, ada, bob, carl, mo := in(""), in("ada"), in("bob"), in("carl"), in("mo")
	if to := ada.post("/orgs", "key", "lab", "name", "The Lab"); to != "Forbidden" {
		t.Errorf("made by a member: %s", to)
	}
	if w := carl.send(http.MethodPost, "/orgs", url.Values{"key": {"gui1d"}, "name": {"Another"}}); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "an organisation here is called Guild") && !strings.Contains(w.Body.String(), "An organisation here is called Guild") {
		t.Errorf("a look-alike: %d", w.Code)
	}
	carl.has("/orgs", `href="/orgs-new"`)
	if strings.Contains(ada.get("/orgs").Body.String(), "/orgs-new") {
		t.Error("the page of organisations leads a member to what a curator may")
	}
	carl.has("/orgs-new", `name="key"`)
	if to := carl.post("/orgs", "key", "lab", "name", "The Lab"); to != "/orgs/lab/members?done=made" {
		t.Fatalf("made: %s", to)
	}
	stranger.has("/orgs/lab", "The Lab", `href="/people/carl">carl</a>`, `href="/orgs/lab/members"`, "0 papers")
	stranger.has("/orgs/lab/members", "Sign in and ask")
	stranger.has("/orgs/Guild/members", "Nobody yet")
	if w := stranger.get("/orgs/guild/members"); w.Code != http.StatusPermanentRedirect {
		t.Errorf("another case: %d", w.Code)
	}
	if to := stranger.post("/orgs/lab/members", "act", "join"); !strings.HasPrefix(to, "/sign-in?") {
		t.Errorf("a stranger asks: %s", to)
	}
	if to := ada.post("/orgs/lab/members", "act", "join"); to != "/orgs/lab/members?done=join" {
		t.Errorf("ada asks: %s", to)
	}
	ada.has("/orgs/lab/members", "You have asked to be a member", "Take it back")
	if body := bob.has("/orgs/lab/members"); strings.Contains(body, "ada") {
		t.Error("who asked is shown to others")
	}
	mo.has("/moderation/claims", "Asking to be members", "The Lab")
	carl.has("/orgs/lab/members", `aria-label="Accept ada"`)
	if to := bob.post("/orgs/lab/members", "act", "accept", "name", "ada"); to != "Forbidden" {
		t.Errorf("accepted by another: %s", to)
	}
	if to := carl.post("/orgs/lab/members", "act", "accept", "name", "ada"); to != "/orgs/lab/members?done=accept" {
		t.Errorf("accepted: %s", to)
	}
	ada.has("/notifications", "you are a member of lab now")
	stranger.has("/people/ada", `Member of <a href="/orgs/lab/members">The Lab</a>`)
	if to := ada.post("/comments", "paper", "2606.00001", "text", "Indeed."); !strings.HasPrefix(to, "/comments/") {
		t.Fatalf("comment: %s", to)
	}
	stranger.has("/papers/2606.00001", `<a href="/orgs/lab/members">The Lab</a>`)
	if to := carl.post("/orgs/lab/members", "act", "leave"); to != "Conflict" {
		t.Errorf("the last owner leaves: %s", to)
	}
	for _, b := range []*browser{ada, bob} {
		if code := b.get("/orgs/lab/page").Code; code != http.StatusForbidden {
			t.Errorf("form of the page for who does not own it: %d", code)
		}
	}
	if body := carl.has("/orgs/lab/page", `name="description"`); strings.Contains(body, `name="domains"`) {
		t.Error("an owner is offered domains")
	}
	if to := carl.post("/orgs/lab/page", "name", "The Lab", "link", "javascript:alert(1)"); to != "Bad Request" {
		t.Errorf("a script as link: %s", to)
	}
	if to := carl.post("/orgs/lab/page", "name", "The Lab", "description", "<b>We</b> ink.", "link", "https://lab.example/"); to != "/orgs/lab/members?done=page" {
		t.Errorf("changed: %s", to)
	}
	stranger.has("/orgs/lab/members", "&lt;b&gt;We&lt;/b&gt; ink.", `href="https://lab.example/"`)
	if to := carl.post("/orgs/lab/page", "name", "The Lab", "domains", "example.org"); to != "Forbidden" {
		t.Errorf("domains by an owner: %s", to)
	}
	if to := mo.post("/orgs/lab/page", "name", "The Lab", "domains", "people.example, example.org"); to != "/orgs/lab/members?done=page" {
		t.Errorf("domains by a moderator: %s", to)
	}
	if to := bob.post("/orgs/lab/members", "act", "join"); to != "/orgs/lab/members?done=in" {
		t.Errorf("at the domain: %s", to)
	}
	stranger.has("/orgs/lab/members", "by address of mail")
}
