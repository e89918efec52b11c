package web

import (
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

const notificationsPath = "/notifications"

type notificationsPage struct {
	Frame   frame
	List    []notificationShown
	Unread  bool
	Through int64
	More    string // path of older ones
}

type notificationShown struct {
	Text, Detail, Path, When string
	At                       string // for machines
	New                      bool
}

type notifyWaysPage struct {
	Frame   frame
	Nav     []navItem
	Done    bool
	Choices []notifyWayShown
	Feed    bool   // there is one
	Address string // of one that was made just now
	Mail    bool
}

type notifyWayShown struct {
	Kind broadsheet.NotificationKind
	Text string
	Way  broadsheet.NotifyWay
}

var notifyTexts = map[broadsheet.NotificationKind]string{
	broadsheet.NotifyReply: "Somebody answers your comment", broadsheet.NotifyMention: "Somebody mentions you", broadsheet.NotifyPaper: "Comments on papers that you wrote or submitted",
	broadsheet.NotifyFeatured: "A paper of yours is featured", broadsheet.NotifySubmission: "Your submission is decided on", broadsheet.NotifyClaim: "A claim is decided on",
	broadsheet.NotifyModeration: "Moderators decide about what you wrote or reported", broadsheet.NotifyAccount: "Your role or organisation changes",
}

func (w *Web) notificationRoutes() []httpkit.Route {
	route := func(method, pattern string, kind httpkit.RouteKind, right app.Right, handle httpkit.HandlerFunc) httpkit.Route {
		return httpkit.Route{Method: method, Pattern: pattern, Kind: kind, Right: string(right), Handle: handle, MaxBody: maxForm, Error: w.Error}
	}
	get, post := http.MethodGet, http.MethodPost
	oneClick := route(post, notificationsPath+"/off/{token}", httpkit.Action, app.RightOpen, w.notifyOff)
	oneClick.CrossOrigin = true // RFC 8058
	return []httpkit.Route{
		route(get, notificationsPath, httpkit.Private, app.RightRead, w.notifications),
		route(post, notificationsPath, httpkit.Action, app.RightRead, w.readNotifications),
		route(get, notificationsPath+"/choices", httpkit.Private, app.RightSession, w.notifyWays),
		route(post, notificationsPath+"/choices", httpkit.Action, app.RightSession, w.chooseNotify),
		route(get, notificationsPath+"/feed/{word}", httpkit.Private, app.RightOpen, w.notificationFeed),
		route(get, notificationsPath+"/off/{token}", httpkit.Private, app.RightOpen, w.lookNotifyOff),
		oneClick,
	}
}

func (w *Web) notifications(rw http.ResponseWriter, r *http.Request) error {
	list, more, err := w.app.Notifications(r.Context(), app.ActorOf(r.Context()), numberOf(r, "before"))
	if err != nil {
		return err
	}
	p := notificationsPage{Frame: w.aside("Notifications")}
	zone := w.zoneOf(r.Context())
	for i := range list {
		n := &list[i]
		p.Unread = p.Unread || n.ReadAt.IsZero()
		p.Through = max(p.Through, n.ID)
		p.List = append(p.List, notificationShown{Text: sentence(app.News(n)), Detail: n.Detail, Path: notificationPath(n), When: n.At.In(zone).Format(stampLayout),
			At: n.At.UTC().Format(time.RFC3339), New: n.ReadAt.IsZero()})
	}
	if more {
		p.More = notificationsPath + "?before=" + strconv.FormatInt(list[len(list)-1].ID, 10)
	}
	return w.render(rw, "notifications.html", p)
}

// notificationPath is what a notification leads to, "" for nothing.
func notificationPath(n *broadsheet.Notification) string {
	switch {
	case n.Comment != "" && n.Paper != "":
		return address.Paper(n.Paper) + "#c-" + n.Comment
	case n.Kind == broadsheet.NotifyClaim && strings.HasPrefix(n.Detail, "waits: "):
		return claimQueuePath
	case n.Paper != "":
		return address.Paper(n.Paper)
	case n.Kind == broadsheet.NotifySubmission:
		return "/submissions"
	case n.Kind == broadsheet.NotifyAccount:
		return "/account"
	}
	return ""
}

func (w *Web) readNotifications(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	through, err := strconv.ParseInt(r.PostForm.Get("through"), 10, 64)
	if err != nil {
		return broadsheet.InvalidField("through", "is no number", "open the page again")
	}
	if err := w.app.ReadNotifications(r.Context(), app.ActorOf(r.Context()), through); err != nil {
		return err
	}
	return httpkit.Redirect(rw, r, notificationsPath, http.StatusSeeOther)
}

func (w *Web) notifyWays(rw http.ResponseWriter, r *http.Request) error {
	return w.notifyWaysPage(rw, r, "")
}

func (w *Web) notifyWaysPage(rw http.ResponseWriter, r *http.Request, made string) error {
	choices, feed, err := w.app.NotifyChoices(r.Context(), app.ActorOf(r.Context()))
	if err != nil {
		return err
	}
	p := notifyWaysPage{Frame: w.aside("How you are notified"), Nav: accountNav(notificationsPath + "/choices"), Done: r.URL.Query().Get("done") == "1", Feed: feed, Address: made, Mail: w.app.Subscribes()}
	for _, c := range choices {
		p.Choices = append(p.Choices, notifyWayShown{c.Kind, notifyTexts[c.Kind], c.Way})
	}
	return w.render(rw, "notifyways.html", p)
}

func (w *Web) chooseNotify(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	by := app.ActorOf(r.Context())
	switch r.PostForm.Get("do") {
	case "feed":
		word, err := w.app.NewNotificationFeed(r.Context(), by)
		if err != nil {
			return err
		}
		return w.notifyWaysPage(rw, r, w.address+notificationsPath+"/feed/"+word)
	case "nofeed":
		if err := w.app.EndNotificationFeed(r.Context(), by); err != nil {
			return err
		}
	default:
		var choices []app.NotifyChoice
		for _, k := range broadsheet.NotificationKinds {
			if way := r.PostForm.Get(string(k)); way != "" {
				choices = append(choices, app.NotifyChoice{Kind: k, Way: broadsheet.NotifyWay(way)})
			}
		}
		if err := w.app.ChooseNotifications(r.Context(), by, choices); err != nil {
			return err
		}
	}
	return httpkit.Redirect(rw, r, notificationsPath+"/choices?done=1", http.StatusSeeOther)
}

// notificationFeed is the private feed, in Atom: who has its address reads it.
func (w *Web) notificationFeed(rw http.ResponseWriter, r *http.Request) error {
	list, err := w.app.NotificationFeed(r.Context(), r.PathValue("word"))
	if err != nil {
		return err
	}
	type link struct {
		Href string `xml:"href,attr"`
	}
	type entry struct {
		ID      string `xml:"id"`
		Title   string `xml:"title"`
		Updated string `xml:"updated"`
		Link    link   `xml:"link"`
		Summary string `xml:"summary,omitempty"`
	}
	type author struct {
		Name string `xml:"name"`
	}
	feed := struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string   `xml:"id"`
		Title   string   `xml:"title"`
		Updated string   `xml:"updated"`
		Author  author   `xml:"author"`
		Link    link     `xml:"link"`
		Entries []entry  `xml:"entry"`
	}{ID: w.address + notificationsPath, Title: "Notifications from " + w.name, Updated: w.app.Now().UTC().Format(time.RFC3339), Author: author{w.name}, Link: link{w.address + notificationsPath}}
	for i := range list {
		n := &list[i]
		if i == 0 {
			feed.Updated = n.At.UTC().Format(time.RFC3339)
		}
		path := notificationPath(n)
		if path == "" {
			path = notificationsPath
		}
		feed.Entries = append(feed.Entries, entry{ID: w.address + notificationsPath + "#" + strconv.FormatInt(n.ID, 10), Title: sentence(app.News(n)), Updated: n.At.UTC().Format(time.RFC3339),
			Link: link{w.address + path}, Summary: n.Detail})
	}
	body, err := xml.MarshalIndent(feed, "", " ")
	if err != nil {
		return err
	}
	rw.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	_, err = rw.Write(append([]byte(xml.Header), body...))
	return err
}

func (w *Web) lookNotifyOff(rw http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("token")
	if err := w.app.CheckNotifyOff(token, sealOf(r)); err != nil {
		return w.lapsed(rw, err, choice{Name: "Choose how you are notified", Path: notificationsPath + "/choices"})
	}
	return w.notice(rw, noticePage{Kind: "By mail", Heading: "No more mails of notifications?", Lines: []string{"You will still find them on the site."},
		Action: withSeal(notificationsPath+"/off/"+token, sealOf(r)), Button: "No more mails"})
}

func (w *Web) notifyOff(rw http.ResponseWriter, r *http.Request) error {
	if err := w.app.NotifyOff(r.Context(), r.PathValue("token"), sealOf(r)); err != nil {
		return w.lapsed(rw, err, choice{Name: "Choose how you are notified", Path: notificationsPath + "/choices"})
	}
	return w.notice(rw, noticePage{Kind: "By mail", Heading: "No more mails", Lines: []string{"Notifications stay on the site."},
		Links: []choice{{Name: "Choose how you are notified", Path: notificationsPath + "/choices"}}})
}
