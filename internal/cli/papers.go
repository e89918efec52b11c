package cli

import (
	"cmp"
	"strings"

	"broadsheet"
	"broadsheet/client"

	"github.com/alecthomas/kong"
)

type papersCmd struct {
	kong.Plugins

	Ls      papersLsCmd      `cmd:"" help:"List the papers of a day, week, month, category, author or organisation."`
	Search  papersSearchCmd  `cmd:"" help:"Find papers by word and by meaning."`
	Info    papersInfoCmd    `cmd:"" help:"Show what is known of a paper."`
	Read    papersReadCmd    `cmd:"" help:"Read a paper's abstract, as Markdown."`
	Similar papersSimilarCmd `cmd:"" help:"Find the papers most like others."`
	Open    papersOpenCmd    `cmd:"" help:"Open a paper's page in the browser."`

	Vote          papersVoteCmd          `cmd:"" help:"Vote for papers."`
	Comments      papersCommentsCmd      `cmd:"" help:"Read what was said about a paper."`
	Comment       papersCommentCmd       `cmd:"" help:"Say something about a paper."`
	Submit        papersSubmitCmd        `cmd:"" help:"Submit a paper to the site."`
	Claim         papersClaimCmd         `cmd:"" help:"Say that you are an author of a paper."`
	Notifications papersNotificationsCmd `cmd:"" help:"Read what the site tells you."`
}

func (papersCmd) Help() string {
	return `Papers are read from the site on this machine or, with --server or BROADSHEET_SERVER, from any other Broadsheet and from servers that
answer /api/daily_papers. That site must be served: no data folder is read here. An id is an arXiv id in any spelling, a DOI, or the
address of a paper's page. What writes needs an API token of an account there: see ` + "`broadsheet login`" + `.

Examples:

  broadsheet papers ls
  broadsheet papers ls --week --sort top --limit 10
  broadsheet papers search 'mixture of experts cat:cs.LG after:2025-06'
  broadsheet papers ls --hot --quiet | head -n 3 | xargs -n 1 broadsheet papers info
  BROADSHEET_SERVER=https://papers.example.org broadsheet papers read 2503.02130`
}

// shape is how papers are printed.
type shape struct {
	JSON  bool `help:"Print JSON." xor:"shape"`
	TSV   bool `name:"tsv" help:"Print tab-separated values under a line of names; tabs and line ends in values are written \\t and \\n." xor:"shape"`
	Quiet bool `short:"q" help:"Print ids only, for pipes." xor:"shape"`
}

// part is what of each paper the shape shows: a hundred whole ones have 300 kB.
func (s shape) part() client.Select {
	switch {
	case s.JSON || s.TSV:
		return client.Select{}
	case s.Quiet:
		return client.Select{Fields: []string{"id"}}
	}
	return client.Select{Fields: []string{"id", "title", "votes", "authors", "authorCount", "withdrawn"}, Authors: 1}
}

type papersLsCmd struct {
	Date     string  `help:"Papers of this day; without a list, of the latest." placeholder:"2026-07-01" xor:"list"`
	Week     *string `help:"Papers of the latest week, or with --week=2026-W27 of that one." placeholder:"2026-W27" xor:"list" type:"latest"`
	Month    *string `help:"Papers of the latest month, or with --month=2026-07 of that one." placeholder:"2026-07" xor:"list" type:"latest"`
	Category string  `help:"Papers of a category or archive; beside another list, only those of it." placeholder:"cs.LG"`
	Author   string  `help:"Papers of an author, by name." placeholder:"NAME" xor:"list"`
	Org      string  `help:"Papers of an organisation, by its handle or name." placeholder:"HANDLE" xor:"list"`
	Hot      bool    `help:"What readers look at now." xor:"list"`
	HasCode  bool    `help:"Only papers with code."`
	Sort     string  `help:"hot, top or new." placeholder:"ORDER"`
	Limit    int     `help:"Most papers." default:"50" placeholder:"N"`
	shape    `embed:""`
}

func (papersLsCmd) Help() string {
	return `Examples:

  broadsheet papers ls
  broadsheet papers ls --date 2026-07-01 --sort top
  broadsheet papers ls --month --category cs.CL
  broadsheet papers ls --author 'Ada Lovelace' --tsv`
}

