package app

import (
	"cmp"
	"context"
	"slices"

	"broadsheet"
	"broadsheet/internal/store"
)

const (
	membersShown  = 1000
	membersBeside = 12 // on the page that lists papers
)

// memberOf is an account's place in an organisation, nil for none.
func (a *App) memberOf(ctx context.Context, org string, account int64) (*broadsheet.Membership, error) {
	if account == 0 {
		return nil, nil
	}
	all, err := a.store.Members(ctx, store.MemberQuery{Organization: org, Accounts: []int64{account}, Limit: 1})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// Affiliations are the organisations that accounts are members of, by the
// accounts' rows: what stands beside names.
func (a *App) Affiliations(ctx context.Context, accounts []int64) (map[int64][]broadsheet.Organization, error) {
	accounts = slices.Compact(slices.Sorted(slices.Values(accounts)))
	all, err := a.store.Members(ctx, store.MemberQuery{Accounts: accounts, State: broadsheet.MemberIn, Limit: 10_000})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	out := map[int64][]broadsheet.Organization{}
	for _, m := range all {
		out[m.Account] = append(out[m.Account], m.Organization)
	}
	return out, nil
}

// Membership is the organisations that a person belongs to, by handle.
func (a *App) Membership(ctx context.Context, handle string) ([]broadsheet.Membership, error) {
	x, err := a.store.AccountNamed(ctx, handle)
	if err != nil {
		return nil, err
	}
	return a.store.Members(ctx, store.MemberQuery{Accounts: []int64{x.ID}, State: broadsheet.MemberIn, Limit: membersShown})
}

// OwnMemberships are all that the actor belongs to, asked to join, or is invited to.
func (a *App) OwnMemberships(ctx context.Context, by Actor) ([]broadsheet.Membership, error) {
	if err := a.may(by, RightRead); err != nil {
		return nil, err
	}
	return a.store.Members(ctx, store.MemberQuery{Accounts: []int64{by.id()}, Limit: membersShown})
}

// MembershipsAsked are requests that wait in any organisation, for moderators.
func (a *App) MembershipsAsked(ctx context.Context, by Actor) ([]broadsheet.Membership, error) {
	if err := a.may(by, RightModerate); err != nil {
		return nil, err
	}
	return a.store.Members(ctx, store.MemberQuery{State: broadsheet.MemberAsked, Limit: casesShown})
}

// OrganizationView is an organisation with who belongs to it, as the actor may see
// it.
type OrganizationView struct {
	broadsheet.Organization
	Page    broadsheet.OrganizationPage
	Avatar  *Picture
	Members []broadsheet.Membership
	Waiting []broadsheet.Membership // who asks or is invited; for who decides
	Own     *broadsheet.Membership  // of the actor
	Decides bool                    // the actor decides who belongs to it, and edits it
	Domains bool                    // the actor sets its domains of mail
}

// Members reads an organisation, by its handle in any case or by its name. Who
// asked to join stands there for its owners and moderators only, and so do the
// domains of mail.
func (a *App) Members(ctx context.Context, by Actor, text string) (*OrganizationView, error) {
	o, err := a.organization(ctx, text)
	if err != nil {
		return nil, err
	}
	v := &OrganizationView{Organization: o, Domains: Allowed(by, RightModerate) == nil}
	v.Name = cmp.Or(v.Name, v.Key)
	if v.Page, err = a.store.OrganizationPage(ctx, o.Key); err != nil {
		return nil, err
	}
	if v.Own, err = a.memberOf(ctx, o.Key, by.id()); err != nil {
		return nil, err
	}
	v.Decides = v.Domains || Allowed(by, RightProfile) == nil && owns(v.Own)
	all, err := a.store.Members(ctx, store.MemberQuery{Organization: o.Key, Limit: membersShown})
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		switch {
		case m.State == broadsheet.MemberIn:
			v.Members = append(v.Members, m)
		case v.Decides:
			v.Waiting = append(v.Waiting, m)
		}
	}
	if !v.Decides {
		v.Page.Domains = nil
	}
	g, err := a.gallery(ctx, nil, o.AvatarURL)
	v.Avatar = g.Avatar(o.AvatarURL)
	return v, err
}

func owns(m *broadsheet.Membership) bool {
	return m != nil && m.State == broadsheet.MemberIn && m.Role == broadsheet.MemberOwner
}
