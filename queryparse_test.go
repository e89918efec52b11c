package broadsheet_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"broadsheet"
)

// TestParseQuery gives for each text the canonical text of what it means, and
// what is ignored as "text: why" by the why's beginning.
func TestParseQuery(t *testing.T) {
	tests := []struct {
		in, want string
		ignored  []string
	}{
		// Words.
		{"", "", nil},
		{"  diffusion   models ", "diffusion models", nil},
		{"SO(3) C++ C# k-means++ A* GPT-4", "SO(3) C++ C# k-means++ A* GPT-4", nil},
		{`\alpha decay of $^{8}$Be, $SO(3)$`, `\alpha decay of $^{8}$Be $SO(3)$`, nil},
		{"BERT: Pre-training of Deep", "BERT Pre-training of Deep", nil},
		{"Mode: connectivity", "Mode connectivity", nil},
		{"12:30 std::vector http://x.y/z", "12:30 std::vector http://x.y/z", nil},
		{"autor:hinton", "autor:hinton", []string{"autor: is not a field"}},
		{"what is attention?", "what is attention", nil},
		{"1) first 2) second", "1 first 2 second", nil},
		{"深度学习 глубокое обучение", "深度学习 глубокое обучение", nil},
		{"transf* A* *", "transf* A*", nil},
		{"Transformers - a survey", "Transformers a survey", nil},
		{"and or not", "and or not", nil},
		// Phrases.
		{`"attention is all" you`, `you "attention is all"`, nil},
		{`“curly marks” x`, `x "curly marks"`, nil},
		{`"deep learn*"`, `"deep learn*"`, nil},
		{`one "two three`, `one two three`, []string{`": there is no closing quotation mark: taken as words`}},
		{`"`, "", []string{`": there is no closing quotation mark`}},
		{`""`, "", []string{`"": nothing stands between`}},
		{`"..." x`, "x", []string{`"...": there is no word in it`}},
		{`a"b c"d`, `a d "b c"`, nil},
		// Not, or, and.
		{`x -y -"y z" -title:w -cat:cs.CV -has:code`, `x -y -"y z" -title:w -cat:cs.CV -has:code`, nil},
		{"x NOT y ANDNOT z", "x -y -z", nil},
		{"x −y", "x -y", nil},
		{"x --y", "x y", nil},
		{"a OR b c", "c (a OR b)", nil},
		{"a | b || c", "(a OR b OR c)", nil},
		{"a|b $|x|$", "$|x|$ (a OR b)", nil},
		{`(gan OR "flow model" OR title:vae) images`, `images (gan OR "flow model" OR title:vae)`, nil},
		{"(SO(3) OR U(1))", "(SO(3) OR U(1))", nil},
		{"title:(a OR b) abs:(c d)", "(title:a OR title:b) abs:c abs:d", nil},
		{"x -(y OR z)", "x -y -z", nil},
		{"a AND b c", "c +a +b", nil},
		{"+a b", "b +a", nil},
		{"cat:cs.LG OR cat:cs.CL", "cat:cs.LG cat:cs.CL", nil},
		{`author:"Ada Lovelace" OR author:"Carl Benz"`, `(author:"Ada Lovelace" OR author:"Carl Benz")`, nil},
		{"OR a", "a", []string{"OR: has nothing before it"}},
		{"a OR", "a", []string{"OR: has nothing after it"}},
		{"a NOT", "a", []string{"NOT: has nothing after it"}},
		{"a OR -b", "a -b", []string{"OR: does not go with what is excluded"}},
		{"a OR has:code", "a has:code", []string{"OR: joins words"}},
		{"((a OR b))", "(a OR b)", []string{"(: parentheses within parentheses"}},
		{"(a OR b", "(a OR b)", []string{"(: there is no closing parenthesis"}},
		{"a OR (b c)", "c (a OR b)", []string{"( ): OR joins single words"}},
		// Fields.
		{`title:attention ti:"graph neural" abstract:x`, `title:attention title:"graph neural" abs:x`, nil},
		{"title: attention", "title:attention", nil},
		{`author:"Ada Lovelace" au:hinton`, `author:hinton author:"ada lovelace"`, nil},
		{`author:"Lovelace, Ada"`, `author:"ada lovelace"`, nil},
		{"au:del_maestro", `author:"del maestro"`, nil},
		{`author:"Erdős"`, `author:"Erdős"`, nil},
		{"au:hinton_g", "author:hinton", []string{"au:hinton_g: initials are not compared"}},
		{"author:=plato author:=j-smith", "author:=plato author:=j-smith", nil},
		{"author:???", "", []string{"author:???: author: needs a name"}},
		{"cat:CS.lg in:hep-th category:cond-mat.Mes-Hall cat:math.*", "cat:cs.LG cat:hep-th cat:cond-mat.mes-hall cat:math", nil},
		{"cat:cs.LG,cs.CL", "cat:cs.LG cat:cs.CL", nil},
		{"cat:", "", []string{"cat:: cat: needs a category such as cs.LG"}},
		{"cat:??? x", "x", []string{"cat:???: cat: needs a category such as cs.LG"}},
		{"Categories: for the working mathematician", "Categories for the working mathematician", nil},
		{"id:arXiv:2503.02130v2 id:10.1000/X(1)", `id:2503.02130 id:"doi:10.1000/x(1)"`, nil},
		{"id:nothing x", "x", []string{"id:nothing: is not a paper id"}},
		{`org:"Google DeepMind" org:Meta`, "org:google-deepmind org:meta", nil},
		{"has:code", "has:code", nil},
		{"has:data x", "x", []string{"has:data: has: knows code only"}},
		{"sort:new mode:Lexical x", "x sort:date mode:lexical", nil},
		{"sort:hot mode:fast x", "x", []string{"sort:hot: sort: knows", "mode:fast: mode: knows"}},
		// Dates.
		{"date:2025..2026-03", "date:2025-01-01..2026-03-31", nil},
		{"year:2024", "date:2024", nil},
		{"date:2024-02", "date:2024-02", nil},
		{"date:2024/2/", "", []string{"date:2024/2/: "}},
		{"date:2024-02-29", "date:2024-02-29", nil},
		{"date:2023-02-29 x", "x", []string{"date:2023-02-29: 2023-02-29 is not a day"}},
		{"date:2026-13 x", "x", []string{"date:2026-13: 2026-13 is not a month"}},
		{"date:soon x", "x", []string{"date:soon: soon is not a date"}},
		{"date:.. x", "x", []string{"date:..: date: needs a date"}},
		{"date:>=2025-03", "date:2025-03-01..", nil},
		{"date:>2025", "date:2026-01-01..", nil},
		{"date:<2025-03", "date:..2025-02-28", nil},
		{"date:<=2025", "date:..2025-12-31", nil},
		{"date:2024.. before:2025-06", "date:2024-01-01..2025-05-31", nil},
		{"after:2024 until:2025", "date:2024-01-01..2025-12-31", nil},
		{"year:2020-2022", "date:2020-01-01..2022-12-31", nil},
		{"date:2026-03..2025", "date:2025-01-01..2026-03-31", []string{"date:2026-03..2025: the range ends before it begins: turned round"}},
		{"after:2026 before:2024", "date:2023-12-31..2026-01-01", []string{"2026-01-01..2023-12-31: the range ends"}},
		{"date:<1900 date:>2999", "date:1900-01-01..2999-12-31", []string{"2999-12-31..1900-01-01: the range"}},
		// Nothing to find.
		{"-a -b", "-a -b", []string{"-a -b: everything is excluded and nothing looked for: add a word to look for"}},
		{"-cat:cs.CV", "-cat:cs.CV", []string{"-cat:cs.CV: everything is excluded"}},
		{"--- !? &", "", []string{"--- !? &: there is no word in it"}},
		{"\x00\xff\xfe\x01", "", nil},
		{"bin\x00ary \xff", "bin ary", nil},
	}
	for _, test := range tests {
		q := broadsheet.ParseQuery(test.in)
		if got := q.String(); got != test.want {
			t.Errorf("ParseQuery(%q) = %q, want %q", test.in, got, test.want)
		}
		ok := len(q.Ignored) == len(test.ignored)
		for i := 0; ok && i < len(q.Ignored); i++ {
			ok = strings.HasPrefix(q.Ignored[i].Text+": "+q.Ignored[i].Why, test.ignored[i])
		}
		if !ok {
			t.Errorf("ParseQuery(%q) ignores %q, want %q", test.in, q.Ignored, test.ignored)
		}
		checkQuery(t, test.in)
	}
}

