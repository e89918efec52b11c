package static

import (
	"unicode"
	"unicode/utf8"
)

// maxWord bounds a word in bytes; what is longer is cut. The longest word of
// use in 230,000 abstracts has 31 letters.
const maxWord = 40

// scanner walks a text word by word: runs of letters and digits in lower
// case without accents, TeX commands read as words or skipped. It allocates
// nothing.
type scanner struct {
	s    string
	i    int
	n    int
	word [maxWord]byte
}

// ascii maps letters and digits to their lower case, everything else to 0.
var ascii = func() (t [256]byte) {
	for c := byte('0'); c <= '9'; c++ {
		t[c] = c
	}
	for c := byte('a'); c <= 'z'; c++ {
		t[c], t[c-'a'+'A'] = c, c
	}
	return t
}()

// next finds the next word, which is then sc.word[:sc.n].
func (sc *scanner) next() bool {
	s, i, n := sc.s, sc.i, 0
	for i < len(s) {
		c := s[i]
		if f := ascii[c]; f != 0 {
			if n < maxWord {
				sc.word[n] = f
				n++
			}
			i++
			continue
		}
		switch {
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(s[i:])
			folded, alone, ok := foldRune(r)
			switch {
			case !ok && n > 0:
				sc.i, sc.n = i+size, n
				return true
			case alone && n > 0:
				sc.i, sc.n = i, n
				return true
			case alone:
				sc.i, sc.n = i+size, copy(sc.word[:], folded)
				return true
			}
			n += copy(sc.word[n:], folded)
			i += size
		case c == '{' || c == '}':
			i++ // nothing to see: G{\"o}del is one word
		case c == '\\':
			var whole bool
			if i, n, whole = sc.command(i, n); whole {
				sc.i, sc.n = i, n
				return true
			}
		case c == '&' && entity(s[i:]) > 0:
			i += entity(s[i:])
			if n > 0 {
				sc.i, sc.n = i, n
				return true
			}
		case c == '\'' && i+1 < len(s) && s[i+1] == 's' && (i+2 == len(s) || ascii[s[i+2]] == 0):
			i += 2 // the possessive says nothing
		default:
			i++
			if n > 0 {
				sc.i, sc.n = i, n
				return true
			}
		}
	}
	sc.i, sc.n = i, n
	return n > 0
}

// command reads the TeX command at s[i], with n bytes of a word before it.
// It gives where to go on, the bytes of the word, and whether the word is
// whole.
func (sc *scanner) command(i, n int) (int, int, bool) {
	s := sc.s
	end := i + 1
	for end < len(s) && ascii[s[end]] > '9' && end-i < maxWord {
		end++
	}
	name := s[i+1 : end]
	if name == "" {
		if end < len(s) {
			switch s[end] {
			case '\'', '"', '`', '^', '~', '=', '.':
				return end + 1, n, false // an accent within a word
			}
		}
		return min(end+1, len(s)), n, n > 0
	}
	switch name {
	case "c", "v", "H", "u", "k", "r", "b", "d", "t": // accents by name
		if end < len(s) && s[end] == ' ' {
			end++
		}
		return end, n, false
	case "o", "O", "l", "L", "i", "j", "ss", "ae", "AE", "oe", "OE", "aa", "AA": // letters
		for k := 0; k < len(name) && n < maxWord; k++ {
			sc.word[n] = ascii[name[k]]
			n++
		}
		if end < len(s) && s[end] == ' ' {
			end++
		}
		return end, n, false
	}
	if n > 0 {
		return i, n, true // the word before; the command comes next
	}
	if markup[name] {
		return end, 0, false
	}
	for k := 0; k < len(name); k++ {
		sc.word[n] = ascii[name[k]]
		n++
	}
	return end, n, true
}

// entity is the length of an HTML character reference such as &gt; at the
// start of s, or 0. It parts words.
func entity(s string) int {
	for k := 1; k < len(s) && k < 8; k++ {
		if s[k] == ';' {
			return k + 1
		}
		if ascii[s[k]] == 0 && s[k] != '#' {
			return 0
		}
	}
	return 0
}

// foldRune gives the letters that stand for a rune beyond ASCII; alone tells
// that they are a word of their own (a Greek letter's name), !ok that the
// rune parts words. An accent or invisible rune folds to nothing.
func foldRune(r rune) (folded string, alone, ok bool) {
	if f, found := folds[r]; found {
		return f, false, true
	}
	if name, found := greek[r]; found {
		return name, true, true
	}
	switch {
	case r == 0xAD || r >= 0x200B && r <= 0x200D || r == 0xFEFF || unicode.Is(unicode.Mn, r):
		return "", false, true
	case r >= 0x80 && unicode.IsLetter(r):
		return string(unicode.ToLower(r)), false, true
	}
	return "", false, false
}

// Words calls yield with every word of text as the model reads it, grammar
// words among them. The bytes are valid until yield returns.
func Words(text string, yield func(word []byte)) {
	sc := scanner{s: text}
	for sc.next() {
		yield(sc.word[:sc.n])
	}
}

// IsSilent reports whether a word carries grammar only.
func IsSilent(word string) bool { return silentWords[word] }

var silentWords = func() map[string]bool {
	t := map[string]bool{}
	for _, w := range silent {
		t[w] = true
	}
	return t
}()
