package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"broadsheet"
)

// VectorHash names the text that a vector was made of: the first 16 bytes of
// its SHA-256, or whatever its maker compares.
type VectorHash [16]byte

// Vector is a paper's vector as kept: number k is Values[k]*Scale. Without
// Values the model knows nothing in the paper's text.
type Vector struct {
	PaperID string
	Hash    VectorHash
	Scale   float32
	Values  []int8
}

// PutVectors stores vectors of a model that UseVectorModel made known, in one
// transaction, and tells how many papers they are of: vectors of papers that
// are not here are dropped. Once the model is ready every vector comes with a
// change row of kind ChangeVectors; before, nobody uses them, and whoever
// begins to reads them all.
func (s *Store) PutVectors(ctx context.Context, model string, vectors []Vector) (int, error) {
	n := 0
	err := s.quietTx(ctx, func(tx *txn) (err error) {
		n, err = s.putVectors(ctx, tx, model, vectors)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("put vectors: %w", err)
	}
	return n, nil
}

func (s *Store) putVectors(ctx context.Context, tx *txn, model string, vectors []Vector) (int, error) {
	// The model's row is held, so that it does not become ready unseen.
	var id, ready int64
	err := tx.QueryRowContext(ctx, s.dialect.rebind(`SELECT id, ready_at FROM vector_models WHERE name = $1`+s.dialect.shareRow()), model).Scan(&id, &ready)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, broadsheet.Errorf(broadsheet.Conflict, "there is no model %s: its vectors were removed", model)
	}
	if err != nil {
		return 0, err
	}
	rows, err := s.vectorRows(ctx, tx, vectors)
	if err != nil {
		return 0, err
	}
	put := s.newBulk(tx, "vectors", "model_id, paper_id, hash, scale, vector",
		"ON CONFLICT (model_id, paper_id) DO UPDATE SET hash = excluded.hash, scale = excluded.scale, vector = excluded.vector")
	changes := s.newBulk(tx, "changes", "kind, key", "")
	for _, r := range rows {
		if err := put.add(ctx, id, r.row, r.v.Hash[:], float64(r.v.Scale), toBytes(r.v.Values)); err != nil {
			return 0, err
		}
		if ready == 0 {
			continue
		}
		if err := changes.add(ctx, string(broadsheet.ChangeVectors), r.key); err != nil {
			return 0, err
		}
	}
	if err := put.flush(ctx); err != nil {
		return 0, err
	}
	return len(rows), changes.flush(ctx)
}

// vectorRow is a vector and the paper that it belongs to.
type vectorRow struct {
	owner
	v *Vector
}

// vectorRows finds the papers of vectors and keeps them from being deleted
// until the transaction ends. Of two vectors for one paper the later counts:
// PostgreSQL refuses to update a row twice.
func (s *Store) vectorRows(ctx context.Context, tx *txn, vectors []Vector) ([]vectorRow, error) {
	ids := make([]string, len(vectors))
	for i := range vectors {
		ids[i] = vectors[i].PaperID
	}
	owners, err := s.rowsOf(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	found := map[int64]vectorRow{}
	var order []int64
	for i := range vectors {
		if o, ok := owners[vectors[i].PaperID]; ok {
			found[o.row] = vectorRow{o, &vectors[i]}
			order = append(order, o.row)
		}
	}
	slices.Sort(order)
	order = slices.Compact(order)
	var out []vectorRow
	for part := range slices.Chunk(order, 500) {
		rows, err := tx.QueryContext(ctx, s.dialect.rebind(`SELECT id FROM papers WHERE id IN (`+placeholders(1, len(part))+`)`+s.dialect.lockRows()), anys(part)...)
		there, err := collect(rows, err, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
		if err != nil {
			return nil, err
		}
		for _, id := range there {
			out = append(out, found[id])
		}
	}
	return out, nil
}

// Vectors reads vectors by any identity of their papers; papers without one
// are absent.
func (s *Store) Vectors(ctx context.Context, model string, ids []string) (map[string]Vector, error) {
	out := make(map[string]Vector, len(ids))
	for part := range slices.Chunk(ids, 500) {
		rows, err := s.query(ctx, `SELECT i.ident, p.key, v.hash, v.scale, v.vector FROM paper_ids i JOIN papers p ON p.id = i.paper_id
		  JOIN vectors v ON v.paper_id = i.paper_id AND v.model_id = (SELECT id FROM vector_models WHERE name = $1)
		  WHERE i.ident IN (`+placeholders(2, len(part))+`)`, append([]any{model}, anys(part)...)...)
		_, err = collect(rows, err, func(r *sql.Rows) (struct{}, error) {
			ident, v, err := scanVector(r)
			out[ident] = v
			return struct{}{}, err
		})
		if err != nil {
			return nil, fmt.Errorf("read vectors: %w", s.explain(err))
		}
	}
	return out, nil
}

func scanVector(r *sql.Rows) (ident string, v Vector, err error) {
	var hash, values []byte
	var scale float64
	if err := r.Scan(&ident, &v.PaperID, &hash, &scale, &values); err != nil {
		return "", v, err
	}
	copy(v.Hash[:], hash)
	v.Scale, v.Values = float32(scale), toInt8s(values)
	return ident, v, nil
}

// VectorCount counts the papers that have a vector of the model; on millions
// that takes a second.
func (s *Store) VectorCount(ctx context.Context, model string) (int64, error) {
	var n int64
	err := s.queryRow(ctx, `SELECT count(*) FROM vectors WHERE model_id = (SELECT id FROM vector_models WHERE name = $1)`, model).Scan(&n)
	return n, s.explain(err)
}

func toBytes(v []int8) []byte {
	out := make([]byte, len(v))
	for i, x := range v {
		out[i] = byte(x)
	}
	return out
}

func toInt8s(b []byte) []int8 {
	if len(b) == 0 {
		return nil
	}
	out := make([]int8, len(b))
	for i, x := range b {
		out[i] = int8(x)
	}
	return out
}
