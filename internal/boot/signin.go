package boot

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/auth"
	"broadsheet/internal/config"
	"broadsheet/internal/deliver/mail"
	"broadsheet/internal/digest/letter"
	"broadsheet/internal/jobs"
	"broadsheet/internal/lib/fetch"
)

// Kinds of jobs about accounts: a mail that somebody asked for, and forgetting
// what has ended.
const (
	signInJob        = "mail.sign-in"
	pruneSessionsJob = "prune-sessions"
)

// accounts are how people sign in, as the use cases want it.
func (d *delivery) accounts(version string) (app.Accounts, error) {
	c := d.config
	o := app.Accounts{Idle: c.Accounts.Idle, Longest: c.Accounts.Longest, AdminLongest: c.Accounts.AdminLongest, Private: c.Accounts.Private}
	keys, ok, err := auth.NewPasskeys(c.Address(), c.Site.Title)
	if err != nil {
		return o, err
	}
	if ok {
		o.Passkeys = keys
	}
	o.Elsewhere = elsewhere(c, version)
	d.queue.Register(pruneSessionsJob, func(ctx context.Context, _ json.RawMessage) error {
		return d.store.PruneSessions(ctx, time.Now().Add(-time.Hour))
	}, jobs.Policy{Timeout: time.Minute})
	d.queue.Schedule(pruneSessionsJob, func(now time.Time) time.Time { return now.Truncate(time.Hour).Add(time.Hour + 7*time.Minute) })
	if post := d.post(); post != nil {
		o.Ask, o.Refused, o.PerSite = d.askSignIn, post.Refused, post.PerSite
		// No row outlives the job: its args hold an address.
		d.tell()
		d.queue.Register(signInJob, d.signIn, jobs.Policy{Timeout: time.Minute, MaxAttempts: 4, Forget: true})
	}
	return o, nil
}

// elsewhere are the services where people have accounts with which they sign in.
func elsewhere(c *config.Config, version string) *auth.Elsewhere {
	a := &c.Accounts
	allow := slices.Clone(a.PrivateNetworks)
	var providers []auth.Provider
	var hosts []string
	for _, x := range []struct {
		name string
		is   config.Elsewhere
	}{{"orcid", a.ORCID}, {"google", a.Google}, {"github", a.GitHub}, {"oidc", a.OIDC}} {
		if x.is.Client == "" {
			continue
		}
		providers = append(providers, auth.Provider{Name: x.name, Title: x.is.Title, Issuer: x.is.Issuer, Client: x.is.Client, Secret: x.is.Secret})
		if x.is.Issuer != "" {
			hosts = append(hosts, hostOf(x.is.Issuer))
			allow = append(allow, named(x.is.Issuer)...)
		}
	}
	if len(providers) == 0 {
		return nil
	}
	// People wait for these, and each is asked a few times for somebody who signs in.
	hosts = append(hosts, "github.com", "api.github.com", "googleapis.com", "google.com")
	asks := fetch.New(fetch.Options{Agent: fetch.Agent(version, c.Site.URL, c.Site.Contact), Allow: allow, Timeout: 10 * time.Second, MaxBody: 1 << 20,
		Limits: []fetch.Limit{{Name: "sign-in", Hosts: hosts, Every: 20 * time.Millisecond, Burst: 20, Parallel: 8}}})
	return auth.NewElsewhere(c.Address(), providers, asks, time.Now)
}

// askSignIn takes a request for a mail over: one row, whatever is known of the
// address.
func (d *delivery) askSignIn(ctx context.Context, q app.SignInRequest) error {
	return d.queue.Enqueue(ctx, signInJob, q, jobs.Opts{Unique: broadsheet.AddressKey(q.Address) + " " + rand.Text()})
}

// signIn does what was asked for. The words of the link and the code are made
// here, so that they stand in the mail and nowhere else; another try makes others,
// and counts as no other mail.
func (d *delivery) signIn(ctx context.Context, args json.RawMessage) error {
	var q app.SignInRequest
	if err := json.Unmarshal(args, &q); err != nil {
		return fmt.Errorf("read a request: %w", err)
	}
	m, ok, err := d.app.PrepareSignIn(ctx, q)
	if err != nil || !ok {
		return err
	}
	token := strings.ToLower(rand.Text())
	body, err := d.letter.SignIn(letter.SignIn{Kind: string(m.Kind), To: m.To, Path: m.Path, Code: m.Code, Token: token, At: m.At})
	if err != nil {
		return err
	}
	err = d.mail.Send(ctx, token, m.To, &mail.Letter{Body: body})
	if err == nil {
		return nil
	}
	told := errors.New(broadsheet.HideAddresses(err.Error()))
	if broadsheet.KindOf(err) == broadsheet.Invalid {
		d.log.Info("a mail about an account was refused", "kind", m.Kind, "error", told)
		return nil
	}
	return told
}
