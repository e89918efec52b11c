package app

import "context"

// hasFactor tells whether an account asks for more than a link.
func (a *App) hasFactor(ctx context.Context, account int64) (bool, error) {
	f, err := a.store.Factors(ctx, account)
	return f.Any(), err
}
