package broadsheet_test

import (
	"testing"

	"broadsheet"
)

func TestWithdrawn(t *testing.T) {
	for _, c := range []struct {
		name, note, abstract string
		want                 bool
	}{
		{"nothing said", "12 pages", "We weigh clouds.", false},
		{"one word", "Withdrawn", "", true},
		{"one word and a reason", "withdrawn; the bound was known before", "", true},
		{"capitals", "THIS PAPER IS WITHDRAWN", "", true},
		{"by the authors", "This paper has been withdrawn by the authors, lemma 4 being false", "", true},
		{"for a while", "The manuscript is temporarily withdrawn", "", true},
		{"a clause between", "The paper, while not wrong, has been withdrawn", "", true},
		{"behind other remarks", "7 pages, 2 figures. Withdrawn until the data are checked", "", true},
		{"document", "This document was withdrawn for its age", "", true},
		{"this version", "This version has been withdrawn, a longer one is being written", "", true},
		{"it", "The proof has a gap. It has been withdrawn", "", true},
		{"the preprint's abstract", "", "This article has been withdrawn for an error in section 2.", true},
		{"the abstract, another word", "", "This submission has been withdrawn as its author wished.", true},

		{"a theorem", "Theorem 3 and its corollary have been withdrawn", "", false},
		{"another paper", "30 pages. Replaces arXiv:2001.00001, which has been withdrawn", "", false},
		{"an earlier version", "The version before was withdrawn by mistake", "", false},
		{"a talk", "Accepted for a workshop, but later withdrawn for want of money", "", false},
		{"a version of several", "v2: typos; v3: temporarily withdrawn; v4: rewritten", "", false},
		{"will be", "This draft will be withdrawn as soon as the book is out", "", false},
		{"brought back", "This paper is being unwithdrawn", "", false},
		{"withdrawal", "20 pages. Withdrawal rates of savers", "", false},
		{"money, in the abstract", "", "We note that money was withdrawn.", false},
		{"a subject of study", "", "We study how papers are withdrawn.", false},
		{"late in the abstract", "", "We count papers. A paper is withdrawn when its authors say so.", false},
	} {
		if got := broadsheet.Withdrawn(c.note, c.abstract); got != c.want {
			t.Errorf("%s: Withdrawn(%q, %q) = %v, want %v", c.name, c.note, c.abstract, got, c.want)
		}
	}
}
