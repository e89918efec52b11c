package arxivcal_test

import (
	"testing"
	"time"

	"broadsheet/internal/lib/arxivcal"
)

// An import asks once for each of millions of papers.
func BenchmarkAnnouncedOn(b *testing.B) {
	t := time.Date(2007, 4, 1, 1, 2, 3, 0, time.UTC)
	for b.Loop() {
		t = t.Add(7 * time.Hour)
		arxivcal.AnnouncedOn(t)
	}
}
