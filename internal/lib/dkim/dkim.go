// Package dkim signs mail (RFC 6376; Ed25519 by RFC 8463).
//
// A signature covers the named fields as they stand in the header and the body,
// by c=relaxed/simple and SHA-256. Every name is listed in h= as often as the
// field is there and, so that nobody adds another, once more. The same mail,
// keys and time give the same bytes: t= is an argument, and neither algorithm
// takes anything at random here. Several keys, of several selectors, sign one
// mail, each on its own; the body is hashed once.
package dkim

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Signer signs mails of a domain.
type Signer struct {
	Domain string
	Keys   []*Key
	Names  []string // of fields to cover, in any case; From must be among them
}

// Sign gives the DKIM-Signature fields of a mail, one a key, to stand before its
// header. Lines of header and body end with CRLF; the empty line between them
// belongs to neither.
func (s *Signer) Sign(header, body []byte, at time.Time) ([]byte, error) {
	names, signed := s.covered(header)
	sum := sha256.Sum256(simpleBody(body))
	var out bytes.Buffer
	for _, k := range s.Keys {
		field := k.field(s.Domain, at, names, sum[:])
		hash := sha256.New()
		hash.Write(signed)
		hash.Write(bytes.TrimSuffix(relaxed(nil, []byte(field)), crlf))
		signature, err := k.sign(hash.Sum(nil))
		if err != nil {
			return nil, fmt.Errorf("sign as %s of %s: %w", k.Selector, s.Domain, err)
		}
		out.WriteString(strings.TrimSuffix(field, "\r\n"))
		fold(&out, base64.StdEncoding.EncodeToString(signature))
		out.Write(crlf)
	}
	return out.Bytes(), nil
}

var crlf = []byte("\r\n")

// covered gives the names for h= and the fields that they mean in canonical
// form. Of fields of one name the last is taken first (section 5.4.2).
func (s *Signer) covered(header []byte) (names []string, signed []byte) {
	type field struct{ name, whole []byte }
	fields := make([]field, 0, 32)
	signed = make([]byte, 0, len(header))
	for len(header) > 0 {
		n := fieldEnd(header)
		name, _, _ := bytes.Cut(header[:n], []byte(":"))
		fields = append(fields, field{bytes.TrimSpace(name), header[:n]})
		header = header[n:]
	}
	names = make([]string, 0, len(s.Names)+len(fields))
	for _, name := range s.Names {
		for i := len(fields) - 1; i >= 0; i-- {
			if len(fields[i].name) == len(name) && bytes.EqualFold(fields[i].name, []byte(name)) {
				names = append(names, name)
				signed = relaxed(signed, fields[i].whole)
			}
		}
		names = append(names, name)
	}
	return names, signed
}

// fieldEnd is the length of the first field with its folded lines.
func fieldEnd(header []byte) int {
	n := 0
	for {
		i := bytes.IndexByte(header[n:], '\n')
		if i < 0 {
			return len(header)
		}
		n += i + 1
		if n == len(header) || header[n] != ' ' && header[n] != '\t' {
			return n
		}
	}
}

// relaxed appends a field in canonical form: its name in lower case, its lines as
// one, every run of blanks as one, none around the value (section 3.4.2).
func relaxed(dst, field []byte) []byte {
	name, value, _ := bytes.Cut(field, []byte(":"))
	dst = append(append(dst, bytes.ToLower(bytes.TrimSpace(name))...), ':')
	gap, begun := false, false
	for _, c := range value {
		switch c {
		case ' ', '\t', '\r', '\n':
			gap = begun
			continue
		}
		if gap {
			dst = append(dst, ' ')
		}
		dst = append(dst, c)
		gap, begun = false, true
	}
	return append(dst, crlf...)
}

// simpleBody is a body without the empty lines at its end (section 3.4.3).
func simpleBody(body []byte) []byte {
	for bytes.HasSuffix(body, []byte("\r\n\r\n")) {
		body = body[:len(body)-2]
	}
	if !bytes.HasSuffix(body, crlf) {
		return append(bytes.Clone(body), crlf...)
	}
	return body
}

// field is the DKIM-Signature field without the signature, which stands last.
func (k *Key) field(domain string, at time.Time, names []string, sum []byte) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "DKIM-Signature: v=1; a=%s; c=relaxed/simple;\r\n d=%s; s=%s; t=%s;\r\n h=", k.algorithm(), domain, k.Selector, strconv.FormatInt(at.Unix(), 10))
	line := len(" h=")
	for i, name := range names {
		if i > 0 {
			b.WriteByte(':')
			line++
		}
		if line+len(name) > 75 {
			b.WriteString("\r\n  ")
			line = 2
		}
		b.WriteString(name)
		line += len(name)
	}
	fmt.Fprintf(&b, ";\r\n bh=%s;\r\n b=\r\n", base64.StdEncoding.EncodeToString(sum))
	return b.String()
}

// fold writes a signature in lines.
func fold(b *bytes.Buffer, s string) {
	for width := 72; len(s) > width; {
		b.WriteString(s[:width] + "\r\n  ")
		s = s[width:]
	}
	b.WriteString(s)
}

func (k *Key) algorithm() string {
	if _, ok := k.private.(ed25519.PrivateKey); ok {
		return "ed25519-sha256"
	}
	return "rsa-sha256"
}

func (k *Key) sign(hash []byte) ([]byte, error) {
	switch p := k.private.(type) {
	case ed25519.PrivateKey:
		return ed25519.Sign(p, hash), nil
	case *rsa.PrivateKey:
		return rsa.SignPKCS1v15(nil, p, crypto.SHA256, hash) // takes nothing at random: the form is deterministic
	}
	return nil, fmt.Errorf("no key")
}
