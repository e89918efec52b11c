package hook

import (
	"context"
	"crypto/ecdsa"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/dsn"
)

// Desk takes reports in; it is *inbound.Desk.
type Desk interface {
	Token(s string) string
	Delivery(ctx context.Context, token string) (broadsheet.Delivery, error)
	Report(ctx context.Context, x *broadsheet.Delivery, r *dsn.Report) error
}

// Options are what Hooks stand on. Services without their key are not there.
type Options struct {
	Desk           Desk
	PostmarkSecret string
	MailgunKey     string
	SendGridKey    string // as SendGrid shows it: base64 of a public key
	SESTopic       string // ARN of the SNS topic
	// Get fetches a certificate, or confirms a subscription, of SNS.
	Get func(ctx context.Context, url string) ([]byte, error)
	Log *slog.Logger     // nil: silent
	Now func() time.Time // default time.Now
}

// Hooks take what mail services post.
type Hooks struct {
	o        Options
	services map[string]func(ctx context.Context, header http.Header, body []byte) ([]event, error)
	nonces   nonces
	sendgrid *ecdsa.PublicKey
	certs    certificates
}

// event is a report about a mail.
type event struct {
	token  string
	report dsn.Report
}

// New makes hooks. Its error is Invalid where a key cannot be one.
func New(o Options) (*Hooks, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	h := &Hooks{o: o, services: map[string]func(context.Context, http.Header, []byte) ([]event, error){}}
	if o.PostmarkSecret != "" {
		h.services["postmark"] = h.postmark
	}
	if o.MailgunKey != "" {
		h.services["mailgun"] = h.mailgun
	}
	if o.SendGridKey != "" {
		var err error
		if h.sendgrid, err = publicKey(o.SendGridKey); err != nil {
			return nil, err
		}
		h.services["sendgrid"] = h.sendGrid
	}
	if o.SESTopic != "" {
		if _, err := regionOf(o.SESTopic); err != nil {
			return nil, err
		}
		h.services["ses"] = h.ses
	}
	return h, nil
}

// Any tells whether there is any service.
func (h *Hooks) Any() bool { return h != nil && len(h.services) > 0 }

var (
	errNoService = &broadsheet.Error{Kind: broadsheet.NotFound, Text: "no such mail service is set up here"}
	errSignature = &broadsheet.Error{Kind: broadsheet.Denied, Text: "the signature is not right"}
	errStale     = &broadsheet.Error{Kind: broadsheet.Denied, Text: "this was signed too long ago, or in the future"}
	errShape     = &broadsheet.Error{Kind: broadsheet.Invalid, Text: "this is not what the service posts"}
)

// Take takes in what a service posted. Its error is NotFound for a service that
// is not set up, Denied for a signature that is not right, Invalid for a body
// that the service would not send; others are worth another try.
func (h *Hooks) Take(ctx context.Context, service string, header http.Header, body []byte) error {
	var read func(context.Context, http.Header, []byte) ([]event, error)
	if h != nil {
		read = h.services[service]
	}
	if read == nil {
		return errNoService
	}
	events, err := read(ctx, header, body)
	if err != nil {
		if broadsheet.KindOf(err) == broadsheet.Denied {
			h.o.Log.Warn("a mail service's post was refused", "service", service, "error", err)
		}
		return err
	}
	for i := range events {
		if err := h.take(ctx, &events[i]); err != nil {
			return err
		}
	}
	return nil
}

func (h *Hooks) take(ctx context.Context, e *event) error {
	x, err := h.o.Desk.Delivery(ctx, strings.ToLower(e.token))
	if err != nil && broadsheet.KindOf(err) == broadsheet.NotFound {
		return nil // another mail of the account
	}
	if err != nil {
		return err
	}
	return h.o.Desk.Report(ctx, &x, &e.report)
}

// read reads JSON that a service signed.
func read(body []byte, into any) error {
	if err := json.Unmarshal(body, into); err != nil {
		return errShape
	}
	return nil
}

// fresh tells whether a time is not longer ago than a span, nor in the future,
// but for clocks that differ.
func (h *Hooks) fresh(at time.Time, span time.Duration) bool {
	age := h.o.Now().Sub(at)
	return age > -5*time.Minute && age < span
}

// failed is the report of a mail that did not arrive.
func failed(address, status, words string, hard bool) dsn.Report {
	return dsn.Report{Kind: dsn.Failed, Recipients: []dsn.Recipient{{Address: address, Status: status, Diagnostic: words, Hard: hard}}}
}

// complaint is the report of a reader who called a mail spam; kind "opt-out" of
// one who only wants no more.
func complaint(address, kind string) dsn.Report {
	return dsn.Report{Kind: dsn.Complaint, Feedback: kind, Recipients: []dsn.Recipient{{Address: address}}}
}
