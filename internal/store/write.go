package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"broadsheet"

	"github.com/klauspost/compress/zstd"
)

// writer holds the bulk inserts of one group of papers.
type writer struct {
	papers, texts, ids, entries, orgs, people, features, records, changes *bulk
	orgFacts, personFacts                                                 map[string]fact
	idRows                                                                []idRow
	listRows                                                              []listRow
}

// Rows of tables whose keys are strewn all over are gathered and inserted in
// the order of their keys: neighbours share the pages that are still at hand.
type idRow struct {
	ident string
	row   int64
}

type listRow struct {
	entry
	row int64
}

// fact is a row about an organisation or a person as of a date.
type fact struct {
	key, name, avatar, sourceID string
	asOf                        int64
}

func (s *Store) newWriter(tx *txn) *writer {
	const columns = "key, name, avatar_url, source_id, as_of"
	return &writer{
		papers: s.newBulk(tx, "papers", `id, key, origin, published_at, updated_at, announced_on, seen_at, categories,
		  has_code, withdrawn, imported_votes, imported_comments, votes, comments, hidden`, ""),
		texts:       s.newBulk(tx, "paper_texts", "paper_id, title, abstract, tldr, authors, details", ""),
		ids:         s.newBulk(tx, "paper_ids", "ident, paper_id", ""),
		entries:     s.newBulk(tx, "list_entries", "kind, key, at, paper_id", ""),
		orgs:        s.newBulk(tx, "organizations", columns, renewFacts("organizations")),
		people:      s.newBulk(tx, "people", columns, renewFacts("people")),
		features:    s.newBulk(tx, "features", "day, paper_id, position, featured_at, person_key, title, votes, comments", ""),
		records:     s.newBulk(tx, "feature_records", "paper_id, day, wire", ""),
		changes:     s.newBulk(tx, "changes", "kind, key", ""),
		orgFacts:    map[string]fact{},
		personFacts: map[string]fact{},
	}
}

// renewFacts lets newer facts replace older ones and nothing erase a fact.
func renewFacts(table string) string {
	set := func(column string) string {
		return column + " = CASE WHEN excluded." + column + " = '' THEN " + table + "." + column + " ELSE excluded." + column + " END"
	}
	return "ON CONFLICT (key) DO UPDATE SET " + set("name") + ", " + set("avatar_url") + ", " + set("source_id") +
		", as_of = excluded.as_of WHERE excluded.as_of >= " + table + ".as_of"
}

func (w *writer) flush(ctx context.Context) error {
	for _, kind := range []struct {
		facts map[string]fact
		rows  *bulk
	}{{w.orgFacts, w.orgs}, {w.personFacts, w.people}} {
		for _, key := range slices.Sorted(maps.Keys(kind.facts)) {
			f := kind.facts[key]
			if err := kind.rows.add(ctx, f.key, f.name, f.avatar, f.sourceID, f.asOf); err != nil {
				return err
			}
		}
		clear(kind.facts)
	}
	if err := w.sorted(ctx); err != nil {
		return err
	}
	for _, b := range []*bulk{w.papers, w.texts, w.ids, w.entries, w.orgs, w.people, w.features, w.records, w.changes} {
		if err := b.flush(ctx); err != nil {
			return err
		}
	}
	return nil
}

// sorted queues the rows that wait to be put in order.
func (w *writer) sorted(ctx context.Context) error {
	slices.SortFunc(w.idRows, func(a, b idRow) int { return strings.Compare(a.ident, b.ident) })
	for _, r := range w.idRows {
		if err := w.ids.add(ctx, r.ident, r.row); err != nil {
			return err
		}
	}
	slices.SortFunc(w.listRows, compareListRows)
	for _, r := range w.listRows {
		if err := w.entries.add(ctx, r.kind, r.key, r.at, r.row); err != nil {
			return err
		}
	}
	w.idRows, w.listRows = w.idRows[:0], w.listRows[:0]
	return nil
}

// compareListRows stops at the first difference: it is called millions of times.
func compareListRows(a, b listRow) int {
	if c := strings.Compare(a.kind, b.kind); c != 0 {
		return c
	}
	if c := strings.Compare(a.key, b.key); c != 0 {
		return c
	}
	if c := cmp.Compare(a.at, b.at); c != 0 {
		return c
	}
	return cmp.Compare(a.row, b.row)
}

