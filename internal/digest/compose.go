package digest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

const (
	// maxPicks is how many papers an edition keeps: more than any subscription
	// takes, since readers differ in what they have been told already.
	maxPicks = 4 * broadsheet.MaxEdition
	// choosesFor is how long a site that chose a paper counts as one that chooses.
	choosesFor = 7 * 24 * time.Hour
)

// compose makes the edition of a topic from all that arrived after from up to to.
// It is not stored; its picks are the best first.
func (r *run) compose(ctx context.Context, topic broadsheet.Topic, from, to int64) (broadsheet.Edition, error) {
	x := broadsheet.Edition{Topic: topic, From: from, To: to, ComposedAt: r.o.Now()}
	var papers []store.Arrived
	var total int
	var err error
	why := func(*store.Arrived) string { return "" }
	switch topic.Kind {
	case broadsheet.TopicHot:
		x.Title = "Hot papers"
		papers, err = r.siteNews(ctx, from, to)
	case broadsheet.TopicCategories:
		names := strings.Split(topic.Key, ",")
		x.Title = strings.Join(names, ", ")
		papers, err = r.arrived(ctx, broadsheet.ArrivalKnown, from, to)
		papers = slices.DeleteFunc(papers, func(a store.Arrived) bool { return among(a.Categories, names) == "" })
		why = func(a *store.Arrived) string { return among(a.Categories, names) }
	case broadsheet.TopicList:
		papers, x.Title, err = r.onList(ctx, topic.Key, from, to)
		reason := listReason(x.Title)
		why = func(*store.Arrived) string { return reason }
	case broadsheet.TopicSearch:
		x.Title = "Search: " + topic.Key
		papers, total, err = r.found(ctx, topic.Key, from, to)
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
	x.Total = max(total, len(papers))
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
