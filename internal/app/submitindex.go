package app

import (
	"context"

	"broadsheet"
	"broadsheet/internal/harvest/lookup"
	"broadsheet/internal/store"
)

// IndexPaper brings a paper of arXiv here without featuring it, so that it has a page,
// as clients of Daily Papers APIs ask for it. What is here already is left as it
// is. The rules on who submits hold, and looking it up counts as that.
func (a *App) IndexPaper(ctx context.Context, by Actor, arxiv string) error {
	rules, err := a.maySubmit(ctx, by)
	if err != nil {
		return err
	}
	id, _, ok := broadsheet.ParseArxivID(arxiv)
	if !ok {
		return broadsheet.InvalidField("arxivId", "this is no arXiv id", "write it as 2503.02130")
	}
	t, err := lookup.Parse(id)
	if err != nil {
		return err
	}
	if err := a.taken(ctx, &broadsheet.Paper{ID: t.ID}); err != nil {
		return err
	}
	here, err := a.store.Papers(ctx, []string{t.ID})
	if err != nil || len(here) > 0 && whole(&here[0]) {
		return err
	}
	if err := a.lookups.take(by.Name(), a.now()); err != nil {
		return err
	}
	select {
	case a.waiting <- struct{}{}:
		defer func() { <-a.waiting }()
	default:
		return errBusyDesk
	}
	within, cancel := context.WithTimeout(ctx, a.desk.Patience)
	defer cancel()
	f, err := a.desk.Find(within, t)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && lookup.Temporary(err):
		return &broadsheet.Error{Kind: broadsheet.Unavailable, Text: "arXiv has not answered", Fix: "try again in a minute", Err: err}
	case err != nil:
		return err
	}
	if err := a.refusal(ctx, by, &broadsheet.Rules{BlockedDomains: rules.BlockedDomains}, &SubmissionView{Card: &f.Paper}); err != nil {
		return err
	}
	_, err = a.store.Put(ctx, store.Batch{Papers: []broadsheet.Paper{f.Paper}, At: a.now()})
	return err
}

var errBusyDesk = &broadsheet.Error{Kind: broadsheet.Unavailable, Text: "many papers are being looked up now", Fix: "try again in a minute"}
