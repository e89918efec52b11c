package web

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

const logPath = "/log"

func (w *Web) logRoutes() []httpkit.Route {
	return []httpkit.Route{{Method: http.MethodGet, Pattern: logPath, Kind: httpkit.Page, Handle: w.log,
		Query: []string{"actor", "act", "kind", "object", "paper", "before"}, Error: w.Error}}
}

// logPage is the public log: what those who have a role here did, and why.
type logPage struct {
	Frame  frame
	Lines  []logLine
	Acts   []logChoice
	Kinds  []logChoice
	Actor  string
	Paper  string
	Object string
	All    string // path without a filter, "" where there is none
	Older  string
	First  string
}

// logChoice is an option of a filter.
type logChoice struct {
	Value, Name string
	Here        bool
}

// logLine is one act in words.
type logLine struct {
	At             time.Time
	When           string
	Actor, ByPath  string // "" for the program or the command line
	Did            string // "hid"
	What           string // "the comment"
	Object, Path   string
	Paper, OnPath  string // where it is not the object itself
	Reason, Detail string
	Hidden         bool // only moderators see the line
}

var actWords = []logChoice{
	{Value: string(broadsheet.ActFeature), Name: "featured"}, {Value: string(broadsheet.ActUnfeature), Name: "unfeatured"},
	{Value: string(broadsheet.ActAccept), Name: "accepted"}, {Value: string(broadsheet.ActReject), Name: "declined"},
	{Value: string(broadsheet.ActHide), Name: "hid"}, {Value: string(broadsheet.ActShow), Name: "showed again"},
	{Value: string(broadsheet.ActLock), Name: "closed the discussion of"}, {Value: string(broadsheet.ActUnlock), Name: "opened the discussion of"},
	{Value: string(broadsheet.ActMerge), Name: "merged"}, {Value: string(broadsheet.ActEdit), Name: "edited"},
	{Value: string(broadsheet.ActBan), Name: "banned"}, {Value: string(broadsheet.ActUnban), Name: "lifted the ban of"},
	{Value: string(broadsheet.ActRole), Name: "changed the role of"}, {Value: string(broadsheet.ActDismiss), Name: "dismissed a report on"},
	{Value: string(broadsheet.ActRule), Name: "changed"}, {Value: string(broadsheet.ActDiscountVotes), Name: "discounted votes for"},
	{Value: string(broadsheet.ActDeleteAccount), Name: "deleted"}, {Value: string(broadsheet.ActOrganization), Name: "changed the organisation of"},
	{Value: string(broadsheet.ActInvite), Name: "invited"}, {Value: string(broadsheet.ActRestoreAccount), Name: "brought back"},
	{Value: string(broadsheet.ActTend), Name: "attended to"},
}

var kindWords = []logChoice{
	{Value: string(broadsheet.ObjectPaper), Name: "paper"}, {Value: string(broadsheet.ObjectComment), Name: "comment"},
	{Value: string(broadsheet.ObjectAccount), Name: "account"}, {Value: string(broadsheet.ObjectSubmission), Name: "submission"},
	{Value: string(broadsheet.ObjectClaim), Name: "claim"}, {Value: string(broadsheet.ObjectAuthor), Name: "author"}, {Value: string(broadsheet.ObjectOrganization), Name: "organisation"},
	{Value: string(broadsheet.ObjectRule), Name: "rule"}, {Value: string(broadsheet.ObjectSource), Name: "source"},
	{Value: string(broadsheet.ObjectJob), Name: "job"}, {Value: string(broadsheet.ObjectStore), Name: "storage"},
}

func chosen(list []logChoice, value string) (out []logChoice, name string) {
	for _, c := range list {
		if c.Here = c.Value == value; c.Here {
			name = c.Name
		}
		out = append(out, c)
	}
	return out, name
}

