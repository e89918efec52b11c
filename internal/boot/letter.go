package boot

import (
	"context"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/config"
	"broadsheet/internal/deliver/mail"
	"broadsheet/internal/digest/letter"
	"broadsheet/internal/lib/dkim"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/store"
)

var _ mail.Writer = Letters{}

// Letters writes the site's mails for what sends them; it is a mail.Writer.
type Letters struct{ *letter.Writer }

// Write writes the mail of a delivery.
func (l Letters) Write(ctx context.Context, c *store.Claim) (*mail.Letter, error) {
	body, err := l.Writer.Write(ctx, c)
	if err != nil {
		return nil, err
	}
	return &mail.Letter{Body: body}, nil
}

// NewLetters makes the writer of mails from the settings. links are the paths
// that the use cases sign: UnsubscribePath and PreferencesPath of app.App.
func NewLetters(s letter.Store, links letter.Links, c *config.Config) (Letters, error) {
	o := letter.Options{Store: s, Links: links, Base: c.Site.URL, Title: c.Site.Title, From: c.Mail.From, ReplyTo: c.Mail.ReplyTo, Returns: c.Mail.BounceDomain, Subject: app.CategoryName}
	o.Links.Paper = address.Paper
	o.Links.Edition = func(token string) string { return "/editions/" + token }
	for _, setting := range c.Mail.DKIM {
		k, err := dkim.LoadKey(setting)
		if err != nil {
			return Letters{}, broadsheet.InvalidField("mail.dkim_keys", err.Error(), "name a private key in PEM as SELECTOR=FILE")
		}
		o.Keys = append(o.Keys, k)
	}
	w, err := letter.New(o)
	return Letters{w}, err
}
