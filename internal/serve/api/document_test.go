package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"broadsheet"
	"broadsheet/internal/app"
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
	{"Papers", "Single papers, all papers, and papers like others; votes."},
	{"Lists", "Papers of a day, week or month, and of an author, organisation, category, submitter or keyword."},
	{"Search", "Finding papers by word and by meaning."},
	{"Names", "Who and what papers are listed by."},
	{"Account", "Who asks, and what the account is told."},
	{"Discussion", "Comments, and what others make of them."},
	{"Submissions", "Asking the site to feature papers."},
	{"Claims", "Authors and their papers."},
	{"Curating", "What curators do."},
	{"Moderation", "What is reported, and what moderators do."},
	{"Administration", "The rules of the site."},
	{"Site", "How the site and its sources are doing."},
}

const intro = `Everything that the pages of a Broadsheet site show, for programs. What is public needs no key. What people do with
an account needs an API token of theirs, in Authorization: Bearer; people make tokens on the site, with the scopes that each may use.
Cookies count for nothing here, and a token in an address is refused.

Ids are text. A field that is not known is missing. Lists go on by cursor: give the next of an answer back as cursor, with the
same other parameters. Answers carry an ETag: ask again with If-None-Match, and what has not changed is 304 without a body.
Parameters and members of bodies that are not named here are refused with 400. Every refusal is application/problem+json (RFC 9457).`

// openAPI makes the document of the operations.
func openAPI(t *testing.T) object {
	s := newSchemas(t)
	paths := object{}
	for _, o := range operations {
		method := strings.ToLower(cmp.Or(o.method, http.MethodGet))
		i := slices.IndexFunc(paths, func(m member) bool { return m.name == Root+o.path })
		if i < 0 {
			i = len(paths)
			paths.add(Root+o.path, object{})
		}
		paths[i].value = append(paths[i].value.(object), member{method, describe(o, s)})
	}
	s.of(problemType)
	all := object{}
	for _, name := range []string{"Invalid", "Unauthorized", "Denied", "NotFound", "Conflict", "TooLarge", "Limited", "Unavailable"} {
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
			{"securitySchemes", object{{"token", object{{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "bs_…"}, {"description", securityText()}}}}},
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
	"Invalid":      "A parameter means nothing here: field names it, fix says what is allowed.",
	"Unauthorized": "There is no API token, or one that opens nothing any more.",
	"Denied":       "The token lacks the scope, the account the role, or the rules of the site do not let it: detail says which.",
	"Conflict":     "It contradicts what is stored: somebody was faster, or it is so already.",
	"TooLarge":     "The body is too large.",
	"NotFound":     "There is no such thing here.",
	"Limited":      "Too many requests: wait as long as Retry-After says.",
	"Unavailable":  "Not now: try again after Retry-After.",
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
	about := o.about
	if o.right != "" {
		about = strings.TrimSpace(about + " " + needs(o))
	}
	if about != "" {
		out.add("description", about)
	}
	if o.right != "" {
		out.add("security", []object{{{"token", []string{}}}})
	}
	writes := o.method != ""
	params, paged, names := []object{}, false, o.id == "report" || o.id == "moderate" || o.id == "search" || o.id == "similar" || o.id == "archive"
	for _, p := range o.params {
		params = append(params, parameter(p))
		paged, names = paged || p.name == "cursor", names || p.inPath
	}
	if len(params) > 0 {
		out.add("parameters", params)
	}
	if o.body != nil {
		out.add("requestBody", object{{"required", true}, {"content", object{{"application/json", object{{"schema", s.answer(o.body)}}}}}})
	}
	headers := object{{"RateLimit", ref("headers/RateLimit")}, {"RateLimit-Policy", ref("headers/RateLimit-Policy")}}
	if !o.live && o.right == "" {
		headers.add("ETag", ref("headers/ETag"))
	}
	if paged {
		headers.add("Link", ref("headers/Link"))
	}
	code, answer := "200", object{{"description", "The answer."}, {"headers", headers}}
	switch {
	case o.answer == nil:
		code, answer = "204", object{{"description", "It is done."}, {"headers", headers}}
	case o.created:
		code = "201"
	}
	if o.answer != nil {
		answer.add("content", object{{"application/json", object{{"schema", s.answer(o.answer)}}}})
	}
	responses := object{{code, answer}}
	if !o.live && o.right == "" {
		responses.add("304", ref("responses/NotModified"))
	}
	responses.add("400", ref("responses/Invalid"))
	if o.right != "" {
		responses.add("401", ref("responses/Unauthorized"))
		responses.add("403", ref("responses/Denied"))
	}
	if names {
		responses.add("404", ref("responses/NotFound"))
	}
	if writes {
		responses.add("409", ref("responses/Conflict"))
	}
	if o.body != nil {
		responses.add("413", ref("responses/TooLarge"))
	}
	responses.add("429", ref("responses/Limited"))
	responses.add("503", ref("responses/Unavailable"))
	out.add("responses", responses)
	return out
}

// needs says what an operation asks for.
func needs(o operation) string {
	least, scope, _, _ := app.Rights(o.right)
	if scope == "" {
		return "Needs a token of any scopes."
	}
	text := "Needs the scope " + string(scope)
	if least != broadsheet.RoleMember {
		text += " and the role " + string(least)
	}
	return text + "."
}

// securityText tells of tokens and of what each scope gives.
func securityText() string {
	text := "An API token of an account, made on the site under Account, API tokens. Its scopes:"
	for _, scope := range broadsheet.Scopes {
		var ids []string
		for _, o := range operations {
			if _, needed, _, _ := app.Rights(o.right); needed == scope {
				ids = append(ids, o.id)
			}
		}
		if len(ids) > 0 {
			text += " " + string(scope) + " (" + strings.Join(ids, ", ") + ");"
		}
	}
	return strings.TrimSuffix(text, ";") + ". A token can do no more than the role of its account."
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
