package api

import (
	"fmt"
	"net/http"
	"strconv"

	"broadsheet/client"
	"broadsheet/internal/app"
)

func (a *API) vote(w http.ResponseWriter, r *http.Request) error {
	v, err := a.app.Vote(r.Context(), by(r), r.PathValue("id"), r.Method == http.MethodPut)
	if err != nil {
		return err
	}
	return write(w, client.Voted{Paper: v.Paper, Voted: v.Voted, Votes: v.Votes})
}

func (a *API) voters(w http.ResponseWriter, r *http.Request) error {
	return a.votersOf(w, r, r.PathValue("id"))
}

func (a *API) votersOf(w http.ResponseWriter, r *http.Request, id string) error {
	scope := fmt.Sprintf("voters %q", id)
	page, err := pageOf(scope, r.URL.Query().Get("cursor"))
	if err != nil {
		return err
	}
	p, votes, err := a.app.Voters(r.Context(), id, page)
	if err != nil {
		return rename(err, map[string]string{"page": "cursor"})
	}
	out := client.Voters{Paper: p.ID, Votes: p.Votes, Imported: p.ImportedVotes, Items: make([]client.Voter, len(votes))}
	for i := range votes {
		out.Items[i] = client.Voter{By: memberOf(&votes[i].By), At: votes[i].At}
	}
	if page*app.VotersPage < p.Votes {
		out.Next = seal(scope, strconv.Itoa(page+1))
	}
	a.follow(w, r, out.Next)
	return write(w, out)
}
