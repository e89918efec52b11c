package broadsheet

import (
	"fmt"
	"strings"
)

// period is the days from first to last.
type period struct{ first, last Day }

// parsePeriod reads a year, a month or a day.
func parsePeriod(s string) (period, string) {
	s = strings.ReplaceAll(s, "/", "-")
	digits := strings.Trim(s, "0123456789") == ""
	switch {
	case len(s) >= 4 && s[:4] > "2999":
	case len(s) == 4 && digits && s >= "1900":
		return period{Day(s + "-01-01"), Day(s + "-12-31")}, ""
	case len(s) == 7 && s[4] == '-' || len(s) == 6 && strings.IndexByte(s, '-') == 4:
		if len(s) == 6 {
			s = s[:5] + "0" + s[5:]
		}
		m, err := ParseMonth(s)
		if err != nil {
			return period{}, fmt.Sprintf("%s is not a month", clip(s))
		}
		return period{m.First(), m.Last()}, ""
	case len(s) == 10:
		d, err := ParseDay(s)
		if err != nil {
			return period{}, fmt.Sprintf("%s is not a day", clip(s))
		}
		return period{d, d}, ""
	}
	return period{}, fmt.Sprintf("%s is not a date: write 2025, 2025-03 or 2025-03-14", clip(s))
}

// date reads the value of date:, after: and their kin, and narrows the days
// that are searched.
func (p *queryParser) date(t queryPart, value string, not bool) {
	if not {
		p.ignore(t.src, "a date cannot be excluded: use before: and after:")
		return
	}
	value = strings.ReplaceAll(value, " ", "")
	from, to, isRange := strings.Cut(value, "..")
	op := ""
	switch {
	case isRange:
	case t.field == "after":
		from, op = value, ">="
	case t.field == "before":
		from, op = value, "<"
	case t.field == "until":
		from, op = value, "<="
	default:
		from = strings.TrimLeft(value, "<>=")
		op = value[:len(value)-len(from)]
		if a, b, ok := strings.Cut(from, "-"); ok && op == "" && len(a) == 4 && len(b) == 4 { // year:2020-2022
			from, to, isRange = a, b, true
		}
	}
	var a, b period
	why := ""
	if from != "" {
		a, why = parsePeriod(from)
	}
	if to != "" && why == "" {
		b, why = parsePeriod(to)
	}
	if from+to == "" && why == "" {
		why = t.field + ": needs a date such as 2025, 2025-03 or 2025-03-14"
	}
	if why != "" {
		p.ignore(t.src, why)
		return
	}
	if isRange {
		if from != "" && to != "" && b.last < a.first {
			a, b = b, a
			defer p.ignore(t.src, "the range ends before it begins: turned round")
		}
		p.narrow(a.first, b.last)
		return
	}
	switch op {
	case "", "=", "==":
		p.narrow(a.first, a.last)
	case ">=", "=>":
		p.narrow(a.first, "")
	case ">":
		p.narrow(a.last.Add(1), "")
	case "<=", "=<":
		p.narrow("", a.last)
	case "<":
		p.narrow("", a.first.Add(-1))
	default:
		p.ignore(t.src, "is not a comparison: use >=, >, <= or <")
	}
}

// narrow keeps the days that every condition allows.
func (p *queryParser) narrow(from, to Day) {
	if to != "" {
		to = max(to, "1900-01-01") // the day before cannot be written
	}
	from = min(from, "2999-12-31")
	if from > p.q.From {
		p.q.From = from
	}
	if to != "" && (p.q.To == "" || to < p.q.To) {
		p.q.To = to
	}
}
