package boot

import (
	"context"
	"database/sql"
	"fmt"
	"html"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/auth"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/store"

	"github.com/google/go-cmp/cmp"
)

// looking is what may change by looking, and why. A column that is missing here
// and changes all the same is a GET that does something.
var looking = map[string]string{
	"sessions.seen_at":   "the list of sessions says when each was last used; written at most once an hour",
	"accounts.seen_at":   "administrators see when somebody was last here; written with the session's",
	"api_tokens.used_at": "the list of tokens says when each was last used; written at most once an hour",
}

const (
	crawlSite  = "https://papers.example"
	crawlMost  = 1500 // addresses that one person asks for
	crawlAlike = 3    // of one shape, such as the pages of a search
)

// crawlNumber is what differs between addresses of one shape.
var crawlNumber = regexp.MustCompile(`[0-9a-f]{24}|[0-9]+`)

// TestNothingChangesByLooking crawls a site that holds something of all that people
// do: every GET of the table of routes, and every address that the answers lead to,
// as a stranger, a member, a moderator, an administrator, and with a program's
// token. Whatever was asked for, the database is what it was before, but for looking.
func TestNothingChangesByLooking(t *testing.T) {
	w := newCrawl(t)
	for _, name := range []string{"stranger", "member", "moderator", "admin", "program"} {
		t.Run(name, func(t *testing.T) { w.as(t, name) })
	}
	for _, path := range []string{"/papers", "/papers/2606.20001", "/account", "/account/security", "/account/sessions", "/account/tokens", "/account/data/file", "/notifications", "/notifications/choices",
		"/submissions", "/queue", "/moderation", "/admin", "/admin/rules", "/admin/accounts", "/log", "/people/member-x", "/report?kind=paper&object=2606.20001", "/search?q=gulls",
		w.path["comment"], w.path["comment"] + "/edit", w.path["comment"] + "/history", w.path["submission"], "/claims", "/claims/new?paper=2606.20001", "/moderation/claims", "/orgs-new", "/orgs/tern-lab/members", "/account/invites", "/rules", "/comments", "/api/v1/me", "/api/v1/notifications"} {
		if w.met[path] == 0 {
			t.Errorf("nobody saw %s", path)
		}
	}
}

// newCrawl serves a site that holds something of all that people do, and whose
// search knows it.
func newCrawl(t *testing.T) *crawl {
	t.Helper()
	c := load(t, map[string]string{"site-url": crawlSite, "mail-from": "Papers <papers@papers.example>", "mail-relays": "smtp://localhost:1"})
	s, err := OpenStore(t.Context(), c.Database, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if _, err := s.Put(t.Context(), store.Batch{Papers: surfacePapers()}); err != nil {
		t.Fatal(err)
	}
	p, err := newProgram(s, c, Options{Version: "test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	w := &crawl{store: s, app: p.app, site: p.servers[0].Handler.(*httpkit.Handler), who: map[string]app.Actor{}, met: map[string]int{}}
	w.fill(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); p.search.run(ctx) }()
	t.Cleanup(func() { cancel(); <-ended; p.search.close() })
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if at, ok := p.search.Indexed(); ok && at != "" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the papers are not indexed after 20 s")
		}
	}
	return w
}

// crawl is the site and what was seen of it.
type crawl struct {
	store *store.Store
	app   *app.App
	site  *httpkit.Handler
	who   map[string]app.Actor
	path  map[string]string // of what fill made
	met   map[string]int    // how often an address answered
	asked int
	look  func(path string, rec *httptest.ResponseRecorder) // at each answer; may be nil
}

