package feeds

import (
	"net/url"
	"testing"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
)

// Write writes what a search found as a feed.
func Write(base, path string, papers []broadsheet.Paper, suffix string) ([]byte, error) {
	f := New(Options{BaseURL: base})
	for _, form := range forms {
		if form.suffix == suffix {
			return form.write(f.feed(&url.URL{Path: path}, &address.Papers{Title: papers[0].Title, Path: path, Papers: papers, Found: &app.Found{}}, form))
		}
	}
	panic("no such form")
}

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"plain\ttext\n":             "plain\ttext\n",
		"a\x00b\x1bc\x7fd\u0085e\r": "abcde",
		"\xff\xc0\xaf\xed\xa0\x80":  "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD",
		"x\ufffe\uffff\U0001fffey":  "xy",
		"\u202eevil\u2066\u200b":    "evil",
		"é 李 😀 \u200d":              "é 李 😀 \u200d",
	} {
		if got := string(escape(nil, in, true)); got != want {
			t.Errorf("escape(%+q) = %+q, want %+q", in, got, want)
		}
	}
}

func TestURI(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.example/b?c=d&e=%20#f": "https://a.example/b?c=d&e=%20#f",
		"https://a.example/é \"<x>\"":     "https://a.example/%C3%A9%20%22%3Cx%3E%22",
		"":                                "",
	} {
		if got := uri(in); got != want {
			t.Errorf("uri(%q) = %q, want %q", in, got, want)
		}
	}
}
