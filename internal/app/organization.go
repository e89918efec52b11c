package app

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"broadsheet"
)

// organization finds the organisation that people mean by a handle in any case
// or by a name. Where a name is that of several, it is the one with most papers.
func (a *App) organization(ctx context.Context, text string) (broadsheet.Organization, error) {
	o, err := a.store.Organization(ctx, text)
	if broadsheet.KindOf(err) != broadsheet.NotFound {
		return o, err
	}
	all, err := a.store.OrganizationsNamed(ctx, text)
	if err != nil {
		return o, err
	}
	if len(all) == 0 {
		return o, &broadsheet.Error{Kind: broadsheet.NotFound, Text: fmt.Sprintf("there is no organisation %.60q here", text),
			Fix: cmp.Or(a.meantOrganization(ctx, text), "write its handle, as in the address of its page: /orgs lists the biggest")}
	}
	return all[0], nil
}

// meantOrganization says which of the biggest organisations have text in their
// handle or name.
func (a *App) meantOrganization(ctx context.Context, text string) string {
	counts, err := a.Organizations(ctx)
	if low := strings.ToLower(strings.TrimSpace(text)); err == nil && len(low) > 1 {
		var meant []string
		for _, c := range counts {
			if len(meant) < 3 && (strings.Contains(strings.ToLower(c.Name), low) || strings.Contains(strings.ToLower(c.Label), low)) {
				meant = append(meant, c.Name)
			}
		}
		return didYouMean(meant)
	}
	return ""
}

// known writes the organisations and categories of a query as the index has
// them: a name stands for every handle that bears it.
func (a *App) known(ctx context.Context, q *broadsheet.Query) error {
	var keys []string
	for _, text := range q.Organizations {
		if _, err := a.store.Organization(ctx, text); err == nil {
			keys = append(keys, text)
			continue
		}
		all, err := a.store.OrganizationsNamed(ctx, text)
		if err != nil {
			return err
		}
		for _, o := range all {
			keys = append(keys, strings.ToLower(o.Key))
		}
		if len(all) == 0 {
			keys = append(keys, text)
		}
	}
	q.Organizations = keys
	return nil
}
