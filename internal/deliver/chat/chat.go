package chat

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/deliver"
	"broadsheet/internal/lib/fetch"
	"broadsheet/internal/store"
)

// Sender asks over HTTP; *fetch.Client is one.
type Sender interface {
	Send(ctx context.Context, method string, r fetch.Request) (*fetch.Answer, error)
}

// Options are what a Carrier stands on.
type Options struct {
	Channel broadsheet.Channel
	Store   Store
	Sender  Sender
	Base    string                    // address of the site, "https://papers.example.org"
	Title   string                    // of the site
	Paper   func(id string) string    // path of a paper's page
	Edition func(token string) string // path of an edition's page
	Now     func() time.Time          // default time.Now
}

// Carrier carries the deliveries of one channel; it is a deliver.Carrier.
type Carrier struct {
	o    Options
	kind *kind
	pace pacer
}

// New makes a carrier.
func New(o Options) *Carrier {
	o.Base = strings.TrimRight(o.Base, "/")
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Carrier{o: o, kind: kinds[o.Channel]}
}

// Channel is the one that it carries.
func (c *Carrier) Channel() broadsheet.Channel { return c.o.Channel }

// Converse begins a conversation, which is one request after the other.
func (c *Carrier) Converse() deliver.Conversation { return conversation{c} }

// message is a request and whom it is for.
type message struct {
	target  *Target
	request request
}

// Prepare writes the message.
func (c *Carrier) Prepare(ctx context.Context, x *store.Claim) (deliver.Message, *deliver.Outcome, error) {
	t, err := Parse(c.o.Channel, x.Recipient.Address)
	if err != nil {
		o := deliver.Failed(err.Error())
		return nil, &o, nil
	}
	n, err := c.news(ctx, x)
	if err != nil && broadsheet.KindOf(err) == broadsheet.NotFound {
		return nil, &deliver.Outcome{State: broadsheet.DeliverySuppressed, Reply: "nothing is left to say: its papers are gone"}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if wait := c.pace.take(t.Key(), c.kind.every, c.o.Now()); wait > 0 {
		return nil, &deliver.Outcome{State: broadsheet.DeliveryPlanned, Reply: x.Reply, After: wait, NotTried: true}, nil
	}
	return &message{t, c.kind.write(t, n)}, nil, nil
}

// Body is the message of a delivery as it is sent, for who wants to look at it.
func (c *Carrier) Body(ctx context.Context, x *store.Claim) ([]byte, error) {
	t, err := Parse(c.o.Channel, x.Recipient.Address)
	if err != nil {
		return nil, err
	}
	n, err := c.news(ctx, x)
	if err != nil {
		return nil, err
	}
	return c.kind.write(t, n).body, nil
}

// conversation has no line to keep: a request is whole.
type conversation struct{ *Carrier }

// Offer has nothing to say before the message.
func (conversation) Offer(context.Context, *store.Claim, deliver.Message) *deliver.Outcome {
	return nil
}

// Close ends nothing.
func (conversation) Close() {}

// Hand makes the request, once.
func (v conversation) Hand(ctx context.Context, _ *store.Claim, m deliver.Message) (deliver.Outcome, error) {
	x := m.(*message)
	r := fetch.Request{URL: cmp.Or(x.request.url, x.target.url.String()), Body: x.request.body, BodyType: "application/json; charset=utf-8", Header: http.Header{}}
	for name, value := range x.request.header {
		r.Header.Set(name, value)
	}
	a, err := v.o.Sender.Send(ctx, cmp.Or(x.request.method, http.MethodPost), r)
	if err != nil {
		return v.failed(x.target, err)
	}
	a.Body = []byte(x.target.scrub(string(a.Body)))
	o, doubt := v.kind.verdict(a)
	if doubt != nil {
		return deliver.Outcome{}, doubt
	}
	if o.State == broadsheet.DeliveryPlanned && o.After > 0 {
		v.pace.hold(x.target.Key(), v.o.Now().Add(o.After))
	}
	return o, nil
}

// failed is the outcome of a request without an answer.
func (v conversation) failed(t *Target, err error) (deliver.Outcome, error) {
	text := t.scrub(err.Error())
	switch {
	case errors.Is(err, fetch.ErrForbidden):
		return deliver.Failed("its host is in a private network; chat.private_networks can allow that"), nil
	case errors.Is(err, fetch.ErrURL):
		return deliver.Failed("its address cannot be asked"), nil
	case errors.Is(err, fetch.ErrNotSent), v.kind.known:
		return deliver.Later(text), nil
	}
	return deliver.Outcome{}, errors.New(text)
}

// Try sends a delivery that no ledger knows, at once, and gives what came of it:
// what the other side said, or why it could not be asked.
func (c *Carrier) Try(ctx context.Context, x *store.Claim) (deliver.Outcome, error) {
	m, o, err := c.Prepare(ctx, x)
	if err != nil {
		return deliver.Outcome{}, err
	}
	if o != nil {
		return *o, nil
	}
	return c.Converse().Hand(ctx, x, m)
}
