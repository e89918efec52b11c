package cli

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/deliver/chat"
	"broadsheet/internal/store"

	"github.com/alecthomas/kong"
)

type targetsCmd struct {
	kong.Plugins
	Add    targetsAddCmd    `cmd:"" help:"Send editions to a chat or hook."`
	List   targetsListCmd   `cmd:"" help:"Show chats and hooks."`
	Test   targetsTestCmd   `cmd:"" help:"Send a sample now and show what the other side says."`
	Pause  targetsPauseCmd  `cmd:"" help:"Send nothing to a target for now."`
	Resume targetsResumeCmd `cmd:"" help:"Send to a target again."`
	Remove targetsRemoveCmd `cmd:"" help:"Send nothing to a target any more and forget its address."`
}

func (targetsCmd) Help() string {
	return `Chats and hooks are Slack, Discord, Telegram, Mattermost, Matrix, Feishu (Lark), DingTalk, Microsoft Teams, ntfy and signed webhooks; doc/chat.md says where
each has its address. The running site sends what is due.

Examples:

  broadsheet targets add https://hooks.slack.com/services/T000/B000/XXXX
  broadsheet targets add telegram://TOKEN@telegram/-1001234567890 --topic categories:cs.CL --days workdays --hour 9
  broadsheet targets test 3`
}

type targetsAddCmd struct {
	Address string `arg:"" help:"Address of the target; - reads it from standard input, where no list of processes shows it."`
	Channel string `help:"What speaks there: slack, discord, telegram, mattermost, matrix, feishu, dingtalk, teams, ntfy or webhook. Known hosts need none." placeholder:"NAME"`
	Topic   string `help:"What papers: hot, categories:cs.CL,cs.LG, list:author:KEY, list:keyword:WORDS or search:QUERY." default:"hot"`
	Days    string `help:"When: daily, workdays, or days as mon,thu." default:"daily"`
	Hour    int    `help:"At which hour, 0 to 23." default:"8" placeholder:"N"`
	Zone    string `help:"Time zone of the hour; by default the site's." placeholder:"Europe/Berlin"`
	Comes   bool   `name:"as-it-comes" help:"Whenever there is something, at most once an hour."`
	Max     int    `help:"Most papers of an edition." default:"10" placeholder:"N"`
	Min     int    `name:"min-votes" help:"Only papers with so many votes." placeholder:"N"`
	Empty   bool   `name:"send-empty" help:"Say so when there is nothing."`
}

func (targetsAddCmd) Help() string {
	return `The key of a signature or a token stands after # in the address: #secret=… for Feishu, DingTalk and webhooks, #token=… for Matrix and ntfy. A webhook
without one gets a key, which is shown once.

Examples:

  broadsheet targets add https://discord.com/api/webhooks/1234/XXXX --max 5
  broadsheet targets add https://chat.example.org/hooks/XXXX --channel mattermost --days mon,thu --hour 9
  broadsheet targets add https://example.org/papers --channel webhook --as-it-comes
  pass show slack-hook | broadsheet targets add -`
}

// Run adds a target.
func (c *targetsAddCmd) Run(r *run) (err error) {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	if cfg.Site.URL == "" {
		return usage(broadsheet.InvalidField("site.url", "is not set", "say where readers reach the site: messages hold links to it"))
	}
	if c.Address, err = r.address(c.Address); err != nil {
		return err
	}
	channel, err := channelOf(c.Channel, c.Address)
	if err != nil {
		return err
	}
	made := ""
	if channel == broadsheet.ChannelWebhook && !strings.Contains(c.Address, "#") {
		made = chat.NewSecret()
		c.Address += "#secret=" + made
	}
	t, err := chat.Parse(channel, c.Address)
	if err != nil {
		return usage(err)
	}
	wish, err := c.wish(cfg.Site.TimeZone)
	if err != nil {
		return usage(err)
	}
	return r.withTargets(func(a *app.App, _ *store.Store) error {
		x, err := a.AddTarget(r.ctx, t, wish)
		if err != nil {
			return err
		}
		fmt.Fprintf(r.Stdout, "%d: %s at %s, next %s\n", x.ID, x.Recipient.Channel, x.Where, stamp(x.DueAt, x.Rhythm.Zone))
		if made != "" {
			fmt.Fprintf(r.Stdout, "key that signs: %s\nGive it to the program that receives; it is not shown again.\n", made)
		}
		return nil
	})
}

func (c *targetsAddCmd) wish(zone *time.Location) (w broadsheet.Wish, err error) {
	if w.Topic, err = broadsheet.ParseTopic(c.Topic); err != nil {
		return w, err
	}
	if c.Zone != "" {
		if zone, err = time.LoadLocation(c.Zone); err != nil || c.Zone == "Local" {
			return w, broadsheet.InvalidField("--zone", fmt.Sprintf("%.40q is not a time zone", c.Zone), "write one as Europe/Berlin or UTC")
		}
	}
	w.Rhythm = broadsheet.Rhythm{Hour: c.Hour, Zone: zone, AsItComes: c.Comes}
	if w.Rhythm.Days, err = app.ParseDays(c.Days); err != nil {
		return w, err
	}
	w.MaxPapers, w.MinScore, w.SendEmpty = c.Max, c.Min, c.Empty
	return w, w.Check()
}

// channelOf is the channel that was named, or that an address says by itself.
func channelOf(name, address string) (broadsheet.Channel, error) {
	if name != "" {
		return broadsheet.Channel(name), nil
	}
	if c := chat.Guess(address); c != "" {
		return c, nil
	}
	return "", usage(broadsheet.InvalidField("--channel", "is missing, and the address does not say what speaks there", "add --channel mattermost, matrix, ntfy or webhook, or what it is"))
}

// address reads an address that was given as -.
func (r *run) address(s string) (string, error) {
	if s != "-" {
		return s, nil
	}
	text, err := bufio.NewReader(io.LimitReader(r.Stdin, 4096)).ReadString('\n')
	if err != nil && err != io.EOF {
		return "", fmt.Errorf("read the address: %w", err)
	}
	return strings.TrimSpace(text), nil
}

// withTargets does something to targets.
func (r *run) withTargets(do func(*app.App, *store.Store) error) (err error) {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	s, err := r.open()
	if err != nil {
		return err
	}
	defer closing(s, &err)
	a, err := app.New(app.Options{Store: s, Zone: cfg.Site.TimeZone})
	if err != nil {
		return err
	}
	return do(a, s)
}
