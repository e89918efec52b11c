package web

import (
	"context"
	"reflect"
	"slices"

	"broadsheet"
	"broadsheet/internal/app"
)

// firstSteps are what a new site wants of its administrator; each is there until
// it is done. That mail is not sent stands among what needs attention.
func (w *Web) firstSteps(ctx context.Context, o *app.Overview) (out []matter, err error) {
	add := func(what, path, text string) { out = append(out, matter{What: what, Path: path, Text: text}) }
	if w.name == "Broadsheet" {
		add("Its name", "", "This site is still called Broadsheet. Set site.name in its settings and start it again.")
	}
	rules, err := w.app.Rules(ctx)
	if err != nil {
		return nil, err
	}
	if o.Accounts.All <= 1 && reflect.DeepEqual(rules, broadsheet.DefaultRules()) {
		add("Who may join", rulesPath, "Decide who may open an account, and who may submit papers.")
	}
	if !slices.ContainsFunc(o.Status.Sources, func(s app.SourceStatus) bool { return !s.LastSuccess.IsZero() }) {
		add("Sources", sourcesPath, "No papers have come from a source yet. See where they come from, and when each is asked next.")
	}
	if n := o.Accounts.Roles; n[broadsheet.RoleCurator]+n[broadsheet.RoleModerator] == 0 && n[broadsheet.RoleAdmin] <= 1 {
		add("A curator", accountsPath, "Nobody but you chooses papers for the front page. Invite somebody, and make them a curator.")
	}
	return out, nil
}
