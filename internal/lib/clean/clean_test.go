package clean_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"broadsheet/internal/lib/clean"
)

func TestLine(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"A plain title", "A plain title"},
		{"  two\n  lines\tand\u00a0more \r\n", "two lines and more"},
		{"e\u0301tude", "étude"},
		{"bad \xff byte", "bad \uFFFD byte"},
		{"nul\x00 and \x1b[31mescape", "nul and [31mescape"},
		{"abc\u202egpj.exe\u202c", "abcgpj.exe"},
		{"zero\u200bwidth\ufeff \u2060joiner", "zerowidth joiner"},
		{"la\u200dtin joiners go", "latin joiners go"},
		{"می\u200cخواهم", "می\u200cخواهم"},
		{"ends on a non-joiner می\u200c", "ends on a non-joiner می"},
		{"👩\u200d🔬", "👩\u200d🔬"},
		{"tags \U000E0041\U000E0042 gone", "tags gone"},
		{"e\u200b\u0301", "é"},
		{"x" + strings.Repeat("\u0335", 40), "x" + strings.Repeat("\u0335", 8)},
		{"line\u2028separator\u2029s", "line separator s"},
		{"$a<b$ & $\\alpha$", "$a<b$ & $\\alpha$"},
	} {
		if got := clean.Line(c.in); got != c.want {
			t.Errorf("Line(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"two\r\nlines\rand\tmore  \n", "two\nlines\nand\tmore  \n"},
		{"\u00a0a\u2003b\u2028c", " a b\nc"},
		{"nul\x00 \x1b[31m \u0085", "nul [31m  "},
		{"abc\u202egpj.exe\u202c \u2066x\u2069 \u200f", "abcgpj.exe x "},
		{"zero\u200bwidth\ufeff", "zerowidth"},
		{"می\u200cخواهم", "می\u200cخواهم"},
		{"x" + strings.Repeat("\u0335", 40), "x" + strings.Repeat("\u0335", 8)},
		{"bad \xff byte", "bad \uFFFD byte"},
	} {
		if got := clean.Text(c.in); got != c.want {
			t.Errorf("Text(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestTeXName(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Plain Name", "Plain Name"},
		{`Paul Erd\H{o}s`, "Paul Erdős"},
		{`Paul Erd\H os`, "Paul Erdős"},
		{`H. C. {\O}rsted`, "H. C. Ørsted"},
		{`Fran\c cois Vi\` + "`ete", "François Viète"},
		{`Kurt G\"odel`, "Kurt Gödel"},
		{`Kurt G{\"{o}}del`, "Kurt Gödel"},
		{`Mar\'{\i}a Mu\~noz`, "María Muñoz"},
		{`Mar\'\i a`, "María"},
		{`\v{C}ech`, "Čech"},
		{`\L{}ukasz`, "Łukasz"},
		{`J.~Doe`, "J. Doe"},
		{`\unknown x`, `\unknown x`},
		{`ends \`, `ends \`},
		{`ends \'`, `ends \'`},
		{`Stra\ss e`, "Straße"},
	} {
		if got := clean.TeXName(c.in); got != c.want {
			t.Errorf("TeXName(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestClip(t *testing.T) {
	for _, c := range []struct {
		in   string
		max  int
		want string
	}{{"short", 5, "short"}, {"longer", 5, "lo…"}, {"ééé", 5, "é…"}, {"any", 2, ""}} {
		if got := clean.Clip(c.in, c.max); got != c.want {
			t.Errorf("Clip(%q, %d) = %q, want %q", c.in, c.max, got, c.want)
		}
	}
}

func FuzzLine(f *testing.F) {
	for _, s := range []string{"", "a b", "e\u200b\u0301", "می\u200cخواهم", "\xff\xfe", "<p>a&amp;lt;b", `\'{\i}`, "\u200d👩\u200d\u200d🔬"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, fn := range map[string]func(string) string{"Line": clean.Line, "TeXName": clean.TeXName} {
			got := fn(s)
			if !utf8.ValidString(got) {
				t.Fatalf("%s(%q) = %q: not UTF-8", name, s, got)
			}
			if again := clean.Line(got); again != got {
				t.Fatalf("Line(%s(%q)) = %q, want %q as before", name, s, again, got)
			}
			if strings.ContainsAny(got, "\x00\n\r\t\u202e\u200b") {
				t.Fatalf("%s(%q) = %q: holds what must go", name, s, got)
			}
		}
		got := clean.Text(s)
		if again := clean.Text(got); again != got || !utf8.ValidString(got) || strings.ContainsAny(got, "\x00\r\u202e\u200b") {
			t.Fatalf("Text(%q) = %q, again %q: want UTF-8, the same again, and nothing hidden", s, got, again)
		}
	})
}
