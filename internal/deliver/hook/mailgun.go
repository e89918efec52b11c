package hook

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"broadsheet/internal/lib/dsn"
)

// mailgunPost is what Mailgun posts.
type mailgunPost struct {
	Signature struct{ Timestamp, Token, Signature string }
	Event     struct {
		Event, Severity, Reason, Recipient string
		Envelope                           struct{ Sender string }
		Message                            struct{ Headers map[string]any }
		Status                             struct {
			Enhanced    string `json:"enhanced-code"`
			Message     string
			Description string
		} `json:"delivery-status"`
	} `json:"event-data"`
}

// mailgunSpan is how old a post may be: Mailgun tries for eight hours.
const mailgunSpan = 9 * time.Hour

func (h *Hooks) mailgun(_ context.Context, _ http.Header, body []byte) ([]event, error) {
	var p mailgunPost
	if err := read(body, &p); err != nil {
		return nil, err
	}
	s := &p.Signature
	mac := hmac.New(sha256.New, []byte(h.o.MailgunKey))
	mac.Write([]byte(s.Timestamp + s.Token))
	given, err := hex.DecodeString(s.Signature)
	if err != nil || s.Token == "" || !hmac.Equal(given, mac.Sum(nil)) {
		return nil, errSignature
	}
	seconds, err := strconv.ParseInt(s.Timestamp, 10, 64)
	if at := time.Unix(seconds, 0); err != nil || !h.fresh(at, mailgunSpan) {
		return nil, errStale
	}
	if !h.nonces.take(s.Timestamp+s.Token, sha256.Sum256(body), h.o.Now()) {
		return nil, errSignature
	}
	id, _ := p.Event.Message.Headers["message-id"].(string)
	e := event{token: cmp.Or(h.returnToken(p.Event.Envelope.Sender), h.o.Desk.Token(id)), report: p.report()}
	if e.report.Kind == "" {
		return nil, nil
	}
	return []event{e}, nil
}

// returnToken is the token in an envelope sender, "" where it has none.
func (h *Hooks) returnToken(sender string) string {
	if !strings.Contains(sender, "+") {
		return ""
	}
	return h.o.Desk.Token(sender)
}

// report is what a post says, of no kind where that is no news.
func (p *mailgunPost) report() dsn.Report {
	x := &p.Event
	words := strings.TrimSpace(x.Status.Message + " " + x.Status.Description)
	switch x.Event {
	case "complained":
		return complaint(x.Recipient, "abuse")
	case "unsubscribed":
		return complaint(x.Recipient, "opt-out")
	case "failed":
		switch {
		case x.Severity != "permanent":
			return dsn.Report{Kind: dsn.Delayed}
		case x.Reason == "suppress-bounce":
			return failed(x.Recipient, x.Status.Enhanced, words, true)
		case x.Reason == "suppress-complaint":
			return complaint(x.Recipient, "abuse")
		case x.Reason == "suppress-unsubscribe":
			return complaint(x.Recipient, "opt-out")
		}
		return failed(x.Recipient, x.Status.Enhanced, words, dsn.Gone(x.Status.Enhanced, words))
	}
	return dsn.Report{}
}

// nonces remembers which body came with a nonce.
type nonces struct {
	mu   sync.Mutex
	seen map[string]nonce
}

type nonce struct {
	body [sha256.Size]byte
	at   time.Time
}

// maxNonces bounds what is remembered; the oldest are then forgotten. Only who
// has the key can fill it.
const maxNonces = 50_000

// take tells whether a nonce is new, or came with the same body before.
func (n *nonces) take(name string, body [sha256.Size]byte, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if old, ok := n.seen[name]; ok {
		return old.body == body
	}
	if n.seen == nil {
		n.seen = map[string]nonce{}
	}
	for span := mailgunSpan; len(n.seen) >= maxNonces; span /= 2 {
		for k, v := range n.seen {
			if now.Sub(v.at) >= span {
				delete(n.seen, k)
			}
		}
	}
	n.seen[name] = nonce{body, now}
	return true
}
