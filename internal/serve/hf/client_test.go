package hf_test

import (
	"fmt"
	"regexp"
	"testing"
)

// The official client is a Python program, which is not to be had where these
// tests run. What follows reads answers by its rules, as huggingface_hub 1.x has
// them (PaperInfo, PaperAuthor, User and Organization of hf_api.py), so that what
// its users see is held here: which of two places it takes a member from, what it
// cannot read. It is no run of that client.

// info is what a user of the client sees of a paper; nil members are None.
type info struct {
	ID, PublishedAt, Title, Summary, SubmittedAt, Source, DiscussionID, AISummary, ProjectPage, GithubRepo any
	Upvotes, Comments, GithubStars, AIKeywords                                                             any
	Authors                                                                                                []string
	SubmittedBy, Organization                                                                              *account
}

// account is a user or an organisation; "" is what the client takes for a
// missing member.
type account struct{ name, fullname, avatar any }

// official is an answer's object, taken apart as the client does: what it has
// read is gone.
type official map[string]any

// pop is a member, nil where it is missing or null.
func (o official) pop(name string) any {
	v := o[name]
	delete(o, name)
	return v
}

// truth is what Python calls so.
func truth(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case string:
		return v != ""
	case bool:
		return v
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return fmt.Sprint(v) != "0"
}

// either is Python's a or b.
func either(a, b any) any {
	if truth(a) {
		return a
	}
	return b
}

