// Package trial searches papers that are in no database, with everything that
// a site searches with: analyzer, segments, index, model, engine. What
// `broadsheet eval` judges and bench/search measures is so what readers get.
package trial

import (
	"context"
	"fmt"
	"strconv"

	"broadsheet"
)

// Shelf is papers by number.
type Shelf interface {
	Len() int
	ID(i int) string
	// Paper fills p with paper i; it may be called from many goroutines.
	Paper(i int, p *broadsheet.Paper)
	// Number is that of the paper with an id; false where there is none.
	Number(id string) (int, bool)
}

// feed is a shelf as the indexer reads a store: each paper is a change, its
// number the cursor.
type feed struct{ shelf Shelf }

// Changes gives the papers after a cursor.
func (f feed) Changes(_ context.Context, cursor string, limit int) ([]broadsheet.Change, error) {
	from, err := after(cursor)
	if err != nil {
		return nil, err
	}
	to := min(from+limit, f.shelf.Len())
	out := make([]broadsheet.Change, 0, max(to-from, 0))
	for i := from; i < to; i++ {
		out = append(out, broadsheet.Change{Cursor: strconv.Itoa(i + 1), PaperID: f.shelf.ID(i), Kind: broadsheet.ChangePaper})
	}
	return out, nil
}

// Papers gives papers by id.
func (f feed) Papers(_ context.Context, ids []string) ([]broadsheet.Paper, error) {
	out := make([]broadsheet.Paper, 0, len(ids))
	for _, id := range ids {
		if i, ok := f.shelf.Number(id); ok {
			out = append(out, broadsheet.Paper{})
			f.shelf.Paper(i, &out[len(out)-1])
		}
	}
	return out, nil
}

// Lag is how many papers are after a cursor.
func (f feed) Lag(_ context.Context, cursor string) (int64, error) {
	from, err := after(cursor)
	return int64(f.shelf.Len() - from), err
}

// Generation never changes: nothing is stored while a trial goes on.
func (f feed) Generation() uint64 { return 1 }

func after(cursor string) (int, error) {
	if cursor == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(cursor)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%q is no cursor of this feed", cursor)
	}
	return n, nil
}
