package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

// object is a JSON object whose members keep their order.
type object []member

type member struct {
	name  string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		raw, err := marshal(m.value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%q:%s", m.name, raw)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

func (o *object) add(name string, value any) { *o = append(*o, member{name, value}) }

func ref(to string) object { return object{{"$ref", "#/components/" + to}} }

var tags = []struct{ name, about string }{
	{"Papers", "Single papers, all papers, and papers like others."},
	{"Lists", "Papers of a day, week or month, and of an author, organisation, category, submitter or keyword."},
	{"Search", "Finding papers by word and by meaning."},
	{"Names", "Who and what papers are listed by."},
	{"Site", "How the site and its sources are doing."},
}

const intro = `Everything that the pages of a Broadsheet site show, for programs. Reading needs no key.

Ids are text. A field that is not known is missing. Lists go on by cursor: give the next of an answer back as cursor, with the
same other parameters. Answers carry an ETag: ask again with If-None-Match, and what has not changed is 304 without a body.
Parameters that are not named here are refused with 400. Every refusal is application/problem+json (RFC 9457).`

// openAPI makes the document of the operations.
func openAPI(t *testing.T) object {
	s := newSchemas(t)
	paths := object{}
	for _, o := range operations {
		paths.add(Root+o.path, object{{"get", describe(o, s)}})
	}
	s.of(problemType)
	all := object{}
	for _, name := range []string{"Invalid", "NotFound", "Limited", "Unavailable"} {
		all.add(name, refusal(name))
	}
	all.add("NotModified", object{{"description", "Nothing changed since the answer whose ETag was sent in If-None-Match."}})
	list := []object{}
	for _, tag := range tags {
		list = append(list, object{{"name", tag.name}, {"description", tag.about}})
	}
	return object{
		{"openapi", "3.1.0"},
		{"info", object{{"title", "Broadsheet"}, {"version", "1"}, {"summary", "The papers of a Broadsheet site"}, {"description", intro}}},
		{"servers", []object{{{"url", "/"}, {"description", "The site that this document was read from"}}}},
		{"security", []any{}},
		{"tags", list},
		{"paths", paths},
		{"components", object{
			{"schemas", s.sorted()},
			{"responses", all},
			{"headers", object{
				{"RateLimit", header("Where the client stands: requests left (r) and seconds until they are counted anew (t).", `"api";r=999;t=300`)},
				{"RateLimit-Policy", header("How many requests (q) are let through in how many seconds (w).", `"fixed window";"api";q=1000;w=300`)},
				{"ETag", header("Tag of this answer, for If-None-Match.", `"dGhpcyBpcyBpdA"`)},
				{"Link", header("The next page (rel=next), where there is one.", `<https://papers.example/api/v1/papers?cursor=AQ>; rel="next"`)},
				{"Retry-After", header("Seconds to wait.", "120")},
			}},
		}},
	}
}

func header(about, example string) object {
	return object{{"description", about}, {"schema", object{{"type", "string"}}}, {"example", example}}
}

var refusals = map[string]string{
	"Invalid":     "A parameter means nothing here: field names it, fix says what is allowed.",
	"NotFound":    "There is no such thing here.",
	"Limited":     "Too many requests: wait as long as Retry-After says.",
	"Unavailable": "Not now: try again after Retry-After.",
}

func refusal(name string) object {
	o := object{{"description", refusals[name]}}
	if name == "Limited" || name == "Unavailable" {
		o.add("headers", object{{"Retry-After", ref("headers/Retry-After")}})
	}
	o.add("content", object{{"application/problem+json", object{{"schema", ref("schemas/Problem")}}}})
	return o
}

// describe is an operation as the document has it.
func describe(o operation, s *schemas) object {
	out := object{{"operationId", o.id}, {"tags", []string{o.tag}}, {"summary", o.summary}}
	if o.about != "" {
		out.add("description", o.about)
	}
	params, paged, names := []object{}, false, o.id == "search" || o.id == "similar" || o.id == "archive"
	for _, p := range o.params {
		params = append(params, parameter(p))
		paged, names = paged || p.name == "cursor", names || p.inPath
	}
	if len(params) > 0 {
		out.add("parameters", params)
	}
	headers := object{{"RateLimit", ref("headers/RateLimit")}, {"RateLimit-Policy", ref("headers/RateLimit-Policy")}}
	if !o.live {
		headers.add("ETag", ref("headers/ETag"))
	}
	if paged {
		headers.add("Link", ref("headers/Link"))
	}
	responses := object{
		{"200", object{{"description", "The answer."}, {"headers", headers},
			{"content", object{{"application/json", object{{"schema", s.answer(o.answer)}}}}}}},
	}
	if !o.live {
		responses.add("304", ref("responses/NotModified"))
	}
	responses.add("400", ref("responses/Invalid"))
	if names {
		responses.add("404", ref("responses/NotFound"))
	}
	responses.add("429", ref("responses/Limited"))
	responses.add("503", ref("responses/Unavailable"))
	out.add("responses", responses)
	return out
}

func parameter(p param) object {
	in := "query"
	if p.inPath {
		in = "path"
	}
	out := object{{"name", p.name}, {"in", in}, {"description", p.about}}
	if p.inPath || p.required {
		out.add("required", true)
	}
	word := object{{"type", "string"}}
	switch p.form {
	case integer:
		word = object{{"type", "integer"}, {"minimum", p.low}, {"maximum", p.high}}
		if p.fallback != "" {
			word.add("default", json.RawMessage(p.fallback))
		}
	case onOff:
		word.add("enum", []string{"1", "0"})
	case choice:
		word.add("enum", p.choices)
	case several:
		out.add("style", "form")
		out.add("explode", false)
		word = object{{"type", "array"}, {"items", object{{"type", "string"}, {"enum", p.choices}}}}
	case repeated:
		word = object{{"type", "array"}, {"items", word}, {"minItems", 1}}
	}
	if p.most > 0 {
		word.add("maxLength", p.most)
	}
	out.add("schema", word)
	switch {
	case p.form == several || p.form == repeated:
		out.add("example", strings.Split(p.example, ","))
	case p.example != "":
		out.add("example", p.example)
	}
	return out
}

// TestDocumentIsCurrent holds the document that is served, and its copy for
// readers of the repository, to the table of operations and the client's types.
func TestDocumentIsCurrent(t *testing.T) {
	raw, err := marshal(openAPI(t))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", " "); err != nil {
		t.Fatal(err)
	}
	b.WriteByte('\n')
	for _, name := range []string{"openapi.json", "../../../doc/openapi.json"} {
		if *update {
			if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		have, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(have, b.Bytes()) {
			t.Errorf("%s is not what operations and types make; run make doc", name)
		}
	}
}
