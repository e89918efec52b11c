package corpus

import (
	"strings"

	"broadsheet"
)

// Broadsheet is the query as a reader would ask it here.
func (q Query) Broadsheet(mode broadsheet.Mode) broadsheet.Query {
	out := broadsheet.Query{Raw: q.Text, Mode: mode, Limit: 20}
	switch q.Class {
	case ClassPhrase:
		out.Require = [][]broadsheet.Term{{{Text: strings.Join(q.Words, " "), Phrase: true}}}
	case ClassAll:
		for _, w := range q.Words {
			out.Require = append(out.Require, []broadsheet.Term{{Text: w}})
		}
	default:
		for _, w := range strings.Fields(q.Text) {
			out.Words = append(out.Words, broadsheet.Term{Text: w})
		}
	}
	if q.Category != "" {
		out.Categories = []string{q.Category}
	}
	out.From = q.From
	return out
}
