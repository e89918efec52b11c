package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"broadsheet"
)

// candidate is a paper of a list before it is read: enough to filter and sort.
type candidate struct {
	row        int64
	at         int64          // date of the list's kind, microseconds, 0 unknown
	day        broadsheet.Day // on which it was featured, "" where the list is not of featured papers
	position   int            // in the day's list, 0 unknown
	votes      int
	comments   int
	code       bool
	categories string
	key        string
	hot        float64
}

const candidateColumns = `p.imported_votes + p.votes, p.imported_comments + p.comments, p.has_code, p.categories, p.key`

// List reads a page of a list. It is Invalid where kind, key, order, limit or
// offset cannot be; a list without papers is an empty page.
//
// Where a list is by day, week or month, the papers featured then make it; if
// there are none, those announced then.
func (s *Store) List(ctx context.Context, q broadsheet.List) (broadsheet.Page, error) {
	page := broadsheet.Page{List: q}
	if err := checkList(q); err != nil {
		return page, err
	}
	if kind, _, err := entryKind(q); err == nil && kind != entrySubmitter && q.Sort == broadsheet.SortNew && q.Filter == (broadsheet.Filter{}) {
		return s.newest(ctx, page)
	}
	all, featured, err := s.candidates(ctx, q)
	if err != nil {
		return page, s.explain(err)
	}
	page.Featured = featured
	switch q.Kind {
	case broadsheet.ListDay, broadsheet.ListWeek, broadsheet.ListMonth, broadsheet.ListAnnounced, broadsheet.ListHot:
		page.Categories = countCategories(all)
	}
	all = filter(all, q.Filter)
	order(all, q.Sort)
	page.Total = len(all)
	return s.fill(ctx, page, all)
}

// fill cuts the page out of its ordered list and reads the cards.
func (s *Store) fill(ctx context.Context, page broadsheet.Page, all []candidate) (broadsheet.Page, error) {
	q := page.List
	page.More = page.Total > q.Offset+q.Limit
	rows := make([]int64, 0, q.Limit)
	for _, c := range cut(all, q) {
		rows = append(rows, c.row)
	}
	var err error
	page.Papers, err = s.inOrder(ctx, rows, false)
	return page, err
}

func cut(all []candidate, q broadsheet.List) []candidate {
	return all[min(q.Offset, len(all)):min(q.Offset+q.Limit, len(all))]
}

// newest is a page of a list that is sorted as its index is: what the pages
// before it hold is all that is read. Papers of one date are sorted by id,
// which the index does not know; so all of the last date are read.
func (s *Store) newest(ctx context.Context, page broadsheet.Page) (broadsheet.Page, error) {
	q := page.List
	e, err := s.entriesOf(ctx, q)
	if err != nil {
		return page, s.explain(err)
	}
	err = s.queryRow(ctx, `SELECT count(*) FROM (SELECT `+e.once+` FROM list_entries WHERE `+e.where+` LIMIT `+e.next+`) AS entry`,
		append(e.args, broadsheet.MaxOffset)...).Scan(&page.Total)
	if err != nil {
		return page, s.explain(err)
	}
	var last int64
	err = s.queryRow(ctx, `SELECT at FROM (SELECT `+e.once+` FROM list_entries WHERE `+e.where+`) AS entry ORDER BY at DESC LIMIT 1 OFFSET `+e.next,
		append(e.args, q.Offset+q.Limit)...).Scan(&last)
	if err != nil && err != sql.ErrNoRows {
		return page, s.explain(err)
	}
	all, err := s.scan(ctx, `SELECT p.id, e.at, '', 0, `+candidateColumns+` FROM (SELECT `+e.once+` FROM list_entries WHERE `+e.where+` AND at >= `+e.next+`) AS e JOIN papers p ON p.id = e.paper_id`,
		append(e.args, last)...)
	if err != nil {
		return page, s.explain(err)
	}
	order(all, q.Sort)
	return s.fill(ctx, page, all)
}

// listed is which rows of list_entries make a list.
type listed struct {
	kind  string
	where string // condition
	args  []any
	next  string // placeholder after those of where
	once  string // columns, that give each paper once
}

