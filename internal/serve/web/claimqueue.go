package web

import (
	"fmt"
	"net/http"
	"net/url"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

// claimQueuePage is what moderators decide about authors and members.
type claimQueuePage struct {
	Frame   frame
	Paper   string // one paper's accepted claims are shown, "" for what waits
	Done    string
	Cases   []claimShown
	Known   []claimShown // accepted, of one paper
	Members []memberAsked
	Problem string
}

// claimShown is a claim with its form.
type claimShown struct {
	Token, Name, Paper, Path, Title, By, ByPath, Shown, When string
	Affiliation, ORCID, Evidence                             string
	Hints                                                    []string
	Position                                                 int
}

type memberAsked struct{ Org, Path, By, ByPath, When string }

var claimDone = map[string]string{"accept": "The claim is accepted.", "reject": "The claim is rejected.", "revoke": "The claim is revoked.", "merge": "The names are one author.", "part": "The name is on its own again."}

func (w *Web) claimQueue(rw http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), app.ActorOf(r.Context())
	p := claimQueuePage{Frame: w.aside("Claims"), Done: claimDone[r.URL.Query().Get("done")]}
	if id := r.URL.Query().Get("paper"); id != "" {
		f, err := w.app.ClaimForm(ctx, by, id)
		if err != nil {
			return err
		}
		p.Paper = f.Paper.ID
		for _, c := range f.Known {
			p.Known = append(p.Known, w.claimShown(&app.ClaimCase{Claim: c, Title: f.Paper.Title}))
		}
	}
	cases, err := w.app.ClaimCases(ctx, by, p.Paper)
	if err != nil {
		return err
	}
	for i := range cases {
		p.Cases = append(p.Cases, w.claimShown(&cases[i]))
	}
	if p.Paper == "" {
		asked, err := w.app.MembershipsAsked(ctx, by)
		if err != nil {
			return err
		}
		for i := range asked {
			m := &asked[i]
			p.Members = append(p.Members, memberAsked{m.Organization.Name, membersPath(m.Organization.Key), m.By.Key, peoplePath(m.By.Key), w.day(m.At)})
		}
	}
	return w.render(rw, "claimqueue.html", p)
}

func (w *Web) claimShown(c *app.ClaimCase) claimShown {
	return claimShown{Token: c.Token, Name: c.Name, Position: c.Position, Paper: c.Paper, Path: address.Paper(c.Paper), Title: clip(plain(c.Title), 300), By: c.By.Key, ByPath: peoplePath(c.By.Key), Shown: c.By.Name, When: w.day(c.AskedAt),
		Affiliation: c.Account.Affiliation, ORCID: c.Account.ORCID, Evidence: c.Evidence, Hints: c.Hints}
}

// otherQueues are what else waits for moderators.
func (w *Web) otherQueues(r *http.Request) ([]choice, error) {
	by := app.ActorOf(r.Context())
	n, err := w.app.ClaimsWaiting(r.Context(), by)
	if err != nil {
		return nil, err
	}
	asked, err := w.app.MembershipsAsked(r.Context(), by)
	if err != nil {
		return nil, err
	}
	return []choice{{Name: fmt.Sprintf("Claims and members: %s, %s", plural(n, "claim"), plural(len(asked), "request")), Path: claimQueuePath}}, nil
}

func (w *Web) decideClaim(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	f, by := r.PostForm, app.ActorOf(r.Context())
	var err error
	switch act := f.Get("act"); act {
	case "accept", "reject":
		_, err = w.app.DecideClaim(r.Context(), by, f.Get("token"), act == "accept", f.Get("reason"))
	case "revoke":
		_, err = w.app.RevokeClaim(r.Context(), by, f.Get("token"), f.Get("reason"))
	default:
		err = app.Allowed(by, app.RightModerate)
		if err == nil {
			err = broadsheet.InvalidField("act", fmt.Sprintf("%.40q means nothing here", act), "open the page again")
		}
	}
	if err != nil {
		return err
	}
	return w.claimsDone(rw, r, f.Get("act"), f.Get("paper"))
}

func (w *Web) claimsDone(rw http.ResponseWriter, r *http.Request, act, paper string) error {
	q := url.Values{"done": {act}}
	if paper != "" {
		q.Set("paper", paper)
	}
	return httpkit.Redirect(rw, r, claimQueuePath+"?"+q.Encode(), http.StatusSeeOther)
}

func (w *Web) mergeAuthors(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	f, by := r.PostForm, app.ActorOf(r.Context())
	var err error
	if f.Get("act") == "part" {
		err = w.app.PartAuthor(r.Context(), by, f.Get("name"), f.Get("reason"))
	} else {
		err = w.app.MergeAuthors(r.Context(), by, f.Get("name"), f.Get("into"), f.Get("reason"))
	}
	if err != nil {
		return err
	}
	return w.claimsDone(rw, r, map[bool]string{true: "part", false: "merge"}[f.Get("act") == "part"], "")
}
