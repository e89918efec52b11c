package app

import (
	"context"
	"errors"
	"strings"

	"broadsheet"
	"broadsheet/internal/store"
)

// SendSubmission confirms a draft, with a comment and the address of a picture or
// film, either of which may be "". By the rules of the site it is featured at once
// or waits for a curator. Sending again what is sent changes nothing.
func (a *App) SendSubmission(ctx context.Context, by Actor, token, comment, media string) (broadsheet.Submission, error) {
	var none broadsheet.Submission
	if err := a.may(by, RightSubmit); err != nil {
		return none, err
	}
	x, err := a.store.Submission(ctx, token)
	if err != nil {
		return none, err
	}
	if x.Account != by.id() {
		return none, broadsheet.Errorf(broadsheet.NotFound, "there is no such submission")
	}
	if !x.SentAt.IsZero() { // before the rules: it may be what has reached the day's limit
		return x, nil
	}
	rules, err := a.maySubmit(ctx, by)
	if err != nil {
		return none, err
	}
	in := store.SubmissionSend{Token: token, Account: by.id(), At: a.now(), Since: a.midnight(), PerDay: rules.SubmitPerDay}
	if in.Media, err = pictured(&rules, media); err != nil {
		return none, err
	}
	if in.Remark, err = a.remark(ctx, by, &rules, comment); err != nil {
		return none, err
	}
	if in.Remark != nil {
		in.Comment = in.Remark.Text
	}
	v := &SubmissionView{Submission: x}
	if err := a.layCard(ctx, v); err != nil {
		return none, err
	}
	p := v.Card
	if p == nil {
		return none, &broadsheet.Error{Kind: broadsheet.Conflict, Text: "its source has not told of the paper yet", Fix: "wait until it is found"}
	}
	if err := a.refusal(ctx, by, &rules, v); err != nil {
		return none, err
	}
	curates := Allowed(by, RightCurate) == nil
	if curates {
		in.PerDay = 0
	}
	switch {
	case curates:
		in.Log = &broadsheet.Action{At: in.At, Actor: by.Name(), Act: broadsheet.ActFeature, Kind: broadsheet.ObjectPaper, Detail: "submitted by the curator"}
		in.Feature = a.todaysFeature()
	case !rules.SubmitReview && !(rules.SubmitMaxAge > 0 && p.PublishedAt.IsZero()): // how old it is, a curator must judge
		in.Feature = a.todaysFeature()
	}
	return a.store.SendSubmission(ctx, in)
}

func (a *App) todaysFeature() *broadsheet.Feature {
	return &broadsheet.Feature{Day: a.Today(), FeaturedAt: a.now()}
}

// pictured checks the address of a picture or film.
func pictured(rules *broadsheet.Rules, media string) (string, error) {
	media = strings.TrimSpace(media)
	if media == "" {
		return "", nil
	}
	if !strings.HasPrefix(media, "https://") {
		return "", broadsheet.InvalidField("media", "this is no address of a picture or film", "write one that begins with https://, or leave it empty")
	}
	if err := publicAddress("media", media); err != nil {
		return "", err
	}
	return media, blockedAddress(rules, media)
}

// remark reads the comment that comes with a submission, nil for none. How many
// comments somebody may write in an hour does not hold for it.
func (a *App) remark(ctx context.Context, by Actor, rules *broadsheet.Rules, text string) (*store.CommentDraft, error) {
	if strings.TrimSpace(text) == "" {
		if rules.SubmitComment {
			return nil, broadsheet.InvalidField("comment", "here every paper comes with some words", "say why people should read it")
		}
		return nil, nil
	}
	d, err := a.draft(ctx, by, text)
	var e *broadsheet.Error
	if errors.As(err, &e) && e.Field == "text" {
		shown := *e
		shown.Field = "comment"
		err = &shown
	}
	d.PerHour = 0
	return &d, err
}
