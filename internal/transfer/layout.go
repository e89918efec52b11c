package transfer

import (
	"bytes"
	"encoding/json"
	"slices"

	"broadsheet"
	"broadsheet/internal/lib/clean"
)

var bom = []byte("\xef\xbb\xbf")

// recognise tells a stream's layout by how it begins, "" where it is none. The
// first lines may be broken.
func recognise(head []byte) Layout {
	head = bytes.TrimLeft(head, " \t\r\n")
	if len(head) == 0 {
		return ""
	}
	if head[0] == '[' {
		if rest := bytes.TrimLeft(head[1:], " \t\r\n"); len(rest) == 0 || rest[0] == ']' || slices.Contains(keys(rest), "paper") || rest[0] != '{' {
			return DailyPapers
		}
		return ""
	}
	const lines = 50
	for range lines {
		line, rest, more := bytes.Cut(head, []byte("\n"))
		if l := ofKeys(keys(line)); l != "" {
			return l
		}
		if !more {
			break
		}
		head = rest
	}
	return ""
}

// ofKeys tells the layout of an object by its members.
func ofKeys(keys []string) Layout {
	if slices.Contains(keys, "broadsheet") || slices.Contains(keys, "kind") {
		return Own
	}
	n := 0
	for _, k := range []string{"id", "submitter", "authors", "title", "categories", "abstract", "versions", "update_date", "authors_parsed"} {
		if slices.Contains(keys, k) {
			n++
		}
	}
	if n >= 4 {
		return ArxivSnapshot
	}
	return ""
}

// keys are the names of an object's members, as far as the object goes.
func keys(object []byte) []string {
	dec := json.NewDecoder(bytes.NewReader(object))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	var out []string
	for dec.More() {
		t, err := dec.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			break
		}
		out = append(out, name)
		var value json.RawMessage
		if dec.Decode(&value) != nil {
			break
		}
	}
	return out
}

// clash is the error of a stream that begins as no stream of the layout does
// that was forced, nil where it may be one. Then not even its records could be
// told apart.
func clash(name string, forced Layout, head []byte) error {
	head = bytes.TrimLeft(head, " \t\r\n")
	if len(head) == 0 || bytes.HasPrefix(head, magicZip) {
		return nil
	}
	looks := recognise(head)
	switch {
	case looks == forced, looks == "" && (head[0] == '[') == (forced == DailyPapers):
		return nil
	case looks != "":
		return &broadsheet.Error{Kind: broadsheet.Invalid, Field: "file", Text: name + " is not written as " + string(forced) + "; it looks like " + string(looks),
			Fix: "leave out --as, or give --as=" + string(looks)}
	}
	return &broadsheet.Error{Kind: broadsheet.Invalid, Field: "file",
		Text: name + " is not written as " + string(forced) + "; it begins with " + quote(clean.Line(string(head[:min(len(head), 20)]))),
		Fix:  "name a file of that layout; without --as a file's layout is recognised"}
}