// fill has people do something of all that can be done.
func (w *crawl) fill(t *testing.T) {
	t.Helper()
	ctx, now := t.Context(), time.Now()
	do := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	for name, role := range map[string]broadsheet.Role{"member": broadsheet.RoleMember, "other": broadsheet.RoleMember, "moderator": broadsheet.RoleModerator, "admin": broadsheet.RoleAdmin} {
		w.who[name] = apptest.Account(t, w.store, name+"-x", role)
	}
	me, other, admin := w.who["member"], w.who["other"], w.who["admin"]
	const paper = "2606.20001"
	said, err := w.app.Comment(ctx, me, app.Remark{Paper: paper, Text: "Which $x$, @other-x?"})
	do("comment", err)
	_, err = w.app.EditComment(ctx, me, said.Token, said.Version, "Which $y$, @other-x? See https://gulls.example/")
	do("edit", err)
	answer, err := w.app.Comment(ctx, other, app.Remark{Paper: paper, Parent: said.Token, Text: "That one, @member-x."})
	do("answer", err)
	_, _, err = w.app.VoteComment(ctx, other, said.Token, 1)
	do("vote on a comment", err)
	_, err = w.app.Vote(ctx, me, paper, true)
	do("vote", err)
	do("report", w.app.Report(ctx, me, broadsheet.Flag{Kind: broadsheet.ObjectComment, Object: answer.Token, Reason: broadsheet.FlagRude, Text: "It shouts."}))
	do("report a paper", w.app.Report(ctx, me, broadsheet.Flag{Kind: broadsheet.ObjectPaper, Object: "2606.20003", Reason: broadsheet.FlagWrong}))
	claim, err := w.app.Claim(ctx, me, app.NewClaim{Paper: paper, Position: 1, Name: "Ada Person", Evidence: "I am."})
	do("claim", err)
	_, err = w.app.CreateOrganization(ctx, admin, "tern-lab", "Tern Lab")
	do("organisation", err)
	do("profile", w.store.PutProfile(ctx, me.Account.ID, store.Profile{FullName: "Mem Ber", Bio: "Counts gulls.", Affiliation: "Gull Lab", Links: []string{"https://gulls.example/me"}}))
	do("picture", w.store.PutAccountPicture(ctx, me.Account.ID, store.AccountPicture{Key: "abcdef", Type: "image/png", Body: []byte("\x89PNG\r\n\x1a\n")}))
	do("rules", w.app.SetRules(ctx, admin, "they are tired", func(r *broadsheet.Rules) error {
		r.Registration, r.Text = broadsheet.RegistrationInvite, "Be *kind*."
		return nil
	}))
	invite, err := w.app.Invite(ctx, admin, app.InviteDraft{Note: "for Bo", Uses: 2, Days: 7})
	do("invite", err)
	submission := ""
	for i, state := range []broadsheet.SubmissionState{broadsheet.SubmissionDraft, broadsheet.SubmissionQueued} {
		x, _, err := w.store.PutSubmission(ctx, broadsheet.Submission{Token: broadsheet.NewObjectID(), Account: me.Account.ID, Typed: "2606.20006", Ident: fmt.Sprint("2606.2000", 6+i), State: state,
			Paper: fmt.Sprint("2606.2000", 6+i), Comment: "See this.", AskedAt: now})
		do("submission", err)
		submission = x.Token
	}
	reader, err := w.store.PutRecipient(ctx, broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: "bo@reader.example", Key: broadsheet.AddressKey("bo@reader.example"), Salt: "0123456789abcdef", CreatedAt: now})
	do("recipient", err)
	subscription, err := w.store.PutSubscription(ctx, broadsheet.Subscription{RecipientID: reader.ID, Token: strings.Repeat("ab", 16), State: broadsheet.SubscriptionActive,
		Wish:      broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Hour: 7, Zone: time.UTC}, MaxPapers: 10},
		CreatedAt: now, ConfirmedAt: now, DueAt: now.Add(time.Hour)})
	do("subscription", err)
	apptest.Token(t, w.store, me, broadsheet.ScopeRead)
	w.path = map[string]string{"comment": "/comments/" + said.Token, "submission": "/submissions/" + submission, "invite": invite, "claim": claim.Token, "subscription": subscription.Token}
}

