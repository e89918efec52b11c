package web

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestExcerpt(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		limit      int
		want       string
	}{
		{"short", "Tea cools.", 20, "Tea cools."},
		{"blanks", "  Tea \n\n cools. ", 20, "Tea cools."},
		{"at a word", "Tea cools slowly in cups", 14, "Tea cools…"},
		{"no comma before the dots", "Tea, coffee, milk", 13, "Tea, coffee…"},
		{"not inside a formula", "Let $a + b = c$ hold for all", 12, "Let…"},
		{"after a formula", "Let $a + b = c$ hold for all", 20, "Let $a + b = c$…"},
		{"not inside a displayed formula", "So $$a + b = c$$ holds", 12, "So…"},
		{"not inside \\( \\)", `So \(a + b = c\) holds`, 12, "So…"},
		{"not inside a group", `So \emph{a b c d e} holds`, 16, "So…"},
		{"money", "It costs $5 and more than that", 18, "It costs $5 and…"},
		{"escaped dollar", `It costs \$5 and $x + y$ more`, 20, `It costs \$5 and…`},
		{"wide characters", "茶が 冷める 速さを 測る", 8, "茶が 冷める…"},
		{"emoji are whole", "🍵🍵🍵 🍵🍵🍵 🍵🍵🍵", 8, "🍵🍵🍵 🍵🍵🍵…"},
		{"one long word", strings.Repeat("x", 50), 10, "xxxxxxxxxx…"},
		{"a formula first", "$" + strings.Repeat("x + ", 50) + "y$ is long", 20, "𝑥"},
		{"trailing backslash", `a b\`, 3, "a…"},
	} {
		got := excerpt(tc.text, tc.limit)
		if tc.name == "a formula first" { // shown as text, cut like text
			if n := utf8.RuneCountInString(got); n > tc.limit+1 || !strings.HasSuffix(got, "…") {
				t.Errorf("%s: %q has %d characters, want at most %d and an ellipsis", tc.name, got, n, tc.limit)
			}
			continue
		}
		if got != tc.want {
			t.Errorf("%s: excerpt(%q, %d) = %q, want %q", tc.name, tc.text, tc.limit, got, tc.want)
		}
	}
}

func TestOpening(t *testing.T) {
	for _, tc := range []struct{ text, head, rest string }{
		{"Tea cools. We say how fast, and why it does.", "Tea cools.", "We say how fast, and why it does."},
		{"Tea cools without an end to the sentence", "", "Tea cools without an end to the sentence"},
		{"Let $x. y$ be. It is so for a long time.", "Let $x. y$ be.", "It is so for a long time."},
	} {
		if head, rest := opening(tc.text, 20); head != tc.head || rest != tc.rest {
			t.Errorf("opening(%q) = %q, %q, want %q, %q", tc.text, head, rest, tc.head, tc.rest)
		}
	}
}

// FuzzExcerpt: whatever comes, an excerpt is whole characters, no longer than
// asked for, and holds all formulas whole that it holds.
func FuzzExcerpt(f *testing.F) {
	for _, s := range []string{"Let $a$ be \\$5 and $$b$$ {c} \\(d\\)", "\\", "$", "{{{", "a \xff b", strings.Repeat("茶 ", 40)} {
		f.Add(s, 10)
	}
	f.Fuzz(func(t *testing.T, text string, limit int) {
		if limit < 1 || limit > 1000 {
			return
		}
		got := excerpt(text, limit)
		if n := utf8.RuneCountInString(got); n > limit+1 {
			t.Errorf("excerpt(%q, %d) = %q has %d characters", text, limit, got, n)
		}
		if utf8.ValidString(text) && !utf8.ValidString(got) {
			t.Errorf("excerpt(%q, %d) = %q breaks a character", text, limit, got)
		}
		head, rest := opening(text, limit)
		if got := strings.Join(strings.Fields(head+" "+rest), " "); got != strings.Join(strings.Fields(text), " ") {
			t.Errorf("opening(%q, %d) loses text: %q", text, limit, got)
		}
	})
}

func TestFormat(t *testing.T) {
	for _, tc := range []struct{ got, want string }{
		{number(0), "0"}, {number(999), "999"}, {number(1204), "1,204"}, {number(1234567), "1,234,567"}, {number(-1204), "-1,204"},
		{short(999), "999"}, {short(1000), "1k"}, {short(1234), "1.2k"}, {short(9949), "9.9k"}, {short(9950), "10k"}, {short(999500), "1.0M"},
		{plural(1, "paper"), "1 paper"}, {plural(2000, "paper"), "2,000 papers"},
		{ago(30 * time.Second), "less than a minute"}, {ago(90 * time.Minute), "90 minutes"}, {ago(5 * time.Hour), "5 hours"}, {ago(72 * time.Hour), "3 days"},
		{spanName("2026-06-22", "2026-06-28"), "22–28 June 2026"}, {spanName("2026-06-29", "2026-07-05"), "29 June – 5 July 2026"},
		{spanName("2026-12-28", "2027-01-03"), "28 December 2026 – 3 January 2027"},
		{date(time.Time{}), ""}, {stamp(time.Time{}), "never"}, {sentence("no such day"), "No such day."},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}

func TestShade(t *testing.T) {
	last := 0
	for n := range 51 {
		got := shade(n, 50)
		if got < last || got > 5 || (got == 0) != (n == 0) {
			t.Errorf("shade(%d, 50) = %d after %d", n, got, last)
		}
		last = got
	}
	if last != 5 {
		t.Errorf("the fullest day has shade %d, want 5", last)
	}
}

func TestLRU(t *testing.T) {
	c := newLRU(80)
	for _, k := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i"} {
		c.put(k, "12345678")
		if _, ok := c.get("a"); !ok && k < "h" {
			t.Errorf("a was dropped after %s though it is used", k)
		}
	}
	if _, ok := c.get("b"); ok {
		t.Error("b is still kept, though it was not used for longest")
	}
	c.put("large", strings.Repeat("x", 11))
	if _, ok := c.get("large"); ok {
		t.Error("a text of more than an eighth of the cache is kept")
	}
	if c.size > c.limit {
		t.Errorf("%d bytes kept, limit %d", c.size, c.limit)
	}
}