func TestParseQueryShape(t *testing.T) {
	got := broadsheet.ParseQuery(`gpt-4 vision* "chain of thought" author:bengio (a OR b) -"toy data" date:2025-03`)
	want := broadsheet.Query{
		Words: []broadsheet.Term{{Text: "gpt-4"}, {Text: "vision", Prefix: true}},
		Require: [][]broadsheet.Term{
			{{Text: "chain of thought", Phrase: true}},
			{{Text: "bengio", Field: broadsheet.FieldAuthor}},
			{{Text: "a"}, {Text: "b"}},
		},
		Exclude: []broadsheet.Term{{Text: "toy data", Phrase: true}},
		From:    "2025-03-01", To: "2025-03-31",
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(broadsheet.Query{}, "Raw")); diff != "" {
		t.Errorf("ParseQuery (-want +got):\n%s", diff)
	}
}

func TestDirect(t *testing.T) {
	tests := map[string]string{
		"2503.02130": "2503.02130", " arXiv:2503.02130v2 ": "2503.02130", "math.GT/0309136": "math/0309136",
		"https://arxiv.org/abs/2503.02130v3":                                   "2503.02130",
		"http://www.arxiv.org/pdf/2503.02130.pdf":                              "2503.02130",
		"https://huggingface.co/papers/2503.02130":                             "2503.02130",
		"huggingface.co/papers/2503.02130":                                     "2503.02130",
		"https://www.alphaxiv.org/abs/2503.02130":                              "2503.02130",
		"10.48550/arXiv.2503.02130":                                            "2503.02130",
		"10.1101/2020.01.01.123":                                               "doi:10.1101/2020.01.01.123",
		"https://doi.org/10.1101/X":                                            "doi:10.1101/x",
		"https://www.biorxiv.org/content/10.1101/2020.05.01.073262v2.full.pdf": "doi:10.1101/2020.05.01.073262",
		"https://openreview.net/forum?id=AbC_d":                                "openreview:AbC_d",
		"https://aclanthology.org/2023.acl-long.1.pdf":                         "acl:2023.acl-long.1",
		"attention": "", "2503.02130 attention": "", "https://example.org/2503.02130": "", "title:x": "", "2513.00001": "",
	}
	for in, want := range tests {
		if got := broadsheet.ParseQuery(in).Direct; got != want {
			t.Errorf("ParseQuery(%q).Direct = %q, want %q", in, got, want)
		}
	}
}

