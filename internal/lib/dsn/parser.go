package dsn

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"
)

// parser gathers what a mail holds.
type parser struct {
	parts    int
	status   []textproto.MIMEHeader // blocks of delivery-status parts
	feedback textproto.MIMEHeader   // of a feedback-report part; nil: none
	text     strings.Builder        // prose of the mail, without the mail that is returned
}

// header is what parts and mails have in common.
type header interface{ Get(string) string }

func partHeader(h mail.Header) header { return h }

// part takes a part of a mail in.
func (p *parser) part(h header, body io.Reader, depth int) {
	if p.parts++; p.parts > maxParts || depth > maxDepth {
		return
	}
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil && kind == "" {
		kind = "text/plain"
	}
	switch {
	case strings.HasPrefix(kind, "multipart/") && params["boundary"] != "":
		p.multipart(body, params["boundary"], depth)
	case kind == "message/delivery-status" || kind == "message/global-delivery-status":
		p.blocks(decode(h, body))
	case kind == "message/feedback-report":
		if block := readBlock(bufio.NewReader(decode(h, body))); block != nil {
			p.feedback = block
		}
	case kind == "message/rfc822" || kind == "text/rfc822-headers" || kind == "message/global":
		// The mail that was sent: what it says is no news.
	case kind == "text/html":
		p.prose1(stripTags(readAll(decode(h, body))))
	case strings.HasPrefix(kind, "text/") || kind == "":
		p.prose1(readAll(decode(h, body)))
	}
}

func (p *parser) multipart(body io.Reader, boundary string, depth int) {
	whole, _ := io.ReadAll(io.LimitReader(body, MaxMail)) // what can be had
	r := multipart.NewReader(bytes.NewReader(whole), boundary)
	for n := 0; ; n++ {
		part, err := r.NextRawPart()
		if err != nil && n == 0 {
			p.prose1(string(whole)) // boundaries were lost on the way
		}
		if err != nil {
			return
		}
		p.part(part.Header, part, depth+1)
	}
}

// blocks reads the header blocks of a delivery-status part.
func (p *parser) blocks(r io.Reader) {
	in := bufio.NewReader(r)
	for len(p.status) < maxAddrs {
		block := readBlock(in)
		if block == nil {
			return
		}
		p.status = append(p.status, block)
	}
}

// readBlock reads header lines up to an empty one, more kindly than textproto: a
// line without a colon is skipped. nil at the end.
func readBlock(r *bufio.Reader) textproto.MIMEHeader {
	var block textproto.MIMEHeader
	last := ""
	for lines := 0; lines < 500; lines++ {
		line, err := r.ReadString('\n')
		text := strings.TrimRight(line, "\r\n")
		switch name, value, ok := strings.Cut(text, ":"); {
		case text == "":
			if len(block) > 0 || err != nil {
				return block
			}
		case (text[0] == ' ' || text[0] == '\t') && last != "" && len(block[last]) > 0:
			values := block[last]
			values[len(values)-1] += " " + strings.TrimSpace(text)
		case ok && !strings.ContainsAny(name, " \t"):
			if block == nil {
				block = textproto.MIMEHeader{}
			}
			last = textproto.CanonicalMIMEHeaderKey(name)
			block[last] = append(block[last], strings.TrimSpace(value))
		}
		if err != nil {
			return block
		}
	}
	return block
}

func (p *parser) prose1(s string) {
	if room := maxText - p.text.Len(); room > 0 {
		p.text.WriteString(s[:min(len(s), room)])
		p.text.WriteByte('\n')
	}
}

func decode(h header, r io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(h.Get("Content-Transfer-Encoding"))) {
	case "quoted-printable":
		return quotedprintable.NewReader(r)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, r)
	}
	return r
}

// readAll reads what it can get.
func readAll(r io.Reader) string {
	body, _ := io.ReadAll(io.LimitReader(r, maxText))
	return string(body)
}

var tags = regexp.MustCompile(`(?s)<(?:style|script)\b.*?</(?:style|script)>|<[^<>]{0,400}>`)

func stripTags(s string) string {
	s = tags.ReplaceAllString(s, " ")
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&nbsp;", " ", "&amp;", "&").Replace(s)
}

func squeeze(s string) string {
	if len(s) > 2000 {
		s = s[:2000]
	}
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "?")), " ")
}

var addressForm = regexp.MustCompile(`[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,252}`)

// addressOf is the address in a field such as "rfc822;ada@example.org".
func addressOf(s string) string {
	if _, rest, ok := strings.Cut(s, ";"); ok {
		s = rest
	}
	return strings.TrimRight(addressForm.FindString(s), ".")
}
