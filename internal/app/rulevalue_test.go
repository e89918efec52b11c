package app_test

import (
	"reflect"
	"testing"

	"broadsheet"
	"broadsheet/internal/app"

	"github.com/google/go-cmp/cmp"
)

// TestRuleValues: every rule has its place among the names, and comes back from
// its text as it was.
func TestRuleValues(t *testing.T) {
	want := broadsheet.DefaultRules()
	want.Domains, want.BlockedWords, want.Text, want.NewLinks = []string{"a.example", "b.example"}, []string{"two words"}, "Be kind, and brief.\n", true
	values := app.RuleValues(&want)
	if n := reflect.TypeFor[broadsheet.Rules]().NumField(); len(values) != n {
		t.Errorf("%d of %d rules have a name", len(values), n)
	}
	var got broadsheet.Rules
	for _, v := range values {
		if err := app.SetRuleValue(&got, v.Name, v.Value); err != nil {
			t.Errorf("%s = %q: %v", v.Name, v.Value, err)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("from their texts (-want +got):\n%s", diff)
	}
	for _, c := range [][2]string{{"submitPerDay", "many"}, {"newLinks", "perhaps"}, {"nothing", "1"}, {"", ""}} {
		if err := app.SetRuleValue(&got, c[0], c[1]); broadsheet.KindOf(err) != broadsheet.Invalid || err == nil {
			t.Errorf("%s = %q: got %v, want invalid", c[0], c[1], err)
		}
	}
}
