package web

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/httpkit"
)

// keyCookie holds the word of a browser that was asked for a passkey.
const keyCookie = "key"

// factorRoutes are the pages of second factors and passkeys.
func (w *Web) factorRoutes() []httpkit.Route {
	route := func(method, pattern string, right app.Right, handle httpkit.HandlerFunc) httpkit.Route {
		kind := httpkit.Private
		if method == http.MethodPost {
			kind = httpkit.Action
		}
		return httpkit.Route{Method: method, Pattern: pattern, Kind: kind, Handle: handle, MaxBody: maxForm, Right: string(right), Error: w.Error}
	}
	get, post := http.MethodGet, http.MethodPost
	return []httpkit.Route{
		route(get, factorPath, app.RightOpen, w.factor), route(post, factorPath, app.RightOpen, w.showFactor),
		route(get, againPath, app.RightSession, w.onceMore), route(post, againPath, app.RightSession, w.proveAgain),
		route(post, "/sign-in/passkey", app.RightOpen, inJSON(w.askPasskey)),
		route(post, "/sign-in/passkey/use", app.RightOpen, inJSON(w.usePasskey)),
		route(post, "/sign-in/passkey/again", app.RightSession, inJSON(w.againByPasskey)),
		route(post, "/account/passkeys/ask", app.RightSession, inJSON(w.askNewPasskey)),
		route(post, "/account/passkeys", app.RightSession, inJSON(w.addPasskey)),
	}
}

func (w *Web) factorPage(keys bool, next string) stepPage {
	p := stepPage{Frame: w.aside("Second factor"), Heading: "And the second factor", Lines: []string{"Your account asks for more than a link."},
		Action: factorPath, Button: "Sign in", Links: []choice{{Name: "Begin again", Path: signInPath}},
		Field: stepField{Name: "code", Label: "Code of your app, or a recovery code", Hint: "Six digits, or the sixteen letters and digits of a recovery code, which works once", Complete: "one-time-code", Most: 40}}
	if keys && w.app.HasPasskeys() {
		p.Passkey = &passkeyButton{Text: "Use a passkey", To: "/sign-in/passkey/use", Next: next}
		p.Frame.Script = w.assets.URL("passkey.js")
	}
	return p
}

func (w *Web) factor(rw http.ResponseWriter, r *http.Request) error {
	f, next, err := w.app.Waiting(r.Context(), w.cookies.Value(r, stepCookie))
	if err != nil {
		return w.linkLapsed(rw, err)
	}
	return w.render(rw, "step.html", w.factorPage(f.Passkeys > 0, next))
}

func (w *Web) showFactor(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	word := w.cookies.Value(r, stepCookie)
	f, next, err := w.app.Waiting(r.Context(), word)
	if err != nil {
		return w.linkLapsed(rw, err)
	}
	step, err := w.app.ShowFactor(r.Context(), word, r.PostForm.Get("code"), w.browser(r))
	if err != nil {
		return w.stepAgain(rw, w.factorPage(f.Passkeys > 0, next), err)
	}
	return w.follow(rw, r, step)
}

// againPage asks who is signed in to show it once more.
func (w *Web) againPage(r *http.Request) (p stepPage, any bool, err error) {
	f, err := w.app.Factors(r.Context(), app.ActorOf(r.Context()))
	if err != nil {
		return p, false, err
	}
	next := nextPath(r.URL.Query().Get("next"))
	p = w.factorPage(f.Passkeys > 0, next)
	p.Frame, p.Heading, p.Button, p.Links = w.aside("Once more"), "Show that it is you", "Go on", nil
	p.Lines = []string{"What comes next changes who can get into your account, or ends it. You signed in more than half an hour ago."}
	p.Action = r.URL.RequestURI()
	if p.Passkey != nil {
		p.Passkey.To = "/sign-in/passkey/again"
	}
	return p, f.Any(), nil
}

func (w *Web) onceMore(rw http.ResponseWriter, r *http.Request) error {
	p, any, err := w.againPage(r)
	if err != nil {
		return err
	}
	if !any { // a link is all that the account asks for
		p := noticePage{Kind: "Account", Heading: "Show that it is you", Lines: append(p.Lines, "Sign in once more; then you are back where you were.")}
		p.Links = []choice{{Name: "Sign in", Path: signInPath + "?" + nextQuery(r.URL.Query().Get("next"))}}
		return w.notice(rw, p)
	}
	return w.render(rw, "step.html", p)
}

