package mcp

import (
	"context"
	"strings"

	"broadsheet"
)

// tool is a line of the table of tools.
type tool struct {
	name, title, help string
	params            []param
	call              func(m *MCP, ctx context.Context, a arguments) (*answer, error)
	output            map[string]any    // schema of the structured content; nil: none
	fields            map[string]string // argument by the field that an error names
}

// answer is what a tool says.
type answer struct {
	text  string
	paper *Paper // structured content
}

const (
	fewLimit  = 50  // papers of a search
	listLimit = 100 // of a list; broadsheet.MaxLimit
)

var (
	abstractsParam = param{name: "abstracts", kind: isFlag, def: false,
		help: "Also give each abstract. About 300 tokens a paper; prefer the tool paper for the few that matter."}
	categoryParam = param{name: "category", kind: isText, most: 40, help: `Only papers of this category, as "cs.LG", or archive, as "cs".`}
	codeParam     = param{name: "has_code", kind: isFlag, def: false, help: "Only papers with a link to code."}
	listSorts     = []string{string(broadsheet.SortHot), string(broadsheet.SortTop), string(broadsheet.SortNew)}
	cursorHelp    = "Where to go on, as the last line of the answer before said; with the same other arguments."
)

func limitParam(def, most int) param {
	return param{name: "limit", kind: isNumber, most: most, def: def, help: "Most papers of the answer."}
}

var tools = []tool{
	{
		name: "search", title: "Search papers", call: (*MCP).search,
		help: `Find papers by word and by meaning, best first. Write words or a whole question; none is demanded. What must hold:
"boundary layer" (phrase), +word (must have), -word (must not), a OR b, title:word, abs:word, author:"Ada Lovelace",
cat:cs.LG or cat:cs (category, archive), org:nvidia (lab by handle), has:code, id:2503.02130,
date:2025 or date:2025-01..2025-06, after:2025-06, before:2024, optimi* (beginning of a word).
Example: diffusion transformers cat:cs.CV after:2025-06 -survey`,
		params: []param{
			{name: "query", kind: isText, required: true, most: broadsheet.MaxQueryLength, help: "What to look for, in the query language above."},
			{name: "sort", kind: isText, allowed: []string{string(broadsheet.SortRelevance), string(broadsheet.SortDate)},
				help: "relevance (default), or date: the newest first, and then all words are wanted."},
			{name: "mode", kind: isText, allowed: []string{string(broadsheet.ModeHybrid), string(broadsheet.ModeLexical), string(broadsheet.ModeSemantic)},
				help: "hybrid (default): by word and meaning; lexical: by word; semantic: by meaning."},
			limitParam(10, fewLimit), abstractsParam,
			{name: "cursor", kind: isText, most: 2000, help: cursorHelp},
		},
		fields: map[string]string{"q": "query", "after": "cursor"},
	},
	{
		name: "paper", title: "Read a paper's record", call: (*MCP).paper, output: paperSchema,
		help: `Tell what is known of one paper: title, authors, abstract, dates, versions, links to source, PDF and code. The full text is at
the PDF's address.`,
		params: []param{
			{name: "id", kind: isText, required: true, most: idLength,
				help: "An arXiv id in any spelling (2503.02130, math/0309136v1), a DOI, or the address of the paper's page here, at arXiv and other sites."},
			{name: "authors", kind: isNumber, most: 5000, def: namedAuthors, help: "Most authors that are named; the number of all is told."},
		},
	},
	{
		name: "list", title: "List papers", call: (*MCP).list,
		help: `List the papers of a day (the latest by default), week, month, category, author or organisation, in the order of the site's page.`,
		params: []param{
			{name: "kind", kind: isText, def: string(broadsheet.ListDay),
				allowed: []string{"day", "week", "month", "category", "author", "organization", "announced", "submitter", "keyword"},
				help:    "What binds the papers together. announced is all that the sources announced on a day, where day is what people chose."},
			{name: "key", kind: isText, most: 200, help: `Which one: day "2026-07-01", week "2026-W27", month "2026-07" (without: the latest); category "cs.LG" or "cs"; ` +
				`an author's name or key; an organisation's handle, as "nvidia"; a keyword.`},
			{name: "sort", kind: isText, allowed: listSorts, help: "hot (default of a day), top: most votes (default of week and month), new (default of all others)."},
			categoryParam, codeParam, limitParam(20, listLimit), abstractsParam,
			{name: "cursor", kind: isText, most: 500, help: cursorHelp},
		},
		fields: map[string]string{"cat": "category", "code": "has_code", "page": "cursor", "date": "key", "week": "key", "month": "key"},
	},
	{
		name: "similar", title: "Find similar papers", call: (*MCP).similar,
		help: "Find the papers most like one or several others, by meaning, best first.",
		params: []param{
			{name: "ids", kind: isTexts, required: true, most: 10, help: `Ids of papers, as ["2503.02130"].`},
			limitParam(10, fewLimit), abstractsParam,
		},
		fields: map[string]string{"like": "ids", "id": "ids"},
	},
	{
		name: "hot", title: "Hot papers", call: (*MCP).hot,
		help: "List what readers look at now: the papers of the last two weeks by votes, comments and time.",
		params: []param{
			categoryParam, codeParam, limitParam(20, listLimit), abstractsParam,
			{name: "cursor", kind: isText, most: 500, help: cursorHelp},
		},
		fields: map[string]string{"cat": "category", "code": "has_code", "page": "cursor"},
	},
}