// entriesOf finds the rows of a list by key: those of all names of an author, which
// are one nearly always. A paper on which two of them stand is on the list once.
func (s *Store) entriesOf(ctx context.Context, q broadsheet.List) (listed, error) {
	kind, key, err := entryKind(q)
	if err != nil {
		return listed{}, err
	}
	keys := []string{key}
	if kind == entryAuthor {
		if keys, err = s.authorKeys(ctx, s.read, key); err != nil {
			return listed{}, err
		}
	}
	e := listed{kind: kind, where: "kind = $1 AND key = $2", args: []any{kind, keys[0]}, next: "$3", once: "at, paper_id"}
	if len(keys) > 1 {
		e.where, e.args, e.next, e.once = "kind = $1 AND key IN ("+placeholders(2, len(keys))+")", append([]any{kind}, anys(keys)...), fmt.Sprint("$", len(keys)+2), "DISTINCT at, paper_id"
	}
	e.args = slices.Clip(e.args)
	return e, nil
}

// Order is the public ids of a list in its order, from Offset at most Limit of
// them, without reading the papers. Limit may be up to MaxOffset here.
func (s *Store) Order(ctx context.Context, q broadsheet.List) ([]string, error) {
	bounded := q
	bounded.Limit = min(q.Limit, broadsheet.MaxLimit)
	if err := checkList(bounded); err != nil {
		return nil, err
	}
	all, _, err := s.candidates(ctx, q)
	if err != nil {
		return nil, s.explain(err)
	}
	all = filter(all, q.Filter)
	order(all, q.Sort)
	var ids []string
	for _, c := range cut(all, q) {
		ids = append(ids, c.key)
	}
	return ids, nil
}

func checkList(q broadsheet.List) error {
	if q.Limit < 1 || q.Limit > broadsheet.MaxLimit {
		return broadsheet.InvalidField("limit", fmt.Sprint(q.Limit, " is out of range"), fmt.Sprint("use 1 to ", broadsheet.MaxLimit))
	}
	if q.Offset < 0 || q.Offset > broadsheet.MaxOffset {
		return broadsheet.InvalidField("page", "is too far down the list", "use a day, week or month instead")
	}
	if _, err := broadsheet.ParseSort(string(q.Sort), ""); err != nil || q.Sort == "" {
		return broadsheet.InvalidField("sort", fmt.Sprintf("%q is not an order", q.Sort), "use hot, top or new")
	}
	return nil
}

// span is the days of a list by time.
func span(q broadsheet.List) (from, to broadsheet.Day, err error) {
	switch q.Kind {
	case broadsheet.ListWeek:
		w, err := broadsheet.ParseWeek(q.Key)
		if err != nil {
			return "", "", err
		}
		return w.First(), w.Last(), nil
	case broadsheet.ListMonth:
		m, err := broadsheet.ParseMonth(q.Key)
		if err != nil {
			return "", "", err
		}
		return m.First(), m.Last(), nil
	}
	d, err := broadsheet.ParseDay(q.Key)
	if q.Kind == broadsheet.ListHot && err == nil {
		return d.Add(1 - broadsheet.HotDays), d, nil
	}
	return d, d, err
}

func (s *Store) candidates(ctx context.Context, q broadsheet.List) (all []candidate, featured bool, err error) {
	switch q.Kind {
	case broadsheet.ListDay, broadsheet.ListWeek, broadsheet.ListMonth, broadsheet.ListAnnounced, broadsheet.ListHot:
		from, to, err := span(q)
		if err != nil {
			return nil, false, err
		}
		if q.Kind != broadsheet.ListAnnounced {
			if all, err = s.featured(ctx, from, to); err != nil || len(all) > 0 {
				return all, true, err
			}
		}
		all, err = s.announced(ctx, from, to)
		return all, false, err
	case broadsheet.ListAll:
		all, err = s.scan(ctx, `SELECT p.id, coalesce(p.published_at, 0), '', 0, `+candidateColumns+` FROM papers p
		  WHERE p.announced_on IS NOT NULL AND p.hidden = 0 ORDER BY p.announced_on DESC, p.published_at DESC NULLS LAST LIMIT $1`, broadsheet.MaxOffset)
		return all, false, err
	}
	e, err := s.entriesOf(ctx, q)
	if err != nil {
		return nil, false, err
	}
	all, err = s.scan(ctx, `SELECT p.id, e.at, '', 0, `+candidateColumns+` FROM (SELECT `+e.once+` FROM list_entries WHERE `+e.where+`
	  ORDER BY at DESC, paper_id DESC LIMIT `+e.next+`) AS e JOIN papers p ON p.id = e.paper_id ORDER BY e.at DESC, e.paper_id DESC`, append(e.args, broadsheet.MaxOffset)...)
	if e.kind == entrySubmitter { // once a feature: a paper featured twice stands at its later day
		all = distinctRows(all)
	}
	return all, false, err
}

