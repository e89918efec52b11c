package boot

import (
	"context"

	"broadsheet/internal/app"
	"broadsheet/internal/search/index"
)

// state tells how the index is doing. That costs a count of the changes that it
// has yet to take in, and nothing else.
func (x *searching) state(ctx context.Context) (*app.IndexState, error) {
	opened := x.index.Load()
	if opened == nil {
		return &app.IndexState{Behind: -1}, nil
	}
	st := opened.Stats()
	s := indexState(&st, opened.Want())
	s.Behind = x.behind(ctx, st.Cursor)
	if s.Rebuild != nil {
		s.Rebuild.Behind = x.behind(ctx, st.Rebuilding.Cursor)
	}
	return s, ctx.Err()
}

// behind counts the changes after a cursor, -1 where that cannot be told.
func (x *searching) behind(ctx context.Context, cursor string) int64 {
	n, err := x.store.Lag(ctx, cursor)
	if err != nil {
		return -1
	}
	return n
}

// indexState is what figures say by themselves.
func indexState(st *index.Stats, why string) *app.IndexState {
	s := &app.IndexState{Open: true, Complete: st.Complete, Papers: st.Live, Segments: st.Segments, Bytes: st.Bytes, Model: st.Setup.Model, Why: why}
	for _, d := range st.Damaged {
		s.Damaged = append(s.Damaged, app.IndexDamage{File: d.File, Reason: d.Reason, Papers: d.Docs})
	}
	if r := st.Rebuilding; r != nil {
		s.Rebuild = &app.IndexRebuild{Papers: r.Live}
	}
	return s
}
