package cli

import (
	"fmt"

	"broadsheet"
	"broadsheet/internal/judge"
)

// evalRow is a mode's figures on a set, as scripts get them.
type evalRow struct {
	Set       string  `json:"set"` // "mean" over all sets
	Mode      string  `json:"mode"`
	Queries   int     `json:"queries"`
	NDCG10    float64 `json:"ndcg@10"`
	MAP       float64 `json:"map"`
	Recall100 float64 `json:"recall@100"`
	MRR       float64 `json:"mrr"`
	P10       float64 `json:"p@10"`
	// Against the reference, and against lexical: how much better nDCG@10 is
	// (0.1 is a tenth), and the chance that it is none.
	Gain        *float64 `json:"gain,omitempty"`
	P           *float64 `json:"p,omitempty"`
	LexicalGain *float64 `json:"gainOverLexical,omitempty"`
	LexicalP    *float64 `json:"pOverLexical,omitempty"`
}

// evalMean is the name of the row over all sets.
const evalMean = "mean"

func evalJSON(all, means []judge.Result) []evalRow {
	out := []evalRow{}
	for _, res := range all {
		out = append(out, newEvalRow(res))
	}
	for _, res := range means {
		row := newEvalRow(res)
		row.Set, row.P, row.LexicalP = evalMean, nil, nil
		out = append(out, row)
	}
	return out
}

func newEvalRow(res judge.Result) evalRow {
	s := res.Scores
	row := evalRow{
		Set: res.Set, Mode: res.Mode, Queries: res.Queries,
		NDCG10: s.NDCG10, MAP: s.MAP, Recall100: s.Recall100, MRR: s.MRR, P10: s.P10,
	}
	for name, c := range res.Against {
		if name == string(broadsheet.ModeLexical) {
			row.LexicalGain, row.LexicalP = &c.Gain, &c.P
		} else {
			row.Gain, row.P = &c.Gain, &c.P
		}
	}
	return row
}

// evalTable prints the same for people, in less than 100 columns.
func evalTable(r *run, all, means []judge.Result) {
	t := table{
		head:  []string{"SET", "MODE", "QUERIES", "NDCG@10", "MAP", "R@100", "MRR", "P@10", "GAIN", "P"},
		right: map[int]bool{2: true, 3: true, 4: true, 5: true, 6: true, 7: true, 8: true, 9: true},
	}
	add := func(row evalRow) {
		figure := func(f float64) string { return fmt.Sprintf("%.4f", f) }
		gain, p := "", ""
		if row.Gain != nil {
			gain = fmt.Sprintf("%+.1f %%", 100**row.Gain)
		}
		if row.P != nil {
			p = chance(*row.P)
		}
		t.add(row.Set, row.Mode, count(row.Queries), figure(row.NDCG10), figure(row.MAP), figure(row.Recall100), figure(row.MRR),
			figure(row.P10), gain, p)
	}
	for _, row := range evalJSON(all, means) {
		add(row)
	}
	t.write(r.Stdout, width(r.Stdout))
}

// chance writes a p-value.
func chance(p float64) string {
	if p < 0.0001 {
		return "<.0001"
	}
	return fmt.Sprintf("%.4f", p)
}
