package hook

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"strings"

	"broadsheet/internal/lib/dsn"
)

// postmarkPost is what Postmark posts about a bounce, a complaint or a change of
// its list of those who want no mail.
type postmarkPost struct {
	RecordType        string
	Type              string // of a bounce
	Email, Recipient  string
	Description       string
	Details           string
	SuppressSending   bool
	SuppressionReason string
	Metadata          map[string]string
}

// postmark reads a post of Postmark's, which signs none: its user name and
// password stand in the address that it was told.
func (h *Hooks) postmark(_ context.Context, header http.Header, body []byte) ([]event, error) {
	if !samePassword(header.Get("Authorization"), h.o.PostmarkSecret) {
		return nil, errSignature
	}
	var p postmarkPost
	if err := read(body, &p); err != nil {
		return nil, err
	}
	e := event{token: p.Metadata["delivery"]}
	words := strings.TrimSpace(p.Details + " " + p.Description)
	switch p.RecordType {
	case "Bounce":
		e.report = postmarkBounce(p.Type, p.Email, words)
	case "SpamComplaint":
		e.report = complaint(p.Email, "abuse")
	case "SubscriptionChange":
		if !p.SuppressSending || p.SuppressionReason != "ManualSuppression" {
			return nil, nil // the bounce or complaint behind it has its own post
		}
		e.report = complaint(p.Recipient, "opt-out")
	default:
		return nil, nil
	}
	return []event{e}, nil
}

func postmarkBounce(kind, address, words string) dsn.Report {
	switch kind {
	case "HardBounce", "BadEmailAddress":
		return failed(address, "", words, true)
	case "SpamComplaint":
		return complaint(address, "abuse")
	case "Unsubscribe":
		return complaint(address, "opt-out")
	case "AutoResponder", "Subscribe", "AddressChange", "OpenRelayTest", "ChallengeVerification":
		return dsn.Report{Kind: dsn.AutoReply}
	}
	return failed(address, "", words, false)
}

// samePassword compares the password of a Basic authorization with a secret, in
// a time that tells nothing of either.
func samePassword(authorization, secret string) bool {
	scheme, code, _ := strings.Cut(authorization, " ")
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(code))
	if err != nil || !strings.EqualFold(scheme, "Basic") {
		return false
	}
	_, password, _ := strings.Cut(string(raw), ":")
	a, b := sha256.Sum256([]byte(password)), sha256.Sum256([]byte(secret))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}