// values fill patterns, by how they begin; the first that fits counts.
func (w *crawl) values() [][2]string {
	token := func(name string) string { return w.path[name][strings.LastIndex(w.path[name], "/")+1:] }
	return [][2]string{
		{"/comments/{token}", token("comment")}, {"/submissions/{token}", token("submission")}, {"/subscriptions/{token}", token("subscription")}, {"/api/v1/comments/{id}", token("comment")},
		{"/api/v1/submissions/{id}", token("submission")}, {"/claims/{token}", token("claim")}, {"/api/v1/lists/{kind}/{key}", "authors/ada-person"}, {"/api/v1/lists/{kind}", "hot"},
		{"/api/v1/organizations/{key}", "gull-lab"}, {"/orgs/{key}", "gull-lab"}, {"/submitters/{key}", "ada"}, {"/authors/{key}", "ada-person"}, {"/api/v1/authors/{key}", "ada-person"},
		{"/people/{name}", "member-x"}, {"/admin/accounts/{name}", "member-x"}, {"/categories/{name}", "cs.LG"}, {"/keywords/{word}", "sea%20birds"}, {"/pictures/{key}", "abcdef"},
		{"/papers/week/{week}", "2026-W27"}, {"/papers/month/{month}", "2026-06"}, {"/papers/archive/{year}", "2026"}, {"/cards/days/{file}", "2026-06-29.png"}, {"/cards/papers/{id...}", "2606.20001.png"},
		{"/static/{name...}", "site.js"}, {"/{$}", ""}, {"/papers/{id...}", "2606.20001"}, {"/", "2606.20001"},
	}
}

var crawlWild = regexp.MustCompile(`\{[a-z$]+(\.\.\.)?\}`)

// fillPath is a route's pattern with what is there, as far as something is.
func (w *crawl) fillPath(rt httpkit.Route) string {
	for _, v := range w.values() {
		if strings.HasPrefix(rt.Pattern, v[0]) {
			pattern := rt.Pattern
			if strings.Contains(v[0], "{") { // one value may stand for all that the beginning names
				at := strings.Index(pattern, "{")
				pattern = pattern[:at] + v[1] + pattern[len(v[0]):]
			}
			return crawlWild.ReplaceAllString(pattern, v[1]) + rt.Suffix
		}
	}
	return rt.Pattern + rt.Suffix
}

// asking gives requests what tells who asks. A session was last used hours ago, so
// that its first request is one that is noted.
func (w *crawl) asking(t *testing.T, name string) func(*http.Request) {
	t.Helper()
	switch name {
	case "stranger":
		return func(*http.Request) {}
	case "program":
		word := apptest.Token(t, w.store, w.who["admin"], broadsheet.Scopes...)
		return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+word) }
	}
	word, now := auth.NewToken(), time.Now()
	err := w.store.PutSession(t.Context(), auth.Hash("session", word), broadsheet.Session{ID: broadsheet.NewObjectID(), AccountID: w.who[name].Account.ID,
		CreatedAt: now.Add(-3 * time.Hour), SeenAt: now.Add(-2 * time.Hour), ExpiresAt: now.AddDate(0, 1, 0), ProvedAt: now, Client: "192.0.2.1", Agent: "a test"}, "")
	if err != nil {
		t.Fatal(err)
	}
	return func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "__Host-session", Value: word}) }
}

var crawlLink = regexp.MustCompile(`(?:href|src|action)="([^"]*)"`)

