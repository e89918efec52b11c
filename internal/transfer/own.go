package transfer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"broadsheet"
)

// Version is the number of the export layout that Export writes and Import
// reads.
const Version = 1

// line is a line of an export: JSON with the kind and the member of that name.
// The first is a header, the last says how many came before it, so that an
// export cut off is noticed. No line bears the time of the export: the same
// data makes the same bytes.
type line struct {
	Broadsheet   int                      `json:"broadsheet,omitempty"` // in the header: Version
	Kind         string                   `json:"kind"`
	Lines        int64                    `json:"lines,omitempty"` // in the end: of all before it, the header included
	Organization *broadsheet.Organization `json:"organization,omitempty"`
	Person       *broadsheet.Person       `json:"person,omitempty"`
	Paper        *broadsheet.Paper        `json:"paper,omitempty"`
	Source       *broadsheet.Source       `json:"source,omitempty"`
	Reject       *broadsheet.Reject       `json:"reject,omitempty"`
	Arrival      *arrival                 `json:"arrival,omitempty"`
	Subscriber   *subscriber              `json:"subscriber,omitempty"`
	Suppression  *suppression             `json:"suppression,omitempty"`
	Table        string                   `json:"table,omitempty"` // of a row of what people did
	Row          json.RawMessage          `json:"row,omitempty"`
}

// Kinds of lines, in their order.
const (
	kindHeader       = "header"
	kindOrganization = "organization"
	kindPerson       = "person"
	kindPaper        = "paper"
	kindSource       = "source"
	kindReject       = "reject"
	kindArrival      = "arrival"     // this and the next three only where they were asked for
	kindSubscriber   = "subscriber"  //
	kindSuppression  = "suppression" //
	kindRow          = "row"         //
	kindEnd          = "end"
)

// ownLine reads a line of an export. Exports are edited by hand and come from
// elsewhere, so what would break a page or a database is refused.
func ownLine(rec []byte, number int64) (item, error) {
	var l line
	if err := json.Unmarshal(rec, &l); err != nil {
		return item{}, jsonReason(rec, err)
	}
	if bytes.Contains(rec, []byte(`\u0000`)) && holdsNUL(reflect.ValueOf(l)) {
		return item{}, errors.New("a text holds a NUL character")
	}
	switch {
	case l.Kind == kindHeader || l.Kind == kindEnd:
		return item{frame: &l, number: number}, nil
	case l.Kind == kindOrganization && l.Organization != nil && l.Organization.Key != "":
		return item{organization: l.Organization}, checkURL("avatarUrl", l.Organization.AvatarURL)
	case l.Kind == kindPerson && l.Person != nil && l.Person.Key != "":
		return item{person: l.Person}, checkURL("avatarUrl", l.Person.AvatarURL)
	case l.Kind == kindPaper && l.Paper != nil:
		return item{paper: l.Paper}, checkPaper(l.Paper)
	case l.Kind == kindSource && l.Source != nil && l.Source.Name != "":
		return item{source: l.Source}, nil
	case l.Kind == kindReject && l.Reject != nil && l.Reject.Source != "":
		return item{reject: l.Reject, kept: true}, nil
	case l.Kind == kindArrival && l.Arrival != nil && l.Arrival.Paper != "" && (l.Arrival.Kind == broadsheet.ArrivalKnown || l.Arrival.Kind == broadsheet.ArrivalChosen):
		return item{arrival: &broadsheet.Arrival{PaperID: l.Arrival.Paper, Kind: l.Arrival.Kind, At: l.Arrival.At}}, nil
	case l.Kind == kindRow && l.Row != nil:
		r, err := communityRow(&l)
		return item{row: r}, err
	case l.Kind == kindSubscriber && l.Subscriber != nil:
		h, err := l.Subscriber.holding()
		return item{holding: h}, err
	case l.Kind == kindSuppression && l.Suppression != nil && l.Suppression.Key != "":
		x := l.Suppression
		return item{suppression: &broadsheet.Suppression{Channel: x.Channel, Key: x.Key, Reason: x.Reason, Detail: x.Detail, At: x.At}}, nil
	}
	return item{}, fmt.Errorf("kind: a line of kind %s, whole and with its key, was expected", quote(l.Kind))
}

