package web

import (
	"cmp"
	"html/template"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
)

// card is a paper in a list.
type card struct {
	Path    string
	Title   template.HTML
	Rank    int    // by votes, 1 to 3; 0 for none
	Unit    string // of the list in which it has that rank: "day"
	New     bool
	Seen    int64 // Unix time from which readers could see it; 0 where that is long ago
	Org     *badge
	Subject string        // name of the first category, where there is no organisation
	Authors []author      // the first
	Rest    string        // "and 7 more", "4 authors"
	Text    template.HTML // TL;DR or the beginning of the abstract
	Body    template.HTML // of the lead: the beginning of the abstract under the TL;DR
	Long    bool          // Body is enough to be cut where its columns end
	Picture *app.Picture
	More    bool // the paper's page has an abstract to open
	Gone    bool // the authors have withdrawn it

	Ballot    ballot
	Pick      string // what a curator's button does: "feature", "unfeature"; "" for other readers
	Comments  int
	Code      *codeLink
	Submitter *badge
	Published string
}

// badge is a name with its page and picture.
type badge struct {
	Name, Path string
	Picture    *app.Picture
}

// codeLink leads to a paper's code.
type codeLink struct {
	URL   string
	Stars string // "1.2k", "" for none
}

const (
	authorsShown = 3              // on a card
	newFor       = 24 * time.Hour // without a script that knows the last visit
	seenFor      = 30 * 24 * time.Hour
	tldrLength   = 400  // characters: a TL;DR that is longer is none
	leadLength   = 1800 // characters of the lead's abstract: it ends where the two papers beside it do, which has room for 1,500
	longBody     = 700  // from here on it fills its place at any width
)

// cards shows papers at a moment.
func (w *Web) cards(l *app.Listing, now time.Time) []card {
	out := make([]card, len(l.Papers))
	for i := range l.Papers {
		out[i] = w.card(&l.Papers[i], l, now)
	}
	return out
}

func (w *Web) card(p *broadsheet.Paper, l *app.Listing, now time.Time) card {
	c := card{Path: address.Paper(p.ID), Title: w.typeset.inline(p.Title), Rank: l.Ranks[p.ID], Unit: string(l.List.Kind),
		Ballot: ballotOf(p, l.Voted[p.ID]), Comments: p.CommentCount(), Code: codeOf(p), Published: date(p.PublishedAt), Picture: l.Pictures.Thumbnail(p), More: p.Abstract != "", Gone: p.Withdrawn}
	if age := now.Sub(p.SeenAt); !p.SeenAt.IsZero() && age < seenFor {
		c.Seen, c.New = p.SeenAt.Unix(), age < newFor
	}
	if len(p.Organizations) > 0 && l.List.Kind != broadsheet.ListOrganization {
		o := &p.Organizations[0]
		c.Org = &badge{Name: o.Name, Path: address.List(broadsheet.ListOrganization, o.Key), Picture: l.Pictures.Avatar(o.AvatarURL)}
	} else if cat := p.PrimaryCategory(); cat != "" {
		c.Subject = cmp.Or(app.CategoryName(cat), cat)
	}
	if l.Curates {
		c.Pick = w.pick(p)
	}
	c.Authors, c.Rest = byline(p)
	text := cmp.Or(p.TLDR, p.Abstract)
	length := excerptLength
	if p.TLDR != "" {
		length = tldrLength
	}
	c.Text = w.typeset.inline(excerpt(text, length))
	if f := featureOf(p, l.From, l.To); f != nil && l.List.Kind != broadsheet.ListSubmitter {
		c.Submitter = submitter(f.Submitter)
	}
	return c
}

// lead gives the first card more text: under a TL;DR, or the abstract's first
// sentences, more of the abstract.
func (w *Web) lead(c *card, p *broadsheet.Paper) {
	head, rest := p.TLDR, p.Abstract
	if head == "" {
		head, rest = opening(p.Abstract, excerptLength)
	}
	if head != "" && rest != "" {
		body := excerpt(rest, leadLength-len(head))
		c.Text, c.Body, c.Long = w.typeset.inline(excerpt(head, tldrLength)), w.typeset.inline(body), len(body) >= longBody
	}
}

// featureOf is the feature by which a paper is in a list of those days: the first
// within them, else, also for lists of no days, the latest; nil for none. What is
// featured again later leaves old pages as they were.
func featureOf(p *broadsheet.Paper, from, to broadsheet.Day) *broadsheet.Feature {
	for i := range p.Features {
		if f := &p.Features[i]; from != "" && f.Day >= from && f.Day <= to {
			return f
		}
	}
	if n := len(p.Features); n > 0 {
		return &p.Features[n-1]
	}
	return nil
}

func submitter(p *broadsheet.Person) *badge {
	if p == nil || p.Key == "" {
		return nil
	}
	return &badge{Name: cmp.Or(p.Name, p.Key), Path: address.List(broadsheet.ListSubmitter, p.Key)}
}

func codeOf(p *broadsheet.Paper) *codeLink {
	l := p.Link(broadsheet.LinkCode)
	if l == nil || !broadsheet.ValidURL(l.URL) {
		return nil
	}
	c := &codeLink{URL: l.URL}
	if l.Stars > 0 {
		c.Stars = short(l.Stars)
	}
	return c
}

// byline names the first authors and counts the rest.
func byline(p *broadsheet.Paper) (first []author, rest string) {
	count := max(p.AuthorCount, len(p.Authors))
	shown := min(authorsShown, len(p.Authors))
	if count == shown+1 && len(p.Authors) == count {
		shown++ // "and 1 more" is no shorter than the name
	}
	for i := range shown {
		a := authorOf(&p.Authors[i])
		switch {
		case i > 0 && i == count-1:
			a.Before = " and "
		case i > 0:
			a.Before = ", "
		}
		first = append(first, a)
	}
	switch {
	case count == shown:
		return first, ""
	case shown == 0:
		return nil, plural(count, "author")
	}
	return first, "and " + number(count-shown) + " more"
}

// author is a name with its page and what stands between it and the one before.
type author struct {
	Before, Name, Path, Affiliation string
	Here                            string // handle of the account that is this author
}

func authorOf(a *broadsheet.Author) author {
	out := author{Name: a.Name, Affiliation: a.Affiliation}
	if key := cmp.Or(a.Key, broadsheet.AuthorKey(a.Name)); key != "" {
		out.Path = address.List(broadsheet.ListAuthor, key)
	}
	return out
}
