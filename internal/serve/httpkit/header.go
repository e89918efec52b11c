package httpkit

import "strings"

// field is a header as it is sent: the value's slice is shared by all answers,
// so that sending it allocates nothing.
type field struct {
	name  string // canonical
	value []string
}

// policy is the Content-Security-Policy of every answer. Everything a page
// shows comes from this site; nothing runs or styles from within the page; no
// other site frames it.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; media-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; object-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// secureHeaders go with every answer.
func secureHeaders(https bool) []field {
	h := []field{
		{"Content-Security-Policy", []string{policy}},
		{"X-Content-Type-Options", []string{"nosniff"}},
		// Not no-referrer: browsers would send "Origin: null" with this site's own forms.
		{"Referrer-Policy", []string{"same-origin"}},
		{"Cross-Origin-Opener-Policy", []string{"same-origin"}},
		{"Cross-Origin-Resource-Policy", []string{"same-origin"}},
		{"Permissions-Policy", []string{"camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"}},
	}
	if https {
		h = append(h, field{"Strict-Transport-Security", []string{"max-age=31536000"}})
	}
	return h
}

var corsHeaders = []field{
	{"Access-Control-Allow-Origin", []string{"*"}},
	{"Access-Control-Expose-Headers", []string{"ETag, Link, RateLimit, RateLimit-Policy, Retry-After, X-Error-Code, X-Error-Message, X-Request-Id"}},
}

// textual tells whether a media type without parameters is text.
func textual(t string) bool {
	t = strings.ToLower(strings.TrimSpace(t))
	switch t {
	case "application/json", "application/javascript", "application/xml", "application/manifest+json", "application/x-ndjson",
		"application/x-bibtex", "application/x-research-info-systems":
		return true
	}
	return strings.HasPrefix(t, "text/") || strings.HasSuffix(t, "+xml") || strings.HasSuffix(t, "+json")
}

// withCharset adds UTF-8 to types of text that name no charset; an answer
// without a type is plain text, which runs nowhere.
func withCharset(contentType string) string {
	if contentType == "" {
		return "text/plain; charset=utf-8"
	}
	t, params, _ := strings.Cut(contentType, ";")
	if textual(t) && !strings.Contains(strings.ToLower(params), "charset=") {
		return contentType + "; charset=utf-8"
	}
	return contentType
}
