package markup_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"broadsheet/internal/lib/markup"
	"broadsheet/internal/testkit"

	"github.com/google/go-cmp/cmp"
)

// known are the references that tests know.
var known = markup.Options{
	Person: func(handle string) string {
		if handle == "ada" || handle == "bo-crumb" {
			return "/people/" + handle
		}
		return ""
	},
	Paper: func(id string) string {
		switch strings.ToLower(id) {
		case "2503.02130", "arxiv:2503.02130", "arxiv:2503.02130v2":
			return "/papers/2503.02130"
		case "arxiv:math/0309136":
			return "https://arxiv.org/abs/math/0309136"
		case "10.1234/a_b", "doi:10.1234/a_b":
			return "/papers/doi:10.1234/a_b"
		}
		return ""
	},
}

func write(t testing.TB, text string, o markup.Options) markup.Result {
	t.Helper()
	d, err := markup.Parse(text)
	if err != nil {
		t.Fatalf("Parse(%.200q): %v", text, err)
	}
	r, err := d.Write(o)
	if err != nil {
		t.Fatalf("Write(%.200q): %v", text, err)
	}
	return r
}

const rel = ` rel="nofollow ugc noopener"`

func TestHTML(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"One *two* **three** ~~four~~ `five <b>`", "<p>One <em>two</em> <strong>three</strong> <del>four</del> <code>five &lt;b&gt;</code></p>"},
		{"a line\nand one more\n\nnext", "<p>a line<br>and one more</p><p>next</p>"},
		{"# Heading\n\nunder\n===", "<p><strong>Heading</strong></p><p><strong>under</strong></p>"},
		{"> said\n\nanswer", "<blockquote><p>said</p></blockquote><p>answer</p>"},
		{"- a\n- b\n\n3. c\n4. d", `<ul><li>a</li><li>b</li></ul><ol start="3"><li>c</li><li>d</li></ol>`},
		{"```go\nif a < b {\n\t}\n```", "<pre><code>if a &lt; b {\n\t}\n</code></pre>"},
		{"[words](https://example.org/a_b?c=d&e=f)", `<p><a href="https://example.org/a_b?c=d&amp;e=f"` + rel + `>words</a></p>`},
		{"see https://example.org/x_(y), or (https://example.org/z).", `<p>see <a href="https://example.org/x_(y)"` + rel + `>https://example.org/x_(y)</a>, or (<a href="https://example.org/z"` + rel + `>https://example.org/z</a>).</p>`},
		{"*https://example.org*", `<p><em><a href="https://example.org"` + rel + `>https://example.org</a></em></p>`},
		{"![a picture](https://example.org/p.png)", `<p><a href="https://example.org/p.png"` + rel + `>a picture</a></p>`},
		{"[![in](https://example.org/p.png)](https://example.org/)", `<p><a href="https://example.org/"` + rel + `>in</a></p>`},
		{"[https://arxiv.org/abs/1](https://evil.example/)", `<p><a href="https://evil.example/"` + rel + `>https://arxiv.org/abs/1 (evil.example)</a></p>`},
		{"[**arxiv.org**](https://evil.example/) [(arxiv.org),](https://evil.example/)", `<p><a href="https://evil.example/"` + rel + `><strong>arxiv.org</strong> (evil.example)</a> <a href="https://evil.example/"` + rel + `>(arxiv.org), (evil.example)</a></p>`},
		{"[аrxiv.org](https://evil.example/) [почта.рф](https://evil.example/)", `<p><a href="https://evil.example/"` + rel + `>аrxiv.org (evil.example)</a> <a href="https://evil.example/"` + rel + `>почта.рф (evil.example)</a></p>`},
		{"[bücher.example](https://xn--bcher-kva.example/) [**Example.org.**](https://example.org/x) [e.g.](https://example.org/)", `<p><a href="https://xn--bcher-kva.example/"` + rel + `>bücher.example</a> <a href="https://example.org/x"` + rel + `><strong>Example.org.</strong></a> <a href="https://example.org/"` + rel + `>e.g.</a></p>`},
		{"> [`arxiv.org`](https://evil.example/)", `<blockquote><p><a href="https://evil.example/"` + rel + `><code>arxiv.org</code> (evil.example)</a></p></blockquote>`},
		{"<b>bold</b> <!-- gone --> &lt;i&gt;", "<p>&lt;b&gt;bold&lt;/b&gt; &lt;!-- gone --&gt; &lt;i&gt;</p>"},
		{"<div>\nblock\n</div>", "<p>&lt;div&gt;<br>block<br>&lt;/div&gt;</p>"},
		{"$x^2$ costs $5 or $10", "<p><math><msup><mi>x</mi><mn>2</mn></msup></math> costs $5 or $10</p>"},
		{`\(a\)`, "<p><math><mi>a</mi></math></p>"},
		{"text:\n$$\na\n- b\n$$\nmore", `<p>text:</p><p><math tabindex="0" display="block"><mi>a</mi><mo>−</mo><mi>b</mi></math></p><p>more</p>`},
		{"so $$a$$ stands", `<p>so <math tabindex="0" display="block"><mi>a</mi></math> stands</p>`},
		{`\[ a \]`, `<p><math tabindex="0" display="block"><mi>a</mi></math></p>`},
		{"$$ never closed\n\nnext", "<p>$$ never closed</p><p>next</p>"},
		{`broken $\frac{a$ formula`, `<p>broken <code class="tex">\frac{a</code> formula</p>`},
		{"`$x$` and \\$x$", "<p><code>$x$</code> and $x$</p>"},
		{"$a_1 + b_2$ and *c*", "<p><math><msub><mi>a</mi><mn>1</mn></msub><mo>+</mo><msub><mi>b</mi><mn>2</mn></msub></math> and <em>c</em></p>"},
		{"@ada, @Bo-Crumb and @nobody", `<p><a href="/people/ada" class="who">@ada</a>, <a href="/people/bo-crumb" class="who">@Bo-Crumb</a> and @nobody</p>`},
		{"mail ada@ada.example, @adа (Cyrillic), x@ada, @ada_b, @ada.b, `@ada`, \\@ada", "<p>mail ada@ada.example, @adа (Cyrillic), x@ada, @ada_b, @ada.b, <code>@ada</code>, @ada</p>"},
		{"@ada. (@ada)", `<p><a href="/people/ada" class="who">@ada</a>. (<a href="/people/ada" class="who">@ada</a>)</p>`},
		{"2503.02130, (arXiv:2503.02130v2) and 2503.99999", `<p><a href="/papers/2503.02130">2503.02130</a>, (<a href="/papers/2503.02130">arXiv:2503.02130v2</a>) and 2503.99999</p>`},
		{"arXiv:math/0309136 doi:10.1234/a_b.", `<p><a href="https://arxiv.org/abs/math/0309136"` + rel + `>arXiv:math/0309136</a> <a href="/papers/doi:10.1234/a_b">doi:10.1234/a_b</a>.</p>`},
		{"[to 2503.02130](https://example.org)", `<p><a href="https://example.org"` + rel + `>to 2503.02130</a></p>`},
		{"[a]: https://example.org\n\n[a]", `<p>[a]: <a href="https://example.org"` + rel + `>https://example.org</a></p><p>[a]</p>`},
		{"turned \u202eround\u2066\u200b &#x202e;&#8203;.", "<p>turned round .</p>"},
		{"<https://example.org> <ada@example.org>", `<p><a href="https://example.org"` + rel + `>https://example.org</a> ada@example.org</p>`},
		{"[](https://example.org/x)", `<p><a href="https://example.org/x"` + rel + `>https://example.org/x</a></p>`},
	} {
		if got := write(t, c.in, known).HTML; got != c.want {
			t.Errorf("HTML of %q\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

func TestText(t *testing.T) {
	got := write(t, "> said *before*\n\n@ada: $x^2$ is [here](https://EXAMPLE.org/x) & https://b.example\n\n- one\n- `two`\n", known)
	want := markup.Result{HTML: got.HTML, Text: "@ada: x² is here & https://b.example one two", Mentions: []string{"ada"}, Hosts: []string{"example.org", "b.example"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("result (-want +got)\n%s", diff)
	}
	if got := write(t, "> only this", known).Text; got != "only this" {
		t.Errorf("text of a quote alone = %q, want what it quotes", got)
	}
	d, err := markup.Parse("@ada @ADA `@not` @bo-crumb 2503.02130 [@cyn](https://x.example)")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"ada", "bo-crumb", "cyn"}, d.People); diff != "" {
		t.Errorf("people (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"2503.02130"}, d.Papers); diff != "" {
		t.Errorf("papers (-want +got)\n%s", diff)
	}
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{{"short", 5, "short"}, {"some longer words", 13, "some longer…"}, {"unbroken-word", 6, "unbro…"}} {
		if got := markup.Excerpt(c.in, c.limit); got != c.want {
			t.Errorf("Excerpt(%q, %d) = %q, want %q", c.in, c.limit, got, c.want)
		}
	}
}

func TestPlainLinks(t *testing.T) {
	got := write(t, "[buy](https://shop.example/x) https://b.example @ada", markup.Options{PlainLinks: true, Person: known.Person})
	if want := `<p>buy (https://shop.example/x) https://b.example <a href="/people/ada" class="who">@ada</a></p>`; got.HTML != want || len(got.Hosts) != 2 {
		t.Errorf("plain links: got %s %v, want %s and two hosts", got.HTML, got.Hosts, want)
	}
}

// TestBounds holds that a text is refused, or read in a moment.
func TestBounds(t *testing.T) {
	deepLists := ""
	for i := range 25 {
		deepLists += strings.Repeat("  ", i) + "- x\n"
	}
	for _, c := range []struct {
		name, in string
		want     error
	}{
		{"long", strings.Repeat("a", 8001), markup.ErrLong},
		{"a megabyte", strings.Repeat("- ", 1<<19), markup.ErrLong},
		{"list markers", strings.Repeat("- ", 21) + "x", markup.ErrDeep},
		{"mixed markers", strings.Repeat("1. > ", 11) + "x", markup.ErrDeep},
		{"a list of 10,000 levels on lines", strings.Repeat("* ", 10000), markup.ErrLong},
		{"lists over lines", deepLists, markup.ErrDeep},
		{"emphasis", strings.Repeat("*a _b ", 15) + strings.Repeat("c_ d* ", 15), markup.ErrDeep},
		{"a rule", strings.Repeat("-", 200), nil},
		{"20 quotes", strings.Repeat("> ", 20) + "x", nil},
	} {
		if _, err := markup.Parse(c.in); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
	fill := func(s string) string { return strings.Repeat(s, markup.MaxBytes/len(s)) }
	for _, s := range []string{
		"- ", "> ", "1. ", "-\n", ">\n", "* a\n  ", "[", "![", "]", "[](", "[a](", "*", "_", "**a", "*a_", "~~", "`", "a`b``", "$", "$$", "$a", "$$\n", `\(`, `\[`, `\`, "\\[\n", "<", "<a", "<http://", "&", "&#",
		"&amp;", "@", "@a", " http://", "(10.1234/", "#", "\n", "\t", "    a\n", "```\n", "~~~\n", "a\n===\n", "[a]: b\n", "![a](b) ", "*a* ", "$x$ ", `\frac`, "\u0335", "\u202e", "é", "- - a\n", "> - a\n\n", "  - a\n", `$\sqrt{\sqrt{x}}$`, "[[a](b)](c)",
		"http://a.b.c.d ", "arXiv:2503.02130 ", "_a*b_c*", "*_", "a**b*c***",
	} {
		start := time.Now()
		d, err := markup.Parse(fill(s))
		if err == nil {
			_, err = d.Write(known)
		}
		if took := time.Since(start); !testkit.Race && (took > time.Second || errors.Is(err, markup.ErrSlow)) {
			t.Errorf("%q over 8,000 bytes took %v (%v), want less than a second", s, took, err)
		} else if took > 20*time.Millisecond {
			t.Logf("%q: %v (%v)", s, took, err)
		}
	}
}

func BenchmarkComment(b *testing.B) {
	text := strings.Repeat("We see *the same* in [table 2](https://example.org/t) of arXiv:2503.02130: with $n \\geq 10$ the loss\nfalls by 3 %, @ada.\n\n> quoted words of another\n\n- one\n- two `code`\n\n", 4)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		write(b, text, known)
	}
}
