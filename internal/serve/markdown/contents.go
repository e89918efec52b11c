package markdown

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"strconv"

	"broadsheet"
	"broadsheet/internal/serve/address"
)

// Tables of contents: what a program cannot guess, the names of categories and
// the handles of organisations, and the months that have papers.

func (s *Surface) categories(w http.ResponseWriter, r *http.Request) error {
	counts, err := s.app.Categories(r.Context())
	if err != nil {
		return err
	}
	return s.send(w, "/categories", s.counts("Categories", broadsheet.ListCategory, counts))
}

func (s *Surface) organizations(w http.ResponseWriter, r *http.Request) error {
	counts, err := s.app.Organizations(r.Context())
	if err != nil {
		return err
	}
	return s.send(w, "/orgs", s.counts("The biggest organisations", broadsheet.ListOrganization, counts))
}

// counts are lists with their names, keys and sizes.
func (s *Surface) counts(title string, kind broadsheet.ListKind, counts []broadsheet.Count) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n\n", title)
	for _, c := range counts {
		name := plain(cmp.Or(c.Label, c.Name), false)
		if c.Label != "" && c.Label != c.Name {
			name += " (" + escape(c.Name, false) + ")"
		}
		fmt.Fprintf(&b, "- %s: %s\n", link(name, s.base+address.Form(address.List(kind, c.Name), suffix)), plural(c.Count, "paper"))
	}
	if len(counts) == 0 {
		b.WriteString("There are none yet.\n")
	}
	return b.Bytes()
}

// archive are the months of a year, the newest first, and the other years.
func (s *Surface) archive(w http.ResponseWriter, r *http.Request) error {
	year := 0
	if text := r.PathValue("year"); text != "" {
		var err error
		if year, err = strconv.Atoi(text); err != nil || len(text) != 4 {
			return &broadsheet.Error{Kind: broadsheet.NotFound, Text: fmt.Sprintf("%.20q is not a year", text), Fix: "write it as 2026"}
		}
	}
	a, err := s.app.Archive(r.Context(), year)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Papers of %d\n\n%s on %s.\n\n", a.Year, plural(a.Papers, "paper"), plural(a.Days, "day"))
	for i := len(a.Months) - 1; i >= 0; i-- {
		if m := a.Months[i]; m.Papers > 0 {
			fmt.Fprintf(&b, "- %s: %s\n", link(m.Month.First().Time().Format("January 2006"), s.base+address.Form(address.List(broadsheet.ListMonth, string(m.Month)), suffix)), plural(m.Papers, "paper"))
		}
	}
	if a.First < a.Last {
		b.WriteString("\n## Other years\n\n")
		for y := a.Last; y >= a.First; y-- {
			if y != a.Year {
				fmt.Fprintf(&b, "- %s\n", link(strconv.Itoa(y), s.base+address.Form(address.Year(y), suffix)))
			}
		}
	}
	return s.send(w, address.Year(a.Year), b.Bytes())
}
