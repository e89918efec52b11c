// Package source says what every place that papers come from looks like to
// the harvester: something that is asked for one page after the other, each
// with a checkpoint from which to go on.
package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"broadsheet"
)

// Source is one place that papers come from. Implementations keep nothing
// between calls: all they need to go on is in the cursor.
type Source interface {
	// Name is the source's name, "arxiv-oai".
	Name() string
	// Begin gives the cursor for a harvest that begins now.
	Begin(t Task) (cursor string, err error)
	// Page asks for the page that the cursor stands before. An error means
	// that nothing of it may be stored and the same cursor be tried again.
	Page(ctx context.Context, t Task, cursor string) (Page, error)
	// Next is when it is worth asking again after a harvest that succeeded at
	// that time, with that page last.
	Next(success time.Time, last Page) time.Time
	// Read reads the body of a record that was kept aside.
	Read(r broadsheet.Reject, now time.Time) (broadsheet.Paper, error)
}

// Task is what a harvest is to bring.
type Task struct {
	Now      time.Time
	State    broadsheet.Source // as of the last harvest
	From, To broadsheet.Day    // both days included; "" leaves it to the source
	Sets     []string          // categories instead of the configured ones
	// Outage tells that harvests were missed: look back LookBack.
	Outage bool
	// Known tells which of these papers are stored here.
	Known func(ctx context.Context, ids []string) (map[string]bool, error)
}

// LookBack is how many days a source goes back after an outage and where
// nothing was ever harvested.
const LookBack = 7

// Page is what a source answered, ready to be stored.
type Page struct {
	Papers  []broadsheet.Paper
	Rejects []broadsheet.Reject // Source, At are filled in by the harvester
	Deleted []string            // ids of papers that the source took back
	Cursor  string              // of the next page, or of the next harvest where Done
	Done    bool
	Latest  time.Time // newest date that the source put on an item
	Note    string    // "no announcement today"
	Early   bool      // what was expected is not there yet: ask again soon
	Day     broadsheet.Day
}

// Ref makes a reference for a record without a name of its own, from its
// bytes.
func Ref(where string, body []byte) string {
	sum := sha256.Sum256(body)
	return where + "#" + hex.EncodeToString(sum[:6])
}
