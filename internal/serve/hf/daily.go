package hf

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"broadsheet"
	"broadsheet/internal/app"
)

// daily is GET /api/daily_papers: the papers of a day, a week or a month, of a
// person, or the newest.
func (h *HF) daily(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	form, err := writing(q)
	if err != nil {
		return err
	}
	c, err := choice(q, h.app.Today())
	if err != nil {
		return err
	}
	papers, err := h.app.Chosen(r.Context(), c)
	if err != nil {
		return err
	}
	return h.list(w, r, papers, form)
}

// Bounds of a search.
const (
	maxQuery         = 250 // characters
	maxSearchLimit   = 120
	defaultSearching = 20
)

// search is GET /api/papers/search.
func (h *HF) search(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	form, err := writing(q)
	if err != nil {
		return err
	}
	limit, err := number(q, "limit", 1, maxSearchLimit, defaultSearching)
	if err != nil {
		return err
	}
	text := strings.TrimSpace(q.Get("q"))
	if n := utf8.RuneCountInString(text); n == 0 || n > maxQuery {
		return broadsheet.InvalidField("q", fmt.Sprintf("%d characters", n), fmt.Sprintf("write 1 to %d", maxQuery))
	}
	ids, err := h.find(r.Context(), text, limit)
	if err != nil {
		return err
	}
	papers, err := h.app.LastChosen(r.Context(), ids)
	if err != nil {
		return err
	}
	return h.list(w, r, papers, form)
}

// find is the ids of the papers that a text finds, as the site's own search page
// gives them, at most limit.
func (h *HF) find(ctx context.Context, text string, limit int) ([]string, error) {
	var ids []string
	for after := ""; len(ids) < limit; {
		f, err := h.app.Search(ctx, app.Search{Text: text, After: after, Limit: min(limit-len(ids), broadsheet.MaxLimit)})
		if err != nil {
			var e *broadsheet.Error
			if errors.As(err, &e) && e.Kind == broadsheet.NotFound && e.Field == "id" {
				return nil, nil // the text is the id of a paper that is not here
			}
			return nil, err
		}
		if f.Target != nil {
			return h.target(ctx, *f.Target, text, limit)
		}
		for i := range f.Papers {
			ids = append(ids, f.Papers[i].ID)
		}
		if after = f.Next; after == "" {
			break
		}
	}
	return ids, nil
}

// target is the papers of the page that a whole text names.
func (h *HF) target(ctx context.Context, t app.Target, text string, limit int) ([]string, error) {
	switch t.Kind {
	case app.TargetPaper:
		return []string{t.Key}, nil
	case app.TargetYear: // has no list: a number like any other
		return h.find(ctx, `"`+text+`"`, limit)
	}
	l, err := h.app.List(ctx, broadsheet.ListKind(t.Kind), t.Key, app.View{Limit: min(limit, broadsheet.MaxLimit)})
	if err != nil {
		return nil, err
	}
	var ids []string
	for i := range l.Papers {
		ids = append(ids, l.Papers[i].ID)
	}
	return ids, nil
}
