package lookup

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"broadsheet"
)

// Place is who knows a paper.
type Place string

// Places.
const (
	Arxiv      Place = "arXiv"
	Biorxiv    Place = "bioRxiv" // and medRxiv
	OpenReview Place = "OpenReview"
	ACL        Place = "ACL Anthology"
	DOI        Place = "DOI"
	Page       Place = "page"
)

// Target is the paper that somebody means.
type Target struct {
	Place   Place
	ID      string // public id that it has, or would have
	Version int    // that was named, 0 for none
	URL     string // of a Page, or as it was typed
}

// Bounds of what is typed, in bytes.
const (
	MaxText = 2000 // an address, as broadsheet.ValidURL has it
	maxID   = 390  // what a page is known by; broadsheet.ParseID reads 400
)

var (
	preprintDOI = regexp.MustCompile(`^10\.(?:1101|64898)/(?:\d{4}\.\d\d\.\d\d\.\d+|\d{6})$`)
	preprintEnd = regexp.MustCompile(`(?:v\d+)?(?:\.full|\.abstract)?(?:\.pdf|-text)?$`)
	aclDOI      = regexp.MustCompile(`^10\.(?:18653/v1|3115/v1)/([a-z0-9.-]+)$`)
	aclForm     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{2,60}$`)
	reviewForm  = regexp.MustCompile(`^[A-Za-z0-9_-]{5,40}$`)
	schemeFirst = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)
	hostFirst   = regexp.MustCompile(`^(?i:[^\s/:?#@]+\.[a-z]{2,})(?::\d+)?(?:[/?#]|$)`)
)

// Parse reads what a person typed or pasted: an arXiv id or address, a DOI, the
// address of a paper at bioRxiv, OpenReview, the ACL Anthology, Hugging Face or
// anywhere else. Invalid, with the field url, for what can name no paper.
func Parse(text string) (Target, error) {
	text = bare(text)
	switch {
	case text == "":
		return Target{}, invalid("nothing was typed")
	case len(text) > MaxText:
		return Target{}, invalid(fmt.Sprintf("this is %d bytes long, more than any address needs", len(text)))
	case strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar
	}):
		return Target{}, invalid("this holds characters that nobody sees")
	}
	if id, v, ok := broadsheet.ParseArxivID(text); ok {
		return Target{Place: Arxiv, ID: id, Version: v}, nil
	}
	if doi, ok := readDOI(text); ok {
		return fromDOI(doi), nil
	}
	if id, v, err := broadsheet.ParseID(text); err == nil {
		if t, ok := fromID(id, v); ok {
			t.URL = text
			return t, nil
		}
	}
	return fromURL(text)
}

// bare takes off what people quote addresses with. A DOI may end in a bracket.
func bare(text string) string {
	text = strings.TrimSpace(text)
	for _, p := range []struct{ open, shut string }{{"<", ">"}, {`"`, `"`}, {"'", "'"}, {"“", "”"}} {
		if rest, ok := strings.CutPrefix(text, p.open); ok {
			if inner, ok := strings.CutSuffix(rest, p.shut); ok {
				return strings.TrimSpace(inner)
			}
		}
	}
	return text
}

func invalid(text string) error {
	return broadsheet.InvalidField("url", text, "paste an arXiv id as 2503.02130, a DOI, or the address of the paper's page")
}

// readDOI reads a DOI also where it stands in an address, percent-encoded.
func readDOI(text string) (string, bool) {
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		switch strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") {
		case "doi.org", "dx.doi.org":
			return broadsheet.ParseDOI(strings.TrimPrefix(u.Path, "/")) // its brackets and signs decoded
		}
		return "", false
	}
	if doi, ok := broadsheet.ParseDOI(text); ok {
		return doi, true
	}
	for _, host := range []string{"doi.org/", "dx.doi.org/", "www.doi.org/"} {
		if rest, ok := strings.CutPrefix(strings.ToLower(text), host); ok {
			return broadsheet.ParseDOI(rest)
		}
	}
	return "", false
}

