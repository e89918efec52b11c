package address

import (
	"fmt"
	"net/url"
	"strconv"

	"broadsheet"
	"broadsheet/internal/app"
)

// ViewParams are the parameters by which a reader narrows and orders a list.
// Surfaces other than pages also take "limit".
var ViewParams = []string{"sort", "cat", "code", "page=1"}

// View reads ViewParams and limit.
func View(q url.Values) (app.View, error) {
	var v app.View
	var err error
	if v.Sort, err = broadsheet.ParseSort(q.Get("sort"), ""); err != nil {
		return v, err
	}
	v.Category = q.Get("cat")
	if v.HasCode, err = Flag(q, "code"); err != nil {
		return v, err
	}
	if v.Page, err = Number(q, "page", 1, broadsheet.MaxOffset+1); err != nil {
		return v, err
	}
	v.Limit, err = Number(q, "limit", 1, broadsheet.MaxLimit)
	return v, err
}

// Flag reads a parameter that is 1, or 0 or missing.
func Flag(q url.Values, name string) (bool, error) {
	switch c := q.Get(name); c {
	case "", "0":
		return false, nil
	case "1":
		return true, nil
	default:
		return false, broadsheet.InvalidField(name, fmt.Sprintf("%.40q is neither yes nor no", c), "use 1, or leave it out")
	}
}

// Number reads a parameter that is a whole number from low to high, 0 where it
// is missing.
func Number(q url.Values, name string, low, high int) (int, error) {
	text := q.Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		return 0, broadsheet.InvalidField(name, fmt.Sprintf("%.40q is out of range", text), fmt.Sprintf("use a whole number from %d to %d", low, high))
	}
	return n, nil
}

// Values writes a view, without what is the list's default.
func Values(v app.View, def broadsheet.Sort) url.Values {
	q := url.Values{}
	if v.Sort != "" && v.Sort != def {
		q.Set("sort", string(v.Sort))
	}
	if v.Category != "" {
		q.Set("cat", v.Category)
	}
	if v.HasCode {
		q.Set("code", "1")
	}
	if v.Page > 1 {
		q.Set("page", strconv.Itoa(v.Page))
	}
	return q
}
