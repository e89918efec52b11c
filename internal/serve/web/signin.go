package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/httpkit"
)

// Paths of signing in.
const (
	signInPath  = "/sign-in"
	codePath    = "/sign-in/code"
	namePath    = "/sign-in/name"
	factorPath  = "/sign-in/factor"
	againPath   = "/sign-in/again"
	signOutPath = "/sign-out"
)

// Cookies of steps, without their prefix: the word of a browser that asked for a
// mail, and that of the step that is next.
const (
	askedCookie = "asked"
	stepCookie  = "step"
	stepFor     = 30 * time.Minute
	// knownCookie stays when its owner signs out: it says that they signed in here
	// before, so that strangers cannot use up the mails that they may ask for.
	knownCookie = "known"
	knownFor    = 365 * 24 * time.Hour
)

// signRoutes are the pages of signing in. None is shared, and only buttons change
// anything: programs that look at links do not sign anybody in.
func (w *Web) signRoutes() []httpkit.Route {
	get := func(pattern string, handle httpkit.HandlerFunc) httpkit.Route {
		return httpkit.Route{Method: http.MethodGet, Pattern: pattern, Kind: httpkit.Private, Handle: handle, Right: string(app.RightOpen), Error: w.Error}
	}
	post := func(pattern string, handle httpkit.HandlerFunc) httpkit.Route {
		return httpkit.Route{Method: http.MethodPost, Pattern: pattern, Kind: httpkit.Action, Handle: handle, MaxBody: maxForm, Right: string(app.RightOpen), Error: w.Error}
	}
	return []httpkit.Route{
		get(signInPath, w.signIn), post(signInPath, w.askSignIn),
		get(codePath, w.typeCode), post(codePath, w.useCode),
		get(app.LinkPath+"{token}", w.lookAtLink), post(app.LinkPath+"{token}", w.useLink),
		get(namePath, w.chooseName), post(namePath, w.register),
		post(signOutPath, w.signOut), get(signOutPath, w.signingOut),
	}
}

// toSignIn leads who is not signed in, and asks for what only such may see or do,
// to the page where one signs in; afterwards the reader is back where the wish
// was. Scripts and programs get the error, as JSON.
//
// The right is asked for here too, before a form is read: the use cases decide, and
// ask again, but nobody is told that a form is wrong which they may not send.
func (w *Web) toSignIn(rt httpkit.Route) httpkit.Route {
	if rt.Kind != httpkit.Private && rt.Kind != httpkit.Action || rt.Right == "" || rt.Right == string(app.RightOpen) {
		return rt
	}
	inner := rt.Handle
	handle := scripted(func(rw http.ResponseWriter, r *http.Request) error {
		if err := app.Allowed(app.ActorOf(r.Context()), app.Right(rt.Right)); err != nil {
			return err
		}
		return inner(rw, r)
	})
	rt.Handle = func(rw http.ResponseWriter, r *http.Request) error {
		err := handle(rw, r)
		if err == nil || httpkit.WantsJSON(r) {
			return err
		}
		next := r.URL.RequestURI()
		if rt.Kind == httpkit.Action {
			next = httpkit.Back(r, "/")
		}
		if app.MustProve(err) {
			return httpkit.Redirect(rw, r, againPath+"?"+url.Values{"next": {next}}.Encode(), http.StatusSeeOther)
		}
		if broadsheet.KindOf(err) != broadsheet.Unauthenticated {
			return err
		}
		return httpkit.Redirect(rw, r, signInPath+"?"+url.Values{"next": {next}, "to": {rt.Right}}.Encode(), http.StatusSeeOther)
	}
	return rt
}

// signInPage is where signing in begins.
type signInPage struct {
	Frame   frame
	Why     string // what it is for: "to vote"
	Next    string
	Invite  string
	Address string
	Problem string
	Mail    bool   // links are mailed
	New     string // how newcomers get an account
	Who     string
	Passkey *passkeyButton
	Others  []choice // accounts elsewhere: their names and paths
}

func (w *Web) signIn(rw http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	p := w.signInPage(r.Context(), q.Get("next"), q.Get("invite"))
	if q.Has("to") {
		p.Why = app.WhatFor(app.Right(q.Get("to")))
	}
	p.Who = app.ActorOf(r.Context()).Name()
	return w.render(rw, "signin.html", p)
}

func (w *Web) signInPage(ctx context.Context, next, invite string) signInPage {
	p := signInPage{Frame: w.aside("Sign in"), Next: nextPath(next), Invite: clip(invite, 64), Mail: w.app.SignsInByMail(), New: w.app.Newcomers(ctx, invite != "")}
	if w.app.HasPasskeys() {
		p.Passkey = &passkeyButton{Text: "Sign in with a passkey", To: "/sign-in/passkey/use", Next: p.Next}
		p.Frame.Script = w.assets.URL("passkey.js")
	}
	for _, x := range w.app.Providers() {
		p.Others = append(p.Others, choice{Name: x.Title, Path: withPath + x.Name})
	}
	return p
}

