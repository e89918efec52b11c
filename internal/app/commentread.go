package app

import (
	"context"
	"slices"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

// CommentPlace is where a comment stands: the paper, and the page of its
// discussion in the order that is usual.
func (a *App) CommentPlace(ctx context.Context, token string) (paper string, page int, err error) {
	c, err := a.store.Comment(ctx, token)
	if err != nil {
		return "", 0, err
	}
	n, err := a.store.CommentCount(ctx, c.Paper, CommentsOnPage+1)
	if err != nil || n <= CommentsOnPage {
		return c.Paper, 1, err
	}
	all, err := a.store.CommentOutline(ctx, c.Paper, maxDiscussion)
	if err != nil {
		return "", 0, err
	}
	keep := make([]bool, len(all))
	for i := range all {
		keep[i] = all[i].State == broadsheet.CommentHidden || all[i].State == broadsheet.CommentShown
	}
	i := slices.IndexFunc(ordered(all, keep, broadsheet.CommentsBest), func(p place) bool { return all[p.index].Token == token })
	return c.Paper, max(0, i)/CommentsOnPage + 1, nil
}

// CommentToEdit is a comment with the text that its author wrote, for the author.
func (a *App) CommentToEdit(ctx context.Context, by Actor, token string) (*broadsheet.Comment, error) {
	if err := a.may(by, RightComment); err != nil {
		return nil, err
	}
	c, err := a.store.Comment(ctx, token)
	switch {
	case err != nil:
		return nil, err
	case c.By.ID != by.id():
		return nil, &broadsheet.Error{Kind: broadsheet.Denied, Text: "somebody else wrote this", Fix: "answer it instead"}
	case c.State == broadsheet.CommentDeleted:
		return nil, broadsheet.Errorf(broadsheet.NotFound, "this comment was deleted")
	}
	return &c, nil
}

// CommentToAnswer is a comment that the actor may answer.
func (a *App) CommentToAnswer(ctx context.Context, by Actor, token string) (*broadsheet.Comment, error) {
	if err := a.may(by, RightComment); err != nil {
		return nil, err
	}
	c, err := a.store.Comment(ctx, token)
	if err == nil && c.State != broadsheet.CommentShown {
		err = broadsheet.Errorf(broadsheet.NotFound, "this comment is gone")
	}
	if err != nil {
		return nil, err
	}
	return &c, a.notHidden(ctx, by, c.Paper)
}

// notHidden is NotFound for a paper that moderators hid.
func (a *App) notHidden(ctx context.Context, by Actor, paper string) error {
	state, err := a.store.PaperState(ctx, paper)
	if err == nil && !state.HiddenAt.IsZero() && !by.Is(broadsheet.RoleModerator) {
		err = noComment
	}
	return err
}

var noComment = broadsheet.Errorf(broadsheet.NotFound, "there is no such comment")

// CommentHistory is a comment as it is and as it was before each edit, the oldest
// first, for whoever may read it.
func (a *App) CommentHistory(ctx context.Context, by Actor, token string) (*broadsheet.Comment, []broadsheet.CommentEdit, error) {
	c, err := a.store.Comment(ctx, token)
	if err != nil {
		return nil, nil, err
	}
	if !readable(by, &c) {
		return nil, nil, noComment
	}
	if err := a.notHidden(ctx, by, c.Paper); err != nil {
		return nil, nil, err
	}
	edits, err := a.store.CommentEdits(ctx, c.ID)
	return &c, edits, err
}

// LatestPage is how many of the latest comments stand on a page.
const LatestPage = 50

// Latest are the latest comments of the site or of one paper, the newest first,
// and the title of each one's paper.
type Latest struct {
	Comments []broadsheet.Comment
	Titles   map[string]string
	Updated  time.Time // of the newest, zero for none
}

// LatestComments reads the latest comments; paper is "" for all.
func (a *App) LatestComments(ctx context.Context, paper string, limit int) (*Latest, error) {
	if paper != "" {
		id, _, err := broadsheet.ParseID(paper)
		if err != nil {
			return nil, err
		}
		p, err := a.store.Paper(ctx, id)
		if err != nil {
			return nil, err
		}
		if err := a.notHidden(ctx, Actor{}, p.ID); err != nil {
			return nil, err
		}
		paper = p.ID
	}
	l := &Latest{Titles: map[string]string{}}
	var err error
	if l.Comments, err = a.store.LatestComments(ctx, store.CommentQuery{Paper: paper, Limit: limit}); err != nil {
		return nil, err
	}
	var ids []string
	for i := range l.Comments {
		c := &l.Comments[i]
		if _, ok := l.Titles[c.Paper]; !ok {
			l.Titles[c.Paper] = ""
			ids = append(ids, c.Paper)
		}
		for _, at := range []time.Time{c.CreatedAt, c.EditedAt} {
			if at.After(l.Updated) {
				l.Updated = at
			}
		}
	}
	papers, err := a.store.Papers(ctx, ids)
	for i := range papers {
		l.Titles[papers[i].ID] = papers[i].Title
	}
	return l, err
}
