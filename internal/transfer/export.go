package transfer

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"

	"broadsheet"
	"broadsheet/internal/store"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// ExportOptions adjusts Export.
type ExportOptions struct {
	Progress Progress // Done and Total count papers; nil: nobody looks
	// Subscribers adds who is written to: mail addresses, the secrets of chats, and
	// what links in mails are made of; and accounts with what signs in to them and all
	// that they did. An export without them may be made public.
	Subscribers bool
}

// ExportReport says what an export holds.
type ExportReport struct {
	Organizations, People, Papers, Sources, Rejects int
	Lines                                           int64
	Delivery                                        store.Mirrored // of a copy
	OwnSubscribers                                  bool           // the target has subscribers of its own: those of the source stayed where they are
	Paused                                          bool           // the copy sends nothing before it is told to
	Rows, RowsLeft                                  int            // of what people did; left out: they refer to what is not there
}

// Export writes everything that Broadsheet holds, a JSON object a line: a
// header, organisations, people, papers with all that belongs to them, sources,
// records kept aside, who is written to where that is asked for, an end. Each kind is in the order of its keys, so that
// equal data gives equal bytes, whichever database it is in. What is stored
// while it runs may be in it or not.
func Export(ctx context.Context, s *store.Store, w io.Writer, opt ExportOptions) (ExportReport, error) {
	e := &exporter{subscribers: opt.Subscribers, w: bufio.NewWriterSize(w, 1<<20)}
	e.enc = json.NewEncoder(e.w)
	e.enc.SetEscapeHTML(false)
	if opt.Progress != nil {
		st, err := s.Stats(ctx)
		if err != nil {
			return e.rep, fmt.Errorf("export: %w", err)
		}
		e.tell = func() { opt.Progress(Event{Done: int64(e.rep.Papers), Total: st.Papers, Papers: e.rep.Papers}) }
	}
	if err := e.all(ctx, s); err != nil {
		return e.rep, fmt.Errorf("export: %w", err)
	}
	return e.rep, nil
}

type exporter struct {
	w    *bufio.Writer
	enc  *json.Encoder
	rep  ExportReport
	tell func()

	subscribers bool
}

func (e *exporter) line(l line, n *int) error {
	e.rep.Lines++
	if n != nil {
		*n++
	}
	return e.enc.Encode(l)
}

func (e *exporter) all(ctx context.Context, s *store.Store) error {
	if err := e.line(line{Broadsheet: Version, Kind: kindHeader}, nil); err != nil {
		return err
	}
	if err := s.EachOrganization(ctx, func(o broadsheet.Organization) error {
		return e.line(line{Kind: kindOrganization, Organization: &o}, &e.rep.Organizations)
	}); err != nil {
		return err
	}
	if err := s.EachPerson(ctx, func(p broadsheet.Person) error {
		return e.line(line{Kind: kindPerson, Person: &p}, &e.rep.People)
	}); err != nil {
		return err
	}
	if err := s.EachPaper(ctx, "", e.paper); err != nil {
		return err
	}
	sources, err := s.Sources(ctx)
	if err != nil {
		return err
	}
	for _, src := range sources {
		if err := e.line(line{Kind: kindSource, Source: &src}, &e.rep.Sources); err != nil {
			return err
		}
	}
	if err := s.EachReject(ctx, func(r broadsheet.Reject) error {
		return e.line(line{Kind: kindReject, Reject: &r}, &e.rep.Rejects)
	}); err != nil {
		return err
	}
	if e.subscribers {
		if err := e.people(ctx, s); err != nil {
			return err
		}
	}
	if err := e.line(line{Kind: kindEnd, Lines: e.rep.Lines}, nil); err != nil {
		return err
	}
	return e.w.Flush()
}

func (e *exporter) paper(p broadsheet.Paper) error {
	if e.tell != nil && e.rep.Papers%500 == 0 {
		e.tell()
	}
	return e.line(line{Kind: kindPaper, Paper: &p}, &e.rep.Papers)
}

// Compress packs what is written as a file's name asks: ".zst", ".gz", or not
// at all. Closing it ends the packing and leaves w open.
func Compress(w io.Writer, name string) (io.WriteCloser, error) {
	switch filepath.Ext(name) {
	case ".zst":
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
	case ".gz":
		return gzip.NewWriter(w), nil
	}
	return nopCloser{w}, nil
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }
