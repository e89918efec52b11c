package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/auth"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// guild is a site where people claim papers and belong to organisations.
type guild struct {
	*app.App
	t                      *testing.T
	store                  *store.Store
	ada, bob, carl, mo     app.Actor // members, a curator, a moderator
	root, banned, stranger app.Actor
}

func newGuild(t *testing.T, papers ...broadsheet.Paper) *guild {
	t.Helper()
	s := storetest.Open(t)
	g := &guild{t: t, store: s}
	g.ada, g.bob, g.carl = apptest.Account(t, s, "ada", broadsheet.RoleMember), apptest.Account(t, s, "bob", broadsheet.RoleMember), apptest.Account(t, s, "carl", broadsheet.RoleCurator)
	g.mo, g.root, g.banned = apptest.Account(t, s, "mo", broadsheet.RoleModerator), apptest.Account(t, s, "root", broadsheet.RoleAdmin), apptest.Account(t, s, "ban", broadsheet.RoleMember)
	g.banned.Account.State = broadsheet.AccountBanned
	for i := range papers {
		papers[i].PublishedAt = wednesday.Add(-time.Duration(i) * time.Hour)
	}
	if _, err := s.Put(t.Context(), store.Batch{Papers: papers}); err != nil {
		t.Fatal(err)
	}
	var err error
	if g.App, err = app.New(app.Options{Store: s, Now: func() time.Time { return wednesday }}); err != nil {
		t.Fatal(err)
	}
	return g
}

func work(id string, authors ...broadsheet.Author) broadsheet.Paper {
	return broadsheet.Paper{ID: id, Title: "Work " + id, Origin: broadsheet.OriginCatalog, Authors: authors}
}

func (g *guild) claim(by app.Actor, paper string, position int, name string) broadsheet.Claim {
	g.t.Helper()
	c, err := g.Claim(g.t.Context(), by, app.NewClaim{Paper: paper, Position: position, Name: name, Evidence: "see https://ada.example/"})
	if err != nil {
		g.t.Fatalf("claim %s, author %d: %v", paper, position, err)
	}
	return c
}

func (g *guild) fails(what string, err error, want broadsheet.Kind) {
	g.t.Helper()
	if err == nil || broadsheet.KindOf(err) != want {
		g.t.Errorf("%s: %v, want it %v", what, err, want)
	}
}

// TestClaimProofs: what is proof, and what only looks like it.
func TestClaimProofs(t *testing.T) {
	const orcid = "0000-0002-1825-0097"
	for _, tt := range []struct {
		name   string
		paper  broadsheet.Paper
		orcid  string // of ada
		noMail bool   // the rules take no addresses
		want   broadsheet.ClaimProof
	}{
		{name: "the ORCID iD", paper: work("2606.00001", broadsheet.Author{Name: "Zed", ORCID: orcid}), orcid: orcid, want: broadsheet.ProofORCID},
		{name: "another ORCID iD", paper: work("2606.00001", broadsheet.Author{Name: "Ada", ORCID: "0000-0001-5109-3700", Affiliation: "ada@people.example"}), orcid: orcid},
		{name: "the iD of a co-author", paper: work("2606.00001", broadsheet.Author{Name: "Ada"}, broadsheet.Author{Name: "Bo", ORCID: orcid}), orcid: orcid},
		{name: "no iDs", paper: work("2606.00001", broadsheet.Author{Name: "ada"})},
		{name: "address in the affiliation", paper: work("2606.00001", broadsheet.Author{Name: "A. Person", Affiliation: "The Lab (ADA@people.example)"}, broadsheet.Author{Name: "Bo"}), want: broadsheet.ProofAddress},
		{name: "address where rules take none", paper: work("2606.00001", broadsheet.Author{Name: "A. Person", Affiliation: "ada@people.example"}), noMail: true},
		{name: "address of a co-author's", paper: work("2606.00001", broadsheet.Author{Name: "A. Person"}, broadsheet.Author{Name: "Bo", Affiliation: "ada@people.example"})},
		{name: "domain alone", paper: work("2606.00001", broadsheet.Author{Name: "A. Person", Affiliation: "people.example"})},
		{name: "end of a longer address", paper: work("2606.00001", broadsheet.Author{Name: "A. Person", Affiliation: "not.ada@people.example"})},
		{name: "after a letter of another script", paper: work("2606.00001", broadsheet.Author{Name: "A. Person", Affiliation: "éada@people.example"})},
		{name: "a longer domain", paper: work("2606.00001", broadsheet.Author{Name: "A. Person", Affiliation: "ada@people.example.evil"})},
		{name: "look-alike address", paper: work("2606.00001", broadsheet.Author{Name: "A. Person", Affiliation: "аda@people.example"})},
		{name: "note of a paper by one", paper: func() broadsheet.Paper {
			p := work("2606.00001", broadsheet.Author{Name: "A. Person"})
			p.Note = "write to ada@people.example."
			return p
		}(), want: broadsheet.ProofAddress},
		{name: "note of a paper by two", paper: func() broadsheet.Paper {
			p := work("2606.00001", broadsheet.Author{Name: "A. Person"}, broadsheet.Author{Name: "Bo"})
			p.Note = "write to ada@people.example."
			return p
		}()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newGuild(t, tt.paper)
			g.ada.Account.ORCID = tt.orcid
			if tt.noMail {
				if err := g.SetRules(t.Context(), g.root, "", func(r *broadsheet.Rules) error { r.ClaimByAddress = false; return nil }); err != nil {
					t.Fatal(err)
				}
			}
			c := g.claim(g.ada, "2606.00001", 1, tt.paper.Authors[0].Name)
			state := broadsheet.ClaimWaiting
			if tt.want != "" {
				state = broadsheet.ClaimAccepted
			}
			if c.Proof != tt.want || c.State != state {
				t.Errorf("claim of %+v is %s by %q, want %s by %q", tt.paper.Authors, c.State, c.Proof, state, tt.want)
			}
		})
	}
}

