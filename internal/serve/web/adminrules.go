package web

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"broadsheet"
	"broadsheet/internal/app"
)

// ruleField is a rule as the form shows it.
type ruleField struct {
	Name, Label, Hint string
	Kind              string // number, choice, check, lines, line, text
	Value             string
	On                bool
	Choices           []logChoice
	Mark              string // of the value as it was shown
	Wrong             string
}

// ruleGroup is what belongs together.
type ruleGroup struct {
	Heading string
	Fields  []ruleField
}

// ruleTable describes the form. Names are those of the rules in JSON.
var ruleTable = []ruleGroup{
	{"Who may join", []ruleField{
		{Name: "registration", Label: "Who opens an account", Kind: "choice", Choices: []logChoice{{Value: "open", Name: "whoever wants to"}, {Value: "domain", Name: "who has an address at a domain below"},
			{Value: "invite", Name: "who is invited"}, {Value: "closed", Name: "nobody; accounts are made on the command line"}}},
		{Name: "domains", Label: "Domains of mail addresses", Hint: "One a line, such as example.org", Kind: "lines"},
	}},
	{"Submissions", []ruleField{
		{Name: "submitRole", Label: "Who submits papers", Kind: "choice", Choices: []logChoice{{Value: "member", Name: "every member"}, {Value: "curator", Name: "curators"}, {Value: "moderator", Name: "moderators"}, {Value: "admin", Name: "administrators"}}},
		{Name: "submitPerDay", Label: "Papers a day by one member", Hint: "0 is no limit", Kind: "number"},
		{Name: "submitMaxAge", Label: "Days since a paper was published, at most", Hint: "0 is no limit", Kind: "number"},
		{Name: "submitMinAge", Label: "Days that an account must be old to submit", Kind: "number"},
		{Name: "submitReview", Label: "Submissions wait for a curator", Kind: "check"},
		{Name: "submitWeekends", Label: "They are taken on Saturdays and Sundays", Kind: "check"},
		{Name: "submitComment", Label: "A comment must come with each", Kind: "check"},
		{Name: "authorsOnly", Label: "Only authors submit their papers", Kind: "check"},
		{Name: "claimByAddress", Label: "A verified mail address that a paper names proves authorship", Kind: "check"},
	}},
	{"Votes and comments", []ruleField{
		{Name: "votesPerHour", Label: "Votes an hour by one person", Hint: "0 is no limit", Kind: "number"},
		{Name: "commentsPerHour", Label: "Comments an hour by one person", Hint: "0 is no limit", Kind: "number"},
		{Name: "newAccountDays", Label: "Days for which an account is new", Kind: "number"},
		{Name: "newPerHour", Label: "Comments an hour by a new account", Hint: "0 is no limit", Kind: "number"},
		{Name: "newLinks", Label: "Links that new accounts write can be followed", Kind: "check"},
		{Name: "blockedWords", Label: "Words that hold a comment for a moderator", Hint: "One a line; the log tells only how many there are", Kind: "lines"},
		{Name: "blockedDomains", Label: "Domains that nobody may link to", Hint: "One a line; those below them are meant too", Kind: "lines"},
	}},
	{"What people read", []ruleField{
		{Name: "appeal", Label: "Where to appeal", Hint: "A mail address, or the address of a page", Kind: "line"},
		{Name: "text", Label: "The rules in your words", Hint: "Markdown, at most 8,000 bytes; it stands on the page of rules", Kind: "text"},
	}},
}

// rulesForm is the page of the form.
type rulesForm struct {
	adminBase
	Groups   []ruleGroup
	ID       string // before the ids of fields: nothing, it is the page's only form
	Problems []problem
	Reason   string
	Lines    []logLine // the last changes
}

var rulesDone = map[string]string{"saved": "The rules are saved. They apply at once.", "same": "Nothing was changed."}

func (w *Web) ruleForm(rw http.ResponseWriter, r *http.Request, d *app.Administrator) error {
	rules, err := w.app.Rules(r.Context())
	if err != nil {
		return err
	}
	marks, err := app.MarksOf(&rules)
	if err != nil {
		return err
	}
	return w.showRules(rw, r, d, &rules, marks, nil)
}

