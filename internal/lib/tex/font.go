package tex

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// font is a math alphabet. MathML Core has no fonts but Unicode's mathematical alphanumeric symbols.
type font uint8

const (
	normal font = iota // italic letters, upright digits, as math is by itself
	roman
	italic
	bold
	boldItalic // \boldsymbol: as normal, bold
	script
	fraktur
	double
	sans
	mono
)

// alphabet says where a font's letters and digits begin (0: it has none), after Unicode chapter 22.2.
type alphabet struct{ upper, lower, digit, greek rune }

var alphabets = map[font]alphabet{
	italic:     {0x1D434, 0x1D44E, 0, 0x1D6E2},
	bold:       {0x1D400, 0x1D41A, 0x1D7CE, 0x1D6A8},
	boldItalic: {0x1D468, 0x1D482, 0x1D7CE, 0x1D71C},
	script:     {0x1D49C, 0x1D4B6, 0, 0},
	fraktur:    {0x1D504, 0x1D51E, 0, 0},
	double:     {0x1D538, 0x1D552, 0x1D7D8, 0},
	sans:       {0x1D5A0, 0x1D5BA, 0x1D7E2, 0},
	mono:       {0x1D670, 0x1D68A, 0x1D7F6, 0},
}

// letterlike holds the letters that Unicode had before the alphabets and left out of them.
var letterlike = map[rune]rune{
	0x1D455: 'ℎ', 0x1D49D: 'ℬ', 0x1D4A0: 'ℰ', 0x1D4A1: 'ℱ', 0x1D4A3: 'ℋ', 0x1D4A4: 'ℐ', 0x1D4A7: 'ℒ', 0x1D4A8: 'ℳ',
	0x1D4AD: 'ℛ', 0x1D4BA: 'ℯ', 0x1D4BC: 'ℊ', 0x1D4C4: 'ℴ', 0x1D506: 'ℭ', 0x1D50B: 'ℌ', 0x1D50C: 'ℑ', 0x1D515: 'ℜ',
	0x1D51D: 'ℨ', 0x1D53A: 'ℂ', 0x1D53F: 'ℍ', 0x1D545: 'ℕ', 0x1D547: 'ℙ', 0x1D548: 'ℚ', 0x1D549: 'ℝ', 0x1D551: 'ℤ',
}

// greekVariants are the symbol forms in the order in which they follow the small letters of a Greek alphabet.
const greekVariants = "∂ϵϑϰϕϱϖ"

// in gives r in the font f, or r itself where the font lacks it.
func (f font) in(r rune) rune {
	a, ok := alphabets[f]
	if !ok {
		return r
	}
	out := r
	switch {
	case r >= 'A' && r <= 'Z':
		out = a.upper + r - 'A'
	case r >= 'a' && r <= 'z':
		out = a.lower + r - 'a'
	case r >= '0' && r <= '9' && a.digit != 0:
		out = a.digit + r - '0'
	case a.greek == 0:
	case r >= 'Α' && r <= 'Ω' && (f != italic):
		out = a.greek + r - 'Α'
	case r >= 'α' && r <= 'ω' && f == boldItalic:
		out = a.greek + 26 + r - 'α'
	case f == boldItalic && strings.ContainsRune(greekVariants, r):
		out = a.greek + 51 + rune(utf8.RuneCountInString(greekVariants[:strings.IndexRune(greekVariants, r)]))
	}
	if l, ok := letterlike[out]; ok {
		return l
	}
	return out
}

// word gives text in the font f.
func (f font) word(text string) string {
	if _, ok := alphabets[f]; !ok {
		return text
	}
	return strings.Map(f.in, text)
}

// identifier is the mi element for letters in font f. A single letter is italic unless it says otherwise, several are
// upright.
func (f font) identifier(text string) *node {
	n := mi(f.word(text))
	r, size := utf8.DecodeRuneInString(n.text)
	if size != len(n.text) {
		return n
	}
	upperGreek := r >= 'Α' && r <= 'Ω'
	if f == roman && unicode.IsLetter(r) || upperGreek && f != italic || r == '∇' {
		n.attrs = upright
	}
	return n
}

// fold turns mathematical letters and digits back to plain ones, but for the double-struck, which are names of sets.
func fold(r rune) rune {
	if r < 0x1D400 || r > 0x1D7FF {
		if p, ok := plainLetterlike[r]; ok {
			return p
		}
		return r
	}
	return foldTable[r]
}

var plainLetterlike, foldTable = foldTables()

func foldTables() (map[rune]rune, map[rune]rune) {
	like, table := map[rune]rune{'ℎ': 'h'}, map[rune]rune{}
	for r := rune(0x1D400); r <= 0x1D7FF; r++ {
		table[r] = r
	}
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρςστυφχψω" + greekVariants
	for f := range alphabets {
		if f == double {
			continue
		}
		for _, r := range letters {
			out := f.in(r)
			if out < 0x1D400 && out != r {
				like[out] = r
			} else if out != r {
				table[out] = r
			}
		}
	}
	return like, table
}

// fontCommands take an argument; fontSwitches hold to the end of the group.
var fontCommands = map[string]font{
	"mathrm": roman, "mathup": roman, "mathnormal": normal, "mathit": italic, "mathbf": bold, "mathbold": boldItalic, "boldsymbol": boldItalic, "bm": boldItalic,
	"pmb": boldItalic, "symbf": bold, "bold": bold, "mathcal": script, "mathscr": script, "Cal": script, "scr": script, "mathfrak": fraktur, "euscr": script, "EuScript": script,
	"frak": fraktur, "mathbb": double, "Bbb": double, "mathbbm": double, "mathds": double, "mathbbmss": double, "mathsf": sans, "mathtt": mono,
	"mathsfit": sans, "mathbfit": boldItalic, "mathbfsf": sans, "rmfamily": roman, "roman": roman, "mathbfcal": script, "mathpzc": script, "mc": script, "mcal": script, "mf": fraktur, "mfrak": fraktur, "goth": fraktur, "mathgoth": fraktur, "Scr": script, "msf": sans, "mbf": bold, "mrm": roman, "mbb": double, "mscr": script, "vect": bold, "textfrak": fraktur,
}

var fontSwitches = map[string]font{
	"rm": roman, "bf": bold, "it": italic, "cal": script, "sf": sans, "tt": mono, "sl": italic, "em": italic, "mit": italic, "sc": roman, "bfseries": bold,
	"itshape": italic, "upshape": roman, "boldmath": boldItalic,
}