// as crawls for one person.
func (w *crawl) as(t *testing.T, name string) {
	set := w.asking(t, name)
	before := w.hold(t)
	steady := before.writes
	var todo []string
	for _, rt := range w.site.Routes() {
		if rt.Method == http.MethodGet {
			todo = append(todo, w.fillPath(rt))
		}
	}
	todo = append(todo, w.path["invite"], "/report?kind=comment&object="+w.path["comment"][len("/comments/"):], "/report?kind=paper&object=2606.20001",
		"/moderation/object?kind=paper&object=2606.20003", "/comments/"+w.path["comment"][len("/comments/"):]+"/reply?quote=1", "/go?to=2606.20001", "/log?kind=paper", "/search?q=gulls", "/claims/new?paper=2606.20001",
		"/papers-links?paper=2606.20001", "/orgs/tern-lab/members")
	named := len(todo)
	seen, shapes := map[string]bool{}, map[string]int{}
	for len(todo) > 0 && len(seen) < crawlMost {
		path := todo[0]
		todo, named = todo[1:], named-1
		if seen[path] {
			continue
		}
		seen[path] = true
		at, query, _ := strings.Cut(path, "?")
		q, _ := url.ParseQuery(query)
		shape := crawlNumber.ReplaceAllString(at, "#") + "?" + strings.Join(slices.Sorted(maps.Keys(q)), "&")
		if shapes[shape]++; named < 0 && shapes[shape] > crawlAlike {
			continue
		}
		for _, method := range []string{http.MethodHead, http.MethodGet} {
			w.asked++
			r := httptest.NewRequest(method, crawlSite+path, nil)
			r.RemoteAddr = fmt.Sprintf("10.%d.%d.1:1024", w.asked>>8&255, w.asked&255) // many places: none is limited
			set(r)
			rec := httptest.NewRecorder()
			w.site.ServeHTTP(rec, r)
			if rec.Code >= 500 {
				t.Errorf("%s %s: status %d: %.300s", method, path, rec.Code, wording(rec.Body.String()))
			}
			if rec.Code < 400 {
				w.met[path]++
			}
			if w.look != nil {
				w.look(path, rec)
			}
			todo = append(todo, w.links(path, rec)...)
			if now := w.writes(t); now != steady { // something was written: what?
				steady = now
				if d := cmp.Diff(before.rows, w.hold(t).rows); d != "" {
					t.Fatalf("%s %s changed the database (-before +after):\n%s", method, path, d)
				}
			}
		}
	}
	if d := cmp.Diff(before.rows, w.hold(t).rows); d != "" {
		t.Errorf("looking as %s changed the database (-before +after):\n%s", name, d)
	}
	if n := w.writes(t) - before.writes; n > 2 {
		t.Errorf("that %s was here is written in %d rows, want at most two, once", name, n)
	}
	if len(seen) < 150 {
		t.Errorf("only %d addresses were asked for", len(seen))
	}
	t.Logf("%d addresses of %d shapes, %d left", len(seen), len(shapes), len(todo))
}

// links are the addresses of this site that an answer leads to.
func (w *crawl) links(path string, rec *httptest.ResponseRecorder) (out []string) {
	to := []string{rec.Header().Get("Location")}
	if strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") {
		for _, m := range crawlLink.FindAllStringSubmatch(rec.Body.String(), -1) {
			to = append(to, html.UnescapeString(m[1]))
		}
	}
	base, err := url.Parse(crawlSite + path)
	if err != nil {
		return nil
	}
	for _, link := range to {
		u, err := base.Parse(link)
		if link != "" && err == nil && u.Scheme+"://"+u.Host == crawlSite {
			out = append(out, u.RequestURI())
		}
	}
	return out
}

// held is all that a database holds: of each table its rows, as text.
type held struct {
	rows   map[string][]string
	writes int64 // rows that were written since the program began
}

// writes counts the rows that the one connection that writes has written.
func (w *crawl) writes(t *testing.T) (n int64) {
	t.Helper()
	if err := w.store.Writer().QueryRowContext(t.Context(), `SELECT total_changes()`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// hold reads all tables, without the columns of looking.
func (w *crawl) hold(t *testing.T) held {
	t.Helper()
	db := w.store.Writer()
	h := held{rows: map[string][]string{}, writes: w.writes(t)}
	for _, table := range texts(t, db, `SELECT name FROM sqlite_master WHERE type = 'table'`) {
		var columns []string
		for _, name := range texts(t, db, `SELECT name FROM pragma_table_info(?)`, table) {
			if looking[table+"."+name] == "" {
				columns = append(columns, `quote("`+name+`")`)
			}
		}
		h.rows[table] = texts(t, db, `SELECT `+strings.Join(columns, ` || ' ' || `)+` FROM "`+table+`"`)
		slices.Sort(h.rows[table])
	}
	if len(h.rows) < 40 || len(h.rows["comments"]) == 0 || len(h.rows["flags"]) == 0 || len(h.rows["claims"]) == 0 || len(h.rows["notifications"]) == 0 {
		t.Fatalf("the database holds too little to be a test: %d tables", len(h.rows))
	}
	return h
}

// texts reads a column of texts.
func texts(t *testing.T, db *sql.DB, query string, args ...any) (out []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var x string
		if err := rows.Scan(&x); err != nil {
			t.Fatal(err)
		}
		out = append(out, x)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
