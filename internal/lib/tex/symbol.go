package tex

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The tables below pair the names of plain TeX, LaTeX and the AMS packages with Unicode's mathematical characters (Unicode
// Technical Report 25), a table for each class of atom.
const (
	ordinaryNames = `alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ
varkappa ϰ lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ
chi χ psi ψ omega ω digamma ϝ Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω Alpha Α
Beta Β Epsilon Ε Zeta Ζ Eta Η Iota Ι Kappa Κ Mu Μ Nu Ν Omicron Ο Rho Ρ Tau Τ Chi Χ varGamma 𝛤 varDelta 𝛥 varTheta 𝛩
varLambda 𝛬 varXi 𝛯 varPi 𝛱 varSigma 𝛴 varUpsilon 𝛶 varPhi 𝛷 varPsi 𝛹 varOmega 𝛺
infty ∞ partial ∂ nabla ∇ ell ℓ hbar ℏ hslash ℏ imath ı jmath ȷ Re ℜ Im ℑ wp ℘ aleph ℵ beth ℶ gimel ℷ daleth ℸ
emptyset ∅ varnothing ∅ neg ¬ lnot ¬ forall ∀ exists ∃ nexists ∄ top ⊤ bot ⊥ angle ∠ measuredangle ∡ sphericalangle ∢ triangle △
vartriangle △ triangledown ▽ square □ Box □ blacksquare ■ qed □ diamondsuit ♢ heartsuit ♡ clubsuit ♣ spadesuit ♠ lozenge ◊
blacklozenge ⧫ flat ♭ natural ♮ sharp ♯ prime ′ backprime ‵ surd √ mho ℧ eth ð Finv Ⅎ Game ⅁ complement ∁ Bbbk 𝕜
blacktriangle ▲ blacktriangledown ▼ bigstar ★ checkmark ✓ maltese ✠ circledR ® circledS Ⓢ diagup ╱ diagdown ╲ degree °
S § P ¶ copyright © pounds £ textyen ¥ yen ¥ euro € AA Å Angstrom Å aa å ss ß o ø O Ø ae æ AE Æ oe œ OE Œ L Ł i ı j ȷ l ł
backslash \ textbackslash \ # # % % _ _ $ $ & & vert | Vert ‖ | ‖ lbrack [ rbrack ] textdegree ° textquotesingle ' micro µ
textmu µ textgreater > textless < textbar | textasciitilde ~ textasciicircum ^ textunderscore _ textdollar $ textsection §
textbullet • ldots … dotsc … dotso … textellipsis … cdots ⋯ dotsb ⋯ dotsm ⋯ dotsi ⋯ vdots ⋮ ddots ⋱ iddots ⋰ adots ⋰ lq ‘ rq ’
Bmu μ sun ☉ earth ⊕ astrosun ☉ odotsun ☉ Sun ☉ female ♀ male ♂ lightning ↯ ohm Ω upmu μ upalpha α upbeta β upgamma γ updelta δ uppi π uptau τ upsigma σ
uplambda λ Umu μ textmu μ minus − slash / colonequal ≔ leftmoon ☾ smiley ☺ Bar ¦ hermitconjmatrix ⊹ permil ‰ perthousand ‰ textperthousand ‰ rupee ₹`

	bigNames = `sum ∑ prod ∏ coprod ∐ bigcup ⋃ bigcap ⋂ bigvee ⋁ bigwedge ⋀ bigoplus ⨁ bigotimes ⨂ bigodot ⨀ biguplus ⨄
bigsqcup ⨆ bigsqcap ⨅ bigtimes ⨉`

	integralNames = `int ∫ iint ∬ iiint ∭ iiiint ⨌ oint ∮ oiint ∯ oiiint ∰ smallint ∫ intop ∫ fint ⨍ sqint ⨖ varointclockwise ∲ ointctrclockwise ∳`

	binaryNames = `pm ± mp ∓ times × div ÷ cdot ⋅ centerdot ⋅ ast ∗ star ⋆ circ ∘ bullet ∙ cap ∩ cup ∪ uplus ⊎ sqcap ⊓ sqcup ⊔
vee ∨ lor ∨ wedge ∧ land ∧ setminus ∖ smallsetminus ∖ wr ≀ diamond ⋄ Diamond ◊ bigtriangleup △ bigtriangledown ▽ triangleleft ◃
triangleright ▹ lhd ⊲ rhd ⊳ unlhd ⊴ unrhd ⊵ oplus ⊕ ominus ⊖ otimes ⊗ oslash ⊘ odot ⊙ bigcirc ◯ dagger † dag † ddagger ‡
ddag ‡ amalg ⨿ dotplus ∔ boxplus ⊞ boxminus ⊟ boxtimes ⊠ boxdot ⊡ ltimes ⋉ rtimes ⋊ leftthreetimes ⋋ rightthreetimes ⋌
curlywedge ⋏ curlyvee ⋎ barwedge ⊼ veebar ⊻ doublebarwedge ⩞ intercal ⊺ Cap ⋒ doublecap ⋒ Cup ⋓ doublecup ⋓ circledast ⊛
circledcirc ⊚ circleddash ⊝ divideontimes ⋇ gtrdot ⋗ lessdot ⋖ textpm ± texttimes × textdiv ÷ obot ⦺ owedge ∧ convolution ∗ smallfrown ⌢ nplus ⊎`

	relationNames = `leq ≤ le ≤ geq ≥ ge ≥ leqslant ⩽ geqslant ⩾ leqq ≦ geqq ≧ ll ≪ gg ≫ lll ⋘ ggg ⋙ llless ⋘ gggtr ⋙ lt < gt >
equiv ≡ sim ∼ simeq ≃ approx ≈ approxeq ≊ cong ≅ asymp ≍ propto ∝ varpropto ∝ neq ≠ ne ≠ doteq ≐ Doteq ≑ doteqdot ≑
fallingdotseq ≒ risingdotseq ≓ triangleq ≜ circeq ≗ eqcirc ≖ bumpeq ≏ Bumpeq ≎ eqsim ≂ backsim ∽ backsimeq ⋍ thicksim ∼
thickapprox ≈ coloneqq ≔ coloneq ≔ Coloneqq ⩴ eqqcolon ≕ eqcolon ≕ colonapprox ∶≈ vcentcolon ∶ dblcolon ∷ in ∈ isin ∈ notin ∉ ni ∋ owns ∋ notni ∌ subset ⊂
supset ⊃ subseteq ⊆ supseteq ⊇ subseteqq ⫅ supseteqq ⫆ subsetneq ⊊ supsetneq ⊋ varsubsetneq ⊊ varsupsetneq ⊋ subsetneqq ⫋
supsetneqq ⫌ nsubset ⊄ nsubseteq ⊈ nsupseteq ⊉ nsupset ⊅ Subset ⋐ Supset ⋑ sqsubset ⊏ sqsupset ⊐ sqsubseteq ⊑ sqsupseteq ⊒
prec ≺ succ ≻ preceq ⪯ succeq ⪰ preccurlyeq ≼ succcurlyeq ≽ curlyeqprec ⋞ curlyeqsucc ⋟ precsim ≾ succsim ≿ nprec ⊀ nsucc ⊁
npreceq ⋠ nsucceq ⋡ precneqq ⪵ succneqq ⪶ precnsim ⋨ succnsim ⋩ precapprox ⪷ succapprox ⪸ lesssim ≲ gtrsim ≳ lessapprox ⪅
gtrapprox ⪆ lessgtr ≶ gtrless ≷ lesseqgtr ⋚ gtreqless ⋛ lesseqqgtr ⪋ gtreqqless ⪌ nless ≮ ngtr ≯ nleq ≰ ngeq ≱ nleqslant ≰ ngeqslant ≱
lneq ⪇ gneq ⪈ lneqq ≨ gneqq ≩ lnsim ⋦ gnsim ⋧ lnapprox ⪉ gnapprox ⪊ eqslantless ⪕ eqslantgtr ⪖ mid ∣ nmid ∤ shortmid ∣ nshortmid ∤ parallel ∥
nparallel ∦ shortparallel ∥ nshortparallel ∦ perp ⊥ vdash ⊢ dashv ⊣ models ⊨ vDash ⊨ Vdash ⊩ Vvdash ⊪ nvdash ⊬ nvDash ⊭ nVdash ⊮ nVDash ⊯ nsim ≁ ncong ≇
bowtie ⋈ Join ⋈ smile ⌣ frown ⌢ smallsmile ⌣ between ≬ pitchfork ⋔ therefore ∴ because ∵ backepsilon ∍ vartriangleleft ⊲ vartriangleright ⊳
trianglelefteq ⊴ trianglerighteq ⊵ ntriangleleft ⋪ ntriangleright ⋫ ntrianglelefteq ⋬ ntrianglerighteq ⋭ blacktriangleleft ◀ blacktriangleright ▶ multimap ⊸
to → rightarrow → leftarrow ← gets ← longrightarrow ⟶ longleftarrow ⟵ Rightarrow ⇒ Leftarrow ⇐ Longrightarrow ⟹
Longleftarrow ⟸ implies ⟹ impliedby ⟸ iff ⟺ Longleftrightarrow ⟺ leftrightarrow ↔ longleftrightarrow ⟷ Leftrightarrow ⇔
mapsto ↦ longmapsto ⟼ mapsfrom ↤ hookrightarrow ↪ hookleftarrow ↩ uparrow ↑ downarrow ↓ updownarrow ↕ Uparrow ⇑ Downarrow ⇓
Updownarrow ⇕ nearrow ↗ searrow ↘ swarrow ↙ nwarrow ↖ rightharpoonup ⇀ rightharpoondown ⇁ leftharpoonup ↼ leftharpoondown ↽
rightleftharpoons ⇌ leftrightharpoons ⇋ rightleftarrows ⇄ leftrightarrows ⇆ rightrightarrows ⇉ leftleftarrows ⇇ upuparrows ⇈ downdownarrows ⇊
twoheadrightarrow ↠ twoheadleftarrow ↞ rightarrowtail ↣ leftarrowtail ↢ rightsquigarrow ⇝ leadsto ⇝ leftrightsquigarrow ↭ curvearrowright ↷ curvearrowleft ↶
circlearrowright ↻ circlearrowleft ↺ looparrowright ↬ looparrowleft ↫ dashrightarrow ⇢ dasharrow ⇢ dashleftarrow ⇠ nrightarrow ↛ nleftarrow ↚
nRightarrow ⇏ nLeftarrow ⇍ nleftrightarrow ↮ nLeftrightarrow ⇎ Rrightarrow ⇛ Lleftarrow ⇚ Lsh ↰ Rsh ↱ upharpoonright ↾ restriction ↾ upharpoonleft ↿
downharpoonright ⇂ downharpoonleft ⇃ textrightarrow → textleftarrow ← rarr → larr ← Rarr ⇒ lrarr ↔ xmapsto ↦ longhookrightarrow ⟶ upsilonarrow ↑ longdashrightarrow ⇢
rightleftharpoon ⇌ eqdef ≝ defeq ≔ simlt ≲ simgt ≳ apprge ≳ apprle ≲ independent ⫫ indep ⫫ Perp ⫫`

	openNames = `{ { lbrace { langle ⟨ lfloor ⌊ lceil ⌈ lvert | lVert ‖ lgroup ⟮ ulcorner ⌜ llcorner ⌞ llbracket ⟦ lAngle ⟪ lparen ( lmoustache ⎰`

	closeNames = `} } rbrace } rangle ⟩ rfloor ⌋ rceil ⌉ rvert | rVert ‖ rgroup ⟯ urcorner ⌝ lrcorner ⌟ rrbracket ⟧ rAngle ⟫ rparen ) rmoustache ⎱`

	punctuationNames = `colon : ldotp . cdotp ⋅ comma , semicolon ;`

	functionNames = `sin cos tan cot sec csc sinh cosh tanh coth sech csch arcsin arccos arctan arccot arg deg dim exp hom ker lg ln log
arcsec arccsc arsinh arcosh artanh arccosh arcsinh arctanh tg ctg cotg arctg arcctg sh ch th cosec cth sinc sgn sign`

	limitNames = `lim max min sup inf det gcd Pr argmax argmin limsup liminf injlim projlim plim esssup essinf lcm varlimsup varliminf varinjlim varprojlim Argmax Argmin`
)

