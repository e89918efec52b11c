package config

import "testing"

func TestAddress(t *testing.T) {
	for _, c := range []struct{ site, listen, want, local string }{
		{"https://papers.example.org", ":8080", "https://papers.example.org", "http://localhost:8080"},
		{"", "127.0.0.1:9000", "http://127.0.0.1:9000", "http://127.0.0.1:9000"},
		{"", "0.0.0.0:8080", "http://localhost:8080", "http://localhost:8080"},
		{"", "[::]:8080", "http://localhost:8080", "http://localhost:8080"},
		{"", "[::1]:8080", "http://[::1]:8080", "http://[::1]:8080"},
		{"", "papers.internal:80", "http://papers.internal:80", "http://papers.internal:80"},
	} {
		x := Config{Site: Site{URL: c.site}, Listen: c.listen}
		if got, local := x.Address(), x.Local(); got != c.want || local != c.local {
			t.Errorf("site %q, listen %q: address %s and local %s, want %s and %s", c.site, c.listen, got, local, c.want, c.local)
		}
	}
}
