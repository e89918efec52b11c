package hf_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/harvest/lookup"
	"broadsheet/internal/serve/hf"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// bench is a site that takes what clients with tokens write.
type bench struct {
	*httpkit.Handler
	t      *testing.T
	store  *store.Store
	routes []httpkit.Route
}

func newBench(t *testing.T, s *store.Store) *bench {
	t.Helper()
	now := time.Date(2026, 6, 30, 9, 30, 0, 0, time.UTC)
	wire := []byte(`{"paper":{"id":"2606.00001","authors":[{"_id":"0123456789abcdef01234567","name":"Ada Example","hidden":false},{"_id":"0123456789abcdef01234568","name":"Bo Crumb","hidden":false}],"title":"Tea","organization":{"_id":"0123456789abcdef01234569","name":"tea-lab","fullname":"The Tea Laboratory"},"projectPage":"https://old.example/","githubRepo":"https://code.example/tea","upvotes":1},"publishedAt":"2026-06-29T09:30:00.000Z","title":"Tea","isAuthorParticipating":false}`)
	p := broadsheet.Paper{ID: "2606.00001", Features: []broadsheet.Feature{{Day: "2026-06-29", Votes: 1, Wire: wire}}, ImportedVotes: 1, Origin: broadsheet.OriginCurated, Title: "Tea", Abstract: "Tea.", Authors: []broadsheet.Author{{Name: "Ada Example", Key: "ada-example"}, {Name: "Bo Crumb", Key: "bo-crumb"}},
		AuthorCount: 2, Organizations: []broadsheet.Organization{{Key: "tea-lab", Name: "The Tea Laboratory"}}, SeenAt: now, PublishedAt: now.Add(-24 * time.Hour),
		Links: []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "https://code.example/tea"}}}
	if _, err := s.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{p}}); err != nil {
		t.Fatal(err)
	}
	find := func(_ context.Context, x lookup.Target) (lookup.Found, error) {
		if x.ID != "2606.00077" {
			return lookup.Found{}, broadsheet.Errorf(broadsheet.NotFound, "arXiv has no such paper")
		}
		return lookup.Found{Paper: broadsheet.Paper{ID: x.ID, Origin: broadsheet.OriginCatalog, Title: "Fetched", Authors: []broadsheet.Author{{Name: "Fi Brew"}}, AuthorCount: 1,
			IDs: []broadsheet.SourceID{{Scheme: "arxiv", Value: x.ID}}}}, nil
	}
	a, err := app.New(app.Options{Store: s, Now: func() time.Time { return now }, Desk: &app.Desk{Find: find, Later: func(context.Context, string, time.Duration) error { return nil }}})
	if err != nil {
		t.Fatal(err)
	}
	const base = "https://papers.example"
	h := hf.New(hf.Options{App: a, BaseURL: base})
	return &bench{Handler: httpkit.New(h.Routes(), httpkit.Options{Error: h.Error, BaseURL: base, Now: func() time.Time { return now },
		Identify: httpkit.CookiesOf(base).Identifier(a.Identify)}), t: t, store: s, routes: h.Routes()}
}

// send sends a body with a token.
func (b *bench) send(method, path, token, body string) *httptest.ResponseRecorder {
	b.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return w
}

