package config

import "broadsheet"

func embedSettings() []*Setting {
	e := func(f func(*Embed) any) func(*Config) any { return func(c *Config) any { return f(&c.Embed) } }
	return []*Setting{
		{Key: "embed.url", Secret: true, Example: "http://localhost:11434/v1", Commands: serving,
			Help:  "embeddings service to use instead of the built-in model",
			Doc:   "The base address of an OpenAI-compatible embeddings service, whose model then finds papers by meaning instead of the built-in one; `/embeddings` is appended. Without it nothing is asked elsewhere. See [operate.md](operate.md#embeddings-from-elsewhere).",
			bind:  e(func(e *Embed) any { return &e.URL }),
			check: checkURL},
		{Key: "embed.model", Example: "nomic-embed-text", Commands: serving,
			Help: "the service's model",
			Doc:  "The model as the service calls it. Another model is another space: all papers are embedded anew in the background.",
			bind: e(func(e *Embed) any { return &e.Model })},
		{Key: "embed.key_file", Example: "/etc/broadsheet/embed.key", Commands: serving,
			Help: "file with the service's API key, mode 0600",
			Doc:  "A file that holds the service's API key on its one line; it is sent as a bearer token, and never to another address by a redirect. Only its owner may have rights on it (mode 0600).",
			bind: e(func(e *Embed) any { return &e.KeyFile })},
		{Key: "embed.ask_dimensions", Default: "false", Example: "true", Commands: serving,
			Help: "ask the model for 256 dimensions",
			Doc:  "Whether the model is asked for vectors of 256 dimensions, which models made for it can (text-embedding-3, nomic-embed-text-v1.5 and other Matryoshka models). Otherwise longer vectors are projected to 256 here, which keeps somewhat less.",
			bind: e(func(e *Embed) any { return &e.AskDimensions })},
		{Key: "embed.query_prefix", Example: "search_query: ", Commands: serving,
			Help: "text before each query",
			Doc:  "What the model wants before a query, such as `query: ` for E5 or `search_query: ` for nomic-embed-text; its model card says.",
			bind: e(func(e *Embed) any { return &e.QueryPrefix })},
		{Key: "embed.document_prefix", Example: "search_document: ", Commands: serving,
			Help: "text before each paper",
			Doc:  "What the model wants before a paper, such as `passage: ` or `search_document: `. Another prefix is another space, like another model.",
			bind: e(func(e *Embed) any { return &e.DocumentPrefix })},
		{Key: "embed.batch", Default: "64", Example: "32", Commands: serving,
			Help:  "papers in a request",
			Doc:   "How many papers go into one request. A service that finds it too much is asked for fewer.",
			bind:  e(func(e *Embed) any { return &e.Batch }),
			check: checkPositive},
		{Key: "embed.parallel", Default: "2", Example: "8", Commands: serving,
			Help:  "requests at a time",
			Doc:   "How many requests for papers are under way at a time. Queries do not wait behind them.",
			bind:  e(func(e *Embed) any { return &e.Parallel }),
			check: checkPositive},
		{Key: "embed.max_text", Default: "8KiB", Example: "1500", Commands: serving,
			Help: "longest text that is sent",
			Doc:  "How much of a paper's title and abstract is sent; at least 512 bytes. A text that the service finds too long is cut shorter, at the cost of some requests each time the program starts: the log says where.",
			bind: e(func(e *Embed) any { return &e.MaxText })},
		{Key: "embed.timeout", Default: "1m", Example: "5m", Commands: serving,
			Help: "time for a request for papers",
			Doc:  "How long a request for papers may take.",
			bind: e(func(e *Embed) any { return &e.Timeout })},
		{Key: "embed.query_timeout", Default: "300ms", Example: "1s", Commands: serving,
			Help: "time that a search waits for the service",
			Doc:  "How long a search waits for the vector of its query; afterwards it goes by words alone, and says so. What comes later is kept for the next who asks the same.",
			bind: e(func(e *Embed) any { return &e.QueryTimeout })},
		{Key: "embed.daily_tokens", Default: "0", Example: "5000000", Commands: serving,
			Help: "tokens that papers may cost a day",
			Doc:  "How many tokens papers may cost on a day (UTC), as the service counts them; 0 is no bound. A paper is some 300. What is left waits for the next day; queries are not counted. The last requests of a day may pass it by what is under way.",
			bind: e(func(e *Embed) any { return &e.DailyTokens })},
		{Key: "embed.private_networks", Example: "10.1.0.0/16", Commands: serving,
			Help: "private networks that the service may be in",
			Doc:  "Private networks in which the service may stand under a name. A service whose address names `localhost` or a private address itself is asked without it.",
			bind: e(func(e *Embed) any { return &e.PrivateNetworks })},
	}
}

func checkPositive(v string) string {
	if v == "0" {
		return "write at least 1"
	}
	return ""
}

// finishEmbed sees that the service's settings make sense together, and reads
// its key.
func (c *Config) finishEmbed() (err error) {
	e := &c.Embed
	switch {
	case e.URL == "" && e.Model != "":
		return broadsheet.InvalidField("embed.model", "is set, but embed.url is not", "name the service, or take the model out")
	case e.URL == "" && e.KeyFile != "":
		return broadsheet.InvalidField("embed.key_file", "is set, but embed.url is not", "name the service, or take the file out")
	case e.URL != "" && e.Model == "":
		return broadsheet.InvalidField("embed.model", "is not set, but embed.url is", "name the model as the service calls it")
	}
	if e.KeyFile != "" {
		e.Key, err = readSecret("embed.key_file", e.KeyFile)
	}
	return err
}
