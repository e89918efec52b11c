package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
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

// maxCommentForm is the most bytes of a form with a comment: percent-encoded, the
// longest is three times its bytes. What is longer than a comment and no longer
// than this is shown again to be cut.
const maxCommentForm = 64 << 10

// commentRoutes are the pages and forms of discussions.
func (w *Web) commentRoutes() []httpkit.Route {
	page := func(pattern string, handle httpkit.HandlerFunc, query ...string) httpkit.Route {
		return httpkit.Route{Method: http.MethodGet, Pattern: pattern, Kind: httpkit.Page, Handle: handle, Query: query, MaxAge: httpkit.Revalidate, Personal: true, Error: w.Error}
	}
	get := func(pattern string, right app.Right, handle httpkit.HandlerFunc) httpkit.Route {
		return httpkit.Route{Method: http.MethodGet, Pattern: pattern, Kind: httpkit.Private, Handle: handle, Right: string(right), Error: w.Error}
	}
	post := func(pattern string, right app.Right, handle httpkit.HandlerFunc) httpkit.Route {
		return httpkit.Route{Method: http.MethodPost, Pattern: pattern, Kind: httpkit.Action, Handle: scripted(handle), MaxBody: maxCommentForm, Right: string(right), Error: w.Error}
	}
	return []httpkit.Route{
		page("/comments", w.latest, "paper"),
		page("/comments/{token}", w.permalink),
		page("/comments/{token}/history", w.history),
		post("/comments", app.RightComment, w.comment),
		post("/comments/votes", app.RightVote, w.voteComment),
		post("/comments/reactions", app.RightVote, w.react),
		get("/comments/{token}/react", app.RightVote, w.reacting),
		get("/comments/{token}/reply", app.RightComment, w.replying),
		get("/comments/{token}/edit", app.RightComment, w.editing),
		post("/comments/{token}/edit", app.RightComment, w.editComment),
		get("/comments/{token}/delete", app.RightComment, w.deleting),
		post("/comments/{token}/delete", app.RightComment, w.deleteComment),
	}
}

// scripted gives a script that asks in place its errors as JSON.
func scripted(handle httpkit.HandlerFunc) httpkit.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) error {
		err := handle(rw, r)
		if err == nil || !httpkit.WantsJSON(r) {
			return err
		}
		var e *broadsheet.Error
		if !errors.As(err, &e) || e.Kind == broadsheet.Internal {
			return err
		}
		answer := map[string]string{"error": sentence(e.Text), "fix": strings.TrimSuffix(sentence(e.Fix), "."), "field": e.Field}
		if e.Kind == broadsheet.Unauthenticated {
			answer["next"] = signInPath + "?next=" + url.QueryEscape(httpkit.Back(r, "/"))
		}
		return sendJSON(rw, httpkit.Status(err), answer)
	}
}

func sendJSON(rw http.ResponseWriter, code int, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("answer a script: %w", err)
	}
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	rw.WriteHeader(code)
	_, err = rw.Write(body)
	return err
}

// composePage is a form for a comment on a page of its own: a reply, an edit, and
// what is to be corrected.
type composePage struct {
	Frame   frame
	Kind    string // what it is about, small
	Heading string
	Title   string // of the paper
	Path    string // of the paper's page
	Back    string
	Above   *statement // what it answers
	Form    composeForm
}

type composeForm struct {
	Action, Paper, Parent string
	Version               int // of the comment that is edited
	Label, Button, Text   string
	Most                  int
	Preview               template.HTML
	Now                   template.HTML // the comment as it stands, where another edit came first
	Problem, Fix          string
	Back                  string
}

func (w *Web) compose(r *http.Request, paper, heading string) (*composePage, error) {
	v, err := w.app.Paper(r.Context(), paper)
	if err != nil {
		return nil, err
	}
	p := &composePage{Frame: w.frame(heading, "", ""), Heading: heading, Title: plain(v.Title), Path: address.Paper(v.ID), Form: composeForm{Action: "/comments", Paper: v.ID, Label: "Your comment", Button: "Comment", Most: app.MaxComment}}
	p.Frame.NoIndex, p.Frame.Canonical, p.Frame.Sheet, p.Back = true, "", w.talkSheet(), p.Path+"#discussion"
	p.Form.Back = p.Back
	return p, nil
}

