package feeds

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// shown tells the characters that may stand in a feed: those of XML 1.0
// (section 2.2) without the ones it discourages, and without direction
// overrides and isolates, zero-width space and byte order mark. What is text on
// one line went through package clean, which leaves fewer.
func shown(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return true
	case r < ' ', r >= 0x7f && r < 0xa0:
		return false
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200b, r == 0xfeff:
		return false
	case r >= 0xfdd0 && r <= 0xfdef, r&0xfffe == 0xfffe:
		return false
	case r >= 0xd800 && r <= 0xdfff:
		return false
	}
	return true
}

// escape appends s as text, or as the value of an attribute in double quotes, of
// XML and of HTML alike. "&" and "<" are written as numbers, as the RSS Profile
// recommends for titles.
func escape(b []byte, s string, value bool) []byte {
	from := 0
	for i := 0; i < len(s); {
		if ordinary[s[i]] {
			i++
			continue
		}
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		with := ""
		switch {
		case r == '&':
			with = "&#x26;"
		case r == '<':
			with = "&#x3C;"
		case r == '>': // "]]>" ends what never began
			with = "&gt;"
		case r == '"' && value:
			with = "&#34;"
		case r == utf8.RuneError && size == 1:
			with = "\uFFFD"
		case shown(r):
			i += size
			continue
		}
		b = append(append(b, s[from:i]...), with...)
		i += size
		from = i
	}
	return append(b, s[from:]...)
}

// ordinary are the bytes that stand as they are everywhere; a table, because
// escaping goes through every byte of a feed twice.
var ordinary = func() (t [256]bool) {
	for c := ' '; c < 0x7f; c++ {
		t[c] = c != '&' && c != '<' && c != '>' && c != '"'
	}
	return t
}()

// uri is an address with everything encoded that may not stand in one (RFC
// 3986); what comes from a source is not always.
func uri(s string) string {
	const also = "-._~:/?#[]@!$&'()*+,;=%"
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = alphanumeric(s[i]) || strings.IndexByte(also, s[i]) >= 0
	}
	if plain {
		return s
	}
	var b strings.Builder
	const digits = "0123456789ABCDEF"
	for i := 0; i < len(s); i++ {
		if c := s[i]; alphanumeric(c) || strings.IndexByte(also, c) >= 0 {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}

// webURI is an address elsewhere as uri writes it, "" where nobody could follow
// it: a source's "https://" with nothing sensible behind it.
func webURI(s string) string {
	s = uri(s)
	if u, err := url.Parse(s); err != nil || u.Host == "" || strings.ContainsAny(u.Host, "%\"<>") {
		return ""
	}
	return s
}

func alphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
