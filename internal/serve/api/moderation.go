package api

import (
	"encoding/json"
	"fmt"
	"net/http"

	"broadsheet"
	"broadsheet/client"
	"broadsheet/internal/app"
)

func (a *API) report(w http.ResponseWriter, r *http.Request) error {
	if err := app.Allowed(by(r), app.RightFlag); err != nil {
		return err
	}
	in, err := read[client.Report](r)
	if err != nil {
		return err
	}
	return done(w, a.app.Report(r.Context(), by(r), broadsheet.Flag{Kind: broadsheet.ObjectKind(in.Kind), Object: in.ID, Reason: broadsheet.FlagReason(in.Reason), Text: in.Text}))
}

func (a *API) cases(w http.ResponseWriter, r *http.Request) error {
	list, err := a.app.Cases(r.Context(), by(r))
	if err != nil {
		return err
	}
	out := client.Cases{Items: make([]client.Case, len(list))}
	for i := range list {
		c := &list[i]
		out.Items[i] = client.Case{Kind: string(c.Kind), ID: c.Object, Paper: c.Paper, Title: c.Title, By: c.By, Hidden: c.Hidden, Locked: c.Locked, Held: c.Held,
			Reports: []client.Reported{}}
		for _, f := range c.Flags {
			out.Items[i].Reports = append(out.Items[i].Reports, client.Reported{By: f.By, Reason: string(f.Reason), Text: f.Text, At: f.At})
		}
	}
	return write(w, out)
}

func (a *API) moderate(w http.ResponseWriter, r *http.Request) error {
	if err := app.Allowed(by(r), app.RightModerate); err != nil {
		return err
	}
	in, err := read[client.Deed](r)
	if err != nil {
		return err
	}
	return done(w, a.app.Moderate(r.Context(), by(r), app.Moderation{Act: broadsheet.Act(in.Act), Kind: broadsheet.ObjectKind(in.Kind), Object: in.ID, Into: in.Into,
		Until: in.Until, Reason: in.Reason}))
}

// log answers a page of the public log, without the lines that only moderators see.
func (a *API) log(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	x := app.LogQuery{Actor: q.Get("actor"), Act: broadsheet.Act(q.Get("act")), Kind: broadsheet.ObjectKind(q.Get("kind")), Object: q.Get("id"), Paper: q.Get("paper")}
	scope := fmt.Sprintf("log %q %q %q %q %q", x.Actor, x.Act, x.Kind, x.Object, x.Paper)
	var err error
	if x.Before, err = rowOf(scope, q.Get("cursor")); err != nil {
		return err
	}
	lines, more, err := a.app.Log(r.Context(), app.Actor{}, x)
	if err != nil {
		return err
	}
	out := client.Log{Items: make([]client.LogLine, len(lines))}
	for i, l := range lines {
		out.Items[i] = client.LogLine{At: l.At, Actor: l.Actor, Act: string(l.Act), Kind: string(l.Kind), ID: l.Object, Paper: l.Paper, Reason: l.Reason, Detail: l.Detail}
	}
	if more {
		out.Next = rowCursor(scope, lines[len(lines)-1].ID)
	}
	a.follow(w, r, out.Next)
	return write(w, out)
}

func (a *API) rules(w http.ResponseWriter, r *http.Request) error {
	if err := app.Allowed(by(r), app.RightAdmin); err != nil {
		return err
	}
	return a.writeRules(w, r)
}

func (a *API) writeRules(w http.ResponseWriter, r *http.Request) error {
	rules, err := a.app.Rules(r.Context())
	if err != nil {
		return err
	}
	return write(w, rules) // the names are those of client.Rules; a test compares them
}

func (a *API) setRules(w http.ResponseWriter, r *http.Request) error {
	if err := app.Allowed(by(r), app.RightAdmin); err != nil {
		return err
	}
	in, err := read[client.NewRules](r)
	if err != nil {
		return err
	}
	if len(in.Reason) > maxReason {
		return broadsheet.InvalidField("reason", "is too long", fmt.Sprint("write at most ", maxReason, " bytes"))
	}
	changed, err := json.Marshal(in.Rules) // without what is not there
	if err != nil {
		return err
	}
	if err := a.app.SetRules(r.Context(), by(r), in.Reason, func(rules *broadsheet.Rules) error { return json.Unmarshal(changed, rules) }); err != nil {
		return err
	}
	return a.writeRules(w, r)
}

// maxReason is the longest reason of a change of the rules, in bytes.
const maxReason = 500
