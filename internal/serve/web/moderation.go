package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/lib/clean"
	"broadsheet/internal/serve/httpkit"
)

const moderationPath = "/moderation"

// moderationPage is what waits for moderators, or one thing to decide about.
type moderationPage struct {
	Frame frame
	One   bool // of a thing that a moderator chose
	Done  string
	Cases []caseShown
	Lists []choice // of other queues
}

// caseShown is a case with its forms.
type caseShown struct {
	app.Case
	N       int // on the page, for the names of fields
	Heading string
	Text    string
	Path    string
	Flags   []flagShown
	Acts    []deed
	Return  string // path to come back to

	// What was sent and refused, and why; nothing at first.
	Problem, Field, Reason, Into, For string
}

type flagShown struct{ By, Reason, Text, When string }

// deed is a button.
type deed struct {
	Act  broadsheet.Act
	Text string
}

var deedTexts = map[broadsheet.Act]string{
	broadsheet.ActHide: "Hide it", broadsheet.ActShow: "Show it", broadsheet.ActLock: "Close the discussion", broadsheet.ActUnlock: "Open the discussion",
	broadsheet.ActMerge: "Merge", broadsheet.ActBan: "Ban", broadsheet.ActUnban: "Lift the ban", broadsheet.ActDismiss: "Nothing is wrong",
}

var doneTexts = map[string]string{
	"hide": "It is hidden.", "show": "It is shown.", "lock": "The discussion is closed.", "unlock": "The discussion is open.", "merge": "The papers are one.",
	"ban": "The account is banned.", "unban": "The ban is lifted.", "dismiss": "The reports are closed.",
}

func (w *Web) cases(rw http.ResponseWriter, r *http.Request) error {
	all, err := w.app.Cases(r.Context(), app.ActorOf(r.Context()))
	if err != nil {
		return err
	}
	p := moderationPage{Frame: w.aside("Moderation"), Done: doneTexts[r.URL.Query().Get("done")]}
	zone := w.zoneOf(r.Context())
	for i := range all {
		p.Cases = append(p.Cases, caseOf(&all[i], i, moderationPath, zone))
	}
	if p.Lists, err = w.otherQueues(r); err != nil {
		return err
	}
	return w.render(rw, "moderation.html", p)
}

func (w *Web) oneCase(rw http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	p, err := w.casePage(r, broadsheet.ObjectKind(q.Get("kind")), q.Get("object"))
	if err != nil {
		return err
	}
	p.Done = doneTexts[q.Get("done")]
	return w.render(rw, "moderation.html", p)
}

func (w *Web) casePage(r *http.Request, kind broadsheet.ObjectKind, object string) (moderationPage, error) {
	c, err := w.app.CaseOf(r.Context(), app.ActorOf(r.Context()), kind, object)
	if err != nil {
		return moderationPage{}, err
	}
	p := moderationPage{Frame: w.aside("Moderation"), One: true}
	p.Cases = []caseShown{caseOf(c, 0, moderateLink(c.Kind, c.Object), w.zoneOf(r.Context()))}
	return p, nil
}

// moderateLink is the page on which moderators decide about something.
func moderateLink(kind broadsheet.ObjectKind, object string) string {
	return moderationPath + "/object?" + url.Values{"kind": {string(kind)}, "object": {object}}.Encode()
}

