package card

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"sync"
)

// Size of a card in pixels, as sites that show them ask for.
const (
	Width  = 1200
	Height = 630
)

// canvas is a card being drawn: how much of each pixel is covered with ink and
// with the accent colour.
type canvas struct {
	ink, accent [Width * Height]byte
	picture     image.Paletted
}

var (
	paper  = color.RGBA{0xfc, 0xfa, 0xf5, 0xff} // as the site's pages in light
	black  = color.RGBA{0x1c, 0x1a, 0x16, 0xff}
	red    = color.RGBA{0x9e, 0x1b, 0x1b, 0xff}
	levels = struct{ ink, accent int }{10, 5}
)

// palette is the paper, then ink and accent in steps of their strength. With 16
// colours a pixel takes half a byte, and a picture half the time to pack.
var palette = func() color.Palette {
	p := color.Palette{paper}
	for i := 1; i <= levels.ink; i++ {
		p = append(p, mix(black, i, levels.ink))
	}
	for i := 1; i <= levels.accent; i++ {
		p = append(p, mix(red, i, levels.accent))
	}
	return p
}()

func mix(c color.RGBA, n, of int) color.RGBA {
	part := func(a, b uint8) uint8 { return uint8((int(a)*(of-n) + int(b)*n) / of) } // #nosec G115 -- between a and b
	return color.RGBA{part(paper.R, c.R), part(paper.G, c.G), part(paper.B, c.B), 0xff}
}

// canvases are used again: each holds 2 MB.
var canvases = sync.Pool{New: func() any { return &canvas{} }}

func newCanvas() *canvas {
	c := canvases.Get().(*canvas)
	clear(c.ink[:])
	clear(c.accent[:])
	return c
}

func (c *canvas) free() { canvases.Put(c) }

// rule draws a horizontal line of ink.
func (c *canvas) rule(x0, x1, y, thick int, strength uint8) {
	for ; thick > 0; thick, y = thick-1, y+1 {
		for x := max(0, x0); x < min(Width, x1); x++ {
			c.ink[y*Width+x] = max(c.ink[y*Width+x], strength)
		}
	}
}

// stamp draws a glyph: mask, of which at is the corner, within the picture.
func (c *canvas) stamp(layer *[Width * Height]byte, dr image.Rectangle, mask *image.Alpha, at image.Point, strength uint8) {
	clipped := dr.Intersect(image.Rect(0, 0, Width, Height))
	at = at.Add(clipped.Min.Sub(dr.Min))
	for y := clipped.Min.Y; y < clipped.Max.Y; y++ {
		from := mask.PixOffset(at.X, at.Y+y-clipped.Min.Y)
		row := layer[y*Width+clipped.Min.X : y*Width+clipped.Max.X]
		for i := range row {
			if a := mask.Pix[from+i]; a != 0 {
				row[i] = max(row[i], uint8(int(a)*int(strength)/255)) // #nosec G115 -- at most 255
			}
		}
	}
}

// encoder packs fast: a card is drawn for one visitor of another site, and half
// the time is worth a few kilobytes.
var encoder = png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: &buffers{}}

type buffers struct{ pool sync.Pool }

func (b *buffers) Get() *png.EncoderBuffer {
	e, _ := b.pool.Get().(*png.EncoderBuffer)
	return e
}
func (b *buffers) Put(e *png.EncoderBuffer) { b.pool.Put(e) }

// png gives the picture's bytes.
func (c *canvas) png() ([]byte, error) {
	if c.picture.Pix == nil {
		c.picture = image.Paletted{Pix: make([]byte, Width*Height), Stride: Width, Rect: image.Rect(0, 0, Width, Height), Palette: palette}
	}
	for i := range c.picture.Pix {
		switch ink, accent := int(c.ink[i]), int(c.accent[i]); {
		case ink >= accent:
			c.picture.Pix[i] = uint8((ink*levels.ink + 127) / 255) // #nosec G115 -- at most 10
		default:
			n := (accent*levels.accent + 127) / 255
			if n > 0 {
				n += levels.ink
			}
			c.picture.Pix[i] = uint8(n) // #nosec G115 -- at most 15
		}
	}
	var b bytes.Buffer
	b.Grow(48 << 10)
	if err := encoder.Encode(&b, &c.picture); err != nil {
		return nil, fmt.Errorf("pack a card: %w", err)
	}
	return b.Bytes(), nil
}