func (w *Web) proveAgain(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	p, _, err := w.againPage(r)
	if err != nil {
		return err
	}
	if err := w.app.ProveAgain(r.Context(), app.ActorOf(r.Context()), r.PostForm.Get("code")); err != nil {
		return w.stepAgain(rw, p, err)
	}
	return httpkit.Redirect(rw, r, orSecurity(nextPath(r.URL.Query().Get("next"))), http.StatusSeeOther)
}

func orSecurity(next string) string {
	if next == "" {
		return securityPath
	}
	return next
}

// keyAnswer is what a script sends after a browser has shown a passkey.
type keyAnswer struct {
	Next       string          `json:"next"`
	Name       string          `json:"name"`
	Credential json.RawMessage `json:"credential"`
}

func readAnswer(r *http.Request) (a keyAnswer, err error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return a, err
	}
	if json.Unmarshal(body, &a) != nil || len(a.Credential) == 0 {
		return a, broadsheet.Errorf(broadsheet.Invalid, "the answer does not read")
	}
	return a, nil
}

// inJSON is for handlers that a script of this site asks: errors are JSON too.
func inJSON(handle func(http.ResponseWriter, *http.Request) (any, error)) httpkit.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) error {
		out, err := handle(rw, r)
		code := http.StatusOK
		switch {
		case err == nil:
		case app.MustProve(err):
			out = map[string]string{"next": againPath + "?" + nextQuery(httpkit.Back(r, securityPath))}
		case broadsheet.KindOf(err) == broadsheet.Unauthenticated:
			out = map[string]string{"next": signInPath + "?" + nextQuery(httpkit.Back(r, securityPath))}
		default:
			if code = httpkit.Status(err); problemOf(err) == "" {
				return err
			}
			out = map[string]string{"error": problemOf(err)}
		}
		return sendJSON(rw, code, out)
	}
}

func nextQuery(next string) string { return url.Values{"next": {next}}.Encode() }

func (w *Web) askPasskey(rw http.ResponseWriter, r *http.Request) (any, error) {
	options, word, err := w.app.AskPasskey(r.Context(), httpkit.Client(r))
	if err != nil {
		return nil, err
	}
	w.cookies.Set(rw, keyCookie, word, stepFor)
	return json.RawMessage(options), nil
}

func (w *Web) usePasskey(rw http.ResponseWriter, r *http.Request) (any, error) {
	a, err := readAnswer(r)
	if err != nil {
		return nil, err
	}
	step, err := w.app.EnterByPasskey(r.Context(), w.cookies.Value(r, keyCookie), a.Credential, nextPath(a.Next), w.browser(r))
	if err != nil {
		return nil, err
	}
	return map[string]string{"next": w.arrive(rw, step)}, nil
}

func (w *Web) againByPasskey(_ http.ResponseWriter, r *http.Request) (any, error) {
	a, err := readAnswer(r)
	if err != nil {
		return nil, err
	}
	if err := w.app.ProveByPasskey(r.Context(), app.ActorOf(r.Context()), w.cookies.Value(r, keyCookie), a.Credential); err != nil {
		return nil, err
	}
	return map[string]string{"next": orSecurity(nextPath(a.Next))}, nil
}

func (w *Web) askNewPasskey(rw http.ResponseWriter, r *http.Request) (any, error) {
	options, word, err := w.app.AskNewPasskey(r.Context(), app.ActorOf(r.Context()))
	if err != nil {
		return nil, err
	}
	w.cookies.Set(rw, keyCookie, word, stepFor)
	return json.RawMessage(options), nil
}

func (w *Web) addPasskey(_ http.ResponseWriter, r *http.Request) (any, error) {
	a, err := readAnswer(r)
	if err != nil {
		return nil, err
	}
	codes, err := w.app.AddPasskey(r.Context(), app.ActorOf(r.Context()), w.cookies.Value(r, keyCookie), a.Credential, a.Name)
	if err != nil {
		return nil, err
	}
	return map[string]any{"next": securityPath + "?done=passkey", "codes": codes}, nil
}
