package dsn

import (
	"net/mail"
	"regexp"
	"slices"
	"strings"
)

// returned are lines after which a report quotes the mail that was sent.
var returned = regexp.MustCompile(`(?im)^[ \t>*-]*(?:-{3,}.*(?:original message|copy of (?:the|your) message|returned message|message header|below this line|unsent message)|` +
	`(?:below this line is a copy of the message|the following is a copy of|message header follows|original message follows|` +
	`received:[ \t].*(?:by|from)[ \t]|return-path:[ \t]*<|dkim-signature:[ \t]))`)

var absent = regexp.MustCompile(`(?i)auto[- ]?(?:reply|matic reply|response)|out of (?:the )?office|away from (?:my|the) |vacation|on (?:holiday|leave)`)

// prose reads a report without structure by its words.
func (p *parser) prose(h mail.Header) (*Report, error) {
	text := p.text.String()
	if at := returned.FindStringIndex(text); at != nil && at[0] > 0 {
		text = text[:at[0]]
	}
	subject := decodeWords(h.Get("Subject"))
	if strings.EqualFold(strings.TrimSpace(subject), "unsubscribe") {
		return &Report{Kind: Complaint, Feedback: "opt-out"}, nil // what mail programs send to a List-Unsubscribe address
	}
	auto := strings.ToLower(h.Get("Auto-Submitted"))
	if strings.HasPrefix(auto, "auto-replied") && !failureWords.MatchString(text) || absent.MatchString(subject) && !daemon(h) {
		return &Report{Kind: AutoReply}, nil
	}
	failed := strings.Join(strings.Fields(h.Get("X-Failed-Recipients")), " ")
	if failed == "" && !daemon(h) && !failureWords.MatchString(subject) && !failureWords.MatchString(text) {
		return nil, ErrNone
	}
	rep := &Report{Kind: Failed}
	if delayWords.MatchString(subject) || delayWords.MatchString(text) && !failureWords.MatchString(text) {
		rep.Kind = Delayed
	}
	words := squeeze(text)
	x := Recipient{Status: statusIn(words), Code: replyCode(words), Diagnostic: clip(words, 500)}
	var addresses []string
	for a := range strings.SplitSeq(failed, ",") {
		if a = addressOf(a); a != "" {
			addresses = append(addresses, a)
		}
	}
	if len(addresses) == 0 {
		addresses = addressesIn(text)
	}
	x.Hard = rep.Kind == Failed && gone(x.Status, words)
	if len(addresses) == 0 {
		rep.Recipients = []Recipient{x}
		return rep, nil
	}
	for _, a := range addresses[:min(len(addresses), maxAddrs)] {
		x.Address = a
		rep.Recipients = append(rep.Recipients, x)
	}
	return rep, nil
}

// addressesIn are the first addresses that a text names: that of the reader, and
// perhaps the sender's or a postmaster's.
func addressesIn(text string) (all []string) {
	for _, a := range addressForm.FindAllString(text, 4*maxNamed) {
		if a = strings.TrimRight(a, "."); !slices.Contains(all, a) && len(all) < maxNamed {
			all = append(all, a)
		}
	}
	return all
}

// maxNamed is how many addresses of a report without structure are looked at.
const maxNamed = 10

// near is the prose of a mail about an address: the paragraph that names it, or
// all of it where it is short.
func (p *parser) near(address string) string {
	text := p.text.String()
	if at := returned.FindStringIndex(text); at != nil && at[0] > 0 {
		text = text[:at[0]]
	}
	if len(text) < 3000 || address == "" {
		return squeeze(text)
	}
	i := strings.Index(strings.ToLower(text), strings.ToLower(address))
	if i < 0 {
		return squeeze(text[:3000])
	}
	return squeeze(text[max(0, i-500):min(len(text), i+1500)])
}

// daemon tells whether a mail is from a mail server rather than from a person.
func daemon(h mail.Header) bool {
	from := strings.ToLower(h.Get("From") + " " + h.Get("Return-Path"))
	return strings.Contains(from, "mailer-daemon") || strings.Contains(from, "postmaster") || strings.Contains(from, "<>") ||
		strings.Contains(from, "mail delivery") || strings.Contains(from, "mail administrator")
}

var (
	failureWords = regexp.MustCompile(`(?i)undeliver|not (?:be )?deliver|delivery (?:status|failure|has failed|failed|problem|notification)|failure notice|returned (?:mail|to sender)|` +
		`mail (?:delivery|failed)|could ?n[o']t (?:be )?(?:deliver|sent|send)|unable to deliver|was not (?:delivered|sent)|bounce|permanent error|mail system error|rejected|user unknown|no such user|invalid user|delivery to .* failed`)
	delayWords = regexp.MustCompile(`(?i)\b(?:delayed|delay(?:ed)? mail|delivery delay|still being retried|will (?:keep|continue) (?:on )?try|warning: (?:could not|message|mail))`)
)

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

func decodeWords(s string) string {
	out, err := new(mimeWords).DecodeHeader(s)
	if err != nil {
		return s
	}
	return out
}
