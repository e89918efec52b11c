package inbound

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/dsn"
	"broadsheet/internal/lib/metric"
	"broadsheet/internal/store"
)

// Store is the part of the store that is needed.
type Store interface {
	DeliveryByToken(ctx context.Context, token string) (broadsheet.Delivery, error)
	Deliveries(ctx context.Context, q store.DeliveryQuery) ([]broadsheet.Delivery, error)
	Recipient(ctx context.Context, id int64) (broadsheet.Recipient, error)
	SubscriptionsOf(ctx context.Context, recipient int64) ([]broadsheet.Subscription, error)
	PutSubscription(ctx context.Context, x broadsheet.Subscription) (broadsheet.Subscription, error)
	Suppress(ctx context.Context, x broadsheet.Suppression) error
	PutSteps(ctx context.Context, steps []store.Step) ([]bool, error)
	PutStray(ctx context.Context, x store.Stray) error
	PruneStrays(ctx context.Context, keep int) error
}

// Options are what a Desk stands on.
type Options struct {
	Store   Store
	Domain  string           // of the addresses that mail comes back to
	Log     *slog.Logger     // nil: silent
	Metrics *metric.Set      // nil: not measured
	Now     func() time.Time // default time.Now
}

// Desk takes in what comes back. It may be used by many at once.
type Desk struct {
	o     Options
	taken *metric.Counter
}

// New makes a desk.
func New(o Options) *Desk {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Desk{o, o.Metrics.Counter(metric.Desc{Package: "deliver", What: "returned", Unit: "total",
		Help: "Mails and reports that came back for a delivery, by what they were.", Labels: []string{"kind"}})}
}

// Local parts of the addresses that mail comes back to, before the token.
const (
	bounceTo      = "bounce+"
	complaintTo   = "complaint+"
	unsubscribeTo = "unsubscribe+"
)

// Of mails that were not understood the latest are kept, each up to its first
// bytes: 64 MB at most, whoever has a token.
const (
	keepStrays = 1000
	maxStray   = 64 << 10
)

// ErrNotHere is the error of an address that nothing comes back to.
var ErrNotHere = &broadsheet.Error{Kind: broadsheet.NotFound, Text: "no mail is taken for that address"}

// target is a delivery that something came back of.
type target struct {
	delivery    broadsheet.Delivery
	unsubscribe bool
}

// find is the delivery that an address names; ErrNotHere where none is.
func (d *Desk) find(ctx context.Context, address string) (target, error) {
	local, domain, _ := strings.Cut(strings.ToLower(strings.Trim(address, "<> ")), "@")
	if domain != strings.ToLower(d.o.Domain) {
		return target{}, ErrNotHere
	}
	purpose, token, ok := strings.Cut(local, "+")
	switch purpose += "+"; {
	case !ok, purpose != bounceTo && purpose != complaintTo && purpose != unsubscribeTo:
		return target{}, ErrNotHere
	}
	x, err := d.Delivery(ctx, token)
	return target{x, purpose == unsubscribeTo}, err
}

// Delivery is the one that a token names; ErrNotHere where none is.
func (d *Desk) Delivery(ctx context.Context, token string) (broadsheet.Delivery, error) {
	if len(token) < 20 || len(token) > 80 || strings.Trim(token, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return broadsheet.Delivery{}, ErrNotHere
	}
	x, err := d.o.Store.DeliveryByToken(ctx, token)
	if broadsheet.KindOf(err) == broadsheet.NotFound && err != nil {
		return x, ErrNotHere
	}
	return x, err
}

// Token is the token in an address that mail comes back to, or the local part of
// a Message-ID, which is the token too; "" where s is neither.
func (d *Desk) Token(s string) string {
	local, domain, ok := strings.Cut(strings.ToLower(strings.Trim(s, "<> ")), "@")
	if !ok || local == "" {
		return ""
	}
	if _, token, ok := strings.Cut(local, "+"); ok {
		if domain == strings.ToLower(d.o.Domain) {
			return token
		}
		return ""
	}
	return local
}

// Mail takes in a mail that came to an address. Its error is ErrNotHere where
// the address is not ours; others are worth another try.
func (d *Desk) Mail(ctx context.Context, address string, body []byte) error {
	t, err := d.find(ctx, address)
	if err != nil {
		return err
	}
	if t.unsubscribe {
		d.taken.With("unsubscribe").Add(1)
		return d.unsubscribe(ctx, &t.delivery, "unsubscribed by mail")
	}
	report, err := dsn.Parse(bytes.NewReader(body))
	if err != nil {
		why := "it could not be read: " + err.Error()
		if errors.Is(err, dsn.ErrNone) {
			why = "it is no report that is understood"
		}
		return d.stray(ctx, t.delivery.RecipientID, why, body)
	}
	return d.Report(ctx, &t.delivery, report)
}

func (d *Desk) stray(ctx context.Context, recipient int64, why string, body []byte) error {
	d.taken.With("stray").Add(1)
	body = body[:min(len(body), maxStray)]
	if err := d.o.Store.PutStray(ctx, store.Stray{ReceivedAt: d.o.Now(), Why: line(why), Body: body, Recipient: recipient}); err != nil {
		return err
	}
	return d.o.Store.PruneStrays(ctx, keepStrays)
}

// maxLine bounds what is kept of the other side's words.
const maxLine = 300

// line makes one printable line of what the other side said. A NUL or bytes that
// are no text would be refused by PostgreSQL, and the mail come again for ever.
func line(s string) string {
	if len(s) > 4*maxLine {
		s = s[:4*maxLine]
	}
	s = strings.ToValidUTF8(s, "?")
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 }), " ")
	if len(s) > maxLine {
		s = strings.ToValidUTF8(s[:maxLine], "")
	}
	return s
}
