package app

import (
	"context"
	"errors"

	"broadsheet"
	"broadsheet/internal/store"
)

// Queue reads what waits for a curator, what waits longest first, at most
// SubmissionsPage; more tells whether there is more.
func (a *App) Queue(ctx context.Context, by Actor) (list []SubmissionView, more bool, err error) {
	if err := a.may(by, RightCurate); err != nil {
		return nil, false, err
	}
	found, err := a.store.Submissions(ctx, store.SubmissionQuery{State: broadsheet.SubmissionQueued, Oldest: true, Limit: SubmissionsPage + 1})
	if err != nil {
		return nil, false, err
	}
	if len(found) > SubmissionsPage {
		found, more = found[:SubmissionsPage], true
	}
	for i := range found {
		v := SubmissionView{Submission: found[i], Own: found[i].Account == by.id()}
		if err := a.lay(ctx, &v); err != nil {
			return nil, false, err
		}
		list = append(list, v)
	}
	return list, more, nil
}

// Decide accepts or rejects what waits in the queue. A rejection needs a reason;
// the submitter reads it. Conflict where another curator was faster.
func (a *App) Decide(ctx context.Context, by Actor, token string, accept bool, reason string) (broadsheet.Submission, error) {
	if err := a.may(by, RightCurate); err != nil {
		return broadsheet.Submission{}, err
	}
	reason, err := because(reason, !accept)
	if err != nil {
		return broadsheet.Submission{}, err
	}
	d := store.Decision{Token: token, Log: broadsheet.Action{At: a.now(), Actor: by.Name(), Act: broadsheet.ActReject, Reason: reason}}
	if accept {
		d.Log.Act, d.Feature = broadsheet.ActAccept, a.todaysFeature()
		if d.Remark, err = a.remarkOf(ctx, token); err != nil {
			return broadsheet.Submission{}, err
		}
	}
	return a.store.DecideSubmission(ctx, d)
}

// remarkOf is the comment that came with a submission, as it stands under the
// rules of now; nil for none, and where they take it no more.
func (a *App) remarkOf(ctx context.Context, token string) (*store.CommentDraft, error) {
	x, err := a.store.Submission(ctx, token)
	if err != nil || x.Comment == "" {
		return nil, err
	}
	who, err := a.store.Account(ctx, x.Account)
	if err != nil {
		return nil, err
	}
	if who.Lapse(a.now()); who.State != broadsheet.AccountActive {
		return nil, nil
	}
	d, err := a.remark(ctx, Actor{Account: &who}, &broadsheet.Rules{}, x.Comment)
	if broadsheet.KindOf(err) == broadsheet.Invalid {
		return nil, nil
	}
	return d, err
}

// Feature puts a paper that is here on today's front page. Where somebody submitted
// it and it waits, that submission is accepted: it is theirs. Conflict where it is
// there already.
func (a *App) Feature(ctx context.Context, by Actor, id string) error {
	id, err := a.curating(by, id)
	if err != nil {
		return err
	}
	f := a.todaysFeature()
	f.Submitter = &broadsheet.Person{Key: by.Name(), Name: by.Account.ShownName()}
	err = a.store.FeaturePaper(ctx, id, *f, broadsheet.Action{At: a.now(), Actor: by.Name(), Act: broadsheet.ActFeature, Detail: string(f.Day)})
	var waits *store.Waiting
	if errors.As(err, &waits) {
		_, err = a.Decide(ctx, by, waits.Submission, true, "")
	}
	return err
}

// Unfeature takes a paper off today's front page; what was there yesterday is
// history. Who submitted it reads the reason.
func (a *App) Unfeature(ctx context.Context, by Actor, id, reason string) error {
	id, err := a.curating(by, id)
	if err != nil {
		return err
	}
	if reason, err = because(reason, false); err != nil {
		return err
	}
	day := a.Today()
	return a.store.UnfeaturePaper(ctx, id, day, broadsheet.Action{At: a.now(), Actor: by.Name(), Act: broadsheet.ActUnfeature, Reason: reason, Detail: string(day)})
}

func (a *App) curating(by Actor, id string) (string, error) {
	if err := a.may(by, RightCurate); err != nil {
		return "", err
	}
	canonical, _, err := broadsheet.ParseID(id)
	return canonical, err
}
