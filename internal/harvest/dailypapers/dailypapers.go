// Package dailypapers harvests a Daily Papers API, day by day: what was
// featured, by whom, with the votes as they stand. The recent days are read
// again with each harvest, because their votes still grow.
package dailypapers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/harvest/source"
	"broadsheet/internal/lib/fetch"
	"broadsheet/internal/lib/hfwire"
	"broadsheet/internal/lib/oaipmh"
)

// Name is the source's name, as it is stored.
const Name = "daily-papers"

const (
	perPage = 100 // the most that the service gives
	again   = 2   // days before the last one that are read again
)

// Source asks one service.
type Source struct {
	Get  oaipmh.Getter
	Base string // "https://huggingface.co"
	// Every is how long to wait between harvests; 0 is an hour.
	Every time.Duration
}

type cursor struct {
	Day  broadsheet.Day `json:"day"`            // the next to be asked for
	To   broadsheet.Day `json:"to,omitempty"`   // last one
	Page int            `json:"page,omitempty"` // of Day
}

// Name is Name.
func (s *Source) Name() string { return Name }

// Begin goes on some days before the last harvest's end.
func (s *Source) Begin(t source.Task) (string, error) {
	today := broadsheet.DayOf(t.Now, time.UTC)
	c := cursor{Day: t.From, To: t.To}
	if c.To == "" || c.To > today {
		c.To = today
	}
	if c.Day == "" {
		var last cursor
		if json.Unmarshal([]byte(t.State.Cursor), &last) != nil {
			last = cursor{}
		}
		back := today.Add(-source.LookBack)
		switch {
		case last.To != "":
			return t.State.Cursor, nil // killed under way
		case last.Day == "":
			c.Day = back
		case t.Outage:
			c.Day = min(last.Day.Add(-again), back)
		default:
			c.Day = last.Day.Add(-again)
		}
	}
	if c.Day > c.To {
		return "", broadsheet.InvalidField("from", fmt.Sprintf("%s lies after %s", c.Day, c.To), "begin with a day that has come")
	}
	return encode(c)
}

// Page asks for a day, or for the next entries of a long one.
func (s *Source) Page(ctx context.Context, t source.Task, cur string) (source.Page, error) {
	var c cursor
	if err := json.Unmarshal([]byte(cur), &c); err != nil || c.Day == "" || c.To == "" {
		return source.Page{}, fmt.Errorf("cursor %q is not one of %s", cur, Name)
	}
	args := url.Values{"date": {string(c.Day)}, "limit": {strconv.Itoa(perPage)}}
	if c.Page > 0 {
		args.Set("p", strconv.Itoa(c.Page))
	}
	address := strings.TrimSuffix(s.Base, "/") + "/api/daily_papers?" + args.Encode()
	res, err := s.Get.Get(ctx, fetch.Request{URL: address, Accept: "application/json", Types: []string{"application/json"}})
	var status *fetch.StatusError
	if errors.As(err, &status) && status.Status == http.StatusBadRequest && c.Day == broadsheet.DayOf(t.Now, time.UTC) {
		res, err = &fetch.Response{Body: []byte("[]")}, nil // the service's day has not begun
	}
	if err != nil {
		return source.Page{}, err
	}
	entries, err := hfwire.Split(res.Body)
	if err != nil {
		return source.Page{}, err
	}
	page := source.Page{Day: c.Day}
	for i, raw := range entries {
		place := c.Page*perPage + i + 1
		p, err := read(raw, c.Day, place, t.Now)
		if err != nil {
			page.Rejects = append(page.Rejects, broadsheet.Reject{Ref: fmt.Sprintf("%s/%d", c.Day, place), Layout: Name, Reason: err.Error(), Body: raw})
			continue
		}
		page.Papers = append(page.Papers, p)
	}
	if len(entries) > 0 {
		page.Latest = c.Day.Time()
	}
	if len(entries) >= perPage && c.Page < 50 {
		c.Page++
	} else {
		c.Day, c.Page = c.Day.Add(1), 0
	}
	if c.Day > c.To {
		page.Done = true
		if c = (cursor{Day: c.To}); len(entries) == 0 {
			page.Note = fmt.Sprintf("nothing featured on %s yet", c.Day)
		}
	}
	page.Cursor, err = encode(c)
	return page, err
}

func read(raw []byte, day broadsheet.Day, place int, now time.Time) (broadsheet.Paper, error) {
	e, err := hfwire.Parse(raw)
	if err != nil {
		return broadsheet.Paper{}, err
	}
	p, err := e.Paper(day, place)
	if err != nil {
		return broadsheet.Paper{}, err
	}
	p.SeenAt = seenAt(p.Features[0], now)
	return p, nil
}

// seenAt is now for what is recent, and the time of the featuring for what a
// back-fill brings: history is no news.
func seenAt(f broadsheet.Feature, now time.Time) time.Time {
	at := f.FeaturedAt
	if at.IsZero() {
		at = f.Day.Time()
	}
	if now.Sub(at) > 14*24*time.Hour {
		return at
	}
	return now
}

func encode(c cursor) (string, error) {
	b, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("encode cursor: %w", err)
	}
	return string(b), nil
}

// Next is an hour later, or as configured.
func (s *Source) Next(success time.Time, _ source.Page) time.Time {
	if s.Every > 0 {
		return success.Add(s.Every)
	}
	return success.Add(time.Hour)
}

// Read reads an entry kept aside; its reference names day and place.
func (s *Source) Read(r broadsheet.Reject, now time.Time) (broadsheet.Paper, error) {
	d, n, _ := strings.Cut(r.Ref, "/")
	day, err := broadsheet.ParseDay(d)
	if err != nil {
		return broadsheet.Paper{}, err
	}
	place, err := strconv.Atoi(n)
	if err != nil {
		return broadsheet.Paper{}, fmt.Errorf("reference %q names no place", r.Ref)
	}
	return read(r.Body, day, place, now)
}
