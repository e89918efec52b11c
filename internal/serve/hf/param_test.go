package hf

import (
	"net/url"
	"strings"
	"testing"

	"broadsheet"
	"broadsheet/internal/app"
)

// FuzzChoice holds that whatever is asked for is refused with a parameter's name,
// or is a list that there can be.
func FuzzChoice(f *testing.F) {
	for _, q := range []string{"date=2024-6-3", "date=today", "date=2024-06-03T00:00:00.000Z", "date=2024-06-03T00:00:00+02:00", "week=2025-W9", "week=2026w53",
		"month=2025-2", "p=7&limit=100", "p=00012", "p=%2b1", "p=99999999999999999999", "sort=trending&submitter=a", "date=2024-6-31", "date=0000-00-00", "authors=0", "%zz&p=1"} {
		f.Add(q)
	}
	names := map[string]bool{"date": true, "week": true, "month": true, "p": true, "limit": true, "sort": true, "authors": true}
	refused := func(t *testing.T, raw string, err error) {
		e, ok := err.(*broadsheet.Error)
		if !ok || e.Kind != broadsheet.Invalid || !names[e.Field] || e.Text == "" {
			t.Fatalf("%q: refused as %v, want Invalid with the name of a parameter", raw, err)
		}
		if m := headerSafe(e.Error()); strings.ContainsAny(m, "\r\n\x00") || len(m) > maxMessage {
			t.Fatalf("%q: %q in a header", raw, m)
		}
	}
	f.Fuzz(func(t *testing.T, raw string) {
		q, _ := url.ParseQuery(raw) // gives the good pairs of a bad query, as the kit does
		if w, err := writing(q); err != nil {
			refused(t, raw, err)
		} else if w.Authors < 0 || w.Cut != (q.Get("authors") != "") {
			t.Fatalf("%q: authors %+v", raw, w)
		}
		c, err := choice(q, "2026-06-30")
		if err != nil {
			refused(t, raw, err)
			return
		}
		if c.Limit < 1 || c.Limit > maxLimit || c.Offset < 0 || c.Offset%c.Limit != 0 || !possible(c) {
			t.Fatalf("%q: asks for %+v", raw, c)
		}
	})
}

// possible tells whether there can be such a list.
func possible(c app.Choice) (ok bool) {
	var err error
	switch c.Kind {
	case broadsheet.ListDay:
		_, err = broadsheet.ParseDay(c.Key)
	case broadsheet.ListWeek:
		_, err = broadsheet.ParseWeek(c.Key)
	case broadsheet.ListMonth:
		_, err = broadsheet.ParseMonth(c.Key)
	case "", broadsheet.ListHot:
	default:
		return false
	}
	return err == nil && (c.Sort == broadsheet.SortHot || c.Sort == broadsheet.SortNew || c.Sort == broadsheet.SortTop)
}

// FuzzCursor holds that no cursor is taken but those that were given out.
func FuzzCursor(f *testing.F) {
	for _, n := range []int64{1, 42, 1<<63 - 1} {
		f.Add(cursor(n))
	}
	f.Add("")
	f.Add("AAAAAAAAAAEAAAAA")
	f.Fuzz(func(t *testing.T, text string) {
		n, err := readCursor(text)
		switch {
		case err != nil && broadsheet.KindOf(err) != broadsheet.Invalid, n < 0:
			t.Fatalf("%q: %d, %v", text, n, err)
		case err == nil && text != "" && cursor(n) != text:
			t.Fatalf("%q is read as %d, whose cursor is %q", text, n, cursor(n))
		}
	})
}
