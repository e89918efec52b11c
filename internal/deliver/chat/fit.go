package chat

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
)

// textSteps are how long summaries may be, from the fullest message to the
// shortest.
var textSteps = []int{textLength, 120, 0}

// fit makes the fullest message that fits: with shorter summaries, then with
// none, then with fewer papers, what is left out being said. make gives the
// message and whether it fits; one without papers must.
func fit(n *news, make func(n *news) ([]byte, bool)) []byte {
	whole := n.items
	short := *n
	for _, limit := range textSteps {
		short.items = shorten(whole, limit)
		if body, ok := make(&short); ok {
			return body
		}
	}
	bare := short.items
	// The most papers that fit, by halves: the size grows with their number.
	low, high := 0, len(bare)
	for low < high-1 {
		short.items, short.left = bare[:(low+high)/2], len(bare)-(low+high)/2
		if _, ok := make(&short); ok {
			low = (low + high) / 2
		} else {
			high = (low + high) / 2
		}
	}
	// Fewer papers leave room for what they are about.
	for _, limit := range textSteps {
		short.items, short.left = shorten(whole[:low], limit), len(bare)-low
		if body, ok := make(&short); ok || limit == 0 {
			return body
		}
	}
	return nil // the last step always returns
}

func shorten(items []item, limit int) []item {
	out := append([]item(nil), items...)
	for i := range out {
		if limit == 0 {
			out[i].text = ""
		}
		out[i].text = clip(out[i].text, limit)
	}
	return out
}

// units is the length of a text in UTF-16 code units, in which most services
// count; it is never less than that in characters.
func units(s string) (n int) {
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// clip cuts a line at a word where it is longer than limit.
func clip(s string, limit int) string {
	if limit <= 0 || len(s) <= limit || units(s) <= limit {
		return s
	}
	n, end := 0, 0
	for i, r := range s {
		size := units(string(r))
		if n+size > limit-1 {
			break
		}
		n, end = n+size, i+len(string(r))
	}
	cut := s[:end]
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return strings.TrimRightFunc(cut, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;:–—-", r) }) + "…"
}

// clipWith cuts a line so that it is within limit after a change that lengthens
// it.
func clipWith(s string, limit int, change func(string) string) string {
	for at := limit; at > 1; at -= max(1, units(change(clip(s, at)))-limit) {
		if out := change(clip(s, at)); units(out) <= limit {
			return out
		}
	}
	return ""
}

// encode writes JSON without the escapes that only pages need.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("chat: " + err.Error()) // of text, numbers and lists nothing can fail
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}
