package dsn

import (
	"errors"
	"io"
	"net/mail"
	"strings"
)

// Kind is what a mail that came back is.
type Kind string

// Kinds.
const (
	Failed    Kind = "failed"    // not delivered, and not tried any more
	Delayed   Kind = "delayed"   // still being tried
	Delivered Kind = "delivered" // delivered, or handed on to where nobody reports
	Complaint Kind = "complaint" // its reader called it spam
	AutoReply Kind = "reply"     // an absence notice or another machine's answer
)

// Report is what a mail says about one recipient or several. One without
// structure has a recipient for each address that it names.
type Report struct {
	Kind       Kind
	Recipients []Recipient
	Feedback   string // type of a complaint: "abuse", "opt-out", …
}

// Recipient is one address of a report.
type Recipient struct {
	Address    string // as the report names it, "" where it does not
	Status     string // enhanced status code, "5.1.1"; "" unknown
	Code       int    // SMTP reply code, 0 unknown
	Diagnostic string // the other side's words
	Hard       bool   // the address is gone for good
}

// Hard tells whether any address of the report is gone for good.
func (r *Report) Hard() bool {
	for i := range r.Recipients {
		if r.Recipients[i].Hard {
			return true
		}
	}
	return false
}

// ErrNone is the error of a mail that is no report.
var ErrNone = errors.New("not a report about a mail")

// Bounds of a mail.
const (
	MaxMail  = 1 << 20 // bytes; the rest is not read
	maxDepth = 6
	maxParts = 60
	maxText  = 64 << 10 // bytes of prose that are looked at
	maxAddrs = 25       // addresses of a report; each may take 25 ms of a hostile one
)

// Parse reads a mail that came back. Its error is ErrNone where it says nothing
// about a mail of ours, else what could not be read.
func Parse(r io.Reader) (*Report, error) {
	m, err := mail.ReadMessage(io.LimitReader(r, MaxMail))
	if err != nil {
		return nil, err
	}
	p := &parser{}
	p.part(partHeader(m.Header), m.Body, 0)
	if p.feedback != nil {
		return p.complaint(), nil
	}
	if rep := p.structured(); rep != nil {
		return rep, nil
	}
	return p.prose(m.Header)
}

// complaint is the report of an ARF mail.
func (p *parser) complaint() *Report {
	rep := &Report{Kind: Complaint, Feedback: strings.ToLower(p.feedback.Get("Feedback-Type"))}
	for _, name := range []string{"Original-Rcpt-To", "Removal-Recipient"} {
		for _, a := range p.feedback[name] {
			rep.Recipients = append(rep.Recipients, Recipient{Address: addressOf(a)})
		}
	}
	return rep
}

// structured is the report of the delivery-status parts, nil where there are
// none.
func (p *parser) structured() *Report {
	rep := &Report{}
	for _, f := range p.status {
		action := strings.ToLower(strings.TrimSpace(f.Get("Action")))
		x := Recipient{Status: statusIn(f.Get("Status")), Diagnostic: squeeze(f.Get("Diagnostic-Code"))}
		for _, name := range []string{"Original-Recipient", "Final-Recipient", "X-Actual-Recipient"} {
			if x.Address == "" {
				x.Address = addressOf(f.Get(name))
			}
		}
		if x.Address == "" && action == "" && x.Status == "" {
			continue
		}
		kind := Failed
		switch action {
		case "delayed":
			kind = Delayed
		case "delivered", "relayed", "expanded":
			kind = Delivered
		case "failed":
		default:
			if strings.HasPrefix(x.Status, "2.") {
				kind = Delivered
			}
		}
		if rep.Kind == "" || kind == Failed {
			rep.Kind = kind
		}
		x.Code = replyCode(x.Diagnostic)
		if s := statusIn(x.Diagnostic); s != "" && (x.Status == "" || strings.HasSuffix(x.Status, ".0.0")) {
			x.Status = s
		}
		words := x.Diagnostic
		if words == "" || generic(words) {
			words += " " + p.near(x.Address)
		}
		x.Hard = kind == Failed && gone(x.Status, words)
		rep.Recipients = append(rep.Recipients, x)
	}
	if len(rep.Recipients) == 0 {
		return nil
	}
	return rep
}

// Gone tells whether an enhanced status code, "" for none, and the words beside
// it say that an address does not exist any more: the rule by which Parse calls a
// recipient hard, for those who get them apart.
func Gone(status, words string) bool {
	words = squeeze(words)
	if s := statusIn(words); s != "" && vague(status) {
		status = s
	}
	return gone(status, words)
}