// facts queues what the paper tells about organisations and people. A key
// stands in a statement once: PostgreSQL refuses to update a row twice.
func (w *writer) facts(p *broadsheet.Paper) {
	asOf := sortMicros(p.PublishedAt)
	for _, f := range p.Features {
		at := sortMicros(f.FeaturedAt)
		asOf = max(asOf, at)
		if f.Submitter != nil && f.Submitter.Key != "" {
			keepNewer(w.personFacts, fact{f.Submitter.Key, f.Submitter.Name, f.Submitter.AvatarURL, f.Submitter.SourceID, at})
		}
	}
	for _, o := range p.Organizations {
		if o.Key != "" && (o.Name != "" || o.AvatarURL != "") {
			keepNewer(w.orgFacts, fact{o.Key, o.Name, o.AvatarURL, o.SourceID, asOf})
		}
	}
}

func keepNewer(facts map[string]fact, f fact) {
	old, ok := facts[f.key]
	if ok && old.asOf > f.asOf {
		return
	}
	if f.name == "" {
		f.name = old.name
	}
	if f.avatar == "" {
		f.avatar = old.avatar
	}
	if f.sourceID == "" {
		f.sourceID = old.sourceID
	}
	facts[f.key] = f
}

// prepared is what a new paper's rows hold.
type prepared struct {
	narrow, wide []any
	entries      map[entry]bool
	err          error
}

