package web

import (
	"context"

	"broadsheet/internal/app"
	"broadsheet/internal/lib/hfwire"
)

// props is what programs look for in the page of a day: the list's entries as
// the Daily Papers API gives them, as recorded where they were.
func (w *Web) props(ctx context.Context, l *app.Listing) (string, error) {
	ids := make([]string, len(l.Papers))
	for i := range l.Papers {
		ids[i] = l.Papers[i].ID
	}
	papers, err := w.app.Whole(ctx, ids)
	if err != nil {
		return "", err
	}
	out := []byte(`{"dailyPapers":[`)
	for i := range papers {
		out = hfwire.AppendEntry(out, &papers[i], hfwire.FeatureIn(&papers[i], l.From, l.To), hfwire.Writing{})
	}
	return string(append(out, `]}`...)), nil
}
