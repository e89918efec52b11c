package broadsheet

import (
	"encoding/json"
	"fmt"
	"time"
)

// MarshalText writes a topic as String does.
func (t Topic) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what MarshalText writes, and checks it.
func (t *Topic) UnmarshalText(text []byte) (err error) {
	*t, err = ParseTopic(string(text))
	return err
}

// rhythmJSON is a rhythm with the name of its zone.
type rhythmJSON struct {
	Days      Days   `json:"days"` // Monday is 1, Sunday 64
	Hour      int    `json:"hour"`
	Zone      string `json:"zone"`
	AsItComes bool   `json:"asItComes,omitempty"`
}

// MarshalJSON writes the zone by its name.
func (r Rhythm) MarshalJSON() ([]byte, error) {
	return json.Marshal(rhythmJSON{r.Days, r.Hour, r.Zone.String(), r.AsItComes})
}

// UnmarshalJSON reads what MarshalJSON writes. A zone that this machine does not
// know is an error, and so is "Local", which means another one on each machine.
func (r *Rhythm) UnmarshalJSON(text []byte) error {
	var x rhythmJSON
	if err := json.Unmarshal(text, &x); err != nil {
		return err
	}
	zone, err := time.LoadLocation(x.Zone)
	if err != nil || x.Zone == "" || x.Zone == "Local" {
		return InvalidField("zone", fmt.Sprintf("%.40q is not a time zone", x.Zone), "write one as Europe/Berlin or UTC")
	}
	*r = Rhythm{x.Days, x.Hour, zone, x.AsItComes}
	return nil
}
