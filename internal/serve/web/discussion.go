package web

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/lib/markup"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

// talk is what was said about a paper, below its page.
type talk struct {
	Paper      string // public id
	Path       string // of the paper's page
	Feed       string
	Total      int
	Sorts      []choice
	Threads    []statement
	Prev, Next string
	Locked     bool
	Reader     bool   // somebody is signed in
	Writes     bool   // and may go on here
	SignIn     string // path where one signs in and comes back
	Most       int    // bytes of a comment
}

// statement is a comment as pages show it.
type statement struct {
	Token, Name, Path string // Path of its author's page, "" where there is none
	Author            bool
	Org               *choice // an organisation that its author is a member of
	Badge             string
	At                time.Time
	When              string
	Edited            bool
	State             string // in words, "" for what is as it should be
	Body              template.HTML
	Readable          bool
	Votable, Answers  bool
	Own, Reader       bool
	Moderates         bool
	Ups, Downs        int
	Vote              int
	Reactions         []reaction
	To, ToName        string // token of what it answers, where that is not above it
	Replies           []statement
}

// reaction is a sign that people gave to a comment.
type reaction struct {
	Key, Sign, Name string
	Count           int
	Given           bool // by the reader
}

var signs = map[broadsheet.Reaction]reaction{
	"heart": {Sign: "❤", Name: "Heart"}, "party": {Sign: "🎉", Name: "Hooray"}, "think": {Sign: "🤔", Name: "Thinking"},
	"eyes": {Sign: "👀", Name: "Looking"}, "thanks": {Sign: "🙏", Name: "Thanks"},
}

// nobody is who wrote a comment whose account is gone.
const nobody = "somebody who left"

// talkSheet is the style sheet of discussions: no list of papers needs it.
func (w *Web) talkSheet() string { return w.assets.URL("talk.css") }

// discussion reads the discussion below a paper's page.
func (w *Web) discussion(ctx context.Context, r *http.Request, paper string) (*talk, error) {
	q := r.URL.Query()
	sort, err := one(r, "sort", "best", "newest", "oldest")
	if err != nil {
		return nil, err
	}
	page := 1
	if text := q.Get("page"); text != "" {
		if page, err = strconv.Atoi(text); err != nil || page < 1 || page > 1000 {
			return nil, broadsheet.InvalidField("page", "there is no such page", "leave it out")
		}
	}
	by := app.ActorOf(ctx)
	d, err := w.app.Discussion(ctx, by, paper, broadsheet.CommentSort(sort), page)
	if err != nil {
		return nil, err
	}
	path := address.Paper(paper)
	t := &talk{Paper: paper, Path: path, Feed: "/comments.atom?" + url.Values{"paper": {paper}}.Encode(), Total: d.Total, Locked: d.Locked, Reader: by.SignedIn(),
		Writes: app.Allowed(by, app.RightComment) == nil && (!d.Locked || by.Is(broadsheet.RoleModerator)), Most: app.MaxComment,
		SignIn: signInPath + "?" + url.Values{"next": {path + "#discussion"}, "to": {string(app.RightComment)}}.Encode()}
	at := func(sort broadsheet.CommentSort, page int) string {
		q := url.Values{}
		if sort != broadsheet.CommentsBest {
			q.Set("sort", string(sort))
		}
		if page > 1 {
			q.Set("page", strconv.Itoa(page))
		}
		if len(q) == 0 {
			return path + "#discussion"
		}
		return path + "?" + q.Encode() + "#discussion"
	}
	if len(d.Flat) > 1 {
		for _, s := range []broadsheet.CommentSort{broadsheet.CommentsBest, broadsheet.CommentsNewest, broadsheet.CommentsOldest} {
			t.Sorts = append(t.Sorts, choice{Name: map[broadsheet.CommentSort]string{"best": "Best", "newest": "Newest", "oldest": "Oldest"}[s], Path: at(s, 1), Here: s == d.Sort})
		}
	}
	if d.Page > 1 {
		t.Prev = at(d.Sort, d.Page-1)
	}
	if d.Page < d.Pages {
		t.Next = at(d.Sort, d.Page+1)
	}
	v := statements{now: w.app.Now(), reader: t.Reader, answers: !t.Reader && !d.Locked || t.Writes, mod: by.Is(broadsheet.RoleModerator)}
	t.Threads = v.all(d.Threads)
	return t, nil
}

// commentsSaid says where a paper's comments are, "" for none: below its page
// stand those from here.
func commentsSaid(p *broadsheet.Paper) string {
	switch {
	case p.CommentCount() == 0:
		return ""
	case p.ImportedComments == 0:
		return number(p.Comments)
	case p.Comments == 0:
		return number(p.ImportedComments) + " elsewhere"
	}
	return number(p.Comments) + " here, " + number(p.ImportedComments) + " elsewhere"
}

// statements makes comments ready to be shown.
type statements struct {
	now     time.Time
	reader  bool
	answers bool // may be written here
	mod     bool // the reader is a moderator
}

func (v *statements) all(said []*app.Said) []statement {
	out := make([]statement, len(said))
	for i, x := range said {
		out[i] = v.one(x)
		out[i].Replies = v.all(x.Replies) // no deeper than discussions are shown
	}
	return out
}

