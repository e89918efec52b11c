package app

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

// RuleChanges are the last changes of the site's rules.
func (d *Administrator) RuleChanges(ctx context.Context, limit int) ([]broadsheet.Action, error) {
	return d.a.store.Actions(ctx, store.ActionQuery{Act: broadsheet.ActRule, Hidden: true, Limit: limit})
}

// auditColumns are the columns of the log as CSV, and the names of its fields as
// JSON lines.
var auditColumns = []string{"id", "at", "actor", "act", "kind", "object", "paper", "reason", "detail", "hidden"}

// auditLine is a line of the log as JSON.
type auditLine struct {
	ID     int64                 `json:"id"`
	At     time.Time             `json:"at"`
	Actor  string                `json:"actor"` // "" for the program or the command line
	Act    broadsheet.Act        `json:"act"`
	Kind   broadsheet.ObjectKind `json:"kind"`
	Object string                `json:"object"`
	Paper  string                `json:"paper,omitempty"`
	Reason string                `json:"reason,omitempty"`
	Detail string                `json:"detail,omitempty"`
	Hidden bool                  `json:"hidden,omitempty"`
}

// WriteAudit writes the whole log that a query picks, with the lines that only
// those with a role see, the newest first: as CSV, in which nothing is a formula,
// or as JSON lines. It gives how many lines that were.
func (d *Administrator) WriteAudit(ctx context.Context, w io.Writer, q LogQuery, asCSV bool) (n int, err error) {
	table, lines := csv.NewWriter(w), json.NewEncoder(w)
	if asCSV {
		if err := table.Write(auditColumns); err != nil {
			return 0, err
		}
	}
	for before, more := q.Before, true; more; {
		page, err := d.a.store.Actions(ctx, store.ActionQuery{Actor: q.Actor, Act: q.Act, Kind: q.Kind, Object: q.Object, Paper: q.Paper, Before: before, Hidden: true, Limit: 1000})
		if err != nil {
			return n, err
		}
		for i := range page {
			x := &page[i]
			if !asCSV {
				err = lines.Encode(auditLine{x.ID, x.At.UTC(), x.Actor, x.Act, x.Kind, x.Object, x.Paper, x.Reason, x.Detail, x.Hidden})
			} else {
				rec := []string{strconv.FormatInt(x.ID, 10), stampText(x.At), x.Actor, string(x.Act), string(x.Kind), x.Object, x.Paper, x.Reason, x.Detail, strconv.FormatBool(x.Hidden)}
				for j := range rec {
					rec[j] = plainCell(rec[j])
				}
				err = table.Write(rec)
			}
			if err != nil {
				return n, err
			}
			n++
		}
		if more = len(page) == 1000; more {
			before = page[len(page)-1].ID
		}
	}
	table.Flush()
	return n, table.Error()
}