// answering is the page for an answer to a comment.
func (w *Web) answering(r *http.Request, token string) (*composePage, error) {
	c, err := w.app.CommentToAnswer(r.Context(), app.ActorOf(r.Context()), token)
	if err != nil {
		return nil, err
	}
	v := statements{now: w.app.Now(), reader: true}
	above := v.of(c)
	p, err := w.compose(r, c.Paper, "Reply to "+above.Name)
	if err != nil {
		return nil, err
	}
	p.Above, p.Form.Parent, p.Form.Label, p.Form.Button = &above, c.Token, "Your reply to "+above.Name, "Reply"
	p.Back = "/comments/" + c.Token
	p.Form.Back = p.Back
	if r.URL.Query().Get("quote") != "" {
		p.Form.Text = quoted(c.Text)
	}
	return p, nil
}

// quoted is a text as another quotes it.
func quoted(text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		b.WriteString(strings.TrimRight("> "+line, " ") + "\n")
	}
	return clipBytes(b.String(), app.MaxComment/2) + "\n"
}

func clipBytes(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…\n"
}

func (w *Web) replying(rw http.ResponseWriter, r *http.Request) error {
	p, err := w.answering(r, r.PathValue("token"))
	if err != nil {
		return err
	}
	return w.render(rw, "comment.html", p)
}

// comment takes what somebody wrote: it is shown, or with the button for it only
// previewed.
func (w *Web) comment(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	v, by := r.PostForm, app.ActorOf(r.Context())
	if err := app.Allowed(by, app.RightComment); err != nil {
		return err
	}
	paper, parent, text := v.Get("paper"), v.Get("parent"), v.Get("text")
	if v.Get("preview") != "" {
		return w.preview(rw, r, text, func() (*composePage, error) { return w.composing(r, paper, parent) })
	}
	c, err := w.app.Comment(r.Context(), by, app.Remark{Paper: paper, Parent: parent, Text: text})
	if err != nil {
		return w.again(rw, r, err, text, func() (*composePage, error) { return w.composing(r, paper, parent) })
	}
	return w.said(rw, r, c)
}

func (w *Web) composing(r *http.Request, paper, parent string) (*composePage, error) {
	if parent != "" {
		return w.answering(r, parent)
	}
	return w.compose(r, paper, "A comment")
}

// said is what follows a comment that was taken.
func (w *Web) said(rw http.ResponseWriter, r *http.Request, c *broadsheet.Comment) error {
	if httpkit.WantsJSON(r) {
		return sendJSON(rw, http.StatusOK, map[string]string{"token": c.Token, "state": string(c.State)})
	}
	return httpkit.Redirect(rw, r, "/comments/"+c.Token, http.StatusSeeOther)
}

// preview shows a text as it will look, above the form that still holds it.
func (w *Web) preview(rw http.ResponseWriter, r *http.Request, text string, page func() (*composePage, error)) error {
	html, err := w.app.Preview(r.Context(), app.ActorOf(r.Context()), text)
	if err != nil {
		return w.again(rw, r, err, text, page)
	}
	if httpkit.WantsJSON(r) {
		return sendJSON(rw, http.StatusOK, map[string]string{"html": html})
	}
	p, err := page()
	if err != nil {
		return err
	}
	p.Frame.Title = "Preview: " + p.Frame.Title
	p.Form.Preview, p.Form.Text = commentHTML(html), text
	return w.render(rw, "comment.html", p)
}

// again shows the form with what was wrong and the words that were written: no
// mistake costs them.
func (w *Web) again(rw http.ResponseWriter, r *http.Request, err error, text string, page func() (*composePage, error)) error {
	var e *broadsheet.Error
	if httpkit.WantsJSON(r) || !errors.As(err, &e) || e.Kind == broadsheet.Internal || e.Kind == broadsheet.Unauthenticated {
		return err
	}
	p, other := page()
	if other != nil {
		return err
	}
	p.Frame.Title = "Error: " + p.Frame.Title
	p.Form.Text, p.Form.Problem, p.Form.Fix = text, sentence(e.Text), sentence(e.Fix)
	refused(rw, err)
	return w.render(rw, "comment.html", p)
}

