package tex

import (
	"strings"
	"unicode/utf8"
)

// htmlSink writes the text as HTML.
type htmlSink struct {
	b      strings.Builder
	stats  Stats
	links  bool
	blocks bool
}

// tags are the start and end tags of the marks.
var tags = map[mark][2]string{
	em: {"<em>", "</em>"}, strong: {"<strong>", "</strong>"}, code: {"<code>", "</code>"}, subscript: {"<sub>", "</sub>"},
	superscript: {"<sup>", "</sup>"}, smallCaps: {`<span class="tex-sc">`, "</span>"},
}

func (h *htmlSink) text(t string) { escape(&h.b, visible(t)) }
func (h *htmlSink) open(m mark)   { h.b.WriteString(tags[m][0]) }
func (h *htmlSink) shut(m mark)   { h.b.WriteString(tags[m][1]) }

func (h *htmlSink) lineBreak() {
	if h.blocks {
		h.b.WriteString("<br>")
	} else {
		h.b.WriteByte(' ')
	}
}

// link writes an address that the scanner has found to be http or https.
func (h *htmlSink) link(address, label string) {
	if !h.links || !isWeb(address) {
		h.text(label)
		return
	}
	h.b.WriteString(`<a href="`)
	escape(&h.b, address)
	h.b.WriteString(`" rel="nofollow noopener">`)
	h.text(label)
	h.b.WriteString("</a>")
}

func (h *htmlSink) math(src string, display bool) {
	h.stats.Formulas++
	if h.stats.Formulas <= maxFormulas && h.b.Len() < maxOutput {
		if m, unknown, err := Formula(src, display && h.blocks); err == nil {
			h.stats.Partial += min(unknown, 1)
			h.b.WriteString(m)
			return
		}
	}
	h.stats.Failed++
	h.b.WriteString(`<code class="tex">`)
	h.text(src)
	h.b.WriteString("</code>")
}

// isWeb tells whether an address is http or https and has nothing in it that no address may have.
func isWeb(address string) bool {
	lower := strings.ToLower(address[:min(8, len(address))])
	rest, ok := strings.CutPrefix(lower, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(lower, "http://")
	}
	return ok && (rest != "" || len(address) > 8) && visible(address) == address && utf8.ValidString(address) && strings.IndexFunc(address, func(r rune) bool {
		return r <= ' ' || r == 0x7f || strings.ContainsRune("\"'<>\\^`{|}", r)
	}) < 0
}

// visible drops control characters and those that reorder text, and repairs broken UTF-8.
func visible(t string) string {
	clean := true
	for i := 0; i < len(t); i++ {
		if t[i] < ' ' && t[i] != '\n' && t[i] != '\t' || t[i] >= 0x7f {
			clean = false
			break
		}
	}
	if clean {
		return t
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || isOverride(r) || r == 0xfeff || r&0xfffe == 0xfffe {
			return -1
		}
		return r
	}, t)
}
