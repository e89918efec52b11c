package tex

import "strings"

// macros are abbreviations that many papers define for themselves and nearly always alike, and names of operators that stand
// for themselves. They are few on purpose: one whose meaning differs from paper to paper (\A, \M, \p) is shown by its name.
// Read in context in sixteen abstracts each, \fa was the fraktur letter in 13 of 14, \C and \F the double-struck letter in about
// three of four and else the same letter in another alphabet.
var macros = macroTable()

func macroTable() map[string]string {
	out := map[string]string{
		"eps": `\varepsilon`, "veps": `\varepsilon`, "vareps": `\varepsilon`, "ve": `\varepsilon`, "vphi": `\varphi`, "vepsi": `\varepsilon`,
		"ep": `\epsilon`, "al": `\alpha`, "alp": `\alpha`, "gam": `\gamma`, "Ga": `\Gamma`, "Gam": `\Gamma`,
		"lam": `\lambda`, "La": `\Lambda`, "Lam": `\Lambda`, "om": `\omega`, "Om": `\Omega`, "sig": `\sigma`, "Sig": `\Sigma`, "kap": `\kappa`, "ka": `\kappa`,
		"Reals": `\mathbb{R}`, "reals": `\mathbb{R}`, "Complex": `\mathbb{C}`, "complex": `\mathbb{C}`, "cnums": `\mathbb{C}`, "natnums": `\mathbb{N}`, "Integers": `\mathbb{Z}`, "integers": `\mathbb{Z}`, "Rationals": `\mathbb{Q}`,
		"lsim": `\lesssim`, "gsim": `\gtrsim`, "ltsim": `\lesssim`, "gtsim": `\gtrsim`, "ltaprx": `\lesssim`, "gtaprx": `\gtrsim`, "lessim": `\lesssim`, "lesim": `\lesssim`, "gesim": `\gtrsim`, "grtsim": `\gtrsim`, "simgeq": `\gtrsim`, "simleq": `\lesssim`, "ot": `\otimes`, "iy": `\infty`, "infin": `\infty`,
		"dd": `\mathrm{d}`, "diff": `\mathrm{d}`, "bigO": `\mathcal{O}`, "BigO": `\mathcal{O}`, "Oh": `\mathcal{O}`, "poly": `\operatorname{poly}`, "polylog": `\operatorname{polylog}`, "half": `\tfrac{1}{2}`,
		"Msun": `M_\odot`, "msun": `M_\odot`, "Msol": `M_\odot`, "msol": `M_\odot`, "Lsun": `L_\odot`, "lsun": `L_\odot`, "Rsun": `R_\odot`, "rsun": `R_\odot`, "Zsun": `Z_\odot`, "zsun": `Z_\odot`, "kms": `\mathrm{km\,s^{-1}}`, "kmps": `\mathrm{km\,s^{-1}}`,
		"arcsec": `''`, "arcmin": `'`, "micron": `\mathrm{\mu m}`, "mum": `\mathrm{\mu m}`, "celsius": `{}^\circ\mathrm{C}`, "degC": `{}^\circ\mathrm{C}`, "fdg": `.{}^\circ`, "farcs": `.{}''`, "arcdeg": `{}^\circ`, "sqdeg": `\mathrm{deg}^2`,
		"Real": `\mathbb{R}`, "Rn": `\mathbb{R}^n`, "Rd": `\mathbb{R}^d`, "CP": `\mathbb{CP}`, "RP": `\mathbb{RP}`, "OO": `\mathcal{O}`, "prt": `\partial`, "dbar": `\bar\partial`, "delbar": `\bar\partial`,
		"TeX": `\mathrm{TeX}`, "LaTeX": `\mathrm{LaTeX}`, "Hii": `\mathrm{H\,II}`, "hii": `\mathrm{H\,II}`, "HI": `\mathrm{H\,I}`, "cdotp": `\cdot`, "ldotp": `.`, "AdS": `\mathrm{AdS}`, "CFT": `\mathrm{CFT}`, "OPT": `\mathrm{OPT}`,
		"KL": `\operatorname{KL}`, "softmax": `\operatorname{softmax}`, "iid": `\mathrm{i.i.d.}`, "ie": `\mathrm{i.e.}`, "eg": `\mathrm{e.g.}`, "hc": `\mathrm{h.c.}`, "nth": `n\mathrm{th}`, "ee": `e^+e^-`, "epem": `e^+e^-`, "ttbar": `t\bar{t}`, "bbbar": `b\bar{b}`, "ppbar": `p\bar{p}`, "qqbar": `q\bar{q}`,
		"jpsi": `J/\psi`, "Jpsi": `J/\psi`, "sqrts": `\sqrt{s}`, "LCDM": `\Lambda\mathrm{CDM}`, "lcdm": `\Lambda\mathrm{CDM}`, "Lip": `\operatorname{Lip}`,
		"medcirc": `\circ`, "medbullet": `\bullet`, "shuffle": `⧢`, "llangle": `⟪`, "rrangle": `⟫`, "doublebracket": `⟦`, "textquotedblleft": `“`, "textquotedblright": `”`, "defn": `\mathrel{:=}`, "mcirc": `\circ`, "inverse": `^{-1}`,
	}
	for _, s := range strings.Fields("R C Z N Q F") {
		out[s], out[s+s], out["bb"+s], out["B"+s], out["Bbb"+s] = `\mathbb{`+s+`}`, `\mathbb{`+s+`}`, `\mathbb{`+s+`}`, `\mathbb{`+s+`}`, `\mathbb{`+s+`}`
	}
	for c := 'A'; c <= 'Z'; c++ {
		s := string(c)
		out["c"+s], out["cal"+s], out["mc"+s], out["bb"+s] = `\mathcal{`+s+`}`, `\mathcal{`+s+`}`, `\mathcal{`+s+`}`, `\mathbb{`+s+`}`
		out["frak"+s], out["f"+s], out["scr"+s], out["bf"+s] = `\mathfrak{`+s+`}`, `\mathfrak{`+s+`}`, `\mathscr{`+s+`}`, `\mathbf{`+s+`}`
		out["b"+s] = `\mathbf{` + s + `}`
	}
	for _, s := range strings.Fields("R C Z N Q") {
		out["b"+s], out["bb"+strings.ToLower(s)] = `\mathbb{`+s+`}`, `\mathbb{`+s+`}`
	}
	for _, s := range strings.Fields("x y z u v w k p q n h") {
		out["b"+s], out["bf"+s] = `\mathbf{`+s+`}`, `\mathbf{`+s+`}`
	}
	for _, s := range strings.Fields("a b g h k m n p q A B G") {
		out["f"+s], out["frak"+s] = `\mathfrak{`+s+`}`, `\mathfrak{`+s+`}`
	}
	for _, s := range strings.Fields("PP EE SS FF") {
		out[s] = `\mathbb{` + s[:1] + `}`
	}
	compounds(out)
	for _, n := range strings.Fields(`Aut Hom Ext GL SL SO SU Sp PGL PSL PSU Sym Diff Cl Gal Spec Spin Tor Lie End Ind Res Rep Mod Coh Inn Out Stab Pic Proj Hilb Ker Coker Img
		Tr tr Trace trace rank rk diag diam dist vol Vol Area area supp Supp conv span Span Var Cov Cor corr Corr Prob prob ord lcm coker im codim grad curl rot id Id Ad ad adj Adj tor
		pd depth gr ht wt Fix Isom Iso Homeo Map Fun Alb Jac Div NS Br Bl Fl Gr CH MCG Mod Out PSH WF Cat Set sech arsinh Lip BV VC MSE RMSE SNR dom Dom ran Ran Int op Homeo Teich Conf Irr Irrep Sing Reg reg sing Ann Ass GeV MeV TeV keV eV meV kpc Mpc Gpc pc km Hz GHz MHz kHz
		THz NP Poly EXP PSPACE BQP QMA ReLU MLP GNN CNN KLD ELBO cone Cone Frac Frob SNR Ric Scal Hess Ent Emb Embed Lan Ran Pf Mat Tot tot eff opt const Const sat SAT aut spec Ai Bi Irrep tors Bun Perf Sh Vect Alg Rep Set Top Ob Nm Jac Aff Sch Gra Tors Cyl Len Per CAT Qcoh QCoh Prim QSym FinSet Sets Groups Leb lin Lin nnz`) {
		if out[n] == "" && symbols[n].text == "" && n != "int" {
			out[n] = `\operatorname{` + n + `}`
		}
	}
	return out
}

