package broadsheet

import (
	"net/url"
	"regexp"
	"strings"
)

var doiVersion = regexp.MustCompile(`(?:v\d+)?(?:\.full|\.abstract)?(?:\.pdf|-text)?$`)

// directID is the id of the paper that text as a whole names: an arXiv id in
// any spelling, a DOI, or the address of a paper at places that people copy
// from; "" where it names none.
func directID(text string) string {
	if len(text) > 400 || strings.ContainsAny(text, " \"") {
		return ""
	}
	if id, _, ok := ParseArxivID(text); ok {
		return id
	}
	if doi, ok := ParseDOI(text); ok {
		if id, _, ok := ParseArxivID(doi); ok { // "doi:10.48550/arXiv.…"
			return id
		}
		return "doi:" + doi
	}
	switch scheme, value, _ := strings.Cut(text, ":"); scheme {
	case "openreview", "acl", "biorxiv", "medrxiv":
		if hasWord(value) {
			return text
		}
	}
	return fromAddress(text)
}

// fromAddress reads the address of a page about a paper.
func fromAddress(text string) string {
	if !strings.Contains(text, "://") && strings.Contains(text, "/") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	path := strings.Trim(u.Path, "/")
	switch strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") {
	case "huggingface.co", "hf.co", "alphaxiv.org", "ar5iv.org", "ar5iv.labs.arxiv.org", "browse.arxiv.org", "arxiv.org", "export.arxiv.org", "arxiv.gg",
		"scirate.com", "semanticscholar.org", "api.semanticscholar.org", "emergentmind.com", "paperswithcode.com", "catalyzex.com":
		for path != "" {
			if id, _, ok := ParseArxivID(path); ok {
				return id
			}
			_, path, _ = strings.Cut(path, "/")
		}
	case "biorxiv.org", "medrxiv.org":
		if rest, ok := strings.CutPrefix(path, "content/"); ok {
			if doi, ok := ParseDOI(doiVersion.ReplaceAllString(rest, "")); ok {
				return "doi:" + doi
			}
		}
	case "openreview.net":
		if id := u.Query().Get("id"); id != "" && (path == "forum" || path == "pdf") && len(id) <= 40 && !hasControl(id) {
			return "openreview:" + id
		}
	case "aclanthology.org":
		if id := strings.TrimSuffix(path, ".pdf"); id != "" && !strings.Contains(id, "/") {
			return "acl:" + id
		}
	}
	return ""
}
