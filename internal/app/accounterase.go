package app

import (
	"context"

	"broadsheet"
	"broadsheet/internal/store"
)

// EraseAccount deletes the actor's account for good, with all that only they have
// made; their comments stay without a name where keep says so. It needs a proof of
// who they are that is fresh (MustProve), and is Conflict for the only
// administrator.
func (a *App) EraseAccount(ctx context.Context, by Actor, keep bool) error {
	if err := Proven(by); err != nil {
		return err
	}
	return a.store.EraseAccount(ctx, store.Erasure{Account: by.id(), KeepComments: keep, At: a.now()})
}

// EraseAccount deletes an account as its owner would; the log says that it was
// done, and not whose it was.
func (o *Operator) EraseAccount(ctx context.Context, name, reason string, keep bool) (broadsheet.Account, error) {
	account, err := o.Account(ctx, name)
	if err != nil {
		return account, err
	}
	log := o.action(broadsheet.ActDeleteAccount, "", reason, "")
	return account, o.a.store.EraseAccount(ctx, store.Erasure{Account: account.ID, KeepComments: keep, At: o.a.now(), Log: &log})
}
