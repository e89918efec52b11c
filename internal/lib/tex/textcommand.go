package tex

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// textAccents gives the combining character of an accent command.
var textAccents = map[string]string{`"`: "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303", "=": "\u0304", ".": "\u0307",
	"u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a", "b": "\u0331", "d": "\u0323", "t": "\u0361"}

// textLetters are commands for letters; as in TeX they take the blank after them.
var textLetters = map[string]string{"o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ",
	"dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ"}

// textSymbols are the other commands without arguments.
var textSymbols = map[string]string{"%": "%", "&": "&", "#": "#", "_": "_", "$": "$", "{": "{", "}": "}", " ": " ", "\n": " ", ",": "\u2009", ";": " ", ":": " ", ">": " ", "!": "", "/": "", "-": "", "@": "",
	"textendash": "–", "textemdash": "—", "textquoteleft": "‘", "textquoteright": "’", "textquotedblleft": "“", "textquotedblright": "”", "textregistered": "®", "texttrademark": "™", "textcopyright": "©", "trademark": "™",
	"TeX": "TeX", "LaTeX": "LaTeX", "BibTeX": "BibTeX", "textvisiblespace": "␣", "slash": "/", "quad": " ", "qquad": " ", "ie": "i.e.", "eg": "e.g.", "etal": "et al.", "textperiodcentered": "·", "textsuperscript": "", "guillemotleft": "«", "guillemotright": "»", "textonehalf": "½",
	"xspace": "", "noindent": "", "indent": "", "smallskip": "", "medskip": "", "bigskip": "", "centering": "", "maketitle": "", "protect": "", "relax": "", "newpage": "", "clearpage": "", "vfill": "", "hfill": "", "nobreak": "", "linebreak": " ", "null": "", "thinspace": "\u2009", "space": " ", "nonumber": "", "small": "", "large": "", "Large": "", "footnotesize": "", "scriptsize": "", "tiny": "", "normalsize": "", "normalfont": "", "rm": "", "upshape": "", "mdseries": "", "sloppy": "", "dots": "…", "ldots": "…"}

// textMarks are the commands that set their argument in another type; declarations do so to the end of the group.
var textMarks = map[string]mark{"emph": em, "textit": em, "textsl": em, "textbf": strong, "textsc": smallCaps, "texttt": code, "verb": none, "textsf": none, "textrm": none, "textnormal": none, "textup": none, "textmd": none, "text": none, "mbox": none, "hbox": none, "fbox": none, "underline": em, "uline": em, "uwave": em,
	"textsuperscript": superscript, "textsubscript": subscript, "up": superscript, "title": strong, "section": strong, "paragraph": strong, "subsection": strong, "sout": none, "path": code, "lstinline": code, "highlight": none, "tup": none, "texorpdfstring": none, "textquote": none, "enquote": none, "Alert": none, "alert": strong, "mathstrut": none}

var declarations = map[string]mark{"it": em, "em": em, "sl": em, "itshape": em, "slshape": em, "bf": strong, "bfseries": strong, "sc": smallCaps, "scshape": smallCaps, "tt": code, "ttfamily": code, "sf": none, "sffamily": none, "rm": none, "rmfamily": none}

// command reads what begins with the backslash at pos.
func (s *scanner) command() int {
	name := commandName(s.rest(1))
	n := 1 + len(name)
	switch name {
	case "":
		return 0
	case "(":
		return s.between(n, `\)`, false)
	case "[":
		return s.between(n, `\]`, true)
	case "\\", "newline", "par":
		s.flush()
		s.out.lineBreak()
		s.start = s.pos + n
		return n
	case "begin", "end":
		return s.environment(name, n)
	case "url", "href", "footnote", "textcolor", "color", "label", "ensuremath", "item", "includegraphics":
		return s.special(name, n)
	}
	if c, ok := textAccents[name]; ok {
		if took := s.accented(name, c, n); took > 0 || name != "." {
			return took
		}
		return s.put(".", n)
	}
	if t, ok := textLetters[name]; ok {
		return s.put(t, s.swallow(n))
	}
	if m, ok := textMarks[name]; ok {
		if inner, end, ok := s.braced(n); ok {
			return s.group(inner, m, end)
		}
	}
	if m, ok := declarations[name]; ok {
		return s.declare(m, s.swallow(n))
	}
	if t, ok := textSymbols[name]; ok {
		return s.put(t, s.empty(n))
	}
	if isCitation(name) {
		if inner, end, ok := s.braced(n + optionLength(s.rest(n))); ok {
			return s.put("["+inner+"]", end)
		}
	}
	return s.mathCommand(name, n)
}

func isCitation(name string) bool {
	return strings.HasPrefix(name, "cite") || name == "ref" || name == "eqref" || name == "cref" || name == "Cref" || name == "autoref" || name == "onlinecite" || name == "textcite" || name == "parencite" || name == "nocite"
}

// optionLength is the length of an optional argument in brackets at the start of s.
func optionLength(s string) int {
	if strings.HasPrefix(s, "[") {
		return strings.IndexByte(s[:min(len(s), 200)], ']') + 1
	}
	return 0
}