// editPage is the form for a comment as it stands, and how that looks.
func (w *Web) editPage(r *http.Request) (*composePage, template.HTML, error) {
	c, err := w.app.CommentToEdit(r.Context(), app.ActorOf(r.Context()), r.PathValue("token"))
	if err != nil {
		return nil, "", err
	}
	p, err := w.compose(r, c.Paper, "Edit your comment")
	if err != nil {
		return nil, "", err
	}
	p.Form = composeForm{Action: "/comments/" + c.Token + "/edit", Version: c.Version, Label: "Your comment", Button: "Save", Most: app.MaxComment, Text: c.Text, Back: "/comments/" + c.Token}
	p.Back = p.Form.Back
	return p, commentHTML(c.HTML), nil
}

func (w *Web) editing(rw http.ResponseWriter, r *http.Request) error {
	p, _, err := w.editPage(r)
	if err != nil {
		return err
	}
	return w.render(rw, "comment.html", p)
}

func (w *Web) editComment(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	v, text := r.PostForm, r.PostForm.Get("text")
	version, err := strconv.Atoi(v.Get("version"))
	if err != nil {
		version = 0
	}
	overtaken := false
	page := func() (*composePage, error) {
		p, now, err := w.editPage(r)
		switch {
		case err != nil:
			return nil, err
		case overtaken: // to be looked at, and saved over knowingly
			p.Form.Now, p.Form.Button = now, "Save over it"
		case version > 0:
			p.Form.Version = version // the one that was looked at, not the one that is
		}
		return p, nil
	}
	if v.Get("preview") != "" {
		return w.preview(rw, r, text, page)
	}
	c, err := w.app.EditComment(r.Context(), app.ActorOf(r.Context()), r.PathValue("token"), version, text)
	if err != nil {
		var e *broadsheet.Error
		overtaken = errors.As(err, &e) && e.Kind == broadsheet.Conflict && e.Field == "version"
		return w.again(rw, r, err, text, page)
	}
	return w.said(rw, r, c)
}

// deletePage asks whether a comment is to go.
type deletePage struct {
	Frame  frame
	Remark statement
	Action string
	Back   string
}

func (w *Web) deleting(rw http.ResponseWriter, r *http.Request) error {
	c, err := w.app.CommentToEdit(r.Context(), app.ActorOf(r.Context()), r.PathValue("token"))
	if err != nil {
		return err
	}
	v := statements{now: w.app.Now(), reader: true}
	p := deletePage{Frame: w.frame("Delete your comment", "", ""), Remark: v.of(c), Action: "/comments/" + c.Token + "/delete", Back: "/comments/" + c.Token}
	p.Frame.NoIndex, p.Frame.Canonical, p.Frame.Sheet = true, "", w.talkSheet()
	return w.render(rw, "delete.html", p)
}

func (w *Web) deleteComment(rw http.ResponseWriter, r *http.Request) error {
	by, token := app.ActorOf(r.Context()), r.PathValue("token")
	paper, _, err := w.app.CommentPlace(r.Context(), token)
	if allowed := app.Allowed(by, app.RightComment); allowed != nil {
		return allowed
	}
	if err == nil {
		err = w.app.DeleteComment(r.Context(), by, token)
	}
	if err != nil {
		return err
	}
	if httpkit.WantsJSON(r) {
		return sendJSON(rw, http.StatusOK, map[string]string{"state": string(broadsheet.CommentDeleted)})
	}
	return httpkit.Redirect(rw, r, address.Paper(paper)+"#discussion", http.StatusSeeOther)
}

// named is the comment that a button names.
func named(r *http.Request, name string) string { return strings.TrimPrefix(r.PostForm.Get(name), "-") }

