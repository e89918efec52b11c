package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

// joinsPerHour is how often an account may ask to be a member: owners are told of
// each, and who leaves may ask again.
const joinsPerHour = 20

// Join asks to be a member, or accepts an invitation. Who has verified an address
// at a domain of the organisation is a member at once.
func (a *App) Join(ctx context.Context, by Actor, org string) (*broadsheet.Membership, error) {
	if err := a.may(by, RightProfile); err != nil {
		return nil, err
	}
	if err := a.joins.take(by.Name(), a.now()); err != nil {
		return nil, err
	}
	page, err := a.store.OrganizationPage(ctx, org)
	if err != nil {
		return nil, err
	}
	at, proven := a.now(), false
	if len(page.Domains) > 0 {
		all, err := a.store.Addresses(ctx, by.id())
		if err != nil {
			return nil, err
		}
		for _, x := range all {
			domain := strings.ToLower(broadsheet.AddressDomain(x.Address))
			proven = proven || listed(domain, page.Domains) != ""
		}
	}
	news := broadsheet.Notification{Kind: broadsheet.NotifyAccount, Actor: by.Name(), Detail: "asks to be a member of " + org + ": /orgs/" + org + "/members", At: at}
	step := store.MemberStep{Organization: org, Account: by.id(), Tell: []broadsheet.Notification{news}, Moderators: &news}
	if proven {
		step.Tell[0].Detail, step.Moderators = "is a member of "+org+" now, by the address of mail", nil
	}
	step.Change = func(now *broadsheet.Membership, _ []broadsheet.Membership) (*broadsheet.Membership, error) {
		next := broadsheet.Membership{Role: broadsheet.MemberPlain, State: broadsheet.MemberAsked, At: at}
		switch {
		case now != nil && now.State == broadsheet.MemberIn:
			return now, nil
		case now != nil && now.State == broadsheet.MemberInvited: // in the role that it offers
			next = *now
			next.State, next.At = broadsheet.MemberIn, at
		case proven:
			next.State, next.Proof = broadsheet.MemberIn, broadsheet.MemberByDomain
		}
		return &next, nil
	}
	return a.store.StepMember(ctx, step)
}

// Leave ends the actor's membership, takes back a request, or declines an
// invitation. The last owner stays: somebody else must own it first.
func (a *App) Leave(ctx context.Context, by Actor, org string) error {
	if err := a.may(by, RightProfile); err != nil {
		return err
	}
	_, err := a.store.StepMember(ctx, store.MemberStep{Organization: org, Account: by.id(),
		Change: func(now *broadsheet.Membership, owners []broadsheet.Membership) (*broadsheet.Membership, error) {
			return nil, lastOwner(now, owners)
		}})
	return err
}

func lastOwner(now *broadsheet.Membership, owners []broadsheet.Membership) error {
	if owns(now) && len(owners) == 1 {
		return &broadsheet.Error{Kind: broadsheet.Conflict, Text: "this is the last owner", Fix: "make somebody else an owner first"}
	}
	return nil
}

// MemberAct is what an owner or moderator does to a membership.
type MemberAct string

// Acts on memberships.
const (
	MemberInvite MemberAct = "invite" // who accepts is a member
	MemberAccept MemberAct = "accept" // a request
	MemberReject MemberAct = "reject" // a request; takes back an invitation
	MemberRemove MemberAct = "remove"
	MemberRaise  MemberAct = "owner"  // makes a member an owner
	MemberLower  MemberAct = "member" // makes an owner a member
)

