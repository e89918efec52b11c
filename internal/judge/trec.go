package judge

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"broadsheet"
)

// ReadRun reads a run in TREC's six columns: query, Q0, document, rank, score,
// name. The order of lines and the ranks count for nothing.
func ReadRun(path string) (*Run, error) {
	run := &Run{Ranked: map[string][]Scored{}}
	seen := map[[2]string]string{}
	err := readLines(path, func(line []byte, place string) error {
		text := strings.TrimSpace(string(line))
		if text == "" {
			return nil
		}
		f := strings.Fields(text)
		if len(f) != 6 {
			return broadsheet.InvalidField(place, fmt.Sprintf("%d columns", len(f)), "a TREC run has six: query Q0 document rank score name")
		}
		score, err := strconv.ParseFloat(f[4], 64)
		if err != nil || math.IsNaN(score) {
			return broadsheet.InvalidField(place, fmt.Sprintf("the score %q is not a number", clip(f[4])), "the fifth column is the score, higher is better")
		}
		if before, ok := seen[[2]string{f[0], f[2]}]; ok {
			return broadsheet.InvalidField(place, fmt.Sprintf("query %q has document %q already at %s", clip(f[0]), clip(f[2]), before), "a run names a document once a query")
		}
		seen[[2]string{f[0], f[2]}] = place
		if run.Name == "" {
			run.Name = f[5]
		}
		run.Ranked[f[0]] = append(run.Ranked[f[0]], Scored{f[2], score})
		return nil
	})
	if err == nil && len(run.Ranked) == 0 {
		err = broadsheet.InvalidField(path, "it has no results", "a TREC run has lines of: query Q0 document rank score name")
	}
	return run, err
}

// Fit says what of a run does not fit a set: queries that it does not answer
// count as zero, those that are not judged count for nothing.
func (r *Run) Fit(s *Set) (notes []string) {
	answered := 0
	for _, q := range s.Queries {
		if len(r.Ranked[q.ID]) > 0 {
			answered++
		}
	}
	if n := len(s.Queries) - answered; n > 0 {
		notes = append(notes, fmt.Sprintf("%d of %d judged queries have no results in the run and count as zero", n, len(s.Queries)))
	}
	if n := len(r.Ranked) - answered; n > 0 {
		notes = append(notes, fmt.Sprintf("%d queries of the run are not judged and count for nothing", n))
	}
	return notes
}

// Write writes a run in TREC's six columns, in the set's order of queries, so
// that trec_eval gives the figures that are given here: scores keep the nine
// digits that a 32-bit float needs.
func (r *Run) Write(w io.Writer, s *Set) error {
	out := bufio.NewWriter(w)
	for _, q := range s.Queries {
		for i, d := range inOrder(r.Ranked[q.ID]) {
			fmt.Fprintf(out, "%s Q0 %s %d %s %s\n", q.ID, d.ID, i+1, strconv.FormatFloat(d.Score, 'g', 9, 32), r.Name)
		}
	}
	return out.Flush()
}
