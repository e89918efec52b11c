package app

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"broadsheet"
	"broadsheet/internal/auth"
	"broadsheet/internal/lib/clean"
)

// Bounds of invitations.
const (
	MaxInvites    = 20 // of one member that hold at a time
	MaxInviteUses = 100
	MaxInviteDays = 90
	maxMemberUses = 10 // of an invitation by a member or curator
	maxInviteNote = 100
)

// Invites are the invitations of the actor that hold, and whether more may be made:
// nil, or why not.
func (a *App) Invites(ctx context.Context, by Actor) (list []broadsheet.Invite, may, err error) {
	if err := a.may(by, RightSession); err != nil {
		return nil, nil, err
	}
	if list, err = a.store.Invites(ctx, by.id(), a.now()); err != nil {
		return nil, nil, err
	}
	return list, a.mayInvite(ctx, by, len(list)), nil
}

// mayInvite: where registration is by invitation, every member invites; where it is
// for some domains, administrators do. Elsewhere nobody needs one, or none helps.
func (a *App) mayInvite(ctx context.Context, by Actor, have int) error {
	if err := a.may(by, RightProfile); err != nil {
		return err
	}
	rules, err := a.Rules(ctx)
	if err != nil {
		return err
	}
	denied := func(text string) error { return &broadsheet.Error{Kind: broadsheet.Denied, Text: text} }
	switch rules.Registration {
	case broadsheet.RegistrationOpen:
		return denied("everybody may open an account here: no invitation is needed")
	case broadsheet.RegistrationClosed:
		return denied("this site takes no new accounts")
	case broadsheet.RegistrationDomain:
		if !by.Is(broadsheet.RoleAdmin) {
			return denied("only administrators invite people here")
		}
	}
	if have >= MaxInvites && !by.Is(broadsheet.RoleAdmin) {
		return &broadsheet.Error{Kind: broadsheet.Limited, Text: fmt.Sprintf("you have %d invitations out", have), Fix: "take one back, or wait for one to be used"}
	}
	return nil
}

// InviteDraft is an invitation that is to be made.
type InviteDraft struct {
	Note string // for whom it is
	Uses int
	Days int // that it holds
}

// Invite makes an invitation and gives the path of the page where it is used; its
// word is shown once, and only its hash is kept.
func (a *App) Invite(ctx context.Context, by Actor, d InviteDraft) (path string, err error) {
	_, may, err := a.Invites(ctx, by)
	if err != nil {
		return "", err
	}
	if may != nil {
		return "", may
	}
	most := MaxInviteUses
	if !by.Is(broadsheet.RoleModerator) {
		most = maxMemberUses
	}
	switch d.Note = clean.Line(d.Note); {
	case utf8.RuneCountInString(d.Note) > maxInviteNote:
		return "", broadsheet.InvalidField("note", "this is too long", fmt.Sprintf("use at most %d characters", maxInviteNote))
	case d.Uses < 1 || d.Uses > most:
		return "", broadsheet.InvalidField("uses", fmt.Sprintf("%d cannot be", d.Uses), fmt.Sprintf("use 1 to %d", most))
	case d.Days < 1 || d.Days > MaxInviteDays:
		return "", broadsheet.InvalidField("days", fmt.Sprintf("%d cannot be", d.Days), fmt.Sprintf("use 1 to %d", MaxInviteDays))
	}
	word, now := auth.NewToken(), a.now()
	x := broadsheet.Invite{ID: broadsheet.NewObjectID(), AccountID: by.id(), Note: d.Note, Uses: d.Uses, CreatedAt: now, ExpiresAt: now.Add(time.Duration(d.Days) * 24 * time.Hour)}
	return "/sign-in?invite=" + word, a.store.PutInvite(ctx, auth.Hash("invite", word), x)
}

// EndInvite takes an invitation of the actor's back.
func (a *App) EndInvite(ctx context.Context, by Actor, id string) error {
	if err := a.may(by, RightSession); err != nil {
		return err
	}
	return a.store.EndInvite(ctx, by.id(), id)
}
