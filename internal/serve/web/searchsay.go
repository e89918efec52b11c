package web

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
)

// count says how many papers were found and how, and no more than is known.
func (p *searchPage) count(found *app.Found) {
	words := found.Total - found.Nearest
	p.NoWords = found.NoWords && len(found.Hits) > 0
	switch {
	case len(found.Hits) == 0 && nothing(&found.Query):
		p.Count, p.Nothing = "Nothing to look for", true
	case found.Total == 0:
		p.Count = "No papers"
	case words <= 0 || found.Query.Mode == broadsheet.ModeSemantic && found.ByMeaning:
		p.Count = "The nearest papers"
	case found.AtLeast:
		p.Count = "At least " + plural(found.Total, "paper")
	default:
		p.Count = plural(words, "paper")
		if found.Nearest > 0 {
			p.How = "by word, " + number(found.Nearest) + " more by meaning, "
		}
	}
}

// nothing tells that a query neither looks for anything nor has a condition.
func nothing(q *broadsheet.Query) bool {
	return len(q.Words)+len(q.Require)+len(q.Exclude)+len(q.Categories)+len(q.NotCategories)+len(q.Authors)+len(q.Organizations)+len(q.IDs) == 0 &&
		!q.HasCode && !q.NoCode && q.From == "" && q.To == ""
}

// unknown lists the words that no paper has, where others were found: without
// any the page says that in another way. What the index knows as parts, such as
// the pairs of characters of Chinese, is shown as the word that was typed.
func unknown(found *app.Found) string {
	if found.NoWords {
		return ""
	}
	q := found.Query
	if found.Corrected != "" {
		q = broadsheet.ParseQuery(found.Corrected)
	}
	var words []string
	for _, u := range found.Unknown {
		for _, w := range q.Words {
			if strings.Contains(w.Text, u) {
				u = w.Text
				break
			}
		}
		if u = "“" + clip(u, 40) + "”"; !slices.Contains(words, u) {
			words = append(words, u)
		}
	}
	const most = 5
	if n := len(words) - most; n > 0 {
		return strings.Join(words[:most], ", ") + fmt.Sprintf(" or %d more words", n)
	}
	return joined(words, "or")
}

// lacking lists the words that no paper has in the fields where they were to be.
func lacking(terms []broadsheet.Term) string {
	const most = 3
	var words []string
	for _, t := range terms {
		u := "“" + clip(t.Text, 40) + "”"
		switch t.Field {
		case broadsheet.FieldTitle:
			u += " in its title"
		case broadsheet.FieldAbstract:
			u += " in its abstract"
		case broadsheet.FieldAuthor:
			u += " among its authors"
		}
		if !slices.Contains(words, u) {
			words = append(words, u)
		}
	}
	return joined(words[:min(most, len(words))], "or")
}

// joined writes "a, b or c".
func joined(words []string, and string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " " + and + " " + words[n-1]
	}
	return strings.Join(words, "")
}

// building says how far an index is that is made for the first time, "" where
// none is.
func building(s *app.IndexState) string {
	switch {
	case s == nil:
		return ""
	case !s.Open:
		return "The search index is being opened."
	case s.Behind < 0 || s.Papers == 0 && s.Behind == 0:
		return "The search index is being built."
	case s.Papers == 0:
		return fmt.Sprintf("The search index is being built: nothing can be found yet, about %s to go.", plural(int(s.Behind), "paper"))
	}
	return fmt.Sprintf("The search index is being built: %s so far, about %s to go. What is not in it yet cannot be found.",
		plural(s.Papers, "paper"), number(int(s.Behind)))
}

// notes are the first few things to say about a query, each once and not at
// whatever length it was typed.
func notes(all []broadsheet.Ignored) []broadsheet.Ignored {
	const most, length = 5, 60
	var out []broadsheet.Ignored
	for _, n := range all {
		if n.Text = clip(n.Text, length); len(out) < most && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// took writes how long a search lasted.
func took(d time.Duration) string {
	if d < 10*time.Millisecond {
		return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}
