package cli

import (
	"fmt"

	"broadsheet"
	"broadsheet/internal/store"
)

// lateIndex is how many changes a running site's index may be behind before
// that is worth a word: a large import is taken in within minutes.
const lateIndex = 1000

// checkIndex looks at the search index. It is a cache, so that nothing about it
// is more than a warning.
func checkIndex(r *run) (out []check) {
	const name = "search index"
	s, err := store.Open(r.ctx, r.cfg.Database, store.Options{ReadOnly: true})
	if err != nil {
		return []check{{name, left, "the database cannot be opened", ""}}
	}
	defer s.Close()
	if err := s.CheckSchema(r.ctx); err != nil {
		return []check{{name, left, "the database has another schema", ""}}
	}
	rep, err := gatherIndex(r, s)
	switch {
	case broadsheet.KindOf(err) == broadsheet.NotFound:
		return []check{ok(name, "there is none yet; `broadsheet serve` makes it")}
	case err != nil:
		return []check{{name, warning, err.Error(), "`broadsheet index rebuild` makes it anew"}}
	}
	model := rep.Model
	if model == "" {
		model = "no model of meaning"
	}
	text := fmt.Sprintf("%s, %s in %s, %s", plural(rep.Papers, "paper"), bytesText(rep.Bytes), plural(len(rep.Segments), "segment"), model)
	if rep.Rebuild != nil {
		text += fmt.Sprintf("; a new one has %s", plural(rep.Rebuild.Papers, "paper"))
	}
	out = append(out, rep.lag(name, text))
	if n := len(rep.Damaged); n > 0 {
		text := rep.Damaged[0].File + ": " + rep.Damaged[0].Reason
		if n > 1 {
			text += fmt.Sprintf("; %d files in all, see `broadsheet index status`", n)
		}
		out = append(out, check{"index damage", warning, text, rep.mending()})
	}
	return out
}

// lag judges how far the index is behind the database.
func (rep *indexReport) lag(name, text string) check {
	switch {
	case rep.Behind < 0:
		return check{name, warning, text + "; it is of another database, or of a newer copy", "nothing: the next `broadsheet serve` builds it anew"}
	case rep.Behind > lateIndex && rep.Open:
		return check{name, warning, fmt.Sprintf("%s; %s behind", text, plural(rep.Behind, "change")), "wait some minutes; if it stays so, the log says why"}
	case rep.Behind > 0 && !rep.Open:
		return ok(name, "%s; %s behind, which the next `broadsheet serve` takes in", text, plural(rep.Behind, "change"))
	}
	return ok(name, "%s; %s behind", text, plural(rep.Behind, "change"))
}