// TestQueryBounds holds texts that nobody types to the limits.
func TestQueryBounds(t *testing.T) {
	many := broadsheet.ParseQuery(strings.Repeat("w ", 990))
	if len(many.Words) != broadsheet.MaxQueryTerms || len(many.Ignored) != 1 || !strings.Contains(many.Ignored[0].Why, "first 64") {
		t.Errorf("1,000 words: %d words, ignored %q", len(many.Words), many.Ignored)
	}
	cats := broadsheet.ParseQuery(strings.Repeat("cat:cs.LG ", 30) + strings.Repeat("cat:math.AG ", 60) + "cat:hep-th")
	if len(cats.Categories) != 2 || len(cats.Ignored) != 1 {
		t.Errorf("91 conditions: %q, ignored %q", cats.Categories, cats.Ignored)
	}
	for _, unit := range []string{"a", "(", ")", `"`, `"a" `, "-", "+(", "a|", "title:", "title:(", "OR ", "a OR ", "*", "$", "date:", "é", "\x00", "cat:,", "id:,,,,", "a) ", "NOT ", "author:a,"} {
		begin := time.Now()
		q := broadsheet.ParseQuery(strings.Repeat(unit, 1_000_000/len(unit)))
		if d := time.Since(begin); d > 2*time.Second {
			t.Errorf("1 MB of %q took %v", unit, d)
		}
		if len(q.Raw) > broadsheet.MaxQueryLength {
			t.Errorf("1 MB of %q: %d bytes are kept", unit, len(q.Raw))
		}
		if n := len(q.Ignored); n == 0 || n > broadsheet.MaxQueryTerms || q.Ignored[0].Why != "only the first 2,000 bytes are read" {
			t.Errorf("1 MB of %q: ignored %q", unit, q.Ignored)
		}
	}
}

// checkQuery holds what must be true of every query.
func checkQuery(t *testing.T, text string) {
	t.Helper()
	q := broadsheet.ParseQuery(text)
	again := broadsheet.ParseQuery(q.String())
	same := cmp.Options{cmpopts.IgnoreFields(broadsheet.Query{}, "Raw", "Ignored", "Direct"), cmpopts.EquateEmpty()}
	if diff := cmp.Diff(q, again, same); diff != "" && len(q.String()) <= broadsheet.MaxQueryLength {
		t.Errorf("ParseQuery(%q) and ParseQuery(%q) differ (-first +second):\n%s", text, q.String(), diff)
	}
	if q.From != "" && q.To != "" && q.From > q.To {
		t.Errorf("ParseQuery(%q): from %s to %s", text, q.From, q.To)
	}
	terms := append(append([]broadsheet.Term{}, q.Words...), q.Exclude...)
	for _, g := range q.Require {
		if len(g) == 0 {
			t.Errorf("ParseQuery(%q): an empty group", text)
		}
		terms = append(terms, g...)
	}
	if len(terms) > broadsheet.MaxQueryTerms {
		t.Errorf("ParseQuery(%q): %d terms", text, len(terms))
	}
	for _, term := range terms {
		if term.Text == "" || strings.TrimSpace(term.Text) != term.Text {
			t.Errorf("ParseQuery(%q): term %+v", text, term)
		}
	}
	for _, ignored := range q.Ignored {
		if ignored.Why == "" || len([]rune(ignored.Text)) > 41 {
			t.Errorf("ParseQuery(%q): ignored %+v", text, ignored)
		}
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, s := range []string{`a "b c" -d title:e OR (f | g)`, `author:"A. B" date:2025..2024 cat:cs.LG`, `“x`, "a|b)", `-(a OR "b") NOT (c`, "au:a_b,c|d", `title:"mode:` + `"x`,
		"in: from: OR:", "'title:x", "x:\x00y", "OR, AND.", "id:a:b,c", `org:"a|b"`, "author:=x-y", `"a *" b**`, `+"a"* -author:b*`, "date:>9999", "$a|b$|c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { checkQuery(t, text) })
}

func BenchmarkParseQuery(b *testing.B) {
	for b.Loop() {
		broadsheet.ParseQuery(`diffusion models "image editing" author:"Ada Lovelace" cat:cs.CV date:2024..2025 -survey`)
	}
}
