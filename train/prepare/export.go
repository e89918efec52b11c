package main

import (
	"encoding/binary"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"broadsheet/internal/embed/static"
	"broadsheet/train/corpus"
	"broadsheet/train/lexical"
)

// export writes the files that train.py reads, all little-endian:
//
//	ids.u16     the pieces of all papers: title, then the abstract's sentences
//	lens.u16    for each paper: part, category, number of runs, then each run's pieces; run 0 is the title
//	pairs.u32   two papers that share at least two authors
//	rows.u32    for each row: documents, stem
//	phrases.u16 for each phrase: its two pieces; phrases have the last rows
func export(dir string, papers []corpus.Paper, v *vocab, m *static.Model) error {
	var ids, lens, scratch []uint16
	categories := map[string]int{}
	for _, p := range papers {
		c, ok := categories[p.Category]
		if !ok {
			c = len(categories)
			categories[p.Category] = c
		}
		runs := append([]string{p.Title}, corpus.Sentences(p.Abstract)...)
		lens = append(lens, uint16(p.Part), uint16(c), uint16(len(runs))) // #nosec G115 -- small counts
		for _, run := range runs {
			scratch = m.Pieces(scratch[:0], run)
			lens = append(lens, uint16(len(scratch))) // #nosec G115 -- an abstract's sentence
			ids = append(ids, scratch...)
		}
	}
	var pairs []uint32
	for i, others := range corpus.Related(papers, 6) {
		for _, j := range others {
			if i < j {
				pairs = append(pairs, uint32(i), uint32(j)) // #nosec G115 -- far fewer papers
			}
		}
	}
	stems := map[string]uint32{}
	var rows []uint32
	for i, w := range v.rows {
		s := lexical.Stem(w)
		if strings.HasPrefix(w, "##") || strings.Contains(w, " ") {
			s = w
		}
		if _, ok := stems[s]; !ok {
			stems[s] = uint32(len(stems)) // #nosec G115 -- at most 65535
		}
		rows = append(rows, uint32(v.df[i]), stems[s]) // #nosec G115 -- documents
	}
	var phrases []uint16
	for _, p := range v.phrases {
		phrases = append(phrases, p[0], p[1])
	}
	fmt.Printf("%d pieces, %d pairs of papers, %d rows of %d stems, %d categories\n", len(ids), len(pairs)/2, len(v.rows), len(stems), len(categories))
	for name, data := range map[string]any{"ids.u16": ids, "lens.u16": lens, "pairs.u32": pairs, "rows.u32": rows, "phrases.u16": phrases} {
		if err := write(filepath.Join(dir, name), data); err != nil {
			return err
		}
	}
	names := slices.SortedFunc(maps.Keys(categories), func(a, b string) int { return categories[a] - categories[b] })
	return os.WriteFile(filepath.Join(dir, "rows.txt"), []byte(strings.Join(v.rows, "\n")+"\n\n"+strings.Join(names, "\n")+"\n"), 0o600)
}

func write(path string, data any) error {
	out, err := binary.Append(nil, binary.LittleEndian, data)
	if err != nil {
		return err
	}
	return os.WriteFile(path, out, 0o600)
}

// writeModel puts rows (256 bytes each, then one byte each with its scale)
// into a vocabulary's file.
func writeModel(rowsPath, vocabPath, out, name string, limit int) error {
	rows, err := os.ReadFile(rowsPath) // #nosec G304 -- the operator names the file
	if err != nil {
		return err
	}
	data, err := os.ReadFile(vocabPath) // #nosec G304 -- as above
	if err != nil {
		return err
	}
	data, err = static.Replace(data, rows, name, limit)
	if err != nil {
		return err
	}
	if _, err := static.Decode(data); err != nil {
		return err
	}
	return os.WriteFile(out, data, 0o600)
}