// clock is the one form of a time that the client reads.
var clock = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z$`)

func moment(v any) (any, error) {
	if !truth(v) {
		return nil, nil
	}
	s, ok := v.(string)
	if !ok || !clock.MatchString(s) {
		return nil, fmt.Errorf("%v is no time", v)
	}
	return s, nil
}

func user(v any, name, avatar string) *account {
	o, ok := v.(map[string]any)
	if !ok || !truth(v) {
		return nil
	}
	or := func(v any) any {
		if v == nil {
			return ""
		}
		return v
	}
	return &account{or(o[name]), or(o["fullname"]), or(o[avatar])}
}

// readPaper reads an entry of a list, or the answer about one paper.
func readPaper(o official) (p info, err error) {
	inner, _ := o.pop("paper").(map[string]any)
	paper := official(inner)
	if paper == nil {
		paper = official{}
	}
	p.ID = either(o.pop("id"), paper.pop("id"))
	authors, _ := either(paper.pop("authors"), o.pop("authors")).([]any)
	for _, a := range authors {
		one, ok := a.(map[string]any)
		if !ok {
			return p, fmt.Errorf("author %v", a)
		}
		if _, err := moment(one["statusLastChangedAt"]); err != nil {
			return p, err
		}
		p.Authors = append(p.Authors, fmt.Sprint(one["name"]))
	}
	// Of two places the second is read only where the first says nothing.
	first := func(name string) any {
		if v := paper.pop(name); truth(v) {
			return v
		}
		return o.pop(name)
	}
	if p.PublishedAt, err = moment(first("publishedAt")); err != nil {
		return p, err
	}
	p.Title, p.Source = o.pop("title"), o.pop("source")
	p.Summary, p.Upvotes, p.DiscussionID = first("summary"), first("upvotes"), first("discussionId")
	p.Comments = o.pop("numComments")
	at := o.pop("publishedAt")
	if !truth(at) {
		at = o.pop("submittedOnDailyAt")
	}
	if p.SubmittedAt, err = moment(at); err != nil {
		return p, err
	}
	p.SubmittedBy = user(either(o.pop("submittedBy"), o["submittedOnDailyBy"]), "user", "avatarUrl")
	p.AISummary, p.AIKeywords = o.pop("ai_summary"), o.pop("ai_keywords")
	p.Organization = user(o.pop("organization"), "name", "avatarUrl")
	p.ProjectPage, p.GithubRepo, p.GithubStars = o.pop("projectPage"), o.pop("githubRepo"), o.pop("githubStars")
	return p, nil
}

// check holds what the client reads of an entry against the entry as recorded.
func check(recorded map[string]any, got info) error {
	paper, _ := recorded["paper"].(map[string]any)
	is := func(what string, got, want any) error {
		if fmt.Sprint(got) != fmt.Sprint(want) {
			return fmt.Errorf("%s is %v, want %v", what, got, want)
		}
		return nil
	}
	for _, err := range []error{
		is("id", got.ID, paper["id"]), is("title", got.Title, recorded["title"]), is("upvotes", got.Upvotes, paper["upvotes"]),
		is("comments", got.Comments, recorded["numComments"]), is("published_at", got.PublishedAt, paper["publishedAt"]),
		is("ai_summary", got.AISummary, paper["ai_summary"]), is("github_stars", got.GithubStars, paper["githubStars"]), is("source", got.Source, "arxiv"),
	} {
		if err != nil {
			return err
		}
	}
	if at := paper["submittedOnDailyAt"]; at != nil {
		if err := is("submitted_at", got.SubmittedAt, at); err != nil {
			return err
		}
	}
	if by, ok := recorded["submittedBy"].(map[string]any); ok {
		if got.SubmittedBy == nil {
			return fmt.Errorf("nobody submitted it, want %v", by["name"])
		}
		if err := is("submitted_by.username", got.SubmittedBy.name, by["name"]); err != nil {
			return err
		}
	}
	if o, ok := paper["organization"].(map[string]any); ok {
		if got.Organization == nil {
			return fmt.Errorf("no organisation, want %v", o["name"])
		}
		if avatar := o["avatar"]; avatar != nil && got.Organization.avatar != avatar {
			return fmt.Errorf("organization.avatar_url is %v, want %v", got.Organization.avatar, avatar)
		}
	}
	return nil
}

// TestOfficialRules reads the answers of a small site as the client does.
func TestOfficialRules(t *testing.T) {
	s := edition(t)
	list := decode[[]map[string]any](t, s.get(t, "/api/daily_papers?date=2026-06-30").Body.Bytes())
	for i, want := range []string{
		"2606.00001 Why tea cools 40 3 2026-06-30T07:00:00.123Z &{cy Cy Dunk https://pictures.example/cy.png} &{tea-lab The Tea Laboratory https://pictures.example/tea.png}",
		"2606.00002 Spoons, at rest 7 0 2026-06-30T08:00:00.000Z &{ada ada } &{spoon-works The Spoon Works https://pictures.example/spoon.png}",
	} {
		p, err := readPaper(list[i])
		if got := seen(p); err != nil || got != want {
			t.Errorf("entry %d: %s (%v), want %s", i, got, err, want)
		}
	}
	one, err := readPaper(decode[official](t, s.get(t, "/api/papers/2606.00001").Body.Bytes()))
	if got, want := seen(one), "2606.00001 Cooling of tea 40 3 2026-06-30T07:00:00.123Z &{cy Cy Dunk https://pictures.example/cy.png} "+
		"&{tea-lab The Tea Laboratory https://pictures.example/tea.png}"; err != nil || got != want {
		t.Errorf("one paper: %s (%v), want %s", got, err, want)
	}
	if len(one.Authors) != 2 || one.PublishedAt != "2026-06-28T12:00:00.000Z" {
		t.Errorf("one paper: authors %v, published %v", one.Authors, one.PublishedAt)
	}
	old := decode[[]map[string]any](t, s.get(t, "/api/daily_papers?date=2026-06-29").Body.Bytes())
	if p, err := readPaper(old[0]); err != nil || fmt.Sprint(p.Upvotes) != "0" {
		t.Errorf("a paper without votes has %v (%v), want 0", p.Upvotes, err)
	}
}

// seen is what matters most of what the client's user sees.
func seen(p info) string {
	return fmt.Sprintf("%v %v %v %v %v %v %v", p.ID, p.Title, p.Upvotes, p.Comments, p.SubmittedAt, p.SubmittedBy, p.Organization)
}