// fromDOI is the place that knows most of a DOI.
func fromDOI(doi string) Target {
	if id, v, ok := broadsheet.ParseArxivID(doi); ok {
		return Target{Place: Arxiv, ID: id, Version: v}
	}
	if bare := preprintEnd.ReplaceAllString(doi, ""); preprintDOI.MatchString(bare) {
		return Target{Place: Biorxiv, ID: "doi:" + bare}
	}
	if m := aclDOI.FindStringSubmatch(doi); m != nil {
		return Target{Place: ACL, ID: "acl:" + aclID(m[1])}
	}
	return Target{Place: DOI, ID: "doi:" + doi}
}

// aclID writes an Anthology id as it stands in addresses: those of old volumes,
// P17-1001, begin with a capital.
func aclID(s string) string {
	if len(s) > 1 && s[1] >= '0' && s[1] <= '9' && strings.Contains(s, "-") {
		return strings.ToUpper(s[:1]) + s[1:]
	}
	return s
}

func fromID(id string, version int) (Target, bool) {
	switch s := broadsheet.SplitID(id); s.Scheme {
	case "arxiv":
		return Target{Place: Arxiv, ID: id, Version: version}, true
	case "doi":
		if doi, ok := broadsheet.ParseDOI(s.Value); ok {
			return fromDOI(doi), true
		}
	case "openreview":
		if reviewForm.MatchString(s.Value) {
			return Target{Place: OpenReview, ID: id}, true
		}
	case "acl":
		if aclForm.MatchString(s.Value) {
			return Target{Place: ACL, ID: "acl:" + aclID(s.Value)}, true
		}
	}
	return Target{}, false
}

// fromURL reads the address of a page that no place of ours is known for.
func fromURL(text string) (Target, error) {
	if !schemeFirst.MatchString(text) || hostFirst.MatchString(text) {
		if !hostFirst.MatchString(text) {
			return Target{}, invalid(fmt.Sprintf("%.60q names no paper", text))
		}
		text = "https://" + text
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return Target{}, invalid(fmt.Sprintf("%.60q is no address", text))
	case u.Scheme != "http" && u.Scheme != "https":
		return Target{}, invalid(fmt.Sprintf("addresses that begin with %.20q are not taken", u.Scheme+":"))
	case u.Host == "":
		return Target{}, invalid("the address names no host")
	case u.User != nil:
		return Target{}, invalid("the address holds a name or a password")
	}
	if err := plainHost(u); err != nil {
		return Target{}, err
	}
	id := PageID(u)
	if len(id) > maxID {
		return Target{}, invalid("the address is longer than a page can be known by here, 390 bytes")
	}
	u.Fragment, u.RawFragment, u.RawQuery = "", "", escapeQuery(u.RawQuery)
	return Target{Place: Page, ID: id, URL: u.String()}, nil
}

// escapeQuery writes a query as it may be sent: browsers show other letters than
// those, and some servers refuse them.
func escapeQuery(q string) string {
	var b strings.Builder
	for _, c := range []byte(q) {
		if c <= ' ' || c > '~' || strings.IndexByte(`"<>`, c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// plainHost writes the host in the letters that name servers know, so that what
// is shown and kept is what is asked, whatever it looks like.
func plainHost(u *url.URL) error {
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if !strings.Contains(host, ":") { // of IPv6
		ascii, err := idna.Lookup.ToASCII(host)
		if err != nil || slices.Contains(strings.Split(ascii, "."), "") {
			return invalid(fmt.Sprintf("%.60q is no host name", host))
		}
		host = ascii
	} else {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" && !(u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80") {
		host += ":" + port
	}
	u.Host = host
	return nil
}

// PageID is what a page without another name is known by: its address without
// what does not make it another page. u's host is plain.
func PageID(u *url.URL) string {
	v := *u
	v.Fragment, v.RawFragment, v.User = "", "", nil
	if v.Path == "" {
		v.Path = "/"
	}
	if q := v.Query(); len(q) > 0 {
		for name := range q {
			if strings.HasPrefix(name, "utm_") || name == "fbclid" || name == "gclid" || name == "ref_src" {
				q.Del(name)
			}
		}
		v.RawQuery = q.Encode() // sorted
	}
	v.ForceQuery = false
	return "url:" + v.String()
}
