package store

import (
	"context"

	"broadsheet"
)

// moveClaims takes claims and edits along where one paper becomes part of another:
// positions are those of the other's list of authors where it has the name. What
// the other has already stays there, but for what waits there of somebody who is
// known as an author here.
func (s *Store) moveClaims(ctx context.Context, tx *txn, from, into owner, kept *broadsheet.Paper) error {
	here, err := s.claimsIn(ctx, tx, ` WHERE c.paper_id = $1 AND c.state IN ('waiting', 'accepted')`, into.row)
	if err != nil {
		return err
	}
	come, err := s.claimsIn(ctx, tx, ` WHERE c.paper_id = $1 ORDER BY c.id`, from.row)
	if err != nil {
		return err
	}
	var keys []string
	for i := range come {
		c := &come[i]
		open := c.State == broadsheet.ClaimWaiting || c.State == broadsheet.ClaimAccepted
		place, clash, waits := c.Place(kept.Authors), false, int64(0)
		for j := range here {
			h := &here[j]
			bothKnown := c.State == broadsheet.ClaimAccepted && h.State == broadsheet.ClaimAccepted
			switch {
			case h.Account == c.Account && c.State == broadsheet.ClaimAccepted && h.State == broadsheet.ClaimWaiting:
				waits = h.ID
			case h.Account == c.Account, bothKnown && place != 0 && h.Place(kept.Authors) == place, bothKnown && h.Position == c.Position && h.Key == c.Key:
				clash = true
			}
		}
		if open && clash {
			keys = append(keys, c.Key)
			if _, err := tx.exec(ctx, `DELETE FROM claims WHERE id = $1`, c.ID); err != nil {
				return err
			}
			continue
		}
		if waits != 0 {
			if _, err := tx.exec(ctx, `DELETE FROM claims WHERE id = $1`, waits); err != nil {
				return err
			}
		}
		if place == 0 {
			place = c.Position
		}
		if _, err := tx.exec(ctx, `UPDATE claims SET paper_id = $2, position = $3 WHERE id = $1`, c.ID, into.row, place); err != nil {
			return err
		}
	}
	for _, text := range []string{`DELETE FROM paper_edits WHERE paper_id = $1 AND EXISTS (SELECT 1 FROM paper_edits e WHERE e.paper_id = $2 AND e.kind = paper_edits.kind AND e.value = paper_edits.value)`,
		`UPDATE paper_edits SET paper_id = $2 WHERE paper_id = $1`} {
		if _, err := tx.exec(ctx, text, from.row, into.row); err != nil {
			return err
		}
	}
	return s.regroup(ctx, tx, keys...)
}

// dropClaims removes what people claimed of a paper that goes, and added to it.
func (s *Store) dropClaims(ctx context.Context, tx *txn, row int64) error {
	rows, err := tx.query(ctx, `DELETE FROM claims WHERE paper_id = $1 RETURNING author_key`, row)
	keys, err := collect(rows, err, scanText)
	if err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `DELETE FROM paper_edits WHERE paper_id = $1`, row); err != nil {
		return err
	}
	return s.regroup(ctx, tx, keys...)
}

// eraseClaims removes what an account claims to have written and where it belongs,
// for an account that goes. What it added to papers stays there.
func (s *Store) eraseClaims(ctx context.Context, tx *txn, account int64) error {
	accepted, err := s.claimsIn(ctx, tx, ` WHERE c.account_id = $1 AND c.state = 'accepted'`, account)
	if err != nil {
		return err
	}
	for _, text := range []string{`DELETE FROM claims WHERE account_id = $1`, `DELETE FROM memberships WHERE account_id = $1`, `UPDATE paper_edits SET account_id = 0 WHERE account_id = $1`} {
		if _, err := tx.exec(ctx, text, account); err != nil {
			return err
		}
	}
	var keys []string
	for i := range accepted {
		keys = append(keys, accepted[i].Key)
		rows, err := s.rowsOf(ctx, tx, []string{accepted[i].Paper})
		if err != nil {
			return err
		}
		if o, ok := rows[accepted[i].Paper]; ok {
			tx.tally(o.row, o.key, 0, 0)
		}
	}
	return s.regroup(ctx, tx, keys...)
}
