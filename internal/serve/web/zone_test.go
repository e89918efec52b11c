package web

import (
	"testing"
	"time"

	"broadsheet"
)

// TestZones: every zone of the choice is in the database, under a name that is
// not another's.
func TestZones(t *testing.T) {
	seen := map[string]bool{}
	for _, g := range zoneGroups {
		for _, name := range g.Zones {
			if _, err := parseZone(name); err != nil || seen[name] || zoneName(name) == "" {
				t.Errorf("%s in %s: twice %t, %v", name, g.Name, seen[name], err)
			}
			seen[name] = true
		}
	}
}

func TestRhythmWords(t *testing.T) {
	at := func(days broadsheet.Days, hour int, zone string) broadsheet.Rhythm {
		z, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		return broadsheet.Rhythm{Days: days, Hour: hour, Zone: z}
	}
	for _, c := range []struct {
		rhythm broadsheet.Rhythm
		want   string
	}{
		{at(broadsheet.EveryDay, 8, "UTC"), "every day at 08:00, UTC"},
		{at(broadsheet.Workdays, 0, "America/Argentina/Buenos_Aires"), "Monday to Friday at 00:00, Buenos Aires time"},
		{at(64, 23, "Europe/Berlin"), "every Sunday at 23:00, Berlin time"},
		{at(1|8|64, 6, "Asia/Tokyo"), "Monday, Thursday and Sunday at 06:00, Tokyo time"},
		{broadsheet.Rhythm{Days: 127, AsItComes: true, Zone: time.UTC}, "as it comes, at most once an hour"},
	} {
		if got := rhythmWords(c.rhythm); got != c.want {
			t.Errorf("%+v: got %q, want %q", c.rhythm, got, c.want)
		}
	}
}

// TestFormOf: a form that is sent back unchanged is the same wish.
func TestFormOf(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Kathmandu")
	if err != nil {
		t.Fatal(err)
	}
	for days := broadsheet.Days(1); days <= broadsheet.EveryDay; days++ {
		for _, comes := range []bool{false, true} {
			x := broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, Rhythm: broadsheet.Rhythm{Days: days, Hour: int(days) % 24, Zone: zone, AsItComes: comes}, MaxPapers: 7, MinScore: 3, SendEmpty: comes}
			got, err := formOf(&x).wish(x.Topic)
			if comes {
				x.Rhythm.Days = broadsheet.EveryDay // of which none counts
			}
			if err != nil || got.Rhythm.Zone.String() != zone.String() {
				t.Fatalf("%+v: got %+v (%v)", x, got, err)
			}
			if got.Rhythm.Zone = zone; got != x {
				t.Errorf("%+v came back as %+v", x, got)
			}
		}
	}
}
