package search

import (
	"slices"
	"strings"
	"testing"

	"broadsheet/internal/lib/analyze"

	"github.com/google/go-cmp/cmp"
)

func TestSpoken(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"how do transformers forget", "transform forget"},
		{"What are the best ways to train it", "best way train"},
		{"how do you do", "how do you do"}, // nothing else is there
		{"the who", "who"},
		{"of the and", "of the and"},
		{"", ""},
	} {
		var got []string
		for _, tok := range spoken(c.text, analyze.New().Query(c.text)) {
			got = append(got, tok.Term)
		}
		if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("spoken(%q) (-want +got):\n%s", c.text, diff)
		}
	}
}

func TestStemsOf(t *testing.T) {
	for _, c := range []struct {
		begin string
		want  []string
	}{
		{"optimi", []string{"optim"}},
		{"optimiz", []string{"optim"}},
		{"optim", nil},
		{"model", nil}, // not "mode"
		{"transformer", []string{"transform"}},
		{"ab", nil},
	} {
		if got := stemsOf(c.begin); !slices.Equal(got, c.want) {
			t.Errorf("stemsOf(%q) = %q, want %q", c.begin, got, c.want)
		}
	}
}
