package web

import (
	"net/http"
	"slices"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/lib/clean"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

// Paths of curators.
const (
	queuePath    = "/queue"
	featuresPath = "/features"
)

// queuePage is what waits for a curator.
type queuePage struct {
	Frame   frame
	Entries []queueEntry
	More    bool
	Problem string // of one that waits no more
}

// queueEntry is one submission in it.
type queueEntry struct {
	Token, Path, ID string
	Card            card
	By, ByPath      string
	Sent            string
	Comment, Media  string
	Missing         string
	Same            []card
	Problem         string
	Reason          string
}

func (w *Web) queuePage(r *http.Request) (queuePage, error) {
	list, more, err := w.app.Queue(r.Context(), app.ActorOf(r.Context()))
	if err != nil {
		return queuePage{}, err
	}
	p := queuePage{Frame: w.aside("Queue"), More: more}
	for i := range list {
		v := &list[i]
		if v.Card == nil { // its paper went in the meantime: nothing to look at, but to reject
			v.Card = &broadsheet.Paper{ID: v.Ident, Title: v.Typed}
		}
		e := queueEntry{Token: v.Token, Path: submissionsPath + "/" + v.Token, ID: v.Card.ID, Card: w.previewCard(v), By: v.By.Key, ByPath: address.List(broadsheet.ListSubmitter, v.By.Key),
			Sent: ago(w.app.Now().Sub(v.SentAt)) + " ago", Comment: v.Comment, Media: v.Media, Missing: missing(v.Missing)}
		if v.By.Name != "" {
			e.By = v.By.Name
		}
		e.Same, _ = w.sames(v)
		p.Entries = append(p.Entries, e)
	}
	return p, nil
}

func (w *Web) queue(rw http.ResponseWriter, r *http.Request) error {
	p, err := w.queuePage(r)
	if err != nil {
		return err
	}
	return w.render(rw, "queue.html", p)
}

// decide accepts or rejects. A curator who was slower than another sees the queue
// as it is, and what became of the paper.
func (w *Web) decide(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	v := r.PostForm
	act := v.Get("act")
	if act != "accept" && act != "reject" {
		return broadsheet.InvalidField("act", "this is neither accept nor reject", "open the queue again")
	}
	_, err := w.app.Decide(r.Context(), app.ActorOf(r.Context()), v.Get("token"), act == "accept", v.Get("reason"))
	if err == nil {
		return httpkit.Redirect(rw, r, queuePath, http.StatusSeeOther)
	}
	problem := problemText(err)
	if problem == "" {
		return err
	}
	p, perr := w.queuePage(r)
	if perr != nil {
		return perr
	}
	p.Problem, p.Frame.Title = problem, "Error: "+p.Frame.Title
	for i := range p.Entries {
		if e := &p.Entries[i]; e.Token == v.Get("token") {
			e.Problem, e.Reason, p.Problem = problem, clip(clean.Line(v.Get("reason")), 600), ""
		}
	}
	refused(rw, err)
	return w.render(rw, "queue.html", p)
}

// pick is what a curator's button does with a paper: put it on today's page, or
// take it off; "" for none.
func (w *Web) pick(p *broadsheet.Paper) string {
	today := w.app.Today()
	switch {
	case p.Withdrawn:
		return ""
	case slices.ContainsFunc(p.Features, func(f broadsheet.Feature) bool { return f.Day == today }):
		return "unfeature"
	}
	return "feature"
}

// feature puts a paper on today's front page or takes it off, and leads back to
// where the button stood.
func (w *Web) feature(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	by, v := app.ActorOf(r.Context()), r.PostForm
	id, err := v.Get("feature"), error(nil)
	if id != "" {
		err = w.app.Feature(r.Context(), by, id)
	} else {
		id = v.Get("unfeature")
		err = w.app.Unfeature(r.Context(), by, id, v.Get("reason"))
	}
	if err != nil {
		return err
	}
	return httpkit.Redirect(rw, r, httpkit.Back(r, address.Paper(id)), http.StatusSeeOther)
}