// mathCommand reads a command of math that stands in text: a symbol gives its character, a letter in a font its formula.
// Everything else stays as it is.
func (s *scanner) mathCommand(name string, n int) int {
	if t, ok := symbols[name]; ok && (len(name) > 1 || t.class != ord || name == "S" || name == "P" || name == "|") {
		return s.put(t.text, s.empty(n))
	}
	if f, ok := functions[name]; ok {
		return s.put(f.text, s.empty(n))
	}
	_, isFont := fontCommands[name]
	_, isAccent := accents[name]
	if isFont || isAccent || name == "sqrt" || name == "ce" || name == "num" || name == "si" || name == "unit" || name == "ket" || name == "bra" {
		if _, end, ok := s.braced(n); ok {
			return s.putMath(s.src[s.pos:s.pos+end], false, end)
		}
	}
	if name == "frac" || name == "SI" || name == "qty" {
		if _, end, ok := s.braced(n); ok {
			if _, end, ok := s.braced(end); ok {
				return s.putMath(s.src[s.pos:s.pos+end], false, end)
			}
		}
	}
	return 0
}

// between reads a formula up to its closing mark.
func (s *scanner) between(n int, mark string, display bool) int {
	rest := s.rest(n)
	e := s.find(rest, mark)
	if e < 0 || strings.TrimSpace(rest[:e]) == "" {
		return 0
	}
	return s.putMath(rest[:e], display, n+e+len(mark))
}

// environment reads a displayed formula as a whole, and leaves out the tags of lists and the like.
func (s *scanner) environment(command string, n int) int {
	name, end, ok := s.braced(n)
	if !ok || len(name) > 32 {
		return 0
	}
	env, isMath := environments[strings.TrimSuffix(name, "*")]
	if command == "begin" && isMath && !s.inMath {
		mark := `\end{` + name + `}`
		if e := s.find(s.rest(end), mark); e >= 0 {
			e += end + len(mark)
			return s.putMath(s.src[s.pos:s.pos+e], env.display, e)
		}
		return 0
	}
	switch strings.TrimSuffix(name, "*") {
	case "itemize", "enumerate", "description", "center", "abstract", "quote", "quotation", "small", "flushleft", "flushright", "document", "verse", "em", "it":
		return s.put(" ", end)
	}
	return 0
}

// special reads the commands with arguments of their own kinds.
func (s *scanner) special(name string, n int) int {
	if name == "item" {
		s.flush()
		s.out.lineBreak()
		return s.put("• ", s.swallow(n))
	}
	n += optionLength(s.rest(n))
	first, end, ok := s.braced(n)
	if !ok {
		return 0
	}
	switch name {
	case "label", "color", "includegraphics":
		return s.put("", end)
	case "ensuremath":
		return s.putMath(first, false, end)
	case "footnote":
		s.put(" (", 0)
		s.group(first, none, end)
		s.out.text(")")
		return end
	case "url":
		return s.web(first, unescape(first), end)
	}
	second, end, ok := s.braced(end)
	if !ok {
		return 0
	}
	if name == "textcolor" {
		return s.group(second, none, end)
	}
	label := &plainSink{}
	t := scanner{out: label, budget: s.budget, depth: s.depth + 1, inMath: s.inMath}
	if t.depth > maxNesting {
		return s.put(second, end)
	}
	t.run(second)
	return s.web(first, label.b.String(), end)
}

// web gives out a link to address, or only its label where the address is no web address.
func (s *scanner) web(address, label string, n int) int {
	address = strings.TrimSpace(unescape(address))
	if !isWeb(address) {
		return s.put(label, n)
	}
	s.flush()
	s.out.link(address, label)
	s.start = s.pos + n
	return n
}

// declare sets the type for the rest of the group; at the outermost level, where it would change all that follows, it is
// left out.
func (s *scanner) declare(m mark, n int) int {
	s.put("", n)
	if m != none && s.depth > 0 {
		s.out.open(m)
		s.marks = append(s.marks, m)
	}
	return n
}

// swallow counts the blanks after a command of n bytes.
func (s *scanner) swallow(n int) int {
	if strings.HasPrefix(s.rest(n), "{}") {
		return n + 2
	}
	for s.pos+n < len(s.src) && (s.src[s.pos+n] == ' ' || s.src[s.pos+n] == '\n') {
		n++
	}
	return n
}

// empty counts the {} that ends a command.
func (s *scanner) empty(n int) int {
	if strings.HasPrefix(s.rest(n), "{}") {
		return n + 2
	}
	return n
}

// accented reads \'e, \'{e}, \' e, \'\i and \v{s}.
func (s *scanner) accented(name, mark string, n int) int {
	base, end := "", 0
	if inner, e, ok := s.braced(n); ok && len(inner) <= 8 {
		base, end = inner, e
	} else if at := s.swallow(n); at > n && !isLetter(name[0]) && !strings.HasPrefix(s.rest(n), " ") || at == n && isLetter(name[0]) && !strings.HasPrefix(s.rest(n), `\`) {
		return 0
	} else if rest := s.rest(at); strings.HasPrefix(rest, `\`) {
		c := commandName(rest[1:])
		base, end = rest[:1+len(c)], s.swallow(at+1+len(c))
	} else {
		_, size := utf8.DecodeRuneInString(rest)
		base, end = rest[:size], at+size
	}
	if t, ok := strings.CutPrefix(strings.TrimSpace(base), `\`); ok {
		base = textLetters[t]
	}
	switch base {
	case "ı":
		base = "i"
	case "ȷ":
		base = "j"
	}
	r, size := utf8.DecodeRuneInString(base)
	if !unicode.IsLetter(r) {
		return 0
	}
	letter := norm.NFC.String(base[:size] + mark)
	if s.src[s.pos+end-1] != '}' && utf8.RuneCountInString(letter) > 1 {
		return 0 // no letter of any language: a slip, as in Schr\"dinger
	}
	return s.put(letter+base[size:], end)
}
