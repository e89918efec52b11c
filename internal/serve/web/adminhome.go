package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/lib/clean"
	"broadsheet/internal/serve/httpkit"
)

// Paths of the pages of who runs the site.
const (
	adminPath    = "/admin"
	rulesPath    = "/admin/rules"
	accountsPath = "/admin/accounts"
	sourcesPath  = "/admin/sources"
	keptPath     = "/admin/sources/kept"
	jobsPath     = "/admin/jobs"
	storagePath  = "/admin/storage"
	auditPath    = "/admin/audit"
)

// maxRules is the most bytes of the form of rules: its lists are long.
const maxRules = 1 << 20

// adminPages are the pages of who runs the site. All are for administrators
// alone, in browsers and by tokens with that scope; every button answers with the
// way back to its page.
func (w *Web) adminPages() []httpkit.Route {
	get := func(pattern string, handle adminHandler) httpkit.Route {
		return httpkit.Route{Method: http.MethodGet, Pattern: pattern, Kind: httpkit.Private, Handle: w.asAdmin(handle), Right: string(app.RightAdmin), Error: w.Error}
	}
	post := func(pattern string, handle adminHandler) httpkit.Route {
		return httpkit.Route{Method: http.MethodPost, Pattern: pattern, Kind: httpkit.Action, Handle: w.asAdmin(handle), MaxBody: maxForm, Right: string(app.RightAdmin), Error: w.Error}
	}
	save := post(rulesPath, w.saveRules)
	save.MaxBody = maxRules
	return []httpkit.Route{
		get(adminPath, w.adminHome), get(rulesPath, w.ruleForm), save,
		get(accountsPath, w.findAccounts), get(accountsPath+"/{name}", w.onePerson), post(accountsPath+"/{name}", w.changePerson),
		get(sourcesPath, w.adminSources), post(sourcesPath, w.changeSource), get(keptPath, w.keptAside), post(keptPath, w.changeKept),
		get(jobsPath, w.adminJobs), post(jobsPath, w.changeJob), get(storagePath, w.adminStorage), post(storagePath, w.changeStorage),
		get(auditPath, w.audit),
	}
}

// adminHandler answers an administrator.
type adminHandler func(rw http.ResponseWriter, r *http.Request, d *app.Administrator) error

// asAdmin lets nobody else in, and has forms read.
func (w *Web) asAdmin(handle adminHandler) httpkit.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) error {
		d, err := w.app.Administer(app.ActorOf(r.Context()))
		if err != nil {
			return err
		}
		if r.Method == http.MethodPost {
			if err := r.ParseForm(); err != nil {
				return formError(err)
			}
		}
		return handle(rw, r, d)
	}
}

// adminBase is what all these pages have.
type adminBase struct {
	Frame frame
	Nav   []navItem
	Done  string
}

// adminBase is the base of the page at a path; done are the notes of its buttons.
func (w *Web) adminBase(r *http.Request, title, here string, done map[string]string) adminBase {
	b := adminBase{Frame: w.aside(title), Done: done[r.URL.Query().Get("done")]}
	b.Frame.Sheet = w.assets.URL("admin.css")
	for _, x := range []navItem{{"Overview", adminPath, false}, {"Rules", rulesPath, false}, {"People", accountsPath, false}, {"Sources", sourcesPath, false}, {"Jobs", jobsPath, false},
		{"Delivery", app.AdminPath, false}, {"Storage", storagePath, false}, {"Audit", auditPath, false}} {
		x.Here = x.Path == here
		b.Nav = append(b.Nav, x)
	}
	return b
}

// back leads to the page of a button, with a note of what it did.
func back(rw http.ResponseWriter, r *http.Request, path, done string, query ...string) error {
	q := url.Values{"done": {done}}
	for i := 0; i+1 < len(query); i += 2 {
		if query[i+1] != "" {
			q.Set(query[i], query[i+1])
		}
	}
	return httpkit.Redirect(rw, r, path+"?"+q.Encode(), http.StatusSeeOther)
}

// noButton is the error of a form that no page has.
func noButton() error {
	return broadsheet.InvalidField("do", "there is no such button", "open the page again")
}

// formNumber is a number of a form.
func formNumber(r *http.Request, field string) (int64, error) {
	n, err := strconv.ParseInt(r.PostForm.Get(field), 10, 64)
	if err != nil || n <= 0 {
		return 0, broadsheet.InvalidField(field, "is no number", "open the page again")
	}
	return n, nil
}

// adminHomePage is the site at a glance.
type adminHomePage struct {
	adminBase
	First   []matter // what a new site wants
	Todo    []matter // what needs somebody
	Fine    []matter
	Version string
}

// matter is one thing to know; a bad one is wrong.
type matter struct {
	What, Text, Fix, Path string
	Bad                   bool
}

