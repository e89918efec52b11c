package cli

import (
	"fmt"
	"reflect"
	"strings"

	"broadsheet/internal/config"

	"github.com/alecthomas/kong"
)

var groups = []kong.Group{
	{Key: "settings", Title: "Settings (also BROADSHEET_… in the environment and in a file, see `broadsheet config print`):"},
}

// flagSet holds a command's setting flags: a struct made from the table, whose
// fields are pointers that stay nil where the flag is not given.
type flagSet struct {
	settings []*config.Setting
	fields   reflect.Value
}

// settingFlags makes the flags of the table for a command, "" for those that
// every command takes.
func settingFlags(command string) *flagSet {
	fs := &flagSet{}
	var fields []reflect.StructField
	for _, s := range config.Table() {
		if !s.On(command) {
			continue
		}
		typ := reflect.TypeFor[*string]()
		tag := fmt.Sprintf(`name:%q help:%q group:"settings" placeholder:%q`, s.Flag(), helpText(s), placeholder(s))
		if s.Bool() {
			typ = reflect.TypeFor[*bool]()
			tag = fmt.Sprintf(`name:%q help:%q group:"settings" negatable:""`, s.Flag(), helpText(s))
		}
		fs.settings = append(fs.settings, s)
		fields = append(fields, reflect.StructField{Name: fmt.Sprintf("S%d", len(fields)), Type: typ, Tag: reflect.StructTag(tag)})
	}
	fs.fields = reflect.New(reflect.StructOf(fields))
	return fs
}

func (fs *flagSet) plugins() kong.Plugins { return kong.Plugins{fs.fields.Interface()} }

// collect puts the flags that were given into out, by name.
func (fs *flagSet) collect(out map[string]string) {
	for i, s := range fs.settings {
		if f := fs.fields.Elem().Field(i); !f.IsNil() {
			out[s.Flag()] = fmt.Sprint(f.Elem().Interface())
		}
	}
}

func helpText(s *config.Setting) string {
	text := strings.ToUpper(s.Help[:1]) + s.Help[1:]
	if strings.HasPrefix(s.Help, "sqlite:") {
		text = s.Help
	}
	if s.Allowed != nil && s.Type() != "list" {
		text += " (" + strings.Join(s.Allowed, ", ") + ")"
	}
	return text + "."
}

func placeholder(s *config.Setting) string {
	switch {
	case s.Default != "":
		return s.Default
	case s.Type() == "text":
		return strings.ToUpper(s.Flag()[strings.LastIndexByte(s.Flag(), '-')+1:])
	default:
		return strings.ToUpper(strings.ReplaceAll(s.Type(), " ", "-"))
	}
}
