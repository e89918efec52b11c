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
// (a paper, or an account whose name or mailbox somebody else has) is left out, and
// so is what the deletion of an account removed here: gone is told of such accounts
// as their rows come, and is the same map for all parts of an export. Counters of
// papers and comments and what is made of claims follow.
func (s *Store) PutCommunity(ctx context.Context, rows []CommunityRow, gone GoneNames) (added, left int, err error) {
	err = s.tx(ctx, func(tx *txn) error {
		p := &communityPut{s: s, tx: tx, gone: gone, refs: map[string]int64{}, empty: map[int64]bool{}, papers: map[int64]bool{}, comments: map[int64]bool{}, edited: map[int64]bool{}}
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
	gone        GoneNames
	refs        map[string]int64 // "account TOKEN" to its row; 0: there is none
	empty       map[int64]bool   // accounts that are deleted here
	papers      map[int64]bool   // whose counters change
	comments    map[int64]bool   // whose counters change
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
	here := map[string]int64{} // what it refers to: rows by what they are of
	missing := !p.gone.rename(r)
	for i, col := range c.columns {
		names[i], args[i] = col.name, r.Values[col.name]
		if col.kind != '>' {
			continue
		}
		row, err := p.row(ctx, col.of, r.Values[col.name].(string))
		if err != nil {
			return err
		}
		args[i], here[col.of] = row, row
		missing = missing || row < 0
	}
	if missing || p.empty[here["account"]] && !staysOfGone(r) {
		p.recount(c.table, here) // its numbers count whom this site does not know
		p.left++
		return nil
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
	if err != nil {
		return err
	}
	p.added += int(n)
	switch {
	case n == 0 && c.table == "accounts":
		return p.met(ctx, r)
	case n == 0:
		return nil
	case c.table == "claims":
		p.names = append(p.names, r.Values["author_key"].(string))
	case c.table == "author_aliases":
		p.names = append(p.names, r.Values["key"].(string))
	case c.table == "organization_pages": // what sources tell does not change it here either
		_, err = p.tx.exec(ctx, `UPDATE organizations SET as_of = $2 WHERE key = $1`, r.Values["key"], editedByPeople)
	}
	p.recount(c.table, here)
	if row := here["paper"]; row > 0 {
		p.papers[row] = true
		p.edited[row] = p.edited[row] || c.table == "paper_edits"
	}
	return err
}

// recount notes whose counters a row of a table changes.
func (p *communityPut) recount(table string, here map[string]int64) {
	switch table {
	case "votes", "comments":
		if row := here["paper"]; row > 0 {
			p.papers[row] = true
		}
	case "comment_votes", "comment_reactions":
		if row := here["comment"]; row > 0 {
			p.comments[row] = true
		}
	}
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
	switch err = st.QueryRowContext(ctx, name).Scan(&row); {
	case err == sql.ErrNoRows:
		return -1, nil // it may come later in the batch
	case err != nil:
		return 0, err
	}
	if of == "account" {
		if p.empty[row], err = p.deleted(ctx, row); err != nil {
			return 0, err
		}
	}
	p.refs[of+" "+name] = row
	return row, nil
}
