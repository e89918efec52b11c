package app

import (
	"testing"

	"broadsheet"
)

// TestAllowed: a right asks for a role, a state and, of a token, a scope; each
// answer says what is missing.
func TestAllowed(t *testing.T) {
	account := func(role broadsheet.Role, state broadsheet.AccountState) *broadsheet.Account {
		return &broadsheet.Account{ID: 1, Name: "ada", Role: role, State: state}
	}
	member := account(broadsheet.RoleMember, broadsheet.AccountActive)
	for _, c := range []struct {
		what  string
		by    Actor
		right Right
		want  broadsheet.Kind // Internal: allowed
	}{
		{"anybody, open", Actor{}, RightOpen, broadsheet.Internal},
		{"anybody, vote", Actor{}, RightVote, broadsheet.Unauthenticated},
		{"member, vote", Actor{Account: member}, RightVote, broadsheet.Internal},
		{"member, curate", Actor{Account: member}, RightCurate, broadsheet.Denied},
		{"moderator, curate", Actor{Account: account(broadsheet.RoleModerator, broadsheet.AccountActive)}, RightCurate, broadsheet.Internal},
		{"moderator, admin", Actor{Account: account(broadsheet.RoleModerator, broadsheet.AccountActive)}, RightAdmin, broadsheet.Denied},
		{"banned admin, vote", Actor{Account: account(broadsheet.RoleAdmin, broadsheet.AccountBanned)}, RightVote, broadsheet.Denied},
		{"banned, own data", Actor{Account: account(broadsheet.RoleMember, broadsheet.AccountBanned)}, RightSession, broadsheet.Internal},
		{"deleted, own data", Actor{Account: account(broadsheet.RoleMember, broadsheet.AccountDeleted)}, RightSession, broadsheet.Denied},
		{"no role, vote", Actor{Account: account("", broadsheet.AccountActive)}, RightVote, broadsheet.Denied},
		{"unknown role, vote", Actor{Account: account("king", broadsheet.AccountActive)}, RightVote, broadsheet.Denied},
		{"token with the scope", Actor{Account: member, Scopes: []broadsheet.Scope{broadsheet.ScopeVote}}, RightVote, broadsheet.Internal},
		{"token without it", Actor{Account: member, Scopes: []broadsheet.Scope{broadsheet.ScopeRead}}, RightVote, broadsheet.Denied},
		{"token with no scope at all", Actor{Account: member, Scopes: []broadsheet.Scope{}}, RightVote, broadsheet.Denied},
		{"token with no scope at all, who it is", Actor{Account: member, Scopes: []broadsheet.Scope{}}, RightKnown, broadsheet.Internal},
		{"anybody, who it is", Actor{}, RightKnown, broadsheet.Unauthenticated},
		{"token, security pages", Actor{Account: member, Scopes: broadsheet.Scopes}, RightSession, broadsheet.Denied},
		{"member's token with a scope beyond the role", Actor{Account: member, Scopes: broadsheet.Scopes}, RightAdmin, broadsheet.Denied},
	} {
		err := Allowed(c.by, c.right)
		if got := broadsheet.KindOf(err); got != c.want || (err == nil) != (c.want == broadsheet.Internal) {
			t.Errorf("%s: got %v (%v), want %v", c.what, got, err, c.want)
		}
	}
	if err := Allowed(Actor{Account: member}, "fly"); err == nil {
		t.Error("a right that nobody declared is given")
	}
}

// TestProgramOf: the interfaces for programs know tokens, and no sessions.
func TestProgramOf(t *testing.T) {
	account := &broadsheet.Account{ID: 1, Name: "ada", Role: broadsheet.RoleMember, State: broadsheet.AccountActive}
	for _, c := range []struct {
		what string
		by   Actor
		want string
	}{
		{"anybody", Actor{}, ""},
		{"a session", Actor{Account: account, Session: "s"}, ""},
		{"a token", Actor{Account: account, Scopes: []broadsheet.Scope{broadsheet.ScopeVote}}, "ada"},
		{"a token without scopes", Actor{Account: account, Scopes: []broadsheet.Scope{}}, "ada"},
	} {
		if got := ProgramOf(WithActor(t.Context(), c.by)).Name(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, got, c.want)
		}
	}
}
