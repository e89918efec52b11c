package broadsheet

import (
	"strings"
	"testing"
)

// TestRulesDomains: a domain in a rule is the name of a host, else nobody could
// ever match it.
func TestRulesDomains(t *testing.T) {
	for _, c := range []struct {
		domain string
		want   bool
	}{
		{"example.org", true}, {"Example.ORG", true}, {"a.b-c.example", true}, {"xn--bcher-kva.example", true}, {"1und1.de", true},
		{strings.Repeat("a", 63) + ".org", true}, {strings.Repeat("a", 64) + ".org", false},
		{"not_a_domain", false}, {"not_a.domain", false}, {"localhost", false}, {"", false}, {".", false}, {".org", false}, {"example.org.", false}, {"a..org", false},
		{"-a.org", false}, {"a-.org", false}, {"bücher.example", false}, {"*.example.org", false}, {"https://example.org", false}, {"ada@example.org", false},
		{"example.org:8080", false}, {"exa mple.org", false},
	} {
		for _, field := range []string{"domains", "blockedDomains"} {
			r := DefaultRules()
			if field == "domains" {
				r.Domains = []string{c.domain}
			} else {
				r.BlockedDomains = []string{c.domain}
			}
			err := r.Check()
			if got := err == nil; got != c.want || err != nil && !strings.Contains(err.Error(), "is no domain") {
				t.Errorf("%s %q: got %v (%v), want %v", field, c.domain, got, err, c.want)
			}
		}
	}
}
