package web

import (
	"net/http"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

// newOrgPath is the form that makes an organisation; /orgs/new could be one.
const newOrgPath = "/orgs-new"

// memberRoutes are the pages of who belongs to an organisation.
func (w *Web) memberRoutes() []httpkit.Route {
	get := func(pattern string, right app.Right, handle httpkit.HandlerFunc) httpkit.Route {
		return httpkit.Route{Method: http.MethodGet, Pattern: pattern, Kind: httpkit.Private, Handle: handle, Right: string(right), Error: w.Error}
	}
	post := func(pattern string, right app.Right, handle httpkit.HandlerFunc) httpkit.Route {
		return httpkit.Route{Method: http.MethodPost, Pattern: pattern, Kind: httpkit.Action, Handle: handle, Right: string(right), MaxBody: maxForm, Error: w.Error}
	}
	return []httpkit.Route{
		{Method: http.MethodGet, Pattern: "/orgs/{key}/members", Kind: httpkit.Page, Handle: w.members, Query: []string{"done"}, Error: w.Error},
		post("/orgs/{key}/members", app.RightProfile, w.setMember),
		get("/orgs/{key}/page", app.RightProfile, w.orgForm), post("/orgs/{key}/page", app.RightProfile, w.editOrg),
		get(newOrgPath, app.RightCurate, w.newOrgForm), post("/orgs", app.RightCurate, w.newOrg),
	}
}

// membersPath is the page of an organisation's members.
func membersPath(key string) string {
	return address.List(broadsheet.ListOrganization, key) + "/members"
}

// orgPath is the form that changes an organisation's page.
func orgPath(key string) string { return address.List(broadsheet.ListOrganization, key) + "/page" }

// day is a date in the site's time zone.
func (w *Web) day(at time.Time) string {
	return at.In(w.app.Now().Location()).Format("2 January 2006")
}

// membersBeside is how many members stand on the page of an organisation's papers.
const membersBeside = 5

// beside puts people on the lists of authors and organisations.
func (w *Web) beside(r *http.Request, p *listPage, l *app.Listing) error {
	switch l.List.Kind {
	case broadsheet.ListAuthor:
		p.Also = strings.Join(l.Also, ", ")
		for _, x := range l.Accounts {
			p.People = append(p.People, choice{Name: "@" + x.Key, Path: peoplePath(x.Key)})
		}
	case broadsheet.ListOrganization:
		v, err := w.app.Members(r.Context(), app.ActorOf(r.Context()), l.List.Key)
		if err != nil {
			return err
		}
		for i := range v.Members[:min(membersBeside, len(v.Members))] {
			m := &v.Members[i]
			p.People = append(p.People, choice{Name: shownAs(&m.By), Path: peoplePath(m.By.Key)})
		}
		p.More = choice{Name: "Members", Path: membersPath(l.List.Key)}
		if n := len(v.Members); n > membersBeside {
			p.More.Name = "all " + plural(n, "member")
		}
	}
	return nil
}

func shownAs(p *broadsheet.Person) string {
	if p.Name != "" {
		return p.Name
	}
	return p.Key
}

// membersPage is who belongs to an organisation.
type membersPage struct {
	Frame   frame
	V       *app.OrganizationView
	Path    string // of its papers
	Post    string // path of the forms
	Edit    string // path of the form of its page
	About   []string
	Members []memberLine
	Waiting []memberLine
	Own     string // the reader's state, "" for none
	Owner   bool
	Reader  bool
	Done    string
	Domains string
	First   bool // it has no owner, and the reader may make one
}

type memberLine struct {
	Name, Path, Shown, Since string
	Owner, Invited           bool
	How                      string
}

var memberProofs = map[broadsheet.MemberProof]string{broadsheet.MemberByDomain: "by address of mail"}

var memberDone = map[string]string{"join": "You have asked to be a member; who owns the organisation, or a moderator, decides.", "in": "You are a member.", "leave": "You are no member any more.", "invite": "The invitation is sent.",
	"accept": "The request is accepted.", "reject": "The request is declined.", "remove": "The membership is ended.", "owner": "There is another owner.", "member": "There is one owner less.", "page": "The page is changed.", "made": "The organisation is made, and you own it."}

func (w *Web) members(rw http.ResponseWriter, r *http.Request) error {
	key, by := r.PathValue("key"), app.ActorOf(r.Context())
	v, err := w.app.Members(r.Context(), by, key)
	if err != nil {
		return err
	}
	if key != v.Key {
		return httpkit.Redirect(rw, r, membersPath(v.Key), http.StatusPermanentRedirect)
	}
	p := membersPage{Frame: w.frame("Members of "+v.Name, "Who belongs to "+v.Name+" on "+w.name+".", membersPath(v.Key)), V: v, Path: address.List(broadsheet.ListOrganization, v.Key), Post: membersPath(v.Key),
		Reader: by.SignedIn()}
	if p.Reader {
		p.Done = memberDone[r.URL.Query().Get("done")]
	}
	p.Frame.Here = "orgs"
	p.Frame.NoIndex = len(v.Members) == 0
	if v.Page.Description != "" {
		p.About = strings.Split(v.Page.Description, "\n")
	}
	if v.Decides {
		p.Edit = orgPath(v.Key)
	}
	p.Domains = strings.Join(v.Page.Domains, ", ")
	owners := 0
	for i := range v.Members {
		l := w.memberLine(&v.Members[i])
		if p.Members = append(p.Members, l); l.Owner {
			owners++
		}
	}
	for i := range v.Waiting {
		p.Waiting = append(p.Waiting, w.memberLine(&v.Waiting[i]))
	}
	if v.Own != nil {
		p.Own, p.Owner = string(v.Own.State), v.Own.Role == broadsheet.MemberOwner
	}
	p.First = owners == 0 && v.Domains
	return w.render(rw, "members.html", p)
}

func (w *Web) memberLine(m *broadsheet.Membership) memberLine {
	return memberLine{Name: m.By.Key, Path: peoplePath(m.By.Key), Shown: shownAs(&m.By), Since: w.day(m.At), Owner: m.State == broadsheet.MemberIn && m.Role == broadsheet.MemberOwner,
		Invited: m.State == broadsheet.MemberInvited, How: memberProofs[m.Proof]}
}

func (w *Web) setMember(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	key, by, act := r.PathValue("key"), app.ActorOf(r.Context()), r.PostForm.Get("act")
	done := act
	var err error
	switch act {
	case "join":
		var m *broadsheet.Membership
		if m, err = w.app.Join(r.Context(), by, key); err == nil && m != nil && m.State == broadsheet.MemberIn {
			done = "in"
		}
	case "leave":
		err = w.app.Leave(r.Context(), by, key)
	default:
		err = w.app.SetMember(r.Context(), by, key, r.PostForm.Get("name"), app.MemberAct(act))
	}
	if err != nil {
		return err
	}
	return httpkit.Redirect(rw, r, membersPath(key)+"?done="+done, http.StatusSeeOther)
}

// orgPage is the form of an organisation's page, or of a new one.
type orgPage struct {
	Frame   frame
	New     bool
	Post    string
	Members string
	E       app.OrganizationEdit
	Domains string
	Sets    bool // the reader sets domains
	Problem string
	Field   string
}

func (w *Web) orgForm(rw http.ResponseWriter, r *http.Request) error {
	return w.orgPage(rw, r, nil)
}

func (w *Web) orgPage(rw http.ResponseWriter, r *http.Request, problem error) error {
	by := app.ActorOf(r.Context())
	if err := app.Allowed(by, app.RightProfile); err != nil {
		return err
	}
	v, err := w.app.Members(r.Context(), by, r.PathValue("key"))
	if err != nil {
		return err
	}
	if !v.Decides {
		return &broadsheet.Error{Kind: broadsheet.Denied, Text: "only its owners and moderators edit an organisation", Fix: "ask one"}
	}
	p := orgPage{Frame: w.aside("Page of " + v.Name), Post: orgPath(v.Key), Members: membersPath(v.Key), Sets: v.Domains, Domains: strings.Join(v.Page.Domains, " "),
		E: app.OrganizationEdit{Key: v.Key, Name: v.Name, AvatarURL: v.AvatarURL, Link: v.Page.Link, Description: v.Page.Description}}
	if problem != nil {
		f := r.PostForm
		p.E.Name, p.E.AvatarURL, p.E.Link, p.E.Description, p.Domains = clip(f.Get("name"), 300), clip(f.Get("picture"), 3000), clip(f.Get("link"), 3000), clip(f.Get("description"), 3000), clip(f.Get("domains"), 3000)
		p.fail(rw, problem)
	}
	return w.render(rw, "orgpage.html", p)
}

func (p *orgPage) fail(rw http.ResponseWriter, problem error) {
	p.Problem, p.Frame.Title = problemText(problem), "Error: "+p.Frame.Title
	p.Field = fieldOf(problem)
	refused(rw, problem)
}

// fieldOf is the field of a form that an error is about, "" for none.
func fieldOf(err error) string {
	e, ok := err.(*broadsheet.Error)
	if !ok || e.Kind != broadsheet.Invalid && e.Kind != broadsheet.Conflict {
		return ""
	}
	return e.Field
}

func (w *Web) editOrg(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	f := r.PostForm
	e := app.OrganizationEdit{Key: r.PathValue("key"), Name: f.Get("name"), AvatarURL: f.Get("picture"), Link: f.Get("link"), Description: f.Get("description")}
	if f.Has("domains") {
		e.Domains = append([]string{}, strings.Fields(strings.ReplaceAll(f.Get("domains"), ",", " "))...)
	}
	err := w.app.EditOrganization(r.Context(), app.ActorOf(r.Context()), e)
	if err == nil {
		return httpkit.Redirect(rw, r, membersPath(e.Key)+"?done=page", http.StatusSeeOther)
	}
	if fieldOf(err) == "" {
		return err
	}
	return w.orgPage(rw, r, err)
}

func (w *Web) newOrgForm(rw http.ResponseWriter, r *http.Request) error {
	if err := app.Allowed(app.ActorOf(r.Context()), app.RightCurate); err != nil {
		return err
	}
	return w.render(rw, "orgpage.html", orgPage{Frame: w.aside("New organisation"), New: true, Post: "/orgs"})
}

func (w *Web) newOrg(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	f := r.PostForm
	o, err := w.app.CreateOrganization(r.Context(), app.ActorOf(r.Context()), f.Get("key"), f.Get("name"))
	if err == nil {
		return httpkit.Redirect(rw, r, membersPath(o.Key)+"?done=made", http.StatusSeeOther)
	}
	if fieldOf(err) == "" {
		return err
	}
	p := orgPage{Frame: w.aside("New organisation"), New: true, Post: "/orgs", E: app.OrganizationEdit{Key: clip(f.Get("key"), 100), Name: clip(f.Get("name"), 300)}}
	p.fail(rw, err)
	return w.render(rw, "orgpage.html", p)
}
