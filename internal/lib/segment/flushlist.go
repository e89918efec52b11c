package segment

import (
	"fmt"
	"slices"
)

// postings writes the lists of all terms in their order, and the dictionary.
func (fl *flush) postings(w *fileWriter, score *scorer) error {
	ids := fl.b.terms.sorted()
	log, ends := fl.b.sortLog(ids)
	list := &listWriter{score: score}
	var dict dictWriter
	w.begin("post", 0)
	from := uint32(0)
	begin := w.off
	for i, id := range ids {
		run := log[from:ends[i]]
		from = ends[i]
		term := fl.b.terms.term(id)
		tag := term[0] < 0x20
		list.reset()
		fl.gather(list, run, tag)
		if err := addList(w, &dict, list, term, tag, w.off-begin, &fl.info); err != nil {
			return err
		}
	}
	dict.write(w)
	return nil
}

// addList writes a list, unless it is empty, and the term into the dictionary.
func addList(w *fileWriter, d *dictWriter, list *listWriter, term []byte, tag bool, off int64, info *Info) error {
	if len(list.docs) == 0 {
		return nil
	}
	b, impact, err := list.encode(tag)
	if err != nil {
		return fmt.Errorf("posting list of %q: %w", term, err)
	}
	w.write(b)
	info.Terms++
	info.Postings += uint64(len(list.docs))
	return d.add(term, Entry{DF: uint32(len(list.docs)), Impact: impact, Tag: tag, off: off, size: int64(len(b))})
}

// sortLog sorts the log by the terms' order, stably, in two passes: it counts, then
// puts each occurrence where it belongs. ends are of the terms.
func (b *Builder) sortLog(ids []uint32) (log []uint64, ends []uint32) {
	at := make([]uint32, len(ids)) // by number: first counts, then places
	total := 0
	for _, slab := range b.log {
		total += len(slab)
		for _, x := range slab {
			at[x>>termShift]++
		}
	}
	ends = make([]uint32, len(ids))
	sum := uint32(0)
	for i, id := range ids {
		n := at[id]
		at[id] = sum
		sum += n
		ends[i] = sum
	}
	log = make([]uint64, total)
	for _, slab := range b.log {
		for _, x := range slab {
			p := &at[x>>termShift]
			log[*p] = x
			*p++
		}
	}
	return log, ends
}

// gather makes postings of the occurrences of one term.
func (fl *flush) gather(list *listWriter, run []uint64, tag bool) {
	const docMask = MaxDocs - 1
	for len(run) > 0 {
		doc := uint32(run[0]>>docShift) & docMask
		n := 1
		for n < len(run) && uint32(run[n]>>docShift)&docMask == doc {
			n++
		}
		one := run[:n]
		run = run[n:]
		if fl.to != nil {
			if doc = fl.to[doc]; doc == NoDoc {
				continue
			}
		}
		if tag {
			list.add(doc, 0)
			continue
		}
		if n > 1 {
			sortPositions(one)
		}
		list.addText(doc, one)
	}
}

// sortPositions sorts the occurrences of a term in a document: by insertion, for
// they are few and mostly in order.
func sortPositions(v []uint64) {
	if len(v) > 64 {
		slices.Sort(v)
		return
	}
	for i := 1; i < len(v); i++ {
		for j := i; j > 0 && v[j-1] > v[j]; j-- {
			v[j-1], v[j] = v[j], v[j-1]
		}
	}
}

// addText adds a posting of the sorted occurrences of a term in a document.
func (l *listWriter) addText(doc uint32, occurrences []uint64) {
	var count [NumFields]int
	l.places = l.places[:0]
	for i, x := range occurrences {
		p := uint16(x >> 2)
		if i > 0 && p == l.places[len(l.places)-1] {
			continue
		}
		count[x&3]++
		l.places = append(l.places, p)
	}
	code := Code(count[Title], count[Abstract], count[Authors], count[Other])
	l.add(doc, code)
	l.pos = appendPositions(l.pos, code, l.places)
}