// namedAuthors are the authors that a paper's record names: some papers have
// thousands.
const namedAuthors = 20

var errCursor = broadsheet.InvalidField("cursor", "no answer of this tool has given that", "take the one of the last line, or leave it out to begin anew")

func (m *MCP) search(ctx context.Context, a arguments) (*answer, error) {
	l, err := m.source.Search(ctx, SearchQuery{Text: a.text("query"), Sort: broadsheet.Sort(a.text("sort")), Mode: broadsheet.Mode(a.text("mode")),
		Limit: a.number("limit"), After: a.text("cursor")})
	if err != nil {
		return nil, err
	}
	return &answer{text: listText(l, l.Next, a.flag("abstracts"))}, nil
}

func (m *MCP) paper(ctx context.Context, a arguments) (*answer, error) {
	p, err := m.source.Paper(ctx, a.text("id"))
	if err != nil {
		return nil, err
	}
	named := p.named(a.number("authors"))
	named.clean()
	return &answer{text: paperText(&named), paper: &named}, nil
}

// list goes on with the list that it began with: its cursor holds the key, which
// for the latest day may be another one by then.
func (m *MCP) list(ctx context.Context, a arguments) (*answer, error) {
	q := ListQuery{Kind: broadsheet.ListKind(a.text("kind")), Key: a.text("key"), Sort: broadsheet.Sort(a.text("sort")),
		Category: a.text("category"), HasCode: a.flag("has_code"), Limit: a.number("limit")}
	if c := a.text("cursor"); c != "" {
		i := strings.LastIndexByte(c, '~')
		if i < 0 {
			return nil, errCursor
		}
		q.Key, q.After = c[:i], c[i+1:]
		if q.After == "" {
			return nil, errCursor
		}
	}
	if q.Key == "" {
		switch q.Kind {
		case broadsheet.ListDay, broadsheet.ListAnnounced, broadsheet.ListWeek, broadsheet.ListMonth, broadsheet.ListHot:
		default:
			return nil, broadsheet.InvalidField("key", "it is missing", "say which "+string(q.Kind))
		}
	}
	l, err := m.source.List(ctx, q)
	if err != nil {
		return nil, err
	}
	next := ""
	if l.Next != "" {
		next = l.Key + "~" + l.Next
	}
	return &answer{text: listText(l, next, a.flag("abstracts"))}, nil
}

func (m *MCP) hot(ctx context.Context, a arguments) (*answer, error) {
	a["kind"] = string(broadsheet.ListHot)
	return m.list(ctx, a)
}

func (m *MCP) similar(ctx context.Context, a arguments) (*answer, error) {
	l, err := m.source.Similar(ctx, a.texts("ids"), a.number("limit"))
	if err != nil {
		return nil, err
	}
	return &answer{text: listText(l, "", a.flag("abstracts"))}, nil
}
