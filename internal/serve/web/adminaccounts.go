package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
)

// accountsPage finds people.
type accountsPage struct {
	adminBase
	Find   string
	Roles  []logChoice
	States []logChoice
	Totals app.AccountTotals
	People []personLine
	More   string // path, "" for none
	Sifted bool
}

type personLine struct {
	app.AccountLine
	Path, Shown string
	Banned      bool
}

var roleChoices = []logChoice{{Value: "member", Name: "members"}, {Value: "curator", Name: "curators"}, {Value: "moderator", Name: "moderators"}, {Value: "admin", Name: "administrators"}}

var stateChoices = []logChoice{{Value: "active", Name: "active"}, {Value: "banned", Name: "banned"}, {Value: "deleted", Name: "deleted"}}

func (w *Web) findAccounts(rw http.ResponseWriter, r *http.Request, d *app.Administrator) error {
	in := r.URL.Query()
	p := accountsPage{adminBase: w.adminBase(r, "People", accountsPath, nil), Find: clip(strings.TrimSpace(in.Get("find")), 200)}
	q := app.AccountSearch{Text: p.Find, Role: broadsheet.Role(in.Get("role")), State: broadsheet.AccountState(in.Get("state")), After: in.Get("after")}
	p.Roles, _ = chosen(roleChoices, string(q.Role))
	p.States, _ = chosen(stateChoices, string(q.State))
	p.Sifted = p.Find != "" || q.Role != "" || q.State != "" || q.After != ""
	list, more, err := d.Accounts(r.Context(), q)
	if err != nil {
		return err
	}
	if p.Totals, err = d.AccountTotals(r.Context()); err != nil {
		return err
	}
	for i := range list {
		x := personLine{AccountLine: list[i], Path: personPath(list[i].Name), Shown: list[i].Name, Banned: list[i].State == broadsheet.AccountBanned}
		if broadsheet.IsGoneName(x.Name) {
			x.Path, x.Shown = "", "(deleted)"
		}
		p.People = append(p.People, x)
	}
	if more {
		to := url.Values{"after": {list[len(list)-1].Name}}
		for _, name := range []string{"find", "role", "state"} {
			if v := in.Get(name); v != "" {
				to.Set(name, v)
			}
		}
		p.More = accountsPath + "?" + to.Encode()
	}
	return w.render(rw, "adminaccounts.html", p)
}

func personPath(name string) string { return accountsPath + "/" + url.PathEscape(name) }

// adminPersonPage is one account.
type adminPersonPage struct {
	adminBase
	*app.Person
	Path    string
	Profile string
	Banned  bool
	Gone    bool
	Locks   bool // its locks may be opened here
	Roles   []logChoice
	Facts   []fact
	Log     []logLine
}

type fact struct{ Name, Value string }

var personDone = map[string]string{"role": "The role is changed.", "same": "It has that role already.", "ban": "The account is banned.", "unban": "The ban is lifted.",
	"sessions": "The account is signed out everywhere, and its API tokens are void.", "factors": "The second factors and passkeys are taken away, the account is signed out everywhere, and its API tokens are void."}

var roleWords = []logChoice{{Value: "member", Name: "member"}, {Value: "curator", Name: "curator: chooses papers"}, {Value: "moderator", Name: "moderator: hides, locks, bans, decides claims"},
	{Value: "admin", Name: "administrator: everything"}}

func (w *Web) onePerson(rw http.ResponseWriter, r *http.Request, d *app.Administrator) error {
	x, err := d.Person(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	p := adminPersonPage{adminBase: w.adminBase(r, x.Name, accountsPath, personDone), Person: x, Path: personPath(x.Name), Banned: x.State == broadsheet.AccountBanned,
		Gone: x.State == broadsheet.AccountDeleted, Locks: !x.Own && !x.Peer}
	if w.has["/people/{name}"] {
		p.Profile = peoplePath(x.Name)
	}
	p.Roles, _ = chosen(roleWords, string(x.Role))
	f := x.Figures
	factor := "none"
	if f.Factors.Any() {
		factor = strings.TrimSuffix(either(f.Factors.Passkeys > 0, plural(f.Factors.Passkeys, "passkey")+", ", "")+either(f.Factors.Codes, "codes of an app, ", ""), ", ")
	}
	p.Facts = []fact{{"Since", date(x.CreatedAt)}, {"Last seen", date(x.SeenAt)}, {"Votes", number(f.Votes)}, {"Comments", number(f.Comments)}, {"Submissions", number(f.Submissions)},
		{"Reports made", number(f.Flags)}, {"Reports about it", number(f.Flagged)}, {"Sessions", number(f.Sessions)}, {"API tokens", number(f.APITokens)}, {"Second factor", factor}}
	for i := range x.Lines {
		p.Log = append(p.Log, lineOf(&x.Lines[i]))
	}
	return w.render(rw, "adminperson.html", p)
}

func (w *Web) changePerson(rw http.ResponseWriter, r *http.Request, d *app.Administrator) error {
	name, ctx, f := r.PathValue("name"), r.Context(), r.PostForm
	var err error
	done := f.Get("do")
	switch done {
	case "role":
		if f.Get("was") == f.Get("role") {
			done = "same"
		}
		err = d.ChangeRole(ctx, name, broadsheet.Role(f.Get("was")), broadsheet.Role(f.Get("role")), f.Get("reason"))
	case "ban", "unban":
		length, ok := bans[f.Get("for")]
		if !ok {
			return broadsheet.InvalidField("for", "is no length of a ban", "choose one of the list")
		}
		var until time.Time
		if length > 0 {
			until = w.app.Now().Add(length)
		}
		err = d.Ban(ctx, name, done == "ban", until, f.Get("reason"))
	case "sessions":
		err = d.EndSessions(ctx, name)
	case "factors":
		err = d.ResetFactors(ctx, name)
	case "link":
		return w.showLink(rw, r, d, name)
	default:
		return noButton()
	}
	if err != nil {
		return err
	}
	return back(rw, r, personPath(name), done)
}

// showLink shows a link that signs in, on the answer to the button itself: no
// address that a browser keeps holds it.
func (w *Web) showLink(rw http.ResponseWriter, r *http.Request, d *app.Administrator, name string) error {
	path, until, err := d.SignInLink(r.Context(), name)
	if err != nil {
		return err
	}
	return w.notice(rw, noticePage{Kind: "For administrators", Heading: "A link for " + name, Lines: []string{"Whoever opens it is signed in as " + name + ".",
		w.address + path, fmt.Sprintf("It works once, until %s. Give it to nobody else; it is not shown again.", stamp(until))},
		Links: []choice{{Name: "Back to " + name, Path: personPath(name)}}})
}
