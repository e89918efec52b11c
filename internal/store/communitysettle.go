package store

import (
	"context"
	"maps"
	"slices"

	"broadsheet"
)

// settle counts anew what rows brought.
func (p *communityPut) settle(ctx context.Context) error {
	for _, row := range slices.Sorted(maps.Keys(p.papers)) {
		key, err := p.s.recount(ctx, p.tx, row)
		if err != nil {
			return err
		}
		p.tx.tally(row, key, 0, 0)
		if p.edited[row] {
			if err := p.amend(ctx, row, key); err != nil {
				return err
			}
		}
	}
	for _, row := range slices.Sorted(maps.Keys(p.comments)) {
		if err := p.settleComment(ctx, row); err != nil {
			return err
		}
	}
	return p.s.regroup(ctx, p.tx, p.names...)
}

// settleComment counts a comment's votes and reactions.
func (p *communityPut) settleComment(ctx context.Context, row int64) error {
	st, err := p.tx.prepare(ctx, `UPDATE comments SET ups = (SELECT count(*) FROM comment_votes v WHERE v.comment_id = comments.id AND v.value > 0 AND v.counts = 1),
	  downs = (SELECT count(*) FROM comment_votes v WHERE v.comment_id = comments.id AND v.value < 0 AND v.counts = 1) WHERE id = $1`)
	if err != nil {
		return err
	}
	if _, err := st.ExecContext(ctx, row); err != nil {
		return err
	}
	_, err = p.s.countReactions(ctx, p.tx, row)
	return err
}

// amend puts what people added to a paper upon it.
func (p *communityPut) amend(ctx context.Context, row int64, key string) error {
	_, old, err := p.s.lockPaper(ctx, p.tx, key)
	if err != nil {
		return err
	}
	edits, err := p.s.editsOf(ctx, p.tx, []int64{row})
	if err != nil {
		return err
	}
	now := amend(old, edits[row])
	if samePaper(old, now) {
		return nil
	}
	w := p.s.newWriter(p.tx)
	if err := p.s.replace(ctx, p.tx, w, row, &old, &now); err != nil {
		return err
	}
	return w.flush(ctx)
}

// DropCommunity removes all that people did here, for a copy that is made anew. It
// is false, and nothing is removed, where somebody has signed in: then the site is
// in use.
func (s *Store) DropCommunity(ctx context.Context) (ok bool, err error) {
	err = s.tx(ctx, func(tx *txn) error {
		ok = false
		var signedIn int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM sessions`).Scan(&signedIn); err != nil || signedIn > 0 {
			return err
		}
		// What comes again is counted then; what does not counts no more.
		const counted = `id IN (SELECT paper_id FROM votes UNION SELECT paper_id FROM comments)`
		if _, err := tx.exec(ctx, `INSERT INTO changes (kind, key) SELECT $1, key FROM papers WHERE `+counted+` ORDER BY id`, string(broadsheet.ChangePaper)); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `UPDATE papers SET votes = 0, comments = 0 WHERE `+counted); err != nil {
			return err
		}
		for i := len(communityTables) - 1; i >= 0; i-- {
			if _, err := tx.exec(ctx, `DELETE FROM `+communityTables[i].table); err != nil {
				return err
			}
		}
		if _, err := tx.exec(ctx, `DELETE FROM author_names`); err != nil {
			return err
		}
		ok = true
		return nil
	})
	return ok, err
}
