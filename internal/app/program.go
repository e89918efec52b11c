package app

import (
	"context"

	"broadsheet"
)

// ProgramOf is who asks with an API token; the zero Actor for anybody else, also
// for who is signed in with a browser. The interfaces for programs know nobody
// else, so that no page of another site can act there with a reader's cookie.
func ProgramOf(ctx context.Context) Actor {
	by := ActorOf(ctx)
	if by.Account == nil || by.Scopes == nil {
		return Actor{Client: by.Client}
	}
	return by
}

// WhoAsks gives the account that a token is of, whatever the token's scopes: it
// is how a program learns whether its token works.
func (a *App) WhoAsks(by Actor) (*broadsheet.Account, error) {
	if err := a.may(by, RightKnown); err != nil {
		return nil, err
	}
	return by.Account, nil
}
