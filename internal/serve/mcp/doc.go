// Package mcp gives the site's papers to programs that speak the Model Context
// Protocol: language models with tools, editors, agents.
//
// # Tools
//
//	search   papers by word and by meaning, in the site's query language
//	paper    one paper, by any id or address, with its abstract
//	list     a day, week, month, category, author, organisation; the latest day by default
//	similar  the papers most like some others
//	hot      what readers look at now
//
// and the resource template paper://{id}, which is what the tool paper says, as
// Markdown. All of these only read. Who sends an API token finds besides, as far
// as its scopes go,
//
//	vote, comment, submit, claim    in the name of the token's owner
//	discussion, notifications       what people wrote
//
// A token that opens nothing is refused (401); cookies are not looked at.
//
// # What it guarantees
//
// A tool gives the papers that the page of the same list gives, in the same
// order: it makes the same call to the use cases. The arguments of a tool are
// described by one table, from which both its JSON Schema and the check are made,
// so that what the schema allows is what is taken. An argument that cannot be is
// a tool error (isError), which names the argument and what is allowed: a model
// reads it and mends its call. Protocol errors are for what a model cannot mend.
//
// # Text
//
// Answers are text, because models read it and pay for each token. A paper is a
// line: id, title, three authors at most, then category, day, votes, code;
// abstracts come when asked for. The last line says how to go on. Only paper
// also answers with structured content: many clients hand a model both forms, or
// only the structured one, and twenty papers as JSON are more than twice their
// text; of a single paper the fields are worth it.
//
// Titles and abstracts are other people's words. Control and direction
// characters are taken out, a title cannot begin a line of its own, and the
// instructions tell models to take what papers say for data. What people wrote is
// quoted, in one line each, with who wrote it.
//
// # Transports
//
// POST /mcp is streamable HTTP, stateless: one JSON answer for each request, no
// session, no stream. GET and DELETE answer 405. A body holds one message, never a
// batch, and its call goes through a lane of its own. A request with an Origin is taken
// from the site's own, from localhost and from addresses written as numbers only:
// other names could have been bound to this machine a moment ago (DNS rebinding).
// Serve speaks the same over two pipes.
package mcp
