package analyze

import "strings"

// What a TeX command is to a search.
type texKind byte

const (
	texGap    texKind = iota // ends the word before it: operators, spaces, what is not known
	texNone                  // only arranges: the word goes on
	texLetter                // stands for letters inside a word
	texWord                  // is a word of its own
	texDrop                  // its argument is no text
	texAccent                // stands over the letter that follows
)

type texCommand struct {
	kind texKind
	text string
}

// texCommands holds what is not a gap. Operators and relations are gaps: \in
// and \to would be found by everyone who writes English.
var texCommands = func() map[string]texCommand {
	m := map[string]texCommand{}
	for _, set := range []struct {
		kind  texKind
		names string
	}{
		{texNone, `emph text textbf textit textsc textrm texttt textsf textsl textup textnormal textmd underline uline mbox hbox fbox
			mathcal mathbb mathbf mathrm mathfrak mathscr mathsf mathit mathtt mathnormal bm boldsymbol pmb operatorname
			rm bf it sc tt sf sl em cal frak Bbb scr mit displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits
			left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr
			hat tilde bar vec dot ddot widehat widetilde overline underbrace overbrace overrightarrow mathring check breve acute grave
			ensuremath protect mathop mathrel mathbin mathord textsubscript textsuperscript ce mathchoice hspace* small large tiny`},
		{texAccent, `H c v u k r b d t`},
		{texDrop, `cite citep citet citealt citeauthor citeyear ref eqref label begin end url* footnote* color textcolor vspace hspace
			input include bibliography`},
		{texWord, `alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi omega
			nabla partial infty hbar aleph wp Re Im log ln lg exp sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan
			lim max min sup inf argmax argmin limsup liminf det dim ker hom gcd deg arg Pr sqrt sum int prod oint sgn sinc
			LaTeX TeX BibTeX AmS odot perp parallel dagger`},
	} {
		for name := range strings.FieldsSeq(set.names) {
			m[name] = texCommand{set.kind, strings.ToLower(name)}
		}
	}
	for name := range strings.FieldsSeq(`Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho Sigma Tau Upsilon
		Phi Chi Psi Omega varepsilon vartheta varphi varrho varsigma varpi varkappa upmu upalpha upbeta upgamma upsigma uplambda updelta`) {
		m[name] = texCommand{texWord, strings.ToLower(strings.TrimPrefix(strings.TrimPrefix(name, "var"), "up"))}
	}
	m["Upsilon"] = texCommand{texWord, "upsilon"}
	m["infty"] = texCommand{texWord, "infinity"}
	m["textmu"], m["micro"] = texCommand{texWord, "mu"}, texCommand{texWord, "mu"}
	for name, s := range map[string]string{"ell": "l", "o": "o", "O": "o", "l": "l", "L": "l", "ss": "ss", "aa": "a", "AA": "a", "ae": "ae", "AE": "ae",
		"oe": "oe", "OE": "oe", "i": "i", "j": "j", "imath": "i", "jmath": "j", "dh": "d", "DH": "d", "dj": "d", "DJ": "d", "th": "th", "TH": "th", "ng": "n"} {
		m[name] = texCommand{texLetter, s}
	}
	return m
}()

// command reads the command at s, which begins with a backslash, and gives its
// length with it.
func command(s string) (texCommand, int) {
	n := 1
	for n < len(s) && (s[n] >= 'a' && s[n] <= 'z' || s[n] >= 'A' && s[n] <= 'Z') {
		n++
	}
	if n == 1 {
		if len(s) == 1 {
			return texCommand{}, 1
		}
		switch s[1] {
		case '"', '\'', '`', '^', '~', '=', '.':
			if len(s) > 2 && (s[2] == '{' || s[2] == '\\' || classes[s[2]] == word) {
				return texCommand{kind: texAccent}, 2
			}
			return texCommand{}, 2
		case '/', '-': // italic correction, a place to hyphenate
			return texCommand{kind: texNone}, 2
		case '(', ')', '[', ']', '{', '}':
			return texCommand{kind: texNone}, 2
		case '_', '&': // what people escape in names
			return texCommand{kind: texNone}, 1
		}
		if s[1] < 0x80 {
			return texCommand{}, 2
		}
		return texCommand{}, 1
	}
	c := texCommands[s[1:n]]
	switch c.kind {
	case texDrop:
		if n < len(s) && s[n] == '{' {
			if i := strings.IndexByte(s[n:], '}'); i > 0 {
				return texCommand{}, n + i + 1
			}
		}
	case texAccent:
		if n == len(s) || s[n] != '{' && s[n] != '\\' {
			return texCommand{}, n
		}
	}
	return c, n
}
