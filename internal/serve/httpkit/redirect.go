package httpkit

import (
	"net/http"
	"net/url"
	"path"
	"strings"
)

// SafeRedirect gives target where it is a path on this site, else "/". It
// refuses everything that a browser may read as another host or another
// scheme: "//evil", "/\evil", "https:evil", control characters (which browsers
// drop), empty path elements, backslashes, and what should be percent-encoded.
func SafeRedirect(target string) string {
	if safeTarget(target) {
		return target
	}
	return "/"
}

func safeTarget(s string) bool {
	if len(s) > MaxURL || !strings.HasPrefix(s, "/") {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	p, _, _ := strings.Cut(s, "#")
	p, _, _ = strings.Cut(p, "?")
	if strings.Contains(p, "//") || strings.Contains(p, `\`) || cleanPath(p) != p {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "" && u.Host == "" && u.User == nil && u.EscapedPath() == p
}

// Redirect answers with a redirect to target, made safe by SafeRedirect. code
// is http.StatusSeeOther after an Action, StatusFound or StatusPermanentRedirect
// for a Page that lives elsewhere. The error is always nil, so that a handler
// may end with return Redirect(...).
func Redirect(w http.ResponseWriter, _ *http.Request, target string, code int) error {
	w.Header().Set("Location", SafeRedirect(target))
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	return nil
}

// EscapePath writes a public id into a URL's path: each element between slashes
// is escaped and slashes are kept (math/0309136), but where the path would not
// survive cleaning (doi:10.1/a//b, a/../b, a/) slashes are written %2F. The dot of
// an id that ends as the address of another form does (doi:10.1/a.json) is
// written %2E.
func EscapePath(id string) string {
	escaped := escapePath(id)
	dot := strings.LastIndexByte(escaped, '.')
	if dot < 0 || dot == len(escaped)-1 || strings.Trim(escaped[dot+1:], "abcdefghijklmnopqrstuvwxyz") != "" {
		return escaped
	}
	return escaped[:dot] + "%2E" + escaped[dot+1:]
}

func escapePath(id string) string {
	if strings.HasPrefix(id, "/") || cleanPath("/"+id) != "/"+id || strings.HasSuffix(id, "/") {
		return url.PathEscape(id)
	}
	parts := strings.Split(id, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(parts, "/")
}

// cleanPath resolves empty and dot elements of an escaped path and drops
// trailing slashes.
func cleanPath(p string) string {
	if p == "" || p[0] != '/' {
		p = "/" + p
	}
	return path.Clean(p)
}
