package picture

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"

	"broadsheet/internal/store"
)

var (
	red  = color.RGBA{255, 0, 0, 255}
	blue = color.RGBA{0, 0, 255, 255}
)

// plain is a picture of one colour.
func plain(w, h int, c color.Color) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, c)
		}
	}
	return img
}

// noise is a picture that only JPEG makes small.
func noise(w, h int) *image.RGBA {
	r := rand.New(rand.NewPCG(1, 2))
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = byte(r.Uint32())
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	return img
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// animation is a GIF that turns from red to blue.
func animation(t testing.TB) []byte {
	t.Helper()
	pal := color.Palette{red, blue}
	first, second := image.NewPaletted(image.Rect(0, 0, 30, 20), pal), image.NewPaletted(image.Rect(0, 0, 30, 20), pal)
	for i := range second.Pix {
		second.Pix[i] = 1
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{first, second}, Delay: []int{10, 10}}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// webpDot is one pixel in WebP's lossless form, put together by hand.
func webpDot(t testing.TB) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// bomb is a tiny PNG that claims to be w × h.
func bomb(t testing.TB, w, h uint32) []byte {
	b := asPNG(t, plain(1, 1, red))
	binary.BigEndian.PutUint32(b[16:], w)
	binary.BigEndian.PutUint32(b[20:], h)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

func TestCopy(t *testing.T) {
	glass := plain(100, 100, red)
	glass.Set(50, 50, color.RGBA{})
	for _, test := range []struct {
		name     string
		original []byte
		class    store.PictureClass
		w, h     int
		kind     string
		err      error
	}{
		{"wide to thumbnail", asPNG(t, plain(2000, 500, red)), store.PictureThumbnail, 480, 120, "image/png", nil},
		{"tall to thumbnail", asPNG(t, plain(500, 2000, red)), store.PictureThumbnail, 68, 270, "image/png", nil},
		{"a line", asPNG(t, plain(3000, 1, red)), store.PictureThumbnail, 480, 1, "image/png", nil},
		{"small stays small", asPNG(t, plain(20, 10, red)), store.PictureThumbnail, 20, 10, "image/png", nil},
		{"photo", asJPEG(t, noise(600, 600)), store.PictureThumbnail, 270, 270, "image/jpeg", nil},
		{"avatar is cut square", asJPEG(t, noise(300, 100)), store.PictureAvatar, 64, 64, "image/jpeg", nil},
		{"portrait is cut square", asJPEG(t, noise(300, 200)), store.PicturePortrait, 160, 160, "image/jpeg", nil},
		{"portrait claims to be huge", bomb(t, 50_000, 50_000), store.PicturePortrait, 0, 0, "", errTooLarge},
		{"avatar stays transparent", asPNG(t, glass), store.PictureAvatar, 64, 64, "image/png", nil},
		{"animation", animation(t), store.PictureThumbnail, 30, 20, "image/png", nil},
		{"WebP", webpDot(t), store.PictureAvatar, 1, 1, "image/png", nil},
		{"claims to be huge", bomb(t, 50_000, 50_000), store.PictureThumbnail, 0, 0, "", errTooLarge},
		{"claims to be long", bomb(t, 1<<30, 1), store.PictureThumbnail, 0, 0, "", errTooLarge},
		{"claims a bit too much", bomb(t, 4000, 2001), store.PictureThumbnail, 0, 0, "", errTooLarge},
		{"claims more than there is", bomb(t, 4000, 2000), store.PictureThumbnail, 0, 0, "", errDamaged},
		{"too many bytes", append(asPNG(t, plain(1, 1, red)), make([]byte, MaxBytes)...), store.PictureThumbnail, 0, 0, "", errTooLarge},
		{"cut off PNG", asPNG(t, noise(50, 50))[:4000], store.PictureThumbnail, 0, 0, "", errDamaged},
		{"cut off JPEG", asJPEG(t, noise(50, 50))[:500], store.PictureThumbnail, 0, 0, "", errDamaged},
		{"cut off GIF", animation(t)[:30], store.PictureThumbnail, 0, 0, "", errDamaged},
		{"cut off WebP", webpDot(t)[:24], store.PictureThumbnail, 0, 0, "", errDamaged},
		{"only a beginning", []byte("\x89PNG\r\n\x1a\n"), store.PictureThumbnail, 0, 0, "", errDamaged},
		{"drawing", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), store.PictureThumbnail, 0, 0, "", errNoPicture},
		{"page", []byte("<!doctype html><p>not found"), store.PictureThumbnail, 0, 0, "", errNoPicture},
		{"nothing", nil, store.PictureThumbnail, 0, 0, "", errNoPicture},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Copy(test.original, test.class)
			if !errors.Is(err, test.err) {
				t.Fatalf("got error %v, want %v", err, test.err)
			}
			if got.Width != test.w || got.Height != test.h || got.Type != test.kind {
				t.Errorf("got %d × %d %s, want %d × %d %s", got.Width, got.Height, got.Type, test.w, test.h, test.kind)
			}
			if err == nil {
				check(t, got)
			}
		})
	}
}

