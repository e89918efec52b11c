package hf

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/lib/hfwire"
	"broadsheet/internal/serve/httpkit"
)

// writes are the routes that need an API token.
func (h *HF) writes() []httpkit.Route {
	route := func(method, pattern string, kind httpkit.RouteKind, right app.Right, handle httpkit.HandlerFunc) httpkit.Route {
		return httpkit.Route{Method: method, Pattern: pattern, Kind: kind, Token: true, Right: string(right), Handle: handle, Limit: "api", Error: h.refuse}
	}
	post := func(pattern string, right app.Right, handle httpkit.HandlerFunc) httpkit.Route {
		return route(http.MethodPost, pattern, httpkit.Action, right, handle)
	}
	return []httpkit.Route{
		route(http.MethodGet, "/api/whoami-v2", httpkit.Private, app.RightKnown, h.whoami),
		post("/api/papers/index", app.RightSubmit, h.index),
		post("/api/papers/{id}/comment", app.RightComment, h.comment),
		post("/api/papers/{id}/comment/{cid}/reply", app.RightComment, h.comment),
		post("/api/papers/{id}/links", app.RightClaim, h.links),
		post("/api/settings/papers/claim", app.RightClaim, h.claim),
	}
}

// refuse shows an error of a route that needs a token.
func (h *HF) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if broadsheet.KindOf(err) == broadsheet.Unauthenticated {
		w.Header().Set("WWW-Authenticate", "Bearer")
		text := "this needs an API token"
		if r.Header.Get("Authorization") != "" {
			text = "Invalid credentials in Authorization header" // as the service says it
		}
		err = &broadsheet.Error{Kind: broadsheet.Unauthenticated, Text: text, Fix: "make one at " + h.base + "/account/tokens and set it as HF_TOKEN"}
	}
	h.Error(w, r, err)
}

// read reads a body of JSON into out, with no members but those that out has,
// spelt as they are there.
func read(r *http.Request, out any, names ...string) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return broadsheet.InvalidField("Content-Type", "the body must be JSON", "send Content-Type: application/json")
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil || members == nil {
		return broadsheet.InvalidField("body", "this is no JSON object", "send one with "+strings.Join(names, ", "))
	}
	for name := range members {
		if !slices.Contains(names, name) {
			return broadsheet.InvalidField(fmt.Sprintf("%.60s", name), "there is no such member here", "use "+strings.Join(names, ", "))
		}
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return broadsheet.InvalidField("body", "a member has a value of another type", "send texts")
	}
	return nil
}

// index is POST /api/papers/index: the paper is fetched from arXiv.
func (h *HF) index(w http.ResponseWriter, r *http.Request) error {
	by := app.ProgramOf(r.Context())
	if err := app.Allowed(by, app.RightSubmit); err != nil {
		return err
	}
	var in struct {
		ArxivID string `json:"arxivId"`
	}
	if err := read(r, &in, "arxivId"); err != nil {
		return err
	}
	if err := h.app.IndexPaper(r.Context(), by, in.ArxivID); err != nil {
		return err
	}
	return answer(w, []byte("{}"))
}

// comment is POST /api/papers/{id}/comment, and …/comment/{cid}/reply.
func (h *HF) comment(w http.ResponseWriter, r *http.Request) error {
	by := app.ProgramOf(r.Context())
	if err := app.Allowed(by, app.RightComment); err != nil {
		return err
	}
	var in struct {
		Comment string `json:"comment"`
	}
	if err := read(r, &in, "comment"); err != nil {
		return err
	}
	c, err := h.app.Comment(r.Context(), by, app.Remark{Paper: r.PathValue("id"), Parent: r.PathValue("cid"), Text: in.Comment})
	if err != nil {
		return renamed(renamed(err, "text", "comment"), "parent", "commentId")
	}
	out, err := json.Marshal(struct {
		ID   string `json:"id"`
		Path string `json:"url"`
	}{c.Token, h.base + "/comments/" + c.Token})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(http.StatusCreated)
	return answer(w, out)
}

