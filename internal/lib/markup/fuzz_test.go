package markup

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// hostile are texts that would run, load, style or disguise something where a
// page took them as they are.
var hostile = []string{
	"<script>alert(1)</script>", "<SCRIPT SRC=//evil.example/x.js></SCRIPT>", "<scr<script>ipt>alert(1)</scr</script>ipt>", "<img src=x onerror=alert(1)>", "<img/src=`x`onerror=alert(1)>",
	"<svg onload=alert(1)>", "<svg><script>alert&#40;1)</script>", "<svg><animate onbegin=alert(1) attributeName=x>", "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", "<math href=javascript:alert(1)>x",
	"<iframe srcdoc='<script>alert(1)</script>'>", "<object data=javascript:alert(1)>", "<embed src=//evil.example>", "<base href=//evil.example/>", "<meta http-equiv=refresh content=0;url=//evil.example>",
	"<link rel=stylesheet href=//evil.example>", "<style>@import'//evil.example'</style>", "<div style=background:url(javascript:alert(1))>", "<form action=//evil.example><input name=q autofocus onfocus=alert(1)>", "<details open ontoggle=alert(1)>",
	"<body onload=alert(1)>", "<video><source onerror=alert(1)>", "<a href='javascript:alert(1)'>x</a>", "</p></article></main><h1>over</h1>", "<!--><script>alert(1)</script>-->", "<![CDATA[<script>alert(1)</script>]]>", "<?x <script>alert(1)</script>",
	"[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](javascript&colon;alert(1))", "[x](javascript&#58;alert(1))", "[x](java&Tab;script:alert(1))", "[x](java\tscript:alert(1))", "[x](\x01javascript:alert(1))", "[x]( javascript:alert(1) )",
	"[x](<javascript:alert(1)>)", "[x](data:text/html;base64,PHNjcmlwdD4=)", "[x](vbscript:x)", "[x](file:///etc/passwd)", "[x](//evil.example)", "[x](/sign-out)", "[x](\\\\evil.example)", "[x](https:evil.example)", "[x](https://)", "[x](https://user:pw@evil.example)",
	"[x](https://e.example/\"onmouseover=alert(1))", "[x](https://e.example/ \"t\\\" onclick=alert(1)\")", "[x](https://e.example/'><script>alert(1)</script>)", "![x](https://e.example/x.png\"onerror=\"alert(1))", "![<script>alert(1)</script>](x)",
	"<javascript:alert(1)>", "<https://e.example/\"onclick=alert(1)>", "https://e.example/\"onclick=alert(1)", "https://e.example/<script>alert(1)</script>", "[x]: javascript:alert(1)\n\n[x]", "[a][b]\n\n[b]: <javascript:alert(1)> 'x'",
	"`<script>alert(1)</script>`", "```<script>\n</code></pre><script>alert(1)</script>\n```", "```\"onclick=alert(1)\nx\n```", "    <script>alert(1)</script>", "# <script>alert(1)</script>", "> <img src=x onerror=alert(1)>",
	"$</annotation-xml><script>alert(1)</script>$", `$\href{javascript:alert(1)}{x}$`, `$\text{<img src=x onerror=alert(1)>}$`, `$\style{color:red}{x}$`, `$\class{x" onclick="alert(1)}{x}$`, `$\require{html}\cssId{x}{y}$`, "$$\n<script>alert(1)</script>\n$$", `\[ \unicode{x3c}script\unicode{x3e} \]`, `$\begin{array}{<b>}x\end{array}$`,
	"@<script>", "@ada\"onclick=alert(1)", "arXiv:2503.02130\"onclick=x", "10.1234/<script>alert(1)</script>", "10.1234/\"onclick=alert(1)", "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;", "\\<script\\>", "<<b>script>", "<a\nhref=x>", "\x00<\x00script>", "<scr\u200bipt>", "\u202e<tpircs>", "\uff1cscript\uff1e", "[\u202ecod.exe](https://e.example/\u202efdp.exe)", "[x](https://e\u0430rxiv.org/)",
	"{{.}}", "${alert(1)}", "<%= 1 %>", "*<b>*</b>", "~~<i>~~", "**[x](javascript:alert(1))**", "[<b>](https://e.example)</b>", "[[x](javascript:a)](https://e.example)", "a\u0338<\u0338b>\u0338", "\u0338", "`\u0338`", "[\u0338](https://e.example)",
}