// TestClaimRights: who may do what to claims and what hangs on them.
func TestClaimRights(t *testing.T) {
	g := newGuild(t, work("2606.00001", broadsheet.Author{Name: "Ada"}, broadsheet.Author{Name: "Bob"}))
	ctx := t.Context()
	own := g.claim(g.ada, "2606.00001", 1, "Ada")
	scoped := app.Actor{Account: g.ada.Account, Scopes: []broadsheet.Scope{broadsheet.ScopeRead}}
	tries := map[string]func(app.Actor) error{
		"claim": func(by app.Actor) error {
			_, err := g.Claim(ctx, by, app.NewClaim{Paper: "2606.00001", Position: 2, Name: "Bob"})
			return err
		},
		"form":     func(by app.Actor) error { _, err := g.ClaimForm(ctx, by, "2606.00001"); return err },
		"withdraw": func(by app.Actor) error { _, err := g.WithdrawClaim(ctx, by, own.Token); return err },
		"own":      func(by app.Actor) error { _, _, err := g.OwnClaims(ctx, by, 0); return err },
		"cases":    func(by app.Actor) error { _, err := g.ClaimCases(ctx, by, ""); return err },
		"decide":   func(by app.Actor) error { _, err := g.DecideClaim(ctx, by, own.Token, false, "no"); return err },
		"revoke":   func(by app.Actor) error { _, err := g.RevokeClaim(ctx, by, own.Token, "no"); return err },
		"edit": func(by app.Actor) error {
			_, err := g.EditPaper(ctx, by, app.PaperLinks{Paper: "2606.00001", Code: []string{"https://code.example/x"}})
			return err
		},
		"merge": func(by app.Actor) error { return g.MergeAuthors(ctx, by, "Ada", "Bob", "same") },
		"part":  func(by app.Actor) error { return g.PartAuthor(ctx, by, "Ada", "not the same") },
		"make":  func(by app.Actor) error { _, err := g.CreateOrganization(ctx, by, "lab", "Lab"); return err },
		"asked": func(by app.Actor) error { _, err := g.MembershipsAsked(ctx, by); return err },
		"mine":  func(by app.Actor) error { _, err := g.OwnMemberships(ctx, by); return err },
		"join":  func(by app.Actor) error { _, err := g.Join(ctx, by, "lab"); return err },
		"leave": func(by app.Actor) error { return g.Leave(ctx, by, "lab") },
		"set":   func(by app.Actor) error { return g.SetMember(ctx, by, "lab", "bob", app.MemberInvite) },
		"page": func(by app.Actor) error {
			return g.EditOrganization(ctx, by, app.OrganizationEdit{Key: "lab", Name: "Lab"})
		},
		"waiting": func(by app.Actor) error { _, err := g.ClaimsWaiting(ctx, by); return err },
	}
	for name, try := range tries {
		g.fails(name+" by a stranger", try(g.stranger), broadsheet.Unauthenticated)
		g.fails(name+" by a token without the scope", skip(name, try(scoped)), broadsheet.Denied)
		if name != "own" && name != "mine" { // who is banned may read what is theirs
			g.fails(name+" by somebody banned", try(g.banned), broadsheet.Denied)
		}
	}
	for _, name := range []string{"cases", "decide", "revoke", "edit", "merge", "part", "make", "asked", "waiting"} {
		g.fails(name+" by another member", tries[name](g.bob), broadsheet.Denied)
	}
	g.fails("withdraw by another member", tries["withdraw"](g.bob), broadsheet.NotFound)
	for _, name := range []string{"cases", "decide", "revoke", "merge", "part", "asked"} {
		g.fails(name+" by a curator", tries[name](g.carl), broadsheet.Denied)
	}
	g.fails("edit while the claim waits", tries["edit"](g.ada), broadsheet.Denied)
	own2 := g.claim(g.mo, "2606.00001", 2, "Bob")
	_, err := g.DecideClaim(ctx, g.mo, own2.Token, true, "")
	g.fails("a moderator's own claim", err, broadsheet.Denied)
	_, err = g.DecideClaim(ctx, g.mo, own.Token, false, " ")
	g.fails("rejected without a reason", err, broadsheet.Invalid)
	if _, err = g.DecideClaim(ctx, g.mo, own.Token, true, ""); err != nil {
		t.Fatal(err)
	}
	_, err = g.DecideClaim(ctx, g.root, own.Token, false, "no")
	g.fails("decided twice", err, broadsheet.Conflict)
	if err := tries["edit"](g.ada); err != nil {
		t.Errorf("edit by the claimed author: %v", err)
	}
	if _, err := g.RevokeClaim(ctx, g.mo, own.Token, "it was somebody else"); err != nil {
		t.Fatal(err)
	}
	g.fails("edit after the claim was revoked", tries["edit"](g.ada), broadsheet.Denied)
}

