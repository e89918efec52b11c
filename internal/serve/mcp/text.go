package mcp

import (
	"fmt"
	"strings"
	"unicode"

	"broadsheet"
	"broadsheet/internal/lib/commonmark"
	"broadsheet/internal/lib/tex"
)

// shownAuthors are the authors that a paper's line names.
const shownAuthors = 3

// listText writes a list: its title, a line for each paper, notes, and how to go
// on.
func listText(l *List, next string, abstracts bool) string {
	var b strings.Builder
	total := ""
	if l.Total > len(l.Papers) || l.AtLeast {
		total = fmt.Sprintf(" of %d", l.Total)
		if l.AtLeast {
			total += " or more"
		}
	}
	fmt.Fprintf(&b, "%s: %d%s\n", clean(l.Title), len(l.Papers), total)
	for i := range l.Papers {
		p := &l.Papers[i]
		b.WriteString(line(p) + "\n")
		if abstract := clean(p.Abstract); abstracts && abstract != "" {
			b.WriteString("  " + abstract + "\n")
		} else if tldr := clean(p.TLDR); abstracts && tldr != "" {
			b.WriteString("  " + tldr + "\n")
		}
	}
	if len(l.Papers) == 0 {
		b.WriteString("no papers\n")
	}
	for _, n := range l.Notes {
		b.WriteString("note: " + clean(n) + "\n")
	}
	if next != "" {
		fmt.Fprintf(&b, "more: cursor=%s\n", next)
	}
	return b.String()
}

// line is a paper in a line: "2503.02130 Title. A, B, C and 4 more. cs.LG, 2025-03-04, 23 votes, code".
func line(p *Paper) string {
	parts := []string{p.ID + " " + strings.TrimSuffix(clean(p.Title), ".")}
	if a := authorsText(p.Authors, p.AuthorCount, shownAuthors); a != "" {
		parts = append(parts, a)
	}
	var facts []string
	if len(p.Categories) > 0 {
		facts = append(facts, clean(p.Categories[0]))
	}
	for _, d := range []string{p.Published, p.Announced, p.Featured} {
		if d != "" {
			facts = append(facts, d)
			break
		}
	}
	if p.Votes > 0 {
		facts = append(facts, plural(p.Votes, "vote"))
	}
	if len(p.Code) > 0 {
		facts = append(facts, "code")
	}
	if p.Withdrawn {
		facts = append(facts, "withdrawn")
	}
	if len(facts) > 0 {
		parts = append(parts, strings.Join(facts, ", "))
	}
	return strings.Join(parts, ". ")
}

func authorsText(names []string, count, most int) string {
	shown := names[:min(len(names), most)]
	if len(shown) == 0 {
		if count > 0 {
			return plural(count, "author")
		}
		return ""
	}
	cleaned := make([]string, len(shown))
	for i, n := range shown {
		cleaned[i] = clean(n)
	}
	text := strings.Join(cleaned, ", ")
	if rest := max(count, len(names)) - len(shown); rest > 0 {
		text += fmt.Sprintf(" and %d more", rest)
	}
	return text
}

// paperText writes a paper as Markdown, in which other people's words are words
// only; formulas are Unicode, as on its page.
func paperText(p *Paper) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", prose(p.Title, true))
	fact := func(name string, values ...string) {
		var kept []string
		for _, v := range values {
			if v = clean(v); broadsheet.ValidURL(v) {
				kept = append(kept, "<"+commonmark.Destination(v)+">")
			} else if v != "" {
				kept = append(kept, commonmark.Escape(v, false))
			}
		}
		if len(kept) > 0 {
			fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(kept, ", "))
		}
	}
	fact("id", p.ID)
	if p.Withdrawn {
		fact("withdrawn", "its authors took it back")
	}
	fact("authors", authorsText(p.Authors, p.AuthorCount, len(p.Authors)))
	fact("organisations", p.Organizations...)
	fact("categories", p.Categories...)
	fact("keywords", p.Keywords...)
	fact("published", p.Published)
	if p.Updated != p.Published {
		fact("updated", p.Updated)
	}
	fact("announced", p.Announced)
	fact("featured here", p.Featured)
	if p.Versions > 1 {
		fact("versions", fmt.Sprint(p.Versions))
	}
	if p.Votes > 0 || p.Comments > 0 {
		fact("votes", fmt.Sprint(p.Votes))
		fact("comments", fmt.Sprint(p.Comments))
	}
	fact("note", p.Note)
	fact("journal", p.Journal)
	fact("doi", p.DOI)
	fact("licence", p.License)
	fact("page", p.Page)
	fact("source", p.Source)
	fact("pdf", p.PDF)
	fact("code", p.Code...)
	fact("project", p.Project...)
	if p.TLDR != "" {
		fmt.Fprintf(&b, "\nIn short: %s\n", prose(p.TLDR, false))
	}
	if p.Abstract != "" {
		fmt.Fprintf(&b, "\n%s\n", prose(p.Abstract, true))
	}
	return b.String()
}

// prose is a source's text in Markdown.
func prose(text string, start bool) string {
	return commonmark.Escape(tex.Plain(clean(text)), start)
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// clean puts text on one line and takes out what is not seen: control and
// direction characters, which can hide words from who looks over a model's
// shoulder.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r == unicode.ReplacementChar:
			return -1
		case unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d': // joiners are letters' business
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// named is a copy that names at most so many authors.
func (p *Paper) named(most int) Paper {
	out := *p
	out.AuthorCount = max(p.AuthorCount, len(p.Authors))
	out.Authors = p.Authors[:min(most, len(p.Authors))]
	return out
}

// clean cleans all of a paper's text.
func (p *Paper) clean() {
	for _, s := range []*string{&p.ID, &p.Title, &p.TLDR, &p.Abstract, &p.Page, &p.Source, &p.PDF, &p.DOI, &p.Journal, &p.Note, &p.License} {
		*s = clean(*s)
	}
	for _, l := range []*[]string{&p.Authors, &p.Organizations, &p.Categories, &p.Keywords, &p.Code, &p.Project} {
		cleaned := make([]string, len(*l))
		for i, s := range *l {
			cleaned[i] = clean(s)
		}
		*l = cleaned
	}
}
