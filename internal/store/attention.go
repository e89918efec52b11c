package store

import "context"

// Attention counts what waits for people with a role.
type Attention struct {
	Submissions int // for curators
	Flagged     int // things that were reported, for moderators
	Held        int // comments, for moderators
	Claims      int // of authorship, for moderators
}

// attentionMost is where counting ends: it is a lot then.
const attentionMost = 1000

// Attention counts what waits, each kind up to 1,000.
func (s *Store) Attention(ctx context.Context) (a Attention, err error) {
	err = s.queryRow(ctx, `SELECT (SELECT count(*) FROM (SELECT 1 FROM submissions WHERE state = 'queued' LIMIT $1) AS q),
	  (SELECT count(*) FROM (SELECT DISTINCT kind, object FROM flags WHERE decided_at IS NULL LIMIT $1) AS f),
	  (SELECT count(*) FROM (SELECT 1 FROM comments WHERE state = 'held' LIMIT $1) AS h),
	  (SELECT count(*) FROM (SELECT 1 FROM claims WHERE state = 'waiting' LIMIT $1) AS c)`, attentionMost).Scan(&a.Submissions, &a.Flagged, &a.Held, &a.Claims)
	return a, s.explain(err)
}
