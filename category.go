package broadsheet

import (
	"regexp"
	"slices"
	"strings"
)

var (
	categoryForm = regexp.MustCompile(`^[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]+(?:-[A-Za-z]+)*)?$`)
	acmForm      = regexp.MustCompile(`^[A-K]\.\d`)
	mscForm      = regexp.MustCompile(`^\d\d(?:[A-Z]|-)`)
)

// IsCategory tells whether a word reads as an arXiv category or archive:
// "cs.LG", "hep-th", "cond-mat.mes-hall", whether or not it exists.
func IsCategory(word string) bool { return len(word) <= 40 && categoryForm.MatchString(word) }

// Classify parts the words that a source gives as a paper's categories:
// authors' ACM and MSC classes often stand among them.
func Classify(words []string) (categories []string, acm, msc string) {
	var acms, mscs []string
	for _, w := range words {
		class := strings.TrimRight(w, ",;")
		switch {
		case IsCategory(w):
			if !slices.Contains(categories, w) {
				categories = append(categories, w)
			}
		case acmForm.MatchString(class):
			acms = append(acms, class)
		case mscForm.MatchString(class):
			mscs = append(mscs, class)
		}
	}
	return categories, strings.Join(acms, "; "), strings.Join(mscs, ", ")
}
