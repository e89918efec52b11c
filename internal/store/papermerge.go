package store

import (
	"context"
	"slices"

	"broadsheet"
)

// MergePapers makes one paper of two that are the same work: into keeps its id and
// its description and takes the other's identities, links, features, votes,
// comments and whatever else hangs on it; the other's addresses lead to it, and
// reports about it are upheld. A person who voted for both has one vote. It is
// Invalid for a paper and itself, and Conflict where from or into is not a paper's
// public id any more: what it became meanwhile is for a moderator to look at.
func (s *Store) MergePapers(ctx context.Context, from, into string, x broadsheet.Action) error {
	return s.tx(ctx, func(tx *txn) error {
		// In the order of their ids, so that two merges cannot wait for each other.
		first, second := min(from, into), max(from, into)
		if _, _, err := s.lockPaper(ctx, tx, first); err != nil {
			return err
		}
		if _, _, err := s.lockPaper(ctx, tx, second); err != nil {
			return err
		}
		a, gone, err := s.lockPaper(ctx, tx, from)
		if err != nil {
			return err
		}
		b, kept, err := s.lockPaper(ctx, tx, into)
		if err != nil {
			return err
		}
		if a.key != from || b.key != into {
			return errDecided
		}
		if a.row == b.row {
			return broadsheet.InvalidField("into", "is the same paper already", "name another")
		}
		x.Object, x.Paper, x.Detail = a.key, b.key, "into "+b.key
		if err := s.uphold(ctx, tx, x); err != nil { // now: afterwards its ids are the other's, whose reports stay
			return err
		}
		merged := joined(kept, gone)
		if err := s.moveCommunity(ctx, tx, a, b); err != nil { // first: with a paper goes what hangs on it
			return err
		}
		if err := s.moveClaims(ctx, tx, a, b, &kept); err != nil {
			return err
		}
		if err := s.deleteRow(ctx, tx, a.row, &gone); err != nil {
			return err
		}
		w := s.newWriter(tx)
		if err := s.replace(ctx, tx, w, b.row, &kept, &merged); err != nil {
			return err
		}
		if err := w.flush(ctx); err != nil {
			return err
		}
		if _, err := s.recount(ctx, tx, b.row); err != nil {
			return err
		}
		return s.putAction(ctx, tx, x)
	})
}

// joined is kept with what only gone has. What was counted elsewhere was likely
// counted by the same people, so the larger count stands.
func joined(kept, gone broadsheet.Paper) broadsheet.Paper {
	p := kept
	p.IDs = union(kept.IDs, gone.IDs, func(id broadsheet.SourceID) broadsheet.SourceID { return id })
	sortIDs(p.IDs)
	p.Links = mergeLinks(kept.Links, gone.Links)
	p.Features = mergeFeatures(kept.Features, gone.Features)
	for _, o := range gone.Organizations {
		if !slices.ContainsFunc(p.Organizations, func(h broadsheet.Organization) bool { return h.Key == o.Key }) {
			p.Organizations = append(slices.Clip(p.Organizations), o)
		}
	}
	if p.TLDR == "" {
		p.TLDR = gone.TLDR
	}
	p.ImportedVotes, p.ImportedComments = max(kept.ImportedVotes, gone.ImportedVotes), max(kept.ImportedComments, gone.ImportedComments)
	return p
}

// moved are the tables whose rows go to the other paper, and what must not be
// there twice. The last part of a key is the paper's column.
var moved = []struct {
	table string
	once  string // column that, with the paper, is a key; "" where nothing is
}{
	{"votes", "account_id"}, {"comments", ""}, {"arrivals", "kind"},
}

func (s *Store) moveCommunity(ctx context.Context, tx *txn, from, into owner) error {
	exec := func(text string, args ...any) error {
		_, err := tx.exec(ctx, text, args...)
		return err
	}
	for _, m := range moved {
		if m.once != "" {
			if err := exec(`DELETE FROM `+m.table+` WHERE paper_id = $1 AND `+m.once+` IN (SELECT `+m.once+` FROM `+m.table+` WHERE paper_id = $2)`, from.row, into.row); err != nil {
				return err
			}
		}
		if err := exec(`UPDATE `+m.table+` SET paper_id = $2 WHERE paper_id = $1`, from.row, into.row); err != nil {
			return err
		}
	}
	// Comments that a moderator closed are not opened by coming here; whether the
	// paper is shown is the other's own.
	if err := exec(`INSERT INTO paper_states (paper_id, locked_at, reason) SELECT $2, locked_at, reason FROM paper_states WHERE paper_id = $1 AND locked_at IS NOT NULL
	  ON CONFLICT (paper_id) DO UPDATE SET locked_at = coalesce(paper_states.locked_at, excluded.locked_at)`, from.row, into.row); err != nil {
		return err
	}
	return exec(`DELETE FROM paper_states WHERE paper_id = $1`, from.row)
}

// recount counts a paper's votes and comments anew, where rows came otherwise than
// one by one, and gives its public id.
func (s *Store) recount(ctx context.Context, tx *txn, row int64) (key string, err error) {
	st, err := tx.prepare(ctx, `UPDATE papers SET votes = (SELECT count(*) FROM votes v WHERE v.paper_id = papers.id AND v.counts = 1),
	  comments = (SELECT count(*) FROM comments c WHERE c.paper_id = papers.id AND c.state = 'shown') WHERE id = $1 RETURNING key`)
	if err != nil {
		return "", err
	}
	err = st.QueryRowContext(ctx, row).Scan(&key)
	return key, err
}
