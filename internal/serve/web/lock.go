package web

import (
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/httpkit"

	"rsc.io/qr"
)

// Paths of an account's locks.
const (
	securityPath = "/account/security"
	appPath      = "/account/security/app"
	sessionsPath = "/account/sessions"
	tokensPath   = "/account/tokens"
)

func (w *Web) lockRoutes() []httpkit.Route {
	var out []httpkit.Route
	for _, x := range []struct {
		path      string
		get, post httpkit.HandlerFunc
	}{
		{securityPath, w.security, w.changeLocks}, {appPath, w.enrol, w.confirmApp}, {sessionsPath, w.sessions, w.endSessions}, {tokensPath, w.tokens, w.changeTokens},
		{app.AddressPath + "{token}", w.lookAtAddress, w.confirmAddress},
	} {
		out = append(out, httpkit.Route{Method: http.MethodGet, Pattern: x.path, Kind: httpkit.Private, Handle: x.get, Right: string(app.RightSession), Error: w.Error},
			httpkit.Route{Method: http.MethodPost, Pattern: x.path, Kind: httpkit.Action, Handle: x.post, MaxBody: maxForm, Right: string(app.RightSession), Error: w.Error})
	}
	return out
}

// accountNav is the way between the pages of an account.
func accountNav(here string) []navItem {
	var out []navItem
	for _, x := range []navItem{{"Profile", profilePath, false}, {"Security", securityPath, false}, {"Signed in", sessionsPath, false}, {"API tokens", tokensPath, false},
		{"Notifications", notificationsPath + "/choices", false}, {"Invitations", invitesPath, false}, {"Your data", dataPath, false}} {
		x.Here = x.Path == here
		out = append(out, x)
	}
	return out
}

type navItem struct {
	Name, Path string
	Here       bool
}

// securityPage shows and changes how its owner gets into an account.
type securityPage struct {
	Frame      frame
	Nav        []navItem
	Done       string
	Problem    string
	Name       string
	Addresses  []broadsheet.AccountAddress
	Stopped    string // why not everything is mailed to the first, "" where it is
	Mail       bool
	Passkeys   []broadsheet.Passkey
	Passkey    *passkeyButton
	Codes      bool // an app makes codes
	Any        bool // there is a second factor
	Recovery   int
	Identities []identityLine
	Others     []choice // what can be linked
	Zone       *time.Location
}

type identityLine struct {
	broadsheet.Identity
	Title string
}

var securityDone = map[string]string{"passkey": "The passkey is added.", "passkey-gone": "The passkey is removed.", "app": "The app is your second factor now.",
	"app-gone": "Codes of the app are not asked for any more.", "linked": "The account elsewhere is linked.", "unlinked": "The account elsewhere is not linked any more.",
	"mailed": "A mail is on its way. Open its link in this browser.", "address": "The address is changed."}

// stoppedWords say what is not mailed to an account's address, and why.
var stoppedWords = map[broadsheet.SuppressionReason]string{
	broadsheet.SuppressedBounce:    "Mail to it came back, so nothing is sent to it any more, not even links to sign in. Change it.",
	broadsheet.SuppressedComplaint: "A mail to it was reported as spam, so only links to sign in and news of this account are sent to it.",
	broadsheet.SuppressedManual:    "Mail to it was stopped, so only links to sign in and news of this account are sent to it."}

func (w *Web) security(rw http.ResponseWriter, r *http.Request) error {
	p, err := w.securityPage(r)
	if err != nil {
		return err
	}
	p.Done = securityDone[r.URL.Query().Get("done")]
	return w.render(rw, "security.html", p)
}

func (w *Web) securityPage(r *http.Request) (p securityPage, err error) {
	ctx, by := r.Context(), app.ActorOf(r.Context())
	f, err := w.app.Factors(ctx, by)
	if err != nil {
		return p, err
	}
	p = securityPage{Frame: w.aside("Security"), Nav: accountNav(securityPath), Name: by.Name(), Mail: w.app.SignsInByMail(), Codes: f.Codes, Any: f.Any(), Recovery: f.Recovery}
	if w.app.HasPasskeys() {
		p.Passkey = &passkeyButton{Text: "Add a passkey", To: "/account/passkeys"}
		p.Frame.Script = w.assets.URL("passkey.js")
	}
	if p.Addresses, err = w.app.Addresses(ctx, by); err != nil {
		return p, err
	}
	if len(p.Addresses) > 0 {
		why, err := w.app.AddressStops(ctx, by, p.Addresses[0].Address)
		if err != nil {
			return p, err
		}
		p.Stopped = stoppedWords[why]
	}
	if p.Passkeys, err = w.app.Passkeys(ctx, by); err != nil {
		return p, err
	}
	identities, err := w.app.Identities(ctx, by)
	titles, linked := map[string]string{}, map[string]bool{}
	for _, x := range w.app.Providers() {
		titles[x.Name] = x.Title
	}
	for _, x := range identities {
		line := identityLine{x, titles[x.Provider]}
		if line.Title == "" {
			line.Title = x.Provider
		}
		linked[x.Provider] = true
		p.Identities = append(p.Identities, line)
	}
	for _, x := range w.app.Providers() {
		if !linked[x.Name] {
			p.Others = append(p.Others, choice{Name: x.Title, Path: "/account/with/" + x.Name})
		}
	}
	return p, err
}

