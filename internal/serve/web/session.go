package web

import (
	"net/http"
	"strings"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/httpkit"
)

// sessionsPage lists the browsers in which somebody is signed in.
type sessionsPage struct {
	Frame    frame
	Nav      []navItem
	Done     string
	Sessions []sessionLine
}

type sessionLine struct {
	broadsheet.Session
	Here  bool
	Agent string
}

func (w *Web) sessions(rw http.ResponseWriter, r *http.Request) error {
	by := app.ActorOf(r.Context())
	all, err := w.app.Sessions(r.Context(), by)
	if err != nil {
		return err
	}
	p := sessionsPage{Frame: w.aside("Signed in"), Nav: accountNav(sessionsPath)}
	if r.URL.Query().Has("ended") {
		p.Done = "Signed out there."
	}
	for _, x := range all {
		p.Sessions = append(p.Sessions, sessionLine{x, x.ID == by.Session, agentName(x.Agent)})
	}
	return w.render(rw, "sessions.html", p)
}

// agentName is what people call a browser, as far as it says. Browsers pretend to
// be each other, so the order counts.
func agentName(agent string) string {
	name, system := "A browser", ""
	for _, x := range []struct{ word, name string }{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS", "Firefox"},
		{"CriOS", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}} {
		if strings.Contains(agent, x.word) {
			name = x.name
			break
		}
	}
	for _, x := range []struct{ word, name string }{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}} {
		if strings.Contains(agent, x.word) {
			system = " on " + x.name
			break
		}
	}
	return name + system
}

func (w *Web) endSessions(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	by, id := app.ActorOf(r.Context()), r.PostForm.Get("end")
	var err error
	switch {
	case id == "others":
		err = w.app.EndSessions(r.Context(), by)
	case id != "" && id == by.Session:
		return w.signOut(rw, r)
	default:
		err = w.app.EndSession(r.Context(), by, id)
	}
	if err != nil {
		return err
	}
	return httpkit.Redirect(rw, r, sessionsPath+"?ended=1", http.StatusSeeOther)
}
