package web

import (
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

// Paths of claims.
const (
	claimsPath     = "/claims"
	claimQueuePath = moderationPath + "/claims"
	linksPath      = "/papers-links"
)

// claimRoutes are the pages by which people claim papers and add to theirs.
func (w *Web) claimRoutes() []httpkit.Route {
	get := func(pattern string, right app.Right, handle httpkit.HandlerFunc) httpkit.Route {
		return httpkit.Route{Method: http.MethodGet, Pattern: pattern, Kind: httpkit.Private, Handle: handle, Right: string(right), Error: w.Error}
	}
	post := func(pattern string, right app.Right, handle httpkit.HandlerFunc) httpkit.Route {
		return httpkit.Route{Method: http.MethodPost, Pattern: pattern, Kind: httpkit.Action, Handle: handle, Right: string(right), MaxBody: maxForm, Error: w.Error}
	}
	links := post(linksPath, app.RightClaim, w.editPaper)
	links.MaxBody = 2 * maxSubmitForm // each field, and what it held
	return []httpkit.Route{
		get(claimsPath, app.RightRead, w.claims), get(claimsPath+"/new", app.RightClaim, w.claimForm),
		post(claimsPath, app.RightClaim, w.claim), post(claimsPath+"/withdraw", app.RightClaim, w.withdrawClaim),
		get(claimQueuePath, app.RightModerate, w.claimQueue), post(claimQueuePath, app.RightModerate, w.decideClaim),
		post(moderationPath+"/authors", app.RightModerate, w.mergeAuthors),
		get(linksPath, app.RightClaim, w.linksForm), links,
	}
}

// claimed puts the accounts beside the authors of a paper's page.
func (page *paperPage) claimed(v *app.PaperView, by app.Actor) {
	for place, c := range v.Claimed {
		if place <= len(page.Authors) {
			page.Authors[place-1].Here = c.By.Key
		} else if i := place - 1 - len(page.Authors); i < len(page.Folded) {
			page.Folded[i].Here = c.By.Key
		}
	}
	q := "?" + url.Values{"paper": {v.ID}}.Encode()
	page.Claim = choice{Name: "Claim it", Path: claimsPath + "/new" + q}
	for _, c := range v.Claimed {
		if by.SignedIn() && c.By.Key == by.Name() {
			page.Claim = choice{Name: "You are known as an author", Path: claimsPath}
		}
	}
	if v.Edits {
		page.Edit = linksPath + q
	}
	if by.Is(broadsheet.RoleModerator) {
		page.Claims = claimQueuePath + q
	}
}

// claimPage is the form that claims a paper.
type claimPage struct {
	Frame    frame
	Paper    string
	Path     string
	Title    template.HTML
	Authors  []claimable
	Long     bool // too many to show one under the other
	Own      *claimLine
	Evidence string
	Most     int
	Problem  string
	Field    string
	ORCID    string // that the account has proven
	Proves   bool   // an iD can be proven here
}

// claimable is an author whom one may claim to be.
type claimable struct {
	Value, Name, Affiliation string
	Here                     string // who is known as the author
	Chosen                   bool
}

const authorsListed = 25

func (w *Web) claimForm(rw http.ResponseWriter, r *http.Request) error {
	return w.claimPage(rw, r, r.URL.Query().Get("paper"), "", "", nil)
}

func (w *Web) claimPage(rw http.ResponseWriter, r *http.Request, paper, chosen, evidence string, problem error) error {
	by := app.ActorOf(r.Context())
	f, err := w.app.ClaimForm(r.Context(), by, paper)
	if err != nil {
		return err
	}
	p := claimPage{Frame: w.aside("Claim a paper"), Paper: f.Paper.ID, Path: address.Paper(f.Paper.ID), Title: w.typeset.inline(f.Paper.Title), Long: len(f.Paper.Authors) > authorsListed,
		Evidence: evidence, Most: app.MaxEvidence, ORCID: by.Account.ORCID, Proves: w.provesORCID()}
	for i := range f.Paper.Authors {
		a := &f.Paper.Authors[i]
		value := strconv.Itoa(i+1) + " " + a.Name
		p.Authors = append(p.Authors, claimable{Value: value, Name: a.Name, Affiliation: a.Affiliation, Here: f.Taken[i+1].By.Key, Chosen: value == chosen || len(f.Paper.Authors) == 1})
	}
	if f.Own != nil {
		line := w.claimLine(f.Own)
		p.Own = &line
	}
	if problem != nil {
		p.Problem, p.Frame.Title = problemText(problem), "Error: "+p.Frame.Title
		p.Field = fieldOf(problem)
		refused(rw, problem)
	}
	return w.render(rw, "claim.html", p)
}

// claim takes a claim, and shows what became of it.
func (w *Web) claim(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	f := r.PostForm
	number, name, _ := strings.Cut(f.Get("author"), " ")
	position, err := strconv.Atoi(number)
	if err != nil {
		err = broadsheet.InvalidField("author", "nobody is chosen", "choose which author you are")
	}
	if err == nil {
		_, err = w.app.Claim(r.Context(), app.ActorOf(r.Context()), app.NewClaim{Paper: f.Get("paper"), Position: position, Name: name, Evidence: f.Get("evidence")})
	}
	if err == nil {
		return httpkit.Redirect(rw, r, claimsPath, http.StatusSeeOther)
	}
	if k := broadsheet.KindOf(err); k != broadsheet.Invalid && k != broadsheet.Conflict {
		return err
	}
	return w.claimPage(rw, r, f.Get("paper"), f.Get("author"), clip(f.Get("evidence"), 2*app.MaxEvidence), err)
}

// claimsPage lists what somebody claimed.
type claimsPage struct {
	Frame frame
	Rows  []claimLine
	Older string
}

// claimLine is a claim as its claimant sees it.
type claimLine struct {
	Token, Paper, Path, Name, When string
	State                          string // in words
	Reason                         string
	Open                           bool // can be withdrawn
	Edit                           string
}

var claimStates = map[broadsheet.ClaimState]string{broadsheet.ClaimWaiting: "waits for a moderator", broadsheet.ClaimRejected: "rejected", broadsheet.ClaimRevoked: "revoked", broadsheet.ClaimTakenBack: "withdrawn"}

var claimProofs = map[broadsheet.ClaimProof]string{broadsheet.ProofORCID: "accepted by your ORCID iD", broadsheet.ProofAddress: "accepted by your address", broadsheet.ProofModerator: "accepted by a moderator"}

func (w *Web) claimLine(c *broadsheet.Claim) claimLine {
	l := claimLine{Token: c.Token, Paper: c.Paper, Path: address.Paper(c.Paper), Name: c.Name, When: c.AskedAt.In(w.app.Now().Location()).Format("2 January 2006"), State: claimStates[c.State], Reason: c.Reason,
		Open: c.State == broadsheet.ClaimWaiting || c.State == broadsheet.ClaimAccepted}
	if c.State == broadsheet.ClaimAccepted {
		l.State, l.Edit = claimProofs[c.Proof], linksPath+"?"+url.Values{"paper": {c.Paper}}.Encode()
	}
	return l
}

func (w *Web) claims(rw http.ResponseWriter, r *http.Request) error {
	before, err := address.Number(r.URL.Query(), "before", 0, 1<<62)
	if err != nil {
		return err
	}
	list, more, err := w.app.OwnClaims(r.Context(), app.ActorOf(r.Context()), int64(before))
	if err != nil {
		return err
	}
	p := claimsPage{Frame: w.aside("Your claims")}
	for i := range list {
		p.Rows = append(p.Rows, w.claimLine(&list[i]))
	}
	if more {
		p.Older = claimsPath + "?before=" + strconv.FormatInt(list[len(list)-1].ID, 10)
	}
	return w.render(rw, "claims.html", p)
}

func (w *Web) withdrawClaim(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	if _, err := w.app.WithdrawClaim(r.Context(), app.ActorOf(r.Context()), r.PostForm.Get("token")); err != nil {
		return err
	}
	return httpkit.Redirect(rw, r, claimsPath, http.StatusSeeOther)
}
