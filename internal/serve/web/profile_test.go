package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
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

// newHome is a site with people and the papers of edition. Its pictures are taken
// as they are, but for those that begin with "bad".
func newHome(t *testing.T) *gate {
	t.Helper()
	s := storetest.Open(t)
	put(t, s, papers()...)
	a, err := app.New(app.Options{Store: s, Now: apptest.Clock(&now), Accounts: app.Accounts{Ask: func(context.Context, app.SignInRequest) error { return nil }}, Portrait: func(b []byte) (store.Picture, error) {
		if bytes.HasPrefix(b, []byte("bad")) {
			return store.Picture{}, errors.New("is no picture")
		}
		return store.Picture{Type: "image/png", Body: b}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	w, err := web.New(web.Options{App: a, BaseURL: "https://papers.example"})
	if err != nil {
		t.Fatal(err)
	}
	generation, clock := 0, now // nothing that is kept is still fresh
	h := httpkit.New(w.Routes(), httpkit.Options{Error: w.Error, BaseURL: "https://papers.example", Identify: httpkit.CookiesOf("https://papers.example").Identifier(a.Identify),
		Now: func() time.Time { clock = clock.Add(time.Second); return clock }, Generation: func() string { generation++; return fmt.Sprint(generation) }})
	return &gate{site: &site{h, s}, t: t, app: a}
}

func (b *browser) page(path string) string {
	b.t.Helper()
	w := b.get(path)
	if w.Code != http.StatusOK {
		b.t.Errorf("GET %s: %d", path, w.Code)
	}
	return w.Body.String()
}

// TestEditProfile: what is typed is cleaned and stands on the page as text; what
// cannot be is told beside its field, all at once, with what was typed.
func TestEditProfile(t *testing.T) {
	g := newHome(t)
	ada := apptest.Account(t, g.store, "ada-l", broadsheet.RoleMember)
	b := g.in(ada)
	if to := b.post("/account", "name", " Ada \u202eL\u200b. ", "bio", "One\r\n<script>boom()</script>", "affiliation", "Tea\tLab", "links", "ada.example/me", "zone", "Asia/Tokyo", "votes", "hide"); to != "/account?done=profile" {
		t.Fatalf("saving leads to %s", to)
	}
	page := g.browser(t).page("/people/ada-l")
	for _, want := range []string{"Ada L.", "<p dir=\"auto\">One</p>", "&lt;script&gt;boom()&lt;/script&gt;", "Tea Lab", `<a href="https://ada.example/me" rel="me nofollow ugc">ada.example/me</a>`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.ContainsAny(page, "\u202e\u200b") || strings.Contains(page, "people.example") {
		t.Error("the page holds a hidden character, or an address")
	}
	form := b.page("/account")
	for _, want := range []string{`value="Ada L."`, `<option value="Asia/Tokyo" selected>`, `value="hide" checked`, `id="links-1" name="links" aria-label="Page 1" inputmode="url" autocapitalize="none" spellcheck="false" value="https://ada.example/me">`, `id="links-3"`} {
		if !strings.Contains(form, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
	for _, not := range []string{`id="links-4"`, "ORCID"} { // two empty boxes; no iD can be proven here
		if strings.Contains(form, not) {
			t.Errorf("the form has %s", not)
		}
	}
	w := b.send(http.MethodPost, "/account", map[string][]string{"name": {strings.Repeat("é", 81)}, "bio": {strings.Repeat("x", 501)}, "affiliation": {strings.Repeat("y", 5000)},
		"links": {"http://ada.example", "javascript:boom()", "https://bank.example@evil.example", "https://localhost", `https://x.example/"><script>`, "https://a.example"}, "zone": {"Mars/Olympus"}})
	body := w.Body.String()
	if w.Code != http.StatusBadRequest || !strings.Contains(body, "<title>Error: ") {
		t.Errorf("what cannot be: %d", w.Code)
	}
	for _, id := range []string{"name-e", "bio-e", "affiliation-e", "links-e", "links-1-e", "links-2-e", "links-3-e", "links-4-e", "zone-e"} {
		if !strings.Contains(body, `id="`+id+`"`) {
			t.Errorf("nothing is said of %s", id)
		}
	}
	if strings.Contains(body, `id="links-6-e"`) {
		t.Error("an address that is fine is said to be wrong")
	}
	for _, want := range []string{"hides where it leads", "javascript:boom()&#34; is no address", "There are 6 addresses", strings.Repeat("x", 501)} {
		if !strings.Contains(body, want) {
			t.Errorf("the form lacks %q", want)
		}
	}
	root := apptest.Account(t, g.store, "root-ada", broadsheet.RoleAdmin)
	if err := g.app.SetRules(t.Context(), root, "", func(r *broadsheet.Rules) error { r.BlockedDomains = []string{"spam.example"}; return nil }); err != nil {
		t.Fatal(err)
	}
	for link, want := range map[string]string{"https://192.168.0.1/": "by its number", "https://printer.local/": "private network", "https://www.spam.example/": "not taken here"} {
		if body := b.send(http.MethodPost, "/account", map[string][]string{"links": {link}}).Body.String(); !strings.Contains(body, `id="links-1-e"`) || !strings.Contains(body, want) {
			t.Errorf("the form does not say of %s that it is %q", link, want)
		}
	}
	if !strings.Contains(g.browser(t).page("/people/ada-l"), "Ada L.") {
		t.Error("a refused form changed the page")
	}
}

// TestPeople: a person's page tells what they did; young accounts are not to be
// found, banned ones say so and no more; votes can be kept to oneself; who is
// known from elsewhere and who has an account lead to each other.
func TestPeople(t *testing.T) {
	g := newHome(t)
	ctx := t.Context()
	ada, bo := apptest.Account(t, g.store, "ada", broadsheet.RoleModerator), apptest.Account(t, g.store, "bo", broadsheet.RoleMember)
	for _, by := range []app.Actor{ada, bo} {
		if _, err := g.app.Vote(ctx, by, "2606.00002", true); err != nil {
			t.Fatal(err)
		}
		if _, err := g.store.PutComment(ctx, store.CommentDraft{Account: by.Account.ID, Name: by.Name(), Paper: "2606.00001", Text: "Tea", HTML: "<p>Tea</p>", Plain: by.Name() + " likes tea", At: now}); err != nil {
			t.Fatal(err)
		}
	}
	stranger, moderator, own := g.browser(t), g.in(ada), g.in(bo)
	page := stranger.page("/people/ada")
	for _, want := range []string{"Moderator", "ada likes tea", `href="/papers/2606.00001#c-`, "Biscuits as a service", `<a href="/submitters/ada">`, "since 1 Jan 2026"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, no := range []string{"noindex", "Report", "Change your profile"} {
		if strings.Contains(page, no) {
			t.Errorf("a stranger's page has %s", no)
		}
	}
	if !strings.Contains(stranger.page("/submitters/ada"), `<a href="/people/ada">Profile</a>`) {
		t.Error("the list of a submitter does not lead to the profile")
	}
	if page := moderator.page("/people/bo"); !strings.Contains(page, "/report?kind=account&amp;object=bo") || !strings.Contains(page, "/moderation/object?kind=account&amp;object=bo") {
		t.Error("a moderator cannot report and moderate")
	}
	if !strings.Contains(own.page("/people/bo"), "Change your profile") {
		t.Error("who looks at their own page cannot change it")
	}
	own.post("/account", "votes", "hide", "name", "Bo Buys Tea")
	if !strings.Contains(stranger.page("/people/bo"), "<h1>Bo Buys Tea</h1>") {
		t.Error("the page does not call bo by his full name")
	}
	if strings.Contains(stranger.page("/people/bo"), "Biscuits") || !strings.Contains(own.page("/people/bo"), "only you see them") {
		t.Error("votes are not kept from others, or from their giver")
	}
	if w := stranger.get("/people/BO"); w.Code != http.StatusPermanentRedirect || w.Header().Get("Location") != "/people/bo" {
		t.Errorf("in capitals: %d %s", w.Code, w.Header().Get("Location"))
	}
	if w := stranger.get("/people/nobody"); w.Code != http.StatusNotFound {
		t.Errorf("nobody: %d", w.Code)
	}
	if _, err := g.app.Console().Ban(ctx, "bo", "spam", now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if page := stranger.page("/people/bo"); !strings.Contains(page, "banned") || !strings.Contains(page, "spam") || strings.Contains(page, "likes tea") || strings.Contains(page, "Bo Buys Tea") || !strings.Contains(page, "noindex") {
		t.Error("a banned account does not say so, or says more")
	}
	if page := own.page("/account"); !strings.Contains(page, "This account is banned: spam") {
		t.Error("who is banned is not told")
	}
	if to := own.post("/account", "name", "Bo"); to != "Forbidden" {
		t.Errorf("a banned account changes its profile: %s", to)
	}
	now0 := now
	defer func() { now = now0 }()
	now = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	if !strings.Contains(g.browser(t).page("/people/ada?x"), "noindex") {
		t.Error("a young account may be found")
	}
}

// upload sends a picture as a browser does.
func (b *browser) upload(path, field string, file []byte, fields ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		_ = form.WriteField(fields[i], fields[i+1])
	}
	if file != nil {
		part, err := form.CreateFormFile(field, "../../me.png")
		if err != nil {
			b.t.Fatal(err)
		}
		_, _ = part.Write(file)
	}
	form.Close()
	r := httptest.NewRequest(http.MethodPost, "https://papers.example"+path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for name, value := range b.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.site.ServeHTTP(w, r)
	return w
}

// TestProfilePicture: a picture is served by its own address, another takes its
// place, and it can be removed; what is none, or too large, is told on the form.
func TestProfilePicture(t *testing.T) {
	g := newHome(t)
	b := g.in(apptest.Account(t, g.store, "ada-l", broadsheet.RoleMember))
	address := func() string {
		_, rest, ok := strings.Cut(b.page("/people/ada-l"), `<img src="/portraits/`)
		if !ok {
			return ""
		}
		key, _, _ := strings.Cut(rest, `"`)
		return "/portraits/" + key
	}
	if address() != "" {
		t.Error("there is a picture before one was chosen")
	}
	if w := b.upload("/account/picture", "picture", []byte("one")); w.Code != http.StatusSeeOther {
		t.Fatalf("upload: %d %s", w.Code, w.Body)
	}
	first := address()
	if w := b.get(first); w.Code != http.StatusOK || w.Body.String() != "one" || w.Header().Get("Content-Type") != "image/png" {
		t.Errorf("GET %s: %d %q %v", first, w.Code, w.Body, w.Header())
	}
	b.upload("/account/picture", "picture", []byte("two"))
	if second := address(); second == first || b.get(second).Body.String() != "two" {
		t.Error("another picture has not taken its place")
	}
	for _, bad := range []struct {
		what string
		file []byte
		code int
		want string
	}{{"none", nil, 400, "No picture was chosen"}, {"no picture", []byte("bad"), 400, "What was sent is no picture"}, {"too large", make([]byte, app.MaxPicture+1), 400, "The picture is too large"}, {"far too large", make([]byte, 3<<20), 413, ""}} {
		if w := b.upload("/account/picture", "picture", bad.file); w.Code != bad.code || !strings.Contains(w.Body.String(), bad.want) {
			t.Errorf("%s: %d, want %d and %q", bad.what, w.Code, bad.code, bad.want)
		}
	}
	last := address()
	if w := b.upload("/account/picture", "", nil, "do", "remove"); w.Code != http.StatusSeeOther || address() != "" {
		t.Errorf("remove: %d, the page has %q", w.Code, address())
	}
	if w := b.get(last + "?"); w.Code != http.StatusNotFound {
		t.Errorf("the address of a removed picture answers %d", w.Code)
	}
}

// TestOwnData: the file holds what its owner made, as JSON, and no secret; a
// stranger gets none.
func TestOwnData(t *testing.T) {
	g := newHome(t)
	ctx := t.Context()
	ada, bo := apptest.Account(t, g.store, "ada-l", broadsheet.RoleMember), apptest.Account(t, g.store, "bo-l", broadsheet.RoleMember)
	b := g.in(ada)
	token := apptest.Token(t, g.store, ada, broadsheet.ScopeVote)
	if _, err := g.app.Vote(ctx, ada, "2606.00002", true); err != nil {
		t.Fatal(err)
	}
	for _, by := range []app.Actor{ada, bo} {
		c, err := g.store.PutComment(ctx, store.CommentDraft{Account: by.Account.ID, Name: by.Name(), Paper: "2606.00001", Text: by.Name() + " & \"tea\"", At: now})
		if err == nil {
			_, err = g.store.EditComment(ctx, store.CommentDraft{Token: c.Token, Account: by.Account.ID, Name: by.Name(), Text: by.Name() + " edited", Version: 1, At: now})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := g.app.Console().Ban(ctx, "ada-l", "spam", time.Time{}); err != nil { // may still take it along
		t.Fatal(err)
	}
	if !strings.Contains(b.page("/account/data"), `href="/account/data/file"`) {
		t.Error("the page does not lead to the file")
	}
	w := b.get("/account/data/file")
	var got map[string][]map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatalf("no JSON: %v\n%s", err, w.Body)
	}
	if h := w.Header(); !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") || h.Get("Cache-Control") != "no-store" && !strings.Contains(h.Get("Cache-Control"), "no-store") {
		t.Errorf("headers %v", h)
	}
	for section, want := range map[string]int{"account": 1, "addresses": 1, "sessions": 1, "apiTokens": 1, "votes": 1, "comments": 1, "commentsBeforeEdits": 1, "reports": 0, "logged": 0} {
		if rows, ok := got[section]; !ok || len(rows) != want {
			t.Errorf("%s: %d rows (%v), want %d", section, len(rows), ok, want)
		}
	}
	if got["account"][0]["banReason"] != "spam" || got["votes"][0]["paper"] != "2606.00002" || got["commentsBeforeEdits"][0]["text"] != `ada-l & "tea"` || got["addresses"][0]["isPrimary"] != true {
		t.Errorf("the file is %s", w.Body)
	}
	for _, no := range []string{b.jar["__Host-session"], token, "hash", "bo-l"} {
		if strings.Contains(w.Body.String(), no) {
			t.Errorf("the file holds %q", no)
		}
	}
	if w := g.browser(t).get("/account/data/file"); w.Code != http.StatusSeeOther {
		t.Errorf("a stranger: %d", w.Code)
	}
}

// TestDeleteAccount: an account is deleted by its owner, with its name typed and a
// proof that is fresh, and is gone at once.
func TestDeleteAccount(t *testing.T) {
	g := newHome(t)
	root, ada := apptest.Account(t, g.store, "root-a", broadsheet.RoleAdmin), apptest.Account(t, g.store, "ada-l", broadsheet.RoleMember)
	b, other := g.in(ada), g.in(ada)
	for _, refused := range []struct{ name, comments, want string }{{"ada-l", "", "what is to become"}, {"ada", "keep", "not the name"}, {"", "remove", "not the name"}} {
		w := b.send(http.MethodPost, "/account/delete", map[string][]string{"name": {refused.name}, "comments": {refused.comments}})
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), refused.want) {
			t.Errorf("%+v: %d", refused, w.Code)
		}
	}
	if to := b.post("/account/delete", "name", "ada-l", "comments", "keep"); to != "/sign-in/left" {
		t.Fatalf("deleting leads to %s", to)
	}
	if !strings.Contains(b.page("/sign-in/left"), "Your account is deleted") || b.who() != "" || other.who() != "" {
		t.Error("somebody is still signed in")
	}
	if w := b.get("/people/ada-l"); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "deleted") {
		t.Errorf("the page of a deleted account: %d", w.Code)
	}
	if to := g.in(root).post("/account/delete", "name", "root-a", "comments", "keep"); to != "Conflict" {
		t.Errorf("the only administrator leaves: %s", to)
	}
	// Who signed in long ago shows once more who they are.
	link, _, err := g.app.Console().SignInLink(t.Context(), "root-a")
	if err != nil {
		t.Fatal(err)
	}
	late := g.browser(t)
	late.post(link)
	now0 := now
	defer func() { now = now0 }()
	now = now.Add(time.Hour)
	if w := late.get("/account/delete"); !strings.HasPrefix(w.Header().Get("Location"), "/sign-in/again?next=") {
		t.Errorf("an hour later: %d %s", w.Code, w.Header().Get("Location"))
	}
	if to := late.post("/account/delete", "name", "root-a", "comments", "keep"); !strings.HasPrefix(to, "/sign-in/again?") {
		t.Errorf("an hour later, pressed: %s", to)
	}
}

// TestInvitations: members invite where the rules say so; the link opens one
// account, is shown once, and can be taken back.
func TestInvitations(t *testing.T) {
	g := newHome(t)
	ctx := t.Context()
	root, ada := apptest.Account(t, g.store, "root-a", broadsheet.RoleAdmin), apptest.Account(t, g.store, "ada-l", broadsheet.RoleMember)
	b := g.in(ada)
	rule := func(r broadsheet.Registration) {
		t.Helper()
		if err := g.app.SetRules(ctx, root, "a test", func(x *broadsheet.Rules) error { x.Registration, x.Domains = r, []string{"example.org"}; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	invite := func(b *browser) string {
		t.Helper()
		w := b.send(http.MethodPost, "/account/invites", map[string][]string{"note": {"for <Cy>"}, "uses": {"1"}, "days": {"7"}})
		_, rest, ok := strings.Cut(w.Body.String(), `<code class="secret">https://papers.example`)
		if !ok {
			return http.StatusText(w.Code)
		}
		link, _, _ := strings.Cut(rest, "<")
		return link
	}
	if page := b.page("/account/invites"); !strings.Contains(page, "no invitation is needed") || invite(b) != "Forbidden" {
		t.Error("an open site has invitations")
	}
	for _, c := range []struct {
		rule          broadsheet.Registration
		member, admin bool
	}{{broadsheet.RegistrationClosed, false, false}, {broadsheet.RegistrationDomain, false, true}, {broadsheet.RegistrationInvite, true, true}} {
		rule(c.rule)
		if got := strings.HasPrefix(invite(b), "/sign-in?invite="); got != c.member {
			t.Errorf("%s: a member invites: %v, want %v", c.rule, got, c.member)
		}
		if got := strings.HasPrefix(invite(g.in(root)), "/sign-in?invite="); got != c.admin {
			t.Errorf("%s: an administrator invites: %v, want %v", c.rule, got, c.admin)
		}
	}
	link := invite(b)
	word := strings.TrimPrefix(link, "/sign-in?invite=")
	page := b.page("/account/invites")
	if strings.Contains(page, word) || !strings.Contains(page, "for &lt;Cy&gt;") || strings.Count(page, `name="end"`) != 2 {
		t.Errorf("the list shows the word, or not its two invitations:\n%s", page)
	}
	if err := g.app.MayRegister(ctx, "cy@elsewhere.example", word); err != nil {
		t.Errorf("the invitation does not hold: %v", err)
	}
	if !strings.Contains(g.browser(t).page(link), `name="invite" value="`+word) {
		t.Error("the page of signing in forgets the invitation")
	}
	for _, id := range strings.Split(page, `name="end" value="`)[1:] {
		id, _, _ = strings.Cut(id, `"`)
		g.in(root).post("/account/invites", "end", id) // somebody else's: nothing happens
		if err := g.app.MayRegister(ctx, "cy@elsewhere.example", word); err != nil {
			t.Errorf("somebody else took it back: %v", err)
		}
	}
	for _, id := range strings.Split(page, `name="end" value="`)[1:] {
		id, _, _ = strings.Cut(id, `"`)
		b.post("/account/invites", "end", id)
	}
	if err := g.app.MayRegister(ctx, "cy@elsewhere.example", word); err == nil {
		t.Error("an invitation that was taken back holds")
	}
	w := b.send(http.MethodPost, "/account/invites", map[string][]string{"note": {strings.Repeat("x", 200)}, "uses": {"999"}, "days": {"many"}})
	if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "note-e") {
		t.Errorf("what cannot be: %d", w.Code)
	}
}
