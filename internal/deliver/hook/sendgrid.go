package hook

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/dsn"
)

// sendgridEvent is one of the events that SendGrid posts together.
type sendgridEvent struct {
	Event, Type, Reason, Status, Email string
	ID                                 string `json:"smtp-id"`
}

const (
	sendgridSignature = "X-Twilio-Email-Event-Webhook-Signature"
	sendgridTime      = "X-Twilio-Email-Event-Webhook-Timestamp"
	sendgridSpan      = 25 * time.Hour // SendGrid tries for a day
)

func publicKey(text string) (*ecdsa.PublicKey, error) {
	bad := func() (*ecdsa.PublicKey, error) {
		return nil, broadsheet.InvalidField("mail.hook_sendgrid_key", "is not a public key of P-256", "copy the verification key that SendGrid shows")
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return bad()
	}
	any, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return bad()
	}
	key, ok := any.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() {
		return bad()
	}
	return key, nil
}

func (h *Hooks) sendGrid(_ context.Context, header http.Header, body []byte) ([]event, error) {
	stamp := header.Get(sendgridTime)
	signature, err := base64.StdEncoding.DecodeString(header.Get(sendgridSignature))
	if err != nil || stamp == "" {
		return nil, errSignature
	}
	sum := sha256.New()
	sum.Write([]byte(stamp))
	sum.Write(body)
	if !ecdsa.VerifyASN1(h.sendgrid, sum.Sum(nil), signature) {
		return nil, errSignature
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || !h.fresh(time.Unix(seconds, 0), sendgridSpan) {
		return nil, errStale
	}
	var all []sendgridEvent
	if err := read(body, &all); err != nil {
		return nil, err
	}
	var events []event
	for i := range all {
		if r := all[i].report(); r.Kind != "" {
			events = append(events, event{h.o.Desk.Token(all[i].ID), r})
		}
	}
	return events, nil
}

// report is what an event says, of no kind where that is no news.
func (x *sendgridEvent) report() dsn.Report {
	switch x.Event {
	case "spamreport":
		return complaint(x.Email, "abuse")
	case "unsubscribe", "group_unsubscribe":
		return complaint(x.Email, "opt-out")
	case "deferred":
		return dsn.Report{Kind: dsn.Delayed}
	case "bounce":
		return failed(x.Email, x.Status, x.Reason, x.Type != "blocked" && dsn.Gone(x.Status, x.Reason))
	case "dropped": // since SendGrid knows of an earlier one
		switch x.Reason {
		case "Bounced Address", "Invalid":
			return failed(x.Email, x.Status, x.Reason, true)
		case "Spam Reporting Address":
			return complaint(x.Email, "abuse")
		case "Unsubscribed Address":
			return complaint(x.Email, "opt-out")
		}
		return failed(x.Email, x.Status, x.Reason, false)
	}
	return dsn.Report{}
}
