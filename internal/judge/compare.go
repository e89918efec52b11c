package judge

// Result is one mode's figures on one set.
type Result struct {
	Set     string
	Mode    string
	Queries int // judged ones that the means are over
	Scores  Scores
	// Against holds the comparisons with the modes that it is measured by.
	Against map[string]Comparison
}

// Comparison sets a mode's nDCG@10 against another's on the same queries.
type Comparison struct {
	Gain float64 // relative: 0.1 is a tenth better
	P    float64 // two-sided, from [PairedP]
}

// Judged is a run with its measures, query by query.
type Judged struct {
	Run    *Run
	Scores []Scores
}

// Results compares the runs over a set with each of the modes named in
// yardsticks that is among them.
func Results(set *Set, runs []Judged, yardsticks ...string) []Result {
	var out []Result
	for _, r := range runs {
		res := Result{Set: set.Name, Mode: r.Run.Name, Queries: len(set.Queries), Scores: Mean(r.Scores), Against: map[string]Comparison{}}
		for _, other := range runs {
			for _, name := range yardsticks {
				if other.Run.Name == name && other.Run != r.Run {
					res.Against[name] = compare(r.Scores, other.Scores)
				}
			}
		}
		out = append(out, res)
	}
	return out
}

func compare(a, b []Scores) Comparison {
	return Comparison{
		Gain: gain(Mean(a).NDCG10, Mean(b).NDCG10),
		P:    PairedP(each(a), each(b)),
	}
}

func each(scores []Scores) []float64 {
	out := make([]float64, len(scores))
	for i, s := range scores {
		out[i] = s.NDCG10
	}
	return out
}

// gain is how much better a is than b; 0 where b found nothing, since nothing
// can be said then.
func gain(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a/b - 1
}

// Means averages each mode over sets: the measures, and the gains set by set,
// so that a set with many queries weighs no more than another. Modes come in
// the order in which they are met; P is 0, since sets are too few to test.
func Means(all []Result) []Result {
	var order []string
	byMode := map[string][]Result{}
	for _, r := range all {
		if byMode[r.Mode] == nil {
			order = append(order, r.Mode)
		}
		byMode[r.Mode] = append(byMode[r.Mode], r)
	}
	var out []Result
	for _, mode := range order {
		rs := byMode[mode]
		m := Result{Mode: mode, Against: map[string]Comparison{}}
		var scores []Scores
		for _, r := range rs {
			m.Queries += r.Queries
			scores = append(scores, r.Scores)
			for name, c := range r.Against {
				sum := m.Against[name]
				sum.Gain += c.Gain / float64(len(rs))
				m.Against[name] = sum
			}
		}
		m.Scores = Mean(scores)
		out = append(out, m)
	}
	return out
}
