package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
)

type subscribersImportCmd struct {
	File    string `arg:"" help:"CSV, or a list of addresses; - is standard input."`
	Consent bool   `help:"Say that everybody in it has agreed to get this mail, and that you can show it."`
	Topic   string `help:"What they get, where the list does not say: hot, categories:cs.CL,cs.LG, list:author:KEY, search:WORDS." default:"hot"`
	Days    string `help:"When, where the list does not say: daily, workdays, or days as mon,wed,fri." default:"workdays"`
	Hour    int    `help:"Hour of the day." default:"8"`
	Zone    string `help:"Time zone (default: the site's)." placeholder:"Europe/Berlin"`
	Max     int    `help:"Most papers of an edition." default:"10" placeholder:"N"`
	DryRun  bool   `name:"dry-run" help:"Only look, and say what would come of it."`
	JSON    bool   `help:"Print JSON."`
}

func (subscribersImportCmd) Help() string {
	return `The list holds an address a line, or is CSV with a head that names the column (address, email, e-mail, email address), as listmonk, Mailchimp
and ` + "`broadsheet subscribers export`" + ` write it. A column status or state leaves out who has unsubscribed there. Columns topic, days, hour and zone,
where there are some, say what each one gets; an address may have a line for each topic. Who gets a topic already or has ended it stays as they
are, who has ended everything or must not be written to stays out, so that doing it again changes nothing. A line that cannot be is named with its reason, the rest goes in, and the exit code is then 3.

Examples:

  broadsheet subscribers import people.csv --dry-run
  broadsheet subscribers import people.csv --consent --topic categories:cs.CL --days mon,thu
  broadsheet subscribers import - --consent < addresses.txt`
}

// Run imports.
func (c *subscribersImportCmd) Run(r *run) (err error) {
	if !c.Consent && !c.DryRun {
		return usage(broadsheet.InvalidField("--consent", "is not given: nobody is sent mail who has not agreed to it", "give --consent if everybody in the list has, or --dry-run to look only"))
	}
	cfg, err := r.config()
	if err != nil {
		return err
	}
	opt := app.ImportOptions{Name: "standard input", DryRun: c.DryRun, Refused: func(domain string) bool {
		return slices.ContainsFunc(cfg.Mail.RefusedDomains, func(x string) bool { return domain == x || strings.HasSuffix(domain, "."+x) })
	}}
	if opt.Wish, err = c.wish(cfg.Site.TimeZone); err != nil {
		return usage(err)
	}
	in := untilDone(r.ctx, r.Stdin)
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer f.Close()
		in, opt.Name = io.Reader(f), filepath.Base(c.File)
	}
	o, s, err := r.operator(c.DryRun)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	rejects := []app.ImportReject{}
	opt.Reject = func(x app.ImportReject) {
		if rejects = append(rejects, x); !c.JSON {
			fmt.Fprintf(r.Stderr, "%s:%d: %s\n", opt.Name, x.Line, printable(x.Text))
		}
	}
	rep, err := o.ImportSubscribers(r.ctx, in, opt)
	if c.JSON {
		if perr := printJSON(r.Stdout, struct {
			app.ImportReport
			Rejects []app.ImportReject `json:"rejects"`
		}{rep, rejects}); err == nil {
			err = perr
		}
	} else {
		did := "subscribed"
		if c.DryRun {
			did = "would be subscribed"
		}
		fmt.Fprintf(r.Stdout, "%s of %s %s; %d here already, %d unsubscribed or not yet subscribed there, %d not to be written to, %d refused\n", count(rep.Added), plural(rep.Lines, "line"), did,
			rep.Known, rep.Left, rep.Suppressed, rep.Rejected)
	}
	if err == nil && rep.Rejected > 0 {
		err = &exitError{ExitPartial, fmt.Errorf("%s refused", plural(rep.Rejected, "line"))}
	}
	return err
}

func (c *subscribersImportCmd) wish(zone *time.Location) (w broadsheet.Wish, err error) {
	if w.Topic, err = broadsheet.ParseTopic(c.Topic); err != nil {
		return w, err
	}
	w.Rhythm.Hour, w.Rhythm.Zone, w.MaxPapers = c.Hour, zone, c.Max
	if w.Rhythm.Days, err = app.ParseDays(c.Days); err != nil {
		return w, err
	}
	if c.Zone != "" {
		if w.Rhythm.Zone, err = time.LoadLocation(c.Zone); err != nil || c.Zone == "Local" {
			return w, broadsheet.InvalidField("--zone", fmt.Sprintf("%.40q is not a time zone", c.Zone), "write one as Europe/Berlin or UTC")
		}
	}
	return w, w.Check()
}
