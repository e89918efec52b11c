package broadsheet

import (
	"net/url"
	"regexp"
	"strings"
)

var (
	webScheme = regexp.MustCompile(`(?i)^https?:/+`) // servers between fold the two slashes where an address stands in a path
	hostFirst = regexp.MustCompile(`(?i)^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)+|localhost)(?::\d+)?/`)
	formEnd   = regexp.MustCompile(`(?:\.full|\.abstract)?\.(?:pdf|md|bib|ris|csl\.json|html)$`)
)

// addressID is the id of the paper that the address of a web page is about, ""
// for none: a page at one of the places that people copy from, of any Broadsheet
// (…/papers/ID), or one whose path ends in an arXiv id.
func addressID(text string) string {
	switch {
	case webScheme.MatchString(text):
		text = webScheme.ReplaceAllString(text, "https://")
	case hostFirst.MatchString(text):
		text = "https://" + text
	default:
		return ""
	}
	if len(text) > 500 || strings.ContainsAny(text, " \"") {
		return ""
	}
	if id := fromAddress(text); id != "" {
		return id
	}
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	path := formEnd.ReplaceAllString(strings.Trim(u.Path, "/"), "")
	if _, id, ok := strings.Cut("/"+path, "/papers/"); ok {
		if id, _, ok := ParseArxivID(id); ok {
			return id
		}
		if _, _, ok := strings.Cut(id, ":"); ok && !webScheme.MatchString(id) {
			if id, _, err := ParseID(id); err == nil {
				return id
			}
		}
	}
	for path != "" { // an old id has a slash of its own: the longest fits
		if id, _, ok := ParseArxivID(path); ok {
			return id
		}
		_, path, _ = strings.Cut(path, "/")
	}
	return ""
}
