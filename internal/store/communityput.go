package store

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
)

// PutCommunity stores rows of what people did, in their order, and gives how many
// were added. What is here stays as it is. A row that refers to what is not here
// (a paper, or an account whose name or mailbox somebody else has) is left out.
// Counters of papers and what is made of claims follow.
func (s *Store) PutCommunity(ctx context.Context, rows []CommunityRow) (added, left int, err error) {
	err = s.tx(ctx, func(tx *txn) error {
		p := &communityPut{s: s, tx: tx, refs: map[string]int64{}, papers: map[int64]bool{}, edited: map[int64]bool{}}
		for i := range rows {
			if err := p.put(ctx, &rows[i]); err != nil {
				return err
			}
		}
		added, left = p.added, p.left
		return p.settle(ctx)
	})
	return added, left, err
}

type communityPut struct {
	s           *Store
	tx          *txn
	refs        map[string]int64 // "account TOKEN" to its row; 0: there is none
	papers      map[int64]bool   // whose counters change
	edited      map[int64]bool   // to which people added something
	names       []string         // authors who are to be grouped anew
	added, left int
}

func (p *communityPut) put(ctx context.Context, r *CommunityRow) error {
	i := slices.IndexFunc(communityTables, func(c carried) bool { return c.table == r.Table })
	if err := r.Check(); err != nil {
		return err
	}
	c := communityTables[i]
	names, args := make([]string, len(c.columns)), make([]any, len(c.columns))
	paper := int64(0)
	for i, col := range c.columns {
		names[i], args[i] = col.name, r.Values[col.name]
		if col.kind != '>' {
			continue
		}
		row, err := p.row(ctx, col.of, r.Values[col.name].(string))
		if err != nil {
			return err
		}
		if row < 0 {
			if paper != 0 && (c.table == "votes" || c.table == "comments") {
				p.papers[paper] = true // its number counts whom this site does not know
			}
			p.left++
			return nil
		}
		if args[i] = row; col.of == "paper" {
			paper = row
		}
	}
	if c.alike {
		var same []string
		var alike []any
		for i, name := range names {
			if c.columns[i].kind != '?' { // what became of it since makes no other
				alike = append(alike, args[i])
				same = append(same, name+" = $"+strconv.Itoa(len(alike)))
			}
		}
		st, err := p.tx.prepare(ctx, `SELECT count(*) FROM `+c.table+` WHERE `+strings.Join(same, " AND "))
		if err != nil {
			return err
		}
		var n int
		if err := st.QueryRowContext(ctx, alike...).Scan(&n); err != nil || n > 0 {
			return err
		}
	}
	res, err := p.tx.exec(ctx, `INSERT INTO `+c.table+` (`+strings.Join(names, ", ")+`) VALUES (`+placeholders(1, len(names))+`) ON CONFLICT DO NOTHING`, args...)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	p.added += int(n)
	if n > 0 && paper != 0 {
		p.papers[paper] = true
		if c.table == "paper_edits" {
			p.edited[paper] = true
		}
	}
	if n > 0 && (c.table == "claims" || c.table == "author_aliases") {
		key, _ := r.Values["author_key"].(string)
		if c.table == "author_aliases" {
			key, _ = r.Values["key"].(string)
		}
		p.names = append(p.names, key)
	}
	return err
}

// row is the row that a name stands for: 0 for the empty name, -1 where there is none.
func (p *communityPut) row(ctx context.Context, of, name string) (int64, error) {
	if name == "" {
		return 0, nil
	}
	if row, ok := p.refs[of+" "+name]; ok {
		return row, nil
	}
	st, err := p.tx.prepare(ctx, refTables[of].row)
	if err != nil {
		return 0, err
	}
	var row int64
	switch err := st.QueryRowContext(ctx, name).Scan(&row); {
	case err == sql.ErrNoRows:
		return -1, nil // it may come later in the batch
	case err != nil:
		return 0, err
	}
	p.refs[of+" "+name] = row
	return row, nil
}

// settle counts anew what rows brought.
func (p *communityPut) settle(ctx context.Context) error {
	var rows []int64
	for row := range p.papers {
		rows = append(rows, row)
	}
	slices.Sort(rows)
	for _, row := range rows {
		var key string
		st, err := p.tx.prepare(ctx, `UPDATE papers SET votes = (SELECT count(*) FROM votes v WHERE v.paper_id = papers.id AND v.counts = 1),
		  comments = (SELECT count(*) FROM comments c WHERE c.paper_id = papers.id AND c.state = 'shown') WHERE id = $1 RETURNING key`)
		if err != nil {
			return err
		}
		if err := st.QueryRowContext(ctx, row).Scan(&key); err != nil {
			return err
		}
		p.tx.tally(row, key, 0, 0)
		if p.edited[row] {
			if err := p.amend(ctx, row, key); err != nil {
				return err
			}
		}
	}
	return p.s.regroup(ctx, p.tx, p.names...)
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
