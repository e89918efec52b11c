package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/harvest/lookup"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/serve/web"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// newDesk is a site that takes submissions of what a place knows, with browsers
// of a member, another, and a curator.
func newDesk(t *testing.T, knows ...broadsheet.Paper) (g *gate, ada, bob, carl *browser) {
	t.Helper()
	s := storetest.Open(t)
	a, err := app.New(app.Options{Store: s, Now: apptest.Clock(&now), Desk: &app.Desk{Later: func(context.Context, string, time.Duration) error { return nil },
		Find: func(_ context.Context, x lookup.Target) (lookup.Found, error) {
			for _, p := range knows {
				if p.ID == x.ID {
					return lookup.Found{Paper: p, Missing: []string{"abstract", "date"}}, nil
				}
			}
			return lookup.Found{}, broadsheet.Errorf(broadsheet.NotFound, "nobody has such a paper")
		}}})
	if err != nil {
		t.Fatal(err)
	}
	w, err := web.New(web.Options{App: a, BaseURL: "https://papers.example"})
	if err != nil {
		t.Fatal(err)
	}
	h := httpkit.New(w.Routes(), httpkit.Options{Error: w.Error, BaseURL: "https://papers.example", Identify: httpkit.CookiesOf("https://papers.example").Identifier(a.Identify)})
	g = &gate{site: &site{h, s}, app: a}
	in := func(name string, role broadsheet.Role) *browser {
		b := g.browser(t)
		c := apptest.Cookie(t, s, apptest.Account(t, s, name, role), now)
		b.jar[c.Name] = c.Value
		return b
	}
	return g, in("ada", broadsheet.RoleMember), in("bob", broadsheet.RoleMember), in("carl", broadsheet.RoleCurator)
}

func invented(id, title string) broadsheet.Paper {
	return broadsheet.Paper{ID: id, IDs: []broadsheet.SourceID{broadsheet.SplitID(id)}, Title: title, Origin: broadsheet.OriginCatalog, PublishedAt: now.Add(-24 * time.Hour),
		Authors: []broadsheet.Author{{Name: "Ann Author"}}, Links: []broadsheet.Link{{Kind: broadsheet.LinkPage, URL: "https://source.example/p"}}}
}

// TestSubmissionPages walks the forms as a browser without script does.
func TestSubmissionPages(t *testing.T) {
	g, ada, bob, carl := newDesk(t, invented("2606.00001", "A fine paper"), invented("url:https://blog.example/x", `<script>alert(1)</script> & co`))
	has := func(b *browser, path string, want ...string) string {
		t.Helper()
		body := b.get(path).Body.String()
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%s lacks %q", path, w)
			}
		}
		return body
	}
	has(ada, "/submit?url=https://arxiv.org/abs/2606.00001", `value="https://arxiv.org/abs/2606.00001"`, "A curator looks at every paper", "At most 2 papers a day")
	page := ada.post("/submit", "url", "https://arxiv.org/abs/2606.00001v3")
	if !strings.HasPrefix(page, "/submissions/") {
		t.Fatalf("look up: %s", page)
	}
	has(ada, page, "Is this it?", "A fine paper", "Ann Author", "via ada", "no abstract and no date", `name="comment"`)
	if to := bob.get(page).Code; to != http.StatusNotFound {
		t.Errorf("another's draft: %d", to)
	}
	if to := ada.post(page, "media", "javascript:alert(1)"); to != "Bad Request" {
		t.Errorf("a picture that is none: %s", to)
	}
	if to := ada.post(page, "comment", "<b>Why</b> *not*"); to != page {
		t.Errorf("sent: %s", to)
	}
	has(ada, page, "It waits for a curator", "Take it back")
	has(ada, "/submissions", "A fine paper", "waits for a curator")
	if code := ada.get("/queue").Code; code != http.StatusForbidden {
		t.Errorf("a member at the queue: %d", code)
	}
	token := strings.TrimPrefix(page, "/submissions/")
	has(carl, "/queue", "A fine paper", "&lt;b&gt;Why&lt;/b&gt;", `name="act" value="reject"`)
	if to := carl.post("/queue", "token", token, "act", "reject"); to != "Bad Request" {
		t.Errorf("rejected without a reason: %s", to)
	}
	if to := carl.post("/queue", "token", token, "act", "accept"); to != "/queue" {
		t.Errorf("accepted: %s", to)
	}
	w := carl.send(http.MethodPost, "/queue", url.Values{"token": {token}, "act": {"reject"}, "reason": {"no"}})
	if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "accepted by carl in the meantime") {
		t.Errorf("decided twice: %d", w.Code)
	}
	has(ada, page, "It is on the front page", "accepted by carl")
	has(bob, "/", "A fine paper", "via ada")
	again := bob.post("/submit", "url", "2606.00001")
	has(bob, again, "It was on the front page of", "Vote for it instead")

	hostile := bob.post("/submit", "url", "https://blog.example/x")
	if body := has(bob, hostile, "&lt;script&gt;alert(1)"); strings.Contains(body, "<script>alert") {
		t.Error("a title of a page is markup")
	}
	if to := bob.post(hostile + "/withdraw"); to != "/submissions" {
		t.Errorf("discarded: %s", to)
	}
	curator, err := g.store.AccountNamed(t.Context(), "carl")
	if err != nil {
		t.Fatal(err)
	}
	if err := g.store.EraseAccount(t.Context(), store.Erasure{Account: curator.ID, At: now}); err != nil {
		t.Fatal(err)
	}
	has(ada, page, "accepted by somebody who has left")
	for _, bad := range []string{"javascript:alert(1)", "https://example.org/" + strings.Repeat("a", 20_000), "nothing"} {
		w := bob.send(http.MethodPost, "/submit", url.Values{"url": {bad}})
		if w.Code != http.StatusBadRequest || strings.Contains(w.Body.String(), `href="javascript:`) {
			t.Errorf("%.30s: %d", bad, w.Code)
		}
	}
}

// TestFeatureForm: a curator's button leads back to where it stood.
func TestFeatureForm(t *testing.T) {
	g, ada, _, carl := newDesk(t)
	storeOne(t, g, invented("2606.00001", "A fine paper"))
	if to := ada.post("/features", "feature", "2606.00001"); to != "Forbidden" {
		t.Errorf("a member: %s", to)
	}
	for _, step := range [][2]string{{"feature", "/papers/2606.00001"}, {"feature", "Conflict"}, {"unfeature", "/papers/2606.00001"}, {"unfeature", "Conflict"}} {
		if to := carl.post("/features", step[0], "2606.00001"); to != step[1] {
			t.Errorf("%s: %s, want %s", step[0], to, step[1])
		}
	}
	if to := g.browser(t).post("/features", "feature", "2606.00001"); !strings.HasPrefix(to, "/sign-in?") {
		t.Errorf("anybody: %s", to)
	}
}

func storeOne(t *testing.T, g *gate, p broadsheet.Paper) {
	t.Helper()
	if _, err := g.store.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{p}}); err != nil {
		t.Fatal(err)
	}
}
