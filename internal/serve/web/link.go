package web

import "net/url"

// host is the name of the site that an address leads to.
func host(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
