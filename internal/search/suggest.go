package search

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"broadsheet"
	"broadsheet/internal/lib/analyze"
)

// Kinds of suggestions, and how many of each at most.
const (
	suggestQuery        = "query"
	suggestCategory     = "category"
	suggestOrganization = "organization"
	suggestAuthor       = "author"
	suggestPaper        = "paper"

	suggestEach = 3
	// suggestNames is how many papers are read for the names of authors.
	suggestNames = 16
	// suggestLetters is from how many letters on papers and authors are looked
	// for: fewer stand for so much that the answer would be chance.
	suggestLetters = 3
	// suggestPostings and suggestWalked bound a word that goes on, more closely
	// than in a search: it is typed on before an answer could be read.
	suggestPostings, suggestWalked = 30_000, 4_000
)

// Suggest says what somebody who typed text may be about to type, at most n,
// the most likely kinds first: categories, organisations, authors, words that go
// on as papers do, and papers by their titles.
//
// What others asked is not among it. The engine knows nobody, so that one client
// who asks often could put words before all others, and to tell clients apart
// would mean to keep something of who asked what. What stands in papers, their
// readers can trust as they trust the papers.
func (e *Engine) Suggest(ctx context.Context, text string, n int) ([]broadsheet.Suggestion, error) {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" || len(text) > broadsheet.MaxQueryLength/10 || n <= 0 {
		return nil, nil
	}
	var out []broadsheet.Suggestion
	err := e.withView(ctx, func(v *view) error {
		v.postings, v.walked = suggestPostings, suggestWalked
		g := &suggester{Engine: e, view: v, text: text}
		for _, step := range g.steps() {
			if err := step(ctx); err != nil {
				return err
			}
		}
		out = g.out
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out[:min(n, len(out))], nil
}

// suggester gathers suggestions.
type suggester struct {
	*Engine
	view *view
	text string
	out  []broadsheet.Suggestion
}

// steps are the kinds that are looked for: all, or behind the name of a field
// what may stand in it, for which text becomes what is typed of it.
func (g *suggester) steps() []func(context.Context) error {
	all := []func(context.Context) error{g.categories, g.organizations, g.authors, g.words, g.papers}
	field, value, ok := strings.Cut(g.text, ":")
	if !ok {
		return all
	}
	var step func(context.Context) error
	switch strings.ToLower(field) {
	case "cat", "category", "in":
		step = g.categories
	case "org", "organization", "organisation":
		step = g.organizations
	case "author", "au", "by":
		step = g.authors
	default:
		return all
	}
	if g.text = strings.TrimSpace(strings.Trim(value, `"= `)); g.text == "" {
		return nil
	}
	return []func(context.Context) error{step}
}

// categories are those whose code or name begins with the text.
func (g *suggester) categories(context.Context) error {
	low := strings.ToLower(g.text)
	tags, err := g.tags(TagCategory, "", func(key string) bool {
		if strings.HasPrefix(strings.ToLower(key), low) {
			return true
		}
		return len(low) > 1 && g.o.Category != nil && strings.HasPrefix(strings.ToLower(g.o.Category(key)), low)
	})
	for _, t := range tags {
		s := broadsheet.Suggestion{Kind: suggestCategory, Text: t.key, Key: t.key, Count: t.n}
		if g.o.Category != nil {
			if name := g.o.Category(t.key); name != "" {
				s.Text = name
			}
		}
		g.out = append(g.out, s)
	}
	return err
}

// organizations are those whose key begins with the text.
func (g *suggester) organizations(ctx context.Context) error {
	if utf8.RuneCountInString(g.text) < 2 {
		return nil
	}
	low := strings.ReplaceAll(strings.ToLower(g.text), " ", "-")
	tags, err := g.tags(TagOrgFolded, low, func(string) bool { return true })
	if err != nil || len(tags) == 0 {
		return err
	}
	written, err := g.written(ctx, tags)
	for _, t := range tags {
		o := written[t.key]
		g.out = append(g.out, broadsheet.Suggestion{Kind: suggestOrganization, Text: cmp.Or(o.Name, t.key), Key: cmp.Or(o.Key, t.key), Count: t.n})
	}
	return err
}

// written reads how organisations, known by their folded keys, are written, from
// a paper of each.
func (g *suggester) written(ctx context.Context, tags []tagCount) (map[string]broadsheet.Organization, error) {
	written := map[string]broadsheet.Organization{}
	if g.o.Papers == nil {
		return written, nil
	}
	var ids []string
	for _, t := range tags {
		s := &search{e: g.Engine, view: g.view}
		some, err := s.tagged(TagOrgFolded + t.key)
		if err != nil {
			return nil, err
		}
		ids = append(ids, some...)
	}
	papers, err := g.o.Papers.Papers(ctx, ids)
	for i := range papers {
		for _, o := range papers[i].Organizations {
			written[strings.ToLower(o.Key)] = o
		}
	}
	return written, err
}

// tagged is a paper with a tag.
func (s *search) tagged(tag string) (ids []string, err error) {
	err = s.view.each(func(_ int, p *part) error {
		e, ok, err := p.Lookup(tag)
		if err != nil || !ok || len(ids) > 0 {
			return err
		}
		l := p.Postings(e)
		for doc := l.Next(); doc < end && len(ids) == 0; doc = l.Next() {
			if p.live.has(doc) {
				id, err := p.Key(doc)
				if err != nil {
					return err
				}
				ids = append(ids, id)
			}
		}
		return l.Err()
	})
	return ids, err
}

// tagCount is a tag's key and how many papers have it.
type tagCount struct {
	key string
	n   int
}

// tags are the most frequent tags of a kind that begin with begin and fit, of the
// first suggestWalked that do.
func (g *suggester) tags(kind, begin string, fit func(key string) bool) ([]tagCount, error) {
	counts := map[string]int{}
	err := g.view.each(func(_ int, p *part) error {
		it := p.Terms(kind + begin)
		for n := 0; n < suggestWalked && it.Next(); n++ {
			key, ok := strings.CutPrefix(string(it.Term()), kind)
			if !ok || !strings.HasPrefix(key, begin) {
				break
			}
			if fit(key) {
				counts[key] += int(it.Entry().DF)
			}
		}
		return it.Err()
	})
	var all []tagCount
	for k, n := range counts {
		all = append(all, tagCount{k, n})
	}
	slices.SortFunc(all, func(a, b tagCount) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.key, b.key)) })
	return all[:min(suggestEach, len(all))], err
}

