package letter

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

// signed are the fields that a signature covers. Gmail and Yahoo demand both
// List-Unsubscribe fields, RFC 9477 the address for complaints.
var signed = []string{"From", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "List-Id", "List-Unsubscribe",
	"List-Unsubscribe-Post", "Feedback-ID", "CFBL-Address", "Auto-Submitted", "MIME-Version", "Content-Type"}

const (
	maxLine    = 76  // of a header, where it can be folded
	maxSubject = 160 // characters
)

// header is the header of an edition's mail, without its signature.
func (w *Writer) header(c *store.Claim, b *body, l links) ([]byte, error) {
	var h bytes.Buffer
	h.Grow(2 << 10)
	name := atom(c.Token)
	if err := w.common(&h, c.PlannedAt, c.Recipient.Address, b.subject, name); err != nil {
		return nil, err
	}
	h.WriteString(b.list)
	field(&h, "List-Unsubscribe", "<"+l.unsubscribe+">,", "<mailto:unsubscribe+"+name+"@"+w.o.Returns+"?subject=unsubscribe>")
	field(&h, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	field(&h, "CFBL-Address", "complaint+"+name+"@"+w.o.Returns+";", "report=arf")
	mimeFields(&h, name)
	return h.Bytes(), nil
}

// common are the fields that every mail has.
func (w *Writer) common(h *bytes.Buffer, at time.Time, to, subject, name string) error {
	to, err := broadsheet.ParseAddress(to)
	if err != nil {
		return err
	}
	field(h, "Date", strings.Fields(at.UTC().Format("Mon, 02 Jan 2006 15:04:05 +0000"))...)
	field(h, "From", strings.Fields(w.from.String())...)
	if w.o.ReplyTo != "" {
		if a, err := mail.ParseAddress(w.o.ReplyTo); err == nil { // New has seen to it
			field(h, "Reply-To", strings.Fields(a.String())...)
		}
	}
	field(h, "To", to)
	field(h, "Subject", strings.Fields(encoded(subject))...)
	field(h, "Message-ID", "<"+name+"@"+w.domain+">")
	return nil
}

// listFields name the list: the same in all mails of a topic and day.
func (w *Writer) listFields(t broadsheet.Topic, title string, day broadsheet.Day) string {
	label := string(t.Kind)
	if t.Key != "" {
		sum := sha256.Sum256([]byte(t.String())) // keys hold what no domain name may
		label += "-" + hex.EncodeToString(sum[:6])
	}
	var h bytes.Buffer
	field(&h, "List-Id", append(strings.Fields(phrase(w.o.Title+": "+title)), "<"+label+"."+w.host()+">")...)
	field(&h, "Feedback-ID", strings.ReplaceAll(string(day), "-", "")+":"+string(t.Kind)+":edition:"+w.sender())
	return h.String()
}

// host is the name under which lists stand (RFC 2919, section 3): that of the
// site, or of the sender where the site has none but an address.
func (w *Writer) host() string {
	if u, err := url.Parse(w.o.Base); err == nil && strings.Contains(u.Hostname(), ".") && strings.Trim(u.Hostname(), "0123456789.") != "" &&
		!strings.Contains(u.Hostname(), ":") {
		return strings.ToLower(u.Hostname())
	}
	return w.domain
}

// sender is the last part of a Feedback-ID: the same for all mails of the
// site, 5 to 15 characters.
func (w *Writer) sender() string {
	s := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, w.domain)
	if len(s) < 5 {
		s += "papers"
	}
	return s[:min(len(s), 15)]
}

func mimeFields(h *bytes.Buffer, name string) {
	field(h, "MIME-Version", "1.0")
	field(h, "Content-Type", "multipart/alternative;", `boundary="`+boundary(name)+`"`)
}

// boundary is what parts the bodies. "=_" never stands in quoted-printable text
// (RFC 2045, section 6.7), so that no body can hold it.
func boundary(name string) string { return "=_" + name }

// field writes a field from its words, folded between them. A word holds no
// white space, and neither control characters nor anything beyond ASCII: what
// is neither is dropped, so that no value ends its line.
func field(h *bytes.Buffer, name string, words ...string) {
	h.WriteString(name)
	h.WriteByte(':')
	n := len(name) + 1
	for i, word := range words {
		word = visible(word)
		if n+1+len(word) > maxLine && i > 0 {
			h.WriteString("\r\n")
			n = 0
		}
		h.WriteByte(' ')
		h.WriteString(word)
		n += 1 + len(word)
	}
	h.WriteString("\r\n")
}

// visible is s without all but the visible characters of ASCII.
func visible(s string) string {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return strings.Map(func(r rune) rune {
				if r <= ' ' || r > '~' {
					return -1
				}
				return r
			}, s)
		}
	}
	return s
}

// encoded is text for a header: as it is where that is ASCII, else in encoded
// words (RFC 2047).
func encoded(s string) string {
	return mime.QEncoding.Encode("utf-8", strings.ReplaceAll(clip(line(s), maxSubject), "=?", "= ?")) // which is no encoded word
}

// phrase is text for a header where an address may follow: quoted or encoded.
func phrase(s string) string {
	s = strings.ReplaceAll(clip(line(s), maxSubject), "=?", "= ?")
	if e := mime.QEncoding.Encode("utf-8", s); e != s {
		return e
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// atom is a token as it may stand in addresses and names. Tokens of this program
// are letters and digits; of any other its hash is taken.
func atom(token string) string {
	ok := token != "" && len(token) <= 40
	for _, c := range []byte(token) {
		ok = ok && (c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')
	}
	if ok {
		return token
	}
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:16])
}
