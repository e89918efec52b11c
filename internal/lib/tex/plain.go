package tex

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// plainSink writes the text as Unicode.
type plainSink struct {
	b        strings.Builder
	formulas int
	raised   []mark
}

func (s *plainSink) text(t string) {
	if n := len(s.raised); n > 0 {
		t = raise(t, s.raised[n-1] == superscript)
	}
	s.b.WriteString(visible(t))
}

func (s *plainSink) open(m mark) {
	if m == subscript || m == superscript {
		s.raised = append(s.raised, m)
	}
}

func (s *plainSink) shut(m mark) {
	if m == subscript || m == superscript {
		s.raised = s.raised[:len(s.raised)-1]
	}
}

func (s *plainSink) link(_, label string) { s.text(label) }
func (s *plainSink) lineBreak()           { s.b.WriteByte(' ') }

// closeUp takes the blanks out that two operators beside each other leave.
var closeUp = strings.NewReplacer("  ", " ", ":  = ", ":= ")

func (s *plainSink) math(src string, display bool) {
	if s.formulas++; s.formulas <= maxFormulas && s.b.Len() < maxOutput {
		if n, _, err := parseFormula(src, display); err == nil {
			var b strings.Builder
			if writePlain(&b, n, false); b.Len() <= maxMarkup {
				s.b.WriteString(strings.TrimSpace(closeUp.Replace(b.String())))
				return
			}
		}
	}
	s.text(src)
}

// isBlank tells what Plain makes a single blank of.
func isBlank(r rune) bool { return unicode.IsSpace(r) }

// writePlain writes an element as text; tight leaves out the spaces around operators.
func writePlain(b *strings.Builder, n *node, tight bool) {
	if b.Len() > maxMarkup {
		return
	}
	switch n.tag {
	case "mspace":
		b.WriteByte(' ')
	case "mo":
		wide := !tight && (n.class == rel || n.class == bin)
		if text := strings.Map(fold, n.text); wide {
			b.WriteString(" " + text + " ")
		} else if b.WriteString(text); n.class == punct && !tight && text != "." {
			b.WriteByte(' ')
		}
	case "msup", "msub", "msubsup", "munder", "mover", "munderover":
		writeScripts(b, n, tight)
	case "mfrac":
		bar := "/"
		if n.attrs != "" {
			bar = " over "
			if tight {
				bar = ","
			}
		}
		b.WriteString(bracketed(n.kids[0]) + bar + bracketed(n.kids[1]))
	case "msqrt":
		b.WriteString("√" + bracketed(n.kids[0]))
	case "mroot":
		b.WriteString(raise(plainOf(n.kids[1]), true) + "√" + bracketed(n.kids[0]))
	case "mtable":
		writeRows(b, n)
	case "mphantom":
		b.WriteByte(' ')
	case "mtext":
		b.WriteString(strings.ReplaceAll(strings.Map(fold, n.text), "\u00a0", " "))
	default:
		b.WriteString(strings.Map(fold, n.text))
		for _, k := range n.kids {
			writePlain(b, k, tight)
		}
	}
}

func writeRows(b *strings.Builder, n *node) {
	for i, row := range n.kids {
		if i > 0 {
			b.WriteString("; ")
		}
		for j, cell := range row.kids {
			if j > 0 {
				b.WriteByte(' ')
			}
			writePlain(b, cell, false)
		}
	}
}

func plainOf(n *node) string {
	var b strings.Builder
	writePlain(&b, n, true)
	return strings.TrimSpace(b.String())
}

// bracketed is n as text, in round brackets where it is more than one thing.
func bracketed(n *node) string {
	t := plainOf(n)
	if simple(t) || strings.HasPrefix(t, "(") && strings.IndexByte(t, ')') == len(t)-1 {
		return t
	}
	return "(" + t + ")"
}

// simple tells a single character (with what combines with it) or a number or a word.
func simple(t string) bool {
	letters, digits, others := 0, 0, 0
	for _, r := range t {
		switch {
		case unicode.Is(unicode.Mn, r) || strings.ContainsRune(superTo, r) || strings.ContainsRune(subTo, r) && !unicode.IsDigit(r):
		case unicode.IsDigit(r) || r == '.':
			digits++
		case unicode.IsLetter(r):
			letters++
		default:
			others++
		}
	}
	return others == 0 && (digits == 0 || letters == 0 || digits+letters <= 2) || letters+digits == 0 && others == 1
}

// writeScripts writes an element with scripts, accents as combining characters.
func writeScripts(b *strings.Builder, n *node, tight bool) {
	base := n.kids[0]
	if strings.Contains(n.attrs, "accent") {
		t := plainOf(base)
		if c, ok := combining[n.kids[1].text]; ok && utf8.RuneCountInString(t) == 1 {
			t = norm.NFC.String(t + c)
		}
		b.WriteString(t)
		return
	}
	if base.class == rel && !tight {
		b.WriteByte(' ')
	}
	if strings.Contains(base.attrs, "accent") {
		b.WriteString(bracketed(base))
	} else {
		writePlain(b, base, true)
	}
	low, high := (*node)(nil), (*node)(nil)
	switch n.tag {
	case "msub", "munder":
		low = n.kids[1]
	case "msup", "mover":
		high = n.kids[1]
	default:
		low, high = n.kids[1], n.kids[2]
	}
	if low != nil {
		b.WriteString(raise(plainOf(low), false))
	}
	if high != nil {
		b.WriteString(raise(plainOf(high), true))
	}
	if (base.class == rel || base.class == bigop || base.limits) && !tight {
		b.WriteByte(' ')
	}
}

// combining gives the combining character for an accent's mark.
var combining = map[string]string{"^": "\u0302", "~": "\u0303", "¯": "\u0304", "‾": "\u0304", "→": "\u20d7", "˙": "\u0307", "¨": "\u0308", "ˇ": "\u030c",
	"˘": "\u0306", "´": "\u0301", "`": "\u0300", "˚": "\u030a", "_": "\u0332"}

// The characters that Unicode has as superscripts and subscripts, in pairs.
const (
	superFrom = "0123456789+−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδεθφχ"
	superTo   = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᵋᶿᵠᵡ"
	subFrom   = "0123456789+−=()aehijklmnoprstuvxβγρφχ"
	subTo     = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ"
)

var supers, subs = pairs(superFrom, superTo), pairs(subFrom, subTo)

func pairs(from, to string) map[rune]rune {
	out, t := map[rune]rune{}, []rune(to)
	for i, r := range []rune(from) {
		out[r] = t[i]
	}
	return out
}

// raise writes a script: in Unicode's own characters where all of it has them, with ^ or _ otherwise. Degrees and primes
// stand for themselves.
func raise(t string, up bool) string {
	table, sign := subs, "_"
	if up {
		table, sign = supers, "^"
		switch {
		case t == "∘":
			return "°"
		case t == "∗" || t == "*":
			return "*"
		case t != "" && strings.Trim(t, "′″‴†‡") == "":
			return t
		}
	}
	if t == "" {
		return ""
	}
	out := strings.Map(func(r rune) rune {
		if s, ok := table[r]; ok {
			return s
		}
		return -1
	}, t)
	if utf8.RuneCountInString(out) == utf8.RuneCountInString(t) {
		return out
	}
	if utf8.RuneCountInString(t) == 1 || strings.IndexFunc(t, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) < 0 {
		return sign + t
	}
	return sign + "(" + t + ")"
}
