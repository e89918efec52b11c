package store

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"slices"
	"time"

	"broadsheet"
)

// Batch is what goes in together, in one transaction.
type Batch struct {
	Papers   []broadsheet.Paper  // found by any of their identities, made where there is none
	Rejects  []broadsheet.Reject // kept aside, once for the same source, ref and body
	Replayed []int64             // rejects that went in after all
	At       time.Time           // when, of Replayed
	Cursors  map[string]string   // checkpoints
	Source   *broadsheet.Source  // state of the source that the batch came from
}

// Result counts what a Batch did.
type Result struct {
	Inserted  int
	Updated   int
	Unchanged int
	Rejected  int // not counting those kept aside before
}

// Put stores a batch. Papers that arrive more than once in it are merged in
// order. It is Invalid where a paper has no identity or no title.
func (s *Store) Put(ctx context.Context, b Batch) (Result, error) {
	groups, err := distinct(b.Papers)
	if err != nil {
		return Result{}, err
	}
	var res Result
	err = s.tx(ctx, func(tx *txn) error {
		res = Result{}
		for _, group := range groups {
			if err := s.putPapers(ctx, tx, group, &res); err != nil {
				return fmt.Errorf("put papers: %w", err)
			}
		}
		n, err := s.putRejects(ctx, tx, b.Rejects)
		if err != nil {
			return fmt.Errorf("put rejects: %w", err)
		}
		res.Rejected = n
		if err := s.markReplayed(ctx, tx, b.Replayed, b.At); err != nil {
			return err
		}
		for name, value := range b.Cursors {
			if err := s.putCursor(ctx, tx, name, value); err != nil {
				return err
			}
		}
		if b.Source != nil {
			return s.putSource(ctx, tx, *b.Source)
		}
		return nil
	})
	return res, err
}

// distinct normalizes papers and splits them, in order, into groups in which
// no identity appears twice.
func distinct(papers []broadsheet.Paper) ([][]broadsheet.Paper, error) {
	var groups [][]broadsheet.Paper
	var group []broadsheet.Paper
	seen := map[string]bool{}
	for _, p := range papers {
		normalize(&p)
		if p.ID == "" {
			return nil, broadsheet.InvalidField("id", fmt.Sprintf("the paper %q has none", p.Title), "give an arXiv id, a DOI or scheme:value")
		}
		if p.Title == "" {
			return nil, broadsheet.InvalidField("title", "the paper "+p.ID+" has none", "give one")
		}
		if slices.ContainsFunc(p.IDs, func(id broadsheet.SourceID) bool { return seen[id.ID()] }) {
			groups, group = append(groups, group), nil
			clear(seen)
		}
		for _, id := range p.IDs {
			seen[id.ID()] = true
		}
		group = append(group, p)
	}
	if len(group) > 0 {
		groups = append(groups, group)
	}
	return groups, nil
}

// putPapers stores papers of which no two share an identity.
func (s *Store) putPapers(ctx context.Context, tx *txn, papers []broadsheet.Paper, res *Result) error {
	owners, err := s.owners(ctx, tx, papers)
	if err != nil {
		return err
	}
	var fresh, known []int // indexes into papers
	rowIDs := make([]int64, len(papers))
	for i := range papers {
		if rowIDs[i] = match(&papers[i], owners); rowIDs[i] == 0 {
			fresh = append(fresh, i)
		} else {
			known = append(known, i)
		}
	}
	w := s.newWriter(tx)
	ids, err := s.freshIDs(ctx, tx, len(fresh))
	if err != nil {
		return err
	}
	for n, i := range fresh {
		disown(&papers[i], owners, ids[n])
	}
	if err := w.insertAll(ctx, papers, fresh, ids); err != nil {
		return err
	}
	res.Inserted += len(fresh)
	if err := s.updatePapers(ctx, tx, w, papers, rowIDs, known, owners, res); err != nil {
		return err
	}
	return w.flush(ctx)
}

// owners finds which row holds each identity of the papers.
func (s *Store) owners(ctx context.Context, tx *txn, papers []broadsheet.Paper) (map[string]owner, error) {
	idents := make([]string, 0, len(papers)*2)
	for i := range papers {
		for _, id := range papers[i].IDs {
			idents = append(idents, id.ID())
		}
	}
	return s.rowsOf(ctx, tx, idents)
}

// owner is the paper that holds an identity.
type owner struct {
	row int64
	key string // its public id
}

