package mcp

import (
	"encoding/json"
	"testing"

	"broadsheet"
)

// FuzzArguments: whatever a model writes is read or refused with a field and a
// fix, and what is read is within bounds.
func FuzzArguments(f *testing.F) {
	for _, seed := range []string{`{}`, `{"query":"x","limit":"7"}`, `{"limit":1e9}`, `{"limit":-1}`, `{"ids":["a",5]}`, `{"ids":"a"}`, `{"abstracts":"true"}`,
		`{"query":null}`, `{"key":"\u0000"}`, `{"limit":1e400}`, `{"has_code":{}}`, `[]`, `null`, `"x"`, `{"query":"\ud800"}`, `{"limit":"0x10"}`, `{"limit":"NaN"}`, `{"":""}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, tool := range tools {
			a, err := read(tool.params, json.RawMessage(data))
			if err != nil {
				if e, ok := err.(*broadsheet.Error); !ok || e.Field == "" || e.Fix == "" {
					t.Errorf("%s %q: %v names no field or no fix", tool.name, data, err)
				}
				continue
			}
			for _, p := range tool.params {
				switch v := a[p.name].(type) {
				case int:
					if v < 1 || v > p.most {
						t.Errorf("%s %q: %s is %d", tool.name, data, p.name, v)
					}
				case []string:
					if len(v) < 1 || len(v) > p.most {
						t.Errorf("%s %q: %s has %d", tool.name, data, p.name, len(v))
					}
				case nil:
					if p.required {
						t.Errorf("%s %q: no %s", tool.name, data, p.name)
					}
				}
			}
		}
	})
}