func (w *Web) showRules(rw http.ResponseWriter, r *http.Request, d *app.Administrator, rules *broadsheet.Rules, marks app.Marks, problems []error) error {
	p := rulesForm{adminBase: w.adminBase(r, "Rules", rulesPath, rulesDone), Reason: clip(r.PostForm.Get("reason"), 500)}
	wrong := map[string]string{}
	for _, err := range problems {
		var e *broadsheet.Error
		if !errors.As(err, &e) {
			return err
		}
		text := sentence(e.Text)
		if e.Fix != "" {
			text += " " + sentence(e.Fix)
		}
		wrong[e.Field] = text
	}
	for _, g := range ruleTable {
		shown := ruleGroup{Heading: g.Heading}
		for _, f := range g.Fields {
			f.fill(rules)
			if typed, ok := r.PostForm[f.Name]; ok && f.Kind == "number" {
				f.Value = clip(typed[0], 20) // also what is no number
			}
			f.Mark, f.Wrong = marks[f.Name], wrong[f.Name]
			if f.Wrong != "" {
				p.Problems = append(p.Problems, problem{f.Name, f.Label, f.Wrong})
			}
			shown.Fields = append(shown.Fields, f)
		}
		p.Groups = append(p.Groups, shown)
	}
	if text := wrong["reason"]; text != "" {
		p.Problems = append(p.Problems, problem{"reason", "Why", text})
	}
	lines, err := d.RuleChanges(r.Context(), 10)
	if err != nil {
		return err
	}
	for i := range lines {
		p.Lines = append(p.Lines, lineOf(&lines[i]))
	}
	if len(problems) > 0 {
		p.Frame.Title, p.Done = "Error: "+p.Frame.Title, ""
		rw.WriteHeader(http.StatusBadRequest)
	}
	return w.render(rw, "adminrules.html", p)
}

// of is the field of rules that has the form field's name.
func (f *ruleField) of(rules *broadsheet.Rules) reflect.Value {
	v := reflect.ValueOf(rules).Elem()
	for i := range v.NumField() {
		if name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ","); name == f.Name {
			return v.Field(i)
		}
	}
	panic("web: no rule is called " + f.Name)
}

func (f *ruleField) fill(rules *broadsheet.Rules) {
	v := f.of(rules)
	switch f.Kind {
	case "number":
		f.Value = strconv.FormatInt(v.Int(), 10)
	case "check":
		f.On = v.Bool()
	case "lines":
		f.Value = strings.Join(v.Interface().([]string), "\n")
	case "choice":
		f.Choices, _ = chosen(f.Choices, v.String())
	default:
		f.Value = v.String()
	}
}

