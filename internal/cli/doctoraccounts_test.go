package cli

import (
	"strings"
	"testing"

	"broadsheet/internal/config"
)

func TestCheckAccounts(t *testing.T) {
	mailed := config.Mail{Relays: []string{"localhost:25"}}
	for _, c := range []struct {
		name string
		c    config.Config
		want string // "" is well
	}{
		{"this machine", config.Config{Listen: "localhost:8080", Mail: mailed}, ""},
		{"this machine by number", config.Config{Listen: "[::1]:8080", Mail: mailed}, ""},
		{"with https", config.Config{Listen: ":8080", Site: config.Site{URL: "https://papers.example.org"}, Mail: mailed}, ""},
		{"without https", config.Config{Listen: ":8080", Site: config.Site{URL: "http://papers.example.org"}, Mail: mailed}, "in clear"},
		{"all addresses", config.Config{Listen: ":8080", Mail: mailed}, "on this machine only, at http://localhost:8080"},
		{"all by number", config.Config{Listen: "0.0.0.0:8080", Mail: mailed}, "on this machine only"},
		{"no way", config.Config{Listen: "localhost:8080"}, "nobody new"},
		{"no secret", config.Config{Listen: "localhost:8080", Accounts: config.Accounts{ORCID: config.Elsewhere{Client: "x"}}}, "ORCID has a client id and no secret"},
	} {
		got := checkAccounts(&c.c)
		if len(got) != 1 || (got[0].Verdict == warning) != (c.want != "") || !strings.Contains(got[0].Text, c.want) {
			t.Errorf("%s: %+v, want %q", c.name, got, c.want)
		}
	}
}
