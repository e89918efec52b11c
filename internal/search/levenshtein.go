package search

// speller measures how far the words of a sorted dictionary are from one word,
// by optimal string alignment: an insertion, deletion, replacement or the
// exchange of two neighbours counts one. Rows of the table are kept for the
// prefix that a word shares with the one before it, and a prefix from which no
// word can come near is told, so that the dictionary can be skipped past it.
type speller struct {
	word []byte
	max  int
	last []byte
	rows [][]int8 // rows[i] belongs to the first i bytes of last
}

// maxSpelled is the longest word that is corrected. Bytes stand for letters:
// terms are folded, and what is left outside ASCII counts two or more.
const maxSpelled = 32

func newSpeller(word string, max int) *speller {
	s := &speller{word: []byte(word), max: max}
	first := make([]int8, len(word)+1)
	for j := range first {
		first[j] = int8(j) // #nosec G115 -- at most maxSpelled
	}
	s.rows = append(s.rows, first)
	return s
}

// distance is how far term is, or max+1 where it is farther than max. dead is
// then the length of the shortest prefix of term that no word within max
// begins with, or 0 where the prefix is not to blame.
func (s *speller) distance(term []byte) (d, dead int) {
	shared := 0
	for shared < len(term) && shared < len(s.last) && term[shared] == s.last[shared] {
		shared++
	}
	s.last = append(s.last[:shared], term[shared:]...)
	for i := shared + 1; i <= len(term); i++ {
		if len(s.rows) <= i {
			s.rows = append(s.rows, make([]int8, len(s.word)+1))
		}
		if s.row(i) > s.max {
			s.last = s.last[:i-1]
			return s.max + 1, i
		}
	}
	d = int(s.rows[len(term)][len(s.word)])
	return min(d, s.max+1), 0
}

// row fills row i and gives its least value that no longer word can undercut.
func (s *speller) row(i int) int {
	row, above := s.rows[i], s.rows[i-1]
	row[0] = int8(min(i, 100)) // #nosec G115 -- bounded
	least := row[0]
	for j := 1; j <= len(s.word); j++ {
		cost := int8(1)
		if s.word[j-1] == s.last[i-1] {
			cost = 0
		}
		v := min(above[j]+1, row[j-1]+1, above[j-1]+cost)
		if i > 1 && j > 1 && s.word[j-1] == s.last[i-2] && s.word[j-2] == s.last[i-1] {
			v = min(v, s.rows[i-2][j-2]+1)
		}
		row[j] = v
		least = min(least, v)
	}
	if i > 1 { // an exchange reaches back over a row
		for _, v := range above {
			least = min(least, v+1)
		}
	}
	return int(least)
}