// SetMember does it. Moderators may do all that owners may, which the log shows;
// besides, they make the first owner and remove the last.
func (a *App) SetMember(ctx context.Context, by Actor, org, handle string, act MemberAct) error {
	if err := a.may(by, RightProfile); err != nil {
		return err
	}
	own, err := a.memberOf(ctx, org, by.id())
	if err != nil {
		return err
	}
	moderates := Allowed(by, RightModerate) == nil
	if !owns(own) && !moderates {
		return &broadsheet.Error{Kind: broadsheet.Denied, Text: "only its owners and moderators decide who belongs to an organisation", Fix: "ask one"}
	}
	x, err := a.store.AccountNamed(ctx, strings.ToLower(strings.TrimPrefix(strings.TrimSpace(handle), "@")))
	x.Lapse(a.now())
	if err == nil && x.State != broadsheet.AccountActive && act != MemberRemove && act != MemberReject {
		err = broadsheet.Errorf(broadsheet.NotFound, "")
	}
	if broadsheet.KindOf(err) == broadsheet.NotFound {
		return broadsheet.InvalidField("name", fmt.Sprintf("nobody here is called %.40q", handle), "write the name as in the address of the profile: /people/…")
	}
	if err != nil {
		return err
	}
	at, from := a.now(), broadsheet.MemberByOwner
	if !owns(own) {
		from = broadsheet.MemberByModerator
	}
	said := map[MemberAct]string{MemberInvite: "invites you to be a member of %s: /orgs/%s/members", MemberAccept: "you are a member of %s now", MemberReject: "you are not taken as a member of %s",
		MemberRemove: "you are no member of %s any more", MemberRaise: "you are an owner of %s now", MemberLower: "you are a member, no owner, of %s now"}[act]
	if said == "" {
		return broadsheet.InvalidField("act", fmt.Sprintf("%.40q means nothing here", string(act)), "open the page again")
	}
	said = strings.ReplaceAll(said, "%s", org)
	step := store.MemberStep{Organization: org, Account: x.ID, Change: memberChange(act, from, at, moderates),
		Tell: []broadsheet.Notification{{Account: x.ID, Kind: broadsheet.NotifyAccount, Actor: by.Name(), Detail: said, At: at}}}
	if !owns(own) {
		step.Log = &broadsheet.Action{At: at, Actor: by.Name(), Act: broadsheet.ActOrganization, Kind: broadsheet.ObjectAccount, Object: x.Name, Detail: string(act) + ": " + org}
	}
	_, err = a.store.StepMember(ctx, step)
	return err
}

// memberChange is what an act makes of a membership.
func memberChange(act MemberAct, proof broadsheet.MemberProof, at time.Time, moderates bool) func(*broadsheet.Membership, []broadsheet.Membership) (*broadsheet.Membership, error) {
	return func(now *broadsheet.Membership, owners []broadsheet.Membership) (*broadsheet.Membership, error) {
		state := broadsheet.MemberState("")
		if now != nil {
			state = now.State
		}
		member := broadsheet.Membership{Role: broadsheet.MemberPlain, State: broadsheet.MemberIn, Proof: proof, At: at}
		switch {
		case act == MemberInvite && state == broadsheet.MemberAsked, act == MemberAccept && state == broadsheet.MemberAsked:
			return &member, nil
		case act == MemberInvite && state == "":
			member.State = broadsheet.MemberInvited
			return &member, nil
		case act == MemberInvite, act == MemberAccept && state == broadsheet.MemberIn:
			return now, nil
		case (act == MemberReject || act == MemberRemove) && state != broadsheet.MemberIn:
			return nil, nil
		case act == MemberRemove && moderates:
			return nil, nil
		case act == MemberRemove:
			return nil, lastOwner(now, owners)
		case (act == MemberRaise || act == MemberLower) && state == broadsheet.MemberIn:
			next := *now
			next.Role, next.At = broadsheet.MemberOwner, at
			if act == MemberLower {
				next.Role = broadsheet.MemberPlain
				if !moderates {
					return &next, lastOwner(now, owners)
				}
			}
			return &next, nil
		case act == MemberRaise && moderates && len(owners) == 0: // the first owner
			member.Role = broadsheet.MemberOwner
			return &member, nil
		}
		return nil, &broadsheet.Error{Kind: broadsheet.Conflict, Text: "the membership is another by now", Fix: "see the members as they are now"}
	}
}
