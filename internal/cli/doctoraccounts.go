package cli

import (
	"net"
	"strings"

	"broadsheet/internal/config"
	"broadsheet/internal/serve/httpkit"
)

// checkAccounts looks at what signing in stands on.
func checkAccounts(c *config.Config) []check {
	if c.Site.URL != "" && !httpkit.SecureBase(c.Site.URL) {
		return []check{{"signing in", warning, "cookies of who is signed in cross the network in clear, and browsers give no passkeys",
			"put a reverse proxy with a certificate before the site and set site.url to https://…"}}
	}
	// Cookies are then those of a site on this machine, which browsers take from no
	// other over plain HTTP.
	if host, _, err := net.SplitHostPort(c.Listen); c.Site.URL == "" && err == nil && host != "localhost" && !net.ParseIP(host).IsLoopback() {
		return []check{{"signing in", warning, "site.url is not set, so that people sign in on this machine only, at " + c.Local(), "set site.url to the address that readers type"}}
	}
	var ways []string
	if c.Mail.Enabled() {
		ways = append(ways, "mailed links")
	}
	for _, x := range []struct {
		name string
		is   config.Elsewhere
	}{{"ORCID", c.Accounts.ORCID}, {"GitHub", c.Accounts.GitHub}, {"Google", c.Accounts.Google}, {c.Accounts.OIDC.Title, c.Accounts.OIDC}} {
		if x.is.Client != "" {
			ways = append(ways, x.name)
			if x.is.Secret == "" {
				return []check{{"signing in", warning, x.name + " has a client id and no secret", "name the file with the secret, unless it takes public clients"}}
			}
		}
	}
	if len(ways) == 0 {
		return []check{{"signing in", warning, "nobody new can sign in: no mail is sent and no other service is named", "set mail.relays, or print links by `broadsheet accounts create`"}}
	}
	return []check{ok("signing in", "by %s and passkeys", strings.Join(ways, ", "))}
}
