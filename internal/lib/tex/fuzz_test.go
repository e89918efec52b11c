package tex

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// allowed are the elements and attributes that may come out; a value list of nil allows any value.
var allowed = map[string]map[string][]string{
	"a": {"href": nil, "rel": {"nofollow noopener"}}, "br": {}, "code": {"class": {"tex"}}, "em": {}, "strong": {}, "sub": {}, "sup": {}, "span": {"class": {"tex-sc"}},
	"math": {"display": {"block"}}, "mrow": {"class": {"tex-box"}}, "mi": {"mathvariant": {"normal"}}, "mn": {}, "mtext": {"class": {"tex"}}, "mspace": {"width": nil},
	"mo":   {"stretchy": {"true", "false"}, "lspace": nil, "rspace": nil, "form": {"prefix", "postfix"}, "minsize": nil, "maxsize": nil, "movablelimits": {"false"}},
	"msub": {}, "msup": {}, "msubsup": {}, "munder": {"accentunder": {"true"}}, "mover": {"accent": {"true"}}, "munderover": {}, "mfrac": {"linethickness": {"0"}}, "msqrt": {}, "mroot": {},
	"mtable": {"displaystyle": {"true"}}, "mtr": {}, "mtd": {"class": {"tex-l", "tex-r"}}, "mstyle": {"displaystyle": {"true", "false"}, "scriptlevel": {"0", "1", "2"}}, "mphantom": {},
}

// arity is the number of children that MathML asks for.
var arity = map[string]int{"msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3, "mfrac": 2, "mroot": 2}

// checkMarkup reads markup and reports whatever HTML may not give.
func checkMarkup(t *testing.T, in, markup string) {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader(markup))
	var stack []string
	kids := []int{0}
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(stack) > 0 {
				t.Errorf("HTML(%q): %v left open in %s", in, stack, markup)
			}
			return
		case html.StartTagToken:
			tok := z.Token()
			kids[len(kids)-1]++
			checkAttributes(t, in, tok)
			if tok.Data == "a" && slices.Contains(stack, "a") {
				t.Errorf("HTML(%q): link in a link: %s", in, markup)
			}
			if tok.Data != "br" {
				stack, kids = append(stack, tok.Data), append(kids, 0)
			}
		case html.EndTagToken:
			tok := z.Token()
			if len(stack) == 0 || stack[len(stack)-1] != tok.Data {
				t.Fatalf("HTML(%q): </%s> closes %v in %s", in, tok.Data, stack, markup)
			}
			if n, ok := arity[tok.Data]; ok && kids[len(kids)-1] != n {
				t.Errorf("HTML(%q): %s with %d children, want %d in %s", in, tok.Data, kids[len(kids)-1], n, markup)
			}
			stack, kids = stack[:len(stack)-1], kids[:len(kids)-1]
		case html.CommentToken, html.DoctypeToken, html.SelfClosingTagToken:
			t.Errorf("HTML(%q): unexpected %q in %s", in, z.Raw(), markup)
		}
	}
}

func checkAttributes(t *testing.T, in string, tok html.Token) {
	t.Helper()
	attrs, ok := allowed[tok.Data]
	if !ok {
		t.Errorf("HTML(%q): element %s is not allowed", in, tok.Data)
	}
	seen := map[string]bool{}
	for _, a := range tok.Attr {
		values, ok := attrs[a.Key]
		if !ok || values != nil && !slices.Contains(values, a.Val) || seen[a.Key] {
			t.Errorf("HTML(%q): attribute %s=%q of %s is not allowed", in, a.Key, a.Val, tok.Data)
		}
		seen[a.Key] = true
		if a.Key == "href" && !strings.HasPrefix(strings.ToLower(a.Val), "http://") && !strings.HasPrefix(strings.ToLower(a.Val), "https://") {
			t.Errorf("HTML(%q): address %q", in, a.Val)
		}
		if values == nil && a.Key != "href" && strings.Trim(a.Val, "0123456789.em") != "" {
			t.Errorf("HTML(%q): length %q", in, a.Val)
		}
	}
}

func checkText(t *testing.T, in string) {
	t.Helper()
	for _, f := range []func(string) (string, Stats){HTML, Inline} {
		out, stats := f(in)
		checkMarkup(t, in, out)
		if !utf8.ValidString(out) || strings.ContainsAny(out, "\x00\x1b\u202e\u2066") {
			t.Errorf("HTML(%q) = %q: broken UTF-8 or control characters", in, out)
		}
		if stats.Failed > stats.Formulas || stats.Failed != strings.Count(out, `<code class="tex">`) {
			t.Errorf("HTML(%q) counts %+v in %s", in, stats, out)
		}
		if len(out) > maxOutput+maxMarkup+8*len(in) {
			t.Errorf("HTML of %d bytes has %d", len(in), len(out))
		}
	}
	if p := Plain(in); !utf8.ValidString(p) {
		t.Errorf("Plain(%q) = %q: broken UTF-8", in, p)
	}
}

func FuzzHTML(f *testing.F) {
	for _, s := range hostile {
		f.Add(s[:min(len(s), 200)]) // the fuzzer spends its time on making long inputs shorter
	}
	for _, c := range formulas {
		f.Add("a $" + c + "$ b")
	}
	for _, c := range texts {
		f.Add(c.in)
	}
	f.Fuzz(checkText)
}
