package broadsheet

import "time"

// Field is a part of a paper that a search can be confined to.
type Field string

// Fields. FieldAny is every one of the others.
const (
	FieldAny      Field = ""
	FieldTitle    Field = "title"
	FieldAbstract Field = "abs" // the TL;DR belongs to it
	FieldAuthor   Field = "author"
)

// Term is a word or a phrase that a query looks for, as typed.
type Term struct {
	Text   string
	Field  Field
	Phrase bool // the words stand together, in this order
	Prefix bool // the last word may go on: it is still being typed, or ends in "*"
}

// Mode says which engines a search asks.
type Mode string

// Modes.
const (
	ModeHybrid   Mode = "hybrid"   // by word and by meaning, one ranked list; the default
	ModeLexical  Mode = "lexical"  // by word
	ModeSemantic Mode = "semantic" // by meaning
)

// Orders of a search beside the list orders.
const (
	SortRelevance Sort = "relevance" // best first; the default
	SortDate      Sort = "date"      // newest first
)

// Query is a search. Ranking words are optional: a paper that has more of them,
// or means the same, stands higher. Everything else is a condition.
type Query struct {
	Raw string // as typed

	Words   []Term   // ranking words and nothing else: FieldAny, no phrases
	Require [][]Term // of each group at least one term must match: phrases, fielded words, OR groups
	Exclude []Term   // none may match

	Categories    []string // any of these: "cs.LG", or an archive "cs"
	NotCategories []string
	Authors       []string // keys of authors; all of these
	Organizations []string // keys; any of these
	IDs           []string // any of these papers
	HasCode       bool
	NoCode        bool
	From, To      Day // published from the beginning of From to the end of To; "" is open

	Sort  Sort
	Mode  Mode
	Limit int    // 1 to MaxLimit; 0 is DefaultSearchLimit
	After string // cursor of the page before
	// Plain leaves out the gentle priors for date and popularity.
	Plain bool
	// Exact searches for what was typed, without correcting words that are not known.
	Exact   bool
	Explain bool
	Facets  bool

	// Direct is the id of the one paper that the whole text names: an arXiv id,
	// a DOI or an address; "" where it does not.
	Direct  string
	Ignored []Ignored
}

// Ignored is a part of a query that does not count, and why.
type Ignored struct {
	Text string `json:"text"`
	Why  string `json:"why"`
}

// Bounds of a search.
const (
	MaxQueryLength     = 2000 // bytes that are read; the rest is ignored and said
	MaxQueryTerms      = 64   // words, phrases and conditions that count
	DefaultSearchLimit = 20
	MaxSearchDepth     = 1000 // results that can be paged through
)

// Hit is one paper found.
type Hit struct {
	ID      string
	Score   float64
	Explain *Explanation // where it was asked for
}

// Span is a part of a text, in bytes.
type Span struct{ Start, End int }

// Explanation takes a score apart: what each part was and what it gave.
type Explanation struct {
	Label string        `json:"label"` // "bm25 attention", "cosine", "prior date"
	Value float64       `json:"value"`
	Note  string        `json:"note,omitempty"`
	Parts []Explanation `json:"parts,omitempty"`
}

// Results is the answer to a Query.
type Results struct {
	Query   Query
	Hits    []Hit
	Total   int // papers that match; a lower bound where AtLeast is set
	AtLeast bool
	Next    string // cursor of the next page, "" for none
	Facets  []Facet
	// Corrected is the query that was searched instead of the one typed, which
	// found little; "" where none was.
	Corrected string
	// NoWords says that no paper has any of the words, so that all were found by
	// meaning alone: the nearest few.
	NoWords bool
	// ByMeaning says that papers were also found by meaning. Nearest of Total have
	// none of the words and are there because they come nearest.
	ByMeaning bool
	Nearest   int
	// Suggested is a query that was not searched, though it was probably meant: a
	// word of it is far more frequent than one typed that few papers have, or than
	// one in a condition that none meets; "" for none.
	Suggested string
	// Lacking are the words of conditions that no paper has in their fields, as
	// typed, where nothing was found; those with Phrase set are whole names.
	Lacking []Term
	// Unknown are words, after correcting, that no paper has, as typed.
	Unknown []string
	// Incomplete says that a part of the index could not be searched.
	Incomplete bool
	Took       time.Duration
}

// Facet counts the papers found by one property.
type Facet struct {
	Name   string // "category", "year", "organization", "code"
	Counts []Count
	// Sampled is how many of the best results were counted where not all were; 0 means all.
	Sampled int
}

// Suggestion is what a person may have been about to type.
type Suggestion struct {
	Kind  string `json:"kind"` // "paper", "author", "category", "organization", or "query": words to search for
	Text  string `json:"text"`
	Key   string `json:"key,omitempty"` // of its page
	Count int    `json:"count,omitempty"`
}
