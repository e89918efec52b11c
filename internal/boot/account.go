package boot

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"broadsheet/internal/app"
	"broadsheet/internal/config"
	"broadsheet/internal/serve/httpkit"
)

// offerFirst shows the link by which the first account is made, the
// administrator's: in the log, which only who runs the site reads, and to who
// started it.
func (p *program) offerFirst(ctx context.Context, base string) {
	path, until, ok, err := p.app.Console().FirstLink(ctx)
	if err != nil {
		p.log.Warn("no link for the first account", "error", err)
		return
	}
	if !ok {
		return
	}
	if p.config.Site.URL != "" {
		base = p.config.Site.URL
	}
	p.log.Info("there is no account yet: this link makes the administrator's, once; `broadsheet accounts link` prints another", "link", base+path, "until", until.UTC().Format(time.RFC3339))
	if p.options.First != nil {
		p.options.First(base+path, until)
	}
}

// openPaths begin the paths that answer everybody on a private site: signing in and
// what its pages are made of, health for what watches the program, and pages that
// links in mails open, which are sealed.
var openPaths = []string{"/sign-in", "/sign-out", "/static/", "/favicon.ico", "/robots.txt", "/subscriptions/", "/preferences/{key}", "/hooks/", "/healthz", "/readyz", "/metrics", app.AdminPath}

// privacy is how a private site is closed; nil: it is not.
func privacy(c *config.Config) *httpkit.Membership {
	if !c.Accounts.Private {
		return nil
	}
	return &httpkit.Membership{
		// Posts of mail services and of mailboxes prove themselves.
		Open: func(rt httpkit.Route) bool {
			return rt.CrossOrigin || slices.ContainsFunc(openPaths, func(path string) bool { return strings.HasPrefix(rt.Pattern, path) })
		},
		SignIn: func(next string) string { return "/sign-in?" + url.Values{"next": {next}}.Encode() },
		// What asks for a right of its own is checked there: a token that may vote votes.
		May: func(ctx context.Context, rt httpkit.Route) error {
			if rt.Right != "" && rt.Right != string(app.RightOpen) {
				return nil
			}
			return app.Allowed(app.ActorOf(ctx), app.RightRead)
		},
	}
}