// skip lets pass what a token that may read may do.
func skip(name string, err error) error {
	if name == "own" || name == "mine" {
		return &broadsheet.Error{Kind: broadsheet.Denied}
	}
	return err
}

// TestClaimEffects: what an accepted claim brings.
func TestClaimEffects(t *testing.T) {
	g := newGuild(t, work("2606.00001", broadsheet.Author{Name: "Ada M. Person"}, broadsheet.Author{Name: "Bob"}), work("2606.00002", broadsheet.Author{Name: "A. Person"}))
	ctx := t.Context()
	for paper, name := range map[string]string{"2606.00001": "Ada M. Person", "2606.00002": "A. Person"} {
		if _, err := g.DecideClaim(ctx, g.mo, g.claim(g.ada, paper, 1, name).Token, true, ""); err != nil {
			t.Fatal(err)
		}
	}
	l, err := g.Author(ctx, "a-person", app.View{})
	if err != nil {
		t.Fatal(err)
	}
	got := []any{l.List.Key, l.Name, l.Also, l.Total, len(l.Papers), l.Accounts}
	if diff := cmp.Diff([]any{"ada-m-person", "Ada M. Person", []string{"A. Person"}, 2, 2, []broadsheet.Person{{Key: "ada"}}}, got); diff != "" {
		t.Errorf("author (-want +got):\n%s", diff)
	}
	if _, err := g.Comment(ctx, g.bob, app.Remark{Paper: "2606.00001", Text: "Well done."}); err != nil {
		t.Fatal(err)
	}
	if n, _, err := g.Notifications(ctx, g.ada, 0); err != nil || len(n) != 3 || n[0].Kind != broadsheet.NotifyPaper {
		t.Errorf("the author was told %v, %v, want of two decisions and a comment", n, err)
	}
	p, err := g.Whole(ctx, []string{"2606.00001"})
	if err != nil {
		t.Fatal(err)
	}
	x, err := g.Authorships(ctx, p)
	if err != nil || x["2606.00001"].Participating || x["2606.00001"].Authors[1].By.Key != "ada" {
		t.Errorf("authorship before the author speaks: %+v, %v", x, err)
	}
	if _, err := g.Comment(ctx, g.ada, app.Remark{Paper: "2606.00001", Text: "Thank you."}); err != nil {
		t.Fatal(err)
	}
	if x, err = g.Authorships(ctx, p); err != nil || !x["2606.00001"].Participating {
		t.Errorf("authorship when the author speaks: %+v, %v", x, err)
	}
	d, err := g.Discussion(ctx, g.bob, "2606.00001", "", 1)
	if err != nil {
		t.Fatal(err)
	}
	badges := map[string]bool{}
	for _, c := range d.Flat {
		badges[c.By.Name] = c.Author
	}
	if diff := cmp.Diff(map[string]bool{"ada": true, "bob": false}, badges); diff != "" {
		t.Errorf("badges (-want +got):\n%s", diff)
	}
	if err := g.MergeAuthors(ctx, g.mo, "Bob", "Ada M. Person", "he married"); err != nil {
		t.Fatal(err)
	}
	if l, err = g.Author(ctx, "Bob", app.View{}); err != nil || l.List.Key != "ada-m-person" || l.Total != 2 {
		t.Errorf("merged author: %+v, %v", l, err)
	}
	g.fails("into nobody", g.MergeAuthors(ctx, g.mo, "Bob", "Nobody", "x"), broadsheet.Invalid)
}

