package markdown

import "testing"

func TestLink(t *testing.T) {
	for _, tc := range []struct{ target, want string }{
		{"https://x.example/a_(b)?c=d e", "[t](https://x.example/a_%28b%29?c=d%20e)"},
		{"javascript:alert(1)", "t"},
		{"https://x.example/)[evil](https://evil.example", "[t](https://x.example/%29%5Bevil%5D%28https://evil.example)"},
		{"", "t"},
	} {
		if got := link("t", tc.target); got != tc.want {
			t.Errorf("link to %q = %q, want %q", tc.target, got, tc.want)
		}
	}
}
