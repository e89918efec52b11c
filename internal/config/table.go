package config

import (
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

var (
	serving    = []string{"serve", "doctor", "config"}
	harvesting = []string{"serve", "harvest", "doctor", "config"}
)

// SourceNames are the sources that can be harvested.
var SourceNames = []string{"arxiv-oai", "arxiv-rss", "arxiv-api", "daily-papers"}

// Table is all settings, in the order of doc/config.md. The caller owns it.
func Table() []*Setting {
	return slices.Concat(base(), site(), harvestSettings(), lookupSettings(), embedSettings(), mailSettings(), bounceSettings(), chatSettings(), accountSettings(), server())
}

func base() []*Setting {
	return []*Setting{
		{Key: "database", Secret: true, Example: "postgres://broadsheet@db.internal/broadsheet?sslmode=verify-full",
			Help:  "sqlite:PATH or postgres://… (default sqlite:DATA_DIR/broadsheet.db)",
			Doc:   "Where papers are kept: `sqlite:PATH` or `postgres://…`. Without it, `sqlite:` and `broadsheet.db` in the data folder.",
			bind:  func(c *Config) any { return &c.Database },
			check: checkDatabase},
		{Key: "database_password_file", Example: "/etc/broadsheet/database.password",
			Help: "file with PostgreSQL's password, mode 0600",
			Doc:  "A file that holds PostgreSQL's password on its one line, so that it need not stand in the URL. Only its owner may have rights on it (mode 0600).",
			bind: func(c *Config) any { return &c.PasswordFile }},
		{Key: "data_dir", Default: "./var", Example: "/var/lib/broadsheet",
			Help: "folder for the database and what belongs to it",
			Doc:  "The folder for everything that the program keeps on disk. It is made where it is missing.",
			bind: func(c *Config) any { return &c.DataDir }},
		{Key: "log.level", Default: "info", Allowed: []string{"debug", "info", "warn", "error"}, Example: "warn",
			Help: "least level that is logged",
			Doc:  "The least level that is logged.",
			bind: func(c *Config) any { return &c.Log.Level }},
		{Key: "log.format", Default: "auto", Allowed: []string{"auto", "text", "json"}, Example: "json",
			Help: "how log lines are written",
			Doc:  "How log lines are written on standard error: `text` for people, `json` for machines; `auto` is text on a terminal and JSON elsewhere.",
			bind: func(c *Config) any { return &c.Log.Format }},
	}
}

func site() []*Setting {
	return []*Setting{
		{Key: "site.url", Example: "https://papers.example.org", Commands: harvesting,
			Help:  "address that readers type",
			Doc:   "The address under which readers reach the site, for absolute links and for telling sources who asks. No slash at the end.",
			bind:  func(c *Config) any { return &c.Site.URL },
			check: checkSite},
		{Key: "site.title", Default: "Broadsheet", Example: "Physics Daily", Commands: serving,
			Help: "name in the masthead",
			Doc:  "The name in the masthead and in page titles.",
			bind: func(c *Config) any { return &c.Site.Title }},
		{Key: "site.tagline", Default: "The daily papers, chosen by those who read them", Example: "What the group reads", Commands: serving,
			Help: "line under the title",
			Doc:  "The line under the title.",
			bind: func(c *Config) any { return &c.Site.Tagline }},
		{Key: "site.contact", Example: "papers@example.org", Commands: harvesting,
			Help:  "mail address that sources may write to",
			Doc:   "A mail address at which sources reach whoever runs this site; it goes into the User-Agent of every request to them, as their rules ask. It is shown on the about page.",
			bind:  func(c *Config) any { return &c.Site.Contact },
			check: checkMail},
		{Key: "site.time_zone", Default: "UTC", Example: "Europe/Berlin", Commands: harvesting,
			Help: "where the site's day begins and ends",
			Doc:  "The time zone in which the site's day begins and ends, a name of the tz database.",
			bind: func(c *Config) any { return &c.Site.TimeZone }},
	}
}

func harvestSettings() []*Setting {
	h := func(f func(*Harvest) any) func(*Config) any { return func(c *Config) any { return f(&c.Harvest) } }
	return []*Setting{
		{Key: "harvest.enabled", Default: "true", Example: "false", Commands: []string{"serve", "config"},
			Help: "harvest on schedule while serving",
			Doc:  "Whether `serve` asks the sources for new papers on its own. `broadsheet harvest` works either way.",
			bind: h(func(h *Harvest) any { return &h.Enabled })},
		{Key: "harvest.sources", Default: "arxiv-oai,arxiv-rss,daily-papers", Allowed: SourceNames, Example: "arxiv-oai",
			Commands: []string{"serve", "doctor", "config"},
			Help:     "sources that are harvested on schedule",
			Doc:      "The sources that are harvested on schedule.",
			bind:     h(func(h *Harvest) any { return &h.Sources })},
		{Key: "harvest.categories", Default: "cs.AI,cs.CL,cs.CV,cs.LG", Example: "hep-th,math.AG,q-bio", Commands: harvesting,
			Help:  "arXiv categories to harvest",
			Doc:   "The arXiv categories, or whole archives (`cs`), that are harvested. Papers of other categories come in where a Daily Papers source features them.",
			bind:  h(func(h *Harvest) any { return &h.Categories }),
			check: checkCategories},
		{Key: "harvest.pictures", Default: "true", Example: "false", Commands: []string{"serve", "config"},
			Help: "fetch thumbnails and avatars",
			Doc:  "Whether pictures (thumbnails, organisations' badges) are fetched, made small and served from here; with `harvest.enabled` off they are not. Without them cards show none; readers' browsers never load anything from elsewhere.",
			bind: h(func(h *Harvest) any { return &h.Pictures })},
		{Key: "harvest.arxiv_oai_url", Default: "https://oaipmh.arxiv.org/oai", Example: "http://localhost:9000/oai", Commands: harvesting,
			Help:  "arXiv's OAI-PMH server",
			Doc:   "arXiv's OAI-PMH server, or a mirror's.",
			bind:  h(func(h *Harvest) any { return &h.ArxivOAIURL }),
			check: checkURL},
		{Key: "harvest.arxiv_rss_url", Default: "https://rss.arxiv.org/rss", Example: "http://localhost:9000/rss", Commands: harvesting,
			Help:  "arXiv's RSS feeds",
			Doc:   "arXiv's RSS feeds; the categories are appended.",
			bind:  h(func(h *Harvest) any { return &h.ArxivRSSURL }),
			check: checkURL},
		{Key: "harvest.arxiv_api_url", Default: "https://export.arxiv.org/api/query", Example: "http://localhost:9000/api/query", Commands: harvesting,
			Help:  "arXiv's search API",
			Doc:   "arXiv's search API.",
			bind:  h(func(h *Harvest) any { return &h.ArxivAPIURL }),
			check: checkURL},
		{Key: "harvest.daily_papers_url", Default: "https://huggingface.co", Example: "http://localhost:9000", Commands: harvesting,
			Help:  "server of a Daily Papers API",
			Doc:   "A server that answers `/api/daily_papers`.",
			bind:  h(func(h *Harvest) any { return &h.DailyPapersURL }),
			check: checkURL},
		{Key: "harvest.private_networks", Example: "10.1.0.0/16", Commands: harvesting,
			Help: "private networks that sources may be in",
			Doc:  "Private networks in which a source, such as a mirror, may stand. Without it, addresses that are not on the public Internet are never asked, whatever a name or a redirect says; a source whose URL names `localhost` or a private address itself is.",
			bind: h(func(h *Harvest) any { return &h.PrivateNetworks })},
	}
}

func server() []*Setting {
	http := func(f func(*HTTP) any) func(*Config) any { return func(c *Config) any { return f(&c.HTTP) } }
	return []*Setting{
		{Key: "listen", Default: "localhost:8080", Example: ":8080", Commands: serving,
			Help:  "address to serve on",
			Doc:   "The address and port on which pages are served. Without a host, on all addresses of the machine.",
			bind:  func(c *Config) any { return &c.Listen },
			check: checkListen},
		{Key: "server", Example: "https://papers.example.org", Commands: []string{"papers", "mcp"},
			Help:  "site that is asked for papers",
			Doc:   "The site that `broadsheet papers` and `broadsheet mcp` ask: any Broadsheet, or a server that answers `/api/daily_papers`. Without it, `papers` asks the site on this machine, at `listen`, and `mcp` reads the data folder itself.",
			bind:  func(c *Config) any { return &c.Server },
			check: checkServer},
		{Key: "metrics.listen", Example: "localhost:9090", Commands: serving,
			Help:  "address to serve metrics on to everybody",
			Doc:   "An address and port of its own on which Prometheus on another machine reads `/metrics`; whoever reaches it may read them. The site's own address answers `/metrics` only to programs on the same machine.",
			bind:  func(c *Config) any { return &c.Metrics.Listen },
			check: checkListen},
		{Key: "http.trusted_proxies", Example: "127.0.0.1,10.0.0.0/8", Commands: serving,
			Help: "proxies whose forwarded headers count",
			Doc:  "Addresses or networks of reverse proxies. The reader's address in `X-Forwarded-For` or `Forwarded` is believed from these and from nobody else.",
			bind: http(func(h *HTTP) any { return &h.TrustedProxies })},
		{Key: "http.read_header_timeout", Default: "5s", Example: "10s", Commands: serving,
			Help: "time for a request's header",
			Doc:  "How long a request's header may take to arrive.",
			bind: http(func(h *HTTP) any { return &h.ReadHeaderTimeout })},
		{Key: "http.read_timeout", Default: "20s", Example: "30s", Commands: serving,
			Help: "time for a whole request",
			Doc:  "How long a whole request may take to arrive.",
			bind: http(func(h *HTTP) any { return &h.ReadTimeout })},
		{Key: "http.write_timeout", Default: "1m", Example: "30s", Commands: serving,
			Help: "time for an answer",
			Doc:  "How long an answer may take to make and send.",
			bind: http(func(h *HTTP) any { return &h.WriteTimeout })},
		{Key: "http.idle_timeout", Default: "2m", Example: "30s", Commands: serving,
			Help: "time a connection may idle",
			Doc:  "How long a connection is kept open for the next request.",
			bind: http(func(h *HTTP) any { return &h.IdleTimeout })},
		{Key: "http.render_timeout", Default: "10s", Example: "5s", Commands: serving,
			Help: "time for making a page",
			Doc:  "How long making one page may take.",
			bind: http(func(h *HTTP) any { return &h.RenderTimeout })},
		{Key: "http.page_cache", Default: "32MiB", Example: "128MiB", Commands: serving,
			Help: "memory for rendered pages",
			Doc:  "How much memory rendered pages may take.",
			bind: http(func(h *HTTP) any { return &h.PageCache })},
		{Key: "http.api_requests", Default: "1000", Example: "5000", Commands: serving,
			Help: "API requests a client may make in 5 minutes",
			Doc:  "How many requests to the APIs and to `/mcp` one client, an IPv4 address or an IPv6 network of 64 bits, may make in 5 minutes; more answer 429. 0 is no limit. Programs on the same machine are not counted: behind a reverse proxy, name it in `http.trusted_proxies`, or nobody is.",
			bind: http(func(h *HTTP) any { return &h.APIRequests })},
		{Key: "http.drain_timeout", Default: "10s", Example: "30s", Commands: serving,
			Help: "time for open requests at the end",
			Doc:  "How long open requests may take to end after the program is told to stop.",
			bind: http(func(h *HTTP) any { return &h.DrainTimeout })},
		{Key: "memory", Default: "110MiB", Example: "512MiB", Commands: serving,
			Help: "memory that the program tries to stay under",
			Doc:  "How much memory the program tries to stay under while serving; 0 is no bound. It is a goal, not a wall: near it, memory is given back more eagerly. `GOMEMLIMIT` in the environment wins over it.",
			bind: func(c *Config) any { return &c.Memory }},
	}
}

func checkDatabase(v string) string {
	const fix = "write sqlite:PATH or postgres://user@host/name"
	switch scheme, rest, _ := strings.Cut(v, ":"); {
	case scheme == "sqlite" && rest != "":
		return ""
	case scheme == "postgres" || scheme == "postgresql":
		if u, err := url.Parse(v); err == nil && (u.Host != "" || u.RawQuery != "") {
			return ""
		}
	}
	return fix
}

func checkListen(v string) string {
	const fix = "write HOST:PORT or :PORT, such as localhost:8080"
	_, port, err := net.SplitHostPort(v)
	if err != nil {
		return fix
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fix + "; a port is at most 65535"
	}
	return ""
}

// checkServer takes what people type: ServerURL says what they mean.
func checkServer(v string) string { return checkURL(ServerURL(v)) }

// ServerURL is the address of a site that is named without a scheme: one on this
// machine or in numbers is asked without TLS, as it is served.
func ServerURL(v string) string {
	v = strings.TrimSuffix(v, "/")
	if strings.Contains(v, "://") || v == "" {
		return v
	}
	u, err := url.Parse("http://" + v)
	if err != nil {
		return v
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil || u.Hostname() == "localhost" {
		return "http://" + v
	}
	return "https://" + v
}

func checkURL(v string) string {
	u, err := url.Parse(v)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return "write a whole address, such as https://papers.example.org"
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return "write the address without user, query and fragment"
	case strings.HasSuffix(v, "/"):
		return "leave out the slash at the end"
	}
	return ""
}

// checkSite wants no path: the site's links begin at the root of its host.
func checkSite(v string) string {
	if fix := checkURL(v); fix != "" {
		return fix
	}
	if u, err := url.Parse(v); err != nil || u.Path != "" {
		return "leave out the path: the site needs a host name of its own"
	}
	return ""
}

func checkMail(v string) string {
	if a, err := mail.ParseAddress(v); err != nil || a.Address != v {
		return "write one mail address, such as papers@example.org"
	}
	return ""
}

func checkCategories(v string) string {
	for _, c := range splitList(v) {
		if strings.ContainsFunc(c, func(r rune) bool {
			return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '.')
		}) {
			return "write arXiv categories with commas between, such as cs.LG,math.AG,hep-th"
		}
	}
	return ""
}
