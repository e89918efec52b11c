package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/clean"
	"broadsheet/internal/lib/markup"
	"broadsheet/internal/store"

	"golang.org/x/text/unicode/norm"
)

// MaxComment is the most bytes of a comment.
const MaxComment = markup.MaxBytes

// Remark is what somebody wants to say.
type Remark struct {
	Paper  string // any id of it
	Parent string // token of the comment that it answers, "" for none
	Text   string // Markdown
}

// Comment says something about a paper, in the name of the actor. It is held for
// a moderator where the site's rules say so: Comment.State tells.
func (a *App) Comment(ctx context.Context, by Actor, x Remark) (*broadsheet.Comment, error) {
	if err := a.may(by, RightComment); err != nil {
		return nil, err
	}
	id, _, err := broadsheet.ParseID(x.Paper)
	if err != nil {
		return nil, err
	}
	if x.Parent != "" && !broadsheet.IsObjectID(x.Parent) {
		return nil, broadsheet.InvalidField("parent", "that is no comment", "leave it out, or send the id of the comment that this answers")
	}
	d, err := a.draft(ctx, by, x.Text)
	if err != nil {
		return nil, err
	}
	d.Paper, d.Parent = id, x.Parent
	c, err := a.store.PutComment(ctx, d)
	return &c, err
}

// editWindow is the time in which edits are limited, to as many as comments.
const editWindow = time.Hour

// EditComment changes a comment of the actor's own, as version was.
func (a *App) EditComment(ctx context.Context, by Actor, token string, version int, text string) (*broadsheet.Comment, error) {
	if err := a.may(by, RightComment); err != nil {
		return nil, err
	}
	d, err := a.draft(ctx, by, text)
	if err != nil {
		return nil, err
	}
	if !a.edits.takeOf(by.Name(), d.PerHour, d.At) {
		return nil, &broadsheet.Error{Kind: broadsheet.Limited, Text: fmt.Sprintf("you have made %d edits within an hour", d.PerHour), Fix: "come back in a while"}
	}
	d.Token, d.Version = token, version
	c, err := a.store.EditComment(ctx, d)
	return &c, err
}

// DeleteComment takes back what the actor said.
func (a *App) DeleteComment(ctx context.Context, by Actor, token string) error {
	if err := a.may(by, RightComment); err != nil {
		return err
	}
	return a.store.DeleteComment(ctx, token, by.id(), a.now())
}

// Preview is a text as it would be shown, as HTML.
func (a *App) Preview(ctx context.Context, by Actor, text string) (string, error) {
	if err := a.may(by, RightComment); err != nil {
		return "", err
	}
	d, err := a.draft(ctx, by, text)
	return d.HTML, err
}

// draft reads what somebody wrote, and holds it against the site's rules.
func (a *App) draft(ctx context.Context, by Actor, text string) (store.CommentDraft, error) {
	d := store.CommentDraft{Account: by.id(), Name: by.Name(), At: a.now(), Renderer: markup.Version, Moderator: by.Is(broadsheet.RoleModerator)}
	if len(text) > MaxComment { // before anything else looks at it
		return d, unreadable(markup.ErrLong)
	}
	d.Text = strings.Trim(clean.Text(text), "\n")
	if strings.TrimSpace(d.Text) == "" {
		return d, broadsheet.InvalidField("text", "there is nothing in it", "write something")
	}
	rules, err := a.Rules(ctx)
	if err != nil {
		return d, err
	}
	isNew := a.newcomer(&rules, by.Account)
	d.PerHour = rules.CommentsPerHour
	if isNew && rules.NewPerHour > 0 && (d.PerHour == 0 || rules.NewPerHour < d.PerHour) {
		d.PerHour = rules.NewPerHour
	}
	if d.Moderator {
		d.PerHour = 0
	}
	r, err := a.Markup(ctx, d.Text, isNew && !rules.NewLinks)
	if err != nil {
		return d, err
	}
	for _, host := range r.Hosts {
		if domain := listed(host, rules.BlockedDomains); domain != "" {
			return d, broadsheet.InvalidField("text", "links to "+domain+" are not taken here", "say it without the link")
		}
	}
	d.HTML, d.Plain, d.Mentions = r.HTML, r.Text, r.Mentions
	d.Held = !d.Moderator && holds(d.Text+"\n"+d.Plain, rules.BlockedWords)
	return d, nil
}

// newcomer tells whether an account counts as new. Who was given a role is known.
func (a *App) newcomer(rules *broadsheet.Rules, x *broadsheet.Account) bool {
	return x.Role == broadsheet.RoleMember && a.isNew(rules, x.CreatedAt)
}

func (a *App) isNew(rules *broadsheet.Rules, since time.Time) bool {
	return rules.NewAccountDays > 0 && a.now().Sub(since) < time.Duration(rules.NewAccountDays)*24*time.Hour
}

// Markup reads what people write: handles and papers that are known here become
// links.
func (a *App) Markup(ctx context.Context, text string, plainLinks bool) (markup.Result, error) {
	doc, err := markup.Parse(text)
	if err != nil {
		return markup.Result{}, unreadable(err)
	}
	people, err := a.store.Handles(ctx, doc.People)
	if err != nil {
		return markup.Result{}, err
	}
	papers, err := a.papersNamed(ctx, doc.Papers)
	if err != nil {
		return markup.Result{}, err
	}
	r, err := doc.Write(markup.Options{PlainLinks: plainLinks, Paper: func(id string) string { return papers[id] },
		Person: func(handle string) string {
			if people[handle] {
				return "/people/" + handle
			}
			return ""
		}})
	return r, unreadable(err)
}

// unreadable says what was wrong with a text.
func unreadable(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, markup.ErrLong):
		return broadsheet.InvalidField("text", fmt.Sprintf("it is longer than %d bytes", MaxComment), "say it in fewer words, or in several comments")
	case errors.Is(err, markup.ErrDeep):
		return broadsheet.InvalidField("text", "it nests "+strings.TrimPrefix(err.Error(), "more than "), "put fewer of them into one another")
	case errors.Is(err, markup.ErrSlow):
		return &broadsheet.Error{Kind: broadsheet.Invalid, Field: "text", Text: "it takes too long to read", Fix: "write it more simply", Err: err}
	}
	return err
}

// listed is the domain in a list that a host belongs to, "" for none.
func listed(host string, domains []string) string {
	for _, d := range domains {
		d = strings.Trim(strings.ToLower(strings.TrimSpace(d)), ".")
		if d != "" && (host == d || strings.HasSuffix(host, "."+d)) {
			return d
		}
	}
	return ""
}

// holds tells whether text has one of some words or phrases, whatever their case
// and the width of their letters.
func holds(text string, words []string) bool {
	text = evenly(text)
	for _, w := range words {
		w = strings.TrimSpace(evenly(w))
		for from := 0; w != ""; {
			i := strings.Index(text[from:], w)
			if i < 0 {
				break
			}
			i += from
			if !letterAt(text[:i], true) && !letterAt(text[i+len(w):], false) {
				return true
			}
			from = i + 1
		}
	}
	return false
}

func evenly(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(norm.NFKC.String(s))), " ")
}