func (w *Web) changeLocks(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	ctx, by, v := r.Context(), app.ActorOf(r.Context()), r.PostForm
	by.Client = httpkit.Client(r)
	done, err := "", error(nil)
	switch v.Get("do") {
	case "address":
		done, err = "mailed", w.app.ChangeAddress(ctx, by, v.Get("address"))
	case "drop-passkey":
		done, err = "passkey-gone", w.app.DropPasskey(ctx, by, v.Get("id"))
	case "drop-app":
		done, err = "app-gone", w.app.DropTOTP(ctx, by)
	case "unlink":
		done, err = "unlinked", w.app.DropIdentity(ctx, by, v.Get("provider"), v.Get("subject"))
	case "recovery":
		codes, err := w.app.NewRecoveryCodes(ctx, by)
		if err != nil {
			return err
		}
		return w.showCodes(rw, codes)
	default:
		return broadsheet.InvalidField("do", "is nothing that can be done here", "open the page again")
	}
	if err == nil {
		return httpkit.Redirect(rw, r, securityPath+"?done="+done, http.StatusSeeOther)
	}
	if app.MustProve(err) || problemOf(err) == "" {
		return err
	}
	p, perr := w.securityPage(r)
	if perr != nil {
		return perr
	}
	p.Problem, p.Frame.Title = problemOf(err), "Error: "+p.Frame.Title
	refused(rw, err)
	return w.render(rw, "security.html", p)
}

// codesPage shows recovery codes, this once.
type codesPage struct {
	Frame frame
	Codes []string
}

func (w *Web) showCodes(rw http.ResponseWriter, codes []string) error {
	return w.render(rw, "codes.html", codesPage{w.aside("Recovery codes"), codes})
}

// enrolPage sets up an app that makes codes.
type enrolPage struct {
	Frame   frame
	Secret  string
	Sealed  string
	Side    int // of the picture, in modules
	Picture string
	URI     template.URL // of the secret, for an app on the same device
	Problem string
}

func (w *Web) enrolPage(e app.Enrolment) (p enrolPage, err error) {
	p = enrolPage{Frame: w.aside("An app for codes"), Sealed: e.Sealed, URI: template.URL(e.URI)} // #nosec G203 -- built by url.PathEscape and url.Values
	for i := 0; i < len(e.Secret); i += 4 {
		p.Secret += e.Secret[i:min(i+4, len(e.Secret))] + " "
	}
	code, err := qr.Encode(e.URI, qr.M)
	if err != nil {
		return p, fmt.Errorf("draw the secret of an app: %w", err)
	}
	p.Side, p.Picture = code.Size+8, modules(code)
	return p, nil
}

// modules draws a code as a path, one run a step, with the quiet zone of four that
// its standard wants.
func modules(code *qr.Code) string {
	var b strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			run := 0
			for x+run < code.Size && code.Black(x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+4, y+4, run, run)
				x += run
			}
		}
	}
	return b.String()
}

func (w *Web) enrol(rw http.ResponseWriter, r *http.Request) error {
	e, err := w.app.NewEnrolment(app.ActorOf(r.Context()), w.name)
	if err != nil {
		return err
	}
	p, err := w.enrolPage(e)
	if err != nil {
		return err
	}
	return w.render(rw, "enrol.html", p)
}

func (w *Web) confirmApp(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	by, sealed := app.ActorOf(r.Context()), r.PostForm.Get("sealed")
	codes, err := w.app.ConfirmTOTP(r.Context(), by, sealed, r.PostForm.Get("code"))
	if err == nil {
		if len(codes) > 0 {
			return w.showCodes(rw, codes)
		}
		return httpkit.Redirect(rw, r, securityPath+"?done=app", http.StatusSeeOther)
	}
	if app.MustProve(err) || problemOf(err) == "" {
		return err
	}
	e, eerr := w.app.Enrolment(by, w.name, sealed)
	if eerr != nil {
		return eerr
	}
	p, perr := w.enrolPage(e)
	if perr != nil {
		return perr
	}
	p.Problem, p.Frame.Title = problemOf(err), "Error: "+p.Frame.Title
	refused(rw, err)
	return w.render(rw, "enrol.html", p)
}

func (w *Web) lookAtAddress(rw http.ResponseWriter, r *http.Request) error {
	address, last, err := w.app.LookAtAddress(r.Context(), app.ActorOf(r.Context()), r.PathValue("token"))
	if err != nil {
		if broadsheet.KindOf(err) == broadsheet.Unauthenticated {
			return err
		}
		return w.lapsed(rw, err, choice{Name: "Back to your account", Path: securityPath})
	}
	p := noticePage{Kind: "Account", Heading: "Change your address?", Lines: []string{"To " + address + ".", "Next a mail goes to it, which must be confirmed too."}, Action: r.URL.EscapedPath(), Button: "Go on"}
	if last {
		p.Lines[1], p.Button = "From then on this is where links to sign in are sent.", "Change it"
	}
	return w.notice(rw, p)
}

func (w *Web) confirmAddress(rw http.ResponseWriter, r *http.Request) error {
	done, err := w.app.ConfirmAddress(r.Context(), app.ActorOf(r.Context()), r.PathValue("token"))
	if err != nil {
		if problemOf(err) == "" {
			return err
		}
		return w.lapsed(rw, err, choice{Name: "Back to your account", Path: securityPath})
	}
	what := "mailed"
	if done {
		what = "address"
	}
	return httpkit.Redirect(rw, r, securityPath+"?done="+what, http.StatusSeeOther)
}
