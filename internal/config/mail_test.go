package config_test

import (
	"strings"
	"testing"

	"broadsheet/internal/config"
)

func TestMailSettings(t *testing.T) {
	for _, c := range []struct {
		flags map[string]string
		wrong string
	}{
		{map[string]string{"mail-relays": "smtp://localhost", "mail-from": "Papers <papers@example.org>", "site-url": "https://papers.example"}, ""},
		{map[string]string{"mail-relays": "smtp://localhost", "site-url": "https://papers.example"}, "mail.from: is not set"},
		{map[string]string{"mail-relays": "smtp://localhost", "mail-from": "papers@example.org"}, "site.url: is not set"},
		{map[string]string{"mail-from": "papers@example.org"}, "mail.relays is not"},
		{map[string]string{"mail-from": "papers"}, "write it as Name <name@example.org>"},
		{map[string]string{"mail-unknown": "maybe"}, "drop"},
	} {
		got, err := config.Load(config.Input{Flags: c.flags})
		if c.wrong == "" && (err != nil || got.Mail.BounceDomain != "example.org" || !strings.HasSuffix(got.Mail.SecretFile, "secret.key")) {
			t.Errorf("%v: got %+v (%v)", c.flags, got, err)
		}
		if c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
			t.Errorf("%v: got %v, want an error that says %q", c.flags, err, c.wrong)
		}
	}
}
