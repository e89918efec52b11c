package web

import (
	"net/http"
	"net/url"
	"strconv"

	"broadsheet/internal/app"
	"broadsheet/internal/lib/clean"
)

type adminSourcesPage struct {
	adminBase
	Sources []sourceLine
	Kept    int
	KeptAt  string // path
}

type sourceLine struct {
	app.SourceDesk
	State    string
	Bad      bool
	KeptAt   string
	IsPaused bool
}

var sourcesDone = map[string]string{"harvest": "The harvest begins in a moment.", "pause": "The source is paused.", "resume": "The source goes on.",
	"replay": "They are tried again in a moment.", "replay-one": "The record went in.", "still": "The record still cannot be stored.", "drop": "It is deleted.", "drop-all": "They are deleted."}

func (w *Web) adminSources(rw http.ResponseWriter, r *http.Request, d *app.Administrator) error {
	list, err := d.Sources(r.Context())
	if err != nil {
		return err
	}
	p := adminSourcesPage{adminBase: w.adminBase(r, "Sources", sourcesPath, sourcesDone), KeptAt: keptPath}
	for _, s := range list {
		x := sourceLine{SourceDesk: s, State: string(s.Health), Bad: s.Health == app.HealthFailing || s.Health == app.HealthLate, KeptAt: keptPath + "?" + url.Values{"source": {s.Name}}.Encode(), IsPaused: !s.Paused.IsZero()}
		switch {
		case x.IsPaused:
			x.State, x.Bad = "paused since "+stamp(s.Paused), false
		case s.Health == "":
			x.State = "an import"
		case !s.Runs && s.Health != app.HealthNew:
			x.State += ", not harvested here"
		}
		p.Kept += s.Kept
		p.Sources = append(p.Sources, x)
	}
	return w.render(rw, "adminsources.html", p)
}

func (w *Web) changeSource(rw http.ResponseWriter, r *http.Request, d *app.Administrator) error {
	do := map[string]func() error{
		"harvest": func() error { return d.HarvestNow(r.Context(), r.PostForm.Get("source")) },
		"pause":   func() error { return d.PauseSource(r.Context(), r.PostForm.Get("source")) },
		"resume":  func() error { return d.ResumeSource(r.Context(), r.PostForm.Get("source")) },
	}[r.PostForm.Get("do")]
	if do == nil {
		return noButton()
	}
	if err := do(); err != nil {
		return err
	}
	return back(rw, r, sourcesPath, r.PostForm.Get("do"))
}

// keptPage are records that could not be stored.
type keptPage struct {
	adminBase
	Source  string
	Path    string // to which the forms post
	Records []keptLine
	More    string
}

type keptLine struct {
	ID                   int64
	Source, Ref, Layout  string
	Reason, When, Begins string
	Whole                bool // Begins is all of it
}

// keptShown is how many bytes of a record are shown.
const keptShown = 600

func (w *Web) keptAside(rw http.ResponseWriter, r *http.Request, d *app.Administrator) error {
	source, after := r.URL.Query().Get("source"), numberOf(r, "after")
	list, more, err := d.KeptAside(r.Context(), source, after)
	if err != nil {
		return err
	}
	p := keptPage{adminBase: w.adminBase(r, "Kept aside", sourcesPath, sourcesDone), Source: source, Path: keptPath}
	for i := range list {
		x := &list[i]
		body := string(x.Body)
		p.Records = append(p.Records, keptLine{ID: x.ID, Source: x.Source, Ref: clip(clean.Line(x.Ref), 200), Layout: x.Layout, Reason: clip(clean.Line(x.Reason), 500), When: stamp(x.At),
			Begins: clean.Text(body[:min(len(body), keptShown)]), Whole: len(body) <= keptShown})
	}
	if more {
		to := url.Values{"after": {strconv.FormatInt(list[len(list)-1].ID, 10)}}
		if source != "" {
			to.Set("source", source)
		}
		p.More = keptPath + "?" + to.Encode()
	}
	return w.render(rw, "adminkept.html", p)
}

func (w *Web) changeKept(rw http.ResponseWriter, r *http.Request, d *app.Administrator) error {
	ctx, f := r.Context(), r.PostForm
	do := f.Get("do")
	switch do {
	case "replay":
		if err := d.Replay(ctx, f.Get("source")); err != nil {
			return err
		}
	case "drop-all":
		if f.Get("source") == "" {
			return noButton()
		}
		if _, err := d.DropKept(ctx, 0, f.Get("source")); err != nil {
			return err
		}
	case "replay-one", "drop":
		id, err := formNumber(r, "id")
		if err != nil {
			return err
		}
		if do == "drop" {
			_, err = d.DropKept(ctx, id, "")
		} else if ok, rerr := d.ReplayOne(ctx, id); rerr != nil || !ok {
			do, err = "still", rerr
		}
		if err != nil {
			return err
		}
	default:
		return noButton()
	}
	return back(rw, r, keptPath, do, "source", f.Get("source"))
}
