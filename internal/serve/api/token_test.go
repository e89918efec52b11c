package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
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
	"broadsheet/internal/store/storetest"
)

// at fills the parameters of an operation's path.
func (o operation) at() string {
	target := o.path
	for _, p := range o.params {
		target = strings.Replace(target, "{"+p.name+"}", p.example, 1)
	}
	return strings.Replace(target, "2503.02130", "2601.99999", 1) // no paper here
}

// verb is an operation's method.
func (o operation) verb() string {
	if o.method == "" {
		return http.MethodGet
	}
	return o.method
}

// TestScopes tries every operation that needs a token with: none, a session's
// cookie, a token of every scope but the one that it takes, that of a banned
// account, and that of each role. What happens is what the table of rights says,
// before anything else of the request is looked at.
func TestScopes(t *testing.T) {
	s := edition(t)
	clock := now
	actors := map[broadsheet.Role]app.Actor{}
	for _, role := range broadsheet.Roles {
		actors[role] = apptest.Account(t, s.store, "a-"+string(role), role)
	}
	banned := apptest.Account(t, s.store, "banned", broadsheet.RoleAdmin)
	if err := s.store.SetBan(t.Context(), banned.Account.ID, true, time.Time{}, broadsheet.Action{At: clock, Act: broadsheet.ActBan, Kind: broadsheet.ObjectAccount, Object: "banned"}); err != nil {
		t.Fatal(err)
	}
	bannedToken := apptest.Token(t, s.store, banned, broadsheet.Scopes...)
	for _, o := range writings {
		least, scope, evenBanned, ok := app.Rights(o.right)
		if !ok {
			t.Errorf("%s: there is no right %q", o.id, o.right)
			continue
		}
		try := func(who, token string, want func(code int) bool, header string) {
			t.Helper()
			w := s.send(t, o.verb(), o.at(), token, "")
			if !want(w.Code) {
				t.Errorf("%s as %s: %d %s", o.id, who, w.Code, w.Body)
			}
			if got := w.Header().Get("WWW-Authenticate"); !strings.Contains(got, header) || (header == "") != (got == "") {
				t.Errorf("%s as %s: WWW-Authenticate %q, want it to hold %q", o.id, who, got, header)
			}
			if w.Header().Get("Cache-Control") == "" || strings.Contains(w.Header().Get("Cache-Control"), "public") {
				t.Errorf("%s as %s: Cache-Control %q", o.id, who, w.Header().Get("Cache-Control"))
			}
		}
		is := func(want int) func(int) bool { return func(code int) bool { return code == want } }
		passes := func(code int) bool { return code != 401 && code != 403 && code < 500 }
		try("anybody", "", is(401), `Bearer realm="https://papers.example"`)
		try("a token that is none", "bs_"+auth.NewToken(), is(401), `error="invalid_token"`)
		try("another service's token", "hf_abcdefghijklmnop", is(401), `error="invalid_token"`)
		if scope != "" {
			others := slices.DeleteFunc(slices.Clone(broadsheet.Scopes), func(x broadsheet.Scope) bool { return x == scope })
			try("an administrator's token without the scope", apptest.Token(t, s.store, actors[broadsheet.RoleAdmin], others...), is(403), `error="insufficient_scope", scope="`+string(scope)+`"`)
		}
		if evenBanned {
			try("a banned account", bannedToken, passes, "")
		} else {
			try("a banned account", bannedToken, is(403), "")
		}
		for _, role := range broadsheet.Roles {
			want := is(403)
			if role.Includes(least) {
				want = passes
			}
			scopes := []broadsheet.Scope{scope}
			if scope == "" {
				scopes = []broadsheet.Scope{}
			}
			try("a "+string(role), apptest.Token(t, s.store, actors[role], scopes...), want, "")
		}
		// A browser's cookie says nothing here, with or without a page of this site behind it.
		r := httptest.NewRequest(o.verb(), Root+o.at(), strings.NewReader("{}"))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.AddCookie(apptest.Cookie(t, s.store, actors[broadsheet.RoleAdmin]))
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusUnauthorized {
			t.Errorf("%s with a cookie: %d %s, want 401", o.id, w.Code, w.Body)
		}
	}
}

