package cite

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNames(t *testing.T) {
	for _, tc := range []struct {
		printed string
		want    name
	}{
		{"Ada Lovelace", name{given: "Ada", family: "Lovelace"}},
		{"Rui A. C. Ferreira", name{given: "Rui A. C.", family: "Ferreira"}},
		{"Jelmer van der Linde", name{given: "Jelmer", particle: "van der", family: "Linde"}},
		{"Luc Van Gool", name{given: "Luc", family: "Van Gool"}},
		{"Mark Van der Merwe", name{given: "Mark", family: "Van der Merwe"}},
		{"Jean de Dieu Nyandwi", name{given: "Jean de Dieu", family: "Nyandwi"}},
		{"Martin Luther King, Jr.", name{given: "Martin Luther", family: "King", suffix: "Jr."}},
		{"John D Rockefeller III", name{given: "John D", family: "Rockefeller", suffix: "III"}},
		{"Esaú Villatoro-Tello", name{given: "Esaú", family: "Villatoro-Tello"}},
		{"Chaouki Ben Issaid", name{whole: "Chaouki Ben Issaid"}},
		{"Charline Le Lan", name{whole: "Charline Le Lan"}},
		{"Di Wang", name{given: "Di", family: "Wang"}},
		{"danah boyd", name{whole: "danah boyd"}},
		{"Plato", name{whole: "Plato"}},
		{"王小明", name{whole: "王小明"}},
		{"The ATLAS Collaboration", name{whole: "The ATLAS Collaboration"}},
		{"Imagen-Team-Google", name{whole: "Imagen-Team-Google"}},
		{"Bo Crumb and Cy Dunk", name{whole: "Bo Crumb and Cy Dunk"}},
		{"Dunk, Cy", name{whole: "Dunk, Cy"}},
		{"Taster No01", name{whole: "Taster No01"}},
		{" Cy \n Dunk\u202e ", name{given: "Cy", family: "Dunk"}},
		{"", name{}},
	} {
		if diff := cmp.Diff(tc.want, parse(tc.printed), cmp.AllowUnexported(name{})); diff != "" {
			t.Errorf("parse(%q) (-want +got):\n%s", tc.printed, diff)
		}
	}
}

func TestJournals(t *testing.T) {
	for _, tc := range []struct {
		ref  string
		want journal // zero: it is not plain
	}{
		{"Phys. Rev. D 71, 063534 (2005)", journal{title: "Phys. Rev. D", volume: "71", pages: "063534", year: 2005}},
		{"J. Phys. A 30 (1997) 1-12", journal{title: "J. Phys. A", volume: "30", pages: "1-12", year: 1997}},
		{"Astrophys.J.567:1176-1189,2002", journal{title: "Astrophys.J.", volume: "567", pages: "1176-1189", year: 2002}},
		{"Nature 123, 456 (2010)", journal{title: "Nature", volume: "123", pages: "456", year: 2010}},
		{"Phys.Lett. B405 (1997) 37-44", journal{title: "Phys.Lett.", volume: "B405", pages: "37-44", year: 1997}},
		{"JHEP 0506:065,2005", journal{title: "JHEP", volume: "0506", pages: "065", year: 2005}},
		{"Annals of Tea, vol. 3, no. 2, pp. 10--12, 2019", journal{title: "Annals of Tea", volume: "3", issue: "2", pages: "10--12", year: 2019}},
		{"Journal of Machine Learning Research 21(140):1-67, 2020", journal{title: "Journal of Machine Learning Research", volume: "21", issue: "140", pages: "1-67", year: 2020}},
		{"J. Tea 1 (2026) 1", journal{title: "J. Tea", volume: "1", pages: "1", year: 2026}},
		{"Proceedings of the 37th International Conference on Tea, 2020, pp. 1-12", journal{}},
		{"Lecture Notes in Computer Science 123, 45 (2003)", journal{}},
		{"to appear in J. Tea", journal{}},
		{"J. Tea 1 (2001) 1; Erratum-ibid. 2 (2002) 3", journal{}},
		{"J. Tea 1 (2001) 1, J. Milk 2 (2002) 3", journal{}},
		{"Ph.D. thesis, Tea University, 2004", journal{}},
		{"J. Tea", journal{}},
		{"", journal{}},
	} {
		got, ok := parseJournal(tc.ref)
		if ok != (tc.want != journal{}) {
			t.Errorf("parseJournal(%q): plain is %t, want %t", tc.ref, ok, tc.want != journal{})
		}
		if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(journal{})); diff != "" {
			t.Errorf("parseJournal(%q) (-want +got):\n%s", tc.ref, diff)
		}
	}
}

func TestClean(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"", ""}, {"tea", "tea"}, {"a b", "a b"}, {" a", "a"}, {"a ", "a"}, {"a  b", "a b"}, {"a\r\nb", "a b"}, {"a\u2028b", "a b"}, {"a\u00a0b", "a b"}, {"a\x7fb", "a b"}, {"a\u0085b", "a b"},
		{"a\xffb", "a\ufffdb"}, {"a\u200bb", "a b"}, {"\u202eab", "ab"}, {"é 茶", "é 茶"}, {" ", ""}, {"\ufffd", "\ufffd"},
	} {
		if got := clean(tc.text); got != tc.want {
			t.Errorf("clean(%q) = %q, want %q", tc.text, got, tc.want)
		}
	}
}