// authors are those who have all words in their names, the last as a beginning.
// Names are read from the newest papers with such.
func (g *suggester) authors(ctx context.Context) error {
	if utf8.RuneCountInString(g.text) < suggestLetters || g.o.Papers == nil {
		return nil
	}
	term := broadsheet.Term{Text: g.text, Field: broadsheet.FieldAuthor, Prefix: true}
	if rest, ok := withoutLetter(g.text); ok {
		term.Text, term.Prefix = rest, false
	}
	papers, err := g.read(ctx, broadsheet.Query{Require: [][]broadsheet.Term{{term}}, Sort: broadsheet.SortDate, Limit: suggestNames, Exact: true})
	if err != nil {
		return err
	}
	typed := strings.Fields(analyze.Fold(g.text))
	seen := map[string]string{}
	for i := range papers {
		for _, a := range papers[i].Authors {
			if a.Key != "" && named(a.Name, typed) {
				seen[a.Key] = a.Name
			}
		}
	}
	var all []tagCount
	for key := range seen {
		n, err := g.view.tagged(TagAuthor + key)
		if err != nil {
			return err
		}
		all = append(all, tagCount{key, n})
	}
	slices.SortFunc(all, func(a, b tagCount) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.key, b.key)) })
	for _, a := range all[:min(suggestEach, len(all))] {
		g.out = append(g.out, broadsheet.Suggestion{Kind: suggestAuthor, Text: seen[a.key], Key: a.key, Count: a.n})
	}
	return nil
}

// withoutLetter leaves a last word of one letter out, with which too much begins
// to be looked for.
func withoutLetter(text string) (rest string, ok bool) {
	i := strings.LastIndexByte(text, ' ')
	if i < 0 || utf8.RuneCountInString(text[i+1:]) > 1 {
		return "", false
	}
	return text[:i], true
}

// named reports whether a name has all of the typed words, the last as a
// beginning.
func named(name string, typed []string) bool {
	words := strings.Fields(analyze.Fold(name))
	for i, t := range typed {
		last := i == len(typed)-1
		if !slices.ContainsFunc(words, func(w string) bool { return w == t || last && strings.HasPrefix(w, t) }) {
			return false
		}
	}
	return true
}

// papers are those with all words in their titles, the last as a beginning.
func (g *suggester) papers(ctx context.Context) error {
	if utf8.RuneCountInString(g.text) < suggestLetters || g.o.Papers == nil {
		return nil
	}
	text, prefix := g.text, true
	if rest, ok := withoutLetter(text); ok {
		text, prefix = rest, false
	}
	words := strings.Fields(text)
	if len(words) > 12 {
		return nil
	}
	q := broadsheet.Query{Mode: broadsheet.ModeLexical, Limit: suggestEach, Exact: true}
	for i, w := range words {
		q.Require = append(q.Require, []broadsheet.Term{{Text: w, Field: broadsheet.FieldTitle, Prefix: prefix && i == len(words)-1}})
	}
	papers, err := g.read(ctx, q)
	for i := range papers {
		g.out = append(g.out, broadsheet.Suggestion{Kind: suggestPaper, Text: papers[i].Title, Key: papers[i].ID})
	}
	return err
}

// read answers a query with papers.
func (g *suggester) read(ctx context.Context, q broadsheet.Query) ([]broadsheet.Paper, error) {
	if _, err := validate(&q); err != nil {
		return nil, err
	}
	s := &search{e: g.Engine, view: g.view, q: q, q0: q}
	r, err := s.answer(ctx)
	if err != nil || len(r.Hits) == 0 {
		return nil, err
	}
	var ids []string
	for _, h := range r.Hits {
		ids = append(ids, h.ID)
	}
	return g.o.Papers.Papers(ctx, ids)
}
