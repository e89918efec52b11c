package web

import (
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

const (
	votesPath  = "/votes"
	votersPath = "/voters"
)

func (w *Web) voteRoutes() []httpkit.Route {
	return []httpkit.Route{
		{Method: http.MethodPost, Pattern: votesPath, Kind: httpkit.Action, Handle: w.vote, MaxBody: 4 << 10, Right: string(app.RightVote), Error: w.Error},
		{Method: http.MethodGet, Pattern: votersPath + "/{id...}", Kind: httpkit.Page, Handle: w.voters, Query: []string{"page=1"}, Error: w.Error},
	}
}

// vote takes the one form of votes of a page: the button that was pressed says for
// which paper, up or down.
func (w *Web) vote(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return broadsheet.InvalidField("up", "the form cannot be read", "send it as a browser does")
	}
	id, up := r.PostForm.Get("up"), true
	if id == "" {
		id, up = r.PostForm.Get("down"), false
	}
	if id == "" || r.PostForm.Get("up") != "" && r.PostForm.Get("down") != "" {
		return broadsheet.InvalidField("up", "it is not said for which paper", "send up or down with the paper’s id")
	}
	v, err := w.app.Vote(r.Context(), app.ActorOf(r.Context()), id, up)
	if err != nil {
		return err
	}
	if !httpkit.WantsJSON(r) {
		back, _, _ := strings.Cut(httpkit.Back(r, address.Paper(v.Paper)), "#")
		return httpkit.Redirect(rw, r, back+"#p-"+httpkit.EscapePath(v.Paper), http.StatusSeeOther)
	}
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	return json.NewEncoder(rw).Encode(struct {
		Paper string `json:"paper"`
		Votes int    `json:"votes"`
		Voted bool   `json:"voted"`
	}{v.Paper, v.Votes, v.Voted})
}

// ballot is the button with which a reader votes, or takes it back.
type ballot struct {
	ID    string
	Votes int
	Voted bool // by the reader
	Shut  bool // takes no more votes: the authors have withdrawn the paper
}

func ballotOf(p *broadsheet.Paper, voted bool) ballot {
	return ballot{p.ID, p.VoteCount(), voted, p.Withdrawn && !voted}
}

// Label is the button's text.
func (b ballot) Label() string {
	if b.Votes == 0 {
		return "Vote"
	}
	return plural(b.Votes, "vote")
}

// votersPage shows who voted for a paper.
type votersPage struct {
	Frame  frame
	ID     string
	Path   string
	Title  template.HTML // of the paper
	Count  string
	Voters []voter
	Number int
	Pages  int
	Newer  string
	Older  string
}

type voter struct {
	Name, Path, Shown string
	Day               string
	At                time.Time
}

func (w *Web) voters(rw http.ResponseWriter, r *http.Request) error {
	number, err := address.Number(r.URL.Query(), "page", 1, 1_000_000)
	if err != nil {
		return err
	}
	number = max(1, number)
	text := r.PathValue("id")
	p, votes, err := w.app.Voters(r.Context(), text, number)
	if err != nil {
		return err
	}
	path := votersPath + "/" + httpkit.EscapePath(p.ID)
	if text != p.ID {
		return httpkit.Redirect(rw, r, path, http.StatusPermanentRedirect)
	}
	f := w.frame("Who voted for "+clip(plain(p.Title), 100), "The people who voted for “"+plain(p.Title)+"” on "+w.name+".", path)
	f.NoIndex = true
	page := votersPage{Frame: f, ID: p.ID, Path: address.Paper(p.ID), Title: w.typeset.inline(p.Title), Count: votesSaid(p), Number: number,
		Pages: max(1, (p.Votes+app.VotersPage-1)/app.VotersPage)}
	for _, v := range votes {
		page.Voters = append(page.Voters, voter{Name: v.By.Name, Path: peoplePath(v.By.Name), Shown: v.By.ShownName(), Day: date(v.At), At: v.At})
	}
	if number > 1 {
		page.Newer = fmt.Sprint(path, "?page=", number-1)
	}
	if number < page.Pages {
		page.Older = fmt.Sprint(path, "?page=", number+1)
	}
	return w.render(rw, "voters.html", page)
}

// votesSaid says where a paper's votes come from.
func votesSaid(p *broadsheet.Paper) string {
	switch {
	case p.ImportedVotes == 0 && p.Votes == 0:
		return "Nobody has voted for it yet."
	case p.ImportedVotes == 0:
		return plural(p.Votes, "vote") + "."
	case p.Votes == 0:
		return number(p.ImportedVotes) + " counted elsewhere, none here yet."
	}
	return number(p.Votes) + " here, " + number(p.ImportedVotes) + " counted elsewhere."
}
