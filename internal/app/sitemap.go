package app

import (
	"context"

	"broadsheet"
	"broadsheet/internal/store"
)

// Mark is a paper with when its page last changed.
type Mark = store.Mark

// Stretches are the numbers of the runs of papers of which Stretch gives one: a
// walk of all papers in parts that stay what they are while papers come in.
func (a *App) Stretches(ctx context.Context) ([]int, error) { return a.store.Stretches(ctx) }

// Stretch is the papers of a run in the order in which they came here, NotFound
// where there are none.
func (a *App) Stretch(ctx context.Context, n int) ([]Mark, error) {
	marks, err := a.store.Stretch(ctx, n)
	if err == nil && len(marks) == 0 {
		return nil, broadsheet.Errorf(broadsheet.NotFound, "there are no papers in that part")
	}
	return marks, err
}

// AllDays counts the papers of every day that has some and is not to come,
// ascending.
func (a *App) AllDays(ctx context.Context) ([]DayCount, error) {
	return a.store.Days(ctx, "0000-01-01", a.Today())
}
