package store_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestOrganizationsNamed: by key or name, whatever the case, blanks, hyphens,
// dots and underscores; those with most papers first, five at most.
func TestOrganizationsNamed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var papers []broadsheet.Paper
		add := func(n int, key, name string) {
			for range n {
				id := fmt.Sprintf("2606.%05d", len(papers)+1)
				papers = append(papers, broadsheet.Paper{ID: id, Title: "Paper " + id, Organizations: []broadsheet.Organization{{Key: key, Name: name}}})
			}
		}
		add(1, "open-lab", "Open Lab")
		add(3, "openlab", "The Open Laboratory")
		add(1, "O_p_e_n_L.ab", "Another")
		add(2, "gulls", "Ministry of Gulls")
		add(1, "percent", "100%_x")
		for i := range 7 {
			add(1, fmt.Sprint("many", i), "Many Houses")
		}
		if _, err := s.Put(t.Context(), store.Batch{Papers: papers}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			text string
			want []string
		}{
			{"Open Lab", []string{"openlab", "O_p_e_n_L.ab", "open-lab"}},
			{"OPEN-LAB", []string{"openlab", "O_p_e_n_L.ab", "open-lab"}},
			{" open.lab_", []string{"openlab", "O_p_e_n_L.ab", "open-lab"}},
			{"the open laboratory", []string{"openlab"}},
			{"ministry of gulls", []string{"gulls"}},
			{"Gulls", []string{"gulls"}},
			{"gull", nil},
			{"%", nil},
			{"100%", nil},
			{"100%x", []string{"percent"}},
			{"' OR 1=1 --", nil},
			{"manyhouses", []string{"many0", "many1", "many2", "many3", "many4"}},
			{"", nil},
			{" -._", nil},
			{"gulls\x00", nil},
			{"gulls\xff", nil},
		} {
			found, err := s.OrganizationsNamed(t.Context(), c.text)
			if err != nil {
				t.Errorf("%q: %v", c.text, err)
			}
			var got []string
			for _, o := range found {
				got = append(got, o.Key)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("%q (-want +got):\n%s", c.text, d)
			}
		}
	})
}
