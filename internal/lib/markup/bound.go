package markup

import (
	"fmt"
	"runtime"
	"time"

	"github.com/yuin/goldmark/ast"
)

// nested is the greatest number of lists and quotes that a line of s opens or
// goes on, by the markers at its beginning alone: goldmark is not to be asked.
func nested(s string) int {
	most, depth, start := 0, 0, true
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\n':
			depth, start = 0, true
		case !start || c == ' ' || c == '\t':
		case c == '>':
			depth++
		case (c == '-' || c == '+' || c == '*') && ends(s, i+1):
			depth++
		case c >= '0' && c <= '9':
			j := i
			for j < len(s) && j-i < 10 && s[j] >= '0' && s[j] <= '9' {
				j++
			}
			if start = j < len(s) && (s[j] == '.' || s[j] == ')') && ends(s, j+1); start {
				depth++
				i = j
			}
		default:
			start = false
		}
		most = max(most, depth)
	}
	return most
}

// ends tells that a marker of a list ends at i.
func ends(s string, i int) bool {
	return i == len(s) || s[i] == ' ' || s[i] == '\t' || s[i] == '\n'
}

// tooDeep finds what was nested over several lines, or by other means than
// markers. It recurses no deeper than it allows.
func tooDeep(n ast.Node) bool { return deeper(n, MaxNesting, MaxNesting) }

func deeper(n ast.Node, blocks, inlines int) bool {
	switch n.Kind() {
	case ast.KindListItem, ast.KindBlockquote:
		blocks--
	default:
		if n.Type() == ast.TypeInline && n.HasChildren() {
			inlines--
		}
	}
	if blocks < 0 || inlines < 0 {
		return true
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if deeper(c, blocks, inlines) {
			return true
		}
	}
	return false
}

// slots bounds the texts that are read at once, those included that took too
// long and are still at it: whoever finds a slow one has no more of the machine.
var slots = make(chan struct{}, max(2, runtime.GOMAXPROCS(0)))

// within runs fn in its own goroutine and waits for it at most as long as limit.
// Nothing stops a parser: one that takes longer ends unheard. A panic, which only
// a fault in a parser can be, is an error.
func within[T any](limit time.Duration, fn func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	var none T
	clock := time.NewTimer(limit)
	defer clock.Stop()
	select {
	case slots <- struct{}{}:
	case <-clock.C:
		return none, ErrSlow
	}
	done := make(chan answer, 1)
	go func() {
		var a answer
		defer func() {
			if p := recover(); p != nil {
				a = answer{err: fmt.Errorf("markup: %v", p)}
			}
			<-slots
			done <- a
		}()
		a.value, a.err = fn()
	}()
	select {
	case a := <-done:
		return a.value, a.err
	case <-clock.C:
		return none, ErrSlow
	}
}
