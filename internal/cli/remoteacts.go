package cli

import (
	"context"
	"slices"

	"broadsheet"
	"broadsheet/client"
	"broadsheet/internal/serve/mcp"
)

// acts gives what the tools of MCP may do at the site with a token: nothing
// without one. The token is tried, so that who starts the program learns at once
// where it opens nothing.
func (r *remote) acts(ctx context.Context, token string) (func(context.Context) mcp.Acts, error) {
	if token == "" {
		return nil, nil
	}
	me, err := r.api.Me(ctx)
	if err != nil {
		return nil, r.explain(err)
	}
	a := &remoteActs{site: r}
	for _, s := range me.Scopes {
		a.scopes = append(a.scopes, broadsheet.Scope(s))
	}
	return func(context.Context) mcp.Acts { return a }, nil
}

// remoteActs acts at another site.
type remoteActs struct {
	site   *remote
	scopes []broadsheet.Scope
}

// Scopes are those of the token.
func (a *remoteActs) Scopes() []broadsheet.Scope { return a.scopes }

// Vote votes.
func (a *remoteActs) Vote(ctx context.Context, paper string, up bool) (*client.Voted, error) {
	vote := a.site.api.Vote
	if !up {
		vote = a.site.api.Unvote
	}
	v, err := vote(ctx, paper)
	return v, a.site.explain(err)
}

// Discussion reads what was said last, as text: among the newest threads where
// there are more than one answer holds.
func (a *remoteActs) Discussion(ctx context.Context, paper string) (*client.Comments, error) {
	d, err := a.site.api.Comments(ctx, paper, "newest", "")
	if err != nil {
		return nil, a.site.explain(err)
	}
	d.Items = slices.DeleteFunc(d.Items, func(c client.Comment) bool { return c.State != "shown" })
	slices.SortStableFunc(d.Items, func(x, y client.Comment) int { return x.CreatedAt.Compare(y.CreatedAt) })
	d.Items = d.Items[max(0, len(d.Items)-mcp.DiscussionMost):]
	for i := range d.Items {
		d.Items[i].Text = commentText(d.Items[i].HTML)
	}
	return d, nil
}

// Comment comments.
func (a *remoteActs) Comment(ctx context.Context, paper, parent, text string) (*client.Comment, error) {
	c, err := a.site.api.Comment(ctx, paper, client.NewComment{Text: text, Parent: parent})
	return c, a.site.explain(err)
}

// Submit looks a paper up and sends the submission.
func (a *remoteActs) Submit(ctx context.Context, paper, comment string, send bool) (*client.Submission, error) {
	x, err := a.site.api.Submit(ctx, paper)
	if err == nil && send && x.State == "draft" {
		x, err = a.site.api.SendSubmission(ctx, x.ID, client.Send{Comment: comment})
	}
	return x, a.site.explain(err)
}

// Claim claims.
func (a *remoteActs) Claim(ctx context.Context, n client.NewClaim) (*client.Claim, error) {
	c, err := a.site.api.Claim(ctx, n)
	return c, a.site.explain(err)
}

// Notifications reads what is told.
func (a *remoteActs) Notifications(ctx context.Context) (*client.Notifications, error) {
	list, err := a.site.api.Notifications(ctx, "")
	return list, a.site.explain(err)
}
