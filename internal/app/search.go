package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/search"
)

// Finder finds papers by word and by meaning; the search engine is one. Its
// errors are Invalid for a cursor that it did not make and Unavailable while
// the index cannot be asked.
type Finder interface {
	Search(ctx context.Context, q broadsheet.Query) (*broadsheet.Results, error)
	// Similar gives the papers most like those with the ids, best first.
	Similar(ctx context.Context, ids []string, n int) ([]broadsheet.Hit, error)
	// Duplicates gives papers that are probably the same text as the one with the id.
	Duplicates(ctx context.Context, id string) ([]string, error)
	Suggest(ctx context.Context, text string, n int) ([]broadsheet.Suggestion, error)
}

// noFinder answers on a site without a search engine.
type noFinder struct{}

var errNoSearch = &broadsheet.Error{Kind: broadsheet.Unavailable, Text: "the search is not ready", Fix: "try again in a minute"}

func (noFinder) Search(context.Context, broadsheet.Query) (*broadsheet.Results, error) {
	return nil, errNoSearch
}
func (noFinder) Similar(context.Context, []string, int) ([]broadsheet.Hit, error) {
	return nil, errNoSearch
}
func (noFinder) Duplicates(context.Context, string) ([]string, error) {
	return nil, errNoSearch
}
func (noFinder) Suggest(context.Context, string, int) ([]broadsheet.Suggestion, error) {
	return nil, errNoSearch
}

// Search is how a reader asks.
type Search struct {
	Text    string
	Sort    broadsheet.Sort // "" is what the text says, else relevance
	Mode    broadsheet.Mode // "" is what the text says, else hybrid
	After   string          // cursor of the page before
	Limit   int             // 0 is broadsheet.DefaultSearchLimit
	Plain   bool
	Exact   bool // do not correct words that are not known
	Explain bool
	Facets  bool
}

// Found is the answer to a Search: either the one page that the text names, or
// a list of papers.
type Found struct {
	// Target is the page that the whole text names: a paper's id, a date, a
	// category. Nothing was searched then.
	Target *Target

	broadsheet.Results
	Papers   []broadsheet.Paper // of Hits, in their order
	Same     []int              // for each, the one before it that is possibly the same work, or -1
	Voted    map[string]bool    // those that who asks has voted for
	Curates  bool               // who asks may put papers on today's front page
	Pictures Gallery
	Also     []broadsheet.Suggestion // authors and organisations of that name
	Seeds    []broadsheet.Paper      // those that Like was asked about
	Filling  *IndexState             // of an index that does not hold all papers yet
}

// Search finds papers. An id that is well formed but not here is NotFound with
// Field "id".
func (a *App) Search(ctx context.Context, s Search) (*Found, error) {
	q := broadsheet.ParseQuery(s.Text)
	if s.After == "" {
		t, err := a.onePage(ctx, s.Text, q.Direct)
		if t != nil || err != nil {
			return &Found{Target: t}, err
		}
	}
	if err := s.into(&q); err != nil {
		return nil, err
	}
	if err := a.known(ctx, &q); err != nil {
		return nil, err
	}
	begin := time.Now()
	r, err := a.finder.Search(ctx, q)
	if err != nil {
		return nil, err
	}
	r.Took = time.Since(begin)
	f := &Found{Results: *r, Filling: a.Filling(ctx)}
	if err := a.cards(ctx, f); err != nil {
		return nil, err
	}
	if err := a.label(ctx, f.Facets); err != nil {
		return nil, err
	}
	if s.After == "" {
		f.Also, err = a.also(ctx, q)
	}
	return f, err
}

// label names what facets count by key.
func (a *App) label(ctx context.Context, facets []broadsheet.Facet) error {
	for _, f := range facets {
		for i := range f.Counts {
			c := &f.Counts[i]
			switch f.Name {
			case "organization":
				o, err := a.store.Organization(ctx, c.Name)
				if err != nil && broadsheet.KindOf(err) != broadsheet.NotFound {
					return err
				}
				c.Label = o.Name
			case "code":
				c.Label = map[string]string{"yes": "With code", "no": "Without code"}[c.Name]
			}
		}
	}
	return nil
}

