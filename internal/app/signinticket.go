package app

import (
	"context"
	"maps"
	"time"

	"broadsheet"
	"broadsheet/internal/auth"
)

// Purposes of tickets, and of the hashes of their words.
const (
	ticketLink    = "link"    // opens an account, or the choice of a name for a new one
	ticketName    = "name"    // somebody new is to choose a name
	ticketFactor  = "factor"  // the first factor was shown, the second is missing
	ticketPasskey = "passkey" // a browser was asked for a passkey
	ticketNewKey  = "new passkey"
	ticketAddress = "address" // a new address is to be confirmed
	ticketBrowser = "browser" // of the word in a browser's cookie
	ticketKnown   = "known"   // of the word of a browser in which somebody signed in before
)

// Keys of a ticket's data.
const (
	dataNext     = "next"
	dataRole     = "role"
	dataInvite   = "invite"
	dataProvider = "provider"
	dataSubject  = "subject"
	dataLabel    = "label"
	dataVerified = "verified" // the address is
	dataKey      = "key"
	dataStage    = "stage"
)

// putTicket keeps a ticket and gives its token.
func (a *App) putTicket(ctx context.Context, x broadsheet.Ticket, holds time.Duration, coded bool) (string, error) {
	token := auth.NewToken()
	maps.DeleteFunc(x.Data, func(_, v string) bool { return v == "" })
	x.CreatedAt = a.now()
	x.ExpiresAt = x.CreatedAt.Add(holds)
	if coded {
		x.Code = auth.Hash(x.Purpose+" code", auth.Code(token))
	}
	return token, a.store.PutTicket(ctx, auth.Hash(x.Purpose, token), x)
}

// ticket looks at a ticket by its token.
func (a *App) ticket(ctx context.Context, token, purpose string) (x broadsheet.Ticket, err error) {
	if !auth.IsToken(token) {
		return x, errLink
	}
	x, err = a.store.Ticket(ctx, auth.Hash(purpose, token), purpose, a.now())
	return x, notTicket(err)
}

// notTicket says of a ticket that is not there what people can do.
func notTicket(err error) error {
	if err != nil && broadsheet.KindOf(err) == broadsheet.NotFound {
		return errLink
	}
	return err
}
