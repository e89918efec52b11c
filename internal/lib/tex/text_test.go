package tex

import (
	"strings"
	"testing"
)

var texts = []struct{ in, html, plain string }{
	{"plain words", "plain words", "plain words"},
	{`Erd\H{o}s, K\"ahler, Poincar\'{e}, {\"o}, \'{\i}, na\"\i ve, S\o ren, \v{C}ech, \c c, G\"odel's`, "Erdős, Kähler, Poincaré, ö, í, naïve, Søren, Čech, ç, Gödel&#39;s", "Erdős, Kähler, Poincaré, ö, í, naïve, Søren, Čech, ç, Gödel's"},
	{`\emph{a} \textbf{b \textit{c}} {\it d} {\bf e} \texttt{f} \textsc{g}`, `<em>a</em> <strong>b <em>c</em></strong> <em>d</em> <strong>e</strong> <code>f</code> <span class="tex-sc">g</span>`, "a b c d e f g"},
	{"``quoted'' and `single' it's", "“quoted” and ‘single’ it&#39;s", "“quoted” and ‘single’ it's"},
	{`1--2 a---b --flag Fig.~3 ~10`, "1–2 a—b --flag Fig.\u00a03 ~10", "1–2 a—b --flag Fig. 3 ~10"},
	{`50\% R\&D \#1 a\_b \$5`, "50% R&amp;D #1 a_b $5", "50% R&D #1 a_b $5"},
	{`costs $5 and $10`, "costs $5 and $10", "costs $5 and $10"},
	{`from $5 million to $10 million a year`, "from $5 million to $10 million a year", "from $5 million to $10 million a year"},
	{`paid $378 million in the past for $x$`, "paid $378 million in the past for <math><mi>x</mi></math>", "paid $378 million in the past for x"},
	{`a lone $ sign`, "a lone $ sign", "a lone $ sign"},
	{`$5$ GeV`, "<math><mn>5</mn></math> GeV", "5 GeV"},
	{`M$^\ast$$-$1`, "M<math><msup><mrow></mrow><mo>∗</mo></msup></math><math><mo" + zeroSpace + ">−</mo></math>1", "M*−1"},
	{`\(x\) \[y\] $$z$$`, `<math><mi>x</mi></math> <math display="block"><mi>y</mi></math> <math display="block"><mi>z</mi></math>`, "x y z"},
	{`\begin{equation}x\end{equation}`, `<math display="block"><mstyle displaystyle="true"><mi>x</mi></mstyle></math>`, "x"},
	{`see \cite{Foo20} and \ref{a}`, "see [Foo20] and [a]", "see [Foo20] and [a]"},
	{`code at https://example.org/a_b~c.`, `code at <a href="https://example.org/a_b~c" rel="nofollow noopener">https://example.org/a_b~c</a>.`, "code at https://example.org/a_b~c."},
	{`\url{http://x.org/a\_b} \href{https://y.org}{\emph{y}}`, `<a href="http://x.org/a_b" rel="nofollow noopener">http://x.org/a_b</a> <a href="https://y.org" rel="nofollow noopener">y</a>`, "http://x.org/a_b y"},
	{`\href{javascript:alert(1)}{x} \url{data:text/html,y}`, `x data:text/html,y`, "x data:text/html,y"},
	{`a {1, 2} set, {GPT}-4 and {\alpha}`, "a {1, 2} set, GPT-4 and α", "a {1, 2} set, GPT-4 and α"},
	{`the \Lambda_b, \sim 5, \unknown{x}`, `the Λ_b, ∼ 5, \unknown{x}`, `the Λ_b, ∼ 5, \unknown{x}`},
	{`<script>alert(1)</script> & "q"`, "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;q&#34;", `<script>alert(1)</script> & "q"`},
	{`$\frac{<b>$`, `<code class="tex">\frac{&lt;b&gt;</code>`, `\frac{<b>`},
	{"one\n  two\nthree", "one<br>two\nthree", "one two three"},
	{"a\x00b\u202ec\u2066d", "abcd", "abcd"},
	{"broken \xff byte", "broken \uFFFD byte", "broken \uFFFD byte"},
	{`Schr\"dinger`, `Schr\&#34;dinger`, `Schr\"dinger`},
	{`CO\textsubscript{2} x\textsuperscript{2}`, "CO<sub>2</sub> x<sup>2</sup>", "CO₂ x²"},
	{`the \'etale i\.e\. 10^6`, "the étale iė. 10^6", "the étale iė. 10^6"},
	{`unclosed \emph{x and $y`, `unclosed \emph{x and $y`, `unclosed \emph{x and $y`},
	{`\begin{itemize}\item a \item b\end{itemize}`, " <br>• a <br>• b ", "• a • b"},
}