// prepare makes the rows of papers, in order, on a goroutine of its own: an
// import has a processor to spare while the database works. It ends with ctx.
func prepare(ctx context.Context, papers []broadsheet.Paper, which []int) <-chan prepared {
	const ahead = 64
	out := make(chan prepared, ahead)
	go func() {
		defer close(out)
		for _, i := range which {
			p := &papers[i]
			r := prepared{narrow: narrow(p), entries: entries(p)}
			r.wide, r.err = wideRow(p)
			select {
			case out <- r:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// insertAll queues the rows of new papers.
func (w *writer) insertAll(ctx context.Context, papers []broadsheet.Paper, which []int, ids []int64) error {
	preparing, stop := context.WithCancel(ctx)
	rows := prepare(preparing, papers, which)
	defer func() { // papers are the caller's again when this returns
		stop()
		for range rows {
		}
	}()
	for n, i := range which {
		r, ok := <-rows
		if !ok {
			return ctx.Err()
		}
		if err := w.insert(ctx, ids[n], &papers[i], r); err != nil {
			return fmt.Errorf("paper %s: %w", papers[i].ID, err)
		}
	}
	return nil
}

// insert queues every row of a new paper.
func (w *writer) insert(ctx context.Context, row int64, p *broadsheet.Paper, r prepared) error {
	if r.err != nil {
		return r.err
	}
	if err := w.papers.add(ctx, append([]any{row}, r.narrow...)...); err != nil {
		return err
	}
	if err := w.texts.add(ctx, append([]any{row}, r.wide...)...); err != nil {
		return err
	}
	for _, id := range p.IDs {
		w.idRows = append(w.idRows, idRow{id.ID(), row})
	}
	for e := range r.entries {
		w.listRows = append(w.listRows, listRow{e, row})
	}
	w.facts(p)
	if err := w.insertFeatures(ctx, row, p.Features); err != nil {
		return err
	}
	return w.changed(ctx, broadsheet.ChangePaper, p.ID)
}

func (w *writer) insertFeatures(ctx context.Context, row int64, features []broadsheet.Feature) error {
	for _, f := range features {
		person := ""
		if f.Submitter != nil {
			person = f.Submitter.Key
		}
		if err := w.features.add(ctx, string(f.Day), row, f.Position, micros(f.FeaturedAt), text(person), f.Title, f.Votes, f.Comments); err != nil {
			return err
		}
		if len(f.Wire) > 0 {
			if err := w.records.add(ctx, row, string(f.Day), squeeze(f.Wire)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writer) changed(ctx context.Context, kind broadsheet.ChangeKind, id string) error {
	return w.changes.add(ctx, string(kind), id)
}

// narrow is the row of papers without its id.
func narrow(p *broadsheet.Paper) []any {
	return []any{p.ID, int64(p.Origin), micros(p.PublishedAt), micros(p.UpdatedAt), text(string(p.AnnouncedOn)), micros(p.SeenAt),
		strings.Join(p.Categories, " "), flag(p.Link(broadsheet.LinkCode) != nil), flag(p.Withdrawn),
		p.ImportedVotes, p.ImportedComments, p.Votes, p.Comments, flag(p.Hidden)}
}

// wideRow is the row of paper_texts without its id.
func wideRow(p *broadsheet.Paper) ([]any, error) {
	authors, err := authorsJSON(p.Authors)
	if err != nil {
		return nil, err
	}
	details, err := jsonText(detailsOf(p))
	if err != nil {
		return nil, err
	}
	return []any{p.Title, p.Abstract, p.TLDR, authors, details}, nil
}

// replace writes what differs between the stored paper and the merged one.
func (s *Store) replace(ctx context.Context, tx *txn, w *writer, row int64, old, merged *broadsheet.Paper) error {
	exec := func(text string, args ...any) error {
		_, err := tx.exec(ctx, text, args...)
		return err
	}
	err := exec(`UPDATE papers SET key = $1, origin = $2, published_at = $3, updated_at = $4, announced_on = $5, seen_at = $6,
	  categories = $7, has_code = $8, withdrawn = $9, imported_votes = $10, imported_comments = $11, votes = $12, comments = $13,
	  hidden = $14 WHERE id = $15`, append(narrow(merged), row)...)
	if err != nil {
		return err
	}
	wide, err := wideRow(merged)
	if err != nil {
		return err
	}
	err = exec(`UPDATE paper_texts SET title = $1, abstract = $2, tldr = $3, authors = $4, details = $5 WHERE paper_id = $6`, append(wide, row)...)
	if err != nil {
		return err
	}
	for _, id := range merged.IDs {
		if !slices.Contains(old.IDs, id) {
			w.idRows = append(w.idRows, idRow{id.ID(), row})
		}
	}
	before, after := entries(old), entries(merged)
	for e := range before {
		if !after[e] {
			if err := exec(`DELETE FROM list_entries WHERE kind = $1 AND key = $2 AND at = $3 AND paper_id = $4`, e.kind, e.key, e.at, row); err != nil {
				return err
			}
		}
	}
	for e := range after {
		if !before[e] {
			w.listRows = append(w.listRows, listRow{e, row})
		}
	}
	return s.replaceFeatures(ctx, w, row, old, merged, exec)
}

func (s *Store) replaceFeatures(ctx context.Context, w *writer, row int64, old, merged *broadsheet.Paper, exec func(string, ...any) error) error {
	kind := broadsheet.ChangePaper
	var fresh []broadsheet.Feature
	for _, f := range merged.Features {
		if slices.ContainsFunc(old.Features, func(o broadsheet.Feature) bool { return sameFeature(o, f) }) {
			continue
		}
		kind = broadsheet.ChangeFeature
		fresh = append(fresh, f)
		for _, text := range []string{`DELETE FROM features WHERE paper_id = $1 AND day = $2`, `DELETE FROM feature_records WHERE paper_id = $1 AND day = $2`} {
			if err := exec(text, row, string(f.Day)); err != nil {
				return err
			}
		}
	}
	if err := w.insertFeatures(ctx, row, fresh); err != nil {
		return err
	}
	if old.ID != merged.ID { // known by its arXiv id from now on
		if err := w.changed(ctx, broadsheet.ChangeDelete, old.ID); err != nil {
			return err
		}
	}
	return w.changed(ctx, kind, merged.ID)
}

func sameFeature(a, b broadsheet.Feature) bool {
	return samePaper(broadsheet.Paper{Features: []broadsheet.Feature{a}}, broadsheet.Paper{Features: []broadsheet.Feature{b}})
}

// One encoder and decoder serve everybody: both are safe for concurrent use
// with EncodeAll and DecodeAll.
var (
	zstdEncoder, _ = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault))
	zstdDecoder, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
)

func squeeze(b []byte) []byte { return zstdEncoder.EncodeAll(b, nil) }

func unsqueeze(b []byte) ([]byte, error) { return zstdDecoder.DecodeAll(b, nil) }
