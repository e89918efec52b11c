package tex

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write testdata/formulas.golden anew")

// formulas cover the commands that papers use most, one or two things each.
var formulas = []string{
	`x`, `x^2`, `x_i^2`, `x^{n+1}_{i=1}`, `f'(x)`, `f''_n`, `{}^{13}\mathrm{C}`, `_6^{12}C`, `10^{-5}`, `3.14`, `1{,}000`, `-x`, `a-b`, `(-1)^n`, `x=-y`, `a\times-b`, `\pm1`, `5\pm2`, `\sim 10`, `x <`,
	`\alpha\Gamma\varepsilon\phi\varphi`, `\mathbb{R}^n`, `\mathcal{O}(n\log n)`, `\mathfrak{gl}_2`, `\mathbf{x}\cdot\boldsymbol{\beta}`, `\mathrm{d}x`, `\mathrm{SU}(2)`, `\mathsf{NP}`, `\mathtt{x1}`, `{\bf x}y`, `{\rm Tr}A`, `{\cal L}_0`, `\rm km\,s^{-1}`, `\Bbb Z`,
	`\frac{a}{b}`, `\frac12`, `{a\over b}`, `{n\choose k}`, `\binom nk`, `\dfrac{1}{2}`, `\sqrt{x}`, `\sqrt[3]{x+y}`, `\sqrt`,
	`\sum_{i=1}^n x_i`, `\sum\limits_i`, `\int_0^\infty e^{-t}\,dt`, `\lim_{n\to\infty}a_n`, `\max_x f`, `\limsup_n x_n`, `\sin x`, `2\sin(x)`, `\log\log n`, `\operatorname{rank}A`, `\operatorname*{arg\,max}_x`, `\mathop{\rm Re}z`,
	`\hat{x}`, `\bar B`, `\vec{v}`, `\ddot q`, `\overline{AB}`, `\underline{x}`, `\widehat{xyz}`, `\overbrace{a+b}^{2}`, `\underbrace{x}_n`,
	`\left(\frac ab\right]`, `\left.x\right|_0`, `\left\{a\middle|b\right\}`, `\left<x\right>`, `\big(x\bigr)`, `\Big|`, `|x|`, `\|x\|_1`, `\langle x,y\rangle`, `\lfloor x\rfloor`, `\ket{\psi}\bra{0}`, `\braket{a|b}`, `\abs{x}`, `\norm{v}_2`,
	`\text{if }x>0`, `\mbox{for $n\ge2$}`, `\textit{ab}`, `\text{\'e 5\%}`, `a\quad b`, `a\!b\hspace{1cm}c`, `a~b`,
	`\not=`, `x\not\in A`, `\not\supset`, `\stackrel{d}{=}`, `\overset{a}{\to}`, `\underset{x}{X}`, `A\xrightarrow[b]{a}B`, `\substack{a\\b}`, `a\equiv b\pmod n`, `n\bmod 2`,
	`\begin{pmatrix}a&b\\c&d\end{pmatrix}`, `\begin{cases}1&x>0\\0&\text{else}\end{cases}`, `\begin{array}{lr}a&b\end{array}`, `\begin{aligned}a&=b\\&=c\end{aligned}`, `\matrix{a&b\cr c&d\cr}`,
	`\color{red}x`, `\textcolor{red}{x}`, `\label{eq:1}x`, `\boxed{x}`, `\phantom{x}y`, `\displaystyle\sum_i`, `\ce{H2SO4}`, `\ce{Fe^{3+} + e- -> Fe^2+}`, `\SI{5}{\kilo\metre}`, `\unicode{x212B}`, `\R^n`, `\eps`, `\xibar`, `\cF`, `\pdv{f}{x}`,
	`a<b>c`, `a &lt; b`, `50%`, `x\,% \in A`, `∑ ≤ α é`, `a/b`, `\{x\mid y\}`, `a,b;c`, `f:X\to Y`, `a:=b`, `n!`, `a\dots+b`, `1,\dots,n`, `\A\otimes\B`, `1s^2^{1}S`,
	`\A`, `\frac{a`, `a}`, `x^`, `\left(x`, `x\right)`, `\begin{foo}x\end{foo}`, `\def\x{y}\x`, `a&b`, `\\`, ``,
}

// TestFormulas compares each formula's MathML and plain text with the golden file, whose lines were read one by one.
func TestFormulas(t *testing.T) {
	var b strings.Builder
	for _, f := range formulas {
		m, unknown, err := Formula(f, false)
		switch {
		case err != nil:
			m = "error: " + err.Error()
		case unknown > 0:
			m += fmt.Sprintf(" (%d unknown)", unknown)
		}
		fmt.Fprintf(&b, "%s\n\t%s\n\t%s\n", f, m, Plain("$"+f+"$"))
	}
	const file = "testdata/formulas.golden"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Errorf("formulas (-want +got):\n%s", diff)
	}
}
