package lookup

import (
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html"

	"broadsheet"
	"broadsheet/internal/lib/clean"
)

// Bounds of text, in bytes, and of lists.
const (
	maxTitle    = 1000
	maxAbstract = 64 << 10
	maxName     = 300
	maxAuthors  = 5000
)

// prose is text without markup: sources put JATS, HTML and MathML into titles and
// abstracts. The heading "Abstract" goes. It never fails: what is no markup is text.
func prose(s string, most int) string {
	if len(s) > 4*most {
		s = s[:4*most]
	}
	if !strings.ContainsAny(s, "<&") {
		return clean.Clip(clean.Line(s), most)
	}
	z := html.NewTokenizer(strings.NewReader(s))
	var b strings.Builder
	drop, heading := "", false
	for {
		switch z.Next() {
		case html.ErrorToken:
			return clean.Clip(clean.Line(b.String()), most)
		case html.TextToken:
			text := string(z.Text())
			if drop != "" || heading && strings.EqualFold(strings.Trim(text, " .:\n"), "abstract") {
				continue
			}
			b.WriteString(text)
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			tok := z.Token()
			name := tok.Data[strings.LastIndexByte(tok.Data, ':')+1:]
			switch name {
			case "p", "title", "sec", "br", "div", "li":
				b.WriteByte(' ')
			}
			heading = tok.Type == html.StartTagToken && (name == "title" || strings.HasPrefix(name, "h") && len(name) == 2)
			switch {
			case tok.Type == html.StartTagToken && (name == "script" || name == "style" || name == "annotation" || name == "tex-math"):
				drop = name
			case tok.Type == html.EndTagToken && name == drop:
				drop = ""
			}
		}
	}
}

func title(s string) string { return prose(s, maxTitle) }

// person reads a name as catalogues print it, "Family, Given" or in order.
func person(s string) string {
	s = clean.Clip(clean.TeXName(html.UnescapeString(s)), maxName)
	family, given, ok := strings.Cut(s, ",")
	if ok && !strings.Contains(given, ",") && strings.TrimSpace(given) != "" && strings.TrimSpace(family) != "" {
		return strings.TrimSpace(given) + " " + strings.TrimSpace(family)
	}
	return s
}

// authored adds an author who has a name.
func authored(p *broadsheet.Paper, a broadsheet.Author) {
	if broadsheet.AuthorKey(a.Name) != "" && len(p.Authors) < maxAuthors {
		p.Authors = append(p.Authors, a)
	}
}

var orcidForm = regexp.MustCompile(`\b\d{4}-\d{4}-\d{4}-\d{3}[\dX]\b`)

var dateLayouts = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z0700", time.DateTime, time.DateOnly, "2006/01/02", "2006/1/2", "2006-1-2", "2006-01", "2006/01", "2006/1", "2006",
	"January 2, 2006", "Jan 2, 2006", "2 January 2006", "2 Jan 2006", "January 2006", "Jan 2006", "01/02/2006"}

// date reads a date in the ways in which pages write it; zero where it is none, or
// one that cannot be.
func (l *Lookup) date(s string) time.Time {
	s = strings.TrimSpace(s)
	if len(s) > 40 {
		return time.Time{}
	}
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return l.plausible(t.UTC())
		}
	}
	return time.Time{}
}

// plausible drops dates that no paper has: journals date issues ahead, by months.
func (l *Lookup) plausible(t time.Time) time.Time {
	now := l.opt.Now().UTC()
	switch {
	case t.Year() < 1600, t.After(now.AddDate(2, 0, 0)):
		return time.Time{}
	case t.After(now):
		return now.Truncate(24 * time.Hour)
	}
	return t
}

var takenBackTitle = regexp.MustCompile(`(?i)^\W*(?:retracted|withdrawn|removed|retraction|withdrawal)(?: (?:article|paper|preprint|chapter))?\s*[:\]\-–—]`)

// takenBack tells whether title or abstract say that the paper was withdrawn or
// retracted.
func takenBack(title, abstract string) bool {
	return takenBackTitle.MatchString(title) || broadsheet.Withdrawn("", abstract)
}
