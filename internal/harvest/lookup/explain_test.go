package lookup

import (
	"errors"
	"fmt"
	"testing"

	"broadsheet"
	"broadsheet/internal/lib/fetch"
)

// TestExplainUnreachable: who typed an address is to look at it, who named a paper
// of a place that everybody knows is not.
func TestExplainUnreachable(t *testing.T) {
	for place, want := range map[string]string{"arXiv": "try again later", "papers.example": "look whether the address is right"} {
		var e *broadsheet.Error
		if err := explain(fmt.Errorf("get: %w", fetch.ErrUnreachable), place); !errors.As(err, &e) || e.Kind != broadsheet.Unavailable || e.Fix != want {
			t.Errorf("%s: %v, want the fix %q", place, err, want)
		}
	}
}
