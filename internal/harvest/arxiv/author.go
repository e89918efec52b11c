package arxiv

import (
	"regexp"
	"strings"

	"broadsheet"
	"broadsheet/internal/lib/clean"
	"broadsheet/internal/lib/oaipmh"
)

const (
	maxAuthors = 20_000
	maxName    = 300
)

var (
	suffix = regexp.MustCompile(`(?i)^(?:jr|sr|ii|iii|iv|ph\.?\s?d|m\.?d)\.?$`)
	// mark is a footnote's: "1", "1,2", "1 and 3", "*".
	mark  = regexp.MustCompile(`^(?:[\d*†‡§¶\s,;&]|and)+$`)
	group = regexp.MustCompile(`(?i)\b(?:collaborations?|consortium|team|group|survey|project)\b`)
	// slashes before an accent: some answers double them.
	slashes = regexp.MustCompile(`\\{2,}`)
)

// Authors reads arXiv's line of authors (arxiv.org/help/prep#author): names
// divided by commas, semicolons or "and", affiliations in parentheses behind
// the name, or marks there and the affiliations at the end, a collaboration
// before a colon, accents in TeX.
func Authors(s string) []broadsheet.Author {
	s = slashes.ReplaceAllString(s, `\`)
	var out []broadsheet.Author
	var name strings.Builder
	end := func() {
		add(&out, name.String())
		name.Reset()
	}
	for i := 0; i < len(s) && len(out) < maxAuthors; {
		switch c := s[i]; {
		case c == '(':
			inner, n := parenthesis(s[i:])
			i += n
			before := strings.TrimSpace(name.String())
			switch {
			case mark.MatchString(inner):
				name.WriteByte(' ')
			case before == "" && strings.HasPrefix(inner, "("): // "((1) U.L.B., (2) ECE)"
			default:
				end()
				if len(out) > 0 && out[len(out)-1].Affiliation == "" && !strings.HasPrefix(inner, "(") {
					out[len(out)-1].Affiliation = clean.Clip(clean.TeXName(inner), maxName)
				}
			}
		case c == ',' || c == ';':
			end()
			i++
		case c == ':' && group.MatchString(name.String()):
			end()
			i++
		case and(s, i):
			end()
			i += len(" and")
		default:
			name.WriteByte(c)
			i++
		}
	}
	end()
	return out
}

// and tells that the word "and" with white space on both sides begins at i.
func and(s string, i int) bool {
	return blank(s[i]) && len(s) > i+4 && s[i+1:i+4] == "and" && blank(s[i+4])
}

func blank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// parenthesis gives what stands between the parentheses at the beginning of
// s, and the length of the whole; up to the end where they do not close.
func parenthesis(s string) (string, int) {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return strings.TrimSpace(s[1:i]), i + 1
			}
		}
	}
	return strings.TrimSpace(s[1:]), len(s)
}

// add puts a name into the list, or a suffix behind the name before it.
func add(out *[]broadsheet.Author, raw string) {
	name := strings.TrimSpace(strings.TrimPrefix(clean.TeXName(raw)+" ", "and "))
	name = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(name, "et al."), "et al"))
	name = clean.Clip(strings.TrimLeft(name, ". "), maxName)
	if n := len(*out); n > 0 && suffix.MatchString(name) {
		last := &(*out)[n-1]
		last.Name += " " + name
		last.Key = broadsheet.AuthorKey(last.Name)
		return
	}
	if key := broadsheet.AuthorKey(name); key != "" {
		*out = append(*out, broadsheet.Author{Name: name, Key: key})
	}
}

// divided gives the names of the format arXiv.
func divided(names []oaipmh.Name) []broadsheet.Author {
	var out []broadsheet.Author
	for _, n := range names {
		name := clean.Clip(clean.TeXName(slashes.ReplaceAllString(n.Forenames+" "+n.Keyname+" "+n.Suffix, `\`)), maxName)
		key := broadsheet.AuthorKey(name)
		if key == "" || len(out) == maxAuthors {
			continue
		}
		a := broadsheet.Author{Name: name, Key: key}
		if len(n.Affiliations) > 0 {
			a.Affiliation = clean.Clip(clean.TeXName(strings.Join(n.Affiliations, "; ")), maxName)
		}
		out = append(out, a)
	}
	return out
}
