package trial

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"strings"
	"sync"

	"broadsheet"
	"broadsheet/internal/boot"
	"broadsheet/internal/judge"
	"broadsheet/internal/search"
	"broadsheet/internal/search/index"
)

// Trial is an index that can be searched.
type Trial struct {
	Index  *index.Index
	Engine *search.Engine
	models *boot.Models
}

// Open opens the index in a folder, or makes an empty one.
func Open(dir string) (*Trial, error) {
	models, err := boot.NewModels(nil)
	if err != nil {
		return nil, err
	}
	t := &Trial{models: models}
	setup := index.Setup{Analyzer: search.DocumentVersion, Model: models.Embedder().Name(), Source: "trial"}
	if t.Index, err = index.Open(dir, index.Options{Setup: setup, Log: slog.New(slog.DiscardHandler)}); err != nil {
		return nil, err
	}
	t.Engine = search.New(search.Options{Index: t.Index, Embed: t.models.Query})
	return t, nil
}

// Close closes the index; its folder stays.
func (t *Trial) Close() error { return t.Index.Close() }

// HasModel reports whether there is a model, and so a search by meaning.
func (t *Trial) HasModel() bool { return t.models.Embedder().Name() != "" }

// Embedder is the model that makes the vectors; nil where there is none.
func (t *Trial) Embedder() search.Embedder { return t.models.Embedder() }

// Fill takes a shelf's papers in, as an indexer does that begins with an empty
// index, and merges until there is nothing to merge. Progress, where not nil,
// is told how many papers are in; memory bounds what documents take before
// they are written, 0 is the indexer's own choice.
func (t *Trial) Fill(ctx context.Context, shelf Shelf, memory int64, progress func(papers int64)) (err error) {
	x := search.NewIndexer(search.IndexerOptions{
		Index: t.Index, Source: feed{shelf}, Embedder: t.models.Embedder(), Memory: memory,
		Progress: func(p search.Progress) {
			if progress != nil {
				progress(p.Papers)
			}
		},
	})
	merging, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	all.Go(func() { t.Index.Run(merging) })
	err = x.CatchUp(ctx, t.Index.Writer())
	stop()
	all.Wait()
	if err != nil {
		return err
	}
	return t.Index.Maintain(ctx)
}

// Query is plain words as a search in a mode, without what knows of dates,
// votes or spelling: the words alone decide.
func Query(text string, mode broadsheet.Mode, limit int) broadsheet.Query {
	q := broadsheet.Query{Raw: text, Mode: mode, Limit: limit, Plain: true, Exact: true}
	for _, w := range strings.Fields(text) {
		q.Words = append(q.Words, broadsheet.Term{Text: w})
	}
	return q
}

// Searcher is the engine in one mode, to be judged.
func (t *Trial) Searcher(mode broadsheet.Mode) judge.Searcher { return searcher{t, mode} }

type searcher struct {
	*Trial
	mode broadsheet.Mode
}

var errIncomplete = errors.New("a part of the index could not be read, so nothing can be said of its ranking")

// Search asks for the best k, page by page.
func (s searcher) Search(ctx context.Context, text string, k int) ([]judge.Scored, error) {
	r, err := s.Engine.Search(ctx, Query(text, s.mode, min(k, broadsheet.MaxSearchDepth)))
	if err != nil {
		return nil, err
	}
	if r.Incomplete {
		return nil, errIncomplete
	}
	out := make([]judge.Scored, len(r.Hits))
	for i, h := range r.Hits {
		out[i] = judge.Scored{ID: h.ID, Score: h.Score}
	}
	return falling(out), nil
}

// falling sees to it that scores fall: measures are taken by score, and an
// engine may put results in an order that its scores, as the 32-bit floats that
// they are judged by, no longer tell. Such a score is taken down by the least
// that makes a difference.
func falling(all []judge.Scored) []judge.Scored {
	for i := 1; i < len(all); i++ {
		if above := float32(all[i-1].Score); float32(all[i].Score) >= above {
			all[i].Score = float64(math.Nextafter32(above, float32(math.Inf(-1))))
		}
	}
	return all
}