// compounds adds names put together from a letter's name and what is done to it: \xibar, \phat, \balpha.
func compounds(out map[string]string) {
	letters := map[string]string{}
	for c := 'a'; c <= 'z'; c++ {
		letters[string(c)], letters[string(c-32)] = string(c), string(c-32)
	}
	for n, s := range symbols {
		if fold := []rune(s.text); len(fold) == 1 && (fold[0] >= 'Α' && fold[0] <= 'ω' || fold[0] == 'ϵ' || fold[0] == 'ϕ' || n == "ell") {
			letters[n] = `\` + n
			out["b"+n], out["bf"+n], out["bs"+n] = `\boldsymbol{\`+n+`}`, `\boldsymbol{\`+n+`}`, `\boldsymbol{\`+n+`}`
		}
	}
	for n, tex := range letters {
		out[n+"bar"], out[n+"hat"], out[n+"tilde"], out[n+"til"], out[n+"vec"] = `\bar{`+tex+`}`, `\hat{`+tex+`}`, `\tilde{`+tex+`}`, `\tilde{`+tex+`}`, `\vec{`+tex+`}`
	}
	for c := 'A'; c <= 'Z'; c++ {
		s := string(c)
		out[s+"cal"], out[s+"bb"], out[s+"frak"], out[s+"scr"], out[s+"bf"] = `\mathcal{`+s+`}`, `\mathbb{`+s+`}`, `\mathfrak{`+s+`}`, `\mathscr{`+s+`}`, `\mathbf{`+s+`}`
	}
	for _, n := range []string{"ubar", "beta", "bell", "wtil", "what"} { // other things to others
		delete(out, n)
	}
}
