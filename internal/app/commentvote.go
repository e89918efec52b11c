package app

import (
	"context"

	"broadsheet"
	"broadsheet/internal/store"
)

// VoteComment says that a comment is helpful (1), that it is not (-1), or takes
// back what was said (0), and gives how many say each.
func (a *App) VoteComment(ctx context.Context, by Actor, token string, value int) (ups, downs int, err error) {
	if err := a.may(by, RightVote); err != nil {
		return 0, 0, err
	}
	if value < -1 || value > 1 {
		return 0, 0, broadsheet.InvalidField("vote", "means nothing here", "use 1, -1, or 0 to take it back")
	}
	rules, err := a.countVote(ctx, by)
	if err != nil {
		return 0, 0, err
	}
	return a.store.VoteComment(ctx, store.CommentVote{Token: token, Account: by.id(), At: a.now(), Value: value, Counts: true, PerHour: rules.VotesPerHour})
}

// React answers a comment without words, or takes that back, and gives how many
// gave which reaction.
func (a *App) React(ctx context.Context, by Actor, token string, reaction broadsheet.Reaction, back bool) ([]broadsheet.ReactionCount, error) {
	if err := a.may(by, RightVote); err != nil {
		return nil, err
	}
	if !broadsheet.IsReaction(reaction) {
		return nil, broadsheet.InvalidField("reaction", "is none of those that there are", "use heart, party, think, eyes or thanks")
	}
	if _, err := a.countVote(ctx, by); err != nil {
		return nil, err
	}
	return a.store.React(ctx, store.CommentVote{Token: token, Account: by.id(), At: a.now(), Reaction: reaction, Back: back})
}
