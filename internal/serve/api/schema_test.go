package api

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"broadsheet/client"
)

var problemType = reflect.TypeFor[client.Error]()

// schemas are the JSON schemas of the client's types, made from the types and
// from the comments on them.
type schemas struct {
	t        *testing.T
	comments map[string]string   // of types by name, of fields as "Type.Field"
	consts   map[string][]string // values of the constants of string types
	made     map[string]object
}

func newSchemas(t *testing.T) *schemas {
	s := &schemas{t: t, comments: map[string]string{}, consts: map[string][]string{}, made: map[string]object{}}
	files, err := filepath.Glob("../../../client/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("the client's source is not where it was: %v", err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok {
				s.read(g)
			}
		}
	}
	return s
}

func (s *schemas) read(g *ast.GenDecl) {
	for _, spec := range g.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			name := spec.Name.Name
			s.comments[name] = line(g.Doc)
			if st, ok := spec.Type.(*ast.StructType); ok {
				for _, f := range st.Fields.List {
					for _, n := range f.Names {
						s.comments[name+"."+n.Name] = line(f.Comment)
					}
				}
			}
		case *ast.ValueSpec:
			if kind, ok := spec.Type.(*ast.Ident); ok && len(spec.Values) == 1 {
				if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
					value, _ := strconv.Unquote(lit.Value)
					s.consts[kind.Name] = append(s.consts[kind.Name], value)
				}
			}
		}
	}
}

func line(c *ast.CommentGroup) string {
	if c == nil {
		return ""
	}
	return strings.Join(strings.Fields(c.Text()), " ")
}

// always are the fields that come whatever is asked for, of types whose fields
// can be chosen.
var always = map[string][]string{"Paper": {"id"}}

// schemaName is what a type is called in the document.
func schemaName(t reflect.Type) string {
	if t == problemType {
		return "Problem"
	}
	return t.Name()
}

// answer is the schema of an answer's type.
func (s *schemas) answer(zero any) object { return s.of(reflect.TypeOf(zero)) }

// of is the schema of a type: a reference for structs.
func (s *schemas) of(t reflect.Type) object {
	switch t {
	case reflect.TypeFor[time.Time]():
		return object{{"type", "string"}, {"format", "date-time"}}
	case reflect.TypeFor[client.Day]():
		return object{{"type", "string"}, {"format", "date"}}
	case reflect.TypeFor[client.Cursor]():
		return object{{"type", []string{"string", "null"}}}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.Slice:
		return object{{"type", "array"}, {"items", s.of(t.Elem())}}
	case reflect.String:
		o := object{{"type", "string"}}
		if values := s.consts[t.Name()]; len(values) > 0 {
			o.add("enum", values)
		}
		return o
	case reflect.Bool:
		return object{{"type", "boolean"}}
	case reflect.Int, reflect.Int64:
		return object{{"type", "integer"}}
	case reflect.Float64:
		return object{{"type", "number"}}
	case reflect.Struct:
		name := schemaName(t)
		if _, ok := s.made[name]; !ok {
			s.made[name] = nil // a type may hold itself
			s.made[name] = s.structure(t)
		}
		return ref("schemas/" + name)
	}
	s.t.Fatalf("no schema for %s", t)
	return nil
}

func (s *schemas) structure(t reflect.Type) object {
	name := schemaName(t)
	about := s.comments[t.Name()]
	if about == "" {
		s.t.Errorf("%s has no comment, so the document cannot say what it is", t.Name())
	}
	var parts []object
	properties, required := object{}, []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			parts = append(parts, s.of(f.Type))
			continue
		}
		tag, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		if tag == "-" {
			continue
		}
		schema := slices.Clone(s.of(f.Type))
		if c := s.comments[t.Name()+"."+f.Name]; c != "" {
			schema.add("description", c)
		}
		properties.add(tag, schema)
		if fixed, ok := always[name]; opts == "" && (!ok || slices.Contains(fixed, tag)) {
			required = append(required, tag)
		}
	}
	own := object{{"type", "object"}, {"properties", properties}}
	if len(required) > 0 {
		own.add("required", required)
	}
	if len(parts) == 0 {
		return append(object{{"description", about}}, own...)
	}
	return object{{"description", about}, {"allOf", append(parts, own)}}
}

func (s *schemas) sorted() object {
	out := object{}
	for name, schema := range s.made {
		out.add(name, schema)
	}
	slices.SortFunc(out, func(a, b member) int { return strings.Compare(a.name, b.name) })
	return out
}