// claim is POST /api/settings/papers/claim: the author is named by the id that
// the answers about the paper give, the person by that of whoami-v2.
func (h *HF) claim(w http.ResponseWriter, r *http.Request) error {
	by := app.ProgramOf(r.Context())
	if err := app.Allowed(by, app.RightClaim); err != nil {
		return err
	}
	var in struct {
		Paper  string `json:"paperId"`
		Author string `json:"claimAuthorId"`
		User   string `json:"targetUserId"`
	}
	if err := read(r, &in, "paperId", "claimAuthorId", "targetUserId"); err != nil {
		return err
	}
	if in.User != "" && in.User != by.Account.Token && in.User != by.Name() {
		return &broadsheet.Error{Kind: broadsheet.Denied, Field: "targetUserId", Text: "nobody claims for another", Fix: "leave it out, or send the id of whoami-v2"}
	}
	id, _, err := broadsheet.ParseID(in.Paper)
	if err != nil {
		return renamed(err, "id", "paperId")
	}
	papers, err := h.app.Whole(r.Context(), []string{id})
	if err != nil {
		return err
	}
	if len(papers) == 0 {
		return renamed(errNoPaper(in.Paper), "id", "paperId")
	}
	p := &papers[0]
	place, name, err := authorOf(p, in.Author)
	if err != nil {
		return err
	}
	if _, err := h.app.Claim(r.Context(), by, app.NewClaim{Paper: p.ID, Position: place, Name: name}); err != nil {
		return err
	}
	return answer(w, []byte("{}"))
}

// authorOf finds the author of a paper, from 1, whom the format's answers give
// that id. What was recorded may list authors otherwise than the source does now:
// the name leads to the place.
func authorOf(p *broadsheet.Paper, id string) (place int, name string, err error) {
	none := broadsheet.InvalidField("claimAuthorId", fmt.Sprintf("the paper has no author %.40q", id), "send the _id of an author as the answer about the paper has it")
	var out struct {
		Authors []struct {
			ID   string `json:"_id"`
			Name string `json:"name"`
		} `json:"authors"`
	}
	if err := json.Unmarshal(hfwire.AppendPaper(nil, p, hfwire.LastFeature(p), hfwire.Writing{}), &out); err != nil {
		return 0, "", err
	}
	for i, a := range out.Authors {
		if a.ID != id || id == "" {
			continue
		}
		key := broadsheet.AuthorKey(a.Name)
		if i < len(p.Authors) && broadsheet.AuthorKey(p.Authors[i].Name) == key {
			return i + 1, p.Authors[i].Name, nil
		}
		for j := range p.Authors {
			if broadsheet.AuthorKey(p.Authors[j].Name) == key {
				return j + 1, p.Authors[j].Name, nil
			}
		}
	}
	return 0, "", none
}

// links is POST /api/papers/{objectId}/links. Papers have no object id beside
// their own here, so theirs is taken. null takes away, what is missing stays.
func (h *HF) links(w http.ResponseWriter, r *http.Request) error {
	by := app.ProgramOf(r.Context())
	if err := app.Allowed(by, app.RightClaim); err != nil {
		return err
	}
	var in struct {
		Project      json.RawMessage `json:"projectPage"`
		Code         json.RawMessage `json:"githubRepo"`
		Organization json.RawMessage `json:"organizationId"`
	}
	if err := read(r, &in, "projectPage", "githubRepo", "organizationId"); err != nil {
		return err
	}
	x := app.PaperLinks{Paper: r.PathValue("id")}
	for _, f := range []struct {
		name string
		raw  json.RawMessage
		to   *[]string
	}{{"projectPage", in.Project, &x.Project}, {"githubRepo", in.Code, &x.Code}, {"organizationId", in.Organization, &x.Organizations}} {
		if len(f.raw) == 0 {
			continue
		}
		var value *string
		if err := json.Unmarshal(f.raw, &value); err != nil {
			return broadsheet.InvalidField(f.name, "is no text", "send a text, or null to take it away")
		}
		*f.to = []string{}
		if value != nil && *value != "" {
			*f.to = []string{*value}
		}
	}
	if len(x.Organizations) == 1 {
		key, err := h.organization(r, x.Paper, x.Organizations[0])
		if err != nil {
			return err
		}
		x.Organizations[0] = key
	}
	if _, err := h.app.EditPaper(r.Context(), by, x); err != nil {
		for from, to := range map[string]string{"project": "projectPage", "code": "githubRepo", "organization": "organizationId"} {
			err = renamed(err, from, to)
		}
		return err
	}
	return answer(w, []byte("{}"))
}

// organization is the key of an organisation by the id that whoami-v2 or the
// paper gives, or by its handle.
func (h *HF) organization(r *http.Request, paper, id string) (string, error) {
	if !broadsheet.IsObjectID(id) {
		return id, nil
	}
	canonical, _, err := broadsheet.ParseID(paper)
	if err != nil {
		return "", err
	}
	papers, err := h.app.Whole(r.Context(), []string{canonical})
	if err != nil {
		return "", err
	}
	for i := range papers {
		for _, o := range papers[i].Organizations {
			if o.SourceID == id || hfwire.ObjectID("organization", o.Key) == id {
				return o.Key, nil
			}
		}
	}
	return id, nil
}

// renamed gives an error's field the name that it has in the format.
func renamed(err error, from, to string) error {
	var e *broadsheet.Error
	if !errors.As(err, &e) || e.Field != from {
		return err
	}
	named := *e
	named.Field = to
	return &named
}