// check decodes a copy and compares it with what is said of it.
func check(t *testing.T, p store.Picture) image.Image {
	t.Helper()
	img, kind, err := image.Decode(bytes.NewReader(p.Body))
	if err != nil || "image/"+kind != p.Type || img.Bounds().Dx() != p.Width || img.Bounds().Dy() != p.Height {
		t.Fatalf("the copy is %s %v (%v), said to be %s %d × %d", kind, img.Bounds(), err, p.Type, p.Width, p.Height)
	}
	return img
}

func TestCopyKeepsColours(t *testing.T) {
	clear := image.NewNRGBA(image.Rect(0, 0, 40, 40))
	for _, test := range []struct {
		name     string
		original []byte
		class    store.PictureClass
		want     color.Color
	}{
		{"first frame", animation(t), store.PictureThumbnail, red},
		{"transparent thumbnail is white", asPNG(t, clear), store.PictureThumbnail, color.White},
		{"transparent avatar is transparent", asPNG(t, clear), store.PictureAvatar, color.Transparent},
		{"shrunk", asPNG(t, plain(900, 900, blue)), store.PictureAvatar, blue},
	} {
		got, err := Copy(test.original, test.class)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		r, g, b, a := check(t, got).At(got.Width/2, got.Height/2).RGBA()
		wr, wg, wb, wa := test.want.RGBA()
		if r != wr || g != wg || b != wb || a != wa {
			t.Errorf("%s: got colour %x %x %x %x, want %x %x %x %x", test.name, r, g, b, a, wr, wg, wb, wa)
		}
	}
}

// Photos on a page are lazy-loaded, but still have to be small.
func TestCopyIsSmall(t *testing.T) {
	got, err := Copy(asJPEG(t, noise(1200, 675)), store.PictureThumbnail)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Body) > 60<<10 { // of noise: nothing is larger
		t.Errorf("a thumbnail takes %d bytes", len(got.Body))
	}
}

func FuzzCopy(f *testing.F) {
	for _, seed := range [][]byte{asPNG(f, plain(3, 2, red)), asPNG(f, noise(8, 8)), asJPEG(f, noise(16, 16)), animation(f), webpDot(f),
		bomb(f, 50_000, 50_000), []byte("<svg/>")} {
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, b []byte, avatar bool) {
		// The bound of pixels is a constant; smaller pictures fuzz faster.
		class, w, h := store.PictureThumbnail, thumbnailWidth, thumbnailHeight
		if avatar {
			class, w, h = store.PictureAvatar, avatarSide, avatarSide
		}
		got, err := Copy(b, class)
		if err != nil {
			return
		}
		if got.Width < 1 || got.Height < 1 || got.Width > w || got.Height > h {
			t.Errorf("a copy of %d × %d for %s", got.Width, got.Height, class)
		}
		check(t, got)
	})
}
