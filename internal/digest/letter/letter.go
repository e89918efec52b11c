package letter

import (
	"cmp"
	"context"
	"net/mail"
	"net/url"
	"strings"
	"sync"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/dkim"
	"broadsheet/internal/store"
)

// Store is what a Writer reads.
type Store interface {
	EditionByID(ctx context.Context, id int64) (broadsheet.Edition, error)
	// Papers gives papers in the order of ids, without those that are not here.
	Papers(ctx context.Context, ids []string) ([]broadsheet.Paper, error)
}

// Links are the paths of pages of the site, each with a slash before it.
type Links struct {
	Paper       func(id string) string
	Edition     func(token string) string
	Unsubscribe func(*broadsheet.Subscription) string // of the page; a POST there ends it (RFC 8058)
	Preferences func(*broadsheet.Recipient, time.Time) string
}

// Options are what a Writer stands on.
type Options struct {
	Store Store
	Links Links
	Base  string // address of the site, "https://papers.example.org"
	Title string // of the site
	From  string // "Daily papers <papers@example.org>"
	// ReplyTo is where answers go; "" is From.
	ReplyTo string
	// Returns is the domain at which unsubscribe+TOKEN@ and complaint+TOKEN@ are
	// read; default the domain of From.
	Returns string
	// Keys sign, all of them, for the domain of From; none: mail is not signed here.
	Keys []*dkim.Key
	// Subject names a category, "" where it does not know it; nil knows none.
	Subject func(category string) string
	Now     func() time.Time // for how long a card is kept; default time.Now
}

// Writer writes mails. It may be used by many at once.
type Writer struct {
	o      Options
	from   mail.Address
	domain string // of From
	signer *dkim.Signer

	mu     sync.Mutex
	sheets map[int64]*sheet // by edition
}

// New makes a writer. Its error is Invalid where an address cannot be one.
func New(o Options) (*Writer, error) {
	from, err := mail.ParseAddress(o.From)
	if err != nil {
		return nil, broadsheet.InvalidField("mail.from", "is not a mail address", "write it as Name <name@example.org>")
	}
	if from.Address, err = broadsheet.ParseAddress(from.Address); err != nil {
		return nil, err
	}
	if o.ReplyTo != "" {
		if _, err := mail.ParseAddress(o.ReplyTo); err != nil {
			return nil, broadsheet.InvalidField("mail.reply_to", "is not a mail address", "write it as Name <name@example.org>")
		}
	}
	o.Base = strings.TrimRight(o.Base, "/")
	if u, err := url.Parse(o.Base); err != nil || !broadsheet.ValidURL(o.Base) || u.RawQuery != "" || u.Fragment != "" {
		return nil, broadsheet.InvalidField("site.url", "is not the address of a site", "write it as https://papers.example.org")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Subject == nil {
		o.Subject = func(string) string { return "" }
	}
	w := &Writer{o: o, from: *from, domain: broadsheet.AddressDomain(from.Address), sheets: map[int64]*sheet{}}
	w.o.Title = cmp.Or(clip(line(o.Title), 100), "Daily papers")
	w.from.Name = cmp.Or(clip(line(from.Name), 100), w.o.Title)
	w.o.Returns = cmp.Or(o.Returns, w.domain)
	if len(o.Keys) > 0 {
		w.signer = &dkim.Signer{Domain: w.domain, Keys: o.Keys, Names: signed}
	}
	return w, nil
}

// Write writes the mail of a delivery. Its error is NotFound where nothing is
// left to say: all of its papers are gone, or its edition is.
func (w *Writer) Write(ctx context.Context, c *store.Claim) ([]byte, error) {
	b, err := w.body(ctx, c)
	if err != nil {
		return nil, err
	}
	l := w.links(c)
	head, err := w.header(c, b, l)
	if err != nil {
		return nil, err
	}
	return w.finish(head, l, b, c.Token, c.PlannedAt)
}

// Parts are the two bodies of a mail before they are encoded.
type Parts struct{ Subject, Text, HTML string }

// Parts gives what Write encodes.
func (w *Writer) Parts(ctx context.Context, c *store.Claim) (Parts, error) {
	b, err := w.body(ctx, c)
	if err != nil {
		return Parts{}, err
	}
	l := w.links(c)
	return Parts{b.subject, b.text.raw(l, false), b.html.raw(l, true)}, nil
}

// links are the addresses that are of one reader alone.
func (w *Writer) links(c *store.Claim) links {
	return links{
		unsubscribe: w.o.Base + w.o.Links.Unsubscribe(&c.Subscription),
		preferences: w.o.Base + w.o.Links.Preferences(&c.Recipient, c.PlannedAt),
	}
}

// body is what mails to readers with the same papers share.
func (w *Writer) body(ctx context.Context, c *store.Claim) (*body, error) {
	s, err := w.sheet(ctx, c.EditionID)
	if err != nil {
		return nil, err
	}
	return s.body(ctx, w, c)
}
