package deliver

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"broadsheet"
)

// Outcome is what the other side made of a delivery.
type Outcome struct {
	State broadsheet.DeliveryState // sent, planned (try again), failed
	Reply string                   // its words, in a line
	// NoSuchAddress says that the address does not exist: it is suppressed.
	NoSuchAddress bool
	// Mailbox says that what was wrong is the recipient's mailbox, full perhaps, and
	// not the message or the sender: an address at which that goes on for weeks is
	// suppressed.
	Mailbox bool
	// After is the least time until the next try of a planned one, 0 is the
	// sender's own schedule.
	After time.Duration
	// NotTried says that the attempt does not count against the address: its turn
	// had not come, or the relay could not be reached.
	NotTried bool
}

// Sent is the outcome of what was accepted.
func Sent(reply string) Outcome { return Outcome{State: broadsheet.DeliverySent, Reply: line(reply)} }

// Later is the outcome of what is tried again.
func Later(reply string) Outcome {
	return Outcome{State: broadsheet.DeliveryPlanned, Reply: line(reply)}
}

// Failed is the outcome of what was refused for good.
func Failed(reply string) Outcome {
	return Outcome{State: broadsheet.DeliveryFailed, Reply: line(reply)}
}

// maxReply bounds what is kept of the other side's words.
const maxReply = 300

// line makes one printable line of what the other side said.
func line(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || r == 0xfffd || r >= 0x80 && r < 0xa0 }), " ")
	if len(s) > maxReply {
		s = strings.ToValidUTF8(s[:maxReply], "")
	}
	return s
}

// backoff is how long a delivery waits after its attempt: 5 minutes, doubling
// to 2 hours, give or take a fifth so that a relay that was away is not met by
// all at once. rnd is from 0 to 1.
func backoff(attempt int, rnd float64) time.Duration {
	wait := 5 * time.Minute << min(max(attempt-1, 0), 5)
	wait = min(wait, 2*time.Hour)
	return time.Duration(float64(wait) * (0.8 + 0.4*rnd))
}

// SMTPReply judges what a mail server said to a recipient or a message, by its
// code and its enhanced code (RFC 3463).
func SMTPReply(code int, text string) Outcome {
	reply := fmt.Sprintf("%d %s", code, text)
	switch {
	case code >= 200 && code < 300:
		return Sent(reply)
	case code >= 500 && code < 600:
		o := Failed(reply)
		o.NoSuchAddress, o.Mailbox = noSuchAddress(code, text), aboutMailbox(code, text)
		return o
	}
	o := Later(reply)
	o.Mailbox = aboutMailbox(code, text)
	return o
}

// aboutMailbox tells whether a reply is about the mailbox itself (RFC 3463,
// section 3.3). Without an enhanced code 552 is: it was made for that.
func aboutMailbox(code int, text string) bool {
	enhanced, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	class, rest, ok := strings.Cut(enhanced, ".")
	if !ok || class != "4" && class != "5" {
		return code == 552
	}
	subject, _, _ := strings.Cut(rest, ".")
	return subject == "2"
}

// noSuchAddress tells whether a refusal is about the address itself, which will
// not come to exist, and not about the message, the sender or a full mailbox.
// Without an enhanced code 550, 551 and 553 are.
func noSuchAddress(code int, text string) bool {
	enhanced, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	class, rest, ok := strings.Cut(enhanced, ".")
	if !ok || class != "5" {
		return code == 550 && plainlyUnknown(text) || code == 551
	}
	switch rest {
	case "1.1", "1.2", "1.3", "1.6", "1.10", "2.1", "4.4":
		return true
	}
	return false
}

// plainlyUnknown tells whether a refusal without an enhanced code says that
// there is no such user; 550 is also said to spam.
func plainlyUnknown(text string) bool {
	low := strings.ToLower(text)
	for _, words := range []string{"user unknown", "unknown user", "no such user", "does not exist", "no such recipient", "mailbox unavailable", "mailbox not found",
		"invalid recipient", "unknown recipient", "recipient not found", "no mailbox", "address rejected", "account disabled", "unknown local part"} {
		if strings.Contains(low, words) {
			return true
		}
	}
	return false
}

func spread() float64 {
	return rand.Float64() // #nosec G404 -- spreads retries; nobody gains by guessing it
}
