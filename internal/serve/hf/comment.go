package hf

import (
	"encoding/json"
	"net/http"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
)

// milliseconds writes a time as the service does.
func milliseconds(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// comment is one of a discussion, in the shape in which the service's discussions
// have theirs. The service itself answers none for papers.
type comment struct {
	ID        string      `json:"id"`
	Type      string      `json:"type"` // "comment"
	Author    *author     `json:"author,omitempty"`
	CreatedAt string      `json:"createdAt"`
	Data      commentData `json:"data"`
	Replies   []comment   `json:"replies"`
}

type author struct {
	ID       string `json:"_id"`
	Name     string `json:"name"`
	User     string `json:"user"`
	Fullname string `json:"fullname"`
	Type     string `json:"type"`
	IsAuthor bool   `json:"isAuthor"` // of the paper
}

type commentData struct {
	Edited    bool       `json:"edited"`
	Hidden    bool       `json:"hidden"`
	NumEdits  int        `json:"numEdits"`
	Upvotes   int        `json:"upvotes"`
	Reactions []reaction `json:"reactions"`
	Latest    latest     `json:"latest"`
}

type reaction struct {
	Reaction string `json:"reaction"`
	Count    int    `json:"count"`
}

type latest struct {
	HTML      string `json:"html"`
	UpdatedAt string `json:"updatedAt"`
}

// comments is GET /api/papers/{id}/comments: the discussion, threads in the order
// in which they were begun.
func (h *HF) comments(w http.ResponseWriter, r *http.Request, id string) error {
	d, err := h.app.Discussion(r.Context(), app.Actor{}, id, broadsheet.CommentsOldest, 1)
	if err != nil {
		return err
	}
	body, err := json.Marshal(threads(d.Threads))
	if err != nil {
		return err
	}
	return answer(w, body)
}

func threads(said []*app.Said) []comment {
	out := make([]comment, 0, len(said))
	for _, x := range said {
		written := x.CreatedAt
		if !x.EditedAt.IsZero() {
			written = x.EditedAt
		}
		c := comment{ID: x.Token, Type: "comment", CreatedAt: milliseconds(x.CreatedAt), Replies: threads(x.Replies),
			Data: commentData{Edited: x.Version > 1, Hidden: !x.Readable, NumEdits: x.Version - 1, Upvotes: x.Ups, Reactions: []reaction{}, Latest: latest{x.HTML, milliseconds(written)}}}
		if x.Readable && !x.By.Gone() {
			c.Author = &author{ID: x.By.Token, Name: x.By.Name, User: x.By.Name, Fullname: x.By.ShownName(), Type: "user", IsAuthor: x.Author}
		}
		for _, n := range x.Reactions {
			c.Data.Reactions = append(c.Data.Reactions, reaction{string(n.Reaction), n.Count})
		}
		out = append(out, c)
	}
	return out
}