// nextPath is a path on this site to go on with, "" for none or one of signing in.
func nextPath(next string) string {
	if next == "" || len(next) > 2000 {
		return ""
	}
	next = httpkit.SafeRedirect(next)
	if next == "/" || strings.HasPrefix(next, signInPath) || strings.HasPrefix(next, signOutPath) {
		return ""
	}
	return next
}

func (w *Web) askSignIn(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	v := r.PostForm
	p := w.signInPage(r.Context(), v.Get("next"), v.Get("invite"))
	word, err := w.app.AskSignIn(r.Context(), app.SignInRequest{Address: v.Get("address"), Next: p.Next, Invite: p.Invite, Known: clip(w.cookies.Value(r, knownCookie), 100)}, httpkit.Client(r), v.Get("website"))
	if err == nil {
		w.cookies.Set(rw, askedCookie, word, stepFor)
		return httpkit.Redirect(rw, r, codePath, http.StatusSeeOther)
	}
	if p.Problem = problemOf(err); p.Problem == "" {
		return err
	}
	p.Address = clip(strings.TrimSpace(v.Get("address")), 2*broadsheet.MaxAddress)
	p.Frame.Title = "Error: " + p.Frame.Title
	refused(rw, err)
	return w.render(rw, "signin.html", p)
}

// problemOf is what a form says of an error that its reader can mend, "" for
// others.
func problemOf(err error) string {
	var e *broadsheet.Error
	if !errors.As(err, &e) {
		return ""
	}
	switch e.Kind {
	case broadsheet.Invalid, broadsheet.Conflict, broadsheet.Denied, broadsheet.Limited, broadsheet.Unavailable:
	default:
		return ""
	}
	text := e.Text
	if e.Field != "" {
		text = "this " + e.Field + " " + text
		if e.Kind == broadsheet.Conflict {
			text = e.Text
		}
	}
	if e.Fix != "" {
		return sentence(text) + " " + sentence(e.Fix)
	}
	return sentence(text)
}

// stepPage asks for one word: a code, a name.
type stepPage struct {
	Frame   frame
	Heading string
	Lines   []string
	Action  string
	Field   stepField
	Button  string
	Problem string
	Links   []choice
	Passkey *passkeyButton // nil: none
}

// passkeyButton is shown by the script where the browser knows passkeys.
type passkeyButton struct{ Text, To, Next string }

// stepField is its box.
type stepField struct {
	Name, Label, Hint, Value, Complete, Mode, Pattern string
	Most                                              int
}

func (w *Web) codePage() stepPage {
	return stepPage{Frame: w.aside("Look into your mailbox"), Heading: "Look into your mailbox",
		Lines: []string{"If this address has an account, or may have one here, a mail is on its way.",
			"Open its link in this browser, or type the code that stands in it. Both work once, for ten minutes. No mail after some minutes? Look where your mailbox keeps what it takes for spam; an address is sent three such mails a day, a few more where it signed in before."},
		Action: codePath, Button: "Go on", Field: stepField{Name: "code", Label: "Code", Hint: "Eight letters and digits", Complete: "one-time-code", Most: 20},
		Links: []choice{{Name: "Ask for another mail", Path: signInPath}}}
}

func (w *Web) typeCode(rw http.ResponseWriter, r *http.Request) error {
	return w.render(rw, "step.html", w.codePage())
}

func (w *Web) useCode(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	step, err := w.app.UseCode(r.Context(), r.PostForm.Get("code"), w.cookies.Value(r, askedCookie), w.browser(r))
	if err != nil {
		return w.stepAgain(rw, w.codePage(), err)
	}
	return w.follow(rw, r, step)
}

// stepAgain shows a step once more, with what was wrong.
func (w *Web) stepAgain(rw http.ResponseWriter, p stepPage, err error) error {
	if p.Problem = problemOf(err); p.Problem == "" {
		return err
	}
	p.Frame.Title = "Error: " + p.Frame.Title
	refused(rw, err)
	return w.render(rw, "step.html", p)
}

// browser is what a request says of the browser that sent it.
func (w *Web) browser(r *http.Request) app.Browser {
	return app.Browser{Client: httpkit.Client(r), Agent: r.UserAgent(), Session: w.cookies.Value(r, httpkit.SessionCookie)}
}

// follow goes on with what signing in has come to.
func (w *Web) follow(rw http.ResponseWriter, r *http.Request, step app.Step) error {
	switch step.At {
	case app.StepName, app.StepFactor:
		w.cookies.Set(rw, stepCookie, step.Word, stepFor)
		path := namePath
		if step.At == app.StepFactor {
			path = factorPath
		}
		return httpkit.Redirect(rw, r, path, http.StatusSeeOther)
	}
	return httpkit.Redirect(rw, r, w.arrive(rw, step), http.StatusSeeOther)
}

