package config

import "testing"

func TestServerURL(t *testing.T) {
	for in, want := range map[string]string{
		"localhost:8765": "http://localhost:8765", "127.0.0.1": "http://127.0.0.1", "[::1]:80": "http://[::1]:80", "papers.example.org": "https://papers.example.org",
		"papers.example.org/sub/": "https://papers.example.org/sub", "http://papers.example.org/": "http://papers.example.org", "": "",
	} {
		if got := ServerURL(in); got != want {
			t.Errorf("ServerURL(%q): got %q, want %q", in, got, want)
		}
		if fix := checkServer(in); in != "" && fix != "" {
			t.Errorf("server %q is refused: %s", in, fix)
		}
	}
	for _, in := range []string{"ftp://papers.example.org", "user@papers.example.org", "a b", "papers.example.org?x"} {
		if checkServer(in) == "" {
			t.Errorf("server %q is taken", in)
		}
	}
}
