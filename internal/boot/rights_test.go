package boot

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestRights walks the table of routes of the real program. Each route that is
// Private or an Action is asked by each kind of person, and by programs with API
// tokens, and what happened is compared with the table of rights in package app.
//
// A route whose path or form names something that must be there, and above all one
// for things that belong to somebody, has a line in rightsCases. Who adds a route
// adds a line where the route
//   - wants a form that is whole before it looks at rights: form;
//   - has values in its path that the defaults (below) do not fit: path;
//   - is for the owner of what it names: owned. Then "owner" is who owns what make
//     gave, and another member must be denied, or told that there is nothing.

// rightsCase says how to ask a route.
type rightsCase struct {
	form string // of an Action
	json string // body of an Action that takes JSON, instead of form
	// make puts what the route is about into the store, for an owner, and gives the
	// path to ask for, with a form after a blank where form cannot know it; it is called
	// anew for each who asks. nil: the pattern with the default values.
	make  func(t *testing.T, w *rightsWorld) string
	owned bool
	also  app.Right // that it needs too
	// wide also lets those who have a right do it to what others own; a token needs its
	// scope too.
	wide app.Right
}

var rightsCases = map[string]rightsCase{
	"GET /api/v1/comments/{id}":          {make: func(t *testing.T, w *rightsWorld) string { return "/api/v1/comments/" + w.comment(t) }, owned: true},
	"PATCH /api/v1/comments/{id}":        {make: func(t *testing.T, w *rightsWorld) string { return "/api/v1/comments/" + w.comment(t) }, owned: true, json: `{"text":"Coffee","version":1}`},
	"DELETE /api/v1/comments/{id}":       {make: func(t *testing.T, w *rightsWorld) string { return "/api/v1/comments/" + w.comment(t) }, owned: true},
	"GET /api/v1/submissions/{id}":       {make: func(t *testing.T, w *rightsWorld) string { return "/api/v1/submissions/" + w.draft(t) }, owned: true},
	"POST /api/v1/submissions/{id}/send": {make: func(t *testing.T, w *rightsWorld) string { return "/api/v1/submissions/" + w.draft(t) + "/send" }, owned: true, json: `{}`},
	"DELETE /api/v1/submissions/{id}":    {make: func(t *testing.T, w *rightsWorld) string { return "/api/v1/submissions/" + w.draft(t) }, owned: true},
	"POST /mcp":                          {json: `{"jsonrpc":"2.0","id":1,"method":"ping"}`},
	"POST /votes":                        {form: "up=2606.20001"},
	"POST /comments":                     {form: "paper=2606.20001&text=Tea"},
	"POST /comments/votes":               {form: "up=" + nowhere},
	"POST /queue":                        {form: "act=reject&reason=No&token=" + nowhere},
	"POST /features":                     {form: "feature=2606.20001"},
	"GET /submissions/{token}":           {make: func(t *testing.T, w *rightsWorld) string { return "/submissions/" + w.draft(t) }, owned: true},
	"POST /submissions/{token}":          {make: func(t *testing.T, w *rightsWorld) string { return "/submissions/" + w.draft(t) }, owned: true},
	"POST /submissions/{token}/withdraw": {make: func(t *testing.T, w *rightsWorld) string { return "/submissions/" + w.draft(t) + "/withdraw" }, owned: true},
	"POST /notifications":                {form: "through=1"},
	"GET /comments/{token}/react":        {also: app.RightComment},                                   // it reads the comment as who answers one does
	"POST /account/tokens":               {form: "name=x&scope=read&days=7", also: app.RightProfile}, // who is banned makes none
	"POST /account/invites":              {form: "note=x&uses=1&days=7", also: app.RightProfile},     // who is banned invites nobody
	"POST /comments/reactions":           {form: "comment=" + nowhere + "&reaction=heart"},
	"GET /comments/{token}/edit":         {make: func(t *testing.T, w *rightsWorld) string { return "/comments/" + w.comment(t) + "/edit" }, owned: true},
	"POST /comments/{token}/edit":        {make: func(t *testing.T, w *rightsWorld) string { return "/comments/" + w.comment(t) + "/edit" }, owned: true, form: "text=Coffee&version=1"},
	"GET /comments/{token}/delete":       {make: func(t *testing.T, w *rightsWorld) string { return "/comments/" + w.comment(t) + "/delete" }, owned: true},
	"POST /comments/{token}/delete":      {make: func(t *testing.T, w *rightsWorld) string { return "/comments/" + w.comment(t) + "/delete" }, owned: true, form: "version=1"},
}

// nowhere is a public object id that nothing has.
const nowhere = "000000000000000000000000"

// rightsDefaults fill patterns: the first whose name fits.
var rightsDefaults = map[string]string{"id": "2606.20001", "name": "ada", "key": "ada-person", "token": nowhere, "paper": "2606.20001"}

