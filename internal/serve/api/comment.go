package api

import (
	"fmt"
	"net/http"
	"strconv"

	"broadsheet"
	"broadsheet/client"
	"broadsheet/internal/app"
)

func (a *API) comments(w http.ResponseWriter, r *http.Request) error {
	return a.commentsOf(w, r, r.PathValue("id"))
}

// commentsOf answers a page of a discussion as everybody sees it.
func (a *API) commentsOf(w http.ResponseWriter, r *http.Request, id string) error {
	q := r.URL.Query()
	sort := broadsheet.CommentSort(q.Get("sort"))
	scope := fmt.Sprintf("comments %q %q", id, sort)
	page, err := pageOf(scope, q.Get("cursor"))
	if err != nil {
		return err
	}
	d, err := a.app.Discussion(r.Context(), app.Actor{}, id, sort, page)
	if err != nil {
		return err
	}
	out := client.Comments{Paper: d.Paper, Total: d.Total, Locked: d.Locked, Items: make([]client.Comment, len(d.Flat))}
	for i, x := range d.Flat {
		out.Items[i] = a.comment(&x.Comment)
		out.Items[i].Depth, out.Items[i].Author, out.Items[i].Text = x.Depth, x.Author, ""
		if x.State == broadsheet.CommentDeleted {
			out.Items[i].By = client.Member{Deleted: true}
		}
	}
	if page < d.Pages {
		out.Next = seal(scope, strconv.Itoa(page+1))
	}
	a.follow(w, r, out.Next)
	return write(w, out)
}

// comment is a comment as the API shows it, with its text where c has it.
func (a *API) comment(c *broadsheet.Comment) client.Comment {
	return client.Comment{ID: c.Token, Paper: c.Paper, Parent: c.Parent, By: memberOf(&c.By), State: string(c.State), Text: c.Text, HTML: c.HTML,
		URL: a.base + "/comments/" + c.Token, Version: c.Version, Ups: c.Ups, Downs: c.Downs, Reactions: reactions(c.Reactions),
		CreatedAt: c.CreatedAt, EditedAt: c.EditedAt}
}

func reactions(in []broadsheet.ReactionCount) []client.Reaction {
	return each(in, func(v *broadsheet.ReactionCount) client.Reaction {
		return client.Reaction{Name: string(v.Reaction), Count: v.Count}
	})
}

func (a *API) newComment(w http.ResponseWriter, r *http.Request) error {
	if err := app.Allowed(by(r), app.RightComment); err != nil {
		return err
	}
	in, err := read[client.NewComment](r)
	if err != nil {
		return err
	}
	c, err := a.app.Comment(r.Context(), by(r), app.Remark{Paper: r.PathValue("id"), Parent: in.Parent, Text: in.Text})
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/comments/"+c.Token)
	return status(w, http.StatusCreated, a.comment(c))
}

func (a *API) ownComment(w http.ResponseWriter, r *http.Request) error {
	c, err := a.app.CommentToEdit(r.Context(), by(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return write(w, a.comment(c))
}

func (a *API) editComment(w http.ResponseWriter, r *http.Request) error {
	if err := app.Allowed(by(r), app.RightComment); err != nil {
		return err
	}
	in, err := read[client.CommentEdit](r)
	if err != nil {
		return err
	}
	c, err := a.app.EditComment(r.Context(), by(r), r.PathValue("id"), in.Version, in.Text)
	if err != nil {
		return err
	}
	return write(w, a.comment(c))
}

func (a *API) deleteComment(w http.ResponseWriter, r *http.Request) error {
	return done(w, a.app.DeleteComment(r.Context(), by(r), r.PathValue("id")))
}

func (a *API) previewComment(w http.ResponseWriter, r *http.Request) error {
	if err := app.Allowed(by(r), app.RightComment); err != nil {
		return err
	}
	in, err := read[client.Draft](r)
	if err != nil {
		return err
	}
	html, err := a.app.Preview(r.Context(), by(r), in.Text)
	if err != nil {
		return err
	}
	return write(w, client.Preview{HTML: html})
}

func (a *API) voteComment(w http.ResponseWriter, r *http.Request) error {
	if err := app.Allowed(by(r), app.RightVote); err != nil {
		return err
	}
	in, err := read[client.Opinion](r)
	if err != nil {
		return err
	}
	ups, downs, err := a.app.VoteComment(r.Context(), by(r), r.PathValue("id"), in.Value)
	if err != nil {
		return rename(err, map[string]string{"vote": "value"})
	}
	return write(w, client.Opinions{Ups: ups, Downs: downs})
}

func (a *API) react(w http.ResponseWriter, r *http.Request) error {
	counts, err := a.app.React(r.Context(), by(r), r.PathValue("id"), broadsheet.Reaction(r.PathValue("reaction")), r.Method == http.MethodDelete)
	if err != nil {
		return err
	}
	out := client.Reactions{Items: reactions(counts)}
	if out.Items == nil {
		out.Items = []client.Reaction{}
	}
	return write(w, out)
}
