package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"

	"broadsheet/internal/store"
)

// ExportAccount writes all that is kept of the actor as one JSON object: a list for
// each kind of thing, written as it is read. It holds no hash and no secret.
func (a *App) ExportAccount(ctx context.Context, by Actor, to io.Writer) error {
	if err := a.may(by, RightSession); err != nil {
		return err
	}
	w := &ownWriter{w: bufio.NewWriter(to)}
	w.text("{")
	if err := a.store.EachOwn(ctx, by.id(), w.section, w.row); err != nil {
		return err
	}
	w.text(w.end + "\n}\n")
	return w.w.Flush()
}

// ownWriter writes sections of rows, their fields in the order in which they come.
type ownWriter struct {
	w     *bufio.Writer // remembers the first error
	end   string        // of the section before
	comma string
}

func (w *ownWriter) text(s string) { _, _ = w.w.WriteString(s) }

func (w *ownWriter) section(name string) error {
	w.text(w.end)
	if w.end != "" {
		w.text(",")
	}
	w.text("\n  \"" + name + "\": [")
	w.end, w.comma = "]", ""
	return nil
}

func (w *ownWriter) row(fields []store.OwnField) error {
	w.text(w.comma + "\n    {")
	w.comma, w.end = ",", "\n  ]"
	for i, f := range fields {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(f.Value); err != nil {
			return err
		}
		if i > 0 {
			w.text(", ")
		}
		w.text("\"" + f.Name + "\": " + string(bytes.TrimSuffix(b.Bytes(), []byte("\n"))))
	}
	w.text("}")
	return nil
}
