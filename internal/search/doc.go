// Package search finds papers by word and by meaning, and keeps the index that
// it finds them in.
//
// # What a search does
//
// An [Engine] takes a broadsheet.Query, a snapshot of the index
// (internal/search/index) and answers from it alone; no texts are read. A query
// is compiled into a plan: the terms that rank, the conditions on words, and the
// conditions on properties, which become a bit for each document. All numbers
// that a score depends on (frequencies, the average length) are of the whole
// snapshot, so that how documents are spread over segments never shows.
//
// By word (scan.go, all.go): BM25F with one threshold over all segments. Without
// conditions on words it is MaxScore in windows; with some, the rarest word or
// the filter leads. Both skip blocks that cannot enter the top, and give exactly
// what scoring everything gives: scores are integers, equal ones are ordered by
// date and then by key. Phrases read positions, for what would enter only.
//
// By meaning (semantic.go): the query's vector against the codes of all
// documents that meet the conditions, the nearest ranked by their vectors.
//
// Together (found.go, fuse.go): what either finds is scored for both and put
// into one list. fuse.go has the formula and its constants; [Options] has no
// knobs for it. Explained parts add up to the score.
//
// # What matches
//
// Bare words are optional, conditions are not. An order by date wants all words.
// A word that is still being typed stands for the most frequent words that begin
// with it, as one. A word that hardly any paper has is replaced by one that is
// near it, if fewer than five papers have all words; Corrected says so and
// Query.Exact forbids it. Titles and names have their stop words; a query of
// nothing else looks for them there. A search by meaning that has no vector to
// go by, because the text or the model gives none, is one by words.
//
// A total is exact for conditions alone, under an order by date unless phrases
// leave too many to look at, and for words that few papers have; else it is a
// lower bound. In a search that goes by meaning too, the nearest few papers
// match without having a word; pages end where the matches do.
//
// # Bounds
//
// A query has at most broadsheet.MaxQueryTerms words, a word that goes on at
// most 64 completions; at most broadsheet.MaxSearchDepth results can be paged
// through. Contexts are looked at in every loop over documents.
//
// # Damage
//
// A segment that turns out to be damaged is reported to the index, which
// rebuilds, and the query begins anew without it: its results are those of the
// other segments, and say that they are incomplete.
//
// # The index
//
// An [Indexer] follows the change feed and makes documents of papers
// (document.go): which words stand in which field, which tags and columns there
// are.
package search
