package card

import (
	"strings"
)

// Places on a card, in pixels.
const (
	margin   = 72
	middle   = Width / 2
	measure  = Width - 2*margin
	nameLine = 88  // baseline of the site's name
	headRule = 112 // under it
	dateLine = 150 // baseline of the line with the date
	top      = 188 // of the space for the headline
	bottom   = 546
	footRule = 566
	footLine = 600 // baseline of the last line
	full     = 255 // strength of ink
	soft     = 175
)

// sheet is what a card says.
type sheet struct {
	Name                string // of the site
	Left, Center, Right string // of the line under it
	Headline            string
	By                  []string // lines under the headline, in italics
	List                []string // titles under these, one a line
	FootLeft, FootRight string
}

// headline sizes, the largest that fits is taken.
var headlineSizes = []int{80, 72, 66, 60, 54, 48, 43, 38, 34}

// draw sets a sheet.
func (f *fonts) draw(s sheet) ([]byte, error) {
	c := newCanvas()
	defer c.free()
	t := f.on(c)
	if err := t.head(s); err != nil {
		return nil, err
	}
	if err := t.body(s); err != nil {
		return nil, err
	}
	return c.png()
}

// head sets the site's name between rules, the line under it and the foot.
func (t *setter) head(s sheet) error {
	size := 52
	name, _ := t.showable(s.Name)
	big, err := t.face(bold, size)
	for err == nil && width(big, name) > measure && size > 24 {
		size -= 4
		big, err = t.face(bold, size)
	}
	if err != nil {
		return err
	}
	small, err := t.face(regular, 25)
	if err != nil {
		return err
	}
	c := t.canvas
	t.draw(big, cut(big, name, measure), middle, nameLine, center, &c.ink, full)
	c.rule(margin, Width-margin, headRule, 4, full)
	c.rule(margin, Width-margin, headRule+8, 1, full)
	if s.Left+s.Center+s.Right != "" {
		c.rule(margin, Width-margin, dateLine+16, 1, 90)
	}
	side := max(width(small, s.Left), width(small, s.Right), measure/6)
	for _, at := range []struct {
		text  string
		x, y  int
		align align
		layer *[Width * Height]byte
	}{
		{s.Left, margin, dateLine, left, &c.ink}, {s.Center, middle, dateLine, center, &c.accent}, {s.Right, Width - margin, dateLine, right, &c.ink},
		{s.FootLeft, margin, footLine, left, &c.ink}, {s.FootRight, Width - margin, footLine, right, &c.ink},
	} {
		most := measure/2 - 16
		switch {
		case at.align == center: // the others leave it room
			most = max(measure/3-16, measure-2*side-48)
		case at.y == dateLine:
			most = measure/3 - 16
		}
		if text, ok := t.showable(at.text); ok {
			strength := uint8(soft)
			if at.layer == &c.accent {
				strength = full
			}
			t.draw(small, cut(small, text, most), at.x, at.y, at.align, at.layer, strength)
		}
	}
	if s.FootLeft != "" || s.FootRight != "" {
		c.rule(margin, Width-margin, footRule, 1, 90)
	}
	return nil
}

// body sets headline and the lines under it in the middle of their space.
func (t *setter) body(s sheet) error {
	by, err := t.face(italic, 31)
	if err != nil {
		return err
	}
	item, err := t.face(regular, 32)
	if err != nil {
		return err
	}
	const byStep, itemStep, gap, pause = 42, 48, 22, 34
	rest := len(s.By) * byStep
	if len(s.List) > 0 {
		rest += len(s.List)*itemStep + pause
	}
	if rest > 0 {
		rest += gap
	}
	lines, size, err := t.headline(s.Headline, bottom-top-rest)
	if err != nil {
		return err
	}
	big, err := t.face(bold, size)
	if err != nil {
		return err
	}
	step := leading(size)
	y := top + (bottom-top-rest-len(lines)*step)/2 + size*86/100
	for _, line := range lines {
		t.draw(big, line, middle, y, center, &t.canvas.ink, full)
		y += step
	}
	y += gap - size*86/100 + 31*86/100
	for _, line := range s.By {
		t.draw(by, cut(by, line, measure), middle, y, center, &t.canvas.ink, soft)
		y += byStep
	}
	if len(s.List) > 0 {
		t.canvas.rule(middle-60, middle+60, y-byStep+pause/2+12, 2, full)
		y += pause + (itemStep-byStep)/2
	}
	for _, line := range s.List {
		t.draw(item, cut(item, line, measure), middle, y, center, &t.canvas.ink, full)
		y += itemStep
	}
	return nil
}

// mostLines keeps a headline from being a column.
func mostLines(size int) int {
	switch {
	case size >= 60:
		return 3
	case size >= 54:
		return 4
	}
	return 5
}

func leading(size int) int { return size * 112 / 100 }

// headline finds the largest size in which a text fits into a space, and its
// lines there; in the smallest what does not fit is cut.
func (t *setter) headline(text string, height int) (lines []string, size int, err error) {
	for _, size = range headlineSizes {
		f, err := t.face(bold, size)
		if err != nil {
			return nil, 0, err
		}
		lines = wrap(f, text, measure)
		if len(lines)*leading(size) <= height && len(lines) <= mostLines(size) {
			return balance(f, text, measure), size, nil
		}
	}
	f, err := t.face(bold, size)
	most := max(1, height/leading(size))
	if len(lines) > most {
		lines = append(lines[:most-1:most-1], cut(f, strings.Join(lines[most-1:], " "), measure))
	}
	return lines, size, err
}
