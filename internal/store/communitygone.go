package store

import (
	"context"
	"slices"

	"broadsheet"
)

// GoneNames are handles in the rows of an export, of accounts that are deleted here,
// each with what it is called now. Such an export is of before their deletion, or of
// a site where they still are: what it says of them stays away.
type GoneNames map[string]string

// keptOfGone are the columns that the deletion of an account empties in the rows of
// it that stay, by table. Rows of it in other tables go.
var keptOfGone = map[string][]string{"comments": nil, "submissions": {"typed", "comment", "media"}, "flags": {"body"}}

// staysOfGone tells whether a row of a deleted account may be here: one that its
// deletion left there too.
func staysOfGone(r *CommunityRow) bool {
	emptied, kept := keptOfGone[r.Table]
	return kept && !slices.ContainsFunc(emptied, func(column string) bool { return r.Values[column] != "" })
}

// rename puts in the place of handles what they are called now. False: the row is
// about what somebody who is gone did, and others were told of it.
func (g GoneNames) rename(r *CommunityRow) bool {
	columns := []string{"decider"}
	switch {
	case r.Table == "notifications":
		actor, _ := r.Values["actor"].(string)
		return g[actor] == ""
	case r.Table == "actions":
		columns = append(columns, "actor")
	}
	if r.Values["kind"] == string(broadsheet.ObjectAccount) {
		columns = append(columns, "object")
	}
	for _, column := range columns {
		name, _ := r.Values[column].(string)
		if now := g[name]; now != "" {
			r.Values[column] = now
		}
	}
	return true
}

// met looks at an account that is here: where it was deleted and the row does not say
// so, its handle names nobody, nor beside papers, which came before the row.
func (p *communityPut) met(ctx context.Context, r *CommunityRow) error {
	token, name := r.Values["token"].(string), r.Values["name"].(string)
	row, err := p.row(ctx, "account", token)
	if err != nil || row <= 0 || !p.empty[row] || r.Values["state"] == string(broadsheet.AccountDeleted) {
		return err
	}
	p.gone[name] = broadsheet.GoneName(token)
	return p.s.eraseFeatures(ctx, p.tx, name)
}

func (p *communityPut) deleted(ctx context.Context, account int64) (bool, error) {
	st, err := p.tx.prepare(ctx, `SELECT state FROM accounts WHERE id = $1`)
	if err != nil {
		return false, err
	}
	var state broadsheet.AccountState
	err = st.QueryRowContext(ctx, account).Scan(&state)
	return state == broadsheet.AccountDeleted, err
}
