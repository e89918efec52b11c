package boot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

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
	if _, err := s.Put(ctx, store.Batch{Papers: papers}); err != nil {
		return false, fmt.Errorf("load the sample edition: %w", err)
	}
	return true, nil
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
