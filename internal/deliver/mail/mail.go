package mail

import (
	"context"
	"crypto/tls"
	"log/slog"
	"time"

	"broadsheet"
	"broadsheet/internal/deliver"
	"broadsheet/internal/store"
)

// Letter is a mail as it is handed over.
type Letter struct {
	Body []byte // header and text, lines ended by CRLF
}

// Writer writes the mail of a delivery: the same bytes again at every attempt.
// Its error is NotFound where nothing is left to say, since its papers went.
type Writer interface {
	Write(ctx context.Context, c *store.Claim) (*Letter, error)
}

// Options adjusts a Carrier.
type Options struct {
	Relays       []*Relay // at least one
	Writer       Writer
	BounceDomain string           // of envelope senders
	Hello        string           // name of this machine
	PerDomain    int              // mails to one domain in a minute, 0 is no bound
	TLS          *tls.Config      // whose certificates are believed; nil: the system's
	Log          *slog.Logger     // nil: silent
	Now          func() time.Time // default time.Now
}

// Carrier carries mail; it is a deliver.Carrier.
type Carrier struct {
	o       Options
	domains domains
}

// New makes a carrier.
func New(o Options) *Carrier {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Carrier{o: o, domains: domains{perMinute: o.PerDomain}}
}

// Channel is broadsheet.ChannelMail.
func (c *Carrier) Channel() broadsheet.Channel { return broadsheet.ChannelMail }

// Converse begins a conversation; it connects when first needed.
func (c *Carrier) Converse() deliver.Conversation { return &conversation{carrier: c} }

// Prepare writes the mail.
func (c *Carrier) Prepare(ctx context.Context, x *store.Claim) (deliver.Message, *deliver.Outcome, error) {
	now := c.o.Now()
	if wait := c.domains.take(x.ID, broadsheet.AddressDomain(x.Recipient.Address), now, x.ExpiresAt.Sub(now)); wait > 0 {
		return nil, &deliver.Outcome{State: broadsheet.DeliveryPlanned, Reply: x.Reply, After: wait, NotTried: true}, nil
	}
	letter, err := c.o.Writer.Write(ctx, x)
	if broadsheet.KindOf(err) == broadsheet.NotFound {
		return nil, &deliver.Outcome{State: broadsheet.DeliverySuppressed, Reply: "nothing is left to say: its papers are gone"}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	return letter, nil, nil
}

// BounceAddress is the envelope sender of a delivery.
func BounceAddress(token, domain string) string { return "bounce+" + token + "@" + domain }
