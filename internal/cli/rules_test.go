package cli

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRulesSetSaysWhatChanged: values before and after, of those that differ only.
func TestRulesSetSaysWhatChanged(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		rules []string
		want  string
		code  int
	}{
		{[]string{"submitPerDay=3", "domains=lab.example,other.example", "votesPerHour=600"}, "domains: none → lab.example,other.example\nsubmitPerDay: 2 → 3\n", 0},
		{[]string{"submitPerDay=3"}, "nothing changed\n", 0},
		{[]string{"domains="}, "domains: lab.example,other.example → none\n", 0},
		{[]string{"domains=not_a_domain"}, "", 2},
	} {
		args := append([]string{"rules", "set", "--data-dir", dir, "--database", "sqlite:" + filepath.Join(dir, "site.db")}, c.rules...)
		out, errs, code := runCLI(args...)
		if d := cmp.Diff(c.want, out); d != "" || code != c.code {
			t.Errorf("rules set %v: code %d, want %d; %s(-want +got):\n%s", c.rules, code, c.code, errs, d)
		}
	}
}
