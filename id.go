package broadsheet

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

var (
	arxivNew = regexp.MustCompile(`^(\d{2})(\d{2})\.(\d{4,5})(?:v([1-9]\d{0,2}))?$`)
	arxivOld = regexp.MustCompile(`^([a-z]+(?:-[a-z]+)?)(?:\.[A-Za-z]{2}|\.[a-z]{2,}(?:-[a-z]{2,})?)?/(\d{2})(\d{2})(\d{3})(?:v([1-9]\d{0,2}))?$`)
	doiForm  = regexp.MustCompile(`^10\.\d{4,9}/\S+$`)
)

// ParseArxivID reads an arXiv identifier in any of its spellings (bare, with
// "arXiv:", as abs, pdf or html URL, as DOI 10.48550/arXiv.ID, as
// "oai:arXiv.org:ID") and gives its canonical form without version and the
// version, 0 where there is none. The canonical form of an old identifier
// drops the subject class: math.GT/0309136 is math/0309136.
func ParseArxivID(s string) (id string, version int, ok bool) {
	s = strings.TrimSpace(s)
	if len(s) > 200 {
		return "", 0, false
	}
	s = stripArxivPrefix(s)
	if m := arxivNew.FindStringSubmatch(s); m != nil {
		return newArxivID(m)
	}
	if m := arxivOld.FindStringSubmatch(s); m != nil {
		yy, mm := m[2], m[3]
		if !validMonth(mm) || !(yy >= "91" || yy <= "06" || yy == "07" && mm <= "03") {
			return "", 0, false
		}
		version, _ = strconv.Atoi(m[5])
		return m[1] + "/" + yy + mm + m[4], version, true
	}
	return "", 0, false
}

// newArxivID checks an identifier of the scheme in force since April 2007:
// four digits until 2014, five from 2015 on.
func newArxivID(m []string) (string, int, bool) {
	yy, _ := strconv.Atoi(m[1])
	if !validMonth(m[2]) || yy < 7 || yy == 7 && m[2] < "04" || yy > 90 {
		return "", 0, false
	}
	if (yy >= 15) != (len(m[3]) == 5) {
		return "", 0, false
	}
	version, _ := strconv.Atoi(m[4])
	return m[1] + m[2] + "." + m[3], version, true
}

func validMonth(mm string) bool { return mm >= "01" && mm <= "12" }

func stripArxivPrefix(s string) string {
	low := strings.ToLower(s)
	for _, p := range []string{"https://", "http://"} {
		if strings.HasPrefix(low, p) {
			s, low = s[len(p):], low[len(p):]
		}
	}
	for _, p := range []string{"www.arxiv.org/", "export.arxiv.org/", "arxiv.org/", "doi.org/", "dx.doi.org/"} {
		if strings.HasPrefix(low, p) {
			s = s[len(p):]
			s, _, _ = strings.Cut(s, "#")
			s, _, _ = strings.Cut(s, "?")
			low = strings.ToLower(s)
			break
		}
	}
	for _, p := range []string{"abs/", "pdf/", "html/", "oai:arxiv.org:", "arxiv:", "10.48550/arxiv."} {
		if strings.HasPrefix(low, p) {
			s = s[len(p):]
			break
		}
	}
	s = strings.TrimSuffix(s, "/")
	return strings.TrimSuffix(s, ".pdf")
}

// ParseDOI reads a DOI, bare, with "doi:" or as URL, and gives it in lower
// case: DOIs are compared without regard to case.
func ParseDOI(s string) (string, bool) {
	s = strings.TrimSpace(s)
	low := strings.ToLower(s)
	for _, p := range []string{"https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/", "doi:"} {
		if strings.HasPrefix(low, p) {
			low = strings.TrimSpace(low[len(p):])
			break
		}
	}
	if len(low) > 300 || !doiForm.MatchString(low) || hasControl(low) {
		return "", false
	}
	return low, true
}

// DOIs are the identities that a source's DOI field names: it may hold several,
// blank-separated, and things that are none. An arXiv DOI is left out: it says
// the arXiv id again.
func DOIs(field string) []SourceID {
	var out []SourceID
	for s := range strings.FieldsSeq(field) {
		if doi, ok := ParseDOI(s); ok && !strings.HasPrefix(doi, "10.48550/arxiv.") && !slices.Contains(out, SourceID{"doi", doi}) {
			out = append(out, SourceID{"doi", doi})
		}
	}
	return out
}

// ParseID reads the public id of a paper as it stands in a URL's path or as a
// person types it: an arXiv id in any spelling, a DOI, the address of a page about
// a paper, or "scheme:value". The result is canonical but need not exist. version
// is 0 where none was named.
func ParseID(s string) (id string, version int, err error) {
	if id, v, ok := ParseArxivID(s); ok {
		return id, v, nil
	}
	if doi, ok := ParseDOI(s); ok {
		return "doi:" + doi, 0, nil
	}
	if id := addressID(strings.TrimSpace(s)); id != "" {
		return id, 0, nil
	}
	if scheme, value, ok := strings.Cut(s, ":"); ok && schemeOK(scheme) && scheme != "http" && scheme != "https" && value != "" && len(s) <= 400 && !hasControl(value) {
		return scheme + ":" + value, 0, nil
	}
	return "", 0, &Error{Kind: NotFound, Field: "id", Text: fmt.Sprintf("%q is not a paper id", clip(s)),
		Fix: "write an arXiv id as 2503.02130 or math/0309136, a DOI, or the address of the paper's page"}
}

// ID is the public id that a paper with that identity has.
func (s SourceID) ID() string {
	if s.Scheme == "arxiv" {
		return s.Value
	}
	return s.Scheme + ":" + s.Value
}

// SplitID is the inverse of SourceID.ID for canonical ids.
func SplitID(id string) SourceID {
	if scheme, value, ok := strings.Cut(id, ":"); ok && schemeOK(scheme) {
		return SourceID{Scheme: scheme, Value: value}
	}
	return SourceID{Scheme: "arxiv", Value: id}
}

func schemeOK(s string) bool {
	if s == "" || len(s) > 20 {
		return false
	}
	for _, r := range s {
		if r < 'a' || r > 'z' {
			return false
		}
	}
	return true
}

func hasControl(s string) bool { return strings.ContainsFunc(s, unicode.IsControl) }

// AuthorKey is the key of the page that lists an author's papers: the name in
// lower case, every run of other characters than letters, marks and digits a
// hyphen, at most 120 bytes. "" where a name has no letter or digit.
func AuthorKey(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) {
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			r = unicode.ToLower(r)
			if b.Len()+len(string(r)) > 120 {
				break
			}
			b.WriteRune(r)
		} else if r != '\'' && r != '’' {
			gap = true
		}
	}
	return b.String()
}

// ValidURL tells whether s may stand in a link: http or https, a host, no
// credentials, no control characters, at most 2,000 bytes.
func ValidURL(s string) bool {
	if len(s) > 2000 || hasControl(s) {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}
