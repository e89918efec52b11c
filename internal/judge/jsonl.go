package judge

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"broadsheet"
)

// maxLine is the longest line that is read; a document is one line.
const maxLine = 16 << 20

// placed is a value with the file and line it stands in.
type placed[T any] struct {
	value T
	place string
}

// row is a line of corpus.jsonl or queries.jsonl. The id is kept raw, so that
// a number can be told from text.
type row struct {
	ID    json.RawMessage `json:"_id"`
	Title string          `json:"title"`
	Text  string          `json:"text"`
}

func (s *Set) readDocs(path string) error {
	empty := 0
	err := readRows(path, func(id string, r row, place string) error {
		if blank(r.Title) && blank(r.Text) {
			empty++
		}
		s.Docs = append(s.Docs, Doc{ID: id, Title: r.Title, Text: r.Text})
		return nil
	})
	if err == nil && len(s.Docs) == 0 {
		err = broadsheet.InvalidField(path, "it has no documents", `write one JSON object a line: {"_id": "1", "title": "…", "text": "…"}`)
	}
	s.note(empty, "documents have neither title nor text")
	return err
}

func readQueries(path string) (out []placed[Query], err error) {
	err = readRows(path, func(id string, r row, place string) error {
		out = append(out, placed[Query]{Query{ID: id, Text: r.Text}, place})
		return nil
	})
	if err == nil && len(out) == 0 {
		err = broadsheet.InvalidField(path, "it has no queries", `write one JSON object a line: {"_id": "1", "text": "…"}`)
	}
	return out, err
}

// readRows gives each line's object, its id checked: there, text, and new.
func readRows(path string, each func(id string, r row, place string) error) error {
	first := map[string]string{}
	return readLines(path, func(line []byte, place string) error {
		if len(bytes.TrimSpace(line)) == 0 {
			return nil
		}
		var r row
		if err := json.Unmarshal(line, &r); err != nil {
			return broadsheet.InvalidField(place, "it is not a JSON object with text in _id, title and text: "+jsonReason(err), "mend the line or take it out")
		}
		id, err := idOf(r.ID, place)
		if err != nil {
			return err
		}
		if before, ok := first[id]; ok {
			return broadsheet.InvalidField(place, fmt.Sprintf("_id %q stands already at %s", id, before), "give each line an id of its own")
		}
		first[id] = place
		return each(id, r, place)
	})
}

func idOf(raw json.RawMessage, place string) (string, error) {
	var id string
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return "", broadsheet.InvalidField(place, "it has no _id", `add one: "_id": "1"`)
	case json.Unmarshal(raw, &id) != nil:
		return "", broadsheet.InvalidField(place, "_id is "+clip(string(raw))+", which is not text", fmt.Sprintf(`put quotes around it: "_id": "%s"`, clip(strings.Trim(string(raw), `{}[]"`))))
	case id == "" || strings.ContainsAny(id, " \t\r\n"):
		return "", broadsheet.InvalidField(place, fmt.Sprintf("_id %q is empty or has blanks in it", clip(id)), "use ids without blanks: qrels and TREC runs are split there")
	}
	return id, nil
}

// readLines gives each line of a file with its place, "file:line".
func readLines(path string, each func(line []byte, place string) error) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return broadsheet.InvalidField(path, "it cannot be read: "+reason(err), "BEIR's layout is corpus.jsonl, queries.jsonl and qrels/")
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(make([]byte, 64<<10), maxLine)
	n := 0
	for sc.Scan() {
		n++
		line := sc.Bytes()
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if err := each(line, fmt.Sprintf("%s:%d", path, n)); err != nil {
			return err
		}
	}
	switch err := sc.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return broadsheet.InvalidField(fmt.Sprintf("%s:%d", path, n+1), fmt.Sprintf("the line is longer than %d MiB", maxLine>>20), "write one document a line")
	case err != nil:
		return broadsheet.InvalidField(path, "it cannot be read: "+reason(err), "name a file")
	}
	return nil
}

// reason is why a file could not be read, without its name.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

// jsonReason is the decoder's reason in the file's own terms.
func jsonReason(err error) string {
	var te *json.UnmarshalTypeError
	if errors.As(err, &te) && te.Field != "" {
		return fmt.Sprintf("%s is a JSON %s", te.Field, te.Value)
	}
	return err.Error()
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// clip keeps a message short whatever stands in the file.
func clip(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
