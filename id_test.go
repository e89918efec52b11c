package broadsheet_test

import (
	"strings"
	"testing"

	"broadsheet"
)

func TestParseArxivID(t *testing.T) {
	for _, tt := range []struct {
		in, id  string
		version int
	}{
		{"2503.02130", "2503.02130", 0},
		{" arXiv:2503.02130v12 ", "2503.02130", 12},
		{"https://arxiv.org/abs/2503.02130v2", "2503.02130", 2},
		{"http://www.arxiv.org/pdf/2503.02130v2.pdf", "2503.02130", 2},
		{"https://arxiv.org/html/2503.02130v1#S2", "2503.02130", 1},
		{"https://doi.org/10.48550/arXiv.2503.02130", "2503.02130", 0},
		{"10.48550/arxiv.2503.02130", "2503.02130", 0},
		{"oai:arXiv.org:math/0309136", "math/0309136", 0},
		{"math.GT/0309136v3", "math/0309136", 3},
		{"hep-th/9901001", "hep-th/9901001", 0},
		{"cond-mat.mes-hall/0512345", "cond-mat/0512345", 0},
		{"0704.0001", "0704.0001", 0},
		{"1412.9999", "1412.9999", 0},
		{"1501.00001", "1501.00001", 0},
		{"1501.0001", "", 0},      // five digits from 2015 on
		{"1412.00001", "", 0},     // four until 2014
		{"0703.0001", "", 0},      // the scheme began in April 2007
		{"2513.00001", "", 0},     // no such month
		{"math/0713001", "", 0},   // nor here
		{"math/0704001", "", 0},   // the old scheme ended in March 2007
		{"2503.02130v0", "", 0},   // versions begin at 1
		{"2503.021301", "", 0},    // six digits
		{"../2503.02130", "", 0},  // a path
		{"2503.02130\x00", "", 0}, // a control character
		{"", "", 0},
		{strings.Repeat("9", 300), "", 0},
	} {
		id, version, ok := broadsheet.ParseArxivID(tt.in)
		if id != tt.id || version != tt.version || ok != (tt.id != "") {
			t.Errorf("ParseArxivID(%q): got %q, %d, %v; want %q, %d", tt.in, id, version, ok, tt.id, tt.version)
		}
	}
}

func FuzzParseID(f *testing.F) {
	for _, s := range []string{"2503.02130v1", "math.GT/0309136", "https://doi.org/10.1000/x", "doi:10.1/ÿ", "url:https://example.org/a b", "localhost:1/papers/localhost:1/papers/x:y", "https:/a.b/papers/doi:10.1234/c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, _, err := broadsheet.ParseID(s)
		if err != nil {
			return
		}
		again, version, err := broadsheet.ParseID(id)
		if err != nil || again != id || version != 0 {
			t.Errorf("ParseID(%q) = %q, which reads again as %q, %d, %v", s, id, again, version, err)
		}
		if got := broadsheet.SplitID(id).ID(); got != id {
			t.Errorf("SplitID(%q).ID() = %q", id, got)
		}
	})
}

func TestAuthorKey(t *testing.T) {
	for in, want := range map[string]string{
		"Donald E. Knuth": "donald-e-knuth", "Émilie  du Châtelet": "émilie-du-châtelet", "O'Neil": "oneil", "李 明": "李-明", ":": "", "": "",
		"A/../B": "a-b",
	} {
		if got := broadsheet.AuthorKey(in); got != want {
			t.Errorf("AuthorKey(%q): got %q, want %q", in, got, want)
		}
	}
	if got := broadsheet.AuthorKey(strings.Repeat("ab ", 100)); len(got) > 120 {
		t.Errorf("a long name: got %d bytes", len(got))
	}
}

func TestValidURL(t *testing.T) {
	for in, want := range map[string]bool{
		"https://example.org/a?b#c": true, "http://example.org": true, "javascript:alert(1)": false, "//example.org": false,
		"https://user:pw@example.org": false, "https://": false, "data:text/html,x": false, "https://example.org/\n": false,
		"https://" + strings.Repeat("a", 2000): false, "": false,
	} {
		if got := broadsheet.ValidURL(in); got != want {
			t.Errorf("ValidURL(%.40q): got %v", in, got)
		}
	}
}

func TestParseDOI(t *testing.T) {
	for in, want := range map[string]string{
		"10.1234/Tea.1": "10.1234/tea.1", "doi:10.1234/tea(1)<2>": "10.1234/tea(1)<2>", " https://doi.org/10.1234/a/b ": "10.1234/a/b",
		"10.12/x": "", "10.1234/": "", "10.1234/a b": "", "10.1234/a\x00b": "", "10.1234/a\u0085b": "", "11.1234/x": "",
	} {
		if got, ok := broadsheet.ParseDOI(in); got != want || ok != (want != "") {
			t.Errorf("ParseDOI(%q) = %q, %t, want %q", in, got, ok, want)
		}
	}
}
