package app

import (
	"context"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"broadsheet"
)

// RuleValue is a rule by its name in JSON, as text: a list with commas between.
type RuleValue struct{ Name, Value string }

// RuleValues are all rules in the order of their fields.
func RuleValues(r *broadsheet.Rules) []RuleValue {
	var out []RuleValue
	for _, name := range ruleNames {
		f := ruleField(r, name)
		text := fmt.Sprint(f.Interface())
		if f.Kind() == reflect.Slice {
			text = strings.Join(f.Interface().([]string), ",")
		}
		out = append(out, RuleValue{name, text})
	}
	return out
}

// SetRuleValue sets a rule from text. It is Invalid for a name that no rule has,
// and for text that is no value of it.
func SetRuleValue(r *broadsheet.Rules, name, text string) error {
	f := ruleField(r, name)
	if !f.IsValid() {
		return broadsheet.InvalidField("rule", fmt.Sprintf("%.40q is none", name), "use "+strings.Join(ruleNames, ", "))
	}
	switch f.Kind() {
	case reflect.Bool:
		on, err := strconv.ParseBool(text)
		if err != nil {
			return broadsheet.InvalidField(name, fmt.Sprintf("%.40q is neither true nor false", text), "use true or false")
		}
		f.SetBool(on)
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return broadsheet.InvalidField(name, fmt.Sprintf("%.40q is no number", text), "write one in digits, 0 for no limit")
		}
		f.SetInt(int64(n))
	case reflect.Slice:
		var list []string
		for entry := range strings.SplitSeq(text, ",") {
			if entry = strings.TrimSpace(entry); entry != "" {
				list = append(list, entry)
			}
		}
		f.Set(reflect.ValueOf(list))
	default:
		f.SetString(text)
	}
	return nil
}

// ruleField is the field that has a name in JSON; the zero Value for none.
func ruleField(r *broadsheet.Rules, name string) reflect.Value {
	v := reflect.ValueOf(r).Elem()
	for i := range v.NumField() {
		if tag, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ","); tag == name {
			return v.Field(i)
		}
	}
	return reflect.Value{}
}

// Rules are the rules of the site as they stand.
func (o *Operator) Rules(ctx context.Context) (broadsheet.Rules, error) { return o.a.Rules(ctx) }

// SetRules changes them; the log says that the program did.
func (o *Operator) SetRules(ctx context.Context, reason string, change func(*broadsheet.Rules) error) error {
	reason, err := logged(reason)
	if err != nil {
		return err
	}
	return o.a.changeRules(ctx, "", reason, change)
}
