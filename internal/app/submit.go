package app

import (
	"context"
	"errors"
	"time"

	"broadsheet"
	"broadsheet/internal/harvest/lookup"
	"broadsheet/internal/lib/clean"
	"broadsheet/internal/store"
)

// Desk is where submitted papers are looked up; nil in Options means that this
// site takes none.
type Desk struct {
	// Find asks the place that knows a paper.
	Find func(ctx context.Context, t lookup.Target) (lookup.Found, error)
	// Later has App.LookUp called for a submission after a while, for good.
	Later func(ctx context.Context, token string, after time.Duration) error
	// Patience is how long a person waits for a place before the search goes on
	// without them, default 7 seconds.
	Patience time.Duration
	// PerHour is how many papers an account may have looked up in an hour, default
	// 30; PerSite all together, default 1,000.
	PerHour, PerSite int
}

// MaxSubmitText is the most bytes that Submit reads.
const MaxSubmitText = lookup.MaxText

const (
	patience = 7 * time.Second
	// lookupSpare is when the job looks after what a person waits for: the program
	// may have ended meanwhile.
	lookupSpare = 30 * time.Second
	// lookupFor is how long a search is tried again.
	lookupFor = time.Hour
	// draftFor is how long what was never sent is kept.
	draftFor = 7 * 24 * time.Hour
	// lookupsAtOnce is how many people may wait for places at a time; more are
	// served by the job.
	lookupsAtOnce = 8
)

// open sets up the desk.
func (a *App) open(d *Desk) {
	if d == nil {
		return
	}
	desk := *d
	if desk.Patience == 0 {
		desk.Patience = patience
	}
	a.desk, a.waiting = &desk, make(chan struct{}, lookupsAtOnce)
	a.lookups = window{each: orDefault(desk.PerHour, 30), all: orDefault(desk.PerSite, 1000), length: time.Hour}
}

var errNoDesk = &broadsheet.Error{Kind: broadsheet.Unavailable, Text: "this site takes no submissions"}

// Submits tells whether papers can be submitted here at all.
func (a *App) Submits() bool { return a.desk != nil }

// Submit begins the submission of the paper that a text names: an id, a DOI, any
// address. Asking again for what is still open gives the same one. Where the
// paper is here nobody is asked; else its source is, and where that takes too
// long the submission comes back in state looking and a job goes on.
func (a *App) Submit(ctx context.Context, by Actor, text string) (broadsheet.Submission, error) {
	var none broadsheet.Submission
	rules, err := a.maySubmit(ctx, by)
	if err != nil {
		return none, err
	}
	t, err := lookup.Parse(text)
	if err != nil {
		return none, err
	}
	if err := blockedAddress(&rules, t.URL); err != nil {
		return none, err
	}
	x := broadsheet.Submission{Token: broadsheet.NewObjectID(), Account: by.id(), Typed: clean.Clip(clean.Line(text), lookup.MaxText), Ident: t.ID, State: broadsheet.SubmissionLooking, AskedAt: a.now()}
	if err := a.taken(ctx, &broadsheet.Paper{ID: t.ID}); err != nil {
		return none, err
	}
	here, err := a.store.Papers(ctx, []string{t.ID})
	if err != nil {
		return none, err
	}
	if len(here) > 0 && whole(&here[0]) {
		if here[0].Withdrawn {
			return none, errTakenBack
		}
		x.State, x.Paper = broadsheet.SubmissionDraft, here[0].ID
		x, _, err = a.store.PutSubmission(ctx, x)
		return x, err
	}
	open, err := a.store.Submissions(ctx, store.SubmissionQuery{Account: by.id(), State: broadsheet.SubmissionLooking, Limit: 1})
	if err != nil {
		return none, err
	}
	if len(open) > 0 && open[0].Ident != t.ID {
		return none, &broadsheet.Error{Kind: broadsheet.Limited, Field: "url", Text: "another paper of yours is still looked for", Fix: "wait until it is found, or take it back"}
	}
	if err := a.lookups.take(by.Name(), a.now()); err != nil {
		return none, err
	}
	// First the job, which does nothing for what is not there: a program that ends
	// between the two leaves no submission that nobody looks for.
	if err := a.desk.Later(ctx, x.Token, lookupSpare); err != nil {
		return none, err
	}
	x, made, err := a.store.PutSubmission(ctx, x)
	if err != nil || !made {
		return x, err
	}
	select {
	case a.waiting <- struct{}{}:
		defer func() { <-a.waiting }()
	default:
		return x, a.desk.Later(ctx, x.Token, 0)
	}
	within, cancel := context.WithTimeout(ctx, a.desk.Patience)
	defer cancel()
	if _, err := a.lookUp(ctx, within, &x, t); err != nil {
		return none, err
	}
	return a.store.Submission(ctx, x.Token)
}

