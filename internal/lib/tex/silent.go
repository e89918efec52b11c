package tex

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// silentCommands take their arguments and show nothing, or only what they wrap.
func silentCommands() map[string]handler {
	out := map[string]handler{}
	for _, n := range strings.Fields(`! negthinspace negmedspace / - xspace nonumber notag relax protect allowbreak nobreak break noindent limits nolimits par strut mathstrut
		hfill hfil null displaylimits rmdefault normalfont normalsize small large Large tiny footnotesize scriptsize LARGE huge Huge bigskip medskip smallskip centering leavevmode unboldmath hline ignorespaces mathsurround mathchar`) {
		out[n] = func(*parser) *node { return nil }
	}
	for _, n := range []string{"label", "tag", "eqno", "leqno", "color", "vspace", "cite", "citep", "citet", "footnote", "hypertarget", "vskip", "cline", "pagecolor"} {
		out[n] = func(p *parser) *node {
			if strings.HasPrefix(p.src[p.pos:], "*") {
				p.pos++
			}
			p.rawOption()
			p.raw()
			return nil
		}
	}
	for _, n := range []string{"textcolor", "colorbox", "href", "hyperlink", "hyperref", "scalebox", "raisebox", "class", "cssId", "style", "htmlClass", "mathcolor"} {
		out[n] = func(p *parser) *node { p.rawOption(); p.raw(); return p.arg() }
	}
	for _, n := range []string{"ensuremath", "smash", "cancel", "bcancel", "xcancel", "sout", "st", "rlap", "llap", "clap", "mathrlap", "mathllap", "mathclap", "vcenter", "operatornamewithlimits", "uwave", "hl", "cramped", "mathpalette"} {
		out[n] = func(p *parser) *node { p.rawOption(); return p.arg() }
	}
	for _, n := range []string{"phantom", "hphantom", "vphantom"} {
		out[n] = func(p *parser) *node { return el("mphantom", p.arg()).as(ord) }
	}
	out["boxed"] = func(p *parser) *node { return el("mrow", p.arg()).with(` class="tex-box"`) }
	out["fbox"] = out["boxed"]
	return out
}

// unicodeCommand reads \unicode[font]{x212B}, MathJax's way to name a character.
func unicodeCommand(p *parser) *node {
	p.rawOption()
	s := strings.TrimSpace(p.raw())
	base := 10
	if len(s) > 1 && (s[0] == 'x' || s[0] == 'U' || s[0] == 'u') {
		s, base = strings.TrimLeft(s, "xUu+"), 16
	}
	v, err := strconv.ParseUint(s, base, 32)
	if err != nil || v > utf8.MaxRune || !utf8.ValidRune(rune(v)) {
		p.failf("character number expected, not %q", s)
		return nil
	}
	return p.character(string(rune(v)), true)
}
