package hfwire

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
)

// TestClaims: who is known as an author stands in the entry, made or recorded, and
// nobody stands at a name that the source gave another place.
func TestClaims(t *testing.T) {
	p := &broadsheet.Paper{ID: "2606.00001", Title: "Tea", Authors: []broadsheet.Author{{Name: "Bo"}, {Name: "Ada"}, {Name: "Cy"}}}
	recorded := &broadsheet.Feature{Day: "2026-06-03", Wire: []byte(`{"paper":{"id":"2606.00001","authors":[{"_id":"1","name":"Ada","user":{"user":"else"},"status":"x","hidden":false,"more":[1]},{"name":"Bo","hidden":false},{"name":"Cy","hidden":true}]},"title":"Tea","isAuthorParticipating":false}`)}
	form := Writing{Participating: true, Claims: []broadsheet.Claim{{Position: 2, Name: "Ada", Key: "ada", By: broadsheet.Person{Key: "ada-x", Name: "Ada X"}, ClosedAt: time.Date(2026, 6, 3, 0, 0, 0, 0, time.UTC)},
		{Position: 3, Name: "Cy", Key: "cy", By: broadsheet.Person{Key: "cy-x"}}, {Position: 1, Name: "Dora", Key: "dora", By: broadsheet.Person{Key: "dora"}}}}
	for name, tt := range map[string]struct {
		f    *broadsheet.Feature
		want map[string]string
	}{"made": {nil, map[string]string{"Bo": "", "Ada": "ada-x claimed_verified", "Cy": "cy-x claimed_verified"}}, "recorded": {recorded, map[string]string{"Ada": "ada-x claimed_verified", "Bo": "", "Cy": ""}}} {
		var out struct {
			Paper struct {
				Authors []struct {
					Name, Status string
					User         struct{ Name string }
				}
			}
			IsAuthorParticipating bool
		}
		entry := AppendEntry(nil, p, tt.f, form)
		if err := json.Unmarshal(entry, &out); err != nil {
			t.Fatalf("%s: %v in %s", name, err, entry)
		}
		got := map[string]string{}
		for _, a := range out.Paper.Authors {
			got[a.Name] = a.User.Name
			if a.Status != "" {
				got[a.Name] += " " + a.Status
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || !out.IsAuthorParticipating {
			t.Errorf("%s: authors (-want +got):\n%s", name, diff)
		}
	}
}
