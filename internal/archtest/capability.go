package archtest

import (
	"fmt"
	"go/ast"
	"path"
	"strconv"
	"strings"
)

// capability is a dangerous or costly part of the world that few packages may
// touch, so that its guards live in one place.
type capability struct {
	name    string
	imports []string            // import paths, or prefixes of such that end in "/"
	uses    map[string][]string // import path to the selectors that count
	where   []string            // the folders that may
	tests   bool                // whether tests are held to it too
	instead string
}

// capabilityTable says who may do what.
var capabilityTable = []capability{
	{
		name:    "SQL",
		imports: []string{"database/sql", "database/sql/driver", "github.com/jackc/pgx/", "modernc.org/sqlite"},
		where:   []string{"internal/store", "internal/jobs", "bench"},
		instead: "add a method to internal/store",
	},
	{
		name: "an outgoing HTTP request",
		uses: map[string][]string{"net/http": {
			"Get", "Head", "Post", "PostForm", "Client", "DefaultClient", "Transport", "DefaultTransport",
		}},
		// client asks through the http.Client of the program that imports it: which
		// addresses that may reach is the importer's business, and no site's.
		where:   []string{"internal/lib/fetch", "client", "bench", "e2e"},
		instead: "use internal/lib/fetch, where the address guard and the limits are",
	},
	{
		name:    "an outgoing connection",
		uses:    map[string][]string{"net": {"Dial", "DialTimeout", "Dialer", "DialTCP", "DialUDP", "DialIP"}},
		where:   []string{"internal/lib/fetch", "internal/deliver", "bench", "e2e"},
		instead: "use internal/lib/fetch, where the address guard and the limits are",
	},
	{
		name: "SMTP", imports: []string{"net/smtp"},
		where: []string{"internal/deliver"}, tests: true, instead: "use internal/deliver",
	},
	{
		name: "HTML templates", imports: []string{"html/template", "text/template"},
		where: []string{"internal/serve/web", "internal/digest"}, instead: "give a typed page to internal/serve/web",
	},
	{
		name: "unsafe memory", imports: []string{"unsafe"},
		uses:  map[string][]string{"syscall": {"Mmap"}, "golang.org/x/sys/unix": {"Mmap"}},
		where: []string{"internal/lib/mmap", "internal/lib/vec"}, tests: true, instead: "keep it in lib/mmap or lib/vec",
	},
	{
		name: "the environment, flags or exit", imports: []string{"flag"},
		uses:    map[string][]string{"os": {"Getenv", "LookupEnv", "Environ", "Setenv", "Exit", "Args"}},
		where:   []string{"internal/config", "internal/cli", "cmd", "bench", "e2e", "train"},
		instead: "take an argument or a field of Options",
	},
	{
		name: "files, network or processes from the words of the program", imports: []string{
			"os", "os/", "net", "net/http", "database/", "syscall", "log", "log/", "math/rand", "math/rand/",
		},
		where: nil, instead: "keep I/O out of the root package",
	},
}

// ioFree is the index of the row that is for the root package alone.
var ioFree = len(capabilityTable) - 1

// capabilities holds every file against the table, and assembly against the
// places that may have it.
func capabilities(t *tree) []Problem {
	var problems []Problem
	for _, f := range t.files {
		from, _, _ := unit(f.dir)
		_, helper := helping[from]
		for i, c := range capabilityTable {
			if (f.test || helper) && !c.tests || i == ioFree && f.dir != "" || allowedIn(f.dir, c.where) {
				continue
			}
			problems = append(problems, t.breaches(f, c)...)
		}
	}
	unsafeMemory := []string{"internal/lib/mmap", "internal/lib/vec"}
	for name := range t.texts {
		if path.Ext(name) == ".s" && !allowedIn(path.Dir(name), unsafeMemory) {
			problems = append(problems, Problem{name, 1, "capability", "assembly belongs in lib/mmap or lib/vec"})
		}
	}
	return problems
}

func (t *tree) breaches(f file, c capability) []Problem {
	var problems []Problem
	say := func(node ast.Node, what string) {
		problems = append(problems, Problem{f.name, t.line(node.Pos()), "capability",
			fmt.Sprintf("%s is %s, which %s may not use; %s", what, c.name, name(f.dir), c.instead)})
	}
	watched := map[string][]string{} // name in this file to selectors
	for _, spec := range f.ast.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		if matches(imported, c.imports) {
			say(spec, imported)
		}
		if selectors, ok := c.uses[imported]; ok {
			local := path.Base(imported)
			if spec.Name != nil {
				local = spec.Name.Name
			}
			if local == "." {
				say(spec, "dot import of "+imported)
			}
			watched[local] = selectors
		}
	}
	if len(watched) == 0 {
		return problems
	}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if pkg, ok := sel.X.(*ast.Ident); ok {
			for _, s := range watched[pkg.Name] {
				if s == sel.Sel.Name {
					say(sel, pkg.Name+"."+s)
				}
			}
		}
		return true
	})
	return problems
}

func matches(imported string, patterns []string) bool {
	for _, p := range patterns {
		if imported == p || strings.HasSuffix(p, "/") && strings.HasPrefix(imported, p) {
			return true
		}
	}
	return false
}

func allowedIn(dir string, folders []string) bool {
	for _, folder := range folders {
		if inside(dir, folder) {
			return true
		}
	}
	return false
}
