package analyze_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"broadsheet/internal/lib/analyze"
)

// check holds what must be true of every text.
func check(t *testing.T, a *analyze.Analyzer, text string) {
	t.Helper()
	pos, n := uint32(0), uint32(0)
	valid := utf8.ValidString(text)
	n = a.Document(text, func(tok analyze.Token) {
		switch {
		case tok.Term == "" || tok.Term[0] <= ' ' || len(tok.Term) > analyze.MaxTerm || !utf8.ValidString(tok.Term):
			t.Errorf("%q: term %q", text, tok.Term)
		case tok.Pos < pos:
			t.Errorf("%q: position %d after %d", text, tok.Pos, pos)
		case tok.Start < 0 || tok.End <= tok.Start || tok.End > len(text):
			t.Errorf("%q: %q at %d to %d", text, tok.Term, tok.Start, tok.End)
		case valid && (!utf8.RuneStart(text[tok.Start]) || tok.End < len(text) && !utf8.RuneStart(text[tok.End])):
			t.Errorf("%q: %q cuts a character", text, tok.Term)
		case tok.Span < 1:
			t.Errorf("%q: %q spans nothing", text, tok.Term)
		}
		pos = tok.Pos
	})
	if n > 0 && pos >= n {
		t.Errorf("%q: position %d of %d", text, pos, n)
	}
	f := analyze.Fold(text)
	if again := analyze.Fold(f); again != f || !utf8.ValidString(f) {
		t.Errorf("Fold(%q) = %q, again %q", text, f, again)
	}
	last := uint32(0)
	for _, tok := range a.Query(text) {
		if tok.Weight <= 0 || tok.Weight > 1 || tok.Pos < last || tok.End > len(text) {
			t.Errorf("Query(%q): %+v", text, tok)
		}
		last = tok.Pos
	}
	a.Prefix(text)
}

func FuzzAnalyze(f *testing.F) {
	for _, s := range []string{"GPT-4 k-means++ SO(3)", `$\alpha_{s}^{2}$ Erd\H{o}s \"{o}`, "ΛCDM Ελληνικά ᾳ ΐ", "深度学习ーー한국어ไทย", "a\u0301\u200bb\xff", "1,000.5e-3,", `\`, `\H`, `C^{*`,
		"'s ''s a's", "İıſKÅ", "(a)(b)", "½⅓㎏", "\U0001d6fc\U0001d7ce", "x++#*", "ŉ ʼn"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { check(t, analyze.New(), text) })
}

// TestEveryCharacter folds all of Unicode.
func TestEveryCharacter(t *testing.T) {
	a := analyze.New()
	for r := rune(1); r <= unicode.MaxRune; r++ {
		if r >= 0x4e00 && r < 0x9f00 || r >= 0xac00 && r < 0xd700 || r >= 0x20000 && r < 0xe0000 || r > 0xf0000 {
			r += 0xff // enough of these
		}
		if s := string(r); unicode.IsGraphic(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			check(t, a, "a"+s+"b "+s+" 1"+s)
		}
	}
}

// TestMemory holds that the memory of words changes nothing: more words pass
// through than it holds, and tokens are as they are without it.
func TestMemory(t *testing.T) {
	a := analyze.New()
	for i := range 100_000 {
		text := fmt.Sprintf("(W%d-x), Networks", i%90_000)
		got := document(a, text)
		if i%1000 == 0 {
			if diff := cmp.Diff(document(analyze.New(), text), got); diff != "" {
				t.Fatalf("%q (-new +used):\n%s", text, diff)
			}
		}
	}
}

// TestBounds holds hostile texts to a bounded time.
func TestBounds(t *testing.T) {
	const size = 200_000
	for _, unit := range []string{"a", "-", "a-", "a)", "(a", "(", `\`, `\a`, `\H{`, "{", "}", "$", "é", "e\u0301", "\u0301", "α", "αβγ", "深", "\xff", "\xe4\xbd", "1", "1,", "1.", "'", "a'", "+", "a+", ".", "=a",
		"a1", "aa1", "ᾳ", "ﷺ", "\x00", " ", "ab ", "&", "^*", "a^*"} {
		n := 0
		timed := func(size int) time.Duration {
			a, begin := analyze.New(), time.Now()
			n = 0
			a.Document(strings.Repeat(unit, size/len(unit)), func(analyze.Token) { n++ })
			return time.Since(begin)
		}
		// The time grows as the text does: ten times the text does not take a hundred times as long.
		// The least of some tries counts: on a busy machine one is stopped for longer than it runs.
		short, long := timed(size/10), timed(size)
		for try := 1; try < 4 && long > time.Second && long > 50*short; try++ {
			long = min(long, timed(size))
		}
		if long > time.Second && long > 50*short {
			t.Errorf("200 KB of %q took %v, 20 KB %v", unit, long, short)
		}
		if n > 3*size {
			t.Errorf("200 KB of %q are %d tokens", unit, n)
		}
	}
}

func TestAllocations(t *testing.T) {
	a, text, n := analyze.New(), strings.Repeat(sample, 4), 0
	emit := func(analyze.Token) { n++ }
	a.Document(text, emit)
	if got := testing.AllocsPerRun(10, func() { a.Document(text, emit) }); got != 0 {
		t.Errorf("Document allocates %v times once it knows the words", got)
	}
}

const sample = `We study the spectrum of random matrices $A \in \mathbb{R}^{n \times n}$ with sub-Gaussian entries, and give a
state-of-the-art bound of order $O(\sqrt{n})$ that improves on Erd\H{o}s and others by 12.5%. Our proof, based on k-means++ and the GPT-4 model, is short. `

func BenchmarkDocument(b *testing.B) {
	a, n := analyze.New(), 0
	text := strings.Repeat(sample, 4)[:1200]
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		a.Document(text, func(analyze.Token) { n++ })
	}
}

func BenchmarkQuery(b *testing.B) {
	a := analyze.New()
	for b.Loop() {
		a.Query("graph neural networks for gpt 4 in the state-of-the-art")
	}
}
