package app

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

// subscriberColumns are the columns of a list of subscribers as WriteSubscribers
// writes it. ImportSubscribers reads them again, and the columns of other
// programs.
var subscriberColumns = []string{"address", "channel", "state", "topic", "days", "hour", "zone", "as_it_comes", "max_papers", "min_score", "send_empty", "created_at", "confirmed_at", "ended_at", "reason"}

// WriteSubscribers writes subscriptions as CSV, a line each, and gives how many.
// What a spreadsheet would run as a formula is written as text. Addresses of
// channels other than mail may hold secrets and are left out.
func (o *Operator) WriteSubscribers(ctx context.Context, w io.Writer, q store.SubscriberQuery) (n int, err error) {
	out := csv.NewWriter(w)
	if err := out.Write(subscriberColumns); err != nil {
		return 0, err
	}
	for q.Limit = 1000; ; {
		page, err := o.Subscribers(ctx, q)
		if err != nil {
			return n, err
		}
		for i := range page {
			if err := out.Write(subscriberRecord(&page[i])); err != nil {
				return n, err
			}
			n++
		}
		if len(page) < q.Limit {
			out.Flush()
			return n, out.Error()
		}
		q.After = page[len(page)-1].ID
	}
}

func subscriberRecord(x *store.Subscriber) []string {
	address := x.Recipient.Address
	if x.Recipient.Channel != broadsheet.ChannelMail {
		address = ""
	}
	rec := []string{address, string(x.Recipient.Channel), string(x.State), x.Topic.String(), DaysText(x.Rhythm.Days), strconv.Itoa(x.Rhythm.Hour), x.Rhythm.Zone.String(),
		strconv.FormatBool(x.Rhythm.AsItComes), strconv.Itoa(x.MaxPapers), strconv.Itoa(x.MinScore), strconv.FormatBool(x.SendEmpty),
		stampText(x.CreatedAt), stampText(x.ConfirmedAt), stampText(x.EndedAt), x.Reason}
	for i := range rec {
		rec[i] = plainCell(rec[i])
	}
	return rec
}

func stampText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// formulaStarts are the characters with which a cell is a formula to one
// spreadsheet or another.
const formulaStarts = "=+-@\t\r"

// plainCell is a cell that no spreadsheet takes for a formula: an apostrophe
// before it says that it is text.
func plainCell(s string) string {
	if s != "" && (strings.IndexByte(formulaStarts, s[0]) >= 0 || s[0] == '\'') {
		return "'" + s
	}
	return s
}

// typedCell takes the apostrophe off again.
func typedCell(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 1 && s[0] == '\'' && (strings.IndexByte(formulaStarts, s[1]) >= 0 || s[1] == '\'') {
		return s[1:]
	}
	return s
}

var dayNames = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// DaysText writes days as ParseDays reads them.
func DaysText(d broadsheet.Days) string {
	switch d {
	case broadsheet.EveryDay:
		return "daily"
	case broadsheet.Workdays:
		return "workdays"
	}
	var out []string
	for i, name := range dayNames {
		if d>>i&1 == 1 {
			out = append(out, name)
		}
	}
	return strings.Join(out, " ")
}

// ParseDays reads "daily", "workdays", or days as "mon wed fri".
func ParseDays(s string) (d broadsheet.Days, err error) {
	for _, name := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ' ' || r == ',' || r == ';' }) {
		switch name {
		case "daily":
			d |= broadsheet.EveryDay
			continue
		case "workdays":
			d |= broadsheet.Workdays
			continue
		}
		at := -1
		for i, short := range dayNames {
			if strings.HasPrefix(name, short) {
				at = i
			}
		}
		if at < 0 {
			return 0, broadsheet.InvalidField("days", fmt.Sprintf("%.20q is not a day", name), "write daily, workdays or days as mon wed fri")
		}
		d |= 1 << at
	}
	if d == 0 {
		return 0, broadsheet.InvalidField("days", "no day of the week is chosen", "write daily, workdays or days as mon wed fri")
	}
	return d, nil
}