// TestTokenEnds: a token that is over, that was ended, or of an account that is
// gone opens nothing; one in an address never does.
func TestTokenEnds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		if _, err := st.Put(t.Context(), store.Batch{Papers: papers()}); err != nil {
			t.Fatal(err)
		}
		s := newSite(t, st, httpkit.Options{})
		ada := apptest.Account(t, st, "ada", broadsheet.RoleMember)
		put := func(expires time.Time) (word, id string) {
			word, id = auth.APITokenPrefix+auth.NewToken(), broadsheet.NewObjectID()
			err := st.PutAPIToken(t.Context(), auth.Hash("api", word), broadsheet.APIToken{ID: id, AccountID: ada.Account.ID, Name: "x", Scopes: broadsheet.Scopes, CreatedAt: now, ExpiresAt: expires})
			if err != nil {
				t.Fatal(err)
			}
			return word, id
		}
		vote := func(token string) int { return s.send(t, http.MethodPut, "/papers/2606.00001/vote", token, "").Code }
		over, _ := put(now)
		if got := vote(over); got != 401 {
			t.Errorf("a token that is over since now: %d, want 401", got)
		}
		word, id := put(now.Add(time.Second))
		if got := vote(word); got != 200 {
			t.Errorf("a token that holds for a second: %d, want 200", got)
		}
		for _, name := range []string{"token", "access_token", "bearer", "api_key", "apikey", "key", "authorization"} {
			for _, o := range []string{"/me?", "/notifications?", "/papers/2606.00001?"} {
				if w := s.send(t, http.MethodGet, o+name+"="+word, "", ""); w.Code/100 != 4 {
					t.Errorf("GET %s%s=…: %d, want a refusal", o, name, w.Code)
				} else if strings.Contains(w.Body.String(), word) {
					t.Errorf("GET %s%s=…: the answer holds the token", o, name)
				}
			}
		}
		for _, header := range []string{"Basic " + word, word, "bearer" + word, "Token " + word, "Bearer " + strings.ToUpper(word), "Bearer " + word[:len(word)-1], "Bearer " + word + "x"} {
			r := httptest.NewRequest(http.MethodGet, Root+"/me", nil)
			r.Header.Set("Authorization", header)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != 401 || strings.Contains(w.Body.String(), word) {
				t.Errorf("Authorization %.12s…: %d %s, want 401", header, w.Code, w.Body)
			}
		}
		if ok, err := st.EndAPIToken(t.Context(), ada.Account.ID, id); !ok || err != nil {
			t.Fatalf("end a token: %t, %v", ok, err)
		}
		if got := vote(word); got != 401 {
			t.Errorf("a token that was ended: %d, want 401", got)
		}
	})
}

