package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"broadsheet"
)

const editionColumns = `e.id, e.token, e.topic, e.from_seq, e.to_seq, e.composed_at, e.title, e.picks, e.total`

func scanEdition(rows *sql.Rows) (x broadsheet.Edition, err error) {
	var topic, picks string
	var composed int64
	if err = rows.Scan(&x.ID, &x.Token, &topic, &x.From, &x.To, &composed, &x.Title, &picks, &x.Total); err != nil {
		return x, err
	}
	x.ComposedAt = microTime(composed)
	if x.Topic, err = broadsheet.ParseTopic(topic); err == nil {
		err = json.Unmarshal([]byte(picks), &x.Picks)
	}
	if err != nil {
		return x, fmt.Errorf("edition %d: %w", x.ID, err)
	}
	return x, nil
}

// PutEdition freezes an edition and gives it with its number. Where there is
// one of the same topic and arrivals already, that one stands and is given.
func (s *Store) PutEdition(ctx context.Context, x broadsheet.Edition) (broadsheet.Edition, error) {
	picks, err := json.Marshal(x.Picks)
	if err != nil {
		return x, err
	}
	err = s.tx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `INSERT INTO editions (token, topic, from_seq, to_seq, composed_at, title, picks, total) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		  ON CONFLICT (topic, from_seq, to_seq) DO NOTHING`,
			x.Token, x.Topic.String(), x.From, x.To, x.ComposedAt.UnixMicro(), x.Title, string(picks), x.Total)
		return err
	})
	if err != nil {
		return x, err
	}
	return s.EditionOf(ctx, x.Topic, x.From, x.To)
}

// Edition finds an edition by its public name; NotFound where there is none.
func (s *Store) Edition(ctx context.Context, token string) (broadsheet.Edition, error) {
	return s.oneEdition(ctx, `WHERE e.token = $1`, token)
}

// EditionByID finds an edition by its number.
func (s *Store) EditionByID(ctx context.Context, id int64) (broadsheet.Edition, error) {
	return s.oneEdition(ctx, `WHERE e.id = $1`, id)
}

// EditionOf finds the edition of a topic that was composed of the arrivals after
// from up to to; NotFound where there is none.
func (s *Store) EditionOf(ctx context.Context, topic broadsheet.Topic, from, to int64) (broadsheet.Edition, error) {
	return s.oneEdition(ctx, `WHERE e.topic = $1 AND e.from_seq = $2 AND e.to_seq = $3`, topic.String(), from, to)
}

// Editions are at most limit editions composed before a number, the latest
// first; 0 begins with the latest.
func (s *Store) Editions(ctx context.Context, before int64, limit int) ([]broadsheet.Edition, error) {
	if before <= 0 {
		before = 1<<63 - 1
	}
	return s.editions(ctx, `WHERE e.id < $1 ORDER BY e.id DESC LIMIT $2`, before, limit)
}

func (s *Store) oneEdition(ctx context.Context, tail string, args ...any) (broadsheet.Edition, error) {
	found, err := s.editions(ctx, tail, args...)
	if err == nil && len(found) == 0 {
		return broadsheet.Edition{}, broadsheet.Errorf(broadsheet.NotFound, "there is no such edition")
	}
	if err != nil {
		return broadsheet.Edition{}, err
	}
	return found[0], nil
}

func (s *Store) editions(ctx context.Context, tail string, args ...any) ([]broadsheet.Edition, error) {
	rows, err := s.query(ctx, `SELECT `+editionColumns+` FROM editions e `+tail, args...)
	out, err := collect(rows, err, scanEdition)
	return out, s.explain(err)
}

// PruneEditions removes editions composed before a time whose deliveries have
// all ended, with those deliveries, and gives how many went.
func (s *Store) PruneEditions(ctx context.Context, before time.Time) (gone int64, err error) {
	err = s.quietTx(ctx, func(tx *txn) error {
		const old = `SELECT e.id FROM editions e WHERE e.composed_at < $1
		  AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.edition_id = e.id AND d.state IN ('planned', 'claimed', 'sending'))`
		if _, err := tx.exec(ctx, `DELETE FROM deliveries WHERE edition_id IN (`+old+`)`, before.UnixMicro()); err != nil {
			return err
		}
		res, err := tx.exec(ctx, `DELETE FROM editions WHERE composed_at < $1
		  AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.edition_id = editions.id)`, before.UnixMicro())
		if err != nil {
			return err
		}
		gone, err = res.RowsAffected()
		return err
	})
	return gone, err
}