// TestWrites does what the contract has, on both databases.
func TestWrites(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newBench(t, s)
		ada := apptest.Account(t, s, "ada", broadsheet.RoleMember)
		token := apptest.Token(t, s, ada, broadsheet.ScopeRead, broadsheet.ScopeComment, broadsheet.ScopeSubmit, broadsheet.ScopeClaim)
		want := func(code int, method, path, body, holds string) string {
			t.Helper()
			w := b.send(method, path, token, body)
			if w.Code != code || !strings.Contains(w.Body.String(), holds) {
				t.Errorf("%s %s %.80s: %d %s, want %d with %q", method, path, body, w.Code, w.Body, code, holds)
			}
			if code >= 400 && (w.Header().Get("X-Error-Code") == "" || w.Header().Get("X-Error-Message") == "") {
				t.Errorf("%s %s: headers %v, want X-Error-Code and X-Error-Message", method, path, w.Header())
			}
			return w.Body.String()
		}
		post, get := http.MethodPost, http.MethodGet

		// What login of the official client reads.
		var me struct {
			ID, Name string
			Orgs     []any
			Auth     struct {
				AccessToken struct{ DisplayName, Role string }
			}
		}
		if err := json.Unmarshal([]byte(want(200, get, "/api/whoami-v2", "", `"name":"ada"`)), &me); err != nil || me.Name != "ada" || me.Orgs == nil || me.ID != ada.Account.Token ||
			me.Auth.AccessToken.Role != "write" || me.Auth.AccessToken.DisplayName == "" {
			t.Errorf("whoami-v2: %+v, %v", me, err)
		}

		want(200, post, "/api/papers/index", `{"arxivId":"2606.00077v1"}`, "{}")
		want(200, post, "/api/papers/index", `{"arxivId":"2606.00077"}`, "{}")
		want(200, get, "/api/papers/2606.00077", "", `"title":"Fetched"`)
		want(200, get, "/api/daily_papers?date=2026-06-30", "", "[]") // fetched is not featured
		want(404, post, "/api/papers/index", `{"arxivId":"2606.00078"}`, "arXiv has no such paper")
		want(400, post, "/api/papers/index", `{"arxivId":"10.1234/x"}`, "arxivId")
		want(400, post, "/api/papers/index", `{"id":"2606.00077"}`, "id: there is no such member")

		var made struct{ ID string }
		if err := json.Unmarshal([]byte(want(201, post, "/api/papers/2606.00001/comment", `{"comment":"Good *tea*."}`, `"id"`)), &made); err != nil {
			t.Fatal(err)
		}
		want(201, post, "/api/papers/2606.00001/comment/"+made.ID+"/reply", `{"comment":"And biscuits."}`, `"id"`)
		want(404, post, "/api/papers/2606.00001/comment/"+broadsheet.NewObjectID()+"/reply", `{"comment":"And biscuits."}`, "")
		want(400, post, "/api/papers/2606.00001/comment", `{"comment":"`+strings.Repeat("a", 8001)+`"}`, "comment: it is longer than 8000 bytes")
		want(400, post, "/api/papers/2606.00001/comment", `{"comment":""}`, "comment: ")
		want(400, post, "/api/papers/2606.00001/comment", `{"comment":"x","hidden":true}`, "hidden: ")
		want(404, post, "/api/papers/2606.09999/comment", `{"comment":"x"}`, "")
		want(200, get, "/api/papers/2606.00001/comments", "", "biscuits")

		var p struct {
			Authors []struct {
				ID string `json:"_id"`
			}
		}
		if err := json.Unmarshal([]byte(want(200, get, "/api/papers/2606.00001", "", "Tea")), &p); err != nil || len(p.Authors) != 2 {
			t.Fatalf("the paper: %+v, %v", p, err)
		}
		want(403, post, "/api/papers/2606.00001/links", `{"projectPage":"https://tea.example/"}`, "only its authors")
		want(403, post, "/api/settings/papers/claim", `{"paperId":"2606.00001","claimAuthorId":"`+p.Authors[1].ID+`","targetUserId":"`+broadsheet.NewObjectID()+`"}`, "targetUserId")
		want(400, post, "/api/settings/papers/claim", `{"paperId":"2606.00001","claimAuthorId":"`+broadsheet.NewObjectID()+`"}`, "claimAuthorId")
		want(404, post, "/api/settings/papers/claim", `{"paperId":"2606.09999","claimAuthorId":"`+p.Authors[1].ID+`"}`, "paperId")
		want(200, post, "/api/settings/papers/claim", `{"paperId":"2606.00001","claimAuthorId":"`+p.Authors[1].ID+`","targetUserId":"`+me.ID+`"}`, "{}")
		mod := apptest.Account(t, s, "mod", broadsheet.RoleModerator)
		a, err := app.New(app.Options{Store: s})
		if err != nil {
			t.Fatal(err)
		}
		cases, err := a.ClaimCases(t.Context(), mod, "")
		if err != nil || len(cases) != 1 || cases[0].Name != "Bo Crumb" || cases[0].Position != 2 {
			t.Fatalf("claims that wait: %+v, %v, want one of Bo Crumb", cases, err)
		}
		if _, err := a.DecideClaim(t.Context(), mod, cases[0].Token, true, ""); err != nil {
			t.Fatal(err)
		}
		// Pages are cached for half a second: each is asked for by another address.
		want(200, post, "/api/papers/2606.00001/links", `{"projectPage":"https://tea.example/"}`, "{}")
		want(200, get, "/api/papers/2606.00001?authors=91", "", `"projectPage":"https://tea.example/"`)
		want(200, get, "/api/papers/2606.00001?authors=92", "", `"githubRepo":"https://code.example/tea"`) // was not named
		want(200, post, "/api/papers/2606.00001/links", `{"githubRepo":null,"organizationId":"tea-lab"}`, "{}")
		if body := want(200, get, "/api/papers/2606.00001?authors=93", "", `"tea-lab"`); strings.Contains(body, "code.example") || strings.Contains(body, "old.example") {
			t.Errorf("after githubRepo null: %s", body)
		}
		want(200, get, "/api/daily_papers?date=2026-06-29", "", `"projectPage":"https://tea.example/"`)
		want(200, get, "/api/daily_papers?date=2026-06-29", "", `"status":"claimed_verified"`)
		want(200, post, "/api/papers/2606.00001/links", `{"projectPage":null}`, "{}")
		if body := want(200, get, "/api/daily_papers?date=2026-06-29&authors=94", "", `"Tea"`); strings.Contains(body, "projectPage") {
			t.Errorf("after projectPage null: %s", body)
		}
		want(400, post, "/api/papers/2606.00001/links", `{"projectPage":"javascript:alert(1)"}`, "projectPage: ")
		want(400, post, "/api/papers/2606.00001/links", `{"projectPage":7}`, "projectPage: ")
	})
}

