package card

import (
	"fmt"
	"image"
	"strings"
	"unicode"

	"github.com/go-fonts/stix/stix2mathregular"
	"github.com/go-fonts/stix/stix2textbold"
	"github.com/go-fonts/stix/stix2textitalic"
	"github.com/go-fonts/stix/stix2textregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// style is one of the typefaces.
type style int

const (
	regular style = iota
	italic
	bold
	symbols // stands in for what the others lack
	styles
)

// fonts are parsed once; many may draw with them.
type fonts [styles]*opentype.Font

func openFonts() (*fonts, error) {
	var f fonts
	for i, data := range [][]byte{stix2textregular.TTF, stix2textitalic.TTF, stix2textbold.TTF, stix2mathregular.TTF} {
		var err error
		if f[i], err = opentype.Parse(data); err != nil {
			return nil, fmt.Errorf("read a typeface: %w", err)
		}
	}
	return &f, nil
}

// setter sets text on one canvas. Its faces are its own: they are not for many.
type setter struct {
	fonts  *fonts
	canvas *canvas
	faces  map[faceKey]*face
	buffer sfnt.Buffer
}

type faceKey struct {
	style style
	size  int
}

func (f *fonts) on(c *canvas) *setter {
	return &setter{fonts: f, canvas: c, faces: map[faceKey]*face{}}
}

func (s *setter) face(st style, size int) (*face, error) {
	key := faceKey{st, size}
	if f := s.faces[key]; f != nil {
		return f, nil
	}
	f := &face{setter: s, size: size}
	for i, of := range []struct {
		style
		size int
	}{{st, size}, {symbols, size}, {st, size * 62 / 100}} {
		var err error
		if f.faces[i], err = opentype.NewFace(s.fonts[of.style], &opentype.FaceOptions{Size: float64(of.size), DPI: 72, Hinting: font.HintingNone}); err != nil {
			return nil, err
		}
	}
	f.font = s.fonts[st]
	s.faces[key] = f
	return f, nil
}

// face is a style in a size, with symbols where the style lacks a character, and
// the style made small for scripts.
type face struct {
	*setter
	size     int
	font     *opentype.Font
	faces    [3]font.Face
	advances map[rune]fixed.Int26_6
}

// pick finds what sets a character: a face, the character in it, and how far it
// stands under the baseline.
func (f *face) pick(r rune) (font.Face, rune, fixed.Int26_6) {
	if i, err := f.font.GlyphIndex(&f.buffer, r); err == nil && i != 0 {
		return f.faces[0], r, 0
	}
	if base := script(r); base != 0 && !f.in(symbols, r) {
		down := -34
		if lowered(r) {
			down = 16
		}
		return f.faces[2], base, fixed.I(f.size*down) / 100
	}
	return f.faces[1], r, 0
}

// script is the letter that a raised or lowered one is of, 0 for others.
func script(r rune) rune {
	if d := []rune(norm.NFKD.String(string(r))); len(d) == 1 && d[0] != r && (lowered(r) || r >= 0x1d2c && r <= 0x1dbf || r >= 0x2070 && r <= 0x207f || r == 0x2c7d) {
		return d[0]
	}
	return 0
}

func lowered(r rune) bool {
	return r >= 0x2080 && r <= 0x209c || r >= 0x1d62 && r <= 0x1d6a || r == 0x2c7c
}

// advance is how far a character moves the pen: asked many times while lines are
// broken.
func (f *face) advance(r rune) fixed.Int26_6 {
	if a, ok := f.advances[r]; ok {
		return a
	}
	if f.advances == nil {
		f.advances = map[rune]fixed.Int26_6{}
	}
	in, base, _ := f.pick(r)
	a, _ := in.GlyphAdvance(base)
	f.advances[r] = a
	return a
}

// kern is how much nearer two characters of the style stand.
func (f *face) kern(a, b rune) fixed.Int26_6 { return f.faces[0].Kern(a, b) }

// longest bounds the work for one text, in bytes: a card has room for 300.
const longest = 800

// showable is text as the typeface can show it: letters that it lacks without
// their accents, other characters that it lacks left out. ok is false where a
// letter is lost.
func (s *setter) showable(text string) (shown string, ok bool) {
	ok = true
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "")
	}
	var b strings.Builder
	for _, r := range norm.NFC.String(text) {
		switch {
		case unicode.IsControl(r):
		case s.has(r):
			b.WriteRune(r)
		default:
			found := false
			for _, part := range norm.NFKD.String(string(r)) {
				if s.has(part) && !unicode.Is(unicode.Mn, part) {
					b.WriteRune(part)
					found = true
				}
			}
			ok = ok && (found || !unicode.IsLetter(r))
		}
	}
	return strings.Join(strings.Fields(b.String()), " "), ok && b.Len() > 0
}

