package app

import (
	"context"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

// Vote gives the actor's vote to a paper, found by any of its ids in any
// spelling, or takes it back. Doing it again changes nothing. It is NotFound for a
// paper that is not here or hidden, Conflict for a vote on a withdrawn one, and
// Limited for who votes more often than the rules allow.
func (a *App) Vote(ctx context.Context, by Actor, paper string, up bool) (broadsheet.Voted, error) {
	var none broadsheet.Voted
	if err := a.may(by, RightVote); err != nil {
		return none, err
	}
	id, _, err := broadsheet.ParseID(paper)
	if err != nil {
		return none, err
	}
	if _, err := a.countVote(ctx, by); err != nil {
		return none, err
	}
	return a.store.PutVote(ctx, store.Ballot{Account: by.id(), Paper: id, Up: up, Counts: true, At: a.now(), Client: by.Client})
}

// countVote counts a vote or reaction, given or taken back, and gives the rules
// of the site. It is Limited for who votes more often than they allow.
func (a *App) countVote(ctx context.Context, by Actor) (broadsheet.Rules, error) {
	rules, err := a.Rules(ctx)
	if err == nil && !a.votes.takeOf(by.Name(), rules.VotesPerHour, a.now()) {
		err = &broadsheet.Error{Kind: broadsheet.Limited, Text: "that is more votes than one person gives in an hour", Fix: "go on in a while"}
	}
	return rules, err
}

// voteWindow is the time in which votes are limited.
const voteWindow = time.Hour

// VotedFor tells for which of the papers the actor has a vote; none for anybody.
func (a *App) VotedFor(ctx context.Context, by Actor, papers []broadsheet.Paper) (map[string]bool, error) {
	if !by.SignedIn() || len(papers) == 0 {
		return nil, nil
	}
	ids := make([]string, len(papers))
	for i := range papers {
		ids[i] = papers[i].ID
	}
	return a.store.VotedFor(ctx, by.id(), ids)
}

// VotersPage is how many voters stand on a page.
const VotersPage = 100

// Voters are a paper with those who voted for it here, the latest first. Votes
// counted elsewhere have no names here; Paper.ImportedVotes says how many.
func (a *App) Voters(ctx context.Context, paper string, page int) (*broadsheet.Paper, []broadsheet.Vote, error) {
	id, _, err := broadsheet.ParseID(paper)
	if err != nil {
		return nil, nil, err
	}
	p, err := a.store.Paper(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	last := max(1, (p.Votes+VotersPage-1)/VotersPage)
	if page < 1 || page > last {
		return nil, nil, broadsheet.InvalidField("page", "there is no such page", "use one that is linked")
	}
	votes, err := a.store.Voters(ctx, p.ID, (page-1)*VotersPage, VotersPage)
	return &p, votes, err
}
