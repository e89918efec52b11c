package cli

import (
	"testing"

	"broadsheet/internal/lib/markup"
)

// TestCommentText: comments as the site writes them, as a terminal shows them.
func TestCommentText(t *testing.T) {
	for _, c := range []struct{ markdown, want string }{
		{"Tea & *biscuits* <for> all.", "Tea & biscuits <for> all."},
		{"One.\n\nTwo\nthree.\n\n* a\n* b", "One.\nTwo\nthree.\na\nb"},
		{"```\nx := <-c\n    y\n```\nafter", "x := <-c\n    y\n\nafter"},
		{"Since $E=mc^2$ holds", "Since E=mc^2 holds"},
		{"$x_i^{n+1}$", "x_i^(n+1)"},
		{"$\\frac{a+b}{2}$", "(a+b)/2"},
		{"$\\sqrt{x+1} \\le \\sqrt[3]{y}$", "√(x+1)≤3√y"},
		{"$$\\sum_{i=1}^n a_i$$", "∑_(i=1)^na_i"},
		{"$\\alpha\\beta$", "αβ"},
	} {
		doc, err := markup.Parse(c.markdown)
		if err != nil {
			t.Fatal(err)
		}
		r, err := doc.Write(markup.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := commentText(r.HTML); got != c.want {
			t.Errorf("%q, which is %s:\ngot  %q\nwant %q", c.markdown, r.HTML, got, c.want)
		}
	}
}
