package api

import (
	"errors"
	"net/http"

	"broadsheet"
	"broadsheet/client"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/httpkit"
)

func (a *API) submit(w http.ResponseWriter, r *http.Request) error {
	if err := app.Allowed(by(r), app.RightSubmit); err != nil {
		return err
	}
	in, err := read[client.NewSubmission](r)
	if err != nil {
		return err
	}
	x, err := a.app.Submit(r.Context(), by(r), in.Paper)
	if err != nil {
		return rename(err, map[string]string{"url": "paper", "id": "paper"})
	}
	// The rules answer with the paper; a token without the scope read sees it all the same.
	return a.laid(w, r, http.StatusCreated, x)
}

// laid answers a submission together with its paper, where the token may read it.
func (a *API) laid(w http.ResponseWriter, r *http.Request, code int, x broadsheet.Submission) error {
	v, err := a.app.Submission(r.Context(), by(r), x.Token)
	if err != nil {
		if broadsheet.KindOf(err) != broadsheet.Denied {
			return err
		}
		v = &app.SubmissionView{Submission: x, Card: x.Found}
	}
	return status(w, code, a.submission(v))
}

// submission is a submission as the API shows it.
func (a *API) submission(v *app.SubmissionView) client.Submission {
	out := client.Submission{ID: v.Token, By: client.Person{Key: v.By.Key, Name: v.By.Name}, Asked: v.Typed, State: string(v.State), Missing: v.Missing, Problem: v.Problem, Comment: v.Comment,
		Media: v.Media, Reason: v.Reason, Decider: v.Decider, URL: a.base + "/submissions/" + v.Token, AskedAt: v.AskedAt, SentAt: v.SentAt, ClosedAt: v.ClosedAt}
	if v.Card != nil {
		p := a.wire(v.Card, 0)
		if !v.Here {
			p.URL = "" // it has no page yet
		}
		out.Paper = &p
	}
	for i := range v.Same {
		out.Same = append(out.Same, v.Same[i].ID)
	}
	var no *broadsheet.Error
	if errors.As(v.Refusal, &no) {
		out.Refusal = httpkit.PublicText(no)
	}
	return out
}

func (a *API) ownSubmission(w http.ResponseWriter, r *http.Request) error {
	v, err := a.app.Submission(r.Context(), by(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return write(w, a.submission(v))
}

func (a *API) submissions(w http.ResponseWriter, r *http.Request) error {
	before, err := rowOf(submissionScope, r.URL.Query().Get("cursor"))
	if err != nil {
		return err
	}
	list, more, err := a.app.Submissions(r.Context(), by(r), before)
	if err != nil {
		return err
	}
	var ids []string
	for i := range list {
		if list[i].Found == nil && list[i].Paper != "" {
			ids = append(ids, list[i].Paper)
		}
	}
	papers, err := a.app.Whole(r.Context(), ids)
	if err != nil {
		return err
	}
	here := map[string]*broadsheet.Paper{} // without those that were hidden since
	for i := range papers {
		p := &papers[i]
		here[p.ID] = p
		for _, id := range p.IDs {
			here[id.ID()] = p
		}
	}
	out := client.Submissions{Items: make([]client.Submission, len(list))}
	for i := range list {
		v := app.SubmissionView{Submission: list[i], Card: list[i].Found}
		if v.Card == nil {
			v.Card = here[v.Paper]
			v.Here = v.Card != nil
		}
		out.Items[i] = a.submission(&v)
	}
	if more {
		out.Next = rowCursor(submissionScope, list[len(list)-1].ID)
	}
	a.follow(w, r, out.Next)
	return write(w, out)
}

func (a *API) sendSubmission(w http.ResponseWriter, r *http.Request) error {
	if err := app.Allowed(by(r), app.RightSubmit); err != nil {
		return err
	}
	in, err := read[client.Send](r)
	if err != nil {
		return err
	}
	x, err := a.app.SendSubmission(r.Context(), by(r), r.PathValue("id"), in.Comment, in.Media)
	if err != nil {
		return err
	}
	return a.laid(w, r, http.StatusOK, x)
}

func (a *API) takeBack(w http.ResponseWriter, r *http.Request) error {
	return done(w, a.app.TakeBack(r.Context(), by(r), r.PathValue("id")))
}

func (a *API) queue(w http.ResponseWriter, r *http.Request) error {
	list, more, err := a.app.Queue(r.Context(), by(r))
	if err != nil {
		return err
	}
	out := client.Queue{Items: make([]client.Submission, len(list)), More: more}
	for i := range list {
		out.Items[i] = a.submission(&list[i])
	}
	return write(w, out)
}

func (a *API) decide(w http.ResponseWriter, r *http.Request) error {
	if err := app.Allowed(by(r), app.RightCurate); err != nil {
		return err
	}
	in, err := read[client.Decision](r)
	if err != nil {
		return err
	}
	x, err := a.app.Decide(r.Context(), by(r), r.PathValue("id"), in.Accept, in.Reason)
	if err != nil {
		return err
	}
	return a.laid(w, r, http.StatusOK, x)
}

func (a *API) feature(w http.ResponseWriter, r *http.Request) error {
	return done(w, a.app.Feature(r.Context(), by(r), r.PathValue("id")))
}

func (a *API) unfeature(w http.ResponseWriter, r *http.Request) error {
	return done(w, a.app.Unfeature(r.Context(), by(r), r.PathValue("id"), r.URL.Query().Get("reason")))
}
