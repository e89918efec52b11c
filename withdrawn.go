package broadsheet

import (
	"regexp"
	"strings"
)

// What is said to be withdrawn, and how. Parts of a paper, other papers and
// talks are withdrawn too; the subject tells them apart.
const (
	takenBackWhat = `(?:paper|article|manuscript|preprint|submission|document|note|letter|work|this (?:current )?version|the current version)`
	takenBackHow  = ` (?:(?:is|was|has|have|had|been|being|now|temporarily) ){0,4}withdrawn\b`
)

var (
	withdrawnNote = regexp.MustCompile(`(?i)(?:^\W*|\. )(?:(?:temporarily )?withdrawn\b|it` + takenBackHow + `)` +
		`|\b` + takenBackWhat + `\b(?:, [^.,;]{1,40},)?` + takenBackHow)
	withdrawnText = regexp.MustCompile(`(?i)^\W*(?:(?:this|the) )?` + takenBackWhat + takenBackHow)
)

// Withdrawn tells whether the authors' note, or the beginning of the abstract,
// says that the paper is withdrawn: this paper, not a theorem in it, another
// paper or a talk about it. Importing and harvesting both ask it, so that a
// paper is the same whichever way it came. Both texts are single lines. It
// rather overlooks a free wording than calls a paper withdrawn that is not.
func Withdrawn(note, abstract string) bool {
	return mentionsWithdrawn(note) && withdrawnNote.MatchString(note) ||
		mentionsWithdrawn(abstract[:min(len(abstract), 200)]) && withdrawnText.MatchString(abstract)
}

// mentionsWithdrawn spares nearly all papers the expressions.
func mentionsWithdrawn(s string) bool {
	return strings.Contains(s, "ithdrawn") || strings.Contains(s, "ITHDRAWN")
}
