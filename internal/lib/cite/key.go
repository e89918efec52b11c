package cite

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"broadsheet"
	"broadsheet/internal/lib/tex"
)

// Keys are the papers' citation keys, unique among them: the first author's last name, the year, and the title's first word
// that says something ("vaswani2017attention"). Of those alike, all but one have a letter more, given in the order of the
// papers' ids, so that the order of a list changes no key.
func Keys(papers []broadsheet.Paper) []string {
	keys := make([]string, len(papers))
	order := make([]int, len(papers))
	for i := range papers {
		keys[i], order[i] = Key(&papers[i]), i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(papers[a].ID, papers[b].ID) })
	taken := make(map[string]int, len(papers))
	for _, k := range keys {
		taken[k] = 0
	}
	for _, i := range order {
		base := keys[i]
		n := taken[base]
		taken[base]++
		for n > 0 {
			try := base + letters(n-1)
			if _, ok := taken[try]; !ok {
				keys[i], taken[try] = try, 1
				break
			}
			n, taken[base] = n+1, taken[base]+1
		}
	}
	return keys
}

// Key is a paper's citation key where it stands alone.
func Key(p *broadsheet.Paper) string {
	key := "paper"
	if len(p.Authors) > 0 {
		words := fold(parse(tex.Plain(p.Authors[0].Name)).last())
		if named := slices.DeleteFunc(slices.Clone(words), isGroup); len(named) > 0 {
			words = named // "The Tea Collaboration" is tea
		}
		if len(words) > 0 {
			key = words[len(words)-1][:min(len(words[len(words)-1]), 24)]
		}
	}
	w := work{at: p.PublishedAt}
	if j, ok := parseJournal(p.JournalRef); ok {
		w.journal = j
	}
	if y := w.year(); y > 0 {
		key += strconv.Itoa(y)
	}
	for _, word := range fold(tex.Plain(p.Title)) {
		if len(word) > 3 && !slices.Contains(empty, word) {
			return key + word[:min(len(word), 24)]
		}
	}
	return key
}

// empty are words that titles begin with and that tell nothing.
var empty = []string{"with", "from", "towards", "toward", "what", "when", "about", "into", "over", "does", "this", "that", "some", "more"}

// fold is the words of a text in small ASCII letters and digits; letters without such a form are left out.
func fold(text string) []string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(text)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r) || r == '\'' || r == '’':
		case plainLetters[r] != "":
			b.WriteString(plainLetters[r])
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Fields(b.String())
}

// plainLetters are those of Latin that do not decompose.
var plainLetters = map[rune]string{'ß': "ss", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'æ': "ae", 'œ': "oe", 'ı': "i", 'ħ': "h"}

// letters counts a, b, …, z, aa, ab, …
func letters(n int) string {
	s := ""
	for n++; n > 0; n = (n - 1) / 26 {
		s = string(rune('a'+(n-1)%26)) + s
	}
	return s
}
