package markdown

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"broadsheet"
	"broadsheet/internal/lib/tex"
	"broadsheet/internal/serve/address"
)

const (
	excerpt = 280 // characters of an abstract in a list
	deck    = 400 // of a TL;DR
	authors = 3   // named in a list
)

func (s *Surface) list(l *address.Papers) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n\n%s\n", escape(l.Title, true), s.about(l))
	for i := range l.Papers {
		s.entry(&b, &l.Papers[i])
	}
	if l.Next != "" {
		fmt.Fprintf(&b, "\n[Next page](%s)\n", s.base+destination(address.Form(l.Next, suffix)))
	}
	return b.Bytes()
}

// about says what the list is, in one line.
func (s *Surface) about(l *address.Papers) string {
	var facts []string
	add := func(format string, args ...any) { facts = append(facts, fmt.Sprintf(format, args...)) }
	switch {
	case l.Found != nil && l.Found.Target == nil:
		f := l.Found
		least := ""
		if f.AtLeast {
			least = "at least "
		}
		add("%s%s", least, plural(f.Total, "paper"))
		if f.Corrected != "" {
			add("searched for %s", escape(f.Corrected, false))
		}
		for _, x := range f.Query.Ignored {
			add("about %s: %s", escape(x.Text, false), escape(x.Why, false))
		}
	case l.Listing != nil:
		v := l.Listing
		add("%s", plural(v.Total, "paper"))
		switch v.List.Kind {
		case broadsheet.ListDay, broadsheet.ListWeek, broadsheet.ListMonth, broadsheet.ListHot:
			if v.Featured {
				add("chosen by readers")
			} else if v.Total > 0 {
				add("announced at their sources")
			}
		}
		if n := v.Pages(); n > 1 {
			add("page %d of %d", v.View.Page, n)
		}
	}
	add("[web page](%s)", s.base+destination(l.Path))
	return strings.Join(facts, ", ") + "."
}

// entry is a paper in a list.
func (s *Surface) entry(b *bytes.Buffer, p *broadsheet.Paper) {
	fmt.Fprintf(b, "\n- %s\n", link("**"+strings.TrimSpace(plain(or(p.Title, p.ID), false))+"**", s.base+address.Form(address.Paper(p.ID), suffix)))
	if line := s.line(p); line != "" {
		fmt.Fprintf(b, "  %s\n", line)
	}
	switch {
	case p.TLDR != "":
		fmt.Fprintf(b, "  %s\n", escape(clip(tex.Plain(head(p.TLDR, deck)), deck), true))
	case p.Abstract != "":
		fmt.Fprintf(b, "  %s\n", escape(clip(tex.Plain(head(p.Abstract, excerpt)), excerpt), true))
	}
}

// line is who, when, votes and code.
func (s *Surface) line(p *broadsheet.Paper) string {
	var parts []string
	if by := byline(p, authors, true); by != "" {
		parts = append(parts, by)
	}
	if !p.PublishedAt.IsZero() {
		parts = append(parts, p.PublishedAt.UTC().Format("2006-01-02"))
	}
	if c := p.PrimaryCategory(); c != "" {
		parts = append(parts, escape(c, len(parts) == 0))
	}
	if n := p.VoteCount(); n > 0 {
		parts = append(parts, plural(n, "vote"))
	}
	if l := p.Link(broadsheet.LinkCode); l != nil {
		parts = append(parts, link("code", l.URL))
	}
	if p.Withdrawn {
		parts = append(parts, "withdrawn")
	}
	return strings.Join(parts, " · ")
}

// byline names at most so many authors and counts the others.
func byline(p *broadsheet.Paper, most int, start bool) string {
	count := max(p.AuthorCount, len(p.Authors))
	var names []string
	for i := range p.Authors[:min(most, len(p.Authors))] {
		names = append(names, plain(p.Authors[i].Name, start && i == 0))
	}
	switch rest := count - len(names); {
	case len(names) == 0 && count > 0:
		return plural(count, "author")
	case rest > 0:
		return strings.Join(names, ", ") + " and " + strconv.Itoa(rest) + " more"
	}
	return strings.Join(names, ", ")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

func or(a, b string) string {
	if strings.TrimSpace(a) == "" {
		return b
	}
	return a
}