// TestBodies sends bodies that no operation takes: none reaches the use cases, and
// each answer names what was wrong.
func TestBodies(t *testing.T) {
	s := edition(t)
	token := apptest.Token(t, s.store, apptest.Account(t, s.store, "adm", broadsheet.RoleAdmin), broadsheet.Scopes...)
	for _, o := range writings {
		if o.body == nil {
			continue
		}
		kind := reflect.TypeOf(o.body)
		good := map[string]any{} // every member that must be there, with a value of its type
		for _, f := range fieldsOf(kind) {
			if !f.omit {
				good[f.name] = reflect.Zero(kind.FieldByIndex(f.index).Type).Interface()
			}
		}
		try := func(body, field string) {
			t.Helper()
			w := s.send(t, o.verb(), o.at(), token, body)
			var problem struct{ Field, Fix string }
			if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil || w.Code != 400 || problem.Field != field || problem.Fix == "" {
				t.Errorf("%s with %.60s: %d %s, want 400 for %s with a fix", o.id, body, w.Code, w.Body, field)
			}
		}
		with := func(name string, value any) string {
			m := map[string]any{}
			for n, v := range good {
				m[n] = v
			}
			m[name] = value
			raw, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			return string(raw)
		}
		for _, extra := range []string{"role", "admin", "account", "id2", "__proto__", "State"} {
			try(with(extra, true), extra)
		}
		for _, bad := range []string{"[]", "null", "1", `"x"`, "{", "{}{}", "{} x", `{"a"}`, strings.Repeat("[", 20_000), `{"x":` + strings.Repeat(`{"x":`, 20_000)} {
			if w := s.send(t, o.verb(), o.at(), token, bad); w.Code != 400 {
				t.Errorf("%s with %.20s: %d %s, want 400", o.id, bad, w.Code, w.Body)
			}
		}
		for name := range good {
			raw := with(name, map[string]any{"an": "object"})
			if kind.Kind() == reflect.Struct && name != "rules" {
				try(raw, name)
			}
			try(with(name, nil), name)
			m := with(name, good[name])
			try("{"+fmt.Sprintf("%q:1,", strings.ToUpper(name))+m[1:], strings.ToUpper(name))
			try(m[:len(m)-1]+fmt.Sprintf(",%q:null}", name), name) // twice
			try("{"+fmt.Sprintf("%q:null,", name)+m[1:], name)
		}
		for _, header := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json", "application/json-patch+json"} {
			r := httptest.NewRequest(o.verb(), Root+o.at(), strings.NewReader(with("x", 1)))
			r.Header.Set("Authorization", "Bearer "+token)
			if header != "" {
				r.Header.Set("Content-Type", header)
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != 400 || !strings.Contains(w.Body.String(), "Content-Type") {
				t.Errorf("%s as %q: %d %s, want 400 for Content-Type", o.id, header, w.Code, w.Body)
			}
		}
		big := s.send(t, o.verb(), o.at(), token, `{"text":"`+strings.Repeat("a", 256<<10)+`"}`)
		if big.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s with 256 KiB: %d, want 413", o.id, big.Code)
		}
		// What browsers send from other sites' pages is not looked at, whatever it brings along.
		r := httptest.NewRequest(o.verb(), Root+o.at(), strings.NewReader("{}"))
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusForbidden {
			t.Errorf("%s from another site's page: %d, want 403", o.id, w.Code)
		}
	}
}

// TestParallelVotes: a hundred votes at once of one account count once.
func TestParallelVotes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		if _, err := st.Put(t.Context(), store.Batch{Papers: papers()}); err != nil {
			t.Fatal(err)
		}
		s := newSite(t, st, httpkit.Options{})
		token := apptest.Token(t, st, apptest.Account(t, st, "ada", broadsheet.RoleMember), broadsheet.ScopeVote)
		codes := make(chan int, 100)
		for range cap(codes) {
			go func() { codes <- s.send(t, http.MethodPut, "/papers/2606.00001/vote", token, "").Code }()
		}
		for range cap(codes) {
			if code := <-codes; code != 200 {
				t.Errorf("a vote: %d", code)
			}
		}
		w := s.send(t, http.MethodGet, "/papers/2606.00001/votes", "", "")
		var voters struct {
			Votes int
			Items []any
		}
		if err := json.Unmarshal(w.Body.Bytes(), &voters); err != nil || voters.Votes != 1 || len(voters.Items) != 1 {
			t.Errorf("after a hundred votes: %s, %v, want one", w.Body, err)
		}
	})
}

// TestRulesAreTheSites: client.Rules has the names that rules have here.
func TestRulesAreTheSites(t *testing.T) {
	ours, theirs := names(fieldsOf(reflect.TypeFor[broadsheet.Rules]())), names(fieldsOf(reflect.TypeOf(described(t, "GET", "/rules").answer)))
	if !slices.Equal(ours, theirs) {
		t.Errorf("the client's rules are %q, want %q", theirs, ours)
	}
}

// FuzzRead: whatever bytes a body has, reading it ends in a value or an Invalid.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{`{"reason":"x","rules":{"votesPerHour":1}}`, `{"rules":{"votesPerHour":1e99}}`, `{"rules":{"x":1}}`, `{"rules":[]}`, `{"rules":null}`, "\xff", `{"rules":{},"rules":{}}`, `{"reason":"\ud800"}`} {
		f.Add([]byte(seed))
	}
	handle := described(f, http.MethodPatch, "/rules").body
	kind := reflect.TypeOf(handle)
	f.Fuzz(func(t *testing.T, raw []byte) {
		err := checkMembers(raw, kind, "")
		if err == nil {
			if err = json.Unmarshal(raw, reflect.New(kind).Interface()); err != nil {
				err = wrongValue(err)
			}
		}
		if err != nil && broadsheet.KindOf(err) != broadsheet.Invalid {
			t.Errorf("body %q: got %v, want a value or an error of kind invalid", raw, err)
		}
	})
}
