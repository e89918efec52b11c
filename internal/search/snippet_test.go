package search

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
)

// show puts spans into brackets.
func show(text string, spans []broadsheet.Span) string {
	var b strings.Builder
	at := 0
	for _, s := range spans {
		b.WriteString(text[at:s.Start] + "[" + text[s.Start:s.End] + "]")
		at = s.End
	}
	return b.String() + text[at:]
}

func TestHighlight(t *testing.T) {
	tests := []struct{ query, text, want string }{
		{"transformer models", "Transformers as a model of models", "[Transformers] as a [model] of [models]"},
		{"the cat", "The cat in the hat", "The [cat] in the hat"},
		{"the", "The cat in the hat", "[The] cat in [the] hat"},
		{"gpt 4", "GPT-4, GPT4 and gpt 4", "[GPT-4], [GPT4] and [gpt] [4]"},
		{"based", "An attention-based model", "An attention-[based] model"},
		{"erdos", `The Erd\H{o}s problem of Erdős`, `The [Erd\H{o}s] problem of [Erdős]`},
		{"so(3)", "Rotations in SO(3), and $SO(3)$", "Rotations in [SO(3)], and $SO(3)$"},
		{"alpha decay", `$\alpha$ decay, α decay`, `$\alpha$ [decay], [α] [decay]`},
		{"word", `An \emph{important word} and word`, `An \emph{important word} and [word]`},
		{"github", "See https://github.com/x for github", "See https://github.com/x for [github]"},
		{"transf*", "Transformers transfer trans", "[Transformers] [transfer] trans"},
		{`"deep learning"`, "Deep learning is not learning deep", "[Deep learning] is not learning deep"},
		{`"deep learn*"`, "deep learners, deep learning", "[deep learners], [deep learning]"},
		{`"state of the art"`, "A state-of-the-art state of things", "A [state-of-the-art] state of things"},
		{`"x b" b`, "x b b", "[x b] [b]"},
		{`"deep" x`, "Deep x", "[Deep] [x]"},
		{`-cat dog`, "cat and dog", "cat and [dog]"},
		{`title:attention abs:dog author:need`, "attention dog need", "[attention] dog need"},
		{"学习", "深度学习方法", "深度[学习]方法"},
		{"money", "costs $5 of money and more money, $10", "costs $5 of [money] and more [money], $10"},
		{"nothing", "", ""},
		{"", "some text", "some text"},
	}
	for _, test := range tests {
		q := broadsheet.ParseQuery(test.query)
		if got := show(test.text, NewHighlighter(&q).Title(test.text)); got != test.want {
			t.Errorf("Title of %q for %q\n got %s\nwant %s", test.text, test.query, got, test.want)
		}
	}
}

const sentences = "This opening says nothing of use and goes on for quite some time before it ends. " +
	"A second sentence is here to make the text longer than what is shown, as such sentences are. " +
	"We train sparse networks with a new method. It is fast on every machine that we tried, large and small. " +
	"Sparse networks reach the same quality as dense networks with a tenth of the weights, which we show by experiments on many data sets. " +
	"In the end there are conclusions, which repeat what was said before in other words and thank those who paid."

func TestSnippet(t *testing.T) {
	tests := []struct{ query, text, want string }{
		{"opening", sentences, "This [opening] says nothing of use and goes on for quite some time before it ends. A second sentence is here to make the text longer than what is shown, as such sentences are. We train sparse networks with a new method. It is fast on every machine that we tried, large and small. …"},
		{"sparse dense weights", sentences, "… We train [sparse] networks with a new method. It is fast on every machine that we tried, large and small. [Sparse] networks reach the same quality as [dense] networks with a tenth of the [weights], which we show by experiments on many data sets. …"},
		{"conclusions", sentences, "… Sparse networks reach the same quality as dense networks with a tenth of the weights, which we show by experiments on many data sets. In the end there are [conclusions], which repeat what was said before in other words and thank those who paid."},
		{"absent", sentences, "This opening says nothing of use and goes on for quite some time before it ends. A second sentence is here to make the text longer than what is shown, as such sentences are. We train sparse networks with a new method. It is fast on every machine that we tried, large and small. …"},
		{"short", "A short text.", "A [short] text."},
		{"needle", strings.Repeat("word ", 200) + "needle " + strings.Repeat("word ", 200), "… " + strings.Repeat("word ", 10) + "[needle] " + strings.TrimSpace(strings.Repeat("word ", 44)) + "…"},
	}
	for _, test := range tests {
		q := broadsheet.ParseQuery(test.query)
		h := NewHighlighter(&q)
		text, spans := h.Snippet(test.text)
		if got := show(text, spans); got != test.want {
			t.Errorf("Snippet for %q\n got %s\nwant %s", test.query, got, test.want)
		}
		if n := utf8.RuneCountInString(text); n > snippetLength+3 {
			t.Errorf("Snippet for %q: %d characters", test.query, n)
		}
		again, _ := h.Snippet(test.text)
		if diff := cmp.Diff(text, again); diff != "" {
			t.Errorf("Snippet for %q differs the second time:\n%s", test.query, diff)
		}
	}
}