func (v *statements) one(x *app.Said) statement {
	m := v.of(&x.Comment)
	m.Readable, m.Author, m.Own, m.Vote = x.Readable, x.Author, x.Own, x.Mark.Vote
	if x.Org != nil {
		m.Org = &choice{Name: x.Org.Name, Path: membersPath(x.Org.Key)}
	}
	if m.Badge == "" && x.New {
		m.Badge = "new here"
	}
	m.Votable = x.State == broadsheet.CommentShown && !x.Own
	m.Answers = x.State == broadsheet.CommentShown && v.answers
	for i := range m.Reactions {
		for _, mine := range x.Mark.Reactions {
			m.Reactions[i].Given = m.Reactions[i].Given || m.Reactions[i].Key == string(mine)
		}
	}
	if x.To != nil {
		m.To, m.ToName = x.To.Token, x.To.By.ShownName()
		if m.ToName == "" || x.To.By.Gone() || !x.To.Readable {
			m.ToName = "an earlier comment"
		}
	}
	return m
}

// of is what a comment shows anywhere.
func (v *statements) of(c *broadsheet.Comment) statement {
	m := statement{Token: c.Token, Name: c.By.ShownName(), Path: "/people/" + c.By.Name, At: c.CreatedAt, When: since(v.now, c.CreatedAt), Edited: !c.EditedAt.IsZero(),
		Readable: true, Reader: v.reader, Moderates: v.mod, Ups: c.Ups, Downs: c.Downs, Body: commentHTML(c.HTML)}
	switch {
	case c.By.Gone():
		m.Name, m.Path = nobody, ""
	case c.By.Role == broadsheet.RoleModerator || c.By.Role == broadsheet.RoleAdmin:
		m.Badge = "moderator"
	}
	switch c.State {
	case broadsheet.CommentHeld:
		m.State = "Waits for a moderator; others do not see it yet."
	case broadsheet.CommentHidden:
		m.State = "Hidden by a moderator."
	case broadsheet.CommentDeleted:
		m.State = "Deleted by its author."
	}
	for _, n := range c.Reactions {
		s := signs[n.Reaction]
		s.Key, s.Count = string(n.Reaction), n.Count
		m.Reactions = append(m.Reactions, s)
	}
	return m
}

// commentHTML is the only place where what people wrote becomes markup: it was
// made by package markup when it was written.
func commentHTML(html string) template.HTML {
	return template.HTML(html) // #nosec G203 -- markup of package markup, held against hostile text by its FuzzHTML
}

// since says when something was: as a span of time within two days, else as a date.
func since(now, at time.Time) string {
	if d := now.Sub(at); d < 48*time.Hour {
		return ago(d) + " ago"
	}
	return at.In(now.Location()).Format("2 Jan 2006")
}

// latestPage are the latest comments of the site, or on one paper.
type latestPage struct {
	Frame frame
	Name  string // of the paper, "" for all
	Path  string
	Feed  string
	Items []latestItem
}

type latestItem struct {
	statement
	Title, PaperPath, Excerpt string
}

// latest shows the latest comments.
func (w *Web) latest(rw http.ResponseWriter, r *http.Request) error {
	paper := r.URL.Query().Get("paper")
	l, err := w.app.LatestComments(r.Context(), paper, app.LatestPage)
	if err != nil {
		return err
	}
	p, query := latestPage{Frame: w.frame("Latest comments", "What readers of "+w.name+" say about papers.", "/comments")}, ""
	if paper != "" {
		v, err := w.app.Paper(r.Context(), paper)
		if err != nil {
			return err
		}
		p.Name, p.Path = plain(v.Title), address.Paper(v.ID)
		p.Frame.NoIndex, query = true, "?"+url.Values{"paper": {v.ID}}.Encode()
	}
	p.Feed, p.Frame.Sheet = "/comments.atom"+query, w.talkSheet()
	p.Frame.Feeds = &feedLinks{Atom: p.Feed, RSS: "/comments.rss" + query, JSON: "/comments.json" + query}
	v := statements{now: w.app.Now()}
	for i := range l.Comments {
		c := &l.Comments[i]
		item := latestItem{statement: v.of(c), PaperPath: address.Paper(c.Paper), Excerpt: markup.Excerpt(c.Plain, 280)}
		if paper == "" && (i == 0 || l.Comments[i-1].Paper != c.Paper) {
			item.Title = plain(l.Titles[c.Paper]) // once over comments that follow each other
		}
		p.Items = append(p.Items, item)
	}
	return w.render(rw, "comments.html", p)
}

// permalink leads to a comment where it stands: below its paper.
func (w *Web) permalink(rw http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("token")
	if !broadsheet.IsObjectID(token) {
		return broadsheet.Errorf(broadsheet.NotFound, "there is no such comment")
	}
	paper, page, err := w.app.CommentPlace(r.Context(), token)
	if err != nil {
		return err
	}
	path := address.Paper(paper)
	if page > 1 {
		path += "?page=" + strconv.Itoa(page)
	}
	return httpkit.Redirect(rw, r, path+"#c-"+token, http.StatusFound)
}