// typedRules reads the form; what cannot be read is a problem of its field.
func typedRules(v url.Values) (rules broadsheet.Rules, problems []error) {
	for _, g := range ruleTable {
		for i := range g.Fields {
			f := &g.Fields[i]
			to, text := f.of(&rules), v.Get(f.Name)
			switch f.Kind {
			case "number":
				n, err := strconv.Atoi(strings.TrimSpace(text))
				if err != nil {
					problems = append(problems, broadsheet.InvalidField(f.Name, "is no number", "write one in digits, 0 for no limit"))
					continue
				}
				to.SetInt(int64(n))
			case "check":
				to.SetBool(text != "")
			case "lines":
				if list := lineList(text); len(list) > 0 {
					to.Set(reflect.ValueOf(list))
				}
			case "text":
				to.SetString(strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")))
			default:
				to.SetString(strings.TrimSpace(text))
			}
		}
	}
	return rules, problems
}

func (w *Web) saveRules(rw http.ResponseWriter, r *http.Request, d *app.Administrator) error {
	rules, problems := typedRules(r.PostForm)
	seen := app.Marks{}
	for _, g := range ruleTable {
		for _, f := range g.Fields {
			seen[f.Name] = r.PostForm.Get("was-" + f.Name)
		}
	}
	if len(problems) > 0 {
		problems = append(problems, rules.Problems()...) // of the other fields too: nobody wants to be told of one after the other
		return w.showRules(rw, r, d, &rules, seen, problems)
	}
	problems, err := d.Revise(r.Context(), rules, seen, r.PostForm.Get("reason"))
	if err != nil {
		return err
	}
	if len(problems) == 0 {
		return back(rw, r, rulesPath, "saved")
	}
	// Of a rule that another changed meanwhile the form now knows that.
	now, err := w.app.Rules(r.Context())
	if err != nil {
		return err
	}
	marks, err := app.MarksOf(&now)
	if err != nil {
		return err
	}
	for _, problem := range problems {
		var e *broadsheet.Error
		if errors.As(problem, &e) && strings.HasPrefix(e.Text, "was changed meanwhile") {
			seen[e.Field] = marks[e.Field]
		}
	}
	return w.showRules(rw, r, d, &rules, seen, problems)
}

// rulesPage is what everybody reads of the rules.
type rulesPage struct {
	Frame  frame
	Text   template.HTML
	Groups []wordGroup
	Appeal string
	Mailto bool
}

// wordGroup are rules in words.
type wordGroup struct {
	Heading string
	Lines   []string
}

// rules shows the rules of the site.
func (w *Web) rules(rw http.ResponseWriter, r *http.Request) error {
	rules, err := w.app.Rules(r.Context())
	if err != nil {
		return err
	}
	p := rulesPage{Frame: w.frame("Rules", "Who may do what on "+w.name+".", "/rules"), Groups: rulesInWords(&rules), Appeal: rules.Appeal, Mailto: !strings.Contains(rules.Appeal, "://")}
	if rules.Text != "" {
		text, err := w.app.Markup(r.Context(), rules.Text, false)
		if err != nil {
			return err
		}
		p.Frame.Sheet = w.talkSheet()     // it is written as a comment is
		p.Text = template.HTML(text.HTML) //nolint:gosec // markup's promise: safe beside anything
	}
	return w.render(rw, "rules.html", p)
}

// rulesInWords says what the rules come to. Lists of what is blocked are not
// among them.
func rulesInWords(r *broadsheet.Rules) []wordGroup {
	join := map[broadsheet.Registration]string{broadsheet.RegistrationOpen: "Whoever wants to opens an account.", broadsheet.RegistrationInvite: "Accounts are by invitation.",
		broadsheet.RegistrationClosed: "No accounts are opened at present.", broadsheet.RegistrationDomain: "An account needs a mail address at " + orList(r.Domains) + "."}
	submit := []string{}
	if r.SubmitRole != broadsheet.RoleMember {
		submit = append(submit, "Papers are submitted by "+string(r.SubmitRole)+"s.")
	} else {
		submit = append(submit, "Every member may submit a paper.")
	}
	if n := r.SubmitMinAge; n > 0 {
		submit = append(submit, "An account must be "+plural(n, "day")+" old to submit.")
	}
	submit = append(submit, ruleLines(r, app.Actor{})...)
	if r.SubmitComment {
		submit = append(submit, "A comment comes with every submission.")
	}
	talk := []string{}
	if n := r.VotesPerHour; n > 0 {
		talk = append(talk, "At most "+plural(n, "vote")+" an hour.")
	}
	if n := r.CommentsPerHour; n > 0 {
		talk = append(talk, "At most "+plural(n, "comment")+" an hour.")
	}
	if n := r.NewAccountDays; n > 0 {
		text := "For its first " + plural(n, "day") + " an account is new"
		if r.NewPerHour > 0 {
			text += ": it writes at most " + plural(r.NewPerHour, "comment") + " an hour"
		}
		if !r.NewLinks {
			text += either(r.NewPerHour > 0, ", and its links are plain text", ": its links are plain text")
		}
		talk = append(talk, text+".")
	}
	if len(r.BlockedWords) > 0 {
		talk = append(talk, "A comment with certain words waits for a moderator.")
	}
	if len(r.BlockedDomains) > 0 {
		talk = append(talk, "Links to certain sites are refused.")
	}
	return []wordGroup{{"Who may join", []string{join[r.Registration]}}, {"Submitting papers", submit}, {"Votes and comments", talk}}
}

func orList(list []string) string {
	if n := len(list); n > 1 {
		return strings.Join(list[:n-1], ", ") + " or " + list[n-1]
	}
	return strings.Join(list, "")
}
