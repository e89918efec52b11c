package cli

import (
	"fmt"
	"strings"

	"broadsheet/internal/app"
	"broadsheet/internal/config"

	"github.com/alecthomas/kong"
)

type doctorCmd struct {
	kong.Plugins
	Offline bool `help:"Leave out what needs the network."`
	Full    bool `help:"Also read the whole database and check its structure."`
	JSON    bool `help:"Print JSON."`
}

func (doctorCmd) Help() string {
	return `Each line says what was looked at and, where something is wrong, how to mend it. The exit code is 1 where something will not work
and 0 where there are only warnings.

Examples:

  broadsheet doctor
  broadsheet doctor --offline --config /etc/broadsheet/broadsheet.toml
  broadsheet doctor --full --json`
}

// verdict is what a check comes to.
type verdict string

const (
	good    verdict = "ok"
	warning verdict = "warning"
	bad     verdict = "wrong"
	left    verdict = "left out"
)

// check is one thing that was looked at.
type check struct {
	Name    string  `json:"name"`
	Verdict verdict `json:"verdict"`
	Text    string  `json:"text"`
	Fix     string  `json:"fix,omitempty"`
}

func ok(name, text string, args ...any) check {
	return check{Name: name, Verdict: good, Text: fmt.Sprintf(text, args...)}
}

// Run looks at everything, whatever the first findings are.
func (c *doctorCmd) Run(r *run) error {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	var all []check
	for _, look := range []func() []check{
		func() []check { return checkSettings(cfg) },
		func() []check { return checkDisk(cfg) },
		func() []check { return checkStore(r, cfg, c.Full) },
		func() []check { return checkIndex(r) },
		func() []check { return checkAddress(cfg) },
		func() []check { return checkMail(r, cfg, c.Offline) },
		func() []check { return checkAccounts(cfg) },
		func() []check { return checkTargets(r, cfg) },
		func() []check { return checkNetwork(r, cfg, c.Offline) },
	} {
		all = append(all, look()...)
	}
	if c.JSON {
		if err := printJSON(r.Stdout, all); err != nil {
			return err
		}
	} else {
		printChecks(r, all)
	}
	wrong := 0
	for _, x := range all {
		if x.Verdict == bad {
			wrong++
		}
	}
	if wrong > 0 {
		return &exitError{ExitFailure, fmt.Errorf("%s wrong", plural(wrong, "thing"))}
	}
	return nil
}

func printChecks(r *run, all []check) {
	marks := map[verdict]string{good: "  ok  ", warning: " warn ", bad: "WRONG ", left: "  --  "}
	for _, x := range all {
		fmt.Fprintf(r.Stdout, "%s %-14s %s\n", marks[x.Verdict], x.Name, printable(x.Text))
		if x.Fix != "" {
			fmt.Fprintf(r.Stdout, "%22s%s\n", "", "fix: "+x.Fix)
		}
	}
}

// checkSettings looks at what is valid but probably not meant.
func checkSettings(c *config.Config) []check {
	from := c.File
	if from == "" {
		from = "no file; flags, environment and defaults"
	}
	out := []check{ok("settings", "valid (%s)", from), ok("time zone", "%s", c.Site.TimeZone)}
	switch {
	case c.Site.URL == "":
		out = append(out, check{"site url", warning, "not set: links are relative, sources do not learn who asks", "set site.url to the address that readers type"})
	case strings.HasPrefix(c.Site.URL, "http://") && !strings.Contains(c.Site.URL, "://localhost"):
		out = append(out, check{"site url", warning, c.Site.URL + " is not encrypted", "put a reverse proxy with a certificate before the site and set site.url to https://…"})
	default:
		out = append(out, ok("site url", "%s", c.Site.URL))
	}
	if c.Site.Contact == "" && c.Harvest.Enabled {
		out = append(out, check{"contact", warning, "not set: sources cannot write to you, and block sooner", "set site.contact to a mail address"})
	} else {
		out = append(out, ok("contact", "%s", c.Site.Contact))
	}
	return append(out, checkCategories(c), checkProxies(c))
}

// checkCategories looks for categories that arXiv does not have: its answer to
// them is an empty one.
func checkCategories(c *config.Config) check {
	const name = "categories"
	var strange, fixes []string
	for _, category := range c.Harvest.Categories {
		if app.CategoryName(category) != "" {
			continue
		}
		strange = append(strange, category)
		if near := config.Nearest(category, app.CategoryNames()); near != "" {
			fixes = append(fixes, "did you mean "+near+" for "+category+"?")
		}
	}
	if len(strange) == 0 {
		return ok(name, "%s", strings.Join(c.Harvest.Categories, ", "))
	}
	fixes = append(fixes, "see https://arxiv.org/category_taxonomy and set harvest.categories")
	return check{name, warning, strings.Join(strange, ", ") + " is not in arXiv's taxonomy: nothing comes in for it", strings.Join(fixes, " ")}
}

func checkProxies(c *config.Config) check {
	const name = "proxies"
	for _, p := range c.HTTP.TrustedProxies {
		if p.Bits() == 0 {
			return check{name, bad, "every address is trusted to say who a reader is", "name only your own proxies in http.trusted_proxies"}
		}
	}
	if len(c.HTTP.TrustedProxies) == 0 && strings.HasPrefix(c.Site.URL, "https://") {
		return check{name, warning, "the site is https, so a proxy stands before it, but none is trusted", "name it in http.trusted_proxies, such as 127.0.0.1"}
	}
	if len(c.HTTP.TrustedProxies) == 0 {
		return ok(name, "none is trusted")
	}
	return ok(name, "%d trusted", len(c.HTTP.TrustedProxies))
}