// Run lists.
func (c *papersLsCmd) Run(r *run) error {
	if err := checkLimit(c.Limit, broadsheet.MaxOffset); err != nil {
		return err
	}
	q := asked{kind: client.ListDay, limit: c.Limit, view: client.View{Select: c.part(), Sort: c.Sort, Category: c.Category, HasCode: c.HasCode}}
	switch {
	case c.Date != "":
		q.key = c.Date
	case c.Week != nil:
		q.kind, q.key = client.ListWeek, *c.Week
	case c.Month != nil:
		q.kind, q.key = client.ListMonth, *c.Month
	case c.Author != "":
		q.kind, q.key = client.ListAuthor, broadsheet.AuthorKey(c.Author)
		if q.key == "" {
			return usage(broadsheet.InvalidField("--author", "it has no letter", "write a name, such as 'Ada Lovelace'"))
		}
	case c.Org != "":
		q.kind, q.key = client.ListOrganization, c.Org
	case c.Hot:
		q.kind = client.ListHot
	case c.Category != "":
		q.kind, q.key, q.view.Category = client.ListCategory, c.Category, ""
	}
	if _, err := broadsheet.ParseSort(c.Sort, ""); err != nil {
		return usage(broadsheet.InvalidField("--sort", "there is no such order", "use hot, top or new"))
	}
	site, err := r.remote()
	if err != nil {
		return err
	}
	l, err := site.list(r.ctx, q)
	if err != nil {
		return err
	}
	return c.print(r, l)
}

type papersSearchCmd struct {
	Query []string `arg:"" help:"Words, or a query as on the search page: \"a phrase\", author:, cat:, date:, -not."`
	Sort  string   `help:"relevance or date." placeholder:"ORDER"`
	Mode  string   `help:"hybrid, lexical or semantic." placeholder:"MODE"`
	Exact bool     `help:"Correct no words."`
	Limit int      `help:"Most papers." default:"20" placeholder:"N"`
	shape `embed:""`
}

func (papersSearchCmd) Help() string {
	return `Examples:

  broadsheet papers search diffusion transformers for video
  broadsheet papers search 'author:lovelace date:2025.. -survey' --sort date
  broadsheet papers search 'world models' --json | jq -r '.items[].url'`
}

// Run searches.
func (c *papersSearchCmd) Run(r *run) error {
	if err := checkLimit(c.Limit, broadsheet.MaxSearchDepth); err != nil {
		return err
	}
	text := strings.TrimSpace(strings.Join(c.Query, " "))
	if text == "" {
		return usage(broadsheet.InvalidField("query", "there is nothing to search for", "write words, a name or an id"))
	}
	site, err := r.remote()
	if err != nil {
		return err
	}
	l, err := site.search(r.ctx, client.Search{Select: c.part(), Text: text, Sort: c.Sort, Mode: c.Mode, Exact: c.Exact}, c.Limit)
	if err != nil {
		return err
	}
	return c.print(r, l)
}

type papersSimilarCmd struct {
	IDs   []string `arg:"" name:"id" help:"Papers, at most ten."`
	Limit int      `help:"Most papers." default:"20" placeholder:"N"`
	shape `embed:""`
}

func (papersSimilarCmd) Help() string {
	return `Examples:

  broadsheet papers similar 2503.02130
  broadsheet papers similar 2503.02130 1706.03762 --limit 5`
}

// Run finds similar papers.
func (c *papersSimilarCmd) Run(r *run) error {
	if err := checkLimit(c.Limit, pageLimit); err != nil {
		return err
	}
	site, err := r.remote()
	if err != nil {
		return err
	}
	l, err := site.similar(r.ctx, c.IDs, c.Limit, c.part())
	if err != nil {
		return err
	}
	return c.print(r, l)
}

func checkLimit(n, most int) error {
	if n < 1 || n > most {
		return usage(broadsheet.InvalidField("--limit", count(n)+" is out of range", "use 1 to "+count(most)))
	}
	return nil
}

// remote is the site that is named, or the one on this machine.
func (r *run) remote() (*remote, error) {
	cfg, err := r.config()
	if err != nil {
		return nil, err
	}
	return newRemote(cmp.Or(cfg.Server, cfg.Local()), "")
}
