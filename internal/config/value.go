package config

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a container without the zone files knows the zones too
)

// Size is a number of bytes.
type Size int64

var sizeUnits = []struct {
	name  string
	bytes Size
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}}

// String writes the size with the biggest unit that leaves no rest.
func (s Size) String() string {
	for _, u := range sizeUnits {
		if s != 0 && s%u.bytes == 0 {
			return fmt.Sprintf("%d%s", s/u.bytes, u.name)
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

func parseSize(text string) (Size, bool) {
	factor := Size(1)
	for _, u := range sizeUnits {
		if number, ok := strings.CutSuffix(text, u.name); ok {
			text, factor = strings.TrimSpace(number), u.bytes
			break
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > (1<<62)/int64(factor) {
		return 0, false
	}
	return Size(n) * factor, true
}

func typeOf(field any) string {
	switch field.(type) {
	case *string:
		return "text"
	case *bool:
		return "yes or no"
	case *int:
		return "number"
	case *time.Duration:
		return "duration"
	case *Size:
		return "size"
	case *[]string:
		return "list"
	case *[]netip.Prefix:
		return "list of addresses"
	case **time.Location:
		return "time zone"
	}
	panic(fmt.Sprintf("config: no way to read a %T", field))
}

// parse reads text into the field that a setting is bound to.
func parse(field any, text string) error {
	switch p := field.(type) {
	case *string:
		*p = text
	case *bool:
		v, err := strconv.ParseBool(text)
		if err != nil {
			return &valueError{"is neither yes nor no", "write true or false"}
		}
		*p = v
	case *int:
		v, err := strconv.Atoi(text)
		if err != nil || v < 0 || v > 1<<50 {
			return &valueError{"is not a number", "write digits, such as 64"}
		}
		*p = v
	case *time.Duration:
		v, err := time.ParseDuration(text)
		if err != nil || v < 0 {
			return &valueError{"is not a duration", "write a number with its unit, such as 500ms, 30s, 5m or 1h"}
		}
		*p = v
	case *Size:
		v, ok := parseSize(text)
		if !ok {
			return &valueError{"is not a size", "write bytes, or a number with its unit, such as 64KiB, 100MiB or 1GiB"}
		}
		*p = v
	case *[]string:
		*p = splitList(text)
	case *[]netip.Prefix:
		return parsePrefixes(p, text)
	case **time.Location:
		loc, err := time.LoadLocation(text)
		if err != nil || text == "Local" {
			return &valueError{"is not a time zone", zoneFix(text)}
		}
		*p = loc
	default:
		typeOf(field)
	}
	return nil
}

func parsePrefixes(to *[]netip.Prefix, text string) error {
	var out []netip.Prefix
	for _, item := range splitList(text) {
		p, err := netip.ParsePrefix(item)
		if err != nil {
			a, aerr := netip.ParseAddr(item)
			if aerr != nil {
				return &valueError{"holds " + quote(item) + ", which is no address", "write addresses or networks, such as 127.0.0.1 or 10.0.0.0/8"}
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		out = append(out, p.Masked())
	}
	*to = out
	return nil
}

// zones are the names worth suggesting; every name of the tz database works.
var zones = []string{
	"UTC", "Europe/London", "Europe/Paris", "Europe/Berlin", "Europe/Zurich", "America/New_York", "America/Chicago",
	"America/Denver", "America/Los_Angeles", "America/Sao_Paulo", "Asia/Tokyo", "Asia/Shanghai", "Asia/Singapore",
	"Asia/Kolkata", "Asia/Seoul", "Australia/Sydney", "Africa/Johannesburg",
}

func zoneFix(text string) string {
	if near := Nearest(text, zones); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "write a name of the tz database, such as UTC or Europe/Berlin"
}

func splitList(text string) []string {
	var out []string
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}
