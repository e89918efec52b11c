package index

import (
	"fmt"
	"strings"

	"broadsheet/internal/lib/segment"
)

// Dump writes out every living document of a snapshot by its key: its terms
// with fields and positions, tags, columns, facets and vector. Two indexes of
// the same papers have the same dump, however their segments came about; tests
// and whoever doubts an index compare by it. It takes about 10 KB a document.
func Dump(s *Snapshot) (map[string]string, error) {
	out := make(map[string]string, s.Live)
	for _, seg := range s.Segments {
		if err := Guard(func() error { return seg.dump(out) }); err != nil {
			return nil, fmt.Errorf("%s: %w", seg.File(), err)
		}
	}
	return out, nil
}

// dumpColumns are those written out, and facets below; the index itself does
// not care which there are.
var dumpColumns = []string{"time", "hash"}

func (s *Segment) dump(out map[string]string) error {
	docs := make([]strings.Builder, s.entry.Docs)
	if err := s.dumpTerms(docs); err != nil {
		return err
	}
	if err := s.dumpColumns(docs); err != nil {
		return err
	}
	var row segment.Row
	for doc := range uint32(s.entry.Docs) {
		if !s.Has(doc) {
			continue
		}
		v, scale, err := s.Int8(doc, &row)
		if err != nil {
			return err
		}
		fmt.Fprintf(&docs[doc], "vector %v %v\n", v, scale)
		key, err := s.Key(doc)
		if err != nil {
			return err
		}
		if _, ok := out[key]; ok {
			return fmt.Errorf("%s lives twice", key)
		}
		found, ok, err := s.Reader.Find(key)
		if err != nil {
			return err
		}
		if !ok || found != doc {
			return fmt.Errorf("%s is document %d, and is found as %d, %v", key, doc, found, ok)
		}
		out[key] = docs[doc].String()
	}
	return nil
}

func (s *Segment) dumpTerms(docs []strings.Builder) error {
	terms := s.Terms("")
	var positions []uint32
	for terms.Next() {
		p := s.Postings(terms.Entry())
		for p.NextBlock() {
			block, codes := p.Block()
			for i, doc := range block {
				if !s.Has(doc) {
					continue
				}
				fmt.Fprintf(&docs[doc], "%q", terms.Term())
				if !terms.Entry().Tag {
					positions = p.PositionsAt(i, positions[:0])
					fmt.Fprintf(&docs[doc], " %#x %v", codes[i], positions)
				}
				docs[doc].WriteByte('\n')
			}
		}
		if err := p.Err(); err != nil {
			return err
		}
	}
	return terms.Err()
}

func (s *Segment) dumpColumns(docs []strings.Builder) error {
	norm, err := s.U16("norm")
	if err != nil {
		return err
	}
	pop, err := s.U8("pop")
	if err != nil {
		return err
	}
	flags, err := s.U8("flags")
	if err != nil {
		return err
	}
	for doc := range docs {
		fmt.Fprintf(&docs[doc], "norm %d pop %d flags %d", norm[doc], pop[doc], flags[doc])
	}
	for _, name := range dumpColumns {
		column, err := s.U32(name)
		if err != nil {
			return err
		}
		for doc, v := range column {
			fmt.Fprintf(&docs[doc], " %s %d", name, v)
		}
	}
	for _, name := range []string{"cat", "org"} {
		column, err := s.Ordinals(name)
		if err != nil {
			return err
		}
		var ordinals []uint32
		for doc := range docs {
			fmt.Fprintf(&docs[doc], " %s", name)
			ordinals = column.Of(uint32(doc), ordinals[:0])
			for _, o := range ordinals {
				fmt.Fprintf(&docs[doc], " %q", column.Names[o])
			}
		}
	}
	for doc := range docs {
		docs[doc].WriteByte('\n')
	}
	return nil
}