func checkPaper(p *broadsheet.Paper) error {
	if id, v, err := broadsheet.ParseID(p.ID); err != nil || v != 0 || id != p.ID {
		return fmt.Errorf("id: %s is not a paper's id in its canonical form", quote(p.ID))
	}
	if strings.TrimSpace(p.Title) == "" {
		return errors.New("title: empty")
	}
	for _, l := range p.Links {
		if err := checkURL("links", l.URL); err != nil {
			return err
		}
	}
	for _, o := range p.Organizations {
		if err := checkURL("organizations", o.AvatarURL); err != nil {
			return err
		}
	}
	for _, f := range p.Features {
		if _, err := broadsheet.ParseDay(string(f.Day)); err != nil {
			return fmt.Errorf("features: %s is not a day", quote(string(f.Day)))
		}
		if f.Submitter != nil {
			if err := checkURL("features", f.Submitter.AvatarURL); err != nil {
				return err
			}
		}
	}
	if p.AnnouncedOn != "" {
		if _, err := broadsheet.ParseDay(string(p.AnnouncedOn)); err != nil {
			return fmt.Errorf("announcedOn: %s is not a day", quote(string(p.AnnouncedOn)))
		}
	}
	if min(p.AuthorCount, p.ImportedVotes, p.ImportedComments, p.Votes, p.Comments) < 0 {
		return errors.New("votes: a count is below zero")
	}
	return nil
}

func checkURL(field, url string) error {
	if url != "" && !broadsheet.ValidURL(url) {
		return fmt.Errorf("%s: %s is not an address of http or https", field, quote(url))
	}
	return nil
}

// holdsNUL looks for a character that PostgreSQL cannot store, in every text
// but raw JSON, where it stands escaped.
func holdsNUL(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return strings.ContainsRune(v.String(), 0)
	case reflect.Pointer:
		return !v.IsNil() && holdsNUL(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && holdsNUL(v.Field(i)) {
				return true
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return false
		}
		for i := range v.Len() {
			if holdsNUL(v.Index(i)) {
				return true
			}
		}
	}
	return false
}

// frame watches that an export is whole: it begins with a header and ends with
// the count of its lines. Several may stand in one file.
type frame struct {
	Own    bool  `json:"own,omitempty"`
	Header int64 `json:"header,omitempty"` // number of the header that no end has followed yet
}

// meet takes a header or an end. Its error is about the file as a whole.
func (f *frame) meet(file string, l *line, number int64) error {
	f.Own = true
	switch {
	case l.Kind == kindHeader && l.Broadsheet > Version:
		return &broadsheet.Error{Kind: broadsheet.Conflict, Field: "file", Fix: "update Broadsheet",
			Text: fmt.Sprintf("%s was written by a newer Broadsheet (layout %d, this one reads %d)", file, l.Broadsheet, Version)}
	case l.Kind == kindHeader && f.Header != 0:
		return f.complete(file)
	case l.Kind == kindHeader:
		f.Header = number
	case f.Header == 0 || l.Lines != number-f.Header:
		return &broadsheet.Error{Kind: broadsheet.Invalid, Field: "file", Fix: "get the file again and repeat the import",
			Text: fmt.Sprintf("%s lacks lines: its end, line %d, counts %d before it", file, number, l.Lines)}
	default:
		f.Header = 0
	}
	return nil
}

// complete is an error where an export has begun and not ended.
func (f *frame) complete(file string) error {
	if f.Header == 0 {
		return nil
	}
	return &broadsheet.Error{Kind: broadsheet.Invalid, Field: "file", Text: file + " is cut off: the line is missing that ends an export; what stands in it went in",
		Fix: "get the file again and repeat the import"}
}
