package archtest

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"strings"
)

// maxLines is the length that no file passes; half of it is already long.
const maxLines = 500

// sizes finds files that should have been split by noun.
func sizes(t *tree) []Problem {
	var problems []Problem
	for name, src := range t.texts {
		if path.Ext(name) == ".md" {
			continue
		}
		if n := bytes.Count(src, []byte("\n")); n > maxLines {
			problems = append(problems, Problem{name, n, "size", fmt.Sprintf("%d lines; split it by noun, %d at most", n, maxLines)})
		}
	}
	return problems
}

// docs finds packages and exported names without a comment.
func docs(t *tree) []Problem {
	var problems []Problem
	packages := map[string]bool{}
	first := map[string]string{}
	for _, f := range t.files {
		if f.test {
			continue
		}
		if f.ast.Doc != nil {
			packages[f.dir] = true
		}
		if first[f.dir] == "" {
			first[f.dir] = f.name
		}
		for _, decl := range f.ast.Decls {
			problems = append(problems, t.undocumented(f, decl)...)
		}
	}
	for dir, name := range first {
		if !packages[dir] {
			problems = append(problems, Problem{name, 1, "doc", "no package comment: say what the package is for and what it guarantees"})
		}
	}
	return problems
}

func (t *tree) undocumented(f file, decl ast.Decl) []Problem {
	var problems []Problem
	missing := func(id *ast.Ident) {
		problems = append(problems, Problem{f.name, t.line(id.Pos()), "doc", fmt.Sprintf("%s is exported and has no comment", id.Name)})
	}
	misnamed := func(id *ast.Ident, doc *ast.CommentGroup) {
		if doc == nil {
			missing(id)
		} else if !beginsWith(doc.Text(), id.Name) {
			problems = append(problems, Problem{f.name, t.line(id.Pos()), "doc",
				fmt.Sprintf("the comment of %s does not begin with its name", id.Name)})
		}
	}
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && exportedReceiver(d) && !(d.Recv != nil && plain[d.Name.Name]) {
			misnamed(d.Name, d.Doc)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if !s.Name.IsExported() {
					continue
				}
				if s.Doc == nil && len(d.Specs) == 1 {
					misnamed(s.Name, d.Doc)
				} else {
					misnamed(s.Name, s.Doc)
				}
			case *ast.ValueSpec:
				if len(s.Names) > 0 && s.Names[0].IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
					missing(s.Names[0])
				}
			}
		}
	}
	return problems
}

// plain are methods whose interface says all there is to say of most of them.
var plain = map[string]bool{
	"Error": true, "Unwrap": true, "String": true, "ServeHTTP": true, "Len": true, "Less": true, "Swap": true,
	"MarshalJSON": true, "UnmarshalJSON": true, "MarshalText": true, "UnmarshalText": true,
}

// beginsWith reports whether a comment's first sentence opens with the name,
// after an article where there is one.
func beginsWith(text, name string) bool {
	for _, article := range []string{"A ", "An ", "The "} {
		text = strings.TrimPrefix(text, article)
	}
	rest, ok := strings.CutPrefix(text, name)
	return ok && (rest == "" || !token.IsIdentifier("x"+rest[:1])) || strings.HasPrefix(text, "Deprecated:")
}

// exportedReceiver reports whether a function is one, or a method that users
// of the package can see.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return true
	}
	receiver := d.Recv.List[0].Type
	for {
		switch r := receiver.(type) {
		case *ast.StarExpr:
			receiver = r.X
		case *ast.IndexExpr:
			receiver = r.X
		case *ast.IndexListExpr:
			receiver = r.X
		case *ast.Ident:
			return r.IsExported()
		default:
			return true
		}
	}
}

// The words that stay out of the tree, written so that this file has none.
var (
	unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X|HA` + `CK)\b`)
	homePath   = regexp.MustCompile(`(?:^|[\s"'(=])/(?:home|Users|ro` + `ot|wo` + `rk)/[a-z.]`)
	vague      = map[string]bool{"util": true, "utils": true, "common": true, "helper": true, "helpers": true, "models": true, "misc": true}
)

// words finds unfinished work, paths of one person's machine, and packages
// whose name says nothing.
func words(t *tree) []Problem {
	var problems []Problem
	for name, src := range t.texts {
		for i, line := range strings.Split(string(src), "\n") {
			if m := unfinished.FindString(line); m != "" {
				problems = append(problems, Problem{name, i + 1, "words", m + ": do it, or write it down where users of the project see it"})
			}
			if m := homePath.FindString(line); m != "" {
				problems = append(problems, Problem{name, i + 1, "words", "a path of one machine: " + strings.TrimSpace(m)})
			}
		}
	}
	for _, f := range t.files {
		if vague[f.ast.Name.Name] {
			problems = append(problems, Problem{f.name, t.line(f.ast.Name.Pos()), "words",
				fmt.Sprintf("package %s: name it after what it gives", f.ast.Name.Name)})
		}
	}
	return problems
}
