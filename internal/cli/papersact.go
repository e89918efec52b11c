package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/client"
)

type papersVoteCmd struct {
	IDs  []string `arg:"" name:"id" help:"Papers."`
	Undo bool     `help:"Take the votes back."`
	JSON bool     `help:"Print JSON."`
}

func (papersVoteCmd) Help() string {
	return `Voting again changes nothing.

Examples:

  broadsheet papers vote 2503.02130
  broadsheet papers vote --undo 2503.02130`
}

// Run votes.
func (c *papersVoteCmd) Run(r *run) error {
	site, err := r.writer()
	if err != nil {
		return err
	}
	vote := site.api.Vote
	if c.Undo {
		vote = site.api.Unvote
	}
	var all []client.Voted
	for _, id := range c.IDs {
		v, err := vote(r.ctx, id)
		if err != nil {
			return fmt.Errorf("%s: %w", shown(id), site.explain(err))
		}
		all = append(all, *v)
		if !c.JSON {
			fmt.Fprintf(r.Stdout, "%s  %s\n", shown(v.Paper), plural(v.Votes, "vote"))
		}
	}
	if c.JSON {
		return printSafeJSON(r.Stdout, all)
	}
	return nil
}

type papersCommentsCmd struct {
	ID   string `arg:"" name:"id" help:"Paper."`
	Sort string `help:"best, newest or oldest." placeholder:"ORDER"`
	JSON bool   `help:"Print JSON."`
}

func (papersCommentsCmd) Help() string {
	return `The first thousand are shown. Comments are HTML with --json, text else.

Examples:

  broadsheet papers comments 2503.02130
  broadsheet papers comments 2503.02130 --json | jq -r '.items[].id'`
}

// Run shows a discussion. It needs no token.
func (c *papersCommentsCmd) Run(r *run) error {
	site, err := r.remote()
	if err != nil {
		return err
	}
	d, err := site.api.Comments(r.ctx, c.ID, c.Sort, "")
	if err != nil {
		return site.explain(err)
	}
	if c.JSON {
		return printSafeJSON(r.Stdout, d)
	}
	if len(d.Items) == 0 {
		fmt.Fprintln(r.Stdout, "nobody has said anything yet")
	}
	for i := range d.Items {
		x := &d.Items[i]
		who, said := x.By.Name, commentText(x.HTML)
		if x.By.Deleted {
			who = "somebody who left"
		}
		if x.State != "shown" {
			said = "(" + x.State + ")"
		}
		indent := strings.Repeat("  ", min(x.Depth, 8))
		fmt.Fprintf(r.Stdout, "%s%s, %s, %s\n", indent, shown(who), x.CreatedAt.Local().Format("2006-01-02 15:04"), shown(x.ID))
		for line := range strings.Lines(shownLines(said)) {
			fmt.Fprintf(r.Stdout, "%s  %s\n", indent, strings.TrimRight(line, "\n"))
		}
	}
	return nil
}

type papersCommentCmd struct {
	ID      string `arg:"" name:"id" help:"Paper."`
	Text    string `arg:"" help:"What to say, in Markdown with math; - reads standard input."`
	ReplyTo string `help:"Comment that this answers." placeholder:"ID"`
	JSON    bool   `help:"Print JSON."`
}

func (papersCommentCmd) Help() string {
	return `Examples:

  broadsheet papers comment 2503.02130 'The bound in (3) is tight: see $x = 0$.'
  broadsheet papers comment 2503.02130 - < remarks.md
  broadsheet papers comment 2503.02130 'It is.' --reply-to 665f1c0000000000000000aa`
}

// Run comments.
func (c *papersCommentCmd) Run(r *run) error {
	site, err := r.writer()
	if err != nil {
		return err
	}
	text := c.Text
	if text == "-" {
		raw, err := io.ReadAll(io.LimitReader(r.Stdin, 64<<10))
		if err != nil {
			return fmt.Errorf("read the comment: %w", err)
		}
		text = string(raw)
	}
	x, err := site.api.Comment(r.ctx, c.ID, client.NewComment{Text: text, Parent: c.ReplyTo})
	if err != nil {
		return site.explain(err)
	}
	if c.JSON {
		return printSafeJSON(r.Stdout, x)
	}
	if x.State == "held" {
		fmt.Fprintln(r.Stderr, "it waits for a moderator")
	}
	fmt.Fprintln(r.Stdout, shown(x.URL))
	return nil
}

type papersSubmitCmd struct {
	Paper   string `arg:"" help:"An arXiv id, a DOI, or the address of a page about the paper."`
	Comment string `help:"What to say with it, in Markdown." placeholder:"TEXT"`
	Media   string `help:"Address of a picture or film, with https." placeholder:"URL"`
	DryRun  bool   `help:"Look it up only."`
	JSON    bool   `help:"Print JSON."`
}

func (papersSubmitCmd) Help() string {
	return `The paper is looked up at its source. By the rules of the site it is featured at once, or waits for a curator.

Examples:

  broadsheet papers submit 2503.02130 --dry-run
  broadsheet papers submit https://arxiv.org/abs/2503.02130 --comment 'A simple bound that holds in practice.'`
}

