package arxiv_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"broadsheet/internal/harvest/arxiv"
)

func TestAuthors(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"Ada Example", "Ada Example"},
		{"A. One, B. Two and C. Three", "A. One|B. Two|C. Three"},
		{"A. One, B. Two, and C. Three", "A. One|B. Two|C. Three"},
		{"A. One and\n B. Two", "A. One|B. Two"},
		{"A. One (Univ. X), B. Two (Lab Y, City)", "A. One [Univ. X]|B. Two [Lab Y, City]"},
		{"A. One (1), B. Two (1,2) and C. Three (2) ((1) Univ. X, (2) Lab Y (City))", "A. One|B. Two|C. Three"},
		{"A. One (1 and 2), B. Two", "A. One|B. Two"},
		{"A. Forney, Jr., B. Two III and C. Three, IV", "A. Forney Jr.|B. Two III|C. Three IV"},
		{"XYZ Collaboration: A. One, B. Two", "XYZ Collaboration|A. One|B. Two"},
		{"The XYZ Collaboration", "The XYZ Collaboration"},
		{"A. One (for the XYZ Collaboration)", "A. One [for the XYZ Collaboration]"},
		{`Paul Erd\H{o}s, J\"org Gr\"un and Jos\'e Mu\~noz`, "Paul Erdős|Jörg Grün|José Muñoz"},
		{`J\\\"org Gr\\"un, Jos\\'e`, "Jörg Grün|José"},
		{"A. One, et al.", "A. One"},
		{"A. One; B. Two", "A. One|B. Two"},
		{"Alexander Sand, Andrea Randall", "Alexander Sand|Andrea Randall"},
		{"A. One (unclosed, B. Two", "A. One [unclosed, B. Two]"},
		{"((((", ""},
		{", , ;  and ", ""},
		{"Jr.", "Jr."},
	} {
		var got []string
		for _, a := range arxiv.Authors(c.in) {
			s := a.Name
			if a.Affiliation != "" {
				s += " [" + a.Affiliation + "]"
			}
			got = append(got, s)
		}
		if d := cmp.Diff(c.want, strings.Join(got, "|")); d != "" {
			t.Errorf("Authors(%q) (-want +got):\n%s", c.in, d)
		}
	}
}

func FuzzAuthors(f *testing.F) {
	for _, s := range []string{"A. One (1), B. Two ((1) X)", `J\\\"org`, "X Collaboration: A", " and and and ", "A, Jr."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, a := range arxiv.Authors(s) {
			if a.Name == "" || a.Key == "" || len(a.Affiliation) > 400 {
				t.Fatalf("Authors(%q) gives %+v", s, a)
			}
		}
	})
}

func TestSet(t *testing.T) {
	for in, want := range map[string]string{"cs.LG": "cs:cs:LG", "cs": "cs", "hep-th": "physics:hep-th", "astro-ph.GA": "physics:astro-ph:GA",
		"physics": "physics:physics", "physics.optics": "physics:physics:optics", "math.AG": "math:math:AG", "q-bio.NC": "q-bio:q-bio:NC", "cs:cs:AI": "cs:cs:AI"} {
		if got := arxiv.Set(in); got != want {
			t.Errorf("Set(%q) = %q, want %q", in, got, want)
		}
	}
}
