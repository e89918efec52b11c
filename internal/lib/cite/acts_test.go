package cite

import (
	"strings"
	"testing"
)

// TestFormulasThatAct: what a stranger puts between dollars sets type and does
// nothing else when somebody typesets the bibliography.
func TestFormulasThatAct(t *testing.T) {
	for _, src := range []string{`\input{/etc/passwd}`, `\immediate\write18{id}`, `\catcode 64=11`, `\def\x{y}`, `\csname input\endcsname{x}`, `^^5cinput{x}`, `\let\a\input`, `\special{x}`,
		`\includegraphics{x}`, `\url{x}`, `\usepackage{x}`, `\read16 to\x`, `\openout3=x`} {
		if got := texts("A $" + src + "$ B"); strings.Contains(got, "$"+src+"$") {
			t.Errorf("%s stands in the field as it is: %s", src, got)
		}
	}
	for _, src := range []string{`x^2`, `\theta_{0}`, `\infty`, `\lambda \to \infty`, `\defeq`, `\letter`, `\mathcal{N}=4`, `\frac{1}{2}`, `\longrightarrow`, `\thetaup`, `\inputs`} {
		if got := texts("A $" + src + "$ B"); !strings.Contains(got, "$"+src+"$") {
			t.Errorf("%s is lost: %s", src, got)
		}
	}
}
