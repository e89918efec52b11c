package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"broadsheet"
)

// EditionCounts counts the deliveries of editions by state.
func (s *Store) EditionCounts(ctx context.Context, editions []int64) (map[int64]map[broadsheet.DeliveryState]int, error) {
	if len(editions) == 0 {
		return nil, nil
	}
	rows, err := s.query(ctx, `SELECT edition_id, state, count(*) FROM deliveries WHERE edition_id IN (`+placeholders(1, len(editions))+`)
	  GROUP BY edition_id, state`, anys(editions)...)
	return counts[int64, broadsheet.DeliveryState](s, rows, err)
}

// OpenDeliveries counts what is still to be sent by channel and state, and tells
// since when the oldest is due; zero where nothing is. It reads no more rows than
// are open.
func (s *Store) OpenDeliveries(ctx context.Context) (open map[broadsheet.Channel]map[broadsheet.DeliveryState]int, oldest time.Time, err error) {
	// Each part by the index that holds these rows alone.
	rows, err := s.query(ctx, `SELECT channel, state, count(*) FROM deliveries WHERE state = 'planned' GROUP BY channel, state
	  UNION ALL SELECT channel, state, count(*) FROM deliveries WHERE state IN ('claimed', 'sending') GROUP BY channel, state`)
	if open, err = counts[broadsheet.Channel, broadsheet.DeliveryState](s, rows, err); err != nil {
		return nil, oldest, err
	}
	var at sql.NullInt64
	err = s.queryRow(ctx, `SELECT min(next_at) FROM deliveries WHERE state = 'planned'`).Scan(&at)
	return open, fromMicros(at), s.explain(err)
}

// DomainCount is what became of the mail to the addresses of a domain.
type DomainCount struct {
	Domain     string `json:"domain"`
	Sent       int    `json:"sent"`
	Waiting    int    `json:"waiting"`  // not tried yet
	Deferred   int    `json:"deferred"` // tried, and to be tried again
	Failed     int    `json:"failed"`   // refused, or came back
	Unknown    int    `json:"unknown"`
	Expired    int    `json:"expired"`
	Suppressed int    `json:"suppressed"`
	Bounces    int    `json:"bounces"`    // addresses that were found not to exist
	Complaints int    `json:"complaints"` // addresses whose owners called a mail spam
}

// Taken is how many mails the domain has judged.
func (c *DomainCount) Taken() int { return c.Sent + c.Failed }

// DomainCounts counts the mail that was planned since a time by the domain of
// its address, the domain with most mail first. Whose address was erased is not
// counted any more.
func (s *Store) DomainCounts(ctx context.Context, since time.Time) ([]DomainCount, error) {
	domain := `substr(r.address, instr(r.address, '@') + 1)`
	if s.Dialect() == "postgres" {
		domain = `substr(r.address, strpos(r.address, '@') + 1)`
	}
	all := map[string]*DomainCount{}
	of := func(name string) *DomainCount {
		if all[name] == nil {
			all[name] = &DomainCount{Domain: name}
		}
		return all[name]
	}
	rows, err := s.query(ctx, `SELECT x.domain, x.state, x.tried, count(*) FROM (SELECT `+domain+` AS domain, d.state, CASE WHEN d.attempt > 0 THEN 1 ELSE 0 END AS tried
	  FROM deliveries d JOIN recipients r ON r.id = d.recipient_id WHERE d.channel = 'mail' AND d.planned_at >= $1) x GROUP BY x.domain, x.state, x.tried`, since.UnixMicro())
	_, err = collect(rows, err, func(r *sql.Rows) (n int, err error) {
		var name string
		var state broadsheet.DeliveryState
		var tried int
		if err = r.Scan(&name, &state, &tried, &n); err != nil {
			return n, err
		}
		c := of(name)
		switch state {
		case broadsheet.DeliverySent:
			c.Sent += n
		case broadsheet.DeliveryFailed:
			c.Failed += n
		case broadsheet.DeliveryUnknown:
			c.Unknown += n
		case broadsheet.DeliveryExpired:
			c.Expired += n
		case broadsheet.DeliverySuppressed:
			c.Suppressed += n
		default:
			if tried == 1 {
				c.Deferred += n
			} else {
				c.Waiting += n
			}
		}
		return n, nil
	})
	if err != nil {
		return nil, s.explain(err)
	}
	rows, err = s.query(ctx, `SELECT y.domain, y.reason, count(*) FROM (SELECT `+domain+` AS domain, x.reason FROM suppressions x
	  JOIN recipients r ON r.channel = x.channel AND r.key = x.key WHERE x.channel = 'mail' AND x.at >= $1) y GROUP BY y.domain, y.reason`, since.UnixMicro())
	why, err := counts[string, broadsheet.SuppressionReason](s, rows, err)
	if err != nil {
		return nil, err
	}
	for name, n := range why {
		c := of(name)
		c.Bounces, c.Complaints = n[broadsheet.SuppressedBounce], n[broadsheet.SuppressedComplaint]
	}
	out := make([]DomainCount, 0, len(all))
	for _, c := range all {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b DomainCount) int {
		return cmp.Or(cmp.Compare(b.Taken(), a.Taken()), cmp.Compare(b.Waiting+b.Deferred, a.Waiting+a.Deferred), cmp.Compare(a.Domain, b.Domain))
	})
	return out, nil
}