// whole tells whether a paper that is here needs no look at its source: the
// sample's has but a TL;DR.
func whole(p *broadsheet.Paper) bool { return p.Origin > broadsheet.OriginSample }

// taken is an error for a paper that can never be submitted: withdrawn by its
// authors, or hidden by moderators, of which nobody is told more.
func (a *App) taken(ctx context.Context, p *broadsheet.Paper) error {
	if p.Withdrawn {
		return errTakenBack
	}
	for _, id := range append([]broadsheet.SourceID{broadsheet.SplitID(p.ID)}, p.IDs...) {
		switch hidden, err := a.store.Hidden(ctx, id.ID()); {
		case err != nil:
			return err
		case hidden:
			return &broadsheet.Error{Kind: broadsheet.Denied, Text: "this paper is not taken here"}
		}
	}
	return nil
}

var errTakenBack = &broadsheet.Error{Kind: broadsheet.Denied, Field: "url", Text: "this paper was withdrawn by its authors", Fix: "submit another"}

// LookUp goes on with the search for a submission's paper: the job of Desk.Later.
// An error is one of this site's, and worth another attempt.
func (a *App) LookUp(ctx context.Context, token string) error {
	if a.desk == nil {
		return nil
	}
	x, err := a.store.Submission(ctx, token)
	if broadsheet.KindOf(err) == broadsheet.NotFound {
		return nil // pruned
	}
	if err != nil || x.State != broadsheet.SubmissionLooking {
		return err
	}
	t, err := lookup.Parse(x.Typed)
	if err != nil {
		_, err = a.notFound(ctx, &x, err)
		return err
	}
	within, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	again, err := a.lookUp(ctx, within, &x, t)
	if err != nil || again == 0 {
		return err
	}
	return a.desk.Later(ctx, token, again)
}

// lookUp asks a place within a time and records what it said. again is when to
// ask once more, 0 for never.
func (a *App) lookUp(ctx, within context.Context, x *broadsheet.Submission, t lookup.Target) (again time.Duration, err error) {
	f, err := a.desk.Find(within, t)
	switch {
	case ctx.Err() != nil: // the person left, or the program ends: the job looks after it
		return 0, ctx.Err()
	case err == nil:
		return 0, a.found(ctx, x, f)
	}
	if lookup.Temporary(err) && a.now().Sub(x.AskedAt) < lookupFor {
		x.Problem = "its source has not answered yet"
		if !errors.Is(err, context.DeadlineExceeded) {
			x.Problem = saidOf(err)
		}
		so := a.now().Sub(x.AskedAt) // each wait as long as all before: few tries
		again = max(lookup.RetryAfter(err), time.Minute, min(so, lookupFor-so))
		_, err = a.store.EndLookup(ctx, *x) // it goes on; only the words change
		return again, err
	}
	return a.notFound(ctx, x, err)
}

func (a *App) notFound(ctx context.Context, x *broadsheet.Submission, why error) (time.Duration, error) {
	x.State, x.Problem = broadsheet.SubmissionFailed, saidOf(why)
	_, err := a.store.EndLookup(ctx, *x)
	return 0, err
}

// saidOf is an error as a person may read it: without what it wraps.
func saidOf(err error) string {
	var e *broadsheet.Error
	if !errors.As(err, &e) || e.Kind == broadsheet.Internal {
		return "something went wrong here"
	}
	if e.Fix == "" {
		return e.Text
	}
	return e.Text + "; " + e.Fix
}

// found records a paper as its source tells it, or as it is here by another of
// its names.
func (a *App) found(ctx context.Context, x *broadsheet.Submission, f lookup.Found) error {
	if err := a.taken(ctx, &f.Paper); broadsheet.KindOf(err) == broadsheet.Denied && err != nil {
		_, err = a.notFound(ctx, x, err)
		return err
	} else if err != nil {
		return err
	}
	ids := make([]string, len(f.Paper.IDs))
	for i, id := range f.Paper.IDs {
		ids[i] = id.ID()
	}
	here, err := a.store.Papers(ctx, ids)
	if err != nil {
		return err
	}
	x.State, x.Paper, x.Problem, x.Found, x.Missing = broadsheet.SubmissionDraft, f.Paper.ID, "", &f.Paper, f.Missing
	if len(here) > 0 {
		x.Paper = here[0].ID
		if whole(&here[0]) && here[0].Origin >= f.Paper.Origin {
			x.Found, x.Missing = nil, nil
		}
	}
	_, err = a.store.EndLookup(ctx, *x)
	return err
}

