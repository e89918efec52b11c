package web_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/auth"
	"broadsheet/internal/lib/fetch"
)

// provider is a small service of OpenID Connect, and GitHub's API beside it.
type provider struct {
	*httptest.Server
	t      testing.TB
	key    *rsa.PrivateKey
	says   map[string]any // claims of who signs in there
	mails  string         // GitHub's answer
	change func(claims map[string]any)

	challenge, nonce string // of the browser that was sent last
}

func newProvider(t testing.TB) *provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{t: t, key: key}
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(v); err != nil {
			t.Error(err)
		}
	}
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"response_types_supported": []string{"code"}, "id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1",
			"n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()), "e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes())}}})
	})
	token := func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if r.FormValue("code") != "right" || base64.RawURLEncoding.EncodeToString(sum[:]) != p.challenge {
			w.WriteHeader(http.StatusBadRequest)
			answer(w, map[string]any{"error": "invalid_grant"})
			return
		}
		claims := map[string]any{"iss": p.URL, "aud": "us", "exp": now.Add(time.Hour).Unix(), "iat": now.Unix(), "nonce": p.nonce}
		for k, v := range p.says {
			claims[k] = v
		}
		if p.change != nil {
			p.change(claims)
		}
		answer(w, map[string]any{"access_token": "at", "token_type": "Bearer", "id_token": p.sign(claims)})
	}
	mux.HandleFunc("POST /token", token)
	mux.HandleFunc("POST /login/oauth/access_token", token)
	mux.HandleFunc("GET /user", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer at" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		answer(w, map[string]any{"id": 77, "login": "octo-ada", "name": "Ada L."})
	})
	mux.HandleFunc("GET /user/emails", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(p.mails))
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func (p *provider) sign(claims map[string]any) string {
	part := func(v any) string {
		raw, err := json.Marshal(v)
		if err != nil {
			p.t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(raw)
	}
	text := part(map[string]any{"alg": "RS256", "kid": "1", "typ": "JWT"}) + "." + part(claims)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, p.key, crypto.SHA256, sum[:])
	if err != nil {
		p.t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// elsewhereSite is a site whose people sign in with that provider, under three
// names.
func elsewhereSite(t *testing.T, p *provider) *gate {
	t.Helper()
	asks := fetch.New(fetch.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Limits: []fetch.Limit{{Name: "x", Hosts: []string{"127.0.0.1"}, Every: time.Microsecond, Parallel: 4}}})
	return newGate(t, func(o *app.Accounts) {
		o.Elsewhere = auth.NewElsewhere("https://papers.example", []auth.Provider{
			{Name: "orcid", Title: "ORCID", Issuer: p.URL, Client: "us", Secret: "s"},
			{Name: "oidc", Title: "Example University", Issuer: p.URL, Client: "us", Secret: "s"},
			{Name: "github", Title: "GitHub", Client: "us", Secret: "s", GitHub: auth.GitHub{Site: p.URL, API: p.URL}},
		}, asks, func() time.Time { return now })
	})
}

// goThere presses a button and gives the state with which the browser comes back.
func (p *provider) goThere(b *browser, path string) string {
	b.t.Helper()
	w := b.send(http.MethodPost, path, url.Values{"next": {"/papers/2606.00001"}})
	if w.Code != http.StatusOK {
		b.t.Fatalf("%s: %d", path, w.Code)
	}
	to, err := url.Parse(html.UnescapeString(between(b.t, w.Body.String(), `<a href="`+p.URL, `"`)))
	if err != nil {
		b.t.Fatal(err)
	}
	q := to.Query()
	if q.Get("code_challenge_method") != "S256" || q.Get("response_type") != "code" || !strings.HasPrefix(q.Get("redirect_uri"), "https://papers.example/sign-in/with/") {
		b.t.Errorf("the browser is sent to %s", to)
	}
	p.challenge, p.nonce = q.Get("code_challenge"), q.Get("nonce")
	return q.Get("state")
}

// comeBack is what the browser gets when it comes back.
func comeBack(b *browser, name, state, code string) string {
	b.t.Helper()
	w := b.get("/sign-in/with/" + name + "/done?" + url.Values{"state": {state}, "code": {code}}.Encode())
	if w.Code == http.StatusSeeOther {
		return w.Header().Get("Location")
	}
	return http.StatusText(w.Code)
}

// TestElsewhere: who signs in with an account elsewhere opens one here and gets
// into it again; an ORCID iD is proven by it; a verified address leads to its
// account, an unverified one does not.
func TestElsewhere(t *testing.T) {
	p := newProvider(t)
	g := elsewhereSite(t, p)
	b := g.browser(t)
	p.says = map[string]any{"sub": "0000-0002-1825-0097", "name": "Josiah Carberry"}
	if to := comeBack(b, "orcid", p.goThere(b, "/sign-in/with/orcid"), "right"); to != "/sign-in/name" {
		t.Fatalf("somebody new: to %s", to)
	}
	if to := b.post("/sign-in/name", "name", "josiah"); to != "/papers/2606.00001" || b.who() != "josiah" {
		t.Fatalf("choose a name: to %s as %q", to, b.who())
	}
	if a, err := g.store.AccountNamed(t.Context(), "josiah"); err != nil || a.ORCID != "0000-0002-1825-0097" {
		t.Errorf("the iD is not proven: %+v %v", a, err)
	}
	b = g.browser(t)
	if comeBack(b, "orcid", p.goThere(b, "/sign-in/with/orcid"), "right"); b.who() != "josiah" {
		t.Errorf("again: as %q", b.who())
	}

	apptest.Account(t, g.store, "ada", broadsheet.RoleMember)
	for _, c := range []struct {
		verified any
		want     string
	}{{true, "ada"}, {"true", "ada"}, {false, ""}, {nil, ""}, {"false", ""}} {
		b = g.browser(t)
		p.says = map[string]any{"sub": "new" + fmtAny(c.verified), "email": "ada@people.example", "email_verified": c.verified}
		if to := comeBack(b, "oidc", p.goThere(b, "/sign-in/with/oidc"), "right"); b.who() != c.want {
			t.Errorf("an address that is verified %v leads to %s as %q, want %q", c.verified, to, b.who(), c.want)
		}
	}

	p.mails = `[{"email":"spare@people.example","verified":false,"primary":false},{"email":"Ada@People.Example","verified":true,"primary":true}]`
	b = g.browser(t)
	if to := comeBack(b, "github", p.goThere(b, "/sign-in/with/github"), "right"); b.who() != "ada" {
		t.Errorf("GitHub leads to %s as %q", to, b.who())
	}
}

func fmtAny(v any) string { raw, _ := json.Marshal(v); return string(raw) }

// TestElsewhereForged: another browser, another state, a used or wrong code, another
// nonce, audience, issuer, key or time get nobody in.
func TestElsewhereForged(t *testing.T) {
	p := newProvider(t)
	g := elsewhereSite(t, p)
	apptest.Account(t, g.store, "ada", broadsheet.RoleMember)
	p.says = map[string]any{"sub": "1", "email": "ada@people.example", "email_verified": true}
	try := func(what string, forge func(b *browser, state string) string) {
		t.Helper()
		b := g.browser(t)
		state := p.goThere(b, "/sign-in/with/oidc")
		to := forge(b, state)
		p.change = nil
		if b.who() != "" || strings.HasPrefix(to, "/") {
			t.Errorf("%s: leads to %s as %q", what, to, b.who())
		}
	}
	claims := func(change func(map[string]any)) func(*browser, string) string {
		return func(b *browser, state string) string { p.change = change; return comeBack(b, "oidc", state, "right") }
	}
	try("another state", func(b *browser, state string) string { return comeBack(b, "oidc", state+"a", "right") })
	try("no state", func(b *browser, _ string) string { return comeBack(b, "oidc", "", "right") })
	try("no code", func(b *browser, state string) string { return comeBack(b, "oidc", state, "") })
	try("a wrong code", func(b *browser, state string) string { return comeBack(b, "oidc", state, "wrong") })
	try("another provider", func(b *browser, state string) string { return comeBack(b, "orcid", state, "right") })
	try("another browser's cookie", func(b *browser, state string) string {
		other := g.browser(t)
		p.goThere(other, "/sign-in/with/oidc")
		b.jar = other.jar
		return comeBack(b, "oidc", state, "right")
	})
	try("no cookie", func(b *browser, state string) string {
		b.jar = map[string]string{}
		return comeBack(b, "oidc", state, "right")
	})
	try("another nonce", claims(func(c map[string]any) { c["nonce"] = "x" }))
	try("another audience", claims(func(c map[string]any) { c["aud"] = "them" }))
	try("another issuer", claims(func(c map[string]any) { c["iss"] = "https://evil.example" }))
	try("an old token", claims(func(c map[string]any) { c["exp"] = now.Add(-time.Hour).Unix() }))
	key := p.key
	try("another key", func(b *browser, state string) string {
		other, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		p.key = other
		defer func() { p.key = key }()
		return comeBack(b, "oidc", state, "right")
	})
	b := g.browser(t)
	state := p.goThere(b, "/sign-in/with/oidc")
	word := b.jar["__Host-elsewhere"]
	if comeBack(b, "oidc", state, "right"); b.who() != "ada" {
		t.Fatal("the right one does not get in")
	}
	again := g.browser(t)
	again.jar["__Host-elsewhere"] = word
	if to := comeBack(again, "oidc", state, "right"); again.who() != "" {
		t.Errorf("a used state leads to %s", to)
	}
}

// TestLinkElsewhere: an account elsewhere is linked by who is signed in, belongs
// to one account, and the last way in cannot be unlinked.
func TestLinkElsewhere(t *testing.T) {
	p := newProvider(t)
	g := elsewhereSite(t, p)
	ada, eve := g.in(apptest.Account(t, g.store, "ada", broadsheet.RoleMember)), g.in(apptest.Account(t, g.store, "eve", broadsheet.RoleMember))
	p.says = map[string]any{"sub": "0000-0002-1825-0097"}
	if to := comeBack(ada, "orcid", p.goThere(ada, "/account/with/orcid"), "right"); to != "/account/security?done=linked" {
		t.Fatalf("link: %s", to)
	}
	if a, err := g.store.AccountNamed(t.Context(), "ada"); err != nil || a.ORCID != "0000-0002-1825-0097" {
		t.Errorf("after linking: %+v %v", a, err)
	}
	if to := comeBack(eve, "orcid", p.goThere(eve, "/account/with/orcid"), "right"); to != "Conflict" {
		t.Errorf("link another's: %s", to)
	}
	// What one began, another cannot end: not with the cookie of the first either.
	state := p.goThere(ada, "/account/with/oidc")
	eve.jar["__Host-elsewhere"] = ada.jar["__Host-elsewhere"]
	if to := comeBack(eve, "oidc", state, "right"); to != "Forbidden" {
		t.Errorf("end another's link: %s", to)
	}
	ada.post("/account/security", "do", "unlink", "provider", "orcid", "subject", "0000-0002-1825-0097")
	if a, err := g.store.AccountNamed(t.Context(), "ada"); err != nil || a.ORCID != "" {
		t.Errorf("after unlinking: %+v %v", a, err)
	}
	b := g.browser(t)
	p.says = map[string]any{"sub": "only"}
	comeBack(b, "oidc", p.goThere(b, "/sign-in/with/oidc"), "right")
	b.post("/sign-in/name", "name", "lonely")
	if to := b.post("/account/security", "do", "unlink", "provider", "oidc", "subject", "only"); to != "Conflict" {
		t.Errorf("unlink the only way in: %s", to)
	}
}