func entryKind(q broadsheet.List) (kind, key string, err error) {
	switch q.Kind {
	case broadsheet.ListAuthor:
		return entryAuthor, q.Key, nil
	case broadsheet.ListCategory:
		return entryCategory, q.Key, nil
	case broadsheet.ListOrganization:
		return entryOrganization, q.Key, nil
	case broadsheet.ListKeyword:
		return entryKeyword, KeywordKey(q.Key), nil
	case broadsheet.ListSubmitter:
		return entrySubmitter, q.Key, nil
	}
	return "", "", broadsheet.InvalidField("list", fmt.Sprintf("%q is not a kind of list", q.Kind), "")
}

// featured gives the papers chosen on the days; one chosen twice stands once,
// at its earlier day.
func (s *Store) featured(ctx context.Context, from, to broadsheet.Day) ([]candidate, error) {
	all, err := s.scan(ctx, `SELECT p.id, coalesce(f.featured_at, 0), f.day, f.position, `+candidateColumns+`
	  FROM features f JOIN papers p ON p.id = f.paper_id WHERE f.day >= $1 AND f.day <= $2 AND p.hidden = 0 ORDER BY f.day, f.paper_id`, string(from), string(to))
	return distinctRows(all), err
}

func (s *Store) announced(ctx context.Context, from, to broadsheet.Day) ([]candidate, error) {
	return s.scan(ctx, `SELECT p.id, coalesce(p.published_at, 0), '', 0, `+candidateColumns+` FROM papers p
	  WHERE p.announced_on >= $1 AND p.announced_on <= $2 AND p.hidden = 0`, string(from), string(to))
}

func (s *Store) scan(ctx context.Context, text string, args ...any) ([]candidate, error) {
	rows, err := s.query(ctx, text, args...)
	return collect(rows, err, func(r *sql.Rows) (candidate, error) {
		var c candidate
		err := r.Scan(&c.row, &c.at, &c.day, &c.position, &c.votes, &c.comments, &c.code, &c.categories, &c.key)
		return c, err
	})
}

func distinctRows(all []candidate) []candidate {
	seen := make(map[int64]bool, len(all))
	return slices.DeleteFunc(all, func(c candidate) bool {
		if seen[c.row] {
			return true
		}
		seen[c.row] = true
		return false
	})
}

func filter(all []candidate, f broadsheet.Filter) []candidate {
	if f == (broadsheet.Filter{}) {
		return all
	}
	return slices.DeleteFunc(all, func(c candidate) bool {
		return f.HasCode && !c.code || f.Category != "" && !inCategory(c.categories, f.Category)
	})
}

// inCategory tells whether blank-separated categories hold one, or one of an
// archive's.
func inCategory(categories, want string) bool {
	for c := range strings.SplitSeq(categories, " ") {
		if c == want || len(c) > len(want) && c[len(want)] == '.' && strings.HasPrefix(c, want) {
			return true
		}
	}
	return false
}

// order sorts as broadsheet.Sort documents. Hot takes the day of a featured
// paper, else the list's date.
func order(all []candidate, by broadsheet.Sort) {
	if by == broadsheet.SortHot {
		for i := range all {
			c := &all[i]
			at := fromMicros(sql.NullInt64{Int64: c.at, Valid: c.at != 0})
			if c.day != "" {
				at = c.day.Time()
			}
			c.hot = broadsheet.Hot(c.votes, c.comments, at)
		}
	}
	slices.SortFunc(all, func(a, b candidate) int {
		var first int
		switch by {
		case broadsheet.SortHot:
			first = cmp.Compare(b.hot, a.hot)
		case broadsheet.SortTop:
			first = cmp.Compare(b.votes, a.votes)
		case broadsheet.SortNew:
			first = cmp.Compare(b.at, a.at)
		}
		return cmp.Or(first, cmp.Compare(a.position, b.position), cmp.Compare(b.at, a.at), strings.Compare(b.key, a.key))
	})
}

func countCategories(all []candidate) []broadsheet.Count {
	n := map[string]int{}
	for _, c := range all {
		for name := range strings.SplitSeq(c.categories, " ") {
			if name != "" {
				n[name]++
			}
		}
	}
	return sortCounts(n)
}

func sortCounts(n map[string]int) []broadsheet.Count {
	out := make([]broadsheet.Count, 0, len(n))
	for name, count := range n {
		out = append(out, broadsheet.Count{Name: name, Count: count})
	}
	slices.SortFunc(out, func(a, b broadsheet.Count) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Name, b.Name))
	})
	return out
}