// Times of a look-up that takes long.
const (
	lookEvery = 3 * time.Second
	lookFor   = 3 * time.Minute
)

// Run submits.
func (c *papersSubmitCmd) Run(r *run) error {
	site, err := r.writer()
	if err != nil {
		return err
	}
	x, err := site.api.Submit(r.ctx, c.Paper)
	for deadline := time.Now().Add(lookFor); err == nil && x.State == "looking" && time.Now().Before(deadline); {
		select {
		case <-time.After(lookEvery):
		case <-r.ctx.Done():
			return r.ctx.Err()
		}
		x, err = site.api.Submission(r.ctx, x.ID)
	}
	if err != nil {
		return site.explain(err)
	}
	switch {
	case x.State == "failed":
		return broadsheet.Errorf(broadsheet.NotFound, "%s", shown(x.Problem))
	case x.State == "draft" && x.Refusal != "" && !c.DryRun:
		return broadsheet.Errorf(broadsheet.Denied, "%s", shown(x.Refusal))
	case x.State == "draft" && !c.DryRun:
		if x, err = site.api.SendSubmission(r.ctx, x.ID, client.Send{Comment: c.Comment, Media: c.Media}); err != nil {
			return site.explain(err)
		}
	}
	if c.JSON {
		return printSafeJSON(r.Stdout, x)
	}
	if x.Paper != nil {
		fmt.Fprintf(r.Stdout, "%s  %s\n", shown(x.Paper.ID), shown(x.Paper.Title))
	}
	for _, id := range x.Same {
		fmt.Fprintf(r.Stderr, "note: %s may be the same work\n", shown(id))
	}
	said := map[string]string{"looking": "its source has not answered yet; the site goes on asking", "draft": "found; nothing was sent", "queued": "sent; it waits for a curator", "accepted": "featured",
		"rejected": "it was rejected: " + x.Reason, "taken back": "it was taken back"}[x.State]
	if said == "" {
		said = x.State
	}
	fmt.Fprintf(r.Stdout, "%s: %s\n", shown(said), shown(x.URL))
	return nil
}

type papersClaimCmd struct {
	ID       string `arg:"" name:"id" help:"Paper."`
	Author   int    `help:"Which of its authors you are, from 1." required:"" placeholder:"N"`
	Evidence string `help:"For the moderators: words or an address." placeholder:"TEXT"`
}

func (papersClaimCmd) Help() string {
	return `A claim is accepted at once where your account proves it (an ORCID iD that the source names, by some sites' rules a mail address);
else moderators decide.

Examples:

  broadsheet papers claim 2503.02130 --author 3
  broadsheet papers claim 2503.02130 --author 1 --evidence 'https://people.example.org/ada'`
}

// Run claims.
func (c *papersClaimCmd) Run(r *run) error {
	site, err := r.writer()
	if err != nil {
		return err
	}
	p, err := site.api.Paper(r.ctx, c.ID, client.Select{Fields: []string{"id", "authors"}})
	if err != nil {
		return site.explain(err)
	}
	if c.Author < 1 || c.Author > len(p.Authors) {
		return usage(broadsheet.InvalidField("--author", fmt.Sprintf("the paper has %s", plural(len(p.Authors), "author")), "count from 1"))
	}
	x, err := site.api.Claim(r.ctx, client.NewClaim{Paper: p.ID, Position: c.Author, Name: p.Authors[c.Author-1].Name, Evidence: c.Evidence})
	if err != nil {
		return site.explain(err)
	}
	fmt.Fprintf(r.Stdout, "%s as %s: %s\n", shown(x.Paper), shown(x.Name), shown(x.State))
	return nil
}

type papersNotificationsCmd struct {
	Read bool `help:"Mark those that are shown as read."`
	JSON bool `help:"Print JSON."`
}

func (papersNotificationsCmd) Help() string {
	return `Examples:

  broadsheet papers notifications
  broadsheet papers notifications --read --json`
}

// Run shows the newest notifications.
func (c *papersNotificationsCmd) Run(r *run) error {
	site, err := r.writer()
	if err != nil {
		return err
	}
	list, err := site.api.Notifications(r.ctx, "")
	if err != nil {
		return site.explain(err)
	}
	if c.JSON {
		if err := printSafeJSON(r.Stdout, list); err != nil {
			return err
		}
	} else {
		if len(list.Items) == 0 {
			fmt.Fprintln(r.Stdout, "nothing")
		}
		for _, n := range list.Items {
			mark := "new "
			if n.Read {
				mark = "    "
			}
			fmt.Fprintf(r.Stdout, "%s%s  %s", mark, n.At.Local().Format("2006-01-02 15:04"), shown(n.Text))
			if n.Paper != "" {
				fmt.Fprintf(r.Stdout, " (%s)", shown(n.Paper))
			}
			if n.Detail != "" {
				fmt.Fprintf(r.Stdout, ": %s", shown(n.Detail))
			}
			fmt.Fprintln(r.Stdout)
		}
	}
	if !c.Read || list.Through == "" {
		return nil
	}
	return site.explain(site.api.ReadNotifications(r.ctx, list.Through))
}
