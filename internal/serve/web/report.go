package web

import (
	"net/http"
	"net/url"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

const reportPath = "/report"

// reportLink is the path on which something can be reported.
func reportLink(kind broadsheet.ObjectKind, object string) string {
	return reportPath + "?" + url.Values{"kind": {string(kind)}, "object": {object}}.Encode()
}

// reportPage asks what is wrong with something.
type reportPage struct {
	Frame   frame
	Target  app.ReportTarget
	What    string // "paper"
	Text    string // of the target, its beginning
	Path    string // of the target
	Reasons []reportReason
	Said    string
	Problem *broadsheet.Error
}

type reportReason struct {
	Value broadsheet.FlagReason
	Text  string
	Here  bool
}

var reasonTexts = map[broadsheet.FlagReason]string{
	broadsheet.FlagSpam: "Advertising or nonsense", broadsheet.FlagRude: "Insults or harasses somebody", broadsheet.FlagWrong: "Wrong or misleading information",
	broadsheet.FlagDuplicate: "A duplicate of another paper here", broadsheet.FlagUnlawful: "Breaks the law, or violates somebody’s rights", broadsheet.FlagOther: "Something else",
}

func (w *Web) moderationRoutes() []httpkit.Route {
	get, post := http.MethodGet, http.MethodPost
	route := func(method, pattern string, kind httpkit.RouteKind, right app.Right, handle httpkit.HandlerFunc) httpkit.Route {
		return httpkit.Route{Method: method, Pattern: pattern, Kind: kind, Right: string(right), Handle: handle, MaxBody: maxForm, Error: w.Error}
	}
	return []httpkit.Route{
		route(get, reportPath, httpkit.Private, app.RightFlag, w.reporting),
		route(post, reportPath, httpkit.Action, app.RightFlag, w.report),
		route(get, moderationPath, httpkit.Private, app.RightModerate, w.cases),
		route(get, moderationPath+"/object", httpkit.Private, app.RightModerate, w.oneCase),
		route(post, moderationPath, httpkit.Action, app.RightModerate, w.moderate),
	}
}

func (w *Web) reporting(rw http.ResponseWriter, r *http.Request) error {
	if err := app.Allowed(app.ActorOf(r.Context()), app.RightFlag); err != nil {
		return err
	}
	q := r.URL.Query()
	return w.reportForm(rw, r, broadsheet.ObjectKind(q.Get("kind")), q.Get("object"), "", "", nil)
}

func (w *Web) reportForm(rw http.ResponseWriter, r *http.Request, kind broadsheet.ObjectKind, object string, reason broadsheet.FlagReason, said string, problem *broadsheet.Error) error {
	t, err := w.app.Reportable(r.Context(), kind, object)
	if err != nil {
		return err
	}
	p := reportPage{Frame: w.aside("Report a " + string(kind)), Target: t, What: string(kind), Text: clip(plain(t.Title), 300), Path: objectPath(t.Kind, t.Object, t.Paper), Said: said, Problem: problem}
	for _, x := range broadsheet.FlagReasons {
		if x == broadsheet.FlagDuplicate && kind != broadsheet.ObjectPaper {
			continue
		}
		p.Reasons = append(p.Reasons, reportReason{x, reasonTexts[x], x == reason})
	}
	return w.render(rw, "report.html", p)
}

// objectPath is where something can be seen.
func objectPath(kind broadsheet.ObjectKind, object, paper string) string {
	switch kind {
	case broadsheet.ObjectPaper:
		return address.Paper(object)
	case broadsheet.ObjectComment:
		return address.Paper(paper) + "#c-" + object
	case broadsheet.ObjectAccount:
		return "/people/" + object
	}
	return ""
}

func (w *Web) report(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	f := r.PostForm
	x := broadsheet.Flag{Kind: broadsheet.ObjectKind(f.Get("kind")), Object: f.Get("object"), Reason: broadsheet.FlagReason(f.Get("reason")), Text: f.Get("text")}
	err := w.app.Report(r.Context(), app.ActorOf(r.Context()), x)
	if problem := fieldError(err); problem != nil && (problem.Field == "reason" || problem.Field == "text") {
		rw.WriteHeader(http.StatusBadRequest)
		return w.reportForm(rw, r, x.Kind, x.Object, x.Reason, clip(x.Text, 2000), problem)
	}
	if err != nil {
		return err
	}
	t, err := w.app.Reportable(r.Context(), x.Kind, x.Object)
	if err != nil {
		return err
	}
	return w.notice(rw, noticePage{Kind: "Report", Heading: "The moderators will look at it", Lines: []string{"Thank you. You will be notified of what they decide."},
		Links: []choice{{Name: "Back to where you were", Path: objectPath(t.Kind, t.Object, t.Paper)}}})
}
