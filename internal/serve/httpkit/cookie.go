package httpkit

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Cookies writes and reads the site's cookies, which are never for scripts and
// never sent along by other sites' pages but for links followed.
type Cookies struct{ secure bool }

// CookiesOf are the cookies of a site with that address. Where browsers send
// cookies only over what nobody can listen to (https, and this machine itself)
// their names begin with __Host-: no other host can set or see them. A site that
// is read over plain HTTP from elsewhere has names without, since browsers refuse
// those.
func CookiesOf(base string) Cookies { return Cookies{SecureBase(base)} }

// SecureBase tells whether browsers take secure cookies from a site with that
// address.
func SecureBase(base string) bool {
	u, err := url.Parse(base)
	if base == "" || err != nil {
		return true // this machine
	}
	host := strings.ToLower(u.Hostname())
	addr, err := netip.ParseAddr(host)
	return strings.EqualFold(u.Scheme, "https") || host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && addr.IsLoopback()
}

// SessionCookie is the cookie that says who reads, without its prefix.
const SessionCookie = "session"

// Name is the name of a cookie as the browser has it.
func (c Cookies) Name(name string) string {
	if c.secure {
		return "__Host-" + name
	}
	return name
}

// Set gives the browser a cookie for a length of time.
func (c Cookies) Set(w http.ResponseWriter, name, value string, holds time.Duration) {
	http.SetCookie(w, &http.Cookie{Name: c.Name(name), Value: value, Path: "/", MaxAge: int(holds / time.Second),
		Secure: c.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// Clear takes a cookie from the browser.
func (c Cookies) Clear(w http.ResponseWriter, name string) {
	http.SetCookie(w, &http.Cookie{Name: c.Name(name), Path: "/", MaxAge: -1, Secure: c.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// Value is what a request's cookie holds, "" for none. Of two with one name, which
// only a planted one explains, neither counts.
func (c Cookies) Value(r *http.Request, name string) string {
	found := r.CookiesNamed(c.Name(name))
	if len(found) != 1 {
		return ""
	}
	return found[0].Value
}

// Identifier gives an Options.Identify that reads the session's cookie and the
// API token of Authorization: Bearer, and asks find about them.
func (c Cookies) Identifier(find func(ctx context.Context, session, bearer, client string) (context.Context, bool, error)) func(*http.Request) (context.Context, bool, error) {
	return func(r *http.Request) (context.Context, bool, error) {
		scheme, bearer, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if !strings.EqualFold(scheme, "Bearer") {
			bearer = ""
		}
		return find(r.Context(), c.Value(r, SessionCookie), strings.TrimSpace(bearer), Client(r))
	}
}
