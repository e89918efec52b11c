package tex

import "strings"

// dollar reads $…$ and $$…$$, or leaves a dollar that is money or alone.
func (s *scanner) dollar() int {
	if strings.HasPrefix(s.rest(1), "$") {
		rest := s.rest(2)
		if e := s.find(rest, "$$"); e > 0 && strings.TrimSpace(rest[:e]) != "" && !strings.Contains(rest[:e], "\n\n") {
			return s.putMath(rest[:e], true, e+4)
		}
		return 0
	}
	rest := s.rest(1)
	e := s.closingDollar(rest)
	if e < 0 || strings.TrimSpace(rest[:e]) == "" || isMoney(rest[:e], rest[e+1:]) {
		return 0
	}
	return s.putMath(rest[:e], false, e+2)
}

// closingDollar finds the dollar that ends the formula at the start of src: the first outside of braces, or, where braces
// do not match, the first of all. A formula does not reach over a blank line.
func (s *scanner) closingDollar(src string) int {
	first, depth := -1, 0
	for i := 0; i < len(src) && *s.budget >= 0; i++ {
		*s.budget--
		switch src[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			depth--
		case '$':
			if depth <= 0 {
				return i
			}
			if first < 0 {
				first = i
			}
		case '\n':
			if strings.HasPrefix(src[i+1:], "\n") {
				return first
			}
		}
	}
	return first
}

// isMoney tells whether what stands between two dollars is prose: "$5 and $10", or the words up to the next formula.
func isMoney(inner, after string) bool {
	if strings.ContainsAny(inner, `\^_=<>{}`) {
		return false
	}
	words, longest := 0, 0
	for _, w := range strings.Fields(inner) {
		w = strings.Trim(w, ".,;:()\"'?!")
		if len(w) > longest {
			longest = len(w)
		}
		if len(w) >= 3 && strings.Trim(w, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") == "" {
			words++
		}
	}
	if words >= 4 {
		return true
	}
	if !isDigit(inner[0]) {
		return false
	}
	last := inner[len(inner)-1]
	return words >= 2 || (isSpace(last) || last == '(') && words >= 1 || after != "" && isDigit(after[0]) && (isSpace(last) || last == '-' || last == '/' || words >= 1)
}

// address reads a web address that stands in the text, up to its last character that is not punctuation.
func (s *scanner) address() int {
	rest := s.rest(0)
	if len(rest) < 10 || isLetter(s.before()) || !strings.EqualFold(rest[:7], "http://") && !strings.EqualFold(rest[:8], "https://") {
		return 0
	}
	n := 0
	for n < len(rest) && rest[n] > ' ' && rest[n] < 0x7f && !strings.ContainsRune("\"<>{}|^`$", rune(rest[n])) {
		if rest[n] == '\\' && (n+1 == len(rest) || !strings.ContainsRune(`_%&#~`, rune(rest[n+1]))) {
			break
		}
		n++
	}
	for n > 0 && strings.ContainsRune(".,;:!?'*]", rune(rest[n-1])) || n > 0 && rest[n-1] == ')' && !strings.Contains(rest[:n], "(") {
		n--
	}
	a := unescape(rest[:n])
	if !isWeb(a) {
		return 0
	}
	s.flush()
	s.out.link(a, a)
	s.start = s.pos + n
	return n
}

// unescape takes away the backslashes that TeX wants in addresses.
func unescape(a string) string {
	return strings.NewReplacer(`\_`, "_", `\%`, "%", `\&`, "&", `\#`, "#", `\~`, "~", `\textasciitilde`, "~").Replace(a)
}
