// Package judge says how good a ranking is: it reads sets of judged queries,
// runs a searcher over them or reads what another program ranked, and gives
// the field's measures with a test of whether a difference is chance.
//
// # Sets
//
// A set is a folder in the layout of BEIR:
//
//	corpus.jsonl    {"_id": "1", "title": "…", "text": "…"}   other members are ignored
//	queries.jsonl   {"_id": "7", "text": "…"}
//	qrels/*.tsv     query-id <tab> corpus-id <tab> score      with that head line
//
// Judgements may also be TREC's, "query 0 document relevance". Every file of
// qrels/ counts, or the one that a split names.
//
// # Measures
//
// They are those of trec_eval, so that its figures and ours can be compared:
//
//   - A document with a score of 1 or more is relevant; one that was not
//     judged is not.
//   - A query counts when it has a relevant document, whether or not anything
//     was found for it: trec_eval -c, with the queries left out that nothing
//     could be found for.
//   - A ranking is by score as a 32-bit float, falling; equal scores by id in
//     falling byte order. The rank that a run names counts for nothing.
//   - nDCG@10: the score is the gain, log2(rank+1) the discount, and the best
//     ten of all judgements of the query the ideal.
//   - MAP, MRR: over all that was found, of which searchers are asked for the
//     first [Depth]. Recall@100 and P@10: over the first 100 and 10.
//
// Documents that are judged and not in the corpus count as not found, as they
// do for trec_eval, which never sees the corpus.
package judge

import (
	"context"
	"fmt"
)

// Depth is how many documents a searcher is asked for.
const Depth = 1000

// Scored is a document found, with the score that it is ranked by.
type Scored struct {
	ID    string
	Score float64
}

// Searcher is what is judged. Search gives up to k documents for the plain
// words of a query, best first.
type Searcher interface {
	Search(ctx context.Context, text string, k int) ([]Scored, error)
}

// Run is what was found for each query of a set, by the query's id.
type Run struct {
	Name   string
	Ranked map[string][]Scored
}

// Search asks s every judged query of a set. Progress, where not nil, is told
// how many are done.
func Search(ctx context.Context, name string, s Searcher, set *Set, progress func(done, of int)) (*Run, error) {
	run := &Run{Name: name, Ranked: make(map[string][]Scored, len(set.Queries))}
	for i, q := range set.Queries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		found, err := s.Search(ctx, q.Text, Depth)
		if err != nil {
			return nil, fmt.Errorf("%s, query %s: %w", name, q.ID, err)
		}
		run.Ranked[q.ID] = found
		if progress != nil {
			progress(i+1, len(set.Queries))
		}
	}
	return run, nil
}