// symbol is what a name stands for.
type symbol struct {
	text  string
	class class
}

// symbols maps command names to characters; known maps characters back to their class.
var symbols, known = symbolTables()

func symbolTables() (map[string]symbol, map[string]class) {
	names, chars := map[string]symbol{}, map[string]class{}
	for _, t := range []struct {
		names string
		class class
	}{{ordinaryNames, ord}, {bigNames, bigop}, {integralNames, bigop}, {binaryNames, bin}, {relationNames, rel},
		{openNames, open}, {closeNames, closing}, {punctuationNames, punct}} {
		f := strings.Fields(t.names)
		for i := 0; i+1 < len(f); i += 2 {
			names[f[i]] = symbol{f[i+1], t.class}
			if _, ok := chars[f[i+1]]; !ok && utf8.RuneCountInString(f[i+1]) == 1 {
				chars[f[i+1]] = t.class
			}
		}
	}
	for s, c := range map[string]class{"=": rel, "<": rel, ">": rel, ":": rel, "+": bin, "−": bin, "∗": bin, ",": punct, ";": punct,
		"(": open, "[": open, "{": open, ")": closing, "]": closing, "}": closing, "!": closing, "?": closing} {
		chars[s] = c
	}
	return names, chars
}

// twins are the characters that keyboards give and the ones that math means.
var twins = map[string]string{"-": "−", "*": "∗", "`": "‘", "\u2126": "Ω", "\u212b": "Å", "\u00b5": "μ", "\u00b7": "⋅",
	"\u3008": "⟨", "\u3009": "⟩", "\u2329": "⟨", "\u232a": "⟩", "\u2013": "−"}

