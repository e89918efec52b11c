package app

import (
	"context"
	"slices"

	"broadsheet"
)

// Actor is who asks for something: a person who is signed in, a program with a
// person's API token, or, as the zero value, anybody.
type Actor struct {
	Account *broadsheet.Account // nil: nobody is signed in
	Session string              // id of the session, "" for a token
	Scopes  []broadsheet.Scope  // of the token; nil: a session, which may do all that its account may
	Strong  bool                // a second factor or passkey was shown lately, or the account has none
	Client  string              // network that asks, for limits; see httpkit.Client
}

type actorKey struct{}

// WithActor puts who asks into a request's context.
func WithActor(ctx context.Context, by Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, by)
}

// ActorOf is who asks; the zero Actor for anybody.
func ActorOf(ctx context.Context) Actor {
	by, _ := ctx.Value(actorKey{}).(Actor)
	return by
}

// SignedIn tells whether the actor is a person known here.
func (by Actor) SignedIn() bool { return by.Account != nil }

// Is tells whether the actor has at least that role, for what pages show; what
// may be done is decided by the use cases.
func (by Actor) Is(role broadsheet.Role) bool {
	return by.Account != nil && by.Account.State == broadsheet.AccountActive && by.Account.Role.Includes(role)
}

// Name is the actor's handle, "" for anybody.
func (by Actor) Name() string {
	if by.Account == nil {
		return ""
	}
	return by.Account.Name
}

// Has tells whether the actor's token, if it is one, has a scope.
func (by Actor) Has(scope broadsheet.Scope) bool { return by.has(scope) }

// id is the row of the actor's account, 0 for anybody.
func (by Actor) id() int64 {
	if by.Account == nil {
		return 0
	}
	return by.Account.ID
}

// has tells whether the actor's token, if it is one, has a scope.
func (by Actor) has(scope broadsheet.Scope) bool {
	return by.Scopes == nil || slices.Contains(by.Scopes, scope)
}
