package xmldoc

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
)

var (
	refs     = regexp.MustCompile(`&(?:#[xX]?[0-9a-fA-F]{1,12};|[A-Za-z][A-Za-z0-9]{0,31};)?`)
	declared = regexp.MustCompile(`^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']`)
)

// mend gives the document as UTF-8 without what XML forbids.
func mend(doc []byte) ([]byte, error) {
	doc = bytes.TrimPrefix(doc, []byte("\xef\xbb\xbf"))
	if m := declared.FindSubmatch(doc[:min(len(doc), 400)]); m != nil && !strings.EqualFold(string(m[1]), "utf-8") {
		r, err := charset.NewReaderLabel(string(m[1]), bytes.NewReader(doc))
		if err != nil {
			return nil, fmt.Errorf("xml: %w", err)
		}
		if doc, err = io.ReadAll(io.LimitReader(r, int64(4*len(doc)+16))); err != nil {
			return nil, fmt.Errorf("xml: %w", err)
		}
	}
	if !clean(doc) {
		doc = bytes.Map(func(r rune) rune {
			if !allowed(r) {
				return utf8.RuneError
			}
			return r
		}, doc)
	}
	return pieces(doc)
}

// reference mends what begins with an ampersand: one that begins nothing, or
// nothing known, is meant as itself.
func reference(ref []byte) []byte {
	name := strings.TrimSuffix(string(ref[1:]), ";")
	if num, ok := strings.CutPrefix(name, "#"); ok {
		base := 10
		if num[0] == 'x' || num[0] == 'X' {
			num, base = num[1:], 16
		}
		if n, err := strconv.ParseInt(num, base, 32); err == nil && allowed(rune(n)) {
			return ref
		}
		return []byte("\uFFFD")
	}
	switch name {
	case "amp", "lt", "gt", "quot", "apos":
		return ref
	}
	if _, ok := xml.HTMLEntity[name]; ok {
		return ref
	}
	return append([]byte("&amp;"), ref[1:]...)
}

// clean tells that doc is UTF-8 of characters that XML allows.
func clean(doc []byte) bool {
	for i := 0; i < len(doc); {
		if c := doc[i]; c < utf8.RuneSelf {
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
				return false
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(doc[i:])
		if r == utf8.RuneError && n == 1 || !allowed(r) {
			return false
		}
		i += n
	}
	return true
}

// allowed is the Char production of XML 1.0.
func allowed(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

// pieces goes through text, tags and the rest, mends references where they
// count and holds every tag against maxTag before the decoder puts it into
// memory.
func pieces(doc []byte) ([]byte, error) {
	out := make([]byte, 0, len(doc)+len(doc)/64)
	for i := 0; i < len(doc); {
		rest := doc[i:]
		if rest[0] != '<' {
			n := bytes.IndexByte(rest, '<')
			if n < 0 {
				n = len(rest)
			}
			out = append(out, refs.ReplaceAllFunc(rest[:n], reference)...)
			i += n
			continue
		}
		end, tag := 0, false
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			end = after(rest, "-->")
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			end = after(rest, "]]>")
		case bytes.HasPrefix(rest, []byte("<?")):
			end = after(rest, "?>")
		default:
			end, tag = tagEnd(rest), true
			if end > maxTag {
				return nil, fmt.Errorf("xml at byte %d: %w: a tag of more than %d bytes", i, ErrLimit, maxTag)
			}
		}
		if tag && bytes.IndexByte(rest[:end], '&') >= 0 {
			out = append(out, refs.ReplaceAllFunc(rest[:end], reference)...)
		} else {
			out = append(out, rest[:end]...)
		}
		i += end
	}
	return out, nil
}

func after(doc []byte, end string) int {
	if i := bytes.Index(doc, []byte(end)); i >= 0 {
		return i + len(end)
	}
	return len(doc)
}

// tagEnd is the length of the tag at the beginning of doc. Where it does not
// end within the bound, the result lies beyond it.
func tagEnd(doc []byte) int {
	var quote byte
	for i, c := range doc {
		switch {
		case i > maxTag:
			return i
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1
		}
	}
	return len(doc)
}
