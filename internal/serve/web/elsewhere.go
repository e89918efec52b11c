package web

import (
	"net/http"
	"net/url"

	"broadsheet/internal/app"
	"broadsheet/internal/serve/httpkit"
)

// withPath is where signing in with an account elsewhere begins.
const withPath = "/sign-in/with/"

// elsewhereCookie holds the word of a browser that was sent to a provider.
const elsewhereCookie = "elsewhere"

func (w *Web) elsewhereRoutes() []httpkit.Route {
	open, session := string(app.RightOpen), string(app.RightSession)
	return []httpkit.Route{
		{Method: http.MethodPost, Pattern: withPath + "{provider}", Kind: httpkit.Action, Handle: w.goElsewhere, MaxBody: maxForm, Right: open, Error: w.Error},
		{Method: http.MethodPost, Pattern: "/account/with/{provider}", Kind: httpkit.Action, Handle: w.linkElsewhere, MaxBody: maxForm, Right: session, Error: w.Error},
		{Method: http.MethodGet, Pattern: withPath + "{provider}/done", Kind: httpkit.Private, Handle: w.comeBack, Right: open, Error: w.Error},
	}
}

// elsewherePage sends the browser to a provider. It is a page and no redirect: the
// policy of this site's pages lets forms lead nowhere else.
type elsewherePage struct {
	Frame frame
	Title string
	To    string
}

func (w *Web) goElsewhere(rw http.ResponseWriter, r *http.Request) error {
	return w.sendElsewhere(rw, r, false)
}

func (w *Web) linkElsewhere(rw http.ResponseWriter, r *http.Request) error {
	return w.sendElsewhere(rw, r, true)
}

func (w *Web) sendElsewhere(rw http.ResponseWriter, r *http.Request, link bool) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	provider := r.PathValue("provider")
	by := app.ActorOf(r.Context())
	by.Client = httpkit.Client(r)
	to, word, err := w.app.GoElsewhere(r.Context(), by, provider, nextPath(r.PostForm.Get("next")), clip(r.PostForm.Get("invite"), 64), link)
	if err != nil {
		return err
	}
	w.cookies.Set(rw, elsewhereCookie, word, stepFor)
	p := elsewherePage{Frame: w.aside("Sign in"), To: to, Title: provider}
	for _, x := range w.app.Providers() {
		if x.Name == provider {
			p.Title = x.Title
		}
	}
	return w.render(rw, "elsewhere.html", p)
}

// comeBack is where a provider sends the browser back to.
func (w *Web) comeBack(rw http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	word := w.cookies.Value(r, elsewhereCookie)
	w.cookies.Clear(rw, elsewhereCookie)
	step, linked, err := w.app.ComeBack(r.Context(), app.ActorOf(r.Context()), r.PathValue("provider"), word, q.Get("state"), q.Get("code"), w.browser(r))
	if err != nil {
		if problemOf(err) == "" {
			return err
		}
		again := choice{Name: "Sign in", Path: signInPath}
		if linked {
			again = choice{Name: "Back to your account", Path: securityPath}
		}
		rw.WriteHeader(httpkit.Status(err))
		return w.notice(rw, noticePage{Kind: "Account", Heading: "That did not work", Lines: []string{problemOf(err)}, Links: []choice{again}})
	}
	if linked {
		return httpkit.Redirect(rw, r, securityPath+"?"+url.Values{"done": {"linked"}}.Encode(), http.StatusSeeOther)
	}
	return w.follow(rw, r, step)
}
