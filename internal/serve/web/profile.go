package web

import (
	"html/template"
	"net/http"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

// profileRoutes are the pages of people, and those on which they say what stands
// there.
func (w *Web) profileRoutes() []httpkit.Route {
	route := func(method, pattern string, right app.Right, most int64, handle httpkit.HandlerFunc) httpkit.Route {
		kind := httpkit.Private
		if method == http.MethodPost {
			kind = httpkit.Action
		}
		return httpkit.Route{Method: method, Pattern: pattern, Kind: kind, Handle: handle, Right: string(right), MaxBody: most, Error: w.Error}
	}
	get, post := http.MethodGet, http.MethodPost
	return []httpkit.Route{
		{Method: get, Pattern: portraitPath + "{key}", Kind: httpkit.Page, Handle: w.portrait, MaxAge: 24 * time.Hour, Error: w.Error},
		{Method: get, Pattern: "/people/{name}", Kind: httpkit.Page, Handle: w.person, Error: w.Error},
		route(get, profilePath, app.RightSession, 0, w.ownProfile),
		route(post, profilePath, app.RightProfile, maxForm, w.editProfile),
		route(post, profilePath+"/picture", app.RightProfile, maxPictureForm, w.changePicture),
		route(get, dataPath, app.RightSession, 0, w.ownData),
		route(get, dataPath+"/file", app.RightSession, 0, w.ownFile),
		route(get, leftPath, app.RightOpen, 0, w.left),
		route(get, deletePath, app.RightSession, 0, w.leaving),
		route(post, deletePath, app.RightSession, maxForm, w.leave),
		route(get, invitesPath, app.RightSession, 0, w.invites),
		route(post, invitesPath, app.RightSession, maxForm, w.changeInvites),
	}
}

// profilePage is the page of somebody with an account.
type profilePage struct {
	Frame       frame
	Person      *app.Profile
	Shown, Name string
	Role        string // as a badge, "" for members
	Picture     string // path, "" for none
	Banned      bool
	Bio         []string // lines
	Links       []choice
	ORCID       choice
	Submitter   string // path of the list of papers that this name brought, "" for none
	Own         bool
	Report      string
	Moderate    string
	Orgs        []choice
	Claims      []paperLine
	Submissions []paperLine
	Comments    []personComment
	Votes       []paperLine
}

// paperLine is a paper that somebody did something with.
type paperLine struct {
	Path  string
	Title template.HTML
	At    time.Time
}

type personComment struct {
	paperLine
	Text string
}

// portraitPath begins the address of somebody's picture. It is no Asset: one that
// was removed is not to be had here any more.
const portraitPath = "/portraits/"

func (w *Web) portrait(rw http.ResponseWriter, r *http.Request) error {
	p, err := w.app.Portrait(r.Context(), r.PathValue("key"))
	if err != nil {
		return err
	}
	rw.Header().Set("Content-Type", p.Type)
	_, err = rw.Write(p.Body)
	return err
}

var roleNames = map[broadsheet.Role]string{broadsheet.RoleCurator: "Curator", broadsheet.RoleModerator: "Moderator", broadsheet.RoleAdmin: "Administrator"}

func (w *Web) person(rw http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	if small := strings.ToLower(name); small != name {
		return httpkit.Redirect(rw, r, peoplePath(small), http.StatusPermanentRedirect)
	}
	by := app.ActorOf(r.Context())
	x, err := w.app.Profile(r.Context(), by, name)
	if err != nil {
		return err
	}
	p := profilePage{Person: x, Name: x.Name, Shown: x.ShownName(), Role: roleNames[x.Role], Own: by.Name() == x.Name, Banned: x.State == broadsheet.AccountBanned}
	if p.Banned { // what a banned account says of itself is no more to be read than the rest
		p.Shown = p.Name
	}
	p.Frame = w.frame(p.Shown, p.Shown+" on "+w.name+".", peoplePath(x.Name))
	p.Frame.NoIndex = x.New || p.Banned
	if !p.Banned {
		p.Bio = strings.Split(x.Bio, "\n")
		if x.AvatarKey != "" {
			p.Picture = portraitPath + x.AvatarKey
		}
		for _, link := range x.Links {
			p.Links = append(p.Links, choice{Name: strings.TrimPrefix(strings.TrimSuffix(strings.TrimPrefix(link, "https://"), "/"), "www."), Path: link})
		}
		if x.ORCID != "" {
			p.ORCID = choice{Name: x.ORCID, Path: "https://orcid.org/" + x.ORCID}
		}
	}
	if x.Brought {
		p.Submitter = address.List(broadsheet.ListSubmitter, x.Name)
	}
	if by.SignedIn() && !p.Own {
		p.Report = reportLink(broadsheet.ObjectAccount, x.Name)
	}
	if by.Is(broadsheet.RoleModerator) && !p.Own {
		p.Moderate = moderateLink(broadsheet.ObjectAccount, x.Name)
	}
	for _, o := range x.Orgs {
		p.Orgs = append(p.Orgs, choice{Name: o.Name, Path: membersPath(o.Key)})
	}
	w.deeds(&p)
	return w.render(rw, "person.html", p)
}

// deeds lists what somebody did; papers that are not shown are left out.
func (w *Web) deeds(p *profilePage) {
	x := p.Person
	line := func(id string, at time.Time) (paperLine, bool) {
		title, ok := x.Titles[id]
		return paperLine{address.Paper(id), w.typeset.inline(title), at}, ok
	}
	for _, c := range x.Claims {
		if l, ok := line(c.Paper, c.ClosedAt); ok {
			p.Claims = append(p.Claims, l)
		}
	}
	for _, id := range x.Submissions {
		if l, ok := line(id, time.Time{}); ok {
			p.Submissions = append(p.Submissions, l)
		}
	}
	for _, v := range x.Votes {
		if l, ok := line(v.Paper, v.At); ok {
			p.Votes = append(p.Votes, l)
		}
	}
	for _, c := range x.Comments {
		if l, ok := line(c.Paper, c.CreatedAt); ok && !p.Banned {
			l.Path += "#c-" + c.Token
			p.Comments = append(p.Comments, personComment{l, clip(plain(c.Plain), 280)})
		}
	}
}