func (w *Web) adminHome(rw http.ResponseWriter, r *http.Request, d *app.Administrator) error {
	o, err := d.Overview(r.Context())
	if err != nil {
		return err
	}
	p := adminHomePage{adminBase: w.adminBase(r, "Administration", adminPath, nil), Version: o.Version}
	if p.First, err = w.firstSteps(r.Context(), o); err != nil {
		return err
	}
	for _, m := range w.matters(o) {
		if m.Bad || m.Fix != "" {
			p.Todo = append(p.Todo, m)
		} else {
			p.Fine = append(p.Fine, m)
		}
	}
	return w.render(rw, "adminhome.html", p)
}

// matters are what an overview says, in the order of the pages.
func (w *Web) matters(o *app.Overview) (out []matter) {
	add := func(what, path string, bad bool, text string) {
		out = append(out, matter{What: what, Text: text, Path: path, Bad: bad})
	}
	for _, s := range o.Failing {
		text := s.Name + " is late"
		if s.Health == app.HealthFailing {
			text = fmt.Sprintf("%s fails, %s in a row: %s", s.Name, plural(s.Failures, "time"), clip(clean.Line(s.Error), 200))
		}
		add("Source", sourcesPath, true, text)
	}
	if o.Offline > 0 {
		out = append(out, matter{What: "Network", Text: plural(o.Offline, "source") + " could not be reached", Fix: "They are asked again by themselves.", Path: sourcesPath})
	}
	if n := len(o.Status.Sources) - len(o.Failing) - o.Offline; n > 0 {
		add("Sources", sourcesPath, false, plural(n, "source")+" without trouble")
	}
	add("Kept aside", keptPath, o.Status.Rejects > 0, either(o.Status.Rejects > 0, plural(o.Status.Rejects, "record")+" could not be stored", "No record"))
	add("Reports", moderationPath, o.Waits.Flagged > 0, either(o.Waits.Flagged > 0, plural(o.Waits.Flagged, "thing")+" reported and not decided", "None waits"))
	if o.Waits.Held > 0 {
		add("Held", moderationPath, true, plural(o.Waits.Held, "comment")+" to be looked at by a moderator")
	}
	if o.Waits.Claims > 0 {
		add("Claims", "/moderation/claims", true, plural(o.Waits.Claims, "claim")+" of authorship to be decided by a moderator")
	}
	add("Submissions", "/queue", o.Waits.Submissions > 0, either(o.Waits.Submissions > 0, plural(o.Waits.Submissions, "submission")+" to be decided by a curator", "None waits"))
	failed := o.Jobs[app.JobFailed]
	add("Jobs", jobsPath, failed > 0, either(failed > 0, plural(failed, "job")+" given up", fmt.Sprintf("%s, %s", number(o.Jobs[app.JobWaiting])+" waiting", number(o.Jobs[app.JobRunning])+" running")))
	w.mailMatters(o, add)
	if o.Disk.Total > 0 {
		add("Disk", storagePath, o.Disk.Short(), fmt.Sprintf("%s of %s free", bytesText(o.Disk.Free), bytesText(o.Disk.Total)))
	}
	if o.Backs {
		add("Backup", storagePath, false, either(o.Backup.Name == "", "None was made from here", "The last one is of "+stamp(o.Backup.At)))
	}
	if x := o.Status.Index; x != nil {
		says := indexSays(x)
		for _, s := range says {
			if s.Bad {
				add("Search", storagePath, true, s.Text)
			}
		}
		add("Search", storagePath, false, plural(x.Papers, "paper")+" can be found")
	}
	add("People", accountsPath, false, fmt.Sprintf("%s, %s of them new this week, %s banned", plural(o.Accounts.All, "account"), number(o.Accounts.New), number(o.Accounts.Banned)))
	for _, s := range o.Remarks {
		out = append(out, matter{What: s.What, Text: s.Text, Fix: s.Fix})
	}
	return out
}

func (w *Web) mailMatters(o *app.Overview, add func(what, path string, bad bool, text string)) {
	if o.Mail == nil {
		return
	}
	now := w.app.Now()
	late, lag := o.Mail.Late(now), o.Mail.PlannerLag(now)
	switch {
	case o.Mail.Sending.Paused:
		add("Delivery", app.AdminPath, true, "Planning and sending are paused since "+stamp(o.Mail.Sending.Since))
	case late > lateMail || lag > lateMail:
		add("Delivery", app.AdminPath, true, "Something has been due for "+ago(max(late, lag)))
	}
	add("Delivery", app.AdminPath+"?state=failed#deliveries", o.Refused > 0 && o.Refused*20 > o.Sent, fmt.Sprintf("%s of the last day sent, %s not taken", plural(o.Sent, "mail"), number(o.Refused)))
}

// lateMail is how long something may be due before that is trouble.
const lateMail = 15 * time.Minute

// either is a where first holds, b otherwise.
func either(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// lineList is what was typed as one entry a line.
func lineList(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			out = append(out, line)
		}
	}
	return out
}