func TestTexts(t *testing.T) {
	for _, c := range texts {
		if got, _ := HTML(c.in); got != c.html {
			t.Errorf("HTML(%q)\n got %s\nwant %s", c.in, got, c.html)
		}
		if got := Plain(c.in); got != c.plain {
			t.Errorf("Plain(%q)\n got %s\nwant %s", c.in, got, c.plain)
		}
	}
}

func TestInlineHasNoBlocksOrLinks(t *testing.T) {
	got, stats := Inline("$$x$$ https://example.org \\\\ \\url{https://a.org}")
	want := "<math><mi>x</mi></math> https://example.org   https://a.org"
	if got != want || stats.Formulas != 1 {
		t.Errorf("Inline = %q, %+v, want %q", got, stats, want)
	}
}

func TestStats(t *testing.T) {
	_, got := HTML(`$x$ $\frac{a$ $\A$ $\A+1$`)
	if want := (Stats{Formulas: 4, Failed: 2, Partial: 1}); got != want {
		t.Errorf("stats %+v, want %+v", got, want)
	}
}

// hostile are inputs that make naive converters slow, deep or unsafe.
var hostile = []string{
	strings.Repeat("{", 70000), strings.Repeat("$", 70001), strings.Repeat(`\[`, 30000), strings.Repeat(`\(`, 30000), strings.Repeat("${", 30000),
	strings.Repeat(`\emph{`, 10000), "$" + strings.Repeat(`\frac{`, 600) + "$", "$" + strings.Repeat("{", 2000) + strings.Repeat("}", 2000) + "$",
	"$" + strings.Repeat("x^{", 1300) + strings.Repeat("}", 1300) + "$", "$" + strings.Repeat(`\text{$`, 500) + "$", "$" + strings.Repeat(`\left(`, 600) + "$",
	"$" + strings.Repeat("x", 5000) + "$", strings.Repeat("$x$", 20000), "$" + strings.Repeat(`\begin{matrix}`, 250) + "$", strings.Repeat("`a", 30000),
	"$" + strings.Repeat("x^2^", 1000) + "3$", "$" + strings.Repeat(`\hat`, 1000) + "x$", "$" + strings.Repeat(`\not`, 1000) + "=$", "$x" + strings.Repeat("'", 4000) + "$",
	strings.Repeat(`\begin{align}`, 5000), strings.Repeat(`\href{a}{`, 7000), strings.Repeat(`\footnote{`, 6000), strings.Repeat("https://a", 7000), strings.Repeat("\n", 60000),
	"$" + strings.Repeat(`\sqrt[`, 600) + "$", "$" + strings.Repeat(`\substack{`, 400) + "$", "$" + strings.Repeat(`\over `, 600) + "$", "$" + strings.Repeat(`\displaystyle`, 300) + "x$",
	`$\`, `\`, `$\text{\`, `$\text{$\text{$x$}$}$`, `$\unicode{x202E}$`, `$\unicode{x3c}script$`, `$\href{javascript:x}{y}$`, `\href{https://a" onclick="x}{y}`, `$\hspace{99999999999em}x$`, `$\hspace{NaNem}$`,
	`$\mathrm{<img src=x onerror=alert(1)>}$`, `$\text{</math><script>alert(1)</script>}$`, `$\color{"><script>}x$`, "$\x00$", "$\xff$", `$\ce{<script>}$`, `$\SI{<b>}{<i>}$`, `$\num{"}$`,
}

func TestHostile(t *testing.T) {
	for _, in := range hostile {
		checkText(t, in)
	}
}

func BenchmarkHostile(b *testing.B) {
	for _, in := range hostile {
		if len(in) < 1000 {
			continue
		}
		b.Run(in[:12], func(b *testing.B) {
			for b.Loop() {
				HTML(in)
			}
		})
	}
}

func BenchmarkFormula(b *testing.B) {
	const f = `\sum_{i=1}^{n}\frac{\alpha_i x_i^2}{1+\|y_i\|} \leq \mathcal{O}(\sqrt{n}\log n)`
	for b.Loop() {
		if _, _, err := Formula(f, false); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSample gives the mean time for a formula of the arXiv sample, as ns/formula.
func BenchmarkSample(b *testing.B) {
	var all []string
	spy := &mathSpy{reasons: map[string][]string{}, seen: func(src string, _ bool) { all = append(all, strings.Clone(src)) }}
	samplePapers(b, 50, func(title, abstract string) { scanText(abstract, spy); spy.b.Reset() })
	for b.Loop() {
		for _, f := range all {
			_, _, _ = Formula(f, false)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(all)), "ns/formula")
}
