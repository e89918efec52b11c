package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"

	"broadsheet"
)

// Damping says which votes are looked at, and when.
type Damping struct {
	Networks time.Time     // votes since then, by new accounts of one network
	Rings    time.Time     // votes since then, of people who vote for one submitter
	NewFor   time.Duration // for which an account counts as new
	At       time.Time
}

// Rings: who gave at least ringVotes votes, ringPart fifths of them for papers that
// one and the same other member submitted, votes for that person and not for papers;
// but one alone is a reader with a taste, so that ringPeople must do so. Where somebody
// brings half of what is featured, as a curator does, whoever votes at all votes for
// them: such votes are left alone.
const (
	ringVotes  = 5
	ringPart   = 4
	ringPeople = 3
)

// damped is a vote that is not to count.
type damped struct {
	paper, account int64
	key            string
	why            string
}

// Damp stops counting votes that say nothing of papers: of several votes for one
// paper that new accounts of one network gave all but the first, and the votes of
// who votes for almost nobody but one submitter. Their givers see no difference.
// The log says for each paper how many there were. A vote that was damped stays so.
// Networks of votes that are too old to be looked at for them are forgotten.
func (s *Store) Damp(ctx context.Context, d Damping) (int, error) {
	all, err := s.networkVotes(ctx, d)
	if err != nil {
		return 0, s.explain(err)
	}
	rings, err := s.ringVotes(ctx, d)
	if err != nil {
		return 0, s.explain(err)
	}
	byPaper := map[int64][]damped{}
	for _, x := range append(all, rings...) {
		byPaper[x.paper] = append(byPaper[x.paper], x)
	}
	total := 0
	for _, paper := range slices.Sorted(maps.Keys(byPaper)) {
		n, err := s.dampPaper(ctx, byPaper[paper], d.At)
		if err != nil {
			return total, err
		}
		total += n
	}
	_, err = s.alter(ctx, `UPDATE votes SET client = '' WHERE client <> '' AND at < $1`, d.Networks.UnixMicro())
	return total, err
}

// dampPaper does so for one paper, in a commit that it shares with others.
func (s *Store) dampPaper(ctx context.Context, votes []damped, at time.Time) (n int, err error) {
	err = s.submit(ctx, func(ctx context.Context, tx *txn) error {
		n = 0
		for _, v := range votes {
			changed, err := affected(tx.exec(ctx, `UPDATE votes SET counts = 0 WHERE paper_id = $1 AND account_id = $2 AND counts = 1`, v.paper, v.account))
			if err != nil {
				return err
			}
			n += int(changed)
		}
		if n == 0 {
			return nil
		}
		first := votes[0]
		tx.tally(first.paper, first.key, int64(-n), 0)
		return s.putAction(ctx, tx, broadsheet.Action{At: at, Act: broadsheet.ActDiscountVotes, Kind: broadsheet.ObjectPaper, Object: first.key, Paper: first.key, Reason: first.why, Detail: fmt.Sprint(n)})
	})
	return n, err
}

func (s *Store) networkVotes(ctx context.Context, d Damping) ([]damped, error) {
	type vote struct {
		damped
		client string
		at     int64
	}
	rows, err := s.query(ctx, `SELECT v.paper_id, p.key, v.account_id, v.client, v.at FROM votes v JOIN accounts a ON a.id = v.account_id JOIN papers p ON p.id = v.paper_id
	  WHERE v.client <> '' AND v.at >= $1 AND v.counts = 1 AND v.at - a.created_at < $2`, d.Networks.UnixMicro(), d.NewFor.Microseconds())
	all, err := collect(rows, err, func(r *sql.Rows) (v vote, err error) {
		v.why = "given by new accounts of one network"
		return v, r.Scan(&v.paper, &v.key, &v.account, &v.client, &v.at)
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b vote) int {
		return cmp.Or(cmp.Compare(a.paper, b.paper), cmp.Compare(a.client, b.client), cmp.Compare(a.at, b.at), cmp.Compare(a.account, b.account))
	})
	var out []damped
	for i, v := range all {
		if i > 0 && all[i-1].paper == v.paper && all[i-1].client == v.client {
			out = append(out, v.damped)
		}
	}
	return out, nil
}

func (s *Store) ringVotes(ctx context.Context, d Damping) ([]damped, error) {
	since := d.Rings.UnixMicro()
	rows, err := s.query(ctx, `SELECT account_id, count(*) FROM votes WHERE at >= $1 GROUP BY account_id HAVING count(*) >= $2`, since, ringVotes)
	totals := map[int64]int{}
	if _, err := collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var account int64
		var n int
		err := r.Scan(&account, &n)
		totals[account] = n
		return struct{}{}, err
	}); err != nil || len(totals) == 0 {
		return nil, err
	}
	var featured int
	if err := s.queryRow(ctx, `SELECT count(DISTINCT paper_id) FROM features WHERE featured_at >= $1`, since).Scan(&featured); err != nil {
		return nil, err
	}
	// Handles are no keys of imported people: a join by name finds submitters of here.
	rows, err = s.query(ctx, `SELECT DISTINCT v.account_id, x.id, v.paper_id, p.key FROM votes v JOIN features f ON f.paper_id = v.paper_id
	  JOIN accounts x ON x.name = f.person_key AND x.id <> v.account_id AND x.role = 'member' JOIN papers p ON p.id = v.paper_id
	  WHERE v.at >= $1 AND (SELECT count(DISTINCT o.paper_id) FROM features o WHERE o.person_key = x.name AND o.featured_at >= $1) * 2 < CAST($2 AS BIGINT)`, since, featured)
	type side struct{ account, submitter int64 }
	given := map[side][]damped{}
	if _, err := collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var k side
		v := damped{why: "given by people who vote for almost nobody but who submitted it"}
		err := r.Scan(&k.account, &k.submitter, &v.paper, &v.key)
		v.account = k.account
		given[k] = append(given[k], v)
		return struct{}{}, err
	}); err != nil {
		return nil, err
	}
	rings := map[int64][][]damped{} // by submitter: the votes of each who votes for that person
	for k, votes := range given {
		if total := totals[k.account]; total >= ringVotes && len(votes)*5 >= total*ringPart {
			rings[k.submitter] = append(rings[k.submitter], votes)
		}
	}
	var out []damped
	for _, people := range rings {
		if len(people) >= ringPeople {
			out = append(out, slices.Concat(people...)...)
		}
	}
	return out, nil
}
