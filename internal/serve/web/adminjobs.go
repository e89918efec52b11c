package web

import (
	"cmp"
	"net/http"

	"broadsheet/internal/app"
	"broadsheet/internal/lib/clean"
)

type adminJobsPage struct {
	adminBase
	Kinds []kindShown
	Jobs  []jobShown
}

// kindShown is a kind of job with what such jobs do.
type kindShown struct {
	app.JobKind
	Text string
}

type jobShown struct {
	app.JobLine
	Text  string
	When  string
	Bad   bool
	Still bool // it can be run again and deleted
}

var jobsDone = map[string]string{"again": "It runs in a moment.", "drop": "It is deleted."}

func (w *Web) adminJobs(rw http.ResponseWriter, r *http.Request, d *app.Administrator) error {
	kinds, list, err := d.Jobs(r.Context())
	if err != nil {
		return err
	}
	p := adminJobsPage{adminBase: w.adminBase(r, "Jobs", jobsPath, jobsDone)}
	for _, k := range kinds {
		p.Kinds = append(p.Kinds, kindShown{k, cmp.Or(app.JobText(k.Kind), k.Kind)})
	}
	for _, j := range list {
		x := jobShown{JobLine: j, Text: cmp.Or(app.JobText(j.Kind), j.Kind), Bad: j.State == app.JobFailed, Still: j.State != app.JobRunning}
		switch j.State {
		case app.JobRunning:
			x.When = "since " + stamp(j.Started)
		case app.JobWaiting:
			x.When = "next " + stamp(j.Next)
		default:
			x.When = stamp(j.Finished)
		}
		x.Error = clean.Line(x.Error)
		p.Jobs = append(p.Jobs, x)
	}
	return w.render(rw, "adminjobs.html", p)
}

func (w *Web) changeJob(rw http.ResponseWriter, r *http.Request, d *app.Administrator) error {
	do := r.PostForm.Get("do")
	if do != "again" && do != "drop" {
		return noButton()
	}
	id, err := formNumber(r, "id")
	if err != nil {
		return err
	}
	if do == "again" {
		err = d.RunAgain(r.Context(), id)
	} else {
		err = d.DropJob(r.Context(), id)
	}
	if err != nil {
		return err
	}
	return back(rw, r, jobsPath, do)
}
