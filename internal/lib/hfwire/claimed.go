package hfwire

import (
	"cmp"
	"encoding/json"

	"broadsheet"
)

// claimedStatus is what the service says of an author whose account is known.
const claimedStatus = "claimed_verified"

// withClaims gives the authors of an entry the accounts that are known as them, in
// the place of what was recorded. Authors are found by their names as the entry has
// them, which need not be the source's order. Hidden authors stay without.
func withClaims(authors []byte, claims []broadsheet.Claim) []byte {
	var all []json.RawMessage
	if len(claims) == 0 || json.Unmarshal(authors, &all) != nil {
		return authors
	}
	named := make([]broadsheet.Author, len(all))
	hidden := make([]bool, len(all))
	for i := range all {
		var a struct {
			Name   string `json:"name"`
			Hidden bool   `json:"hidden"`
		}
		if json.Unmarshal(all[i], &a) != nil {
			return authors
		}
		named[i].Name, hidden[i] = a.Name, a.Hidden
	}
	for i := range claims {
		c := &claims[i]
		place := c.Place(named)
		if place == 0 || hidden[place-1] {
			continue
		}
		old, ok := scanObject(all[place-1])
		if !ok {
			continue
		}
		w := &builder{make([]byte, 0, len(all[place-1])+256)}
		w.open("")
		for _, m := range old {
			switch name := string(m.name); name {
			case "user", "status", "statusLastChangedAt":
			default:
				w.raw(name, m.value)
			}
		}
		w.open("user")
		w.text("_id", ObjectID("user", c.By.Key))
		w.url("avatarUrl", c.By.AvatarURL)
		w.literal("isPro", "false")
		w.text("fullname", cmp.Or(c.By.Name, c.By.Key))
		w.text("user", c.By.Key)
		w.text("name", c.By.Key)
		w.text("type", "user")
		w.close()
		w.text("status", claimedStatus)
		w.time("statusLastChangedAt", c.ClosedAt)
		w.close()
		all[place-1] = w.b
	}
	w := &builder{make([]byte, 0, len(authors)+256*len(claims))}
	w.b = append(w.b, '[')
	for i := range all {
		w.comma()
		w.b = append(w.b, all[i]...)
	}
	w.b = append(w.b, ']')
	return w.b
}
