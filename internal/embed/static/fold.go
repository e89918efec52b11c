package static

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// folds holds the ASCII letters and digits that stand for Latin letters with
// accents, ligatures, raised and lowered digits, full-width forms and the
// mathematical alphabets.
var folds = foldTable()

func foldTable() map[rune]string {
	t := map[rune]string{
		'ø': "o", 'Ø': "o", 'ł': "l", 'Ł': "l", 'đ': "d", 'Đ': "d", 'ß': "ss", 'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe",
		'ı': "i", 'þ': "th", 'Þ': "th", 'ð': "d", 'Ð': "d", 'ħ': "h", 'Ħ': "h",
	}
	for _, span := range [][2]rune{
		{0xA0, 0x24F}, {0x1E00, 0x1EFF}, {0x2070, 0x209F}, {0x2100, 0x214F}, {0xFB00, 0xFB06}, {0xFF10, 0xFF5A}, {0x1D400, 0x1D7FF},
	} {
		for r := span[0]; r <= span[1]; r++ {
			if _, done := t[r]; done {
				continue
			}
			if f := plainLetters(r); f != "" {
				t[r] = f
			}
		}
	}
	return t
}

// plainLetters is the compatible decomposition of r in lower case without
// accents, or "" where that has anything but ASCII letters and digits.
func plainLetters(r rune) string {
	var out []byte
	for _, d := range norm.NFKD.String(string(r)) {
		switch {
		case unicode.Is(unicode.Mn, d):
		case d < 0x80 && ascii[d] != 0:
			out = append(out, ascii[d])
		default:
			return ""
		}
	}
	return string(out)
}

// greek gives the names of the Greek letters, as TeX writes them.
var greek = func() map[rune]string {
	names := []string{
		"alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu",
		"nu", "xi", "omicron", "pi", "rho", "sigma", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
	}
	t := map[rune]string{'µ': "mu", 'ϵ': "epsilon", 'ϕ': "phi", 'ϑ': "theta", 'ϱ': "rho", 'ϰ': "kappa"}
	for k, name := range names {
		t['α'+rune(k)] = name
		t['Α'+rune(k)] = name
	}
	return t
}()

// markup are the TeX commands that say how something looks, not what it is.
var markup = func() map[string]bool {
	t := map[string]bool{}
	for _, name := range []string{
		"emph", "textit", "textbf", "textrm", "textsc", "texttt", "textsf", "text", "mathbf", "mathrm", "mathcal", "mathbb",
		"mathfrak", "mathscr", "mathsf", "mathit", "mathtt", "boldsymbol", "bm", "rm", "it", "bf", "em", "tt", "sc", "sl", "cal",
		"cite", "citep", "citet", "ref", "eqref", "label", "frac", "tfrac", "dfrac", "sqrt", "left", "right", "big", "Big", "bigl",
		"bigr", "begin", "end", "item", "operatorname", "mbox", "hbox", "ensuremath", "rightarrow", "leftarrow", "to", "times",
		"cdot", "cdots", "ldots", "dots", "le", "leq", "ge", "geq", "lt", "gt", "sim", "simeq", "approx", "equiv", "pm", "mp", "in",
		"subset", "overline", "underline", "hat", "widehat", "tilde", "widetilde", "bar", "vec", "dot", "ddot", "mathop",
		"displaystyle", "textstyle", "scriptstyle", "textsuperscript", "textsubscript", "url", "href", "footnote", "thanks", "quad",
		"qquad", "noindent", "par", "newline", "small", "large", "circ", "prime", "ast", "star", "neq", "ne", "ll", "gg", "propto",
		"mid", "vert", "Vert", "langle", "rangle", "lbrace", "rbrace", "lfloor", "rfloor", "lceil", "rceil", "xspace",
	} {
		t[name] = true
	}
	return t
}()

// silent are the words that carry grammar only. Leaving them out makes the
// model twice as fast; learned weights came out near nothing for all of them.
var silent = []string{
	"a", "about", "above", "after", "again", "all", "also", "although", "am", "among", "an", "and", "any", "are", "as", "at", "be",
	"because", "been", "before", "being", "between", "both", "but", "by", "can", "cannot", "could", "did", "do", "does", "doing",
	"during", "each", "either", "etc", "few", "for", "from", "further", "had", "has", "have", "having", "he", "hence", "her",
	"here", "his", "how", "however", "i", "if", "in", "into", "is", "it", "its", "itself", "just", "may", "me", "might", "more",
	"moreover", "most", "much", "must", "my", "no", "nor", "not", "of", "on", "one", "only", "or", "other", "our", "out", "over",
	"own", "same", "several", "shall", "she", "should", "since", "so", "some", "such", "than", "that", "the", "their", "them",
	"then", "there", "therefore", "these", "they", "this", "those", "through", "thus", "to", "too", "under", "until", "up", "upon",
	"us", "very", "via", "was", "we", "were", "what", "when", "where", "whereas", "whether", "which", "while", "who", "whom",
	"whose", "why", "will", "with", "within", "would", "you", "your",
}
