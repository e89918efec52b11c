package app

import (
	"context"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"broadsheet"
	"broadsheet/internal/store"
)

// papersNamed gives addresses for ids as people spelt them: pages here of papers
// that are here, and the source of an arXiv id or DOI that somebody wrote as one.
// A bare number that is no paper here is a number.
func (a *App) papersNamed(ctx context.Context, spelt []string) (map[string]string, error) {
	if len(spelt) == 0 {
		return nil, nil
	}
	ids := make([]string, 0, len(spelt))
	of := map[string]string{}
	for _, s := range spelt {
		name := strings.ReplaceAll(s, " ", "") // "arXiv: 2503.02130"
		if id, _, err := broadsheet.ParseID(name); err == nil {
			ids, of[s] = append(ids, id), id
		}
	}
	here, err := a.store.Known(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for s, id := range of {
		switch {
		case here[id] != "":
			out[s] = (&url.URL{Path: "/papers/" + here[id]}).EscapedPath()
		case strings.HasPrefix(strings.ToLower(s), "arxiv"):
			out[s] = "https://arxiv.org/abs/" + id
		case strings.HasPrefix(id, "doi:"):
			out[s] = "https://doi.org/" + strings.TrimPrefix(id, "doi:")
		}
	}
	return out, nil
}

// letterAt tells whether s ends (or begins) within a word.
func letterAt(s string, end bool) bool {
	r, _ := utf8.DecodeRuneInString(s)
	if end {
		r, _ = utf8.DecodeLastRuneInString(s)
	}
	return s != "" && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// CommentMark is what a reader gave to a comment.
type CommentMark = store.CommentMark
