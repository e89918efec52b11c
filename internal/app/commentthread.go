package app

import (
	"context"

	"broadsheet"
)

// CommentsOnPage is how many comments stand on one page.
const CommentsOnPage = 1000

// maxDiscussion bounds what is read of one discussion.
const maxDiscussion = 50_000

// Discussion is what was said about a paper, or a page of it.
type Discussion struct {
	Paper       string
	Sort        broadsheet.CommentSort
	Page, Pages int
	Total       int  // comments that are shown
	Locked      bool // only moderators may go on
	Flat        []*Said
	Threads     []*Said // the same, each with its answers
}

// Said is a comment in its place.
type Said struct {
	broadsheet.Comment
	Depth    int                      // from 0
	Author   bool                     // of the paper: the claim was accepted
	Org      *broadsheet.Organization // that who wrote it is a member of, the first
	New      bool                     // who wrote it is new here
	Readable bool                     // the reader may see what it says
	Own      bool                     // the reader wrote it
	Mark     CommentMark              // what the reader gave
	To       *Said                    // what it answers, where that does not stand right above
	Replies  []*Said
}

// Discussion reads what was said about a paper, as the actor may see it. Page
// counts from 1. It is NotFound for a paper that is not here.
func (a *App) Discussion(ctx context.Context, by Actor, paper string, sort broadsheet.CommentSort, page int) (*Discussion, error) {
	id, _, err := broadsheet.ParseID(paper)
	if err != nil {
		return nil, err
	}
	switch sort {
	case "":
		sort = broadsheet.CommentsBest
	case broadsheet.CommentsBest, broadsheet.CommentsNewest, broadsheet.CommentsOldest:
	default:
		return nil, broadsheet.InvalidField("sort", "means nothing here", "use best, newest or oldest")
	}
	d := &Discussion{Paper: id, Sort: sort, Page: max(1, page)}
	state, err := a.store.PaperState(ctx, id)
	if err != nil {
		return nil, err
	}
	if !state.HiddenAt.IsZero() && !by.Is(broadsheet.RoleModerator) {
		return nil, broadsheet.Errorf(broadsheet.NotFound, "there is no paper %s here", id)
	}
	d.Locked = !state.LockedAt.IsZero()
	all, err := a.store.Comments(ctx, id, CommentsOnPage+1)
	if err != nil || len(all) == 0 {
		return d, err
	}
	long := len(all) > CommentsOnPage
	if long {
		if all, err = a.store.CommentOutline(ctx, id, maxDiscussion); err != nil {
			return nil, err
		}
	}
	keep := make([]bool, len(all))
	for i := range all {
		c := &all[i]
		keep[i] = c.State == broadsheet.CommentHidden || readable(by, c)
		if c.State == broadsheet.CommentShown {
			d.Total++
		}
	}
	places := ordered(all, keep, sort)
	d.Pages = max(1, (len(places)+CommentsOnPage-1)/CommentsOnPage)
	from := min((d.Page-1)*CommentsOnPage, len(places))
	places = places[from:min(from+CommentsOnPage, len(places))]
	if err := a.fill(ctx, by, d, all, places); err != nil || !long {
		return d, err
	}
	return d, a.fillTexts(ctx, d)
}

// readable tells whether an actor may read what a comment says.
func readable(by Actor, c *broadsheet.Comment) bool {
	switch c.State {
	case broadsheet.CommentShown:
		return true
	case broadsheet.CommentHeld:
		return by.id() == c.By.ID || by.Is(broadsheet.RoleModerator)
	case broadsheet.CommentHidden:
		return by.Is(broadsheet.RoleModerator)
	}
	return false
}

// fill puts comments at their places, and says what each is to the reader.
func (a *App) fill(ctx context.Context, by Actor, d *Discussion, all []broadsheet.Comment, places []place) error {
	rules, err := a.Rules(ctx)
	if err != nil {
		return err
	}
	accounts := make([]int64, len(places))
	for i, p := range places {
		accounts[i] = all[p.index].By.ID
	}
	orgs, err := a.Affiliations(ctx, accounts)
	if err != nil {
		return err
	}
	authors, err := a.claimedAuthors(ctx, d.Paper)
	if err != nil {
		return err
	}
	var marks map[int64]CommentMark
	if by.SignedIn() {
		if marks, err = a.store.CommentMarks(ctx, by.id(), d.Paper); err != nil {
			return err
		}
	}
	said := make([]Said, len(places))
	at := make(map[string]*Said, len(places))
	var above [maxDepth]*Said
	for i, p := range places {
		x := &said[i]
		x.Comment, x.Depth = all[p.index], p.depth
		x.Readable = readable(by, &x.Comment)
		if !x.Readable {
			x.HTML = ""
		}
		x.Author, x.Own, x.Mark = authors[x.By.ID], by.SignedIn() && by.id() == x.By.ID, marks[x.ID]
		if of := orgs[x.By.ID]; len(of) > 0 {
			x.Org = &of[0]
		}
		x.New = x.By.Role == broadsheet.RoleMember && a.isNew(&rules, x.By.Since)
		at[x.Token] = x
		d.Flat = append(d.Flat, x)
		var up *Said
		if p.depth > 0 {
			up = above[p.depth-1]
		}
		if up != nil {
			up.Replies = append(up.Replies, x)
		} else {
			d.Threads = append(d.Threads, x)
		}
		above[p.depth] = x
		for deeper := p.depth + 1; deeper < maxDepth; deeper++ {
			above[deeper] = nil
		}
		if x.Parent != "" && (up == nil || up.Token != x.Parent) {
			if x.To = at[x.Parent]; x.To == nil { // on another page
				x.To = &Said{Comment: broadsheet.Comment{Token: x.Parent}}
			}
		}
	}
	return nil
}

func (a *App) fillTexts(ctx context.Context, d *Discussion) error {
	var ids []int64
	for _, x := range d.Flat {
		if x.Readable {
			ids = append(ids, x.ID)
		}
	}
	texts, err := a.store.CommentTexts(ctx, ids)
	for _, x := range d.Flat {
		x.HTML = texts[x.ID]
	}
	return err
}