// TestSnippetKeepsFormulas holds the borders of excerpts outside of formulas.
func TestSnippetKeepsFormulas(t *testing.T) {
	formula := `$\sum_{i = 1}^n x_i \leq \frac{a + b}{c}$`
	text := strings.Repeat("We show that "+formula+" holds for all n. ", 12)
	for _, query := range []string{"show", "holds", "absent", "n"} {
		q := broadsheet.ParseQuery(query)
		got, _ := NewHighlighter(&q).Snippet(text)
		if strings.Count(got, "$")%2 != 0 || strings.Count(got, formula)*2 != strings.Count(got, "$") {
			t.Errorf("Snippet for %q cuts a formula: %s", query, got)
		}
	}
}

// checkSnippet holds what must be true of every text.
func checkSnippet(t *testing.T, query, text string) {
	t.Helper()
	q := broadsheet.ParseQuery(query)
	h := NewHighlighter(&q)
	spans := func(in string, spans []broadsheet.Span) {
		at, valid := 0, utf8.ValidString(in)
		for _, s := range spans {
			if s.Start < at || s.End <= s.Start || s.End > len(in) {
				t.Errorf("%q in %q: spans %v", query, in, spans)
				return
			}
			if valid && (!utf8.RuneStart(in[s.Start]) || s.End < len(in) && !utf8.RuneStart(in[s.End])) {
				t.Errorf("%q in %q: %v cuts a character", query, in, s)
			}
			at = s.End
		}
	}
	spans(text, h.Title(text))
	out, found := h.Snippet(text)
	spans(out, found)
	if utf8.ValidString(text) != utf8.ValidString(out) && utf8.ValidString(text) {
		t.Errorf("%q in %q: snippet %q is not UTF-8", query, text, out)
	}
}

func FuzzSnippet(f *testing.F) {
	for _, s := range []string{sentences, `$a$ \emph{x} {y`, "学习" + strings.Repeat("深", 300), "$$", `\`, `\(`, "a$", "http://x", "x\xff\xfey"} {
		f.Add("x learning sparse 学习 \"sparse networks\"", s)
	}
	f.Fuzz(checkSnippet)
}

// TestSnippetBounds holds hostile texts to a time that grows as they do: ten
// times the text takes some ten times as long, not a hundred.
func TestSnippetBounds(t *testing.T) {
	for _, unit := range []string{"a", "a ", "a. ", "$", "$a", "{", "}", `\`, `\a{`, `\(`, "學", "http://", "\xff", " ", "x-", "(x)", "-", "''", "α"} {
		timed := func(size int) time.Duration {
			text := strings.Repeat(unit, size/len(unit))
			begin := time.Now()
			checkSnippet(t, `a x "a a" "x x" 學學 α`, text)
			return time.Since(begin)
		}
		short := timed(20_000)
		if long := timed(200_000); long > time.Second && long > 50*short {
			t.Errorf("200 KB of %q took %v, 20 KB %v", unit, long, short)
		}
	}
}

func BenchmarkSnippet(b *testing.B) {
	q := broadsheet.ParseQuery(`sparse dense "data sets" weigh*`)
	h := NewHighlighter(&q)
	text := strings.Repeat(sentences+" ", 3)[:1200]
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		h.Snippet(text)
	}
}
