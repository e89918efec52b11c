package config

import (
	"net/netip"
	"time"

	"broadsheet"
)

// Accounts say how people sign in.
type Accounts struct {
	Idle         time.Duration // until an unused session ends
	Longest      time.Duration // until any session ends
	AdminLongest time.Duration // of an administrator
	Private      bool          // nobody reads without signing in

	ORCID, GitHub, Google, OIDC Elsewhere
	PrivateNetworks             []netip.Prefix // that providers may be in
}

// Elsewhere is a service where people have accounts with which they sign in.
type Elsewhere struct {
	Title      string
	Issuer     string // of OpenID Connect; "" is GitHub
	Client     string // id of this site there; "": nobody signs in with it
	SecretFile string
	Secret     string // what SecretFile holds; never printed
}

func accountSettings() []*Setting {
	a := func(f func(*Accounts) any) func(*Config) any { return func(c *Config) any { return f(&c.Accounts) } }
	only := []string{"serve", "doctor", "config"}
	return []*Setting{
		{Key: "accounts.private", Default: "false", Example: "true", Commands: only,
			Help: "show the site only to who is signed in",
			Doc:  "Whether nobody reads anything without signing in; programs then need an API token, feeds and `/mcp` among them. Pages of signing in, style, script and health answer everybody.",
			bind: a(func(a *Accounts) any { return &a.Private })},
		{Key: "accounts.idle", Default: "720h", Example: "168h", Commands: only,
			Help:  "time until an unused session ends",
			Doc:   "How long somebody stays signed in without coming back.",
			bind:  a(func(a *Accounts) any { return &a.Idle }),
			check: checkLonger(time.Hour)},
		{Key: "accounts.longest", Default: "8760h", Example: "2160h", Commands: only,
			Help:  "time until any session ends",
			Doc:   "How long somebody stays signed in at most.",
			bind:  a(func(a *Accounts) any { return &a.Longest }),
			check: checkLonger(time.Hour)},
		{Key: "accounts.admin_longest", Default: "168h", Example: "12h", Commands: only,
			Help:  "time until an administrator's session ends",
			Doc:   "How long an administrator stays signed in at most.",
			bind:  a(func(a *Accounts) any { return &a.AdminLongest }),
			check: checkLonger(10 * time.Minute)},
		client("orcid", "ORCID", a(func(a *Accounts) any { return &a.ORCID.Client })),
		secret("orcid", "ORCID", a(func(a *Accounts) any { return &a.ORCID.SecretFile })),
		{Key: "accounts.orcid_issuer", Default: "https://orcid.org", Example: "https://sandbox.orcid.org", Commands: only,
			Help:  "where ORCID is",
			Doc:   "ORCID itself, or its sandbox. Who signs in with it, or links it, has a proven ORCID iD here.",
			bind:  a(func(a *Accounts) any { return &a.ORCID.Issuer }),
			check: checkURL},
		client("github", "GitHub", a(func(a *Accounts) any { return &a.GitHub.Client })),
		secret("github", "GitHub", a(func(a *Accounts) any { return &a.GitHub.SecretFile })),
		client("google", "Google", a(func(a *Accounts) any { return &a.Google.Client })),
		secret("google", "Google", a(func(a *Accounts) any { return &a.Google.SecretFile })),
		{Key: "accounts.oidc_issuer", Example: "https://login.example.org", Commands: only,
			Help:  "another service of OpenID Connect",
			Doc:   "The issuer of another service that speaks OpenID Connect, such as your institution's. What it says of a verified address is believed.",
			bind:  a(func(a *Accounts) any { return &a.OIDC.Issuer }),
			check: checkURL},
		{Key: "accounts.oidc_title", Default: "your institution", Example: "Example University", Commands: only,
			Help: "what people call that service",
			Doc:  "What stands on its button.",
			bind: a(func(a *Accounts) any { return &a.OIDC.Title })},
		client("oidc", "that service", a(func(a *Accounts) any { return &a.OIDC.Client })),
		secret("oidc", "that service", a(func(a *Accounts) any { return &a.OIDC.SecretFile })),
		{Key: "accounts.private_networks", Example: "10.1.0.0/16", Commands: only,
			Help: "private networks that such services may be in",
			Doc:  "Private networks in which a service may stand with which people sign in. Without it only the public Internet is asked, and hosts that a setting here names by `localhost` or an address.",
			bind: a(func(a *Accounts) any { return &a.PrivateNetworks })},
	}
}

func client(name, title string, bind func(*Config) any) *Setting {
	return &Setting{Key: "accounts." + name + "_client", Example: "APP-0123456789", Commands: []string{"serve", "doctor", "config"},
		Help: "client id of this site at " + title,
		Doc:  "The client id that this site was given at " + title + "; with it people sign in with their account there. The address to give there as redirect is `site.url` followed by `/sign-in/with/" + name + "/done`.",
		bind: bind}
}

func secret(name, title string, bind func(*Config) any) *Setting {
	return &Setting{Key: "accounts." + name + "_secret_file", Example: "/etc/broadsheet/" + name + ".secret", Commands: []string{"serve", "doctor", "config"},
		Help: "file with the client secret of " + title + ", mode 0600",
		Doc:  "A file that holds the client secret of " + title + " on its one line. Only its owner may have rights on it (mode 0600). Without it this site is a public client there; few services take such.",
		bind: bind}
}

// finishAccounts reads the secrets, and finds what is only half set.
func (c *Config) finishAccounts() error {
	a := &c.Accounts
	a.ORCID.Title, a.GitHub.Title, a.Google.Title, a.Google.Issuer = "ORCID", "GitHub", "Google", "https://accounts.google.com"
	for _, x := range []struct {
		name string
		is   *Elsewhere
	}{{"orcid", &a.ORCID}, {"github", &a.GitHub}, {"google", &a.Google}, {"oidc", &a.OIDC}} {
		if x.is.Client == "" {
			continue
		}
		if x.name == "oidc" && x.is.Issuer == "" {
			return broadsheet.InvalidField("accounts.oidc_issuer", "is not set, but accounts.oidc_client is", "name the issuer too")
		}
		key := "accounts." + x.name + "_secret_file"
		if x.is.SecretFile == "" {
			continue // a public client, which has PKCE only
		}
		var err error
		if x.is.Secret, err = readSecret(key, x.is.SecretFile); err != nil {
			return err
		}
	}
	return nil
}

// checkLonger wants a length of time of at least least.
func checkLonger(least time.Duration) func(string) string {
	return func(v string) string {
		if d, err := time.ParseDuration(v); err == nil && d < least {
			return "write at least " + least.String()
		}
		return ""
	}
}
