package transfer

import (
	"bytes"
	"unicode/utf8"
)

// scan reads a line of the snapshot as encoding/json would, at a quarter of
// its time, as long as the line is as arXiv writes them: known members, each
// once, texts without \u escapes. It tells false of any other line, bad ones
// among them, and then only encoding/json knows what the line means.
func (s *snapshot) scan(line []byte) bool {
	if !utf8.Valid(line) {
		return false
	}
	c := scanner{rest: line}
	if !c.token('{') {
		return false
	}
	seen := 0
	for first := true; !c.token('}'); first = false {
		if !first && !c.token(',') {
			return false
		}
		name, ok := c.rawText()
		if !ok || !c.token(':') {
			return false
		}
		bit, ok := s.member(&c, string(name))
		if !ok || seen&bit != 0 {
			return false
		}
		seen |= bit
	}
	c.blank()
	return len(c.rest) == 0
}

// member reads the value of that name; bit tells the names apart.
func (s *snapshot) member(c *scanner, name string) (bit int, ok bool) {
	var into *string
	switch name {
	case "id":
		bit, into = 1, &s.ID
	case "submitter":
		bit, into = 1<<1, &s.Submitter
	case "authors":
		bit, into = 1<<2, &s.Authors
	case "title":
		bit, into = 1<<3, &s.Title
	case "comments":
		bit, into = 1<<4, &s.Comments
	case "journal-ref":
		bit, into = 1<<5, &s.JournalRef
	case "doi":
		bit, into = 1<<6, &s.DOI
	case "report-no":
		bit, into = 1<<7, &s.ReportNo
	case "categories":
		bit, into = 1<<8, &s.Categories
	case "license":
		bit, into = 1<<9, &s.License
	case "abstract":
		bit, into = 1<<10, &s.Abstract
	case "update_date":
		bit, into = 1<<11, &s.UpdateDate
	case "versions":
		return 1 << 12, c.list(func() bool { return s.version(c) })
	case "authors_parsed":
		return 1 << 13, c.list(func() bool {
			parts := make([]string, 0, 3)
			ok := c.list(func() bool {
				part, ok := c.text()
				parts = append(parts, part)
				return ok
			})
			s.AuthorsParsed = append(s.AuthorsParsed, parts)
			return ok
		})
	default:
		return 0, false
	}
	*into, ok = c.text()
	return bit, ok
}

// version reads {"version": …, "created": …}.
func (s *snapshot) version(c *scanner) bool {
	var v created
	ok := c.token('{') && c.name("version")
	if ok {
		v.Version, ok = c.text()
	}
	if ok = ok && c.token(',') && c.name("created"); ok {
		v.Created, ok = c.text()
	}
	s.Versions = append(s.Versions, v)
	return ok && c.token('}')
}

// scanner reads valid UTF-8 from its beginning.
type scanner struct{ rest []byte }

func (c *scanner) blank() {
	for len(c.rest) > 0 && (c.rest[0] == ' ' || c.rest[0] == '\t' || c.rest[0] == '\r' || c.rest[0] == '\n') {
		c.rest = c.rest[1:]
	}
}

func (c *scanner) token(b byte) bool {
	c.blank()
	if len(c.rest) == 0 || c.rest[0] != b {
		return false
	}
	c.rest = c.rest[1:]
	return true
}

// name reads a member's name and the colon.
func (c *scanner) name(want string) bool {
	name, ok := c.rawText()
	return ok && string(name) == want && c.token(':')
}

// list reads an array, each element by one call.
func (c *scanner) list(element func() bool) bool {
	if !c.token('[') {
		return false
	}
	for first := true; !c.token(']'); first = false {
		if !first && !c.token(',') || !element() {
			return false
		}
	}
	return true
}

// rawText reads a text as it is written, without its quotes.
func (c *scanner) rawText() ([]byte, bool) {
	if !c.token('"') {
		return nil, false
	}
	for i, b := range c.rest {
		switch {
		case b == '"':
			raw := c.rest[:i]
			c.rest = c.rest[i+1:]
			return raw, true
		case b == '\\' || b < ' ':
			return nil, false
		}
	}
	return nil, false
}

// text reads a text or null, which is "" as it is in Go.
func (c *scanner) text() (string, bool) {
	c.blank()
	if bytes.HasPrefix(c.rest, []byte("null")) {
		c.rest = c.rest[4:]
		return "", true
	}
	start := c.rest
	if raw, ok := c.rawText(); ok {
		return string(raw), true
	}
	c.rest = start
	if !c.token('"') {
		return "", false
	}
	end := bytes.IndexByte(c.rest, '"')
	out := make([]byte, 0, max(end, 0)+64)
	for i := 0; i < len(c.rest); i++ {
		switch b := c.rest[i]; {
		case b == '"':
			c.rest = c.rest[i+1:]
			return string(out), true
		case b < ' ':
			return "", false
		case b == '\\':
			if i++; i == len(c.rest) {
				return "", false
			}
			plain := unescaped[c.rest[i]]
			if plain == 0 {
				return "", false
			}
			out = append(out, plain)
		default:
			out = append(out, b)
		}
	}
	return "", false
}

// unescaped is what stands behind a backslash, 0 where it is none of the short
// escapes (RFC 8259, section 7).
var unescaped = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}
