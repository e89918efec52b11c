package boot

import (
	"context"
	"time"
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
