package markup

import (
	"regexp"

	"github.com/microcosm-cc/bluemonday"
)

// relation is what search engines and browsers are told of links that people
// wrote.
const relation = "nofollow ugc noopener"

// policy is the second wall: the writer makes nothing that it would take away,
// which tests hold it to.
var policy = newPolicy()

func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "em", "strong", "del", "code", "pre", "blockquote", "ul", "ol", "li", "hr")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^\d{1,9}$`)).OnElements("ol")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^tex$`)).OnElements("code", "mtext")

	p.AllowURLSchemes("http", "https")
	p.AllowRelativeURLs(true) // the writer makes only the caller's
	p.RequireParseableURLs(true)
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("rel").Matching(regexp.MustCompile(`^` + relation + `$`)).OnElements("a")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^who$`)).OnElements("a")

	// MathML Core as package tex writes it. Nothing of HTML stands within it.
	p.AllowNoAttrs().OnElements("math", "mi", "mn", "mo", "mrow", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup", "munder", "mover", "munderover",
		"mtable", "mtr", "mtd", "mspace", "mstyle", "mtext", "mphantom")
	truth, length := regexp.MustCompile(`^(true|false)$`), regexp.MustCompile(`^-?[0-9.]{1,8}(em|%)?$`)
	p.AllowAttrs("display").Matching(regexp.MustCompile(`^block$`)).OnElements("math")
	p.AllowAttrs("tabindex").Matching(regexp.MustCompile(`^0$`)).OnElements("math")
	p.AllowAttrs("stretchy", "movablelimits").Matching(truth).OnElements("mo")
	p.AllowAttrs("lspace", "rspace", "minsize", "maxsize").Matching(length).OnElements("mo")
	p.AllowAttrs("form").Matching(regexp.MustCompile(`^(prefix|infix|postfix)$`)).OnElements("mo")
	p.AllowAttrs("mathvariant").Matching(regexp.MustCompile(`^normal$`)).OnElements("mi")
	p.AllowAttrs("width").Matching(length).OnElements("mspace")
	p.AllowAttrs("linethickness").Matching(length).OnElements("mfrac")
	p.AllowAttrs("accent").Matching(truth).OnElements("mover", "munderover")
	p.AllowAttrs("accentunder").Matching(truth).OnElements("munder", "munderover")
	p.AllowAttrs("displaystyle").Matching(truth).OnElements("mstyle", "mtable", "mrow", "math")
	p.AllowAttrs("scriptlevel").Matching(regexp.MustCompile(`^[+-]?\d$`)).OnElements("mstyle", "mrow", "math")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^tex-[a-z]{1,4}$`)).OnElements("mrow", "mtd", "mtable")
	return p
}

// Safe is HTML that Write made, as it was: what is not of its kind is taken out.
// It is for what comes back from where others may have changed it.
func Safe(html string) string { return policy.Sanitize(html) }
