package embedtest

import (
	"context"
	"sync"

	"broadsheet/internal/embed"
)

// Model is a model in the same process that counts what it is asked. It is
// embed.Kept.
type Model struct {
	Called string // its name
	// Before is called before each answer, with the number of the call from 1 and
	// the texts; an error is the answer. May be nil.
	Before func(ctx context.Context, call int, texts []string) error

	mu    sync.Mutex
	calls int
	asked []string
	spent int64
}

// Name is the name it was given.
func (m *Model) Name() string { return m.Called }

// Embed gives vectors as a Server does; a text without words has none. Ten
// tokens a text.
func (m *Model) Embed(ctx context.Context, kind embed.Kind, texts []string) ([][]float32, error) {
	m.mu.Lock()
	m.calls++
	call := m.calls
	m.mu.Unlock()
	if m.Before != nil {
		if err := m.Before(ctx, call, texts); err != nil {
			return nil, err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked = append(m.asked, texts...)
	if kind == embed.Document {
		m.spent += 10 * int64(len(texts))
	}
	out := make([][]float32, len(texts))
	for i, t := range texts {
		out[i] = Vector(t, embed.Dim)
	}
	return out, nil
}

// Spent is ten tokens for each document.
func (m *Model) Spent() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.spent
}

// Asked gives the texts that were answered since the last call.
func (m *Model) Asked() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := m.asked
	m.asked = nil
	return out
}

// Calls is how often it was asked.
func (m *Model) Calls() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls
}
