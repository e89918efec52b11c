package judge

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"broadsheet"
)

// judgements are scores by query and document.
type judgements struct {
	source   string // what was read, for messages
	scores   map[string]map[string]int
	places   map[[2]string]string
	repeated int
}

// readJudgements reads every file of a qrels folder, or those of one split.
func readJudgements(dir, split string) (*judgements, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, broadsheet.InvalidField(dir, "it cannot be read: "+reason(err), "put judgements there, as qrels/test.tsv")
	}
	j := &judgements{source: dir, scores: map[string]map[string]int{}, places: map[[2]string]string{}}
	var names []string
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || strings.HasPrefix(name, ".") {
			continue
		}
		plain := strings.TrimSuffix(name, filepath.Ext(name))
		names = append(names, plain)
		if split != "" && split != plain && split != name {
			continue
		}
		j.source = filepath.Join(dir, name)
		if err := readLines(j.source, j.line); err != nil {
			return nil, err
		}
		if split == "" {
			j.source = dir
		}
	}
	switch {
	case len(names) == 0:
		return nil, broadsheet.InvalidField(dir, "it has no files", "put judgements there, as qrels/test.tsv")
	case split != "" && j.source == dir:
		return nil, broadsheet.InvalidField("--split", fmt.Sprintf("%s has no %q", dir, split), "there are: "+strings.Join(names, ", "))
	case len(j.scores) == 0:
		return nil, broadsheet.InvalidField(j.source, "it has no judgements", "write query-id, corpus-id and score, with tabs between, a line each")
	}
	return j, nil
}

// line reads one judgement: "query document score" with tabs, under a head
// line, or TREC's "query 0 document score" with any blanks.
func (j *judgements) line(line []byte, place string) error {
	text := strings.TrimSpace(string(line))
	if text == "" {
		return nil
	}
	fields := strings.Fields(text)
	if strings.HasSuffix(place, ":1") && len(fields) == 3 {
		if _, err := strconv.Atoi(fields[2]); err != nil {
			return nil // the head line
		}
	}
	if len(fields) == 4 { // TREC's second column is not used by anybody
		fields = append(fields[:1], fields[2:]...)
	}
	if len(fields) != 3 {
		return broadsheet.InvalidField(place, fmt.Sprintf("%d columns", len(fields)), "write query-id, corpus-id and score, with tabs between")
	}
	score, err := strconv.Atoi(fields[2])
	if err != nil {
		return broadsheet.InvalidField(place, fmt.Sprintf("the score %q is not a whole number", clip(fields[2])), "write 0 for not relevant, 1 or more for relevant")
	}
	query, doc := fields[0], fields[1]
	if j.scores[query] == nil {
		j.scores[query] = map[string]int{}
	}
	if before, ok := j.scores[query][doc]; ok {
		if before != score {
			return broadsheet.InvalidField(place, fmt.Sprintf("query %q and document %q have score %d here and %d at %s",
				clip(query), clip(doc), score, before, j.places[[2]string{query, doc}]), "keep one of the two, or name a file of qrels/ with --split")
		}
		j.repeated++
		return nil
	}
	j.scores[query][doc] = score
	j.places[[2]string{query, doc}] = place
	return nil
}
