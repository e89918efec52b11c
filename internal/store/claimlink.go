package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"broadsheet"
)

// EditPaper adds to a paper, or takes from it, what a person says of it, and
// writes it into the log. The edits stand in a table of their own and are put
// upon whatever sources tell later. What changes nothing is no error; nothing is
// logged then.
func (s *Store) EditPaper(ctx context.Context, id string, edits []broadsheet.PaperEdit, account int64, x broadsheet.Action) (broadsheet.Paper, error) {
	var out broadsheet.Paper
	err := s.tx(ctx, func(tx *txn) error {
		if err := s.stays(ctx, tx, account); err != nil { // the log would name who is erased
			return err
		}
		o, old, err := s.lockPaper(ctx, tx, id)
		if err != nil {
			return err
		}
		if old.Hidden {
			return broadsheet.Errorf(broadsheet.NotFound, "there is no paper %.100s here", id)
		}
		for i, e := range edits {
			if _, err := tx.exec(ctx, `INSERT INTO paper_edits (paper_id, kind, value, removed, account_id, at) VALUES ($1, $2, $3, $4, $5, $6)
			  ON CONFLICT (paper_id, kind, value) DO UPDATE SET removed = excluded.removed, account_id = excluded.account_id, at = excluded.at`,
				o.row, string(e.Kind), e.Value, flag(e.Removed), account, sortMicros(x.At)+int64(i)); err != nil {
				return err
			}
		}
		all, err := s.editsOf(ctx, tx, []int64{o.row})
		if err != nil {
			return err
		}
		now := amend(old, all[o.row])
		out = now
		if samePaper(old, now) {
			return nil
		}
		w := s.newWriter(tx)
		if err := s.replace(ctx, tx, w, o.row, &old, &now); err != nil {
			return err
		}
		if err := w.flush(ctx); err != nil {
			return err
		}
		x.Kind, x.Object, x.Paper, x.Detail = broadsheet.ObjectPaper, o.key, o.key, saidEdits(edits)
		return s.putAction(ctx, tx, x)
	})
	return out, err
}

// saidEdits are edits in one line.
func saidEdits(edits []broadsheet.PaperEdit) string {
	var b strings.Builder
	for i, e := range edits {
		if i > 0 {
			b.WriteString("; ")
		}
		if e.Removed {
			b.WriteString("no longer ")
		}
		b.WriteString(string(e.Kind) + " " + e.Value)
	}
	return firstBytes(b.String(), 600)
}

// editsOf are the edits of papers by their rows, the oldest first.
func (s *Store) editsOf(ctx context.Context, q queryer, rows []int64) (map[int64][]broadsheet.PaperEdit, error) {
	out := map[int64][]broadsheet.PaperEdit{}
	for part := range slices.Chunk(rows, 500) {
		found, err := q.QueryContext(ctx, s.dialect.rebind(`SELECT paper_id, kind, value, removed FROM paper_edits WHERE paper_id IN (`+placeholders(1, len(part))+`) ORDER BY at, kind, value`), anys(part)...)
		if _, err := collect(found, err, func(r *sql.Rows) (none struct{}, err error) {
			var row int64
			var e broadsheet.PaperEdit
			err = r.Scan(&row, &e.Kind, &e.Value, &e.Removed)
			out[row] = append(out[row], e)
			return none, err
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// linkOf is the kind of link that an edit is about.
var linkOf = map[broadsheet.EditKind]broadsheet.LinkKind{broadsheet.EditCode: broadsheet.LinkCode, broadsheet.EditProject: broadsheet.LinkProject, broadsheet.EditMedia: broadsheet.LinkMedia}

// amend puts edits upon a paper. What was added stands before what sources tell,
// the last first, and keeps the stars that they counted; media, which are shown
// in a row, stand in the order in which they came.
func amend(p broadsheet.Paper, edits []broadsheet.PaperEdit) broadsheet.Paper {
	if len(edits) == 0 {
		return p
	}
	p.Links, p.Organizations = slices.Clone(p.Links), slices.Clone(p.Organizations)
	for _, e := range edits {
		if e.Kind == broadsheet.EditOrganization {
			p.Organizations = amendOrganizations(p.Organizations, e)
			continue
		}
		kind, ok := linkOf[e.Kind]
		if !ok {
			continue // of a later version of this program
		}
		l := broadsheet.Link{Kind: kind, URL: e.Value, AddedBy: "user"}
		place := 0
		if kind == broadsheet.LinkMedia {
			place = len(p.Links)
		}
		if i := slices.IndexFunc(p.Links, func(o broadsheet.Link) bool { return o.Kind == kind && o.URL == e.Value }); i >= 0 {
			l.Stars = p.Links[i].Stars
			p.Links = slices.Delete(p.Links, i, i+1)
			place = min(place, i)
		}
		if !e.Removed {
			p.Links = slices.Insert(p.Links, place, l)
		}
	}
	sortLinks(p.Links)
	return p
}

func amendOrganizations(all []broadsheet.Organization, e broadsheet.PaperEdit) []broadsheet.Organization {
	o := broadsheet.Organization{Key: e.Value}
	if i := slices.IndexFunc(all, func(x broadsheet.Organization) bool { return x.Key == e.Value }); i >= 0 {
		o = all[i]
		all = slices.Delete(all, i, i+1) // clears what was there
	}
	if e.Removed {
		return all
	}
	return slices.Insert(all, 0, o)
}
