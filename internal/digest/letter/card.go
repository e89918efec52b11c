package letter

import (
	"cmp"
	"strings"

	"broadsheet"
	"broadsheet/internal/lib/tex"
)

// card is a paper as it stands in a mail, made once for an edition.
type card struct {
	id         string
	title      string
	lead, html piece // as the first paper, and as any other
	text       piece
}

// facts are what a card says, in plain text on one line each.
type facts struct {
	Path, Title, By, Org, Why string // Path is the whole address
	Text                      string // TL;DR or the beginning of the abstract
	Votes, Comments           string // "12 votes", "" for none
	Code, Stars               string // address, "1.2k"
	Lead                      bool
}

const (
	authorsShown = 3   // by name
	tldrLength   = 400 // characters
	textLength   = 320 // characters of an abstract
	leadLength   = 520 // of the first paper's
	titleLength  = 300
	nameLength   = 80
)

func (w *Writer) card(p *broadsheet.Paper, pick *broadsheet.Pick) (*card, error) {
	f := w.facts(p, pick)
	c := &card{id: p.ID, title: f.Title}
	var err error
	if c.html, err = rendered("card", f); err != nil {
		return nil, err
	}
	f.Lead = true
	if p.TLDR == "" {
		f.Text = excerpt(plain(p.Abstract), leadLength)
	}
	if c.lead, err = rendered("card", f); err != nil {
		return nil, err
	}
	c.text = newPiece(f.textCard())
	return c, nil
}

func (w *Writer) facts(p *broadsheet.Paper, pick *broadsheet.Pick) facts {
	f := facts{Path: w.o.Base + w.o.Links.Paper(p.ID), Title: cmp.Or(clip(plain(p.Title), titleLength), p.ID), By: byline(p)}
	if len(p.Organizations) > 0 {
		f.Org = clip(line(p.Organizations[0].Name), nameLength)
	} else if c := p.PrimaryCategory(); c != "" {
		f.Org = cmp.Or(w.o.Subject(c), line(c))
	}
	votes := p.VoteCount()
	if pick != nil {
		// As they were when it was picked: an attempt is the same mail again.
		f.Why, votes = clip(line(pick.Why), nameLength), pick.Score
	}
	if f.Why == f.Org {
		f.Why = ""
	}
	if p.TLDR != "" {
		f.Text = excerpt(plain(p.TLDR), tldrLength)
	} else {
		f.Text = excerpt(plain(p.Abstract), textLength)
	}
	if votes > 0 {
		f.Votes = plural(votes, "vote")
	}
	if n := p.CommentCount(); n > 0 {
		f.Comments = plural(n, "comment")
	}
	if l := p.Link(broadsheet.LinkCode); l != nil && broadsheet.ValidURL(l.URL) {
		f.Code = l.URL
		if l.Stars > 0 {
			f.Stars = short(l.Stars)
		}
	}
	return f
}

// byline names the first authors and counts the rest.
func byline(p *broadsheet.Paper) string {
	count := max(p.AuthorCount, len(p.Authors))
	shown := min(authorsShown, len(p.Authors))
	if count == shown+1 && len(p.Authors) == count {
		shown++ // "and 1 more" is no shorter than the name
	}
	if shown == 0 {
		if count == 0 {
			return ""
		}
		return plural(count, "author")
	}
	names := make([]string, shown)
	for i := range names {
		names[i] = clip(line(p.Authors[i].Name), nameLength)
	}
	switch {
	case count > shown:
		return strings.Join(names, ", ") + " and " + number(count-shown) + " more"
	case shown == 1:
		return names[0]
	}
	return strings.Join(names[:shown-1], ", ") + " and " + names[shown-1]
}

// plain is text with TeX as one line of plain text.
func plain(s string) string { return line(tex.Plain(s)) }