// rightsWorld is a site with a person of each kind.
type rightsWorld struct {
	store *store.Store
	site  *httpkit.Handler
	app   *app.App
	who   map[string]app.Actor
}

func newRightsWorld(t *testing.T) *rightsWorld {
	t.Helper()
	s := storetest.Open(t)
	if _, err := s.Put(t.Context(), store.Batch{Papers: surfacePapers()}); err != nil {
		t.Fatal(err)
	}
	c := load(t, nil)
	p, err := newProgram(s, c, Options{Version: "test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	w := &rightsWorld{store: s, site: p.servers[0].Handler.(*httpkit.Handler), app: p.app, who: map[string]app.Actor{"anonymous": {}}}
	for name, role := range map[string]broadsheet.Role{"member": broadsheet.RoleMember, "owner": broadsheet.RoleMember, "banned": broadsheet.RoleMember,
		"curator": broadsheet.RoleCurator, "moderator": broadsheet.RoleModerator, "admin": broadsheet.RoleAdmin} {
		w.who[name] = apptest.Account(t, s, name+"-x", role)
	}
	banned := w.who["banned"].Account
	if _, err := s.Writer().ExecContext(t.Context(), `UPDATE accounts SET state = 'banned' WHERE id = $1`, banned.ID); err != nil {
		t.Fatal(err)
	}
	banned.State = broadsheet.AccountBanned
	return w
}

// comment is one of the owner's.
func (w *rightsWorld) comment(t *testing.T) string {
	t.Helper()
	by, text := w.who["owner"].Account, "Tea "+broadsheet.NewObjectID()
	c, err := w.store.PutComment(t.Context(), store.CommentDraft{Paper: "2606.20001", Account: by.ID, Name: by.Name, Text: text, HTML: "<p>" + text + "</p>", Plain: text, Renderer: 1, At: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	return c.Token
}

// draft is a submission of the owner's that is not sent yet.
func (w *rightsWorld) draft(t *testing.T) string {
	t.Helper()
	token := broadsheet.NewObjectID()
	_, _, err := w.store.PutSubmission(t.Context(), broadsheet.Submission{Token: token, Account: w.who["owner"].Account.ID, Typed: "2606.20001", Ident: "x:" + token,
		State: broadsheet.SubmissionDraft, AskedAt: time.Now(), Found: &broadsheet.Paper{ID: "x:" + token, Title: "Tea " + token, PublishedAt: time.Now()}})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// asker is who sends a request, and how.
type asker struct {
	name string
	by   app.Actor
	set  func(r *http.Request)
}

// askers are people in browsers, and programs with tokens of the administrator,
// who may do everything: what they lack is the scope.
func (w *rightsWorld) askers(t *testing.T, right app.Right) []asker {
	t.Helper()
	var out []asker
	for _, name := range []string{"anonymous", "member", "owner", "curator", "moderator", "admin", "banned"} {
		by := w.who[name]
		a := asker{name: name, by: by, set: func(*http.Request) {}}
		if by.SignedIn() {
			cookie := apptest.Cookie(t, w.store, by)
			cookie.Name = "session" // this site is no https one
			other := *cookie
			other.Name = "__Host-session"
			a.set = func(r *http.Request) { r.AddCookie(cookie); r.AddCookie(&other) }
		}
		out = append(out, a)
	}
	_, scope, _, _ := app.Rights(right)
	without := []broadsheet.Scope{}
	for _, x := range broadsheet.Scopes {
		if x != scope {
			without = append(without, x)
		}
	}
	tokens := map[string][]broadsheet.Scope{"token without the scope": without}
	if scope != "" {
		tokens["token with the scope alone"] = []broadsheet.Scope{scope}
	}
	for name, scopes := range tokens {
		by := w.who["admin"]
		by.Scopes = scopes
		word := apptest.Token(t, w.store, by, scopes...)
		out = append(out, asker{name, by, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+word) }})
	}
	return out
}

// programs are those of people with tokens of every scope, of the administrator
// with too few, and a browser with the administrator's cookie, which is nobody
// where tokens alone count.
func (w *rightsWorld) programs(t *testing.T, right app.Right) []asker {
	t.Helper()
	var out []asker
	for _, a := range w.askers(t, right) {
		switch {
		case a.by.Scopes != nil || !a.by.SignedIn():
			out = append(out, a)
		default:
			if a.name == "admin" {
				out = append(out, asker{"admin's cookie", app.Actor{}, a.set})
			}
			by := a.by
			by.Scopes = broadsheet.Scopes
			word := apptest.Token(t, w.store, by, by.Scopes...)
			out = append(out, asker{a.name, by, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+word) }})
		}
	}
	return out
}

func TestRights(t *testing.T) {
	w := newRightsWorld(t)
	seen := map[string]bool{}
	for _, rt := range w.site.Routes() {
		name := rt.Method + " " + rt.Pattern
		seen[name] = true
		if rt.Kind != httpkit.Private && rt.Kind != httpkit.Action {
			continue
		}
		t.Run(strings.ReplaceAll(name, "/", "∕"), func(t *testing.T) {
			right := app.Right(rt.Right)
			if _, _, _, ok := app.Rights(right); !ok {
				t.Fatalf("%s is %s and names the right %q, which is none: say in Route.Right who may do this", name, rt.Kind, rt.Right)
			}
			askers := w.askers
			if rt.Token {
				askers = w.programs
			}
			for _, a := range askers(t, right) {
				w.try(t, rt, rightsCases[name], a)
			}
		})
	}
	for name := range rightsCases {
		if !seen[name] {
			t.Errorf("rightsCases tells of %s, which no route is", name)
		}
	}
}

// try asks once and compares.
func (w *rightsWorld) try(t *testing.T, rt httpkit.Route, c rightsCase, a asker) {
	t.Helper()
	path := fillPattern(rt.Pattern)
	if c.make != nil {
		var form string
		if path, form, _ = strings.Cut(c.make(t, w), " "); form != "" {
			c.form = form
		}
	}
	var body io.Reader
	kind := "application/x-www-form-urlencoded"
	switch {
	case c.json != "":
		body, kind = strings.NewReader(c.json), "application/json"
	case rt.Kind == httpkit.Action:
		body = strings.NewReader(c.form)
	}
	r := httptest.NewRequest(rt.Method, "http://localhost"+path, body)
	if body != nil {
		r.Header.Set("Content-Type", kind)
	}
	a.set(r)
	rec := httptest.NewRecorder()
	w.site.ServeHTTP(rec, r)
	status, to := rec.Code, rec.Header().Get("Location")

	asked := fmt.Sprintf("%s %s as %s", rt.Method, path, a.name)
	allowed := app.Allowed(a.by, app.Right(rt.Right))
	if allowed == nil && c.also != "" {
		allowed = app.Allowed(a.by, c.also)
	}
	signIn := strings.HasPrefix(to, "/sign-in?") || status == http.StatusUnauthorized
	again := strings.HasPrefix(to, "/sign-in/again")
	switch {
	case status >= 500 && status != http.StatusServiceUnavailable: // a site that sends no mail says so
		t.Errorf("%s: status %d:\n%.2000s", asked, status, rec.Body)
	case rt.Right == string(app.RightOpen):
		// What such a route opens is proven by its address or body: a forged one may be refused.
		if signIn {
			t.Errorf("%s: led to %q with status %d, want it open to anybody", asked, to, status)
		}
	case broadsheet.KindOf(allowed) == broadsheet.Unauthenticated && allowed != nil:
		if !signIn {
			t.Errorf("%s: status %d to %q, want to be asked to sign in", asked, status, to)
		}
	case allowed != nil:
		if status != http.StatusForbidden {
			t.Errorf("%s: status %d to %q, want 403: %v", asked, status, to, allowed)
		}
	case c.owned && a.name != "owner" && !(c.wide != "" && app.Allowed(a.by, c.wide) == nil):
		if status != http.StatusForbidden && status != http.StatusNotFound {
			t.Errorf("%s: status %d to %q, want 403 or 404: it belongs to another", asked, status, to)
		}
	case signIn || status == http.StatusForbidden && !again && lacking.MatchString(rec.Body.String()):
		t.Errorf("%s: status %d to %q, want it allowed:\n%.600s", asked, status, to, wording(rec.Body.String()))
	case c.owned && status >= 400 && status != http.StatusBadRequest:
		t.Errorf("%s: status %d, want the owner to have what is theirs:\n%.600s", asked, status, wording(rec.Body.String()))
	}
}

// lacking is how package app refuses who lacks a right. Another refusal is of what
// was asked for: a form that lapsed, a factor that was not shown.
var lacking = regexp.MustCompile(`(?i)no API token may do this|this API token lacks the scope|this account is banned|this is for \w+s only`)

var patternValue = regexp.MustCompile(`\{([a-z]+)(\.\.\.)?\}`)

func fillPattern(pattern string) string {
	return patternValue.ReplaceAllStringFunc(pattern, func(m string) string {
		name := patternValue.FindStringSubmatch(m)[1]
		if v, ok := rightsDefaults[name]; ok {
			return v
		}
		return url.PathEscape("none")
	})
}

// wording is what a page says, about.
func wording(page string) string {
	if _, main, ok := strings.Cut(page, "<main"); ok {
		page = main
	}
	return strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " ")), " ")
}