// backTo leads a reader without script to where the comment stood.
func backTo(rw http.ResponseWriter, r *http.Request, token string) error {
	target := httpkit.Back(r, "/comments/"+token)
	if strings.HasPrefix(target, "/comments/") {
		target = "/comments/" + token
	} else {
		target += "#c-" + token
	}
	return httpkit.Redirect(rw, r, target, http.StatusSeeOther)
}

func (w *Web) voteComment(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	value, token := 0, named(r, "none")
	if up := named(r, "up"); up != "" {
		value, token = 1, up
	} else if down := named(r, "down"); down != "" {
		value, token = -1, down
	}
	ups, downs, err := w.app.VoteComment(r.Context(), app.ActorOf(r.Context()), token, value)
	if err != nil {
		return err
	}
	if httpkit.WantsJSON(r) {
		return sendJSON(rw, http.StatusOK, map[string]int{"ups": ups, "downs": downs, "vote": value})
	}
	return backTo(rw, r, token)
}

func (w *Web) react(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	var given broadsheet.Reaction
	for _, x := range broadsheet.Reactions {
		if r.PostForm.Get(string(x)) != "" {
			given = x
		}
	}
	token := named(r, string(given))
	_, err := w.app.React(r.Context(), app.ActorOf(r.Context()), token, given, strings.HasPrefix(r.PostForm.Get(string(given)), "-"))
	if err != nil {
		return err
	}
	if httpkit.WantsJSON(r) {
		return sendJSON(rw, http.StatusOK, map[string]string{"token": token})
	}
	return backTo(rw, r, token)
}

// reactPage offers all reactions to a comment.
type reactPage struct {
	Frame  frame
	Remark statement
	All    []reaction
	Back   string
}

func (w *Web) reacting(rw http.ResponseWriter, r *http.Request) error {
	by := app.ActorOf(r.Context())
	if err := app.Allowed(by, app.RightVote); err != nil {
		return err
	}
	c, err := w.app.CommentToAnswer(r.Context(), by, r.PathValue("token"))
	if err != nil {
		return err
	}
	v := statements{now: w.app.Now(), reader: true}
	p := reactPage{Frame: w.frame("React", "", ""), Remark: v.of(c), Back: "/comments/" + c.Token}
	p.Frame.NoIndex, p.Frame.Canonical, p.Frame.Sheet = true, "", w.talkSheet()
	for _, x := range broadsheet.Reactions {
		s := signs[x]
		s.Key = string(x)
		p.All = append(p.All, s)
	}
	return w.render(rw, "react.html", p)
}

// historyPage is a comment as it was at each time.
type historyPage struct {
	Frame    frame
	Remark   statement
	Title    string
	Path     string
	Back     string
	Versions []commentVersion
}

type commentVersion struct {
	Name string
	When string
	Body template.HTML
}

func (w *Web) history(rw http.ResponseWriter, r *http.Request) error {
	c, edits, err := w.app.CommentHistory(r.Context(), app.ActorOf(r.Context()), r.PathValue("token"))
	if err != nil {
		return err
	}
	paper, err := w.app.Paper(r.Context(), c.Paper)
	if err != nil {
		return err
	}
	v := statements{now: w.app.Now()}
	p := historyPage{Frame: w.frame("A comment's history", "", ""), Remark: v.of(c), Title: plain(paper.Title), Path: address.Paper(paper.ID), Back: "/comments/" + c.Token}
	p.Frame.NoIndex, p.Frame.Canonical, p.Frame.Sheet = true, "", w.talkSheet()
	last := c.CreatedAt
	if !c.EditedAt.IsZero() {
		last = c.EditedAt
	}
	p.Versions = append(p.Versions, commentVersion{Name: "As it is", When: stamp(last), Body: commentHTML(c.HTML)})
	for i := len(edits) - 1; i >= 0; i-- {
		e := edits[i]
		p.Versions = append(p.Versions, commentVersion{Name: cmp.Or(map[int]string{1: "As first written"}[e.Version], fmt.Sprint("Version ", e.Version)), When: stamp(e.At), Body: commentHTML(e.HTML)})
	}
	return w.render(rw, "history.html", p)
}
