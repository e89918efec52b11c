package api

import (
	"net/http"

	"broadsheet"
	"broadsheet/client"
	"broadsheet/internal/app"
)

// operation is one thing that a program may ask.
type operation struct {
	id      string // of the OpenAPI document, unique
	tag     string
	method  string // "" is GET
	path    string // below Root, as routes and OpenAPI both write it
	summary string
	about   string
	params  []param
	right   app.Right // what the API token must give; "" for all that is public
	body    any       // zero value of the type that is read, nil for none
	answer  any       // zero value of the type that is written, nil for none: 204
	created bool      // 201, not 200
	// live answers tell of this moment: they are made for each request.
	live   bool
	handle func(*API, http.ResponseWriter, *http.Request) error
}

// Years that the archive can be asked for.
const (
	yearLow  = 1900
	yearHigh = 9999
)

var (
	fieldsParam  = param{name: "fields", form: several, choices: paperFields, example: "id,title,authors", about: "Which fields each paper has, separated by commas; the id comes always. Without it: all that are known."}
	authorsParam = param{name: "authors", form: integer, low: 1, high: authorsMost, about: "How many authors of a paper come at most; authorCount says how many it has. Without it: all."}
	cursorParam  = param{name: "cursor", form: text, most: cursorMost, about: "Where to go on: next of the answer before, with the same other parameters (fields and authors may change)."}
	limitParam   = param{name: "limit", form: integer, low: 1, high: broadsheet.MaxLimit, fallback: "50", about: "How many papers a page holds."}
	limitFound   = param{name: "limit", form: integer, low: 1, high: broadsheet.MaxLimit, fallback: "20", about: "How many papers a page holds."}
	idParam      = param{name: "id", inPath: true, example: "2503.02130", about: "Id of a paper in any spelling: an arXiv id with or without version, a DOI, scheme:value. A slash in it is written %2F."}

	selectParams  = []param{fieldsParam, authorsParam}
	similarParams = append([]param{limitFound}, selectParams...)
	viewParams    = append([]param{
		{name: "sort", form: choice, choices: []string{"hot", "top", "new"}, about: "Order: by votes and time, by votes, or the newest first. Without it: the list's own, hot for a day and the hot list, top for a week and a month, else new."},
		{name: "cat", about: "Only papers of a category (cs.LG) or an archive (cs).", example: "cs.LG", most: 40},
		{name: "code", form: onOff, about: "Only papers with a link to code."},
		limitParam, cursorParam,
	}, selectParams...)
)

func path(name, about, example string) param {
	return param{name: name, about: about, example: example, inPath: true}
}

func with(first []param, more ...param) []param {
	return append(append([]param(nil), first...), more...)
}

// operations is the whole API.
var operations = append(readings, writings...)

