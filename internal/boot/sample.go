package boot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"broadsheet"
	"broadsheet/internal/sample"
	"broadsheet/internal/store"
)

// sampleRecord is a line of the sample edition; see package sample.
type sampleRecord struct {
	ID           string         `json:"id"`
	Position     int            `json:"position"`
	Title        string         `json:"title"`
	Organization *sampleOrg     `json:"organization"`
	AuthorCount  int            `json:"author_count"`
	Published    broadsheet.Day `json:"published"`
	Comments     int            `json:"comments"`
	Code         string         `json:"code"`
	TLDR         string         `json:"tldr"`
}

type sampleOrg struct {
	Name     string `json:"name"`
	Fullname string `json:"fullname"`
}

// LoadSample puts the sample edition into a store that holds no papers, and
// tells whether it did. What a source says later replaces all of it.
func LoadSample(ctx context.Context, s *store.Store) (bool, error) {
	empty, err := s.Empty(ctx)
	if err != nil || !empty {
		return false, err
	}
	papers, err := samplePapers(sample.Open())
	if err != nil {
		return false, fmt.Errorf("read the sample edition: %w", err)
	}
	if _, err := s.Put(ctx, store.Batch{Papers: papers, Cursors: map[string]string{sampleShown: sample.Day}}); err != nil {
		return false, fmt.Errorf("load the sample edition: %w", err)
	}
	return true, nil
}

// sampleShown is a checkpoint that is there while the sample edition is.
const sampleShown = "sample"

// DropSample removes the sample edition once other papers have come in, and
// tells whether there is none any more; a paper of it that people chose for a day
// of their own is another. One that they chose, or that a source has described
// since, stays, but is not on the sample's day.
func DropSample(ctx context.Context, s *store.Store) (bool, error) {
	shown, err := s.Cursor(ctx, sampleShown)
	if err != nil || shown == "" {
		return err == nil, err
	}
	edition, err := samplePapers(sample.Open())
	if err != nil {
		return false, fmt.Errorf("read the sample edition: %w", err)
	}
	ids := make([]string, len(edition))
	for i := range edition {
		ids[i] = edition[i].ID
	}
	stored, err := s.Papers(ctx, ids)
	if err != nil {
		return false, err
	}
	stats, err := s.Stats(ctx)
	if err != nil || stats.Papers <= int64(len(stored)) && !slices.ContainsFunc(stored, chosenHere) {
		return false, err
	}
	var samples, described []string
	for _, p := range stored {
		switch i := slices.IndexFunc(p.Features, ofSample); {
		case p.Origin == broadsheet.OriginSample && !chosenHere(p):
			samples = append(samples, p.ID)
		case i >= 0:
			described = append(described, p.ID)
		}
	}
	if err := s.Unfeature(ctx, sample.Day, described); err != nil {
		return false, fmt.Errorf("take papers off the sample edition: %w", err)
	}
	if err := s.Delete(ctx, samples); err != nil {
		return false, fmt.Errorf("remove the sample edition: %w", err)
	}
	return true, s.SetCursor(ctx, sampleShown, "")
}

// ofSample tells a feature of the sample edition from one that somebody made.
func ofSample(f broadsheet.Feature) bool { return f.Day == sample.Day && f.Submitter == nil }

// chosenHere tells whether people put a paper of the sample on a page of their own.
func chosenHere(p broadsheet.Paper) bool {
	return slices.ContainsFunc(p.Features, func(f broadsheet.Feature) bool { return !ofSample(f) })
}

// sampleEvery is how soon the sample edition goes after papers came in.
const sampleEvery = time.Second

// watchSample drops the sample edition when papers come in, from whichever
// process, until it is gone or ctx ends.
func watchSample(ctx context.Context, s *store.Store, log *slog.Logger) {
	tick := time.NewTicker(sampleEvery)
	defer tick.Stop()
	for seen, first := uint64(0), true; ; first = false {
		if now := s.Generation(); first || now != seen {
			seen = now
			gone, err := DropSample(ctx, s)
			if gone && err == nil {
				return
			}
			if err != nil && ctx.Err() == nil {
				log.Warn("the sample edition stays for now", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func samplePapers(r io.Reader) ([]broadsheet.Paper, error) {
	dec := json.NewDecoder(r)
	var out []broadsheet.Paper
	for {
		var rec sampleRecord
		err := dec.Decode(&rec)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		out = append(out, rec.paper())
	}
}

// paper dates everything by the edition, not by the clock: it is no news.
func (r sampleRecord) paper() broadsheet.Paper {
	at := broadsheet.Day(sample.Day).Time()
	p := broadsheet.Paper{
		ID: r.ID, Origin: broadsheet.OriginSample, Title: r.Title, TLDR: r.TLDR, AuthorCount: r.AuthorCount,
		PublishedAt: r.Published.Time(), SeenAt: at, ImportedComments: r.Comments,
		Features: []broadsheet.Feature{{Day: sample.Day, Position: r.Position, FeaturedAt: at, Comments: r.Comments}},
	}
	if r.Organization != nil {
		p.Organizations = []broadsheet.Organization{{Key: r.Organization.Name, Name: r.Organization.Fullname}}
	}
	if r.Code != "" {
		p.Links = []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: r.Code}}
	}
	return p
}
