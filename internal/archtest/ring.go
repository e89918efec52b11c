package archtest

import (
	"fmt"
	"strconv"
	"strings"
)

// ring is how far a package stands from the words of the program. Imports go
// to lower rings only.
type ring int

const (
	words0   ring = iota // module root: what things are
	lib1                 // internal/lib: formats and protocols, no papers
	store2               // internal/store: rows
	engine2              // one activity each
	app3                 // what a person or program may do
	surface4             // HTTP, HTML, JSON
	wiring5              // everything put together
)

var ringNames = map[ring]string{
	words0: "words (ring 0)", lib1: "mechanism (ring 1)", store2: "store (ring 2)", engine2: "engine (ring 2)",
	app3: "use cases (ring 3)", surface4: "surface (ring 4)", wiring5: "wiring (ring 5)",
}

// engines are the folders of internal that do one activity each.
var engines = []string{
	"harvest", "search", "embed", "judge", "recommend", "trend", "digest", "deliver", "jobs", "auth", "transfer", "picture",
}

// shared are packages that every package from their ring up may import; they
// import what that ring may.
var shared = map[string]ring{
	"internal/sample":        engine2, // the edition that a new site opens with
	"internal/serve/httpkit": surface4,
	"internal/serve/address": surface4, // one address for a list, whichever surface is asked
}

// formats are mechanisms that know what a paper is, because two engines or
// surfaces must read or write the same form of one alike.
var formats = []string{"internal/lib/hfwire", "internal/lib/cite"}

// helping are packages that only tests, and each other, import.
var helping = map[string]ring{
	"internal/store/storetest": engine2,
	"internal/testkit":         engine2,
	"internal/app/apptest":     app3,
}

// wiring are the folders where everything may be put together.
var wiring = []string{
	"cmd", "bench", "e2e", "train", "internal/boot", "internal/cli", "internal/config", "internal/archtest",
}

// unit is the smallest folder whose packages belong together, with its ring:
// harvest and harvest/arxiv are one unit, harvest and jobs are two.
func unit(dir string) (string, ring, bool) {
	if dir == "" {
		return "", words0, true
	}
	for _, table := range []map[string]ring{shared, helping} {
		for name, r := range table {
			if inside(dir, name) {
				return name, r, true
			}
		}
	}
	if strings.HasPrefix(dir, "internal/lib/") {
		return "internal/lib", lib1, true
	}
	for _, name := range engines {
		if root := "internal/" + name; inside(dir, root) {
			return root, engine2, true
		}
	}
	for _, name := range wiring {
		if inside(dir, name) {
			return "wiring", wiring5, true
		}
	}
	switch {
	case inside(dir, "internal/store"):
		return "internal/store", store2, true
	case inside(dir, "internal/app"):
		return "internal/app", app3, true
	case strings.HasPrefix(dir, "internal/serve/"):
		surface, _, _ := strings.Cut(strings.TrimPrefix(dir, "internal/serve/"), "/")
		return "internal/serve/" + surface, surface4, true
	case dir == "client":
		return dir, lib1, true
	}
	return "", 0, false
}

// rings holds every import against the plan.
func rings(t *tree) []Problem {
	var problems []Problem
	for _, f := range t.files {
		if _, _, known := unit(f.dir); !known {
			problems = append(problems, Problem{f.name, 1, "ring",
				fmt.Sprintf("package %s has no place in the house plan; add it to internal/archtest and doc/design.md", f.dir)})
			continue
		}
		for _, spec := range f.ast.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				continue // the parser takes valid strings only
			}
			if why := t.forbidden(f, imported); why != "" {
				problems = append(problems, Problem{f.name, t.line(spec.Pos()), "ring", why})
			}
		}
	}
	return problems
}

// forbidden says why f may not import a package, or "".
func (t *tree) forbidden(f file, imported string) string {
	from, fromRing, _ := unit(f.dir)
	if imported != t.module && !strings.HasPrefix(imported, t.module+"/") {
		standard := !strings.Contains(strings.SplitN(imported, "/", 2)[0], ".")
		if fromRing == words0 && !f.test && !standard {
			return fmt.Sprintf("the root package imports the standard library only, not %s", imported)
		}
		return ""
	}
	dir := strings.TrimPrefix(strings.TrimPrefix(imported, t.module), "/")
	to, toRing, known := unit(dir)
	if !known || from == to {
		return ""
	}
	_, helper := helping[from]
	if _, ok := helping[to]; ok && !f.test && !helper {
		return fmt.Sprintf("%s helps tests; only test files import it", name(dir))
	}
	if fromRing == wiring5 {
		return ""
	}
	if least, ok := shared[to]; ok && fromRing >= least {
		return ""
	}
	if _, ok := helping[to]; f.test && (ok || toRing < fromRing) || helper && toRing <= fromRing {
		return "" // a test may set up its world from anything below
	}
	allowed := false
	switch fromRing {
	case lib1:
		allowed = toRing == words0 && allowedIn(f.dir, formats)
	case store2:
		allowed = toRing <= lib1
	case engine2:
		allowed = toRing <= store2
	case app3:
		allowed = toRing <= engine2
	case surface4:
		allowed = toRing <= lib1 || toRing == app3
	}
	if allowed {
		return ""
	}
	return fmt.Sprintf("%s %s may not import %s %s; declare a small interface here and let internal/boot pass it in",
		ringNames[fromRing], name(f.dir), ringNames[toRing], name(dir))
}

func name(dir string) string {
	if dir == "" {
		return "broadsheet"
	}
	return dir
}
