package lexical

// Stem is the stem of an English word in lower case (M. F. Porter, "An
// algorithm for suffix stripping", Program 14(3), 1980). Words with anything
// but a-z come back as they are.
func Stem(word string) string {
	if len(word) < 3 {
		return word
	}
	for i := range len(word) {
		if word[i] < 'a' || word[i] > 'z' {
			return word
		}
	}
	w := []byte(word)
	w = step1(w)
	w = replaceOne(w, step2, 0)
	w = replaceOne(w, step3, 0)
	w = step4(w)
	return string(step5(w))
}

func vowel(w []byte, i int) bool {
	switch w[i] {
	case 'a', 'e', 'i', 'o', 'u':
		return true
	case 'y':
		return i > 0 && !vowel(w, i-1)
	}
	return false
}

// measure counts the vowel-consonant sequences of w.
func measure(w []byte) int {
	n, was := 0, false
	for i := range w {
		is := vowel(w, i)
		if was && !is {
			n++
		}
		was = is
	}
	return n
}

func hasVowel(w []byte) bool {
	for i := range w {
		if vowel(w, i) {
			return true
		}
	}
	return false
}

func has(w []byte, suffix string) bool {
	return len(w) > len(suffix) && string(w[len(w)-len(suffix):]) == suffix
}

func double(w []byte) bool {
	n := len(w)
	return n > 1 && w[n-1] == w[n-2] && !vowel(w, n-1)
}

// cvc tells whether w ends consonant, vowel, consonant other than w, x, y.
func cvc(w []byte) bool {
	n := len(w)
	return n > 2 && !vowel(w, n-1) && vowel(w, n-2) && !vowel(w, n-3) && w[n-1] != 'w' && w[n-1] != 'x' && w[n-1] != 'y'
}

func step1(w []byte) []byte {
	switch {
	case has(w, "sses"), has(w, "ies"):
		w = w[:len(w)-2]
	case has(w, "ss"):
	case has(w, "s"):
		w = w[:len(w)-1]
	}
	cut := 0
	switch {
	case has(w, "eed"):
		if measure(w[:len(w)-3]) > 0 {
			w = w[:len(w)-1]
		}
	case has(w, "ed") && hasVowel(w[:len(w)-2]):
		cut = 2
	case has(w, "ing") && hasVowel(w[:len(w)-3]):
		cut = 3
	}
	if cut > 0 {
		w = w[:len(w)-cut]
		switch {
		case has(w, "at"), has(w, "bl"), has(w, "iz"):
			w = append(w, 'e')
		case double(w) && w[len(w)-1] != 'l' && w[len(w)-1] != 's' && w[len(w)-1] != 'z':
			w = w[:len(w)-1]
		case measure(w) == 1 && cvc(w):
			w = append(w, 'e')
		}
	}
	if has(w, "y") && hasVowel(w[:len(w)-1]) {
		w[len(w)-1] = 'i'
	}
	return w
}

var step2 = [][2]string{
	{"ational", "ate"}, {"tional", "tion"}, {"enci", "ence"}, {"anci", "ance"}, {"izer", "ize"}, {"bli", "ble"}, {"alli", "al"},
	{"entli", "ent"}, {"eli", "e"}, {"ousli", "ous"}, {"ization", "ize"}, {"ation", "ate"}, {"ator", "ate"}, {"alism", "al"},
	{"iveness", "ive"}, {"fulness", "ful"}, {"ousness", "ous"}, {"aliti", "al"}, {"iviti", "ive"}, {"biliti", "ble"}, {"logi", "log"},
}

var step3 = [][2]string{
	{"icate", "ic"}, {"ative", ""}, {"alize", "al"}, {"iciti", "ic"}, {"ical", "ic"}, {"ful", ""}, {"ness", ""},
}

var step4Suffixes = [][2]string{
	{"al", ""}, {"ance", ""}, {"ence", ""}, {"er", ""}, {"ic", ""}, {"able", ""}, {"ible", ""}, {"ant", ""}, {"ement", ""}, {"ment", ""},
	{"ent", ""}, {"ou", ""}, {"ism", ""}, {"ate", ""}, {"iti", ""}, {"ous", ""}, {"ive", ""}, {"ize", ""},
}

// replaceOne replaces the first suffix of the table that fits, where the stem
// before it measures more than least.
func replaceOne(w []byte, table [][2]string, least int) []byte {
	for _, r := range table {
		if has(w, r[0]) {
			if stem := w[:len(w)-len(r[0])]; measure(stem) > least {
				return append(stem, r[1]...)
			}
			return w
		}
	}
	return w
}

func step4(w []byte) []byte {
	if has(w, "ion") {
		if stem := w[:len(w)-3]; measure(stem) > 1 && (has(stem, "s") || has(stem, "t")) {
			return stem
		}
		return w
	}
	return replaceOne(w, step4Suffixes, 1)
}

func step5(w []byte) []byte {
	if has(w, "e") {
		if stem := w[:len(w)-1]; measure(stem) > 1 || measure(stem) == 1 && !cvc(stem) {
			w = stem
		}
	}
	if measure(w) > 1 && double(w) && w[len(w)-1] == 'l' {
		w = w[:len(w)-1]
	}
	return w
}
