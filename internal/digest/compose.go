package digest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

const (
	maxArrivals = 20_000 // that one edition looks at
	// maxPicks is how many papers an edition keeps: more than any subscription
	// takes, since readers differ in what they have been told already.
	maxPicks = 4 * broadsheet.MaxEdition
	// choosesFor is how long a site that chose a paper counts as one that chooses.
	choosesFor = 7 * 24 * time.Hour
)

// compose makes the edition of a topic from what arrived after from up to to. It
// is not stored; its picks are the best first.
func (e *Engine) compose(ctx context.Context, topic broadsheet.Topic, from, to int64) (broadsheet.Edition, error) {
	x := broadsheet.Edition{Topic: topic, From: from, To: to, ComposedAt: e.o.Now()}
	var papers []store.Arrived
	var err error
	why := func(*store.Arrived) string { return "" }
	switch topic.Kind {
	case broadsheet.TopicHot:
		x.Title = "Hot papers"
		papers, err = e.siteNews(ctx, from, to)
	case broadsheet.TopicCategories:
		names := strings.Split(topic.Key, ",")
		x.Title = strings.Join(names, ", ")
		papers, err = e.o.Store.Arrivals(ctx, broadsheet.ArrivalKnown, from, to, maxArrivals)
		papers = slices.DeleteFunc(papers, func(a store.Arrived) bool { return among(a.Categories, names) == "" })
		why = func(a *store.Arrived) string { return among(a.Categories, names) }
	case broadsheet.TopicList:
		papers, x.Title, err = e.onList(ctx, topic.Key, from, to)
		reason := listReason(x.Title)
		why = func(*store.Arrived) string { return reason }
	case broadsheet.TopicSearch:
		x.Title = "Search: " + topic.Key
		papers, err = e.found(ctx, topic.Key, from, to)
		why = func(*store.Arrived) string { return "found by your search" }
	default:
		err = broadsheet.Errorf(broadsheet.Invalid, "%.40q is no topic that this program knows", topic.Kind)
	}
	if err != nil {
		return x, fmt.Errorf("compose %s: %w", topic, err)
	}
	if topic.Kind != broadsheet.TopicSearch { // which has its own order
		slices.SortStableFunc(papers, func(a, b store.Arrived) int {
			return cmp.Or(cmp.Compare(hot(&b), hot(&a)), strings.Compare(b.ID, a.ID))
		})
	}
	x.Total = len(papers)
	x.Picks = make([]broadsheet.Pick, 0, min(maxPicks, len(papers)))
	for i := range papers[:min(maxPicks, len(papers))] {
		x.Picks = append(x.Picks, broadsheet.Pick{PaperID: papers[i].ID, Score: papers[i].Votes, Why: why(&papers[i])})
	}
	return x, nil
}

// listReason is why a paper of a list is in: the list's title without what all
// begin with.
func listReason(title string) string { return strings.TrimPrefix(title, "Papers ") }

func hot(a *store.Arrived) float64 {
	at := a.PublishedAt
	if a.Day != "" {
		at = a.Day.Time()
	}
	return broadsheet.Hot(a.Votes, a.Comments, at)
}

// knownUpTo is the cursor of the highest arrival up to which the site's news was
// all that is known, since people had chosen nothing for a while.
const knownUpTo = "digest.known"

// siteNews is what a site tells everybody: papers that people chose, or where
// they choose none, all that are known. A site may go from one to the other; a
// paper is news by the first of its arrivals that was told.
func (e *Engine) siteNews(ctx context.Context, from, to int64) ([]store.Arrived, error) {
	kind, err := e.newsKind(ctx)
	if err != nil {
		return nil, err
	}
	text, err := e.o.Store.Cursor(ctx, knownUpTo)
	if err != nil {
		return nil, err
	}
	known, _ := strconv.ParseInt(text, 10, 64) // "" is none
	papers, err := e.o.Store.Arrivals(ctx, kind, from, to, maxArrivals)
	if err != nil {
		return nil, err
	}
	if kind == broadsheet.ArrivalKnown {
		if to > known {
			err = e.o.Store.SetCursor(ctx, knownUpTo, strconv.FormatInt(to, 10))
		}
		return slices.DeleteFunc(papers, func(a store.Arrived) bool { return a.Other > 0 && a.Other <= from }), err
	}
	return slices.DeleteFunc(papers, func(a store.Arrived) bool { return a.Other > 0 && a.Other <= min(from, known) }), nil
}

