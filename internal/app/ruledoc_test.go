package app_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"broadsheet"
	"broadsheet/internal/app"
)

// TestRuleDoc: doc/community.md names every rule with what a new site has.
func TestRuleDoc(t *testing.T) {
	doc, err := os.ReadFile("../../doc/community.md")
	if err != nil {
		t.Fatal(err)
	}
	rules := broadsheet.DefaultRules()
	all := app.RuleValues(&rules)
	for _, v := range all {
		value := v.Value
		if value == "" {
			value = "none"
		}
		if row := fmt.Sprintf("\n| `%s` | %s | ", v.Name, value); !strings.Contains(string(doc), row) {
			t.Errorf("doc/community.md lacks the row %q", row)
		}
	}
	if rows := strings.Count(string(doc[strings.Index(string(doc), "### The rules by name"):]), "\n| `"); rows != len(all) {
		t.Errorf("doc/community.md has %d rules, want %d", rows, len(all))
	}
}