func (s *setter) has(r rune) bool {
	return s.in(bold, r) || s.in(symbols, r) || script(r) != 0 && s.in(bold, script(r))
}

func (s *setter) in(st style, r rune) bool {
	i, err := s.fonts[st].GlyphIndex(&s.buffer, r)
	return err == nil && i != 0
}

// width is how wide text is set, without kerning: that makes it hardly narrower,
// and costs more to look up than all else.
func width(f *face, text string) int {
	var w fixed.Int26_6
	for _, r := range text {
		w += f.advance(r)
	}
	return w.Ceil()
}

// align says which end of a line stands where.
type align int

const (
	left align = iota
	center
	right
)

// draw sets a line with its baseline at y.
func (s *setter) draw(f *face, text string, x, y int, a align, layer *[Width * Height]byte, strength uint8) {
	switch a {
	case center:
		x -= width(f, text) / 2
	case right:
		x -= width(f, text)
	}
	dot := fixed.P(x, y)
	prev := rune(-1)
	for _, r := range text {
		if prev >= 0 {
			dot.X += f.kern(prev, r)
		}
		in, base, down := f.pick(r)
		dr, mask, at, advance, ok := in.Glyph(fixed.Point26_6{X: dot.X, Y: dot.Y + down}, base)
		if !ok {
			continue
		}
		if alpha, ok := mask.(*image.Alpha); ok {
			s.canvas.stamp(layer, dr, alpha, at, strength)
		}
		dot.X += advance
		prev = r
	}
}

// wrap breaks text into lines no wider than most; a word that is wider is broken.
func wrap(f *face, text string, most int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		for width(f, word) > most {
			head := fitting(f, word, most)
			if line != "" {
				lines, line = append(lines, line), ""
			}
			lines, word = append(lines, head), word[len(head):]
		}
		switch joined := strings.TrimSpace(line + " " + word); {
		case line == "" || width(f, joined) <= most:
			line = joined
		default:
			lines, line = append(lines, line), word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// fitting is the beginning of a word that is not wider than most, at least one
// character.
func fitting(f *face, word string, most int) string {
	end := 0
	for i, r := range word {
		next := i + len(string(r))
		if end > 0 && width(f, word[:next]) > most {
			break
		}
		end = next
	}
	return word[:end]
}

// balance breaks text into as few lines as wrap, of lengths as equal as can be.
func balance(f *face, text string, most int) []string {
	lines := wrap(f, text, most)
	low, high := most/3, most
	for len(lines) > 1 && high-low > 8 {
		mid := (low + high) / 2
		if try := wrap(f, text, mid); len(try) == len(lines) {
			high, lines = mid, try
		} else {
			low = mid
		}
	}
	return lines
}

// cut is text that fits on a line, with an ellipsis where some is left out.
func cut(f *face, text string, most int) string {
	if width(f, text) <= most {
		return text
	}
	words := strings.Fields(text)
	for n := len(words) - 1; n > 0; n-- {
		if t := strings.TrimRight(strings.Join(words[:n], " "), ",;:.–—-") + "…"; width(f, t) <= most {
			return t
		}
	}
	return fitting(f, text, most-width(f, "…")) + "…"
}
