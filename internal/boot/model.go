package boot

import (
	"context"
	"fmt"

	"broadsheet/internal/embed/static"
	"broadsheet/internal/lib/segment"
	"broadsheet/internal/search"
)

// Models are those that make the vectors of papers and of queries: the one that
// is built in and, where the operator named a service, that one.
type Models struct {
	builtin   *static.Model
	elsewhere *Elsewhere // nil: none
}

// NewModels gives the models of a site.
func NewModels(elsewhere *Elsewhere) (*Models, error) {
	m, err := static.Load()
	if err != nil {
		return nil, fmt.Errorf("the built-in model: %w", err)
	}
	return &Models{m, elsewhere}, nil
}

// Wanted names the model that the index is to have now: the service's once
// every paper has a vector of it, until then the one that is built in.
func (m *Models) Wanted(ctx context.Context) (string, error) {
	ready, err := m.elsewhere.Ready(ctx)
	if err != nil || !ready {
		return m.builtin.Name(), err
	}
	return m.elsewhere.Name(), nil
}

// Embedder is the model that makes vectors here and now.
func (m *Models) Embedder() search.Embedder { return m.builtin }

// Query gives the vector of a query in the space of a model: nil where the model
// knows nothing in it, or where its service is not the one that is named now.
func (m *Models) Query(ctx context.Context, model, query string) ([]float32, error) {
	switch model {
	case m.builtin.Name():
		v := make([]float32, segment.Dim)
		if !m.builtin.Vector(v, query) {
			return nil, nil
		}
		return v, nil
	case m.elsewhere.Name():
		return m.elsewhere.Query(ctx, query)
	}
	return nil, nil
}
