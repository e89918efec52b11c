package xmldoc_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"broadsheet/internal/lib/xmldoc"
)

// items gives "parent/name=text" of every piece, items of a channel apart.
func items(doc string) ([]string, error) {
	var got []string
	err := xmldoc.Each([]byte(doc), func(name string, depth int) bool { return name == "list" }, func(p xmldoc.Piece) error {
		got = append(got, p.Parent+"/"+p.Name+"="+strings.TrimSpace(p.Text))
		return nil
	})
	return got, err
}

func TestEach(t *testing.T) {
	for _, c := range []struct {
		name, doc string
		want      []string
	}{
		{"pieces at two depths", `<r><date>d</date><list><item>1</item><item>2<b>x</b></item><end/></list></r>`,
			[]string{"r/date=d", "list/item=1", "list/item=2", "list/end="}},
		{"name spaces and comments", `<?xml version="1.0"?><!-- c > --><o:r xmlns:o="u"><o:a>1</o:a><![CDATA[<x>]]></o:r>`, []string{"r/a=1"}},
		{"characters that XML forbids", "<r><a>x\x0by\x00&#0;&#x1F;&#65;</a></r>", []string{"r/a=x\uFFFDy\uFFFD\uFFFD\uFFFDA"}},
		{"no UTF-8", "<r><a>x\xffy</a></r>", []string{"r/a=x\uFFFDy"}},
		{"entities of HTML", "<r><a>&eacute;&nbsp;&amp;&unheard;</a></r>", []string{"r/a=é\u00a0&&unheard;"}},
		{"Latin-1", "<?xml version='1.0' encoding='ISO-8859-1'?><r><a>\xe9</a></r>", []string{"r/a=é"}},
		{"external entity", `<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><a>&x;</a></r>`, []string{"r/a=&x;"}},
		{"bare ampersands", "<r><a>R&D & A&amp;B &#xZ; &</a><b t='&'/><c><![CDATA[A&B]]></c></r>", []string{"r/a=R&D & A&B &#xZ; &", "r/b=", "r/c=A&B"}},
		{"byte order mark", "\xef\xbb\xbf<r><a>1</a></r>", []string{"r/a=1"}},
		{"greater-than in an attribute", `<r><a t="a > b">1</a></r>`, []string{"r/a=1"}},
	} {
		got, err := items(c.doc)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

func TestBrokenGivesWhatWasWhole(t *testing.T) {
	for _, doc := range []string{`<r><a>1</a><a>2`, `<r><a>1</a>`, `<r><a>1</a><a>2</b></r>`, `<r><a>1</a><`, `<r><a>1</a></r><r/>`} {
		got, err := items(doc)
		if err == nil || len(got) == 0 || got[0] != "r/a=1" {
			t.Errorf("%s: got %q, %v; want the first and an error", doc, got, err)
		}
	}
	for _, doc := range []string{"", "  ", "broken xml", "<!-- only -->"} {
		if got, err := items(doc); err == nil {
			t.Errorf("%q: got %q and no error", doc, got)
		}
	}
}

func TestBounds(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("<a>", n) + strings.Repeat("</a>", n) }
	for _, c := range []struct {
		name, doc string
		ok        bool
	}{
		{"deep enough", "<r>" + deep(30) + "</r>", true},
		{"too deep", "<r>" + deep(50) + "</r>", false},
		{"too deep in lists", strings.Repeat("<list>", 100), false},
		{"a million deep", strings.Repeat("<a>", 1_000_000), false},
		{"long attribute", `<r><a t="` + strings.Repeat("x", 60<<10) + `"/></r>`, true},
		{"attribute too long", `<r><a t="` + strings.Repeat("x", 1<<20) + `"/></r>`, false},
		{"unended attribute", `<r><a t="` + strings.Repeat("x", 1<<20), false},
		{"name too long", `<r><` + strings.Repeat("x", 1<<20) + `/></r>`, false},
		{"too many attributes", `<r><a ` + strings.Repeat(` x="1"`, 100) + `/></r>`, false},
		{"too much text", "<r><a>" + strings.Repeat("x", 5<<20) + "</a></r>", false},
		{"too many elements", "<r><a>" + strings.Repeat("<b/>", 300_000) + "</a></r>", false},
		{"many pieces", "<r>" + strings.Repeat("<b>x</b>", 300_000) + "</r>", true},
	} {
		_, err := items(c.doc)
		if c.ok && err != nil || !c.ok && !errors.Is(err, xmldoc.ErrLimit) {
			t.Errorf("%s: got %v, want an error of bounds: %v", c.name, err, !c.ok)
		}
	}
}

func TestNode(t *testing.T) {
	n, err := xmldoc.Parse([]byte(`<a k="v"><b> 1 </b><b>2</b><c><d/></c></a>`))
	if err != nil {
		t.Fatal(err)
	}
	if n.Value("b") != "1" || len(n.All("b")) != 2 || n.Attr("k") != "v" || n.Child("c").Child("d") == nil || n.Child("x").Value("y") != "" {
		t.Errorf("got %+v", n)
	}
	for _, bad := range []string{"", "text", "<a/><b/>", "<a>", "</x><x>"} {
		if _, err := xmldoc.Parse([]byte(bad)); err == nil {
			t.Errorf("Parse(%q) gave no error", bad)
		}
	}
}

func TestRawParsesAgain(t *testing.T) {
	doc := `<r><list><item k="1">x<b>y</b></item> <item/></list></r>`
	var raws []string
	if err := xmldoc.Each([]byte(doc), func(n string, _ int) bool { return n == "list" }, func(p xmldoc.Piece) error {
		raws = append(raws, string(p.Raw))
		again, err := xmldoc.Parse(p.Raw)
		if d := cmp.Diff(p.Node, again); d != "" {
			t.Errorf("%s (-first +again): %v\n%s", p.Raw, err, d)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{`<item k="1">x<b>y</b></item>`, `<item/>`}, raws); d != "" {
		t.Errorf("raw (-want +got):\n%s", d)
	}
}

func FuzzEach(f *testing.F) {
	for _, s := range []string{`<r><list><item k="1">x<b>y</b></item></list></r>`, "<r><a>&#0;&eacute;\xff</a>", "<!DOCTYPE r [<!ENTITY x 'y'>]><r>&x;</r>", "<?xml version='1.0' encoding='utf-16'?><r/>"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		xmldoc.Each(doc, func(n string, _ int) bool { return n == "list" }, func(p xmldoc.Piece) error {
			if p.Node == nil || p.Name == "" {
				t.Fatalf("%q: a piece without a name", doc)
			}
			return nil
		})
	})
}
