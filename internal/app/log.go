package app

import (
	"context"

	"broadsheet"
	"broadsheet/internal/store"
)

// LogPage is how many lines of the log stand on a page.
const LogPage = 50

// LogQuery picks lines of the public log; what is empty picks all.
type LogQuery struct {
	Actor  string
	Act    broadsheet.Act
	Kind   broadsheet.ObjectKind
	Object string
	Paper  string
	Before int64 // lines older than that one, 0 for the newest
}

// Log reads the log of what curators, moderators and administrators did, the
// newest first. Lines that name what must not be shown are for moderators only.
// more tells whether there are older ones.
func (a *App) Log(ctx context.Context, by Actor, q LogQuery) (lines []broadsheet.Action, more bool, err error) {
	lines, err = a.store.Actions(ctx, store.ActionQuery{Actor: q.Actor, Act: q.Act, Kind: q.Kind, Object: q.Object, Paper: q.Paper,
		Before: q.Before, Hidden: Allowed(by, RightModerate) == nil, Limit: LogPage + 1})
	if len(lines) > LogPage {
		lines, more = lines[:LogPage], true
	}
	return lines, more, err
}