// PruneSubmissions removes what was begun a week ago and never sent.
func (a *App) PruneSubmissions(ctx context.Context) error {
	_, err := a.store.PruneSubmissions(ctx, a.now().Add(-draftFor))
	return err
}

// SubmissionView is a submission with what its page needs beside it.
type SubmissionView struct {
	broadsheet.Submission
	Card     *broadsheet.Paper  // the paper as it is or would be here; nil: not found
	Here     bool               // it is here
	Featured broadsheet.Day     // it was on the front page then, "" for never
	Same     []broadsheet.Paper // possibly the same work, which is here
	Pictures Gallery
	Refusal  error // why it may not be sent now; nil: it may
	Rules    broadsheet.Rules
	Own      bool // who asks submitted it
}

// Submission reads a submission, for who submitted it and for curators.
func (a *App) Submission(ctx context.Context, by Actor, token string) (*SubmissionView, error) {
	if err := a.may(by, RightRead); err != nil {
		return nil, err
	}
	x, err := a.store.Submission(ctx, token)
	if err != nil {
		return nil, err
	}
	v := &SubmissionView{Submission: x, Own: x.Account == by.id()}
	if !v.Own && (Allowed(by, RightCurate) != nil || x.SentAt.IsZero()) {
		return nil, broadsheet.Errorf(broadsheet.NotFound, "there is no such submission")
	}
	if v.Rules, err = a.Rules(ctx); err != nil {
		return nil, err
	}
	if err := a.lay(ctx, v); err != nil || v.Card == nil {
		return v, err
	}
	if v.State == broadsheet.SubmissionDraft {
		v.Refusal = a.refusal(ctx, by, &v.Rules, v)
	}
	v.Pictures, err = a.gallery(ctx, []broadsheet.Paper{*v.Card})
	return v, err
}

// lay puts the paper into a view, and what is like it.
func (a *App) lay(ctx context.Context, v *SubmissionView) error {
	if err := a.layCard(ctx, v); err != nil || v.Card == nil || !v.State.Open() {
		return err
	}
	var err error
	v.Same, err = a.sameWork(ctx, v.Card)
	return err
}

// layCard puts the paper into a view, and whether it is here and was on a front page.
func (a *App) layCard(ctx context.Context, v *SubmissionView) error {
	v.Card = v.Found
	if v.Paper == "" {
		return nil
	}
	papers, err := a.store.Papers(ctx, []string{v.Paper})
	if err != nil || len(papers) == 0 {
		return err
	}
	p := &papers[0]
	v.Here = true
	if v.Card == nil {
		v.Card = p
	}
	if n := len(p.Features); n > 0 && whole(p) {
		v.Featured = p.Features[n-1].Day
	}
	return nil
}

// sameWork finds what is here and could be the same work under another id. A site
// without a search, or one that is not ready, finds none.
func (a *App) sameWork(ctx context.Context, p *broadsheet.Paper) ([]broadsheet.Paper, error) {
	words := titleKey(p)
	if words == "" {
		return nil, nil
	}
	q := broadsheet.ParseQuery(words)
	q.Limit, q.Plain = sameAmong, true
	r, err := a.finder.Search(ctx, q)
	if err != nil {
		return nil, ctx.Err()
	}
	f := &Found{Results: *r}
	if err := a.read(ctx, f); err != nil {
		return nil, err
	}
	var out []broadsheet.Paper
	for i := range f.Papers {
		if o := &f.Papers[i]; o.ID != p.ID && alike(p, o) && len(out) < 3 {
			out = append(out, *o)
		}
	}
	return out, nil
}

// SubmissionsPage is how many submissions stand on a page.
const SubmissionsPage = 50

// Submissions are the actor's own, the newest first, before a row (0: from the
// newest). more tells whether there are older ones.
func (a *App) Submissions(ctx context.Context, by Actor, before int64) (list []broadsheet.Submission, more bool, err error) {
	if err := a.may(by, RightRead); err != nil {
		return nil, false, err
	}
	list, err = a.store.Submissions(ctx, store.SubmissionQuery{Account: by.id(), Before: before, Limit: SubmissionsPage + 1})
	if len(list) > SubmissionsPage {
		return list[:SubmissionsPage], true, err
	}
	return list, false, err
}

// TakeBack ends a submission of the actor's that nobody has decided.
func (a *App) TakeBack(ctx context.Context, by Actor, token string) error {
	if err := a.may(by, RightSubmit); err != nil {
		return err
	}
	return a.store.TakeBackSubmission(ctx, token, by.id(), a.now())
}
