package cli

import (
	"reflect"
	"regexp"

	"github.com/alecthomas/kong"
)

// latestMapper reads a flag whose value may be left out: --week is the latest
// week, --week=2026-W27 and --week 2026-W27 that one.
type latestMapper struct{}

var weekOrMonth = regexp.MustCompile(`^\d{4}-[wW]?\d{1,2}$`)

// Decode reads the value, "" where there is none.
func (latestMapper) Decode(ctx *kong.DecodeContext, target reflect.Value) error {
	value := ""
	next := ctx.Scan.Peek()
	if text, ok := next.Value.(string); ok && (next.Type == kong.FlagValueToken || next.IsValue() && weekOrMonth.MatchString(text)) {
		ctx.Scan.Pop()
		value = text
	}
	target.Set(reflect.ValueOf(&value))
	return nil
}

// IsBool tells that the flag needs no value.
func (latestMapper) IsBool() bool { return true }