// arrive gives the browser its session, and where it goes on.
func (w *Web) arrive(rw http.ResponseWriter, step app.Step) string {
	w.cookies.Set(rw, httpkit.SessionCookie, step.Word, w.app.LongestSession())
	for _, name := range []string{stepCookie, askedCookie, keyCookie} {
		w.cookies.Clear(rw, name)
	}
	if step.Known != "" {
		w.cookies.Set(rw, knownCookie, step.Known, knownFor)
	}
	if next := nextPath(step.Next); next != "" {
		return next
	}
	return "/papers"
}

// lookAtLink shows what a link would do. In another browser than the one that
// asked it shows the code to type there instead: who asked with an address that is
// not theirs gets nothing by it.
func (w *Web) lookAtLink(rw http.ResponseWriter, r *http.Request) error {
	l, err := w.app.LookAtLink(r.Context(), r.PathValue("token"), w.cookies.Value(r, askedCookie))
	if err != nil {
		return w.linkLapsed(rw, err)
	}
	p := noticePage{Kind: "Account", Action: r.URL.EscapedPath(), Button: "Sign in"}
	switch {
	case l.Code != "":
		p.Heading, p.Action = "Your code is "+l.Code, ""
		p.Lines = []string{"This is not the browser in which you asked to sign in.", "Type the code there. If you did not ask, give it to nobody: whoever has it is you."}
	case l.First:
		p.Heading, p.Button = "Make the first account?", "Go on"
		p.Lines = []string{"It is the administrator’s: it decides who may do what on this site.", "Next you choose its name."}
	case l.Name != "":
		p.Heading, p.Lines = "Sign in as "+l.Name+"?", []string{"The link works once."}
	default:
		p.Heading, p.Button = "Open an account?", "Go on"
		p.Lines = []string{"It will belong to " + l.Address + ".", "Next you choose its name."}
	}
	return w.notice(rw, p)
}

func (w *Web) linkLapsed(rw http.ResponseWriter, err error) error {
	return w.lapsed(rw, err, choice{Name: "Sign in", Path: signInPath})
}

func (w *Web) useLink(rw http.ResponseWriter, r *http.Request) error {
	step, err := w.app.UseLink(r.Context(), r.PathValue("token"), w.cookies.Value(r, askedCookie), w.browser(r))
	if err != nil {
		return w.linkLapsed(rw, err)
	}
	return w.follow(rw, r, step)
}

// namePage asks somebody new for a name.
func (w *Web) namePage(n app.Newcomer) stepPage {
	p := stepPage{Frame: w.aside("Choose a name"), Heading: "Choose a name", Action: namePath, Button: "Open the account",
		Lines: []string{"It stands beside what you write and vote for, and in the address of your page. It cannot be changed later; a full name can be added."},
		Field: stepField{Name: "name", Label: "Name", Hint: "3 to 32 letters a to z, digits and single hyphens, a letter first", Complete: "username", Most: 40}}
	if n.Address != "" {
		p.Lines = append(p.Lines, "The account belongs to "+n.Address+", which nobody else sees.")
	}
	if n.First {
		p.Lines = append(p.Lines, "This account will be the administrator’s.")
	}
	return p
}

func (w *Web) chooseName(rw http.ResponseWriter, r *http.Request) error {
	n, err := w.app.Newcomer(r.Context(), w.cookies.Value(r, stepCookie))
	if err != nil {
		return w.linkLapsed(rw, err)
	}
	return w.render(rw, "step.html", w.namePage(n))
}

func (w *Web) register(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	word, name := w.cookies.Value(r, stepCookie), r.PostForm.Get("name")
	n, err := w.app.Newcomer(r.Context(), word)
	if err != nil {
		return w.linkLapsed(rw, err)
	}
	step, err := w.app.Register(r.Context(), word, name, w.browser(r))
	if err != nil {
		p := w.namePage(n)
		p.Field.Value = clip(name, 64)
		return w.stepAgain(rw, p, err)
	}
	if n.First && step.Next == "" {
		step.Next = adminPath // where the first steps stand
	}
	return w.follow(rw, r, step)
}

func (w *Web) signOut(rw http.ResponseWriter, r *http.Request) error {
	if err := w.app.SignOut(r.Context(), app.ActorOf(r.Context())); err != nil {
		return err
	}
	for _, name := range []string{httpkit.SessionCookie, stepCookie, askedCookie, keyCookie} {
		w.cookies.Clear(rw, name)
	}
	return httpkit.Redirect(rw, r, "/papers", http.StatusSeeOther)
}

// signingOut is the button for it, for a link that leads here.
func (w *Web) signingOut(rw http.ResponseWriter, _ *http.Request) error {
	return w.notice(rw, noticePage{Kind: "Account", Heading: "Sign out?", Lines: []string{"In this browser. In others you stay signed in."}, Action: signOutPath, Button: "Sign out",
		Links: []choice{{Name: "Back to the papers", Path: "/papers"}}})
}
