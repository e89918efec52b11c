package feeds

import (
	"testing"
	"time"

	"broadsheet"
)

func TestDates(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 6, d, 12, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		name               string
		paper              broadsheet.Paper
		published, updated time.Time
	}{
		{"featured, days after its source had it", broadsheet.Paper{PublishedAt: day(1), SeenAt: day(3), Features: []broadsheet.Feature{{Day: "2026-06-05", FeaturedAt: day(5)}}}, day(5), day(5)},
		{"featured before this site heard of it", broadsheet.Paper{PublishedAt: day(1), SeenAt: day(6), Features: []broadsheet.Feature{{Day: "2026-06-05", FeaturedAt: day(5)}}}, day(5), day(6)},
		{"featured at no known hour", broadsheet.Paper{SeenAt: day(3), Features: []broadsheet.Feature{{Day: "2026-06-05"}}}, day(5).Add(-12 * time.Hour), day(5).Add(-12 * time.Hour)},
		{"featured twice", broadsheet.Paper{SeenAt: day(3), Features: []broadsheet.Feature{{Day: "2026-06-05", FeaturedAt: day(5)}, {Day: "2026-06-09", FeaturedAt: day(9)}}}, day(5), day(9)},
		{"announced", broadsheet.Paper{PublishedAt: day(1), SeenAt: day(3)}, day(3), day(3)},
		{"a later version", broadsheet.Paper{PublishedAt: day(1), SeenAt: day(3), Versions: []broadsheet.Version{{Number: 1, CreatedAt: day(1)}, {Number: 2, CreatedAt: day(8)}}}, day(3), day(8)},
		{"touched at the source", broadsheet.Paper{PublishedAt: day(1), SeenAt: day(3), UpdatedAt: day(20)}, day(3), day(3)},
		{"votes", broadsheet.Paper{SeenAt: day(3), Votes: 7, Comments: 8}, day(3), day(3)},
		{"only the source's date", broadsheet.Paper{PublishedAt: day(1)}, day(1), day(1)},
		{"no date at all", broadsheet.Paper{}, never, never},
		{"a part of a second, elsewhere", broadsheet.Paper{SeenAt: day(3).Add(time.Millisecond).In(time.FixedZone("", 3600))}, day(3), day(3)},
	} {
		published, updated := dates(&c.paper)
		if published != c.published || updated != c.updated {
			t.Errorf("%s: got published %s, updated %s; want %s, %s", c.name, published, updated, c.published, c.updated)
		}
	}
}
