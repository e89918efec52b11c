package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEmbed(t *testing.T) {
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte(password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	open := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(open, []byte(password), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		want       string // in the error; "" is none
	}{
		{"whole", "url = 'http://localhost:11434/v1'\nmodel = 'm'\nbatch = 32\nquery_prefix = 'query: '\nkey_file = '" + key + "'", ""},
		{"no model", "url = 'http://localhost:11434/v1'", "embed.model: is not set, but embed.url is"},
		{"no address", "model = 'm'", "embed.model: is set, but embed.url is not"},
		{"no address for a key", "key_file = '" + key + "'", "embed.key_file: is set, but embed.url is not"},
		{"key for all to read", "url = 'http://h'\nmodel = 'm'\nkey_file = '" + open + "'", "embed.key_file: holds a secret that others"},
		{"user in the address", "url = 'http://u:" + password + "@h/v1'\nmodel = 'm'", "without user"},
		{"no number", "batch = 'many'", `"many" is not a number`},
		{"negative", "daily_tokens = -1", `"-1" is not a number`},
		{"none at a time", "parallel = 0", "write at least 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Load(Input{File: write(t, "[embed]\n"+c.text, 0o600)})
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), password) {
					t.Errorf("got %v, want an error with %q and without the key", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if e := got.Embed; e.Key != password || e.Batch != 32 || e.QueryPrefix != "query: " || e.DailyTokens != 0 {
				t.Errorf("got batch %d, prefix %q, %d tokens, or another key", e.Batch, e.QueryPrefix, e.DailyTokens)
			}
			for _, v := range got.Values() {
				if strings.Contains(v.Value, password) {
					t.Errorf("%s prints the key", v.Key)
				}
			}
		})
	}
}
