package store

import (
	"context"
	"database/sql"
	"strings"
	"time"
)

// Told are the papers that deliveries planned since a time hold for each of the
// recipients, whatever became of them: unless the delivery surely never left,
// telling them again could be telling them twice.
func (s *Store) Told(ctx context.Context, recipients []int64, since time.Time) (map[int64]map[string]bool, error) {
	out := map[int64]map[string]bool{}
	for len(recipients) > 0 {
		part := recipients[:min(500, len(recipients))]
		recipients = recipients[len(part):]
		rows, err := s.query(ctx, `SELECT recipient_id, papers FROM deliveries WHERE planned_at >= $1 AND recipient_id IN (`+placeholders(2, len(part))+`)
		  AND state NOT IN ('failed', 'expired', 'suppressed')`, append([]any{since.UnixMicro()}, anys(part)...)...)
		_, err = collect(rows, err, func(r *sql.Rows) (id int64, err error) {
			var papers string
			if err = r.Scan(&id, &papers); err != nil {
				return id, err
			}
			if out[id] == nil {
				out[id] = map[string]bool{}
			}
			for p := range strings.FieldsSeq(papers) {
				out[id][p] = true
			}
			return id, nil
		})
		if err != nil {
			return nil, s.explain(err)
		}
	}
	return out, nil
}
