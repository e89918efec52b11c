package config

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// Value is a setting as it is in force.
type Value struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Origin string `json:"origin"` // "flag", "environment", "FILE:LINE" or "default"
}

// Values are all settings as they are in force, without secrets.
func (c *Config) Values() []Value {
	var out []Value
	for _, s := range Table() {
		text := format(s.bind(c))
		if s.Secret && text != "" {
			text = Redact(text)
		}
		out = append(out, Value{Key: s.Key, Value: text, Origin: c.origins[s.Key]})
	}
	return out
}

// format is the inverse of parse.
func format(field any) string {
	switch p := field.(type) {
	case *string:
		return *p
	case *bool:
		return fmt.Sprint(*p)
	case *int:
		return fmt.Sprint(*p)
	case *time.Duration:
		return shortDuration(*p)
	case *Size:
		return p.String()
	case *[]string:
		return strings.Join(*p, ",")
	case *[]netip.Prefix:
		var items []string
		for _, x := range *p {
			items = append(items, x.String())
		}
		return strings.Join(items, ",")
	case **time.Location:
		return (*p).String()
	}
	return ""
}

// shortDuration drops the zero units at the end: 2m0s is 2m.
func shortDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
