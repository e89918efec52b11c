package broadsheet_test

import (
	"strings"
	"testing"

	"broadsheet"
)

func TestHideAddresses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""}, {"550 5.1.1 no such user", "550 5.1.1 no such user"},
		{"550 5.1.1 <ada@example.org>: unknown", "550 5.1.1 <(address)>: unknown"},
		{"ada@example.org", "(address)"}, {"to ada+news@mail.example.org, bo@x.example", "to (address), (address)"},
		{"rfc822;Ada@Example.ORG; smtp", "rfc822;(address); smtp"}, {"(ada@example.org)", "((address))"}, {`"a b"@example.org`, `"a b"@example.org`},
		{"five @ six @", "five @ six @"}, {"@example.org", "@example.org"}, {"ada@", "ada@"}, {"a@b@c", "(address)"}, {"é@ü.example \x00@\xff", "(address) \x00@\xff"},
	} {
		got := broadsheet.HideAddresses(c.text)
		if got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
		if again := broadsheet.HideAddresses(got); again != got {
			t.Errorf("%q: hidden again it is %q, want %q", c.text, again, got)
		}
	}
}

func FuzzHideAddresses(f *testing.F) {
	f.Add("550 5.1.1 <", "> unknown")
	f.Fuzz(func(t *testing.T, before, after string) {
		const who = "ada.person@mail.example.org"
		if got := broadsheet.HideAddresses(before + " " + who + " " + after); strings.Contains(got, who) {
			t.Errorf("%q before and %q after: the address stays in %q", before, after, got)
		}
	})
}