// rowsOf maps identities to the papers that hold them; unknown ones are absent.
func (s *Store) rowsOf(ctx context.Context, q queryer, idents []string) (map[string]owner, error) {
	out := make(map[string]owner, len(idents))
	for part := range slices.Chunk(idents, 500) {
		rows, err := q.QueryContext(ctx, s.dialect.rebind(`SELECT i.ident, i.paper_id, p.key FROM paper_ids i
		  JOIN papers p ON p.id = i.paper_id WHERE i.ident IN (`+placeholders(1, len(part))+`)`), anys(part)...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var ident string
			var o owner
			if err := rows.Scan(&ident, &o.row, &o.key); err != nil {
				rows.Close()
				return nil, err
			}
			out[ident] = o
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// match is the row of the paper, or 0. Its own id decides; another identity
// (a DOI) only counts for a paper that is not known by another id of the same
// scheme: two arXiv papers may carry one DOI and stay two.
func match(p *broadsheet.Paper, owners map[string]owner) int64 {
	if o, ok := owners[p.ID]; ok {
		return o.row
	}
	scheme := broadsheet.SplitID(p.ID).Scheme
	for _, id := range p.IDs {
		if o, ok := owners[id.ID()]; ok && broadsheet.SplitID(o.key).Scheme != scheme {
			return o.row
		}
	}
	return 0
}

// disown drops the identities that another paper holds.
func disown(p *broadsheet.Paper, owners map[string]owner, row int64) {
	p.IDs = slices.DeleteFunc(slices.Clone(p.IDs), func(id broadsheet.SourceID) bool {
		o, ok := owners[id.ID()]
		return ok && o.row != row
	})
}

func (s *Store) freshIDs(ctx context.Context, tx *txn, n int) ([]int64, error) {
	if n == 0 {
		return nil, nil
	}
	rows, err := tx.QueryContext(ctx, s.dialect.rebind(s.dialect.nextIDs()), n)
	return collect(rows, err, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
}

// updatePapers merges papers into the rows that hold them already and writes
// those that became different.
func (s *Store) updatePapers(ctx context.Context, tx *txn, w *writer, papers []broadsheet.Paper, rowIDs []int64,
	known []int, owners map[string]owner, res *Result) error {
	if len(known) == 0 {
		return nil
	}
	want := make([]int64, len(known))
	for n, i := range known {
		want[n] = rowIDs[i]
	}
	if err := s.lock(ctx, tx, want); err != nil {
		return err
	}
	stored, err := s.load(ctx, tx, want, true)
	if err != nil {
		return err
	}
	edits, err := s.editsOf(ctx, tx, want)
	if err != nil {
		return err
	}
	counted, err := s.countedHere(ctx, tx, stored, papers, rowIDs, known)
	if err != nil {
		return err
	}
	touched := map[int64]bool{}
	for _, i := range known {
		if touched[rowIDs[i]] { // two records of one paper: the second sees the first
			if err := w.flush(ctx); err != nil {
				return err
			}
		}
		touched[rowIDs[i]] = true
		old, ok := stored[rowIDs[i]]
		if !ok {
			return fmt.Errorf("paper %s: its row %d is missing", papers[i].ID, rowIDs[i])
		}
		disown(&papers[i], owners, rowIDs[i])
		counted[rowIDs[i]].keep(&papers[i])
		merged := amend(merge(old, papers[i]), edits[rowIDs[i]])
		w.facts(&papers[i])
		if samePaper(old, merged) {
			res.Unchanged++
			continue
		}
		if err := s.replace(ctx, tx, w, rowIDs[i], &old, &merged); err != nil {
			return fmt.Errorf("paper %s: %w", merged.ID, err)
		}
		stored[rowIDs[i]] = merged
		res.Updated++
	}
	return nil
}

// lock keeps other writers from the rows until the transaction ends: of two
// that merge into what both have read, the later would undo the earlier.
func (s *Store) lock(ctx context.Context, tx *txn, rows []int64) error {
	if s.dialect.lockRows() == "" {
		return nil
	}
	for part := range slices.Chunk(slices.Sorted(slices.Values(rows)), 500) {
		if _, err := tx.ExecContext(ctx, s.dialect.rebind(`SELECT id FROM papers WHERE id IN (`+placeholders(1, len(part))+`)`+s.dialect.lockRows()), anys(part)...); err != nil {
			return fmt.Errorf("lock papers: %w", err)
		}
	}
	return nil
}

// samePaper compares what is stored of two papers: organisations and people by
// key, since their facts have rows of their own.
func samePaper(a, b broadsheet.Paper) bool {
	return reflect.DeepEqual(bare(a), bare(b))
}

func bare(p broadsheet.Paper) broadsheet.Paper {
	p.Organizations = slices.Clone(p.Organizations)
	for i := range p.Organizations {
		p.Organizations[i] = broadsheet.Organization{Key: p.Organizations[i].Key}
	}
	p.Features = slices.Clone(p.Features)
	for i, f := range p.Features {
		if f.Submitter != nil {
			p.Features[i].Submitter = &broadsheet.Person{Key: f.Submitter.Key}
		}
	}
	p.AuthorCount = max(p.AuthorCount, len(p.Authors))
	return empty(p)
}

// empty makes empty slices nil, as a row read back has them.
func empty(p broadsheet.Paper) broadsheet.Paper {
	p.IDs, p.Authors, p.Categories = p.IDs[:len(p.IDs):len(p.IDs)], orNil(p.Authors), orNil(p.Categories)
	p.Keywords, p.Organizations, p.Versions = orNil(p.Keywords), orNil(p.Organizations), orNil(p.Versions)
	p.Links, p.Features = orNil(p.Links), orNil(p.Features)
	return p
}

func orNil[T any](xs []T) []T {
	if len(xs) == 0 {
		return nil
	}
	return xs
}
