package web

import (
	"context"
	"fmt"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
)

// zoneGroup is a part of the world with its time zones, in the order in which
// they stand in the choice.
type zoneGroup struct {
	Name  string
	Zones []string // by their names in the IANA database
}

// zoneGroups are the zones that a reader chooses from: one city or more for each
// time and rule of summer time that many people live by. Any other zone of the
// database is taken too, and the script offers the reader's own.
var zoneGroups = []zoneGroup{
	{"Everywhere", []string{"UTC"}},
	{"Africa", zonesOf("Africa", "Accra Addis_Ababa Algiers Cairo Casablanca Johannesburg Lagos Nairobi Tunis")},
	{"America", zonesOf("America", `Anchorage Argentina/Buenos_Aires Bogota Caracas Chicago Denver Halifax Havana Lima Los_Angeles
		Mexico_City Montevideo New_York Panama Phoenix Puerto_Rico Santiago Sao_Paulo St_Johns Toronto Vancouver`)},
	{"Asia", zonesOf("Asia", `Almaty Baghdad Bangkok Dhaka Dubai Ho_Chi_Minh Hong_Kong Jakarta Jerusalem Karachi Kathmandu Kolkata
		Manila Riyadh Seoul Shanghai Singapore Taipei Tashkent Tehran Tokyo Yangon`)},
	{"Australia and the Pacific", append(zonesOf("Australia", "Adelaide Brisbane Darwin Perth Sydney"), zonesOf("Pacific", "Auckland Fiji Guam Honolulu")...)},
	{"Europe", append(zonesOf("Europe", `Amsterdam Athens Berlin Brussels Bucharest Budapest Copenhagen Dublin Helsinki Istanbul Kyiv Lisbon
		London Madrid Moscow Oslo Paris Prague Rome Stockholm Vienna Warsaw Zurich`), "Atlantic/Reykjavik")},
}

func zonesOf(part, cities string) []string {
	names := strings.Fields(cities)
	for i := range names {
		names[i] = part + "/" + names[i]
	}
	return names
}

// zoneName is how a zone stands in its group: "Buenos Aires".
func zoneName(zone string) string {
	return strings.ReplaceAll(zone[strings.LastIndexByte(zone, '/')+1:], "_", " ")
}

// parseZone reads the name of a time zone. "Local", which Go takes, is the
// machine's and nobody's.
func parseZone(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, broadsheet.InvalidField("zone", fmt.Sprintf("%.40q is not a time zone", name), "choose one, or write one as Europe/Berlin or UTC")
	}
	return zone, nil
}

// zoneOf is the time zone of who reads, for pages that nobody else sees: the one
// that they chose, else the site's.
func (w *Web) zoneOf(ctx context.Context) *time.Location {
	if by := app.ActorOf(ctx); by.SignedIn() && by.Account.Zone != "" {
		if zone, err := time.LoadLocation(by.Account.Zone); err == nil {
			return zone
		}
	}
	return w.app.Now().Location()
}