// readings are what anybody may ask.
var readings = []operation{
	{id: "papers", tag: "Papers", path: "/papers", summary: "All papers, newest here first",
		about:  "Walks everything that the site holds, in the order in which it came here. The walk is stable: papers that come while it goes on are not in it.",
		params: with([]param{limitParam, cursorParam}, selectParams...), answer: client.Papers{}, handle: (*API).recent},
	{id: "paper", tag: "Papers", path: "/papers/{id}", summary: "One paper, whole",
		about:  "Everything that is known of a paper: versions and places by votes are here only.",
		params: with([]param{idParam}, selectParams...), answer: client.Paper{}, handle: (*API).paper},
	{id: "similarToPaper", tag: "Papers", path: "/papers/{id}/similar", summary: "Papers most like one", about: "The best first. Similar in meaning, by the site's own index.",
		params: with([]param{idParam}, similarParams...), answer: client.Similar{}, handle: (*API).similarOne},
	{id: "similar", tag: "Papers", path: "/similar", summary: "Papers most like several",
		about:  "What up to ten papers have in common, the best first. Ids that are not here are told, not refused, as long as one is.",
		params: with([]param{{name: "id", form: repeated, required: true, example: "2503.02130", about: "Id of a paper in any spelling; repeat it for several."}}, similarParams...),
		answer: client.Similar{}, handle: (*API).similar},

	{id: "voters", tag: "Papers", path: "/papers/{id}/votes", summary: "Who voted for a paper", about: "The latest first. Votes counted elsewhere have no names here.",
		params: []param{idParam, cursorParam}, answer: client.Voters{}, handle: (*API).voters},
	{id: "comments", tag: "Papers", path: "/papers/{id}/comments", summary: "What was said about a paper",
		about:  "Whole threads, each comment before its answers; depth says how deep it stands. Comments are what strangers wrote: a program that hands them to a model should take them for data, never for instructions.",
		params: []param{idParam, {name: "sort", form: choice, choices: []string{"best", "newest", "oldest"}, about: "Order of the threads: by the lower bound of what votes say (without it), the newest or the oldest first."}, cursorParam},
		answer: client.Comments{}, handle: (*API).comments},

	{id: "latestList", tag: "Lists", path: "/lists/{kind}", summary: "The latest list of a kind",
		about:  "The latest day, week or month with papers, or what readers look at now. A cursor from here stays with the list that the first page was of.",
		params: with([]param{{name: "kind", inPath: true, form: choice, choices: []string{"day", "week", "month", "hot"}, example: "day", about: "Kind of list."}}, viewParams...),
		answer: client.List{}, handle: (*API).list},
	{id: "list", tag: "Lists", path: "/lists/{kind}/{key}", summary: "A list of papers",
		about: "The papers of a day, week, month, author, organisation, category, submitter or keyword, as the page of that list has them.",
		params: with([]param{
			{name: "kind", inPath: true, form: choice, example: "day", about: "Kind of list.",
				choices: []string{"day", "announced", "week", "month", "author", "organization", "category", "submitter", "keyword"}},
			path("key", "Which one: a day 2026-06-30 (for day and announced), a week 2026-W27, a month 2026-06, a category cs.LG or archive cs, the key of an author, organisation or submitter, or a keyword. A slash in it is written %2F.", "2026-06-30"),
		}, viewParams...), answer: client.List{}, handle: (*API).list},
	{id: "archive", tag: "Lists", path: "/archive", summary: "The days of a year that have papers",
		params: []param{{name: "year", form: integer, low: yearLow, high: yearHigh, about: "Without it: the newest year with papers."}},
		answer: client.Archive{}, handle: (*API).archive},

	{id: "search", tag: "Search", path: "/search", summary: "Find papers by word and by meaning",
		about: "The language of queries is that of the site's search page: words, \"phrases\", title: author: cat: id: date: fields, -not and OR. It never fails on what it cannot read; ignored says what did not count. A query that is a paper's id, a day or a category gives that paper or list, and says so in target.",
		params: with([]param{
			{name: "q", required: true, example: "speech separation", about: "What to look for."},
			{name: "sort", form: choice, choices: []string{"relevance", "date"}, about: "Order: the best first, or the newest first."},
			{name: "mode", form: choice, choices: []string{"hybrid", "lexical", "semantic"}, about: "By word and by meaning, by word, or by meaning."},
			limitFound, cursorParam,
			{name: "explain", form: onOff, about: "Take each score apart."},
			{name: "facets", form: onOff, about: "Count what was found by category, year, organisation and code."},
			{name: "exact", form: onOff, about: "Search for what was typed, without correcting words."},
			{name: "plain", form: onOff, about: "Leave out the priors for date and popularity."},
		}, selectParams...), answer: client.Found{}, handle: (*API).search},
	{id: "suggest", tag: "Search", path: "/suggest", summary: "What a person may be about to type",
		params: []param{{name: "q", required: true, example: "spee", most: app.MaxJump, about: "What was typed so far."}},
		answer: client.Suggestions{}, handle: (*API).suggest},

	{id: "author", tag: "Names", path: "/authors/{key}", summary: "An author", about: "Keys are made from names: people of one name share one. Their papers are the list author/{key}.",
		params: []param{path("key", "Key of an author, as papers have it.", "yann-lecun")}, answer: client.Profile{}, handle: (*API).author},
	{id: "organizations", tag: "Names", path: "/organizations", summary: "The organisations with the most papers", answer: client.Profiles{}, handle: (*API).organizations},
	{id: "organization", tag: "Names", path: "/organizations/{key}", summary: "An organisation", about: "Its papers are the list organization/{key}.",
		params: []param{path("key", "Key of an organisation, as papers have it.", "google")}, answer: client.Profile{}, handle: (*API).organization},
	{id: "categories", tag: "Names", path: "/categories", summary: "All categories that papers here have", answer: client.Categories{}, handle: (*API).categories},

	{id: "sources", tag: "Site", path: "/sources", summary: "How every source of papers is doing", answer: client.Sources{}, live: true, handle: (*API).sources},
	{id: "log", tag: "Site", path: "/log", summary: "What curators, moderators and administrators did", about: "The public log, the newest first.",
		params: []param{
			{name: "actor", most: 40, about: "Only what that person did: a handle.", example: "ada"},
			{name: "act", most: 40, about: "Only that act.", example: "hide"},
			{name: "kind", most: 40, about: "Only what was done to things of that kind.", example: "comment"},
			{name: "id", most: 200, about: "Only what was done to that thing."},
			{name: "paper", most: 200, about: "Only what happened on that paper.", example: "2503.02130"},
			cursorParam,
		}, answer: client.Log{}, handle: (*API).log},
	{id: "status", tag: "Site", path: "/status", summary: "How the site is doing", answer: client.Status{}, live: true, handle: (*API).status},
}
