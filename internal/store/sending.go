package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Sending says whether editions are planned and sent at all. It is stored, so
// that one command stops the programs of all machines, and stays so when they
// start again.
type Sending struct {
	Paused bool      `json:"paused"`
	Since  time.Time `json:"since,omitzero"`
	Reason string    `json:"reason,omitempty"`
}

// sendingCursor is where it stands: no row is the usual state, that things are
// sent.
const sendingCursor = "sending"

// Sending reads it.
func (s *Store) Sending(ctx context.Context) (x Sending, err error) {
	text, err := s.Cursor(ctx, sendingCursor)
	if err != nil || text == "" {
		return x, err
	}
	if err := json.Unmarshal([]byte(text), &x); err != nil {
		return x, fmt.Errorf("whether anything is sent: %w", err)
	}
	return x, nil
}

// SetSending changes it.
func (s *Store) SetSending(ctx context.Context, x Sending) error {
	if !x.Paused {
		return s.SetCursor(ctx, sendingCursor, "")
	}
	text, err := json.Marshal(x)
	if err != nil {
		return err
	}
	return s.SetCursor(ctx, sendingCursor, string(text))
}
