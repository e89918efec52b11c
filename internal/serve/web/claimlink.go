package web

import (
	"errors"
	"html/template"
	"net/http"
	"strings"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

// linksPage is the form by which authors and curators add to a paper.
type linksPage struct {
	Frame   frame
	Paper   string
	Path    string
	Title   template.HTML
	Fields  []linesField
	Orgs    string
	OrgsWas string // as the form was opened
	Reason  string
	Problem string
	Field   string
}

// linesField takes addresses, one a line.
type linesField struct {
	Name, Label, Hint, Text string
	Was                     string // as the form was opened
	Rows                    int
}

func (w *Web) linksForm(rw http.ResponseWriter, r *http.Request) error {
	return w.linksPage(rw, r, r.URL.Query().Get("paper"), nil)
}

func (w *Web) linksPage(rw http.ResponseWriter, r *http.Request, paper string, problem error) error {
	by := app.ActorOf(r.Context())
	if err := app.Allowed(by, app.RightClaim); err != nil {
		return err
	}
	v, err := w.app.Paper(r.Context(), paper)
	if err != nil {
		return err
	}
	if !v.Edits {
		return &broadsheet.Error{Kind: broadsheet.Denied, Text: "only its authors and curators add to a paper", Fix: "claim it on its page, if you wrote it"}
	}
	p := linksPage{Frame: w.aside("Add to a paper"), Paper: v.ID, Path: address.Paper(v.ID), Title: w.typeset.inline(v.Title)}
	for _, f := range []struct {
		kind        broadsheet.LinkKind
		label, hint string
		rows        int
	}{{broadsheet.LinkCode, "Code", "Address of the repository", 2}, {broadsheet.LinkProject, "Project page", "Its address", 2}, {broadsheet.LinkMedia, "Pictures and films", "Their addresses; the first picture stands beside the paper", 3}} {
		var have []string
		for _, l := range v.Links {
			if l.Kind == f.kind {
				have = append(have, l.URL)
			}
		}
		p.Fields = append(p.Fields, linesField{Name: string(f.kind), Label: f.label, Hint: f.hint, Text: strings.Join(have, "\n"), Was: strings.Join(have, "\n"), Rows: max(f.rows, len(have)+1)})
	}
	var orgs []string
	for _, o := range v.Organizations {
		orgs = append(orgs, o.Key)
	}
	p.Orgs = strings.Join(orgs, ", ")
	p.OrgsWas = p.Orgs
	if problem != nil {
		p.Problem, p.Frame.Title = problemText(problem), "Error: "+p.Frame.Title
		p.Field = fieldOf(problem)
		for i := range p.Fields {
			p.Fields[i].Text = clip(r.PostForm.Get(p.Fields[i].Name), 12_000)
			p.Fields[i].Was = clip(r.PostForm.Get(p.Fields[i].Name+wasOpened), 12_000)
		}
		p.OrgsWas = clip(r.PostForm.Get("organization"+wasOpened), 12_000)
		p.Orgs, p.Reason = clip(r.PostForm.Get("organization"), 1000), clip(r.PostForm.Get("reason"), 1000)
		refused(rw, problem)
	}
	return w.render(rw, "paperlinks.html", p)
}

// wasOpened ends the names of fields that say what another held when the form was
// opened.
const wasOpened = "-was"

// editPaper takes the form. A field that it does not have stays as it is, and so does
// one in which nothing was changed: somebody else may have, since it was opened.
func (w *Web) editPaper(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	f := r.PostForm
	lines := func(name, sign string) []string {
		plain := func(name string) string { return strings.TrimSpace(strings.ReplaceAll(f.Get(name), "\r", "")) }
		if !f.Has(name) || f.Has(name+wasOpened) && plain(name) == plain(name+wasOpened) {
			return nil
		}
		return strings.Split(plain(name), sign)
	}
	in := app.PaperLinks{Paper: f.Get("paper"), Code: lines("code", "\n"), Project: lines("project", "\n"), Media: lines("media", "\n"), Organizations: lines("organization", ","), Reason: f.Get("reason")}
	p, err := w.app.EditPaper(r.Context(), app.ActorOf(r.Context()), in)
	if err == nil {
		return httpkit.Redirect(rw, r, address.Paper(p.ID), http.StatusSeeOther)
	}
	if e := (*broadsheet.Error)(nil); !errors.As(err, &e) || e.Kind != broadsheet.Invalid && e.Field != "blockedDomains" {
		return err
	}
	return w.linksPage(rw, r, f.Get("paper"), err)
}
