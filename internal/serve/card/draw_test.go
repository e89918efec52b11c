package card

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func open(t testing.TB) *fonts {
	t.Helper()
	f, err := openFonts()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestShowable says what of a text can be shown, and whether that is enough.
func TestShowable(t *testing.T) {
	s := open(t).on(nil)
	for _, tc := range []struct {
		text, want string
		ok         bool
	}{
		{"Schrödinger's Łódź, Ωmega", "Schrödinger's Łódź, Ωmega", true},
		{"Lᵖ, αᵢ → ∞, ℝⁿ, ∇×𝐁", "Lᵖ, αᵢ → ∞, ℝⁿ, ∇×𝐁", true},
		{"tea 🎉 party", "tea party", true},
		{"Wang Xiǎo", "Wang Xiao", true},
		{"茶的冷却", "", false},
		{"Cooling of 茶", "Cooling of", false},
		{"a\x00\nb", "ab", true},
		{"", "", false},
	} {
		if got, ok := s.showable(tc.text); got != tc.want || ok != tc.ok {
			t.Errorf("showable(%q) = %q, %t, want %q, %t", tc.text, got, ok, tc.want, tc.ok)
		}
	}
}

// TestWrap breaks lines that fit, and loses no word.
func TestWrap(t *testing.T) {
	f, err := open(t).on(nil).face(bold, 48)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "Tea", "Attention is what you make of it, and other lessons of a year in the kitchen", strings.Repeat("m", 200) + " and tea", strings.Repeat("i ", 300)} {
		for name, lines := range map[string][]string{"wrap": wrap(f, text, measure), "balance": balance(f, text, measure)} {
			for _, line := range lines {
				if w := width(f, line); w > measure {
					t.Errorf("%s(%.20q): the line %q is %d wide, at most %d", name, text, line, w, measure)
				}
			}
			if got, want := strings.ReplaceAll(strings.Join(lines, ""), " ", ""), strings.ReplaceAll(text, " ", ""); got != want {
				t.Errorf("%s(%.20q) keeps %q, want %q", name, text, got, want)
			}
		}
	}
	lines := balance(f, "Attention is what you make of it, and other lessons of a year in the kitchen", measure)
	if diff := cmp.Diff([]string{"Attention is what you make of it, and", "other lessons of a year in the kitchen"}, lines); diff != "" {
		t.Errorf("balanced lines (-want +got):\n%s", diff)
	}
}

// check reads a card and sees that nothing stands in its margins.
func check(t *testing.T, what string, card []byte) {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(card))
	if err != nil {
		t.Fatalf("%.60q: %v", what, err)
	}
	p, ok := m.(*image.Paletted)
	if !ok || p.Rect != image.Rect(0, 0, Width, Height) || len(p.Palette) != 16 || len(card) > 64<<10 {
		t.Fatalf("%.60q: %T of %v, %d bytes; want 1200x630 in 16 colours, at most 64 KiB", what, m, m.Bounds(), len(card))
	}
	inked := 0
	for y := range Height {
		for x := range Width {
			if p.Pix[y*Width+x] == 0 {
				continue
			}
			inked++
			// Letters may hang over by a few pixels.
			if x < margin-14 || x >= Width-margin+14 || y < 16 || y >= Height-16 {
				t.Fatalf("%.60q: ink at %d, %d, in the margin", what, x, y)
			}
		}
	}
	if inked < 5000 {
		t.Errorf("%.60q: %d pixels have ink: there is nothing to read", what, inked)
	}
}

var sheets = []sheet{
	{Name: "Broadsheet", Headline: "Tea"},
	{Name: "Broadsheet", Left: "28 June 2026", Center: "Machine Learning", Right: "142 votes", Headline: "Attention is what you make of it", By: []string{"Ada Lovelace"}, FootLeft: "arXiv:2606.00001", FootRight: "papers.example"},
	{Name: strings.Repeat("A long name ", 20), Left: strings.Repeat("left ", 30), Center: strings.Repeat("center ", 30), Right: strings.Repeat("right ", 30),
		Headline: strings.Repeat("pseudo-differential operators ", 25), By: []string{strings.Repeat("Ada Lovelace, ", 30)}, FootLeft: strings.Repeat("9", 200), FootRight: strings.Repeat("x.", 200)},
	{Name: "B", Headline: strings.Repeat("Ŵ", 390), List: []string{strings.Repeat("M", 300), "Tea", "b"}, By: []string{"chosen by readers"}},
	{Name: "B", Headline: "a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301 ∫∑∏√ ⟨x|y⟩ Å̊"},
}

func TestDraw(t *testing.T) {
	f := open(t)
	for _, s := range sheets {
		card, err := f.draw(s)
		if err != nil {
			t.Fatal(err)
		}
		check(t, s.Headline, card)
		again, err := f.draw(s)
		if err != nil || !bytes.Equal(card, again) {
			t.Errorf("%.60q: a second card differs, %v: its layers were not clean", s.Headline, err)
		}
	}
}

// FuzzDraw sets any text: nothing panics, and nothing leaves its place.
func FuzzDraw(f *testing.F) {
	for _, s := range sheets {
		f.Add(s.Name, s.Headline, strings.Join(s.By, " "), s.Left)
	}
	fonts := open(f)
	f.Fuzz(func(t *testing.T, name, headline, by, left string) {
		s := fonts.on(nil)
		shown, _ := s.showable(headline)
		byline, _ := s.showable(by)
		card, err := fonts.draw(sheet{Name: name, Headline: shown, By: []string{byline}, Left: left, Center: left, Right: left, FootLeft: left})
		if err != nil {
			t.Fatal(err)
		}
		check(t, headline, card)
	})
}

// BenchmarkDraw draws a card with a title of the usual length.
func BenchmarkDraw(b *testing.B) {
	f := open(b)
	s := sheets[1]
	s.Headline = "On the boundedness of pseudo-differential operators with rough symbols: a survey of techniques"
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.draw(s); err != nil {
			b.Fatal(err)
		}
	}
}