func (w *Web) log(rw http.ResponseWriter, r *http.Request) error {
	in := r.URL.Query()
	q := app.LogQuery{Actor: in.Get("actor"), Act: broadsheet.Act(in.Get("act")), Kind: broadsheet.ObjectKind(in.Get("kind")), Object: in.Get("object"), Paper: in.Get("paper")}
	p := logPage{Actor: q.Actor, Paper: q.Paper, Object: q.Object}
	var known string
	if p.Acts, known = chosen(actWords, string(q.Act)); known == "" && q.Act != "" {
		return broadsheet.InvalidField("act", fmt.Sprintf("%.40q is nothing that is done here", string(q.Act)), "choose one of the list")
	}
	if p.Kinds, known = chosen(kindWords, string(q.Kind)); known == "" && q.Kind != "" {
		return broadsheet.InvalidField("kind", fmt.Sprintf("%.40q is no kind of thing here", string(q.Kind)), "choose one of the list")
	}
	if text := in.Get("before"); text != "" {
		var err error
		if q.Before, err = strconv.ParseInt(text, 10, 64); err != nil || q.Before < 1 {
			return broadsheet.InvalidField("before", fmt.Sprintf("%.40q is not the number of a line", text), "use a link of the page")
		}
	}
	if id, _, err := broadsheet.ParseID(q.Paper); err == nil {
		q.Paper = id
	}
	lines, more, err := w.app.Log(r.Context(), app.ActorOf(r.Context()), q)
	if err != nil {
		return err
	}
	p.Frame = w.frame("Log", "What curators, moderators and administrators of "+w.name+" did, and why.", logPath)
	filter := url.Values{}
	for _, name := range []string{"actor", "act", "kind", "object", "paper"} {
		if v := in.Get(name); v != "" {
			filter.Set(name, v)
		}
	}
	link := func(before int64) string {
		to := maps.Clone(filter)
		if before > 0 {
			to.Set("before", strconv.FormatInt(before, 10))
		}
		if len(to) == 0 {
			return logPath
		}
		return logPath + "?" + to.Encode()
	}
	if len(filter) > 0 || q.Before > 0 {
		p.All, p.Frame.NoIndex = logPath, true
	}
	if q.Before > 0 {
		p.First = link(0)
	}
	if more {
		p.Older = link(lines[len(lines)-1].ID)
	}
	for i := range lines {
		p.Lines = append(p.Lines, lineOf(&lines[i]))
	}
	return w.render(rw, "log.html", p)
}

// whoLeft stands for the name of an account that was deleted.
const whoLeft = "somebody who has left"

func lineOf(x *broadsheet.Action) logLine {
	l := logLine{At: x.At, When: stamp(x.At), Actor: x.Actor, Object: x.Object, Reason: x.Reason, Detail: x.Detail, Hidden: x.Hidden}
	switch {
	case broadsheet.IsGoneName(x.Actor):
		l.Actor = whoLeft
	case x.Actor != "":
		l.ByPath = peoplePath(x.Actor)
	}
	if _, l.Did = chosen(actWords, string(x.Act)); l.Did == "" {
		l.Did = string(x.Act)
	}
	if _, l.What = chosen(kindWords, string(x.Kind)); l.What == "" {
		l.What = string(x.Kind)
	}
	l.What = "the " + l.What
	switch x.Kind {
	case broadsheet.ObjectPaper:
		l.Path = address.Paper(x.Object)
	case broadsheet.ObjectAccount:
		if l.Path = peoplePath(x.Object); broadsheet.IsGoneName(x.Object) {
			l.Path, l.Object = "", "of "+whoLeft
		}
	case broadsheet.ObjectComment:
		l.Path, l.Object = "/comments/"+x.Object, ""
	case broadsheet.ObjectAuthor:
		l.Path = address.List(broadsheet.ListAuthor, x.Object)
	case broadsheet.ObjectOrganization:
		l.Path = address.List(broadsheet.ListOrganization, x.Object)
		if x.Act == broadsheet.ActOrganization {
			l.Did = "changed"
		}
	case broadsheet.ObjectStore:
		l.What, l.Object = "the "+x.Object, "" // "the database"
	case broadsheet.ObjectSubmission, broadsheet.ObjectClaim:
		l.Object = ""
	}
	if x.Paper != "" && x.Kind != broadsheet.ObjectPaper {
		l.Paper, l.OnPath = x.Paper, address.Paper(x.Paper)
	}
	return l
}
