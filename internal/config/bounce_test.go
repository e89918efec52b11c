package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"broadsheet/internal/config"
)

func TestBounceSettings(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	secret, open := file("secret", "hunter22\n", 0o600), file("open", "hunter22\n", 0o644)
	mail := map[string]string{"mail-relays": "smtp://localhost", "mail-from": "Papers <papers@example.org>", "site-url": "https://papers.example"}
	for _, c := range []struct {
		name, value string
		mail        bool
		wrong       string
	}{
		{"mail-bounce-listen", ":2525", true, ""},
		{"mail-bounce-listen", "2525", true, "HOST:PORT"},
		{"mail-bounce-listen", ":2525", false, "mail.relays is not"},
		{"mail-bounce-tls-cert", "/etc/cert.pem", true, "go together"},
		{"mail-bounce-tls-key", "/etc/key.pem", true, "go together"},
		{"mail-bounce-tls-cert", "/etc/cert.pem", false, "mail.relays is not"},
		{"mail-bounce-folder", "/var/mail/bounces", false, "mail.relays is not"},
		{"mail-hook-postmark-secret-file", secret, true, ""},
		{"mail-hook-postmark-secret-file", open, true, "chmod 600"},
		{"mail-hook-mailgun-key-file", filepath.Join(dir, "none"), true, "mail.hook_mailgun_key_file: cannot read"},
		{"mail-hook-mailgun-key-file", secret, true, ""},
	} {
		flags := map[string]string{c.name: c.value}
		if c.mail {
			for k, v := range mail {
				flags[k] = v
			}
		}
		got, err := config.Load(config.Input{Flags: flags})
		switch {
		case c.wrong != "":
			if err == nil || !strings.Contains(err.Error(), c.wrong) || strings.Contains(err.Error(), "hunter22") {
				t.Errorf("%s=%s: got %v, want an error that says %q", c.name, c.value, err, c.wrong)
			}
		case err != nil:
			t.Errorf("%s=%s: %v", c.name, c.value, err)
		default:
			for _, v := range got.Values() {
				if strings.Contains(v.Value, "hunter22") {
					t.Errorf("%s=%s: %s is printed with the secret", c.name, c.value, v.Key)
				}
			}
			if b := got.Mail.Bounces; strings.HasSuffix(c.name, "file") && b.PostmarkSecret+b.MailgunKey != "hunter22" {
				t.Errorf("%s=%s: got %+v, want the secret of the file", c.name, c.value, b)
			}
		}
	}
}
