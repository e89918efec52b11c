package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"broadsheet"
)

// Marks tell the value of each rule, by its name in JSON, without telling it: as
// long as a rule has its mark, nobody has changed it.
type Marks map[string]string

// MarksOf are the marks of rules.
func MarksOf(r *broadsheet.Rules) (Marks, error) {
	values, err := ruleValues(r)
	m := Marks{}
	for name, value := range values {
		m[name] = markOf(value)
	}
	return m, err
}

// markOf is the mark of a value; one that JSON leaves out has "".
func markOf(value json.RawMessage) string {
	if value == nil {
		return ""
	}
	sum := sha256.Sum256(value)
	return hex.EncodeToString(sum[:6])
}

// Revise changes the rules to what an administrator typed who saw them with some
// marks. What was typed as it was seen stays as it is now: another may have
// changed it meanwhile. What both changed, otherwise each, is a problem of that
// rule, and so is everything that cannot be; then nothing is changed.
func (d *Administrator) Revise(ctx context.Context, typed broadsheet.Rules, seen Marks, reason string) (problems []error, err error) {
	reason, err = logged(reason)
	if err != nil {
		return []error{err}, nil
	}
	if problems = typed.Problems(); len(problems) > 0 {
		return problems, nil
	}
	wanted, err := ruleValues(&typed)
	if err != nil {
		return nil, err
	}
	errBoth := errors.New("two changed the same")
	err = d.a.SetRules(ctx, d.by, reason, func(r *broadsheet.Rules) error {
		problems = nil
		have, err := ruleValues(r)
		if err != nil {
			return err
		}
		for _, name := range ruleNames {
			was, now, want := seen[name], markOf(have[name]), markOf(wanted[name])
			switch {
			case want == was || want == now: // not this administrator's wish
			case now != was:
				problems = append(problems, &broadsheet.Error{Kind: broadsheet.Invalid, Field: name, Text: fmt.Sprintf("was changed meanwhile, to %s", ruleWords(have[name])),
					Fix: "save again to have it as it stands here"})
			case wanted[name] == nil:
				delete(have, name)
			default:
				have[name] = wanted[name]
			}
		}
		if len(problems) > 0 {
			return errBoth
		}
		text, err := json.Marshal(have)
		if err != nil {
			return err
		}
		*r = broadsheet.Rules{}
		return json.Unmarshal(text, r)
	})
	if errors.Is(err, errBoth) {
		return problems, nil
	}
	return nil, err
}

// ruleNames are the names of all rules in JSON, in the order of their fields.
var ruleNames = []string{"registration", "domains", "submitRole", "submitPerDay", "submitMaxAge", "submitWeekends", "submitReview", "submitMinAge", "submitComment",
	"authorsOnly", "claimByAddress", "commentsPerHour", "votesPerHour", "newAccountDays", "newPerHour", "newLinks", "blockedWords", "blockedDomains", "appeal", "text"}
