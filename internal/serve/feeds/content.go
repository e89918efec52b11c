package feeds

import (
	"cmp"
	"strconv"
	"strings"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/lib/tex"
	"broadsheet/internal/serve/address"
)

// markup is HTML as it is written: elements that are named here, everything
// else escaped.
type markup []byte

func (m *markup) text(s string) { *m = escape(*m, s, false) }
func (m *markup) tag(s string)  { *m = append(*m, s...) }

func (m *markup) link(href, text string) {
	if href == "" {
		m.text(text)
		return
	}
	m.tag(`<a href="`)
	*m = escape(*m, href, true)
	m.tag(`">`)
	m.text(text)
	m.tag("</a>")
}

func (m *markup) paragraph(text string) {
	if text = tex.Plain(text); text == "" {
		return
	}
	m.tag("<p>")
	m.text(text)
	m.tag("</p>\n")
}

// content says what a card says, in paragraphs: who, the short summary, the
// abstract, and a line of facts and links.
func (f *Feeds) content(p *broadsheet.Paper, e *entry) string {
	m := make(markup, 0, len(p.Abstract)+len(p.TLDR)+1024)
	m.byline(p, e)
	if p.Withdrawn {
		m.tag("<p><strong>This paper was withdrawn.</strong></p>\n")
	}
	if e.summary != "" {
		m.tag("<p><em>")
		m.text(e.summary)
		m.tag("</em></p>\n")
	}
	for _, paragraph := range strings.Split(p.Abstract, "\n\n") {
		m.paragraph(paragraph)
	}
	f.facts(&m, p, e)
	return string(m)
}

func (m *markup) byline(p *broadsheet.Paper, e *entry) {
	if len(e.authors) == 0 {
		if n := p.AuthorCount; n > 0 {
			m.tag("<p>")
			m.text(plural(n, "author"))
			m.tag("</p>\n")
		}
		return
	}
	m.tag("<p>")
	more := max(p.AuthorCount, len(p.Authors)) - len(e.authors)
	for i, a := range e.authors {
		switch {
		case i == 0:
		case i == len(e.authors)-1 && more <= 0:
			m.text(" and ")
		default:
			m.text(", ")
		}
		m.link(a.page, a.name)
	}
	if more > 0 {
		m.text(" and " + number(more) + " more")
	}
	m.tag("</p>\n")
}

func (f *Feeds) facts(m *markup, p *broadsheet.Paper, e *entry) {
	first := true
	part := func() {
		if first {
			m.tag("<p>")
		} else {
			m.text(" · ")
		}
		first = false
	}
	for _, o := range p.Organizations {
		if name := cmp.Or(o.Name, o.Key); name != "" {
			part()
			m.link(f.base+address.List(broadsheet.ListOrganization, o.Key), name)
		}
	}
	for _, c := range p.Categories {
		part()
		name := c
		if long := app.CategoryName(c); long != "" && long != c {
			name = long + " (" + c + ")"
		}
		m.link(f.base+address.List(broadsheet.ListCategory, c), name)
	}
	for _, count := range []struct {
		n    int
		what string
	}{{p.VoteCount(), "vote"}, {p.CommentCount(), "comment"}} {
		if count.n > 0 {
			part()
			m.text(plural(count.n, count.what))
		}
	}
	for _, l := range e.links {
		part()
		m.link(l.href, l.title)
		if code := p.Link(broadsheet.LinkCode); l.title == "Code" && code.Stars > 0 {
			m.text(" ★ " + number(code.Stars))
		}
	}
	if !first {
		m.tag("</p>\n")
	}
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return number(n) + " " + what + "s"
}

// number writes n with its thousands parted.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
