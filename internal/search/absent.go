package search

import (
	"slices"
	"strings"

	"broadsheet"
)

// completedTo is how many categories are named that go on as one typed does.
const completedTo = 5

// absent says which papers and categories a query asks for that are not here.
func (s *search) absent(r *broadsheet.Results) error {
	say := func(text, why string) {
		r.Query.Ignored = append(r.Query.Ignored, broadsheet.Ignored{Text: text, Why: why})
	}
	for _, id := range s.q.IDs {
		here := id == ""
		err := s.view.each(func(_ int, p *part) error {
			doc, ok, err := p.Find(id)
			here = here || ok && p.live.has(doc)
			return err
		})
		if err != nil {
			return err
		}
		if !here {
			say("id:"+id, "this paper is not here")
		}
	}
	for _, c := range slices.Concat(s.q.Categories, s.q.NotCategories) {
		n, err := s.view.tagged(TagCategory + c)
		if err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		g := &suggester{Engine: s.e, view: s.view}
		tags, err := g.tags(TagCategory, c, func(key string) bool { return !strings.Contains(key, ".") || strings.Contains(c, ".") })
		if err != nil {
			return err
		}
		var longer []string
		for _, t := range tags[:min(completedTo, len(tags))] {
			longer = append(longer, t.key)
		}
		why := "no paper here is in such a category"
		if len(longer) > 0 {
			why += ": there is " + strings.Join(longer, ", ")
		}
		say("cat:"+c, why)
	}
	return nil
}