func FuzzHTML(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	for _, s := range []string{"- a\n  1. b\n\n> c", "$x^2$ $$y$$ \\(z\\)", "@ada 2503.02130", "a\n\n```\nb", `$\frac{\left(\begin{pmatrix}a&b\end{pmatrix}\right)}{\sqrt[3]{\hat x}}$`} {
		f.Add(s)
	}
	o := Options{Person: func(h string) string { return "/people/" + h }, Paper: func(id string) string { return "/papers/" + strings.Map(pathSafe, id) }}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse(text)
		if errors.Is(err, ErrLong) || errors.Is(err, ErrDeep) {
			return
		}
		if err != nil {
			t.Fatalf("Parse(%q): %v", text, err)
		}
		for _, plain := range []bool{false, true} {
			o.PlainLinks = plain
			got, err := d.Write(o)
			if err != nil {
				t.Fatalf("Write(%q): %v", text, err)
			}
			check(t, text, got.HTML)
			if again, err := d.Write(o); err != nil || again.HTML != got.HTML {
				t.Fatalf("%q: written again: %q (%v), want %q", text, again.HTML, err, got.HTML)
			}
			if !utf8.ValidString(got.Text) {
				t.Fatalf("%q: text %q is no UTF-8", text, got.Text)
			}
		}
	})
}

func pathSafe(r rune) rune {
	if r < 0x80 && (letterOrDigit(byte(r)) || strings.ContainsRune(":/.-_", r)) {
		return r
	}
	return -1
}

// check holds what was written of text to the package's promises.
func check(t *testing.T, text, out string) {
	t.Helper()
	if again := policy.Sanitize(out); again != out {
		t.Fatalf("%q: sanitised again\n got %q\nwant %q", text, again, out)
	}
	if strings.ContainsAny(out, "\x00\u202e\u2066\u200b\ufeff") {
		t.Fatalf("%q: %q holds what nobody sees", text, out)
	}
	wellFormed(t, text, out)
	// As a browser's parser sees it: elements that jump out of where they stand.
	nodes, err := html.ParseFragment(strings.NewReader(out), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, n := range nodes {
		allowed(t, text, n)
		if err := html.Render(&b, n); err != nil {
			t.Fatal(err)
		}
	}
	if len(nodes) > 0 && strings.Count(b.String(), "<") != strings.Count(strings.NewReplacer("<br/>", "<br>", "<hr/>", "<hr>").Replace(out), "<") {
		t.Fatalf("%q: a browser reads %q as %q", text, out, b.String())
	}
}

var elements = strings.Fields("p br em strong del code pre blockquote ul ol li hr a math mi mn mo mrow mfrac msqrt mroot msub msup msubsup munder mover munderover mtable mtr mtd mspace mstyle mtext mphantom")

func allowed(t *testing.T, text string, n *html.Node) {
	t.Helper()
	if n.Type == html.ElementNode && !slices.Contains(elements, n.Data) {
		t.Fatalf("%q: element %s", text, n.Data)
	}
	for _, a := range n.Attr {
		switch {
		case a.Key == "href" && (strings.HasPrefix(a.Val, "https://") || strings.HasPrefix(a.Val, "http://") || strings.HasPrefix(a.Val, "/p")):
		case a.Key == "href", a.Key == "style", a.Key == "id", a.Key == "src", strings.HasPrefix(a.Key, "on"), strings.Contains(a.Key, ":"):
			t.Fatalf("%q: attribute %s=%q", text, a.Key, a.Val)
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		allowed(t, text, c)
	}
}

// wellFormed holds that every element ends where it should.
func wellFormed(t *testing.T, text, out string) {
	t.Helper()
	var open []string
	z := html.NewTokenizer(strings.NewReader(out))
	for {
		switch tt := z.Next(); tt {
		case html.ErrorToken:
			if len(open) > 0 {
				t.Fatalf("%q: %v stay open in %q", text, open, out)
			}
			return
		case html.StartTagToken:
			if name, _ := z.TagName(); string(name) != "br" && string(name) != "hr" {
				open = append(open, string(name))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if len(open) == 0 || open[len(open)-1] != string(name) {
				t.Fatalf("%q: </%s> ends %v in %q", text, name, open, out)
			}
			open = open[:len(open)-1]
		case html.CommentToken, html.DoctypeToken:
			t.Fatalf("%q: %v in %q", text, tt, out)
		}
	}
}