// caseOf is a case as its page shows it, with times in that zone.
func caseOf(c *app.Case, n int, back string, zone *time.Location) caseShown {
	x := caseShown{Case: *c, N: n, Text: clip(plain(c.Title), 600), Path: objectPath(c.Kind, c.Object, c.Paper), Return: back}
	add := func(acts ...broadsheet.Act) {
		for _, a := range acts {
			x.Acts = append(x.Acts, deed{a, deedTexts[a]})
		}
	}
	switch c.Kind {
	case broadsheet.ObjectPaper:
		x.Heading = "Paper " + c.Object
		add(pick(c.Hidden, broadsheet.ActShow, broadsheet.ActHide), pick(c.Locked, broadsheet.ActUnlock, broadsheet.ActLock), broadsheet.ActMerge)
	case broadsheet.ObjectComment:
		x.Heading = "Comment by " + c.By
		if c.Held {
			x.Heading += ", held"
			add(broadsheet.ActShow)
		}
		add(pick(c.Hidden, broadsheet.ActShow, broadsheet.ActHide))
	case broadsheet.ObjectAccount:
		x.Heading = "Account " + c.Object
		add(pick(c.Hidden, broadsheet.ActUnban, broadsheet.ActBan))
	}
	if len(c.Flags) > 0 {
		add(broadsheet.ActDismiss)
	}
	for _, f := range c.Flags {
		x.Flags = append(x.Flags, flagShown{f.By, reasonTexts[f.Reason], f.Text, f.At.In(zone).Format(stampLayout)})
	}
	return x
}

func pick(first bool, a, b broadsheet.Act) broadsheet.Act {
	if first {
		return a
	}
	return b
}

// bans are how long a ban may last, as the form offers it.
var bans = map[string]time.Duration{"day": 24 * time.Hour, "week": 7 * 24 * time.Hour, "month": 30 * 24 * time.Hour, "": 0}

func (w *Web) moderate(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	f := r.PostForm
	m := app.Moderation{Act: broadsheet.Act(f.Get("act")), Kind: broadsheet.ObjectKind(f.Get("kind")), Object: f.Get("object"), Into: strings.TrimSpace(f.Get("into")), Reason: f.Get("reason")}
	length, ok := bans[f.Get("for")]
	if !ok {
		return broadsheet.InvalidField("for", "is no length of a ban", "choose one of the list")
	}
	if length > 0 {
		m.Until = w.app.Now().Add(length)
	}
	if err := w.app.Moderate(r.Context(), app.ActorOf(r.Context()), m); err != nil {
		return w.moderateAgain(rw, r, &m, err)
	}
	to := httpkit.SafeRedirect(f.Get("return"))
	if !strings.HasPrefix(to, moderationPath) {
		to = moderationPath
	}
	if m.Act == broadsheet.ActMerge {
		to = moderationPath
	}
	sign := "?"
	if strings.Contains(to, "?") {
		sign = "&"
	}
	return httpkit.Redirect(rw, r, to+sign+"done="+url.QueryEscape(string(m.Act)), http.StatusSeeOther)
}

// moderationFields are the names of the form's fields in sentences.
var moderationFields = map[string]string{"reason": "The reason", "into": "The paper that stays"}

// moderateAgain shows what an act was refused for as it is now, with what was
// typed and why it was refused.
func (w *Web) moderateAgain(rw http.ResponseWriter, r *http.Request, m *app.Moderation, refusal error) error {
	problem := problemText(refusal)
	p, err := w.casePage(r, m.Kind, m.Object)
	if problem == "" || err != nil {
		return refusal
	}
	c := &p.Cases[0]
	c.Problem, c.Reason, c.Into = problem, clip(clean.Line(m.Reason), 600), clip(clean.Line(m.Into), 300)
	c.For = r.PostForm.Get("for")
	if e := fieldError(refusal); e != nil && moderationFields[e.Field] != "" {
		c.Field, c.Problem = e.Field, moderationFields[e.Field]+" "+strings.ToLower(problem[:1])+problem[1:]
	}
	p.Frame.Title = "Error: " + p.Frame.Title
	refused(rw, refusal)
	return w.render(rw, "moderation.html", p)
}

// fieldError is the error of a field, nil where err is none.
func fieldError(err error) *broadsheet.Error {
	var e *broadsheet.Error
	if errors.As(err, &e) && e.Kind == broadsheet.Invalid && e.Field != "" {
		return e
	}
	return nil
}
