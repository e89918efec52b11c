package hook

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"broadsheet/internal/lib/dsn"
)

// sesNews is what SES tells through SNS: as a notification of an identity
// (notificationType) or as an event of a configuration set (eventType).
type sesNews struct {
	NotificationType, EventType string
	Mail                        struct {
		Source        string
		CommonHeaders struct{ MessageID string }
	}
	Bounce struct {
		BounceType, BounceSubType string
		BouncedRecipients         []struct{ EmailAddress, Status, DiagnosticCode string }
	}
	Complaint struct {
		ComplaintFeedbackType string
		ComplainedRecipients  []struct{ EmailAddress string }
	}
}

func (h *Hooks) ses(ctx context.Context, _ http.Header, body []byte) ([]event, error) {
	m, err := h.sns(ctx, body)
	if err != nil || m == nil {
		return nil, err
	}
	var n sesNews
	if err := read([]byte(m.Message), &n); err != nil {
		return nil, nil // SES says in words that a topic was connected to it
	}
	token := cmp.Or(h.returnToken(n.Mail.Source), h.o.Desk.Token(n.Mail.CommonHeaders.MessageID))
	var events []event
	switch cmp.Or(n.NotificationType, n.EventType) {
	case "Bounce":
		events = append(events, event{token, n.bounce()})
	case "Complaint":
		address := ""
		if to := n.Complaint.ComplainedRecipients; len(to) == 1 {
			address = to[0].EmailAddress
		}
		events = append(events, event{token, complaint(address, strings.ToLower(cmp.Or(n.Complaint.ComplaintFeedbackType, "abuse")))})
	}
	return events, nil
}

// bounce is the report of a bounce. What SES calls permanent and general is held
// against the other side's words, since it counts some refusals of mail so.
func (n *sesNews) bounce() dsn.Report {
	r := dsn.Report{Kind: dsn.Failed}
	for _, to := range n.Bounce.BouncedRecipients {
		hard := false
		if n.Bounce.BounceType == "Permanent" {
			switch n.Bounce.BounceSubType {
			case "NoEmail", "Suppressed", "OnAccountSuppressionList":
				hard = true
			default:
				hard = dsn.Gone(to.Status, to.DiagnosticCode)
			}
		}
		r.Recipients = append(r.Recipients, dsn.Recipient{Address: to.EmailAddress, Status: to.Status, Diagnostic: to.DiagnosticCode, Hard: hard})
	}
	return r
}
