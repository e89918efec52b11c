package store

import (
	"context"
	"database/sql"

	"broadsheet"
)

// DayCount is how many papers a day has.
type DayCount struct {
	Day       broadsheet.Day
	Featured  int
	Announced int
}

// nearest picks, of the featured and the announced days, the one nearest to a
// bound: each half is one step into an index.
const (
	newestDay = `SELECT max(d) FROM (SELECT max(day) AS d FROM features WHERE day <= $1
	  UNION ALL SELECT max(announced_on) FROM papers WHERE announced_on <= $1) days`
	oldestDay = `SELECT min(d) FROM (SELECT min(day) AS d FROM features WHERE day >= $1
	  UNION ALL SELECT min(announced_on) FROM papers WHERE announced_on >= $1) days`
)

// LatestDay is the newest day with papers that is not after before ("" is no
// bound), or "" where there is none.
func (s *Store) LatestDay(ctx context.Context, before broadsheet.Day) (broadsheet.Day, error) {
	if before == "" {
		before = "9999-12-31"
	}
	return s.nearest(ctx, newestDay, before)
}

// NextDay is the oldest day with papers after a day, or "" where there is none.
func (s *Store) NextDay(ctx context.Context, after broadsheet.Day) (broadsheet.Day, error) {
	return s.nearest(ctx, oldestDay, after.Add(1))
}

// Neighbors are the nearest days with papers before and after day, or "".
func (s *Store) Neighbors(ctx context.Context, day broadsheet.Day) (prev, next broadsheet.Day, err error) {
	if prev, err = s.nearest(ctx, newestDay, day.Add(-1)); err != nil {
		return "", "", err
	}
	next, err = s.NextDay(ctx, day)
	return prev, next, err
}

func (s *Store) nearest(ctx context.Context, text string, day broadsheet.Day) (broadsheet.Day, error) {
	var found sql.NullString
	if err := s.queryRow(ctx, text, string(day)).Scan(&found); err != nil {
		return "", s.explain(err)
	}
	return broadsheet.Day(found.String), nil
}

// Days counts papers by day, ascending, days without papers left out.
func (s *Store) Days(ctx context.Context, from, to broadsheet.Day) ([]DayCount, error) {
	rows, err := s.query(ctx, `SELECT d, sum(f), sum(a) FROM (
	    SELECT day AS d, count(*) AS f, 0 AS a FROM features WHERE day >= $1 AND day <= $2 GROUP BY day
	    UNION ALL
	    SELECT announced_on, 0, count(*) FROM papers WHERE announced_on >= $1 AND announced_on <= $2 GROUP BY announced_on
	  ) days GROUP BY d ORDER BY d`, string(from), string(to))
	out, err := collect(rows, err, func(r *sql.Rows) (d DayCount, err error) { return d, r.Scan(&d.Day, &d.Featured, &d.Announced) })
	return out, s.explain(err)
}

// FirstDay is the oldest day with papers, or "".
func (s *Store) FirstDay(ctx context.Context) (broadsheet.Day, error) {
	return s.nearest(ctx, oldestDay, "0000-01-01")
}
