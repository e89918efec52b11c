package archtest

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// decisionFile lists every direct dependency with its reason.
const decisionFile = "doc/decisions/0002-dependencies.md"

var (
	requireLine = regexp.MustCompile(`^\s*(?:require\s+)?([a-z][^\s]*\.[^\s]+)\s+(v[^\s]+)`)
	listedRow   = regexp.MustCompile("^\\| `([^`]+)` \\| (v[^ ]+) \\|")
)

// dependencies holds the modules that the source imports against the list of
// chosen ones, both ways: nothing unlisted is used, nothing unused is listed.
func dependencies(t *tree) []Problem {
	text, ok := t.texts[decisionFile]
	if !ok {
		return []Problem{{decisionFile, 0, "dependency", "the list of dependencies is missing"}}
	}
	version, lineOf := map[string]string{}, map[string]int{}
	for i, line := range strings.Split(string(t.texts["go.mod"]), "\n") {
		if m := requireLine.FindStringSubmatch(line); m != nil {
			version[m[1]], lineOf[m[1]] = m[2], i+1
		}
	}
	used := t.usedModules(version)
	listed := map[string]string{}
	var problems []Problem
	for i, line := range strings.Split(string(text), "\n") {
		m := listedRow.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		listed[m[1]] = m[2]
		if !used[m[1]] {
			problems = append(problems, Problem{decisionFile, i + 1, "dependency", m[1] + " is listed, and nothing imports it"})
		}
	}
	var names []string
	for name := range used {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if listed[name] != version[name] {
			problems = append(problems, Problem{"go.mod", lineOf[name], "dependency",
				fmt.Sprintf("%s %s is imported, and %s has it as %q; each has its reason and version there", name, version[name], decisionFile, listed[name])})
		}
	}
	return problems
}

// usedModules are the required modules from which some file imports a package.
func (t *tree) usedModules(required map[string]string) map[string]bool {
	used := map[string]bool{}
	for _, f := range t.files {
		for _, spec := range f.ast.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				continue
			}
			best := ""
			for module := range required {
				if inside(imported, module) && len(module) > len(best) {
					best = module
				}
			}
			if best != "" {
				used[best] = true
			}
		}
	}
	return used
}
