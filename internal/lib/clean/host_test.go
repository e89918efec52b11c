package clean_test

import (
	"testing"

	"broadsheet/internal/lib/clean"
)

func TestHost(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"example.org", "example.org"},
		{"WWW.Example.ORG.", "www.example.org"},
		{"ｅｖｉｌ.example", "evil.example"},
		{"evil。example", "evil.example"},
		{"a_b.Ｅvil.example", "a_b.evil.example"},
		{"bücher.example", "xn--bcher-kva.example"},
		{"xn--bcher-kva.example", "xn--bcher-kva.example"},
		{"БЮРО.рф", "xn--90a0af9c.xn--p1ai"},
		{"2001:DB8::1", "2001:db8::1"},
		{"192.0.2.1", "192.0.2.1"},
		{"-a--b-.example", "-a--b-.example"},
	} {
		if got := clean.Host(c.in); got != c.want {
			t.Errorf("Host(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}
