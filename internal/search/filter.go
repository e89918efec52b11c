package search

import (
	"fmt"
	"slices"
	"strings"

	"broadsheet"
	"broadsheet/internal/lib/segment"
)

// conditions are what of a query can be told without its words.
type conditions struct {
	categories, notCategories []string
	authors, organizations    []string
	ids                       []string
	code, noCode              bool
	from, to                  uint32 // minutes; to is excluded, 0 for no bound
	sum                       string // names them in the cache; "" for none
}

func newConditions(q *broadsheet.Query) conditions {
	c := conditions{
		categories: q.Categories, notCategories: q.NotCategories, authors: q.Authors, organizations: q.Organizations,
		ids: q.IDs, code: q.HasCode, noCode: q.NoCode, from: Minutes(q.From.Time()),
	}
	if !q.To.Time().IsZero() {
		c.to = max(1, Minutes(q.To.Add(1).Time()))
	}
	var b strings.Builder
	for _, list := range [][]string{c.categories, c.notCategories, c.authors, c.organizations, c.ids} {
		sorted := slices.Compact(slices.Sorted(slices.Values(list)))
		fmt.Fprintf(&b, "%q", sorted)
	}
	fmt.Fprint(&b, c.code, c.noCode, c.from, c.to)
	if s := b.String(); s != "[][][][][]false false 0 0" {
		c.sum = s
	}
	return c
}

// set is the documents of a part that meet the conditions.
func (c *conditions) set(p *part) (set, error) {
	out := newSet(p.docs)
	out.fill(p.docs)
	steps := []func(*part, set) error{c.tags, c.keys, c.dates}
	for _, step := range steps {
		if err := step(p, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *conditions) tags(p *part, out set) error {
	any := func(prefix string, names []string) (set, error) {
		s := newSet(p.docs)
		for _, n := range names {
			if err := addTag(p, prefix+n, s); err != nil {
				return nil, err
			}
		}
		return s, nil
	}
	type row struct {
		prefix string
		names  []string
		not    bool
	}
	rows := []row{{TagCategory, c.categories, false}, {TagCategory, c.notCategories, true}, {TagOrgFolded, folded(c.organizations), false}}
	for _, a := range c.authors {
		rows = append(rows, row{TagAuthor, []string{a}, false})
	}
	if c.code {
		rows = append(rows, row{TagHas, []string{"code"}, false})
	}
	if c.noCode {
		rows = append(rows, row{TagHas, []string{"code"}, true})
	}
	for _, r := range rows {
		if len(r.names) == 0 {
			continue
		}
		s, err := any(r.prefix, r.names)
		if err != nil {
			return err
		}
		if r.not {
			out.andNot(s)
		} else {
			out.and(s)
		}
	}
	return nil
}

func folded(keys []string) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = strings.ToLower(k)
	}
	return out
}

// addTag adds the documents that have a tag.
func addTag(p *part, tag string, to set) error {
	e, ok, err := p.Lookup(tag)
	if err != nil || !ok {
		return err
	}
	return addPostings(p, e, 0, to)
}

// addPostings adds the documents of a list whose codes have one of the bits of
// mask, 0 for all.
func addPostings(p *part, e segment.Entry, mask byte, to set) error {
	l := p.Postings(e)
	for l.NextBlock() {
		docs, codes := l.Block()
		for i, doc := range docs {
			if mask == 0 || codes[i]&mask != 0 {
				to.add(doc)
			}
		}
	}
	return l.Err()
}

func (c *conditions) keys(p *part, out set) error {
	if len(c.ids) == 0 {
		return nil
	}
	s := newSet(p.docs)
	for _, id := range c.ids {
		doc, ok, err := p.Find(id)
		if err != nil {
			return err
		}
		if ok {
			s.add(doc)
		}
	}
	out.and(s)
	return nil
}

// dates takes out what is out of the range, and what has no date where there is
// a range.
func (c *conditions) dates(p *part, out set) error {
	if c.from == 0 && c.to == 0 {
		return nil
	}
	from, to := max(c.from, 1), c.to
	if to == 0 {
		to = end
	}
	if to <= from {
		clear(out)
		return nil
	}
	width := to - from
	for i := range out {
		if out[i] == 0 {
			continue
		}
		var keep uint64
		for j, t := range p.times[i*64 : min(i*64+64, p.docs)] {
			if t-from < width {
				keep |= 1 << j
			}
		}
		out[i] &= keep
	}
	return nil
}
