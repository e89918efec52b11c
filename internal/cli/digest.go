package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/boot"
	"broadsheet/internal/config"
	"broadsheet/internal/digest/letter"
	"broadsheet/internal/store"
)

type digestCmd struct {
	Preview digestPreviewCmd `cmd:"" help:"Write the mail of a day to standard output."`
	Status  digestStatusCmd  `cmd:"" help:"Show how planning and sending do."`
	Pause   digestPauseCmd   `cmd:"" help:"Stop planning and sending everywhere."`
	Resume  digestResumeCmd  `cmd:"" help:"Let planning and sending go on."`
}

func (digestCmd) Help() string {
	return `Examples:

  broadsheet digest preview --format text
  broadsheet digest preview --date 2026-07-01 > edition.eml
  broadsheet digest status`
}

type digestPreviewCmd struct {
	Date   string `help:"Day whose papers are in it; by default the latest." placeholder:"2026-07-01"`
	Format string `help:"eml is the whole mail, html and text its two parts." enum:"eml,html,text" default:"eml"`
	Limit  int    `help:"Most papers." default:"10" placeholder:"N"`
}

func (digestPreviewCmd) Help() string {
	return `The mail is as a reader of the site's hot papers gets it, made from the papers of one day; a day without papers shows the mail that says so.
It needs no subscription and sends nothing: its reader, its links of that reader's own, and, where no address or sender is set, those are made up.

Examples:

  broadsheet digest preview --format text
  broadsheet digest preview --format html > edition.html
  broadsheet digest preview --date 2026-07-01 | spamassassin -L -t`
}

// Run writes the mail.
func (c *digestPreviewCmd) Run(r *run) (err error) {
	if err := checkLimit(c.Limit, broadsheet.MaxEdition); err != nil {
		return err
	}
	if c.Date != "" {
		if _, err := broadsheet.ParseDay(c.Date); err != nil {
			return usage(broadsheet.InvalidField("--date", fmt.Sprintf("%.40q is not a day", c.Date), "write a calendar day as 2026-06-30"))
		}
	}
	cfg, err := r.config()
	if err != nil {
		return err
	}
	s, err := r.openReadOnly()
	if err != nil {
		return err
	}
	defer closing(s, &err)
	p, err := c.sample(r.ctx, s, cfg)
	if err != nil {
		return err
	}
	w, err := boot.NewLetters(p, sampleLinks, sampleSender(cfg))
	if err != nil {
		return err
	}
	claim := p.claim(cfg.Site.TimeZone)
	if c.Format == "eml" {
		l, err := w.Write(r.ctx, claim)
		if err != nil {
			return err
		}
		_, err = r.Stdout.Write(l.Body)
		return err
	}
	parts, err := w.Parts(r.ctx, claim)
	if err != nil {
		return err
	}
	text := parts.Text
	if c.Format == "html" {
		text = parts.HTML
	}
	_, err = io.WriteString(r.Stdout, text)
	return err
}

// sample is an edition of a day's papers that is stored nowhere.
type sample struct {
	edition broadsheet.Edition
	papers  []broadsheet.Paper
	day     broadsheet.Day
}

func (c *digestPreviewCmd) sample(ctx context.Context, s *store.Store, cfg *config.Config) (*sample, error) {
	a, err := app.New(app.Options{Store: s, Zone: cfg.Site.TimeZone})
	if err != nil {
		return nil, err
	}
	view := app.View{Limit: c.Limit}
	l, err := a.Front(ctx, view)
	if c.Date != "" {
		l, err = a.Day(ctx, broadsheet.Day(c.Date), view)
	}
	if err != nil {
		return nil, err
	}
	x := &sample{papers: l.Papers, day: l.From}
	x.edition = broadsheet.Edition{ID: 1, Token: "sample", Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, Title: "Hot papers", Total: l.Total}
	for i := range l.Papers {
		x.edition.Picks = append(x.edition.Picks, broadsheet.Pick{PaperID: l.Papers[i].ID, Score: l.Papers[i].VoteCount()})
	}
	return x, nil
}

// EditionByID gives the edition.
func (s *sample) EditionByID(context.Context, int64) (broadsheet.Edition, error) {
	return s.edition, nil
}

// Papers gives the papers, whichever are asked for.
func (s *sample) Papers(context.Context, []string) ([]broadsheet.Paper, error) {
	return s.papers, nil
}

// claim is a delivery at seven in the morning of that day.
func (s *sample) claim(zone *time.Location) *store.Claim {
	c := &store.Claim{}
	c.EditionID, c.Token, c.Slot = s.edition.ID, "sample"+strings.ReplaceAll(string(s.day), "-", ""), string(s.day)
	day := s.day.Time()
	c.PlannedAt = time.Date(day.Year(), day.Month(), day.Day(), 7, 0, 0, 0, zone)
	for _, p := range s.edition.Picks {
		c.Papers = append(c.Papers, p.PaperID)
	}
	c.Recipient.Address = "reader@example.net"
	return c
}

var sampleLinks = letter.Links{
	Unsubscribe: func(*broadsheet.Subscription) string { return "/subscriptions/sample/unsubscribe?seal=sample" },
	Preferences: func(*broadsheet.Recipient, time.Time) string { return "/preferences/sample?seal=sample" },
}

// sampleSender fills in what a site needs only when it sends mail, and signs
// nothing: its keys may be another user's.
func sampleSender(cfg *config.Config) *config.Config {
	c := *cfg
	c.Mail.DKIM = nil
	c.Site.URL = cmp.Or(c.Site.URL, "https://papers.example.org")
	if c.Mail.From == "" {
		host := "papers.example.org"
		if u, err := url.Parse(c.Site.URL); err == nil {
			if _, err := broadsheet.ParseAddress("papers@" + u.Hostname()); err == nil {
				host = u.Hostname()
			}
		}
		c.Mail.From = "papers@" + host
	}
	return &c
}
