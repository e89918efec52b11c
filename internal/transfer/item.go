package transfer

import (
	"bytes"
	"errors"
	"fmt"

	"broadsheet"
	"broadsheet/internal/lib/clean"
	"broadsheet/internal/lib/hfwire"
	"broadsheet/internal/store"
)

// items makes of a chunk's records what is stored.
func (im *importer) items(file string, c *chunk) []item {
	items := make([]item, 0, len(c.ends))
	for number, rec := range c.all() {
		if len(bytes.TrimSpace(rec)) == 0 && c.layout != DailyPapers {
			continue
		}
		var it item
		var err error
		if c.isOver(number) {
			err = fmt.Errorf("longer than %d bytes", im.opt.MaxLine)
		} else {
			it, err = parse(c, number, rec)
		}
		if err != nil {
			it = item{reject: &broadsheet.Reject{Source: RejectSource, Ref: place(file, c.member, c.layout, number), Layout: string(c.layout),
				Reason: clean.Clip(clean.Line(err.Error()), 500), Body: bytes.Clone(rec[:min(len(rec), store.MaxRejectBody)])}}
			for _, kind := range []string{kindSubscriber, kindRow} {
				if c.layout == Own && bytes.Contains(rec, []byte(`"`+kind+`"`)) {
					// Somebody's address and secrets are in no place where nobody looks for them.
					it.reject.Reason, it.reject.Body = broadsheet.HideAddresses(it.reject.Reason), []byte(`{"kind":"`+kind+`"}`)
				}
			}
		}
		items = append(items, it)
	}
	return items
}

func parse(c *chunk, number int64, rec []byte) (item, error) {
	switch c.layout {
	case DailyPapers:
		p, err := dailyPaper(rec, c.day, int(number))
		return item{paper: &p}, err
	case Own:
		return ownLine(rec, number)
	}
	p, err := snapshotPaper(rec)
	return item{paper: &p}, err
}

// place is where a record stood: "papers.jsonl.zst:1042", counted in lines from
// 1, or "days.zip!2024-05-27.json:3".
func place(file, member string, layout Layout, number int64) string {
	if member != "" {
		file += "!" + member
	}
	return fmt.Sprintf("%s:%d", file, number)
}

// dailyPaper reads an entry of a day's list. Where the file's name tells no
// day, the entry must, and then its position is not known.
func dailyPaper(rec []byte, day broadsheet.Day, position int) (broadsheet.Paper, error) {
	e, err := hfwire.Parse(rec)
	if err != nil {
		return broadsheet.Paper{}, err
	}
	if day == "" {
		position = 0
		at := hfwire.ParseTime(e.Item.SubmittedOnDailyAt)
		if at.IsZero() {
			at = hfwire.ParseTime(e.PublishedAt)
		}
		if at.IsZero() {
			return broadsheet.Paper{}, errors.New("publishedAt: without a day in the file's name, the entry must tell the day")
		}
		day = broadsheet.Day(at.Format("2006-01-02"))
	}
	p, err := e.Paper(day, position)
	if err != nil {
		return p, err
	}
	if p.SeenAt = p.Features[0].FeaturedAt; p.SeenAt.IsZero() {
		p.SeenAt = day.Time()
	}
	return p, nil
}
