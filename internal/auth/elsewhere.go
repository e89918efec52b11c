package auth

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/fetch"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Provider is a service where people have accounts with which they sign in here:
// one that speaks OpenID Connect, or GitHub.
type Provider struct {
	Name   string // in addresses: "orcid"
	Title  string // as people know it
	Issuer string // of OpenID Connect; "" is GitHub
	Client string // id that this site has there
	Secret string
	GitHub GitHub
}

// GitHub are its addresses, which tests put elsewhere.
type GitHub struct{ Site, API string }

// Claim is what a provider says of who signed in there.
type Claim struct {
	Subject   string   // the account's id there, which never changes
	Label     string   // as people know it there
	Addresses []string // mail addresses that the provider has verified, the first one first
}

// Elsewhere asks providers who somebody is: the code flow of OAuth 2.1, with PKCE
// and with state and nonce that are bound to one browser. All of these are derived
// from a secret word in the browser's cookie, so that nothing is kept that could be
// used by another.
type Elsewhere struct {
	providers []Provider
	base      string // of this site
	asks      *fetch.Client
	now       func() time.Time

	mu    sync.Mutex
	found map[string]*oidc.Provider // by name, once it has told where it is
}

// NewElsewhere is for the site at base. c must reach the providers.
func NewElsewhere(base string, providers []Provider, c *fetch.Client, now func() time.Time) *Elsewhere {
	return &Elsewhere{providers: providers, base: base, asks: c, now: now, found: map[string]*oidc.Provider{}}
}

// Providers are those that there are.
func (e *Elsewhere) Providers() []Provider {
	if e == nil {
		return nil
	}
	return e.providers
}

func (e *Elsewhere) provider(name string) (Provider, error) {
	for _, p := range e.Providers() {
		if p.Name == name {
			return p, nil
		}
	}
	return Provider{}, &broadsheet.Error{Kind: broadsheet.NotFound, Text: "nobody signs in here with that", Fix: "choose another way to sign in"}
}

// CallbackPath is where a provider sends the browser back to.
func CallbackPath(name string) string { return "/sign-in/with/" + name + "/done" }

// Begin is the address at the provider where somebody signs in; secret is the
// word of the browser's cookie.
func (e *Elsewhere) Begin(ctx context.Context, name, secret string) (string, error) {
	p, err := e.provider(name)
	if err != nil {
		return "", err
	}
	c, _, err := e.config(ctx, p)
	if err != nil {
		return "", err
	}
	return c.AuthCodeURL(State(secret), oauth2.S256ChallengeOption(Derive("pkce", secret)), oauth2.SetAuthURLParam("nonce", Derive("nonce", secret))), nil
}

// State is what comes back from a provider for the browser with that secret.
func State(secret string) string { return Derive("state", secret) }

// Finish trades the code that came back for what the provider says. That the state
// is right is for the caller to have checked.
func (e *Elsewhere) Finish(ctx context.Context, name, secret, code string) (Claim, error) {
	p, err := e.provider(name)
	if err != nil {
		return Claim{}, err
	}
	c, found, err := e.config(ctx, p)
	if err != nil {
		return Claim{}, err
	}
	ctx = oidc.ClientContext(ctx, e.asks.HTTP())
	token, err := c.Exchange(ctx, code, oauth2.VerifierOption(Derive("pkce", secret)))
	if err != nil {
		return Claim{}, unsaid(p, err)
	}
	if found == nil {
		return e.gitHub(ctx, p, token)
	}
	return e.claims(ctx, p, found, token, secret)
}

func (e *Elsewhere) claims(ctx context.Context, p Provider, found *oidc.Provider, token *oauth2.Token, secret string) (claim Claim, err error) {
	raw, _ := token.Extra("id_token").(string)
	id, err := found.Verifier(&oidc.Config{ClientID: p.Client, Now: e.now}).Verify(ctx, raw)
	if err != nil {
		return claim, unsaid(p, err)
	}
	if id.Nonce != Derive("nonce", secret) {
		return claim, unsaid(p, errors.New("the nonce is another's"))
	}
	var said struct {
		Email     string `json:"email"`
		Verified  any    `json:"email_verified"` // some write it as text
		Preferred string `json:"preferred_username"`
	}
	if err := id.Claims(&said); err != nil {
		return claim, unsaid(p, err)
	}
	claim = Claim{Subject: id.Subject}
	if verified := said.Verified == true || said.Verified == "true"; verified {
		claim.Addresses = parsed(said.Email)
	}
	claim.Label = cmp.Or(said.Preferred, said.Email, id.Subject)
	if p.Name == "orcid" {
		claim.Label = id.Subject
	}
	return claim, nil
}