// newsKind is what the site's own list is made of: papers that people chose, on
// a site where they do.
func (e *Engine) newsKind(ctx context.Context) (broadsheet.ArrivalKind, error) {
	last, err := e.o.Store.LatestArrivalAt(ctx, broadsheet.ArrivalChosen)
	if err != nil || e.o.Now().Sub(last) > choosesFor {
		return broadsheet.ArrivalKnown, err
	}
	return broadsheet.ArrivalChosen, nil
}

// among is the first of a paper's categories that is one of names, or in an
// archive that is.
func among(categories, names []string) string {
	for _, c := range categories {
		archive, _, _ := strings.Cut(c, ".")
		if slices.Contains(names, c) || slices.Contains(names, archive) {
			return c
		}
	}
	return ""
}

func (e *Engine) onList(ctx context.Context, key string, from, to int64) (papers []store.Arrived, title string, err error) {
	kind, name, _ := strings.Cut(key, ":")
	list := broadsheet.List{Kind: broadsheet.ListKind(kind), Key: name}
	arrival := broadsheet.ArrivalKnown
	title = name
	switch list.Kind {
	case broadsheet.ListAuthor:
		title, err = e.o.Store.AuthorName(ctx, name)
		title = "Papers by " + cmp.Or(title, name)
	case broadsheet.ListOrganization:
		var o broadsheet.Organization
		o, err = e.o.Store.Organization(ctx, name)
		title = "Papers of " + cmp.Or(o.Name, name)
	case broadsheet.ListSubmitter:
		var p broadsheet.Person
		p, err = e.o.Store.Person(ctx, name)
		title = "Papers submitted by " + cmp.Or(p.Name, name)
		arrival = broadsheet.ArrivalChosen
	case broadsheet.ListKeyword:
		title = "Papers on " + name
	}
	if err != nil && broadsheet.KindOf(err) != broadsheet.NotFound { // whose last paper went has no news
		return nil, title, err
	}
	papers, err = e.o.Store.ArrivalsOn(ctx, list, arrival, from, to, maxArrivals)
	return papers, title, err
}

// found searches among what arrived, best first.
func (e *Engine) found(ctx context.Context, text string, from, to int64) ([]store.Arrived, error) {
	arrived, err := e.o.Store.Arrivals(ctx, broadsheet.ArrivalKnown, from, to, maxArrivals)
	if err != nil || len(arrived) == 0 {
		return nil, err
	}
	if e.o.Finder == nil {
		return nil, &broadsheet.Error{Kind: broadsheet.Unavailable, Text: "the search is not ready"}
	}
	at := make(map[string]int, len(arrived))
	oldest := arrived[0].PublishedAt
	for i, a := range arrived {
		at[a.ID] = i
		if a.PublishedAt.Before(oldest) {
			oldest = a.PublishedAt
		}
	}
	q := broadsheet.ParseQuery(text)
	if q.From == "" && !oldest.IsZero() {
		q.From = broadsheet.DayOf(oldest, time.UTC) // what is older is not among them
	}
	q.Exact, q.Limit, q.Mode = true, broadsheet.MaxLimit, broadsheet.ModeLexical
	var out []store.Arrived
	for seen := 0; seen < broadsheet.MaxSearchDepth && len(out) < maxPicks; {
		r, err := e.o.Finder.Search(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, h := range r.Hits {
			if i, ok := at[h.ID]; ok {
				out = append(out, arrived[i])
			}
		}
		if seen += len(r.Hits); r.Next == "" {
			break
		}
		q.After = r.Next
	}
	return out, nil
}