// character reads the character c. Outside of arguments (single is false) digits make numbers, and letters in a font
// other than math's own make words.
func (p *parser) character(c string, single bool) *node {
	if t, ok := twins[c]; ok {
		c = t
	}
	r, _ := utf8.DecodeRuneInString(c)
	switch {
	case r >= '0' && r <= '9' || r == '.' && p.pos < len(p.src) && isDigit(p.src[p.pos]) && !single:
		if !single {
			c += p.digits()
		}
		return mn(p.font.word(c))
	case r == '~':
		return space("0.25em")
	case unicode.IsControl(r) || r == utf8.RuneError || isOverride(r):
		p.failf("control character")
		return el("mrow")
	case r < utf8.RuneSelf && isLetter(byte(r)) || r > utf8.RuneSelf && unicode.IsLetter(r):
		if p.font != normal && p.font != boldItalic && !single {
			c += p.letters()
		}
		return p.font.identifier(c)
	}
	if k, ok := known[c]; ok {
		return symbol{c, k}.node(p.font)
	}
	return mi(c)
}

// digits takes the rest of a number.
func (p *parser) digits() string {
	at := p.pos
	for p.pos < len(p.src) && (isDigit(p.src[p.pos]) || p.src[p.pos] == '.' && p.pos+1 < len(p.src) && isDigit(p.src[p.pos+1])) {
		p.pos++
	}
	return p.src[at:p.pos]
}

// letters takes the rest of a word.
func (p *parser) letters() string {
	at := p.pos
	for p.pos < len(p.src) && isLetter(p.src[p.pos]) {
		p.pos++
	}
	return p.src[at:p.pos]
}

// node is the element for a symbol.
func (s symbol) node(f font) *node {
	switch s.class {
	case ord:
		return f.identifier(s.text)
	case open, closing:
		if s.text == "|" || s.text == "‖" {
			return mi(s.text).as(s.class)
		}
		return mo(s.text, s.class).with(rigid)
	case bigop:
		n := mo(s.text, bigop)
		n.limits = !strings.Contains(integralNames, s.text)
		return n
	case rel:
		if stretchyRelations[s.text] {
			return mo(s.text, rel).with(rigid)
		}
	}
	return mo(s.text, s.class)
}

// stretchyRelations would grow with the height of their row.
var stretchyRelations = map[string]bool{"↑": true, "↓": true, "↕": true, "⇑": true, "⇓": true, "⇕": true, "∣": true, "∥": true}

// isOverride tells the characters that reorder the text around them.
func isOverride(r rune) bool { return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 }