// gitHub asks its API: GitHub gives no ID token.
func (e *Elsewhere) gitHub(ctx context.Context, p Provider, token *oauth2.Token) (claim Claim, err error) {
	var user struct {
		ID    int64  `json:"id"`
		Login string `json:"login"`
	}
	if err := e.ask(ctx, p, token, "/user", &user); err != nil {
		return claim, err
	}
	if user.ID == 0 {
		return claim, unsaid(p, errors.New("no id"))
	}
	var mails []struct {
		Email    string `json:"email"`
		Primary  bool   `json:"primary"`
		Verified bool   `json:"verified"`
	}
	if err := e.ask(ctx, p, token, "/user/emails", &mails); err != nil {
		return claim, err
	}
	claim = Claim{Subject: strconv.FormatInt(user.ID, 10), Label: user.Login}
	for _, primary := range []bool{true, false} {
		for _, m := range mails {
			if m.Verified && m.Primary == primary {
				claim.Addresses = append(claim.Addresses, parsed(m.Email)...)
			}
		}
	}
	return claim, nil
}

func (e *Elsewhere) ask(ctx context.Context, p Provider, token *oauth2.Token, path string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, cmp.Or(p.GitHub.API, "https://api.github.com")+path, nil)
	if err != nil {
		return unsaid(p, err)
	}
	r.Header.Set("Accept", "application/vnd.github+json")
	token.SetAuthHeader(r)
	answer, err := e.asks.HTTP().Do(r)
	if err != nil {
		return unsaid(p, err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return unsaid(p, fmt.Errorf("%s answers %d", path, answer.StatusCode))
	}
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		return unsaid(p, err)
	}
	return nil
}

// parsed are the addresses that can be ones here.
func parsed(texts ...string) (out []string) {
	for _, text := range texts {
		if a, err := broadsheet.ParseAddress(text); err == nil {
			out = append(out, a)
		}
	}
	return out
}

// config is how a provider is spoken to; found is nil for GitHub. Where one of
// OpenID Connect is, it tells itself, once.
func (e *Elsewhere) config(ctx context.Context, p Provider) (c *oauth2.Config, found *oidc.Provider, err error) {
	c = &oauth2.Config{ClientID: p.Client, ClientSecret: p.Secret, RedirectURL: e.base + CallbackPath(p.Name)}
	if p.Issuer == "" {
		site := cmp.Or(p.GitHub.Site, "https://github.com")
		c.Endpoint = oauth2.Endpoint{AuthURL: site + "/login/oauth/authorize", TokenURL: site + "/login/oauth/access_token", AuthStyle: oauth2.AuthStyleInParams}
		c.Scopes = []string{"read:user", "user:email"}
		return c, nil, nil
	}
	e.mu.Lock()
	found = e.found[p.Name]
	e.mu.Unlock()
	if found == nil {
		// The keys are fetched later with this context too, so it must not end.
		if found, err = oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), e.asks.HTTP()), p.Issuer); err != nil {
			return nil, nil, unsaid(p, err)
		}
		e.mu.Lock()
		e.found[p.Name] = found
		e.mu.Unlock()
	}
	c.Endpoint, c.Scopes = found.Endpoint(), []string{oidc.ScopeOpenID, "email", "profile"}
	if p.Name == "orcid" {
		c.Scopes = []string{oidc.ScopeOpenID} // it knows no other and refuses those
	}
	return c, found, nil
}

// unsaid is the error of a provider that does not say who somebody is.
func unsaid(p Provider, err error) error {
	return &broadsheet.Error{Kind: broadsheet.Unavailable, Text: p.Title + " does not say who you are", Fix: "try again, or sign in in another way", Err: err}
}
