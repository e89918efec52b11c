package embed

import (
	"context"
	"crypto/sha256"
	"time"

	"broadsheet/internal/lib/vec"
	"broadsheet/internal/store"
)

// Progress says how far the vectors of a model are.
type Progress struct {
	Model   string    `json:"model"`
	Papers  int64     `json:"papers"`
	Vectors int64     `json:"vectors"`
	ReadyAt time.Time `json:"readyAt,omitzero"`
}

// ProgressOf counts; on millions of papers that takes a second. Of a model that
// is not Kept every paper has its vector.
func ProgressOf(ctx context.Context, s *store.Store, m Model) (Progress, error) {
	p := Progress{Model: m.Name()}
	st, err := s.Stats(ctx)
	if err != nil {
		return p, err
	}
	p.Papers, p.Vectors = st.Papers, st.Papers
	if _, kept := m.(Kept); !kept {
		return p, nil
	}
	state, err := s.VectorModel(ctx, p.Model)
	if err != nil {
		return p, err
	}
	p.ReadyAt = state.ReadyAt
	p.Vectors, err = s.VectorCount(ctx, p.Model)
	return p, err
}

// Ready tells whether an index may be built with the model: at once, or where
// the model is Kept, when its Worker has once gone through all papers. It stays
// ready from then on, and costs one short query.
func Ready(ctx context.Context, s *store.Store, m Model) (bool, error) {
	if _, kept := m.(Kept); !kept {
		return true, nil
	}
	state, err := s.VectorModel(ctx, m.Name())
	return !state.ReadyAt.IsZero(), err
}

// quantize makes v a vector to be kept.
func quantize(v []float32) store.Vector {
	if len(v) == 0 {
		return store.Vector{}
	}
	values := make([]int8, len(v))
	scale := vec.Quantize(values, v)
	if scale == 0 {
		return store.Vector{}
	}
	return store.Vector{Scale: scale, Values: values}
}

// hashOf names a text.
func hashOf(text string) store.VectorHash {
	sum := sha256.Sum256([]byte(text))
	return store.VectorHash(sum[:16])
}
