package app

import "context"

// IndexState is how this machine's search index is doing.
type IndexState struct {
	Open     bool // false: it is being opened, or cannot be; nothing else is known then
	Complete bool // it has once held every paper; until then it is being built
	Papers   int  // that can be found
	Behind   int64
	Segments int
	Bytes    int64
	Model    string // of meaning, "" for none
	Damaged  []IndexDamage
	Why      string        // why it is to be built anew, "" where it is not
	Rebuild  *IndexRebuild // under way
}

// IndexDamage is a file that was set aside: its papers cannot be found.
type IndexDamage struct {
	File, Reason string
	Papers       int
}

// IndexRebuild is the index that will take the place of the one that is
// searched. Behind, as in IndexState, counts the changes that it has yet to take
// in; -1 where that cannot be told.
type IndexRebuild struct {
	Papers int
	Behind int64
}

// Index tells how the search index is doing; nil on a site without one.
func (a *App) Index(ctx context.Context) (*IndexState, error) {
	if a.index == nil {
		return nil, nil
	}
	return a.index(ctx)
}

// Filling is the state of an index that does not hold all papers yet because it
// is made for the first time, or is not open; nil otherwise. A search must not
// fail because this cannot be told.
func (a *App) Filling(ctx context.Context) *IndexState {
	s, err := a.Index(ctx)
	if err != nil || s == nil || s.Complete {
		return nil
	}
	return s
}