// TestPaperLinks: addresses that are taken, and those that are not.
func TestPaperLinks(t *testing.T) {
	p := work("2606.00001", broadsheet.Author{Name: "Ada"})
	p.Links = []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "https://code.example/old"}, {Kind: broadsheet.LinkProject, URL: "http://10.0.0.1/as-its-source-says"}}
	p.Organizations = []broadsheet.Organization{{Key: "lab", Name: "The Lab"}}
	q := work("2606.00002", broadsheet.Author{Name: "Bo"})
	q.Organizations = []broadsheet.Organization{{Key: "Guild", Name: "The Guild"}}
	g := newGuild(t, p, q)
	ctx := t.Context()
	if _, err := g.DecideClaim(ctx, g.mo, g.claim(g.ada, "2606.00001", 1, "Ada").Token, true, ""); err != nil {
		t.Fatal(err)
	}
	if err := g.SetRules(ctx, g.root, "", func(r *broadsheet.Rules) error { r.BlockedDomains = []string{"spam.example"}; return nil }); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"javascript:alert(1)", "data:text/html,x", "ftp://code.example/x", "//code.example/x", "code.example/x", "https://u:p@code.example/", "http://127.0.0.1/", "http://[::1]/", "http://2130706433/", "http://0x7f000001/",
		"http://0177.0.0.1/", "https://localhost/", "https://printer.local/", "https://intranet/", "https://wiki.corp/", "https://169.254.169.254/latest", "https://127.0.0\u30021/", "https://\uff11\uff12\uff17.0.0.\uff11/", "https://printer.\uff4cocal/", "https://code.example/\u202egpj", "https://code.example/a b", "https://code.example/\"><script>", "https://" + strings.Repeat("a", 2000) + ".example/"} {
		_, err := g.EditPaper(ctx, g.ada, app.PaperLinks{Paper: "2606.00001", Code: []string{bad}})
		g.fails(fmt.Sprintf("%.60q", bad), err, broadsheet.Invalid)
	}
	_, err := g.EditPaper(ctx, g.ada, app.PaperLinks{Paper: "2606.00001", Project: []string{"https://www.spam.example/x"}})
	g.fails("a blocked domain", err, broadsheet.Denied)
	_, err = g.EditPaper(ctx, g.ada, app.PaperLinks{Paper: "2606.00001", Media: []string{"https://a.example/1", "https://a.example/2", "https://a.example/3", "https://a.example/4", "https://a.example/5", "https://a.example/6"}})
	g.fails("six of a kind", err, broadsheet.Invalid)
	_, err = g.EditPaper(ctx, g.ada, app.PaperLinks{Paper: "2606.00001", Organizations: []string{"guild"}})
	g.fails("an organisation that she is no member of", err, broadsheet.Invalid)
	_, err = g.EditPaper(ctx, g.carl, app.PaperLinks{Paper: "2606.00001", Organizations: []string{"no such lab"}})
	g.fails("an organisation that is not here", err, broadsheet.Invalid)
	_, err = g.EditPaper(ctx, g.carl, app.PaperLinks{Paper: "2606.00001", Organizations: []string{"lab", "Lab", "LAB", "l-ab", "la-b", "l.ab"}})
	g.fails("six names of organisations, of which each is looked for", err, broadsheet.Invalid)

	edit := func(by app.Actor, in app.PaperLinks, links []string, orgs []string) {
		t.Helper()
		in.Paper = "https://arxiv.org/abs/2606.00001v2"
		if _, err := g.EditPaper(ctx, by, in); err != nil {
			t.Fatalf("edit %+v: %v", in, err)
		}
		got, err := g.Paper(ctx, "2606.00001")
		if err != nil {
			t.Fatal(err)
		}
		var urls, keys []string
		for _, l := range got.Links {
			urls = append(urls, l.URL)
		}
		for _, o := range got.Organizations {
			keys = append(keys, o.Key)
		}
		if diff := cmp.Diff([][]string{links, orgs}, [][]string{urls, keys}); diff != "" {
			t.Errorf("after %+v (-want +got):\n%s", in, diff)
		}
	}
	was := "http://10.0.0.1/as-its-source-says"
	edit(g.ada, app.PaperLinks{Code: []string{"https://code.example/new", "https://code.example/old"}, Project: []string{was}}, []string{"https://code.example/new", "https://code.example/old", was}, []string{"lab"})
	edit(g.ada, app.PaperLinks{Code: []string{"https://code.example/old", "https://code.example/new"}}, []string{"https://code.example/old", "https://code.example/new", was}, []string{"lab"})
	edit(g.carl, app.PaperLinks{Code: []string{""}, Project: []string{}, Media: []string{"https://m.example/1.png", "https://m.example/2.png"}, Organizations: []string{"The Guild", "lab"}},
		[]string{"https://m.example/1.png", "https://m.example/2.png"}, []string{"Guild", "lab"})
	edit(g.ada, app.PaperLinks{Organizations: []string{"lab"}}, []string{"https://m.example/1.png", "https://m.example/2.png"}, []string{"lab"})
	log, err := g.store.Actions(ctx, store.ActionQuery{Act: broadsheet.ActEdit, Limit: 10})
	if err != nil || len(log) != 4 || log[3].Actor != "ada" || log[3].Paper != "2606.00001" {
		t.Errorf("log: %+v, %v, want four lines", log, err)
	}
}

