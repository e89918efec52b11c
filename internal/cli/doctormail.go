package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"broadsheet/internal/app"
	"broadsheet/internal/config"
	"broadsheet/internal/deliver/mail"
	"broadsheet/internal/lib/dkim"
	"broadsheet/internal/store"
)

// checkMail looks at what sending mail needs, and at whether it goes on.
func checkMail(r *run, c *config.Config, offline bool) []check {
	out := checkSending(r, c)
	if !c.Mail.Enabled() {
		return append(out, ok("mail", "none is sent: mail.relays is not set"))
	}
	out = append(out, ok("mail", "from %s", c.Mail.From), checkSecret(c))
	if len(c.Mail.DKIM) == 0 {
		out = append(out, check{"dkim", warning, "mail is not signed: big mailboxes refuse it", "make a key, name it in mail.dkim_keys and publish what `broadsheet mail dns` writes"})
	}
	for _, setting := range c.Mail.DKIM {
		k, err := dkim.LoadKey(setting)
		if err != nil {
			out = append(out, check{"dkim", bad, err.Error(), "name a private key in PEM, mode 0600, as SELECTOR=FILE in mail.dkim_keys"})
			continue
		}
		out = append(out, ok("dkim", "the key %s can be read; `broadsheet mail dns` writes its record", k.Selector))
	}
	for _, text := range c.Mail.Relays {
		relay, err := mail.ParseRelay(text)
		if err != nil {
			out = append(out, check{"relay", bad, err.Error(), ""})
			continue
		}
		if offline {
			out = append(out, check{"relay", left, relay.String() + " is not asked: --offline", ""})
			continue
		}
		host, _ := os.Hostname() // a greeting without a name is refused by the relay, which then says so
		if err := relay.Check(r.ctx, cmp.Or(c.Mail.Hello, host)); err != nil {
			out = append(out, check{"relay", bad, fmt.Sprintf("%s takes no mail: %v", relay, err), "see that it runs, that this machine may reach it, and that mail.relays holds the right user and password"})
			continue
		}
		out = append(out, ok("relay", "%s answers", relay))
	}
	return out
}

// checkSecret looks at the key of links in mails without making it.
func checkSecret(c *config.Config) check {
	const name = "secret key"
	info, err := os.Stat(c.Mail.SecretFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ok(name, "%s is not there yet; it will be made", c.Mail.SecretFile)
	case err != nil:
		return check{name, bad, err.Error(), "let the user who runs the site read it"}
	case info.Mode().Perm()&0o077 != 0:
		return check{name, bad, c.Mail.SecretFile + " can be read by others", "chmod 600 " + c.Mail.SecretFile}
	}
	return ok(name, "%s is its owner's alone", c.Mail.SecretFile)
}

// longWait is from when on something that waits for a sender is worth a warning.
const longWait = time.Hour

// siteOf gives the use cases over the configured database, which end closes. There
// are none where it cannot be used: the check of the database says why.
func siteOf(r *run, c *config.Config) (a *app.App, end func(), err error) {
	s, err := store.Open(r.ctx, c.Database, store.Options{ReadOnly: true})
	if err != nil {
		return nil, nil, nil
	}
	if s.CheckSchema(r.ctx) != nil {
		s.Close()
		return nil, nil, nil
	}
	if a, err = app.New(app.Options{Store: s, Zone: c.Site.TimeZone}); err != nil {
		s.Close()
		return nil, nil, err
	}
	return a, func() { s.Close() }, nil
}

// failed is a check that could not be made; none for nil.
func failed(name string, err error) []check {
	if err == nil {
		return nil
	}
	return []check{{name, bad, err.Error(), ""}}
}

// checkSending looks at whether planning and sending go on.
func checkSending(r *run, c *config.Config) []check {
	const name = "sending"
	a, end, err := siteOf(r, c)
	if a == nil {
		return failed(name, err)
	}
	defer end()
	d, err := a.Console().State(r.ctx)
	now := time.Now()
	switch {
	case err != nil:
		return failed(name, err)
	case d.Sending.Paused:
		return []check{{name, warning, "paused " + agoText(d.Sending.Since, now) + nonEmpty(": ", d.Sending.Reason), "`broadsheet digest resume` lets it go on"}}
	case d.PlannerLag(now) > lateAfter:
		return []check{{name, warning, "an edition has been due for " + spanText(d.PlannerLag(now)), "see that the site runs, and its log"}}
	case d.Late(now) > longWait:
		return []check{{name, warning, "a delivery has waited for a sender for " + spanText(d.Late(now)), "see `broadsheet deliveries list --state planned` for why, and the log"}}
	case len(d.Subscribers) == 0:
		return []check{ok(name, "nobody is subscribed")}
	}
	return []check{ok(name, "nothing is late")}
}

// nonEmpty is before and text, or nothing where there is no text.
func nonEmpty(before, text string) string {
	if text == "" {
		return ""
	}
	return before + text
}
