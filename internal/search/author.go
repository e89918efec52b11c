package search

import (
	"strings"

	"broadsheet"
)

// nameParts is how many parts a name may have that is tried in other orders.
const nameParts = 6

// authors are the keys of a query's authors. One that nobody has is looked for
// with its parts turned round: many write the last name first, "lecun yann". A
// key that somebody has is left alone, whoever else has it the other way round:
// of Chinese names each order is a name.
func (p *planner) authors(keys []string) []string {
	out := make([]string, len(keys))
	for i, key := range keys {
		out[i] = key
		n, err := p.view.tagged(TagAuthor + key)
		if p.fail(err); n > 0 {
			continue
		}
		for _, turned := range turns(key) {
			m, err := p.view.tagged(TagAuthor + turned)
			if p.fail(err); m > n {
				out[i], n = turned, m
			}
		}
		if n > 0 {
			name := func(key string) string { return strings.ReplaceAll(key, "-", " ") }
			p.ignored = append(p.ignored, broadsheet.Ignored{Text: name(key), Why: "no author is written so: looked for " + name(out[i])})
		}
	}
	return out
}

// turns are a key's parts in the other orders that begin with a later one.
func turns(key string) (out []string) {
	parts := strings.Split(key, "-")
	if len(parts) > nameParts {
		return nil
	}
	for i := range parts[1:] {
		out = append(out, strings.Join(append(parts[i+1:len(parts):len(parts)], parts[:i+1]...), "-"))
	}
	return out
}

// tagged is how many papers have a tag, with those that are gone.
func (v *view) tagged(tag string) (n int, err error) {
	err = v.each(func(_ int, p *part) error {
		e, ok, err := p.Lookup(tag)
		if ok {
			n += int(e.DF)
		}
		return err
	})
	return n, err
}
