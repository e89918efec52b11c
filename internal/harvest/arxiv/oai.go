package arxiv

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/harvest/source"
	"broadsheet/internal/lib/arxivcal"
	"broadsheet/internal/lib/oaipmh"
)

// OAI harvests the catalogue through OAI-PMH: everything whose record changed
// since the last harvest, set by set, page by page.
type OAI struct {
	Client oaipmh.Client
	Format string   // "arXivRaw" where empty
	Sets   []string // sets or categories; none is all of arXiv
}

// oaiCursor is where a harvest stands.
type oaiCursor struct {
	Sets    []string `json:"sets"`              // all sets of the harvest
	At      int      `json:"at,omitempty"`      // index of the one under way
	From    string   `json:"from,omitempty"`    // datestamp, of all sets
	Until   string   `json:"until,omitempty"`   // likewise
	Token   string   `json:"token,omitempty"`   // of the next page
	Expires string   `json:"expires,omitempty"` // of the token, by the clock here
	Started string   `json:"started,omitempty"` // date of the first answer: the next harvest begins there
	Begun   int      `json:"begun,omitempty"`   // how often a set was begun again
}

// maxBegun is how often sets are begun again in one harvest before the
// tokens of the server are taken for useless.
const maxBegun = 3

// Name is NameOAI.
func (s *OAI) Name() string { return NameOAI }

// Begin goes on where the last harvest stopped, from the date of its first
// answer: the datestamp is the day of the last change and a day may still have
// been under way. After an outage it goes back a week at least.
func (s *OAI) Begin(t source.Task) (string, error) {
	c := oaiCursor{Sets: s.sets(t.Sets), From: string(t.From), Until: string(t.To)}
	if t.From == "" {
		back := t.Now.UTC().AddDate(0, 0, -source.LookBack).Format(time.DateOnly)
		var last oaiCursor
		if err := json.Unmarshal([]byte(t.State.Cursor), &last); err != nil || !slices.Equal(last.Sets, c.Sets) {
			last = oaiCursor{} // never harvested, or not these sets
		}
		switch {
		case last.Token != "" || last.At > 0:
			// Killed, or given up, under way.
			if last.Begun = 0; t.State.Failures >= 3 {
				last.Token = "" // perhaps it is the token that the server trips over
			}
			return encode(last)
		case last.From == "":
			c.From = back
		case t.Outage:
			c.From = min(last.From, back)
		default:
			c.From = last.From
		}
	}
	return encode(c)
}

// sets gives the sets to ask for, none of them inside another.
func (s *OAI) sets(instead []string) []string {
	if len(instead) == 0 {
		instead = s.Sets
	}
	var all []string
	for _, c := range instead {
		if set := Set(strings.TrimSpace(c)); set != "" && !slices.Contains(all, set) {
			all = append(all, set)
		}
	}
	all = slices.DeleteFunc(all, func(set string) bool {
		return slices.ContainsFunc(all, func(o string) bool { return strings.HasPrefix(set, o+":") })
	})
	if len(all) == 0 {
		all = []string{""}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Page asks for the next page. A token that has expired, or that the server
// no longer knows, begins the set again: what was stored is stored once more.
func (s *OAI) Page(ctx context.Context, t source.Task, cursor string) (source.Page, error) {
	var c oaiCursor
	if err := json.Unmarshal([]byte(cursor), &c); err != nil || c.At < 0 || c.At >= len(c.Sets) {
		return source.Page{}, fmt.Errorf("cursor %q is not one of %s", cursor, NameOAI)
	}
	if expires, err := time.Parse(time.RFC3339, c.Expires); err == nil && !t.Now.Before(expires) {
		c.Token = ""
	}
	q := oaipmh.Query{Prefix: s.format(), Set: c.Sets[c.At], From: c.From, Until: c.Until, Token: c.Token}
	answer, err := s.Client.List(ctx, q)
	note := ""
	if oaipmh.BadToken(err) && q.Token != "" {
		if c.Begun++; c.Begun > maxBegun {
			return source.Page{}, fmt.Errorf("began %d times: %w", c.Begun, err)
		}
		note = "the resumption token had expired; began the set again"
		q.Token = ""
		answer, err = s.Client.List(ctx, q)
	}
	if err != nil {
		return source.Page{}, err
	}
	if answer.Token != "" && answer.Token == q.Token {
		return source.Page{}, fmt.Errorf("the server gives the same resumption token again")
	}
	page := s.read(answer, t.Now)
	page.Note = note
	return page, s.advance(&c, answer, &page, t.Now)
}

// advance moves the cursor past the answer.
func (s *OAI) advance(c *oaiCursor, answer oaipmh.Page, page *source.Page, now time.Time) error {
	if c.Started == "" {
		started := answer.ResponseDate
		if started.IsZero() || started.After(now.Add(24*time.Hour)) {
			started = now
		}
		c.Started = started.UTC().Format(time.DateOnly)
	}
	c.Token, c.Expires = answer.Token, ""
	// How long the token lives counts, not when it ends: the clocks here and
	// there may differ.
	if life := answer.Expires.Sub(answer.ResponseDate); !answer.Expires.IsZero() && life > 0 && c.Token != "" {
		c.Expires = now.Add(life).UTC().Format(time.RFC3339)
	}
	if c.Token == "" {
		c.At++
	}
	if c.At == len(c.Sets) {
		page.Done = true
		*c = oaiCursor{Sets: c.Sets, From: c.Started}
	}
	var err error
	page.Cursor, err = encode(c)
	return err
}

func (s *OAI) read(answer oaipmh.Page, now time.Time) source.Page {
	var page source.Page
	for _, r := range answer.Records {
		if at, err := time.Parse(time.DateOnly, r.Datestamp); err == nil && at.After(page.Latest) && !at.After(now) {
			page.Latest = at
		}
		if r.Deleted {
			if id, _, ok := broadsheet.ParseArxivID(r.Identifier); ok {
				page.Deleted = append(page.Deleted, id)
				continue
			}
		}
		p, err := FromOAI(r, now)
		if err != nil {
			ref := r.Identifier
			if ref == "" {
				ref = source.Ref(s.Client.Base, r.Raw)
			}
			page.Rejects = append(page.Rejects, broadsheet.Reject{Ref: ref, Layout: "oai-" + s.format(), Reason: err.Error(), Body: r.Raw})
			continue
		}
		page.Papers = append(page.Papers, p)
	}
	return page
}

func (s *OAI) format() string {
	if s.Format == "" {
		return "arXivRaw"
	}
	return s.Format
}

// Next is when the next announcement has reached the catalogue.
func (s *OAI) Next(success time.Time, _ source.Page) time.Time { return arxivcal.NextOAI(success) }

// Read reads a record kept aside.
func (s *OAI) Read(r broadsheet.Reject, now time.Time) (broadsheet.Paper, error) {
	record, err := oaipmh.ParseRecord(r.Body)
	if err != nil {
		return broadsheet.Paper{}, err
	}
	return FromOAI(record, now)
}

func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode cursor: %w", err)
	}
	return string(b), nil
}
