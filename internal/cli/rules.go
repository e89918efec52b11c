package cli

import (
	"cmp"
	"fmt"
	"strings"

	"broadsheet"
	"broadsheet/internal/app"
)

const ruleShown = 200 // characters of a rule's value where a change is told

type rulesCmd struct {
	Show rulesShowCmd `cmd:"" help:"Show the rules of the site."`
	Set  rulesSetCmd  `cmd:"" help:"Change rules of the site."`
}

func (rulesCmd) Help() string {
	return `Rules say who may join, submit, vote and comment, and how much. They hold at once, also in a site that runs, and each change stands in
the public log. Administrators change them at /admin/rules as well.

Examples:

  broadsheet rules show
  broadsheet rules set registration=invite submitPerDay=3 --reason "as agreed"`
}

type rulesShowCmd struct {
	JSON bool `help:"Print JSON."`
}

func (rulesShowCmd) Help() string {
	return `Examples:

  broadsheet rules show
  broadsheet rules show --json`
}

// Run prints the rules.
func (c *rulesShowCmd) Run(r *run) error {
	return r.withOperator(true, func(o *app.Operator) error {
		rules, err := o.Rules(r.ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(r.Stdout, rules)
		}
		t := table{head: []string{"RULE", "VALUE"}, flex: 1}
		for _, v := range app.RuleValues(&rules) {
			t.add(v.Name, cmp.Or(strings.Join(strings.Fields(v.Value), " "), "-"))
		}
		t.write(r.Stdout, width(r.Stdout))
		return nil
	})
}

type rulesSetCmd struct {
	Rules  []string `arg:"" name:"rule=value" sep:"none" help:"Rules by the names that \"rules show\" prints; a list has commas between its entries, and nothing after the sign empties a rule."`
	Reason string   `help:"Why, for the public log." placeholder:"TEXT"`
}

func (rulesSetCmd) Help() string {
	return `All are changed together, or none where one cannot be; what changed is printed.

Examples:

  broadsheet rules set registration=domain domains=example.org,example.net
  broadsheet rules set submitReview=false votesPerHour=300 --reason "fewer curators"
  broadsheet rules set "text=$(cat rules.md)"`
}

// Run changes rules.
func (c *rulesSetCmd) Run(r *run) error {
	change := func(rules *broadsheet.Rules) error {
		for _, x := range c.Rules {
			name, value, ok := strings.Cut(x, "=")
			if !ok {
				return usage(broadsheet.InvalidField("rule", fmt.Sprintf("%.40q has no value", x), "write it as name=value"))
			}
			if err := app.SetRuleValue(rules, name, value); err != nil {
				return usage(err)
			}
		}
		return nil
	}
	if err := change(&broadsheet.Rules{}); err != nil { // before a database is made
		return err
	}
	return r.withOperator(false, func(o *app.Operator) error {
		var before, after []app.RuleValue
		if err := o.SetRules(r.ctx, c.Reason, func(rules *broadsheet.Rules) error {
			before = app.RuleValues(rules)
			err := change(rules)
			after = app.RuleValues(rules)
			return err
		}); broadsheet.KindOf(err) == broadsheet.Invalid {
			return usage(err)
		} else if err != nil {
			return err
		}
		return r.printChanges(before, after)
	})
}

// printChanges says which rules have another value now.
func (r *run) printChanges(before, after []app.RuleValue) error {
	none := true
	for i, v := range after {
		if v == before[i] {
			continue
		}
		none = false
		if _, err := fmt.Fprintf(r.Stdout, "%s: %s → %s\n", v.Name, inBrief(before[i].Value), inBrief(v.Value)); err != nil {
			return err
		}
	}
	if none {
		_, err := fmt.Fprintln(r.Stdout, "nothing changed")
		return err
	}
	return nil
}

// inBrief is a rule's value in one line that is not long.
func inBrief(value string) string {
	text := []rune(cmp.Or(strings.Join(strings.Fields(value), " "), "none"))
	if len(text) > ruleShown {
		return string(text[:ruleShown-1]) + "…"
	}
	return string(text)
}
