package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"

	"broadsheet/internal/store"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
)

// Bounds of an original.
const (
	MaxBytes = 5 << 20
	// MaxPixels is checked before anything is unpacked. A progressive JPEG takes
	// up to 15 bytes a pixel, some 120 MB at this bound: pictures are made by the
	// process that serves pages, which is to stay small.
	MaxPixels = 8_000_000
	maxSide   = 20_000
)

// Sizes of copies in pixels.
const (
	avatarSide      = 64
	portraitSide    = 160
	thumbnailWidth  = 480
	thumbnailHeight = 270
	jpegQuality     = 80
)

// Why an original is not taken; more attempts would not help.
var (
	errNoPicture = errors.New("is no PNG, JPEG, GIF or WebP picture")
	errTooLarge  = errors.New("is too large")
	errDamaged   = errors.New("is damaged")
)

// Copy makes the copy of an original for a class: decoded, cut or shrunk, and
// encoded anew, so that nothing of the original's bytes is served. Width,
// Height, Type and Body of the answer are set. An animation gives its first
// frame.
func Copy(original []byte, class store.PictureClass) (out store.Picture, err error) {
	src, err := decode(original)
	if err != nil {
		return out, err
	}
	var dst *image.RGBA
	switch class {
	case store.PictureAvatar:
		dst = square(src, avatarSide)
	case store.PicturePortrait:
		dst = square(src, portraitSide)
	case store.PictureThumbnail:
		dst = fit(src, thumbnailWidth, thumbnailHeight)
	default:
		return out, fmt.Errorf("no class of pictures is called %q", class)
	}
	out.Width, out.Height = dst.Rect.Dx(), dst.Rect.Dy()
	out.Body, out.Type, err = encode(dst)
	return out, err
}

// decode reads a picture whose format is told by its first bytes, never by
// its name or declared type.
func decode(b []byte) (img image.Image, err error) {
	if len(b) > MaxBytes {
		return nil, errTooLarge
	}
	var config func([]byte) (image.Config, error)
	var whole func([]byte) (image.Image, error)
	switch {
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		config = func(b []byte) (image.Config, error) { return png.DecodeConfig(bytes.NewReader(b)) }
		whole = func(b []byte) (image.Image, error) { return png.Decode(bytes.NewReader(b)) }
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		config = func(b []byte) (image.Config, error) { return jpeg.DecodeConfig(bytes.NewReader(b)) }
		whole = func(b []byte) (image.Image, error) { return jpeg.Decode(bytes.NewReader(b)) }
	case bytes.HasPrefix(b, []byte("GIF87a")), bytes.HasPrefix(b, []byte("GIF89a")):
		config = func(b []byte) (image.Config, error) { return gif.DecodeConfig(bytes.NewReader(b)) }
		whole = func(b []byte) (image.Image, error) { return gif.Decode(bytes.NewReader(b)) }
	case len(b) >= 16 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		config = func(b []byte) (image.Config, error) { return webp.DecodeConfig(bytes.NewReader(b)) }
		whole = func(b []byte) (image.Image, error) { return webp.Decode(bytes.NewReader(b)) }
	default:
		return nil, errNoPicture
	}
	// A decoder that trips over hostile bytes costs that picture, not the program.
	defer func() {
		if p := recover(); p != nil {
			img, err = nil, fmt.Errorf("%w: %v", errDamaged, p)
		}
	}()
	c, err := config(b)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	if c.Width < 1 || c.Height < 1 || c.Width > maxSide || c.Height > maxSide || c.Width*c.Height > MaxPixels {
		return nil, fmt.Errorf("%w: %d × %d pixels", errTooLarge, c.Width, c.Height)
	}
	img, err = whole(b)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	// A GIF's first frame may be smaller than the canvas that it stands on,
	// and a WebP's picture differ from its header.
	if r := img.Bounds(); r.Empty() || r.Dx()*r.Dy() > MaxPixels {
		return nil, errDamaged
	}
	return img, nil
}

// square cuts the middle and shrinks it to at most side pixels each way.
// Transparent parts stay so: a badge stands on any ground.
func square(src image.Image, side int) *image.RGBA {
	r := src.Bounds()
	n := min(r.Dx(), r.Dy())
	r.Min = r.Min.Add(image.Pt((r.Dx()-n)/2, (r.Dy()-n)/2))
	r.Max = r.Min.Add(image.Pt(n, n))
	n = min(n, side)
	dst := image.NewRGBA(image.Rect(0, 0, n, n))
	draw.CatmullRom.Scale(dst, dst.Rect, src, r, draw.Src, nil)
	return dst
}

// fit shrinks to at most width × height, on white: figures are drawn for paper
// and a transparent one would be lost on a dark page.
func fit(src image.Image, width, height int) *image.RGBA {
	r := src.Bounds()
	scale := min(1, float64(width)/float64(r.Dx()), float64(height)/float64(r.Dy()))
	w, h := max(1, int(float64(r.Dx())*scale+0.5)), max(1, int(float64(r.Dy())*scale+0.5))
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(dst, dst.Rect, image.White, image.Point{}, draw.Src)
	draw.CatmullRom.Scale(dst, dst.Rect, src, r, draw.Over, nil)
	return dst
}

// encode writes PNG where the picture has transparent parts, or at most 256
// colours and is smaller for it; JPEG otherwise.
func encode(img *image.RGBA) ([]byte, string, error) {
	var small bytes.Buffer
	pngs := png.Encoder{CompressionLevel: png.BestCompression}
	if !img.Opaque() {
		err := pngs.Encode(&small, img)
		return small.Bytes(), "image/png", err
	}
	if flat := paletted(img); flat != nil {
		if err := pngs.Encode(&small, flat); err != nil {
			return nil, "", err
		}
	}
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, img, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return nil, "", err
	}
	if small.Len() > 0 && small.Len() <= photo.Len() {
		return small.Bytes(), "image/png", nil
	}
	return photo.Bytes(), "image/jpeg", nil
}

// paletted is img with a table of its colours, nil where they are too many.
func paletted(img *image.RGBA) *image.Paletted {
	index := map[color.RGBA]uint8{}
	var table color.Palette
	out := image.NewPaletted(img.Rect, nil)
	for i := 0; i+3 < len(img.Pix); i += 4 {
		c := color.RGBA{img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3]}
		n, ok := index[c]
		if !ok {
			if len(table) == 256 {
				return nil
			}
			n = uint8(len(table))
			index[c] = n
			table = append(table, c)
		}
		out.Pix[i/4] = n
	}
	out.Palette = table
	return out
}
