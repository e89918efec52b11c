package web

import (
	"context"
	"net/http"
	"reflect"
	"strconv"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/httpkit"
)

// reader is who a page is for, as the frame shows it. Handlers need not think of
// it: render finds it behind the ResponseWriter that seated gives them.
type reader struct {
	Name   string // handle, "" for a stranger
	Shown  string
	Unread string // notifications, "" for none
	Links  []choice
	// Curates puts the form into the page that the buttons of curators send.
	Curates bool
}

// seat is a ResponseWriter that knows whose request it answers.
type seat struct {
	http.ResponseWriter
	ctx context.Context
}

// seated lets a route's pages show who reads them. Answers that are shared show a
// stranger: httpkit calls their handlers with nobody in the context.
func (w *Web) seated(rt httpkit.Route) httpkit.Route {
	if rt.Kind == httpkit.Asset || rt.Kind == httpkit.Plain {
		return rt
	}
	handle := rt.Handle
	rt.Handle = func(rw http.ResponseWriter, r *http.Request) error {
		return handle(&seat{rw, r.Context()}, r)
	}
	return rt
}

// personal are the routes' HTML pages: asked for anew each time, so that what
// people do is seen at once, and made for the reader who is signed in.
func personal(routes []httpkit.Route) {
	for i := range routes {
		rt := &routes[i]
		if rt.Kind != httpkit.Page || notHTML[rt.Pattern] {
			continue
		}
		rt.Personal = true
		if rt.MaxAge == 0 {
			rt.MaxAge = httpkit.Revalidate
		}
	}
}

// notHTML are the Pages of this package that are data or lead elsewhere.
var notHTML = map[string]bool{"/search/suggest": true, "/go": true, "/favicon.ico": true, portraitPath + "{key}": true}

// place is an entry of the reader's menu: the page where one may do something.
type place struct {
	path, name string
	role       broadsheet.Role
}

var places = []place{
	{"/notifications", "Notifications", broadsheet.RoleMember},
	{"/submit", "Submit a paper", broadsheet.RoleMember},
	{"/submissions", "Submissions", broadsheet.RoleMember},
	{"/claims", "Claims", broadsheet.RoleMember},
	{"/account", "Account", ""},
	{"/account/security", "Security", ""},
	{"/queue", "Curators’ queue", broadsheet.RoleCurator},
	{"/moderation", "Moderation", broadsheet.RoleModerator},
	{"/admin", "Administration", broadsheet.RoleAdmin},
}

// reader is who asks. Only pages that this site has stand in the menu.
func (w *Web) reader(ctx context.Context) reader {
	by := app.ActorOf(ctx)
	if !by.SignedIn() {
		return reader{}
	}
	r := reader{Name: by.Name(), Shown: clip(by.Account.ShownName(), 24), Curates: by.Is(broadsheet.RoleCurator)}
	// Without their number a page is still worth showing.
	if n, err := w.app.Unread(ctx, by); err == nil && n > 0 {
		r.Unread = strconv.Itoa(n)
		if n >= app.UnreadMost {
			r.Unread = strconv.Itoa(app.UnreadMost-1) + "+"
		}
	}
	if w.has["/people/{name}"] {
		r.Links = append(r.Links, choice{Name: "Profile", Path: peoplePath(by.Name())})
	}
	for _, p := range places {
		if w.has[p.path] && (p.role == "" || by.Is(p.role)) {
			r.Links = append(r.Links, choice{Name: p.name, Path: p.path})
		}
	}
	return r
}

// peoplePath is the page of a person who has an account here.
func peoplePath(name string) string { return "/people/" + httpkit.EscapePath(name) }

// seat fills the frame of a page for whom rw answers.
func (w *Web) seat(rw http.ResponseWriter, page any) {
	s, ok := rw.(*seat)
	if !ok {
		return
	}
	v := reflect.Indirect(reflect.ValueOf(page))
	if v.Kind() != reflect.Struct {
		return
	}
	field := v.FieldByName("Frame")
	if !field.IsValid() {
		return
	}
	if f, ok := field.Interface().(frame); ok && f.Reader != nil {
		*f.Reader = w.reader(s.ctx)
	}
}
