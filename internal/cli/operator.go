package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/lib/seal"
	"broadsheet/internal/store"
)

// operator gives the use cases of who runs the site over the configured
// database. It may be in use: nothing here holds it for long.
func (r *run) operator(readOnly bool) (*app.Operator, *store.Store, error) {
	open := r.open
	if readOnly {
		open = r.openReadOnly
	}
	s, err := open()
	if err != nil {
		return nil, nil, err
	}
	a, err := app.New(app.Options{Store: s, Zone: r.cfg.Site.TimeZone})
	if err != nil {
		s.Close()
		return nil, nil, err
	}
	return a.Console(), s, nil
}

// adminCmd is what opens the administrator's page.
type adminCmd struct {
	Link adminLinkCmd `cmd:"" help:"Print a link to the page that shows who gets what."`
}

type adminLinkCmd struct {
	JSON bool `help:"Print JSON."`
}

func (adminLinkCmd) Help() string {
	return `The link opens the page for 24 hours, to whoever has it: do not pass it on. It is signed with the site's secret key, so it is made by
the user who runs the site, and changing the key makes all links void.

Examples:

  broadsheet admin link`
}

// Run prints the link.
func (c *adminLinkCmd) Run(r *run) (err error) {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(cfg.Mail.SecretFile), 0o750); err != nil {
		return err
	}
	key, err := seal.Load(cfg.Mail.SecretFile)
	if err != nil {
		return &broadsheet.Error{Kind: broadsheet.Unavailable, Field: "secret_file", Text: "the key of links cannot be read", Fix: "run this as the user who runs the site", Err: err}
	}
	s, err := r.openReadOnly()
	if err != nil {
		return err
	}
	defer closing(s, &err)
	a, err := app.New(app.Options{Store: s, Zone: cfg.Site.TimeZone, Key: key})
	if err != nil {
		return err
	}
	path, until, err := a.Console().Link()
	if err != nil {
		return err
	}
	return r.printLink(c.JSON, path, until)
}

// sinceFlag reads a time that a person gives: a day, a time, or how long ago.
func sinceFlag(flag, text string, now time.Time, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, nil
		}
	}
	if d, ok := daysAgo(text); ok {
		return now.Add(-d), nil
	}
	return time.Time{}, usage(broadsheet.InvalidField(flag, fmt.Sprintf("%.40q is no time", text), "write a day as 2026-06-30, a time as 2026-06-30T08:00, or how long ago as 24h or 7d"))
}

// daysAgo reads a length of time: 90m, 24h, 7d.
func daysAgo(text string) (time.Duration, bool) {
	if n, ok := strings.CutSuffix(text, "d"); ok {
		days, err := strconv.Atoi(n)
		return time.Duration(days) * 24 * time.Hour, err == nil && days >= 0 && days < 40000
	}
	d, err := time.ParseDuration(text)
	return d, err == nil && d >= 0
}

// stamp writes a time in a table.
func stamp(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(zone).Format("2006-01-02 15:04")
}

// shownAddress is how an address is written in a table: that of a channel other
// than mail may hold a secret and only shows where it leads.
func shownAddress(x broadsheet.Recipient) string {
	switch {
	case x.Address == "":
		return "(erased)"
	case x.Channel == broadsheet.ChannelMail:
		return x.Address
	}
	_, rest, ok := strings.Cut(x.Address, "://")
	if !ok {
		rest = x.Address
	}
	host, _, _ := strings.Cut(rest, "/")
	if _, after, ok := strings.Cut(host, "@"); ok {
		host = after
	}
	return string(x.Channel) + " at " + host
}

// share writes a part of a whole in percent.
func share(part, whole int) string {
	if whole == 0 {
		return "-"
	}
	return strconv.FormatFloat(100*float64(part)/float64(whole), 'f', 2, 64) + " %"
}
