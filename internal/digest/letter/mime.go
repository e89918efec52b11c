package letter

import (
	"bytes"
	"crypto/rand"
	"html"
	"mime/quotedprintable"
	"strings"
	"time"
)

// A body is kept in pieces that are encoded already, with the links between
// them that are of one reader alone.
type (
	// piece is text with what follows it.
	piece struct {
		raw     string
		encoded []byte // quoted-printable, whole lines
		then    mark
	}
	// part is one of the two bodies of a mail.
	part []piece
	// mark stands where a reader's own link does.
	mark string
	// links are a reader's own.
	links struct{ unsubscribe, preferences string }
	// body is a mail without what is of one reader alone.
	body struct {
		subject    string
		list       string // fields of the header
		text, html part
	}
)

const markNone mark = ""

// Marks, as templates see them: addresses that lead nowhere. They are chosen at
// random when the program starts, so that no title can hold one.
var markUnsubscribe, markPreferences = newMark(), newMark()

func newMark() mark { return mark("https://" + strings.ToLower(rand.Text()) + ".invalid/") }

func (l links) of(m mark) string {
	switch m {
	case markUnsubscribe:
		return l.unsubscribe
	case markPreferences:
		return l.preferences
	}
	return ""
}

// newPiece encodes text that holds no marks.
func newPiece(raw string) piece { return piece{raw: raw, encoded: encode(raw)} }

// newPart cuts text at its marks.
func newPart(raw string) (p part) {
	for {
		at, which := len(raw), markNone
		for _, m := range []mark{markUnsubscribe, markPreferences} {
			if i := strings.Index(raw, string(m)); i >= 0 && i < at {
				at, which = i, m
			}
		}
		x := newPiece(raw[:at])
		x.then = which
		p = append(p, x)
		if raw = raw[at+len(which):]; which == markNone {
			return p
		}
	}
}

// encode is text in quoted-printable, ended by a line end or a soft one, so that
// what follows may be encoded apart.
func encode(s string) []byte {
	var b bytes.Buffer
	b.Grow(len(s) + len(s)/8)
	q := quotedprintable.NewWriter(&b)
	_, _ = q.Write([]byte(s)) // a Buffer takes everything
	_ = q.Close()
	if !strings.HasSuffix(s, "\n") && s != "" {
		b.WriteString("=\r\n")
	}
	return b.Bytes()
}

func (p part) raw(l links, asHTML bool) string {
	var b strings.Builder
	for _, x := range p {
		b.WriteString(x.raw)
		link := l.of(x.then)
		if asHTML {
			link = html.EscapeString(link)
		}
		b.WriteString(link)
	}
	return b.String()
}

// append writes the encoded part. l holds encoded links.
func (p part) append(dst []byte, l links) []byte {
	for _, x := range p {
		dst = append(dst, x.encoded...)
		dst = append(dst, l.of(x.then)...)
	}
	return dst
}

// finish puts header and bodies together, and signs.
func (w *Writer) finish(header []byte, l links, b *body, token string, at time.Time) ([]byte, error) {
	const rest = "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
	edge := "--" + boundary(atom(token))
	gap := 0 // before the mail, for what is known only after it
	if w.signer != nil {
		gap = len(w.signer.Keys) * signatureRoom
	}
	n := gap + len(header) + 1<<10
	for _, p := range []part{b.text, b.html} {
		for _, x := range p {
			n += len(x.encoded)
			if x.then != markNone {
				n += linkRoom
			}
		}
	}
	mail := append(append(make([]byte, gap, n), header...), "\r\n"...)
	body := len(mail)
	mail = append(mail, edge+"\r\nContent-Type: text/plain"+rest...)
	mail = b.text.append(mail, links{string(encode(l.unsubscribe)), string(encode(l.preferences))})
	mail = append(mail, "\r\n"+edge+"\r\nContent-Type: text/html"+rest...)
	mail = b.html.append(mail, links{string(encode(html.EscapeString(l.unsubscribe))), string(encode(html.EscapeString(l.preferences)))})
	mail = append(mail, "\r\n"+edge+"--\r\n"...)
	if w.signer == nil {
		return mail, nil
	}
	signature, err := w.signer.Sign(header, mail[body:], at)
	if err != nil {
		return nil, err
	}
	if len(signature) > gap {
		return append(signature, mail[gap:]...), nil
	}
	copy(mail[gap-len(signature):], signature)
	return mail[gap-len(signature):], nil
}

// linkRoom is what a reader's own link takes, encoded, or more.
const linkRoom = 300

// signatureRoom is more than a signature by a key of 4,096 bits takes.
const signatureRoom = 2 << 10
