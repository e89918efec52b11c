package analyze_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"broadsheet/internal/lib/analyze"
)

// show writes tokens as "term@position", with "?" for a stop word, "+" for the
// joined form of a compound and "~" for another form of the word.
func show(tokens []analyze.Token) string {
	var out []string
	for _, t := range tokens {
		mark := ""
		switch {
		case t.Kind.Has(analyze.Stop):
			mark = "?"
		case t.Kind.Has(analyze.Joined):
			mark = "+"
		case t.Kind.Has(analyze.Alt):
			mark = "~"
		}
		out = append(out, fmt.Sprintf("%s%s@%d", mark, t.Term, t.Pos))
	}
	return strings.Join(out, " ")
}

func document(a *analyze.Analyzer, text string) []analyze.Token {
	var out []analyze.Token
	a.Document(text, func(t analyze.Token) { out = append(out, t) })
	return out
}

func TestDocument(t *testing.T) {
	tests := []struct{ in, want string }{
		{"Networks of the neural kind.", "network@0 ?of@1 ?the@2 neural@3 kind@4"},
		{"(word), “word” ‘word’ word!", "word@0 word@1 word@2 word@3"},
		{"", ""}, {" \t\n", ""}, {"--- !? …", ""},
		// Numbers and compounds.
		{"8-bit", "8@0 +8bit@0 bit@1"},
		{"GPT-4", "gpt@0 +gpt4@0 4@1"},
		{"GPT4", "gpt@0 +gpt4@0 4@1"},
		{"k-means++", "k@0 +kmean@0 kmeans++@1 ~mean@1"},
		{"SO(3)", "so@0 +so3@0 3@1"},
		{"x-ray", "x@0 +xray@0 ray@1"},
		{"state-of-the-art", "state@0 +stateoftheart@0 ?of@1 ?the@2 art@3"},
		{"C++ C# A*", "c++@0 ~c@0 c#@1 ~c@1 a*@2 ?a@2"},
		{"3D 8B 100Hz x2", "3d@0 8b@1 100hz@2 x2@3"},
		{"COVID-19", "covid@0 +covid19@0 19@1"},
		{"Qwen2.5-VL", "qwen@0 +qwen2.5vl@0 +qwen2.5@0 2.5@1 vl@2"},
		{"LLaMA-3.1-8B", "llama@0 +llama3.1-8b@0 +llama3.1@0 3.1@1 8b@2"},
		{"BERT4Rec", "bert@0 +bert4rec@0 +bert4@0 4@1 rec@2"},
		{"p-adic", "p@0 +padic@0 adic@1"},
		{"10.48550/arXiv.2503.02130", "10.48550@0 arxiv@1 2503.02130@2"},
		{"2503.02130v2", "2503.02130@0 +2503.02130v2@0 v2@1"},
		{"math.GT/0309136", "math@0 +mathgt@0 gt@1 0309136@2"},
		{"cs.LG", "cs@0 +cslg@0 lg@1"},
		{"ada@example.org", "ada@0 exampl@1 +exampleorg@1 org@2"},
		{"https://github.com/foo/bar-baz", "?https@0 github@1 +githubcom@1 com@2 foo@3 bar@4 +barbaz@4 baz@5"},
		{"1,000 1,0 1.5% 3.", "1000@0 1@1 0@2 1.5@3 3@4"},
		{"and/or R&D e.g. U.S.", "?and@0 ?or@1 r@2 +rd@2 d@3 e@4 +eg@4 g@5 u@6 +us@6 s@7"},
		{"Navier–Stokes Navier--Stokes one—two one---two", "navier@0 +navierstok@0 stoke@1 navier@2 +navierstok@2 stoke@3 one@4 two@5 one@6 two@7"},
		{"snake_case model(s)", "snake@0 +snakecas@0 case@1 model@2 s@3"},
		// Words.
		{"Newton's don't O'Brien Newton’s models'", "newton@0 dont@1 obrien@2 newton@3 model@4"},
		{"AIDS GANs LSTM", "aids@0 ~aid@0 gan@1 lstm@2"},
		{"iPhone PyTorch", "iphon@0 pytorch@1"},
		{"Erdős Schrödinger Łódź Ångström Straße Bjørn naïve", "erdo@0 schroding@1 lodz@2 angstrom@3 strass@4 bjorn@5 naiv@6"},
		{"eﬃcient ｆｕｌｌ ½ x² H₂O", "effici@0 full@1 1@2 2@3 x2@4 h2o@5"},
		{"soft\u00adhyphen zero\u200bwidth \ufeffmark e\u0301te\u0301", "softhyphen@0 zerowidth@1 mark@2 ete@3"},
		// Greek and TeX.
		{`α \alpha $\alpha$ alpha`, "alpha@0 alpha@1 alpha@2 alpha@3"},
		{`ΛCDM $\Lambda$CDM`, "lambda@0 +lambdacdm@0 cdm@1 lambda@2 +lambdacdm@2 cdm@3"},
		{`5σ $5\sigma$ β-decay`, "5@0 +5sigma@0 sigma@1 5@2 +5sigma@2 sigma@3 beta@4 +betadecay@4 decay@5"},
		{`ℓ2 ℓ_2 $\ell_2$`, "l2@0 l2@1 l2@2"},
		{`$SO(3)$ $\mathrm{SO}(3)$`, "so@0 +so3@0 3@1 so@2 +so3@2 3@3"},
		{`$\mathcal{N}=4$`, "n@0 +n4@0 4@1"},
		{`$10^{-5}$ 10⁻⁵`, "10@0 +10-5@0 5@1 10@2 +10-5@2 5@3"},
		{`\emph{word} \textbf{two words}`, "word@0 two@1 word@2"},
		{`Erd\H{o}s Schr\"odinger Schr{\"o}dinger Poincar\'e \'Etale na\"{\i}ve`, "erdo@0 schroding@1 schroding@2 poincar@3 etal@4 naiv@5"},
		{`$x \in \mathbb{R}^n$`, "x@0 rn@1"},
		{`$C^*$-algebra C*-algebra`, "c*@0 ~c@0 +calgebra@0 algebra@1 c*@2 ~c@2 +calgebra@2 algebra@3"},
		{`$K_{\alpha\beta}$ $\sin\theta$ a\,b`, "k@0 +kalphabeta@0 alpha@1 beta@2 sin@3 +sintheta@3 theta@4 ?a@5 b@6"},
		{`H$_2$O H₂O H2O C$_{60}$ $f_{NL}$ $x_i^2$ $\alpha_s$`, "h2o@0 h2o@1 h2o@2 c60@3 f@4 +fnl@4 nl@5 xi@6 +xi2@6 2@7 alpha@8 s@9"},
		{`\cite{foo} \ref{bar}x 50\% R\&D a\_b`, "x@0 50@1 r@2 +rd@2 d@3 ab@4"},
		{`\`, ""}, {`\unknown{kept}`, "kept@0"},
		// Other scripts.
		{"Ελληνικά глубокое обучение", "ελληνικα@0 глубокое@1 обучение@2"},
		{"深度学习 学", "深度@0 度学@1 学习@2 学@3"},
		{"GPT模型 ディープ", "gpt@0 模型@1 ディ@2 ィー@3 ープ@4"},
		{"تعلّم ٣", "تعلم@0 3@1"},
		{"한국어", "한국@0 국어@1"},
		// Nothing sensible.
		{"\xff\xfeab\xc3", "ab@0"},
		{"((((a))))", "?a@0"},
	}
	a := analyze.New()
	for _, test := range tests {
		for range 2 { // the second time from memory
			if got := show(document(a, test.in)); got != test.want {
				t.Errorf("Document(%q)\n got %s\nwant %s", test.in, got, test.want)
			}
		}
	}
}

// TestFound holds that what is written in one of a group's forms is found by
// any other. A form with "?" before it is only asked: "k means" is found as
// kmeans, but who writes "k means" is found by who asks for it so.
func TestFound(t *testing.T) {
	groups := [][]string{
		{"GPT-4", "GPT4", "gpt 4", "gpt‑4"},
		{"8-bit", "8bit", "8 bit"},
		{"k-means", "kmeans", "?k means", "$k$-means", "K-Means"},
		{"SO(3)", "$SO(3)$", "so3", `$\mathrm{SO}(3)$`},
		{"ℓ2", "l2", "L_2", `$\ell_2$`, "ℓ₂", "L^2", "?l 2"},
		{"x-ray", "xray", "X-rays", "?x ray"},
		{"COVID-19", "covid19", "covid 19"},
		{"Qwen2.5-VL", "qwen2.5", "Qwen 2.5", "qwen-2.5-vl"},
		{"LLaMA-3.1-8B", "llama 3.1", "Llama3.1", "llama"},
		{"2503.02130v2", "2503.02130", "arXiv:2503.02130", "10.48550/arXiv.2503.02130"},
		{"ΛCDM", `$\Lambda$CDM`, "lambda-CDM", `\Lambda CDM`},
		{"α-helix", "alpha helix", `$\alpha$-helix`},
		{"10⁻⁵", "$10^{-5}$", "10^-5"},
		{"Erdős", `Erd\H{o}s`, "Erdos", "Erdo\u030bs", "ERDŐS"},
		{"AIDS", "aids", "Aids"},
		{"Newton's", "newton", "Newton’s"},
		{"H2O", "H₂O", "H$_2$O", "h_2o"},
		{"C++", "c++"},
		{"network", "NETWORKS", "networks", "Networks'"},
		{"ｆｕｌｌ", "full"},
		{"state-of-the-art", "state of the art"},
		{"state-of-the-art", "stateoftheart"},
		{"p-adic", "$p$-adic", "?p adic"},
	}
	a := analyze.New()
	for _, group := range groups {
		for _, written := range group {
			if written[0] == '?' {
				continue
			}
			have := map[string]bool{}
			for _, tok := range document(a, written) {
				if !tok.Kind.Has(analyze.Stop) {
					have[tok.Term] = true
				}
			}
			for _, asked := range group {
				asked, found := strings.TrimPrefix(asked, "?"), false
				for _, tok := range a.Query(asked) {
					found = found || have[tok.Term]
				}
				if !found {
					t.Errorf("%q (%s) is not found by %q (%s)", written, show(document(a, written)), asked, show(a.Query(asked)))
				}
			}
		}
	}
}

func TestQuery(t *testing.T) {
	a := analyze.New()
	got := a.Query("the gpt 4 k-means")
	want := []analyze.Token{
		{Term: "the", Pos: 0, Start: 0, End: 3, Span: 1, Kind: analyze.Stop, Weight: 1},
		{Term: "gpt", Pos: 1, Start: 4, End: 7, Span: 1, Weight: 1},
		{Term: "gpt4", Pos: 1, Start: 4, End: 9, Span: 2, Kind: analyze.Joined | analyze.Alt, Weight: got[2].Weight},
		{Term: "4", Pos: 2, Start: 8, End: 9, Span: 1, Weight: 1},
		{Term: "k", Pos: 3, Start: 10, End: 11, Span: 1, Kind: analyze.Part, Weight: got[4].Weight},
		{Term: "kmean", Pos: 3, Start: 10, End: 17, Span: 2, Kind: analyze.Joined | analyze.Alt, Weight: got[5].Weight},
		{Term: "mean", Pos: 4, Start: 12, End: 17, Span: 1, Kind: analyze.Part, Weight: got[6].Weight},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Query (-want +got):\n%s", diff)
	}
	for _, tok := range got {
		if tok.Weight <= 0 || tok.Weight > 1 {
			t.Errorf("Query: %q weighs %v", tok.Term, tok.Weight)
		}
	}
}

func TestPrefix(t *testing.T) {
	a := analyze.New()
	tests := map[string]string{
		"transf": "transf", "transformers": "transform", "Erdő": "erdo", "studies": "studi", "happy": "happ", "gpt-4": "gpt4", "the state-of-the-ar": "stateofthear", "a-b-c-d-e-fg": "fg", "qwen2.5-v": "qwen2.5v", "深度学": "度学", "C++": "c++", "": "", "!": "", "α": "alpha",
	}
	for in, want := range tests {
		if got := a.Prefix(in); got != want {
			t.Errorf("Prefix(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFold(t *testing.T) {
	tests := map[string]string{
		"": "", "ABC def": "abc def", "Erdős–Rényi": "erdos-renyi", "α β ΛCDM Ελληνικά": "alpha beta lambdacdm ελληνικα",
		"ﬁ ℓ² ½": "fi l2 1/2", "Straße ŒUVRE Øre": "strasse oeuvre ore", "İstanbul ISTANBUL ı": "istanbul istanbul i", "深度": "深度", "\xff": "",
	}
	for in, want := range tests {
		if got := analyze.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestStem(t *testing.T) {
	tests := map[string]string{
		"networks": "network", "learning": "learn", "gpt4": "gpt4", "is": "is", "": "", "théorie": "théorie", "generalizations": "general",
		"models": "model", "c++": "c++",
	}
	for in, want := range tests {
		if got := analyze.Stem(in); got != want {
			t.Errorf("Stem(%q) = %q, want %q", in, got, want)
		}
	}
}
