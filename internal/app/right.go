package app

import (
	"fmt"
	"strings"

	"broadsheet"
)

// Right is what somebody wants to do, as routes name it and use cases check it.
type Right string

// Rights. What may be done to one's own things (edit a comment, end a session) is
// for the use case to check besides: a right says who may come as far as that.
const (
	RightOpen     Right = "open"     // anybody: to sign in, to subscribe by mail
	RightSession  Right = "session"  // whoever is signed in, banned or not, in a browser: own data, security, leaving
	RightKnown    Right = "known"    // whoever is signed in, with whatever token: to learn who that is
	RightRead     Right = "read"     // whoever is signed in: notifications and the like
	RightAppeal   Right = "appeal"   // whoever is signed in, banned or not
	RightVote     Right = "vote"     // members
	RightComment  Right = "comment"  // members
	RightFlag     Right = "flag"     // members
	RightSubmit   Right = "submit"   // members, or who the rules of the site name
	RightClaim    Right = "claim"    // members
	RightProfile  Right = "profile"  // members: profile, organisations
	RightCurate   Right = "curate"   // curators
	RightModerate Right = "moderate" // moderators
	RightAdmin    Right = "admin"    // administrators
)

// need is what a right asks for.
type need struct {
	role    broadsheet.Role  // "" for anybody
	scope   broadsheet.Scope // that a token must have; "": tokens may not
	banned  bool             // also whoever is banned
	toDo    string           // "to vote"
	browser bool             // a session, never a token
	any     bool             // a token with whatever scopes
}

// needs is the table of rights, the only one.
var needs = map[Right]need{
	RightOpen:     {},
	RightSession:  {role: broadsheet.RoleMember, banned: true, browser: true, toDo: "to see this"},
	RightKnown:    {role: broadsheet.RoleMember, banned: true, any: true, toDo: "to see this"},
	RightRead:     {role: broadsheet.RoleMember, banned: true, scope: broadsheet.ScopeRead, toDo: "to see this"},
	RightAppeal:   {role: broadsheet.RoleMember, banned: true, browser: true, toDo: "to appeal"},
	RightVote:     {role: broadsheet.RoleMember, scope: broadsheet.ScopeVote, toDo: "to vote"},
	RightComment:  {role: broadsheet.RoleMember, scope: broadsheet.ScopeComment, toDo: "to join the discussion"},
	RightFlag:     {role: broadsheet.RoleMember, scope: broadsheet.ScopeComment, toDo: "to report something"},
	RightSubmit:   {role: broadsheet.RoleMember, scope: broadsheet.ScopeSubmit, toDo: "to submit a paper"},
	RightClaim:    {role: broadsheet.RoleMember, scope: broadsheet.ScopeClaim, toDo: "to claim a paper"},
	RightProfile:  {role: broadsheet.RoleMember, scope: broadsheet.ScopeProfile, toDo: "to change this"},
	RightCurate:   {role: broadsheet.RoleCurator, scope: broadsheet.ScopeCurate, toDo: "to choose papers"},
	RightModerate: {role: broadsheet.RoleModerator, scope: broadsheet.ScopeModerate, toDo: "to moderate"},
	RightAdmin:    {role: broadsheet.RoleAdmin, scope: broadsheet.ScopeAdmin, toDo: "to run the site"},
}

// Rights tells of each right the least role ("" anybody), the scope that a token
// needs ("" for none: no token has the right, but every one has RightKnown), and whether who is banned keeps it.
func Rights(r Right) (least broadsheet.Role, scope broadsheet.Scope, banned, ok bool) {
	n, ok := needs[r]
	return n.role, n.scope, n.banned, ok
}

// Allowed tells whether the actor has a right: nil, or an error that says what is
// missing. It is Unauthenticated for who is not signed in.
func Allowed(by Actor, r Right) error {
	n, ok := needs[r]
	if !ok {
		return fmt.Errorf("no right is called %q", r)
	}
	if n.role == "" {
		return nil
	}
	if by.Account == nil {
		return &broadsheet.Error{Kind: broadsheet.Unauthenticated, Text: "sign in " + n.toDo, Fix: "sign in, or send an API token in Authorization"}
	}
	if by.Scopes != nil {
		switch {
		case n.browser:
			return &broadsheet.Error{Kind: broadsheet.Denied, Text: "no API token may do this", Fix: "sign in with a browser"}
		case !n.any && !by.has(n.scope):
			return &broadsheet.Error{Kind: broadsheet.Denied, Text: "this API token lacks the scope " + string(n.scope), Fix: "make a token that has it, under Account"}
		}
	}
	if by.Account.State != broadsheet.AccountActive && !(n.banned && by.Account.State == broadsheet.AccountBanned) {
		return &broadsheet.Error{Kind: broadsheet.Denied, Text: "this account is banned", Fix: "see your account for the reason and how to appeal"}
	}
	if !by.Account.Role.Includes(n.role) {
		return &broadsheet.Error{Kind: broadsheet.Denied, Text: fmt.Sprintf("this is for %ss only", strings.Replace(string(n.role), "admin", "administrator", 1)), Fix: "ask one of them"}
	}
	return nil
}

// may is Allowed as use cases ask it, first of all.
func (a *App) may(by Actor, r Right) error { return Allowed(by, r) }

// WhatFor says in words what a right is for: "to vote"; "" where there is no such.
func WhatFor(r Right) string { return needs[r].toDo }
