package hf

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/lib/hfwire"
	"broadsheet/internal/serve/address"
)

// Bounds of the format.
const (
	defaultLimit = 50
	maxLimit     = 100
	maxAuthors   = 100_000
	maxPage      = 1 << 20 // no list is that long
)

// choice reads what /api/daily_papers is asked for.
func choice(q url.Values, today broadsheet.Day) (app.Choice, error) {
	c := app.Choice{Submitter: q.Get("submitter")}
	var err error
	if c.Kind, c.Key, err = span(q, today); err != nil {
		return c, err
	}
	switch by := q.Get("sort"); {
	case by == "" && c.Kind != "":
		c.Sort = broadsheet.SortTop
	case by == "" || by == "publishedAt":
		c.Sort = broadsheet.SortNew
	case by == "trending":
		c.Sort = broadsheet.SortHot
		if c.Kind == "" && c.Submitter == "" {
			c.Kind = broadsheet.ListHot
		}
	default:
		return c, broadsheet.InvalidField("sort", fmt.Sprintf("%.40q is not an order", by), "use publishedAt or trending")
	}
	if c.Limit, err = number(q, "limit", 1, maxLimit, defaultLimit); err != nil {
		return c, err
	}
	p, err := page(q)
	c.Offset = p * c.Limit
	return c, err
}

// span is the days that a request names: of several parameters the narrowest.
func span(q url.Values, today broadsheet.Day) (broadsheet.ListKind, string, error) {
	if text := q.Get("date"); text != "" {
		day, err := date(text, today)
		return broadsheet.ListDay, string(day), err
	}
	if text := q.Get("week"); text != "" {
		if m := weekForm.FindStringSubmatch(text); m != nil {
			text = m[1] + "-W" + padded(m[2])
		}
		w, err := broadsheet.ParseWeek(text)
		return broadsheet.ListWeek, string(w), err
	}
	if text := q.Get("month"); text != "" {
		if m := monthForm.FindStringSubmatch(text); m != nil {
			text = m[1] + "-" + padded(m[2])
		}
		m, err := broadsheet.ParseMonth(text)
		return broadsheet.ListMonth, string(m), err
	}
	return "", "", nil
}

var (
	weekForm  = regexp.MustCompile(`^(\d{4})-?[Ww](\d{1,2})$`)
	monthForm = regexp.MustCompile(`^(\d{4})-(\d{1,2})$`)
)

func padded(digits string) string {
	if len(digits) == 1 {
		return "0" + digits
	}
	return digits
}

// date reads a day: 2024-06-03, 2024-6-3, today, or the time that a program's
// clock gives, of which the day is the one that is written.
func date(text string, today broadsheet.Day) (broadsheet.Day, error) {
	if strings.EqualFold(text, "today") {
		return today, nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999"} {
		// A plus in a query means a blank: clients forget to escape it.
		if t, err := time.Parse(layout, strings.Replace(text, " ", "+", strings.Count(text, "T"))); err == nil {
			return broadsheet.ParseDay(t.Format(time.DateOnly))
		}
	}
	day, ok, err := address.Day(text)
	if !ok {
		return broadsheet.ParseDay(text) // says what is wrong
	}
	return day, err
}

// page is the number of a page, from 0; one past all lists is one of those.
func page(q url.Values) (int, error) {
	text := q.Get("p")
	digits := strings.TrimLeft(text, "0")
	if len(digits) > 7 && strings.Trim(digits, "0123456789") == "" {
		return maxPage, nil
	}
	p, err := number(q, "p", 0, 9_999_999, 0)
	return min(p, maxPage), err
}

// number reads a whole number.
func number(q url.Values, name string, low, high, def int) (int, error) {
	text := q.Get(name)
	if text == "" {
		return def, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		return 0, broadsheet.InvalidField(name, fmt.Sprintf("%.40q is out of range", text), fmt.Sprintf("use a whole number from %d to %d", low, high))
	}
	return n, nil
}

// writing reads how entries are wanted.
func writing(q url.Values) (hfwire.Writing, error) {
	n, err := number(q, "authors", 0, maxAuthors, -1)
	return hfwire.Writing{Authors: max(n, 0), Cut: n >= 0}, err
}
