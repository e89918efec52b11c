package store

import (
	"context"
	"fmt"
	"time"

	"broadsheet"
)

// Step moves one delivery on. From is the state it must be in; a step whose
// delivery is elsewhere does nothing, and says so.
type Step struct {
	ID       int64
	From, To broadsheet.DeliveryState
	// Attempt is the one that the step is of: how many were begun when it left
	// claimed or sending. What an older attempt says late changes nothing that a
	// newer one decided. Steps from other states are of none.
	Attempt int
	At      time.Time
	Until   time.Time // the lease of a claimed or sending one, the next try of a planned one
	Reply   string
	Tried   bool // counts an attempt; beginning to send always does
}

// wanted holds of a delivery whose subscription goes on and whose address is not
// suppressed: much may have happened since it was claimed.
const wanted = ` AND EXISTS (SELECT 1 FROM subscriptions s WHERE s.id = deliveries.subscription_id AND s.state IN ('active', 'paused'))
  AND NOT EXISTS (SELECT 1 FROM recipients r JOIN suppressions x ON x.channel = r.channel AND x.key = r.key WHERE r.id = deliveries.recipient_id)`

// What a sender says that was taken for dead and lives after all still counts,
// while its attempt is the last one: known is better than unknown, and what was
// accepted is not sent again by whoever has it now and has not begun.
const (
	late  = ` AND state IN ('sending', 'unknown')`
	heard = ` AND state IN ('sending', 'unknown', 'planned', 'claimed')`
)

// PutSteps moves deliveries on, all in one transaction that is on disk when it
// returns; ok tells of each whether it moved. Many senders put their steps
// together, so that a commit carries many and none waits for more than one.
func (s *Store) PutSteps(ctx context.Context, steps []Step) (ok []bool, err error) {
	err = s.quietTx(ctx, func(tx *txn) error {
		ok = make([]bool, len(steps))
		for i := range steps {
			if ok[i], err = s.putStep(ctx, tx, &steps[i]); err != nil {
				return fmt.Errorf("delivery %d: %w", steps[i].ID, err)
			}
		}
		return nil
	})
	return ok, err
}

func (s *Store) putStep(ctx context.Context, tx *txn, x *Step) (ok bool, err error) {
	var ended any
	next := sortMicros(x.Until)
	switch x.To {
	case broadsheet.DeliveryPlanned, broadsheet.DeliveryClaimed, broadsheet.DeliverySending:
	default:
		ended, next = x.At.UnixMicro(), 0
	}
	text := `UPDATE deliveries SET state = $1, next_at = $2, ended_at = $3, reply = $4, attempt = attempt + $5 WHERE id = $6`
	args := []any{string(x.To), next, ended, x.Reply, flag(x.Tried || x.To == broadsheet.DeliverySending), x.ID}
	switch {
	case x.From != broadsheet.DeliverySending:
		args = append(args, string(x.From))
		text += ` AND state = $7`
	case x.To == broadsheet.DeliverySent:
		text += heard
	default:
		text += late
	}
	if x.From == broadsheet.DeliveryClaimed || x.From == broadsheet.DeliverySending {
		args = append(args, x.Attempt)
		text += fmt.Sprint(` AND attempt = $`, len(args))
	}
	if x.To == broadsheet.DeliverySending {
		text += wanted
	}
	n, err := affected(tx.exec(ctx, text, args...))
	if err != nil || n == 1 || x.To != broadsheet.DeliverySending {
		return n == 1, err
	}
	// Claimed and not wanted any more, or not its sender's any more.
	_, err = tx.exec(ctx, `UPDATE deliveries SET state = 'suppressed', next_at = 0, ended_at = $4, reply = 'not wanted any more when its turn came' WHERE id = $1 AND state = $2 AND attempt = $3`,
		x.ID, string(x.From), x.Attempt, x.At.UnixMicro())
	return false, err
}
