package commonmark

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

func TestEscape(t *testing.T) {
	for _, tc := range []struct {
		text  string
		start bool
		want  string
	}{
		{"Plain words, 2 < 3 & snake_case 100%", true, "Plain words, 2 < 3 & snake_case 100%"},
		{"[a](https://evil.example) ![b][c]", false, `\[a\](https\://evil.example) \!\[b\]\[c\]`},
		{"<script>x</script> <!-- &lt; &#60;", false, `\<script>x\</script> \<!-- \&lt; \&#60;`},
		{"# heading", true, `\# heading`},
		{"# not at the start", false, `# not at the start`},
		{"1. item", true, `1\. item`},
		{"12) item", true, `12\) item`},
		{"3.5 litres", true, `3\.5 litres`},
		{"- item", true, `\- item`},
		{"> quote", true, `\> quote`},
		{"a\n\n# b\r\n\tc", true, "a # b c"},
		{"*em* _em_ `code` ~~gone~~ a|b", false, "\\*em\\* \\_em\\_ \\`code\\` \\~\\~gone\\~\\~ a\\|b"},
		{`\[x\] C:\dir\\`, false, `\\\[x\\\] C:\dir\\\\`},
		{"www.evil.example, ada@evil.example", false, `www\.evil.example, ada(at)evil.example`},
		{"turned \u202eround\u200b", false, "turned round"},
	} {
		if got := Escape(tc.text, tc.start); got != tc.want {
			t.Errorf("Escape(%q, %t) = %q, want %q", tc.text, tc.start, got, tc.want)
		}
	}
}

// hostile are texts that would be more than text.
var hostile = []string{
	"[a](https://evil.example)", "![a](https://evil.example/x.png)", "<img src=x onerror=alert(1)>", "<https://evil.example>", "https://evil.example", "http://evil.example/_x_",
	"www.evil.example", "ada@evil.example", "mailto:ada@evil.example", "xmpp:ada@evil.example/x", "[a]: https://evil.example", "[a][a]", "# heading", "heading\n===", "---", "***", "- item", "+ item", "1. item", "1) item", "> quote",
	"```\ncode", "~~~\ncode", "`code`", "&lt;b&gt;", "&#60;b&#62;", "a | b\n--|--\n1 | 2", "~~gone~~", "**strong**", "__strong__", "_em_", `\`, `\\`, "<!-- x", "<?x", "<![CDATA[x", "\\<b>", "\\\\[a](https://evil.example)",
	"    code", "\tcode", "[^1]", "[^1]: note", "- [ ] task", "a\\", "<b", "x<b\n>", "a@b.c@d.e", "_a@b.example", "a+@b.example", "ftp://evil.example", "HTTPS://EVIL.EXAMPLE",
}

var tag = regexp.MustCompile(`<[^>]*>`)

// FuzzEscape shows what cmark-gfm (Debian: cmark-gfm), with GitHub's extensions,
// makes of text: a paragraph without markup, at a line's start and within one.
func FuzzEscape(f *testing.F) {
	if _, err := exec.LookPath("cmark-gfm"); err != nil {
		f.Skip("cmark-gfm is not here: whether escaped text is only text is not checked by a reader of Markdown")
	}
	for _, text := range hostile {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, md := range []string{Escape(text, true) + "\n", "x " + Escape(text, false) + "\n"} {
			cmd := exec.Command("cmark-gfm", "-e", "autolink", "-e", "strikethrough", "-e", "table", "-e", "tasklist", "-e", "footnotes", "--unsafe")
			cmd.Stdin = strings.NewReader(md)
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range tag.FindAllString(string(out), -1) {
				if m != "<p>" && m != "</p>" {
					t.Fatalf("%q as %q is shown with %s:\n%s", text, md, m, out)
				}
			}
		}
	})
}