// into puts what the reader chose beside the text into the query.
func (s Search) into(q *broadsheet.Query) error {
	switch s.Sort {
	case "":
	case broadsheet.SortRelevance, broadsheet.SortDate:
		q.Sort = s.Sort
	default:
		return broadsheet.InvalidField("sort", fmt.Sprintf("%.40q is not an order of a search", s.Sort), "use relevance or date")
	}
	switch s.Mode {
	case "":
	case broadsheet.ModeHybrid, broadsheet.ModeLexical, broadsheet.ModeSemantic:
		q.Mode = s.Mode
	default:
		return broadsheet.InvalidField("mode", fmt.Sprintf("%.40q is not a way to search", s.Mode), "use hybrid, lexical or semantic")
	}
	if s.Limit < 0 || s.Limit > broadsheet.MaxLimit {
		return broadsheet.InvalidField("limit", fmt.Sprintf("%d is out of range", s.Limit), fmt.Sprint("use 1 to ", broadsheet.MaxLimit))
	}
	q.Limit, q.After, q.Plain, q.Exact, q.Explain, q.Facets = s.Limit, s.After, s.Plain, s.Exact, s.Explain, s.Facets
	return nil
}

// onePage is the page that the whole text names, nil for none; direct is the id
// of the paper that it names.
func (a *App) onePage(ctx context.Context, text, direct string) (*Target, error) {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" || len(text) > MaxJump {
		return nil, nil
	}
	if t, ok := a.Dated(text); ok {
		return &t, nil
	}
	if t, ok := jumpCategory(text); ok {
		return &t, nil
	}
	if low := strings.ToLower(text); direct == "" && (strings.HasPrefix(low, "http://") || strings.HasPrefix(low, "https://")) {
		direct = text
	}
	if direct == "" {
		return nil, nil
	}
	t, err := a.jumpPaper(ctx, direct)
	if errors.Is(err, errNoID) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &t, nil
}

// cards reads the papers of the hits with their pictures, and marks what is
// there twice.
func (a *App) cards(ctx context.Context, f *Found) (err error) {
	if err := a.read(ctx, f); err != nil {
		return err
	}
	f.Same = same(f.Papers)
	f.Curates = Allowed(ActorOf(ctx), RightCurate) == nil
	if f.Voted, err = a.VotedFor(ctx, ActorOf(ctx), f.Papers); err != nil {
		return err
	}
	f.Pictures, err = a.gallery(ctx, f.Papers)
	return err
}

// read reads the papers of the hits. One that went since it was indexed is left
// out, and so is one found by an identity that is now another paper's: the two
// lists stay in step.
func (a *App) read(ctx context.Context, f *Found) error {
	ids := make([]string, len(f.Hits))
	for i, h := range f.Hits {
		ids[i] = h.ID
	}
	papers, err := a.store.Papers(ctx, ids)
	if err != nil {
		return err
	}
	at := make(map[string]int, len(papers))
	for i := range papers {
		at[papers[i].ID] = i
	}
	f.Hits = slices.DeleteFunc(f.Hits, func(h broadsheet.Hit) bool { _, ok := at[h.ID]; return !ok })
	f.Papers = make([]broadsheet.Paper, len(f.Hits))
	for i, h := range f.Hits {
		f.Papers[i] = papers[at[h.ID]]
	}
	return nil
}

// also finds the author and the organisation that bear the query's words as
// their name.
func (a *App) also(ctx context.Context, q broadsheet.Query) ([]broadsheet.Suggestion, error) {
	if len(q.Words) == 0 || len(q.Words) > 5 {
		return nil, nil
	}
	var words []string
	for _, w := range q.Words {
		words = append(words, w.Text)
	}
	t, err := a.jumpName(ctx, strings.Join(words, " "))
	if broadsheet.KindOf(err) == broadsheet.NotFound && err != nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s := broadsheet.Suggestion{Kind: string(t.Kind), Key: t.Key, Text: t.Key}
	switch t.Kind {
	case TargetAuthor:
		s.Text, err = a.store.AuthorName(ctx, t.Key)
	case TargetOrganization:
		var o broadsheet.Organization
		if o, err = a.store.Organization(ctx, t.Key); o.Name != "" {
			s.Text = o.Name
		}
	}
	return []broadsheet.Suggestion{s}, err
}

// Highlighter marks the words that f was searched for.
func (f *Found) Highlighter() *search.Highlighter {
	q := f.Query
	if f.Corrected != "" {
		q = broadsheet.ParseQuery(f.Corrected)
	}
	return search.NewHighlighter(&q)
}

// SuggestLimit is how many suggestions are given at most.
const SuggestLimit = 10

// Suggest says what a reader may be about to type.
func (a *App) Suggest(ctx context.Context, text string) ([]broadsheet.Suggestion, error) {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" || len(text) > MaxJump {
		return nil, nil
	}
	return a.finder.Suggest(ctx, text, SuggestLimit)
}
