package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"broadsheet/internal/embed/static"
	"broadsheet/train/corpus"
)

// A phrase stands out when its pieces come together far more often than by
// chance, by normalised pointwise mutual information (G. Bouma, 2009).
const (
	minPhrase = 40
	minNpmi   = 0.2
)

// learnPhrases chooses pairs of neighbouring pieces, most telling first.
func (v *vocab) learnPhrases(papers []corpus.Paper, limit int) error {
	data, err := static.Encode(v.contents(""))
	if err != nil {
		return err
	}
	m, err := static.Decode(data)
	if err != nil {
		return err
	}
	pairs, ones, total := map[uint32]int32{}, make([]int, len(v.rows)), 0
	var ids []uint16
	for _, p := range papers {
		if p.Part == corpus.Held {
			continue
		}
		ids = m.Pieces(ids[:0], p.Title+"\n"+p.Abstract)
		for i, id := range ids {
			ones[id]++
			total++
			if i > 0 && ids[i-1] != id {
				pairs[uint32(ids[i-1])<<16|uint32(id)]++
			}
		}
	}
	score := map[uint32]float64{}
	n := float64(total)
	for key, count := range pairs {
		if count < minPhrase {
			continue
		}
		c := float64(count)
		pmi := math.Log(c * n / (float64(ones[key>>16]) * float64(ones[key&0xFFFF])))
		if npmi := pmi / math.Log(n/c); npmi >= minNpmi {
			score[key] = c * npmi * npmi
		}
	}
	order := slices.SortedFunc(maps.Keys(score), func(a, b uint32) int {
		return cmp.Or(cmp.Compare(score[b], score[a]), cmp.Compare(a, b))
	})
	fmt.Printf("%d pieces, %d pairs, %d phrases to choose from\n", total, len(pairs), len(order))
	order = order[:min(limit, len(order))]
	for i, key := range order {
		a, b := uint16(key>>16), uint16(key&0xFFFF)
		v.phrases = append(v.phrases, [2]uint16{a, b})
		v.row(v.rows[a]+" "+v.rows[b], int(pairs[key]))
		if i%2500 == 0 {
			fmt.Printf("  %s %s (%d)\n", v.rows[a], v.rows[b], pairs[key])
		}
	}
	return nil
}