// TestWriteRights: every route that writes asks for its scope, says what lacks in
// the format's way, and knows no cookie.
func TestWriteRights(t *testing.T) {
	s := storetest.Open(t)
	b := newBench(t, s)
	ada := apptest.Account(t, s, "ada", broadsheet.RoleAdmin)
	none, session := apptest.Token(t, s, ada), apptest.Cookie(t, s, ada)
	tried := 0
	for _, rt := range b.routes {
		if rt.Kind == httpkit.Page {
			continue
		}
		tried++
		_, scope, _, ok := app.Rights(app.Right(rt.Right))
		if !ok || !rt.Token {
			t.Errorf("%s %s: right %q, token %t", rt.Method, rt.Pattern, rt.Right, rt.Token)
		}
		path := strings.NewReplacer("{id}", "2606.00001", "{cid}", broadsheet.NewObjectID()).Replace(rt.Pattern)
		if w := b.send(rt.Method, path, "", ""); w.Code != 401 || w.Header().Get("X-Error-Code") != "Unauthorized" || w.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s %s by anybody: %d %v, want 401", rt.Method, path, w.Code, w.Header())
		}
		if w := b.send(rt.Method, path, "hf_of_another_service", ""); w.Code != 401 {
			t.Errorf("%s %s with another service's token: %d, want 401", rt.Method, path, w.Code)
		}
		if w := b.send(rt.Method, path, none, ""); scope != "" && (w.Code != 403 || !strings.Contains(w.Body.String(), string(scope))) {
			t.Errorf("%s %s without the scope: %d %s, want 403 that names %s", rt.Method, path, w.Code, w.Body, scope)
		}
		r := httptest.NewRequest(rt.Method, path, strings.NewReader(`{}`))
		r.AddCookie(session)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		w := httptest.NewRecorder()
		b.ServeHTTP(w, r)
		if w.Code != 401 {
			t.Errorf("%s %s with a cookie: %d, want 401", rt.Method, path, w.Code)
		}
	}
	if tried < 6 {
		t.Errorf("%d routes write, want 6", tried)
	}
}
