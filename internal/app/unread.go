package app

import "context"

// UnreadMost is where counting what somebody has not read ends.
const UnreadMost = 100

// Unread is how many notifications the actor has not read, UnreadMost at most.
func (a *App) Unread(ctx context.Context, by Actor) (int, error) {
	if Allowed(by, RightRead) != nil {
		return 0, nil
	}
	return a.store.Unread(ctx, by.id(), UnreadMost)
}
