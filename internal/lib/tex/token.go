package tex

import (
	"strings"
	"unicode/utf8"
)

type kind uint8

const (
	eof     kind = iota
	char         // one character
	command      // \name or \x; text is the name without the backslash
	begin        // {
	end          // }
	sup          // ^
	sub          // _
	prime        // '
	tab          // &
)

type token struct {
	kind kind
	text string
}

// lexer reads the tokens of a formula. White space between tokens means nothing in math. A percent sign is a percent sign, as
// "$50%$" is common, but for one before white space that no number precedes: that ended a line once.
type lexer struct {
	src string
	pos int
}

func (l *lexer) skipSpace() {
	for l.pos < len(l.src) && (isSpace(l.src[l.pos]) || l.lineEnd()) {
		l.pos++
	}
}

// lineEnd tells whether a percent sign at pos is left from a line's end.
func (l *lexer) lineEnd() bool {
	if l.src[l.pos] != '%' || l.pos+1 >= len(l.src) || !isSpace(l.src[l.pos+1]) {
		return false
	}
	return l.pos == 0 || !isDigit(l.src[l.pos-1]) && l.src[l.pos-1] != ' '
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// peek gives the next token without taking it.
func (l *lexer) peek() token {
	at := l.pos
	t := l.next()
	l.pos = at
	return t
}

// next takes the next token.
func (l *lexer) next() token {
	l.skipSpace()
	if l.pos >= len(l.src) {
		return token{}
	}
	c := l.src[l.pos]
	switch c {
	case '\\':
		name := commandName(l.src[l.pos+1:])
		l.pos += 1 + len(name)
		switch name {
		case "sp":
			return token{sup, "^"}
		case "sb":
			return token{sub, "_"}
		case ".":
			return token{char, "."}
		}
		return token{command, name}
	case '{':
		return l.take(begin, 1)
	case '}':
		return l.take(end, 1)
	case '^':
		return l.take(sup, 1)
	case '_':
		return l.take(sub, 1)
	case '\'':
		return l.take(prime, 1)
	case '&':
		for entity, text := range entities {
			if strings.HasPrefix(l.src[l.pos:], entity) {
				l.pos += len(entity)
				return token{char, text}
			}
		}
		return l.take(tab, 1)
	}
	_, size := utf8.DecodeRuneInString(l.src[l.pos:])
	return l.take(char, size)
}

// entities are those that sources have escaped once too often.
var entities = map[string]string{"&lt;": "<", "&gt;": ">"}

func (l *lexer) take(k kind, size int) token {
	t := token{k, l.src[l.pos : l.pos+size]}
	l.pos += size
	return t
}

// commandName is the name at the start of s, just after a backslash: letters, or one character, or nothing at the end.
func commandName(s string) string {
	n := 0
	for n < len(s) && isLetter(s[n]) {
		n++
	}
	if n == 0 && len(s) > 0 {
		_, n = utf8.DecodeRuneInString(s)
	}
	return s[:n]
}

// closeBrace is the index in s of the brace that closes the one before s, or -1.
func closeBrace(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return -1
}
