package config

import (
	"fmt"
	"strings"

	"broadsheet"
)

const (
	prefix    = "BROADSHEET_"
	configEnv = prefix + "CONFIG"
	// TokenEnv holds an API token for commands that ask a site. It is no setting of
	// one, so that no file and no flag has it.
	TokenEnv = prefix + "TOKEN"
	// testPrefix marks variables that steer the project's own tests.
	testPrefix = prefix + "TEST_"
)

// environment reads every BROADSHEET_ variable and refuses those it does not
// know: a misspelt one would else be silently without effect.
func environment(table []*Setting, environ []string) ([]assignment, error) {
	known := map[string]*Setting{}
	names := []string{configEnv}
	for _, s := range table {
		known[s.Env()] = s
		names = append(names, s.Env())
	}
	var out []assignment
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, prefix) || strings.HasPrefix(name, testPrefix) || name == TokenEnv {
			continue
		}
		s, ok := known[name]
		if !ok && name != configEnv {
			return nil, unknown("environment variable "+name, nearName(name, prefix, names), "broadsheet config print")
		}
		if value == "" {
			continue // as if it were not set
		}
		out = append(out, assignment{setting: s, name: name, value: value, where: "environment"})
	}
	return out, nil
}

// nearName compares what follows the common beginning only.
func nearName(name, common string, names []string) string {
	var ends []string
	for _, n := range names {
		ends = append(ends, strings.TrimPrefix(n, common))
	}
	if near := Nearest(strings.TrimPrefix(name, common), ends); near != "" {
		return common + near
	}
	return ""
}

func unknown(what, near, list string) error {
	fix := fmt.Sprintf("`%s` lists what there is", list)
	if near != "" {
		fix = fmt.Sprintf("did you mean %s? %s", near, fix)
	}
	return &broadsheet.Error{Kind: broadsheet.Invalid, Text: what + " is no setting", Fix: fix}
}
