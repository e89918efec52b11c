package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/httpkit"
)

// tokensPage lists and makes API tokens.
type tokensPage struct {
	Frame   frame
	Nav     []navItem
	Done    string
	Problem string
	Word    string // of the new one, shown this once
	Name    string
	Days    int
	Scopes  []scopeBox
	Tokens  []broadsheet.APIToken
	Now     time.Time
	Address string
}

type scopeBox struct {
	Scope   broadsheet.Scope
	Words   string
	Checked bool
}

var scopeWords = map[broadsheet.Scope]string{broadsheet.ScopeRead: "read what only you may read", broadsheet.ScopeVote: "vote", broadsheet.ScopeComment: "write and change your comments",
	broadsheet.ScopeSubmit: "submit papers", broadsheet.ScopeClaim: "claim papers and add to yours", broadsheet.ScopeProfile: "change your profile and organisations",
	broadsheet.ScopeCurate: "choose what is featured", broadsheet.ScopeModerate: "moderate", broadsheet.ScopeAdmin: "run the site"}

// scopeRole is the least role that can use a scope, for what is offered.
var scopeRole = map[broadsheet.Scope]broadsheet.Role{broadsheet.ScopeCurate: broadsheet.RoleCurator, broadsheet.ScopeModerate: broadsheet.RoleModerator, broadsheet.ScopeAdmin: broadsheet.RoleAdmin}

func (w *Web) tokensPage(r *http.Request) (p tokensPage, err error) {
	by := app.ActorOf(r.Context())
	p = tokensPage{Frame: w.aside("API tokens"), Nav: accountNav(tokensPath), Days: 90, Now: w.app.Now(), Address: w.address}
	for _, s := range broadsheet.Scopes {
		if role := scopeRole[s]; role == "" || by.Is(role) {
			p.Scopes = append(p.Scopes, scopeBox{s, scopeWords[s], false})
		}
	}
	p.Tokens, err = w.app.APITokens(r.Context(), by)
	return p, err
}

func (w *Web) tokens(rw http.ResponseWriter, r *http.Request) error {
	p, err := w.tokensPage(r)
	if err != nil {
		return err
	}
	if r.URL.Query().Has("ended") {
		p.Done = "The token opens nothing any more."
	}
	return w.render(rw, "tokens.html", p)
}

func (w *Web) changeTokens(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	ctx, by, v := r.Context(), app.ActorOf(r.Context()), r.PostForm
	if id := v.Get("end"); id != "" {
		if err := w.app.EndAPIToken(ctx, by, id); err != nil {
			return err
		}
		return httpkit.Redirect(rw, r, tokensPath+"?ended=1", http.StatusSeeOther)
	}
	var scopes []broadsheet.Scope
	for _, s := range v["scope"] {
		scopes = append(scopes, broadsheet.Scope(s))
	}
	days, _ := strconv.Atoi(v.Get("days")) // 0 is refused below
	word, err := w.app.NewAPIToken(ctx, by, v.Get("name"), scopes, time.Duration(min(days, 100_000))*24*time.Hour)
	if err != nil && (app.MustProve(err) || problemOf(err) == "") {
		return err
	}
	p, perr := w.tokensPage(r)
	if perr != nil {
		return perr
	}
	if p.Word = word; err != nil {
		p.Word, p.Problem, p.Name, p.Days = "", problemOf(err), clip(v.Get("name"), 200), days
		for i := range p.Scopes {
			p.Scopes[i].Checked = slices.Contains(scopes, p.Scopes[i].Scope)
		}
		p.Frame.Title = "Error: " + p.Frame.Title
		refused(rw, err)
	}
	return w.render(rw, "tokens.html", p)
}