// TestHints: names are hints only, and letters of other scripts are told.
func TestHints(t *testing.T) {
	for _, tt := range []struct{ author, account, want string }{
		{"Ada Person", "", ""}, {"Ada Person", "ada PERSON", "which anybody can type"}, {"Ada M. Person", "Alan Person", "may be the author’s"}, {"Ada Person", "Person Ada", "may be the author’s"},
		{"Ada Person", "Zed Other", "another name: Zed Other"}, {"Ada Person", "Аda Person", "letters of another script"}, {"José Müller", "Jose Muller", "which anybody can type"},
	} {
		g := newGuild(t, work("2606.00001", broadsheet.Author{Name: tt.author}))
		account := g.named(tt.account)
		g.claim(account, "2606.00001", 1, tt.author)
		cases, err := g.ClaimCases(t.Context(), g.mo, "")
		if err != nil || len(cases) != 1 {
			t.Fatalf("cases: %v, %v", cases, err)
		}
		if got := strings.Join(cases[0].Hints, "; "); !strings.Contains(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("%q claimed by %q: hints %q, want %q", tt.author, tt.account, got, tt.want)
		}
	}
}

func (g *guild) named(full string) app.Actor {
	g.t.Helper()
	x, err := g.store.CreateAccount(context.Background(), store.NewAccount{Account: broadsheet.Account{Token: broadsheet.NewObjectID(), Name: "somebody", FullName: full, Role: broadsheet.RoleMember, State: broadsheet.AccountActive, CreatedAt: wednesday, SeenAt: wednesday}, Skeleton: auth.Skeleton("somebody"), Assigned: true})
	if err != nil {
		g.t.Fatal(err)
	}
	return app.Actor{Account: &x}
}

// TestClaimsOfAPaper: what waits of one paper is shown however much waits before it.
func TestClaimsOfAPaper(t *testing.T) {
	var papers []broadsheet.Paper
	for i := range 201 {
		papers = append(papers, work(fmt.Sprintf("2606.%05d", i+1), broadsheet.Author{Name: "Ada"}))
	}
	g := newGuild(t, papers...)
	for _, p := range papers {
		if _, _, err := g.store.PutClaim(t.Context(), store.ClaimDraft{Account: g.ada.Account.ID, Handle: "ada", Paper: p.ID, Position: 1, Name: "Ada", At: wednesday}); err != nil {
			t.Fatal(err)
		}
	}
	last := papers[200].ID
	cases, err := g.ClaimCases(t.Context(), g.mo, last)
	if err != nil || len(cases) != 1 || cases[0].Paper != last {
		t.Errorf("claims of the last paper: %d, %v, want the one that waits", len(cases), err)
	}
}
