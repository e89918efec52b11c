package letter

import (
	"context"
	"strings"
	"sync"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

const (
	// sheetFor is how long what was made for an edition is used: the longest that a
	// mail may hold a paper that has gone.
	sheetFor  = time.Minute
	maxSheets = 64  // editions; a site with many searches has one for each
	maxBodies = 256 // of one edition: readers differ in how many papers they want
)

// sheet is an edition with what was made of it.
type sheet struct {
	edition broadsheet.Edition
	why     map[string]*broadsheet.Pick
	madeAt  time.Time

	mu     sync.Mutex
	cards  map[string]*card // by the id that was picked; nil for a paper that is gone
	bodies map[string]*body // by day and papers
}

// sheet finds or begins the sheet of an edition.
func (w *Writer) sheet(ctx context.Context, id int64) (*sheet, error) {
	now := w.o.Now()
	w.mu.Lock()
	s := w.sheets[id]
	w.mu.Unlock()
	if s != nil && s.fresh(now) {
		return s, nil
	}
	x, err := w.o.Store.EditionByID(ctx, id)
	if err != nil {
		return nil, err
	}
	s = &sheet{edition: x, madeAt: now, why: make(map[string]*broadsheet.Pick, len(x.Picks)), cards: map[string]*card{}, bodies: map[string]*body{}}
	for i := range x.Picks {
		s.why[x.Picks[i].PaperID] = &x.Picks[i]
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if other := w.sheets[id]; other != nil && other.fresh(now) {
		return other, nil // another was quicker
	}
	if len(w.sheets) >= maxSheets {
		w.drop(now)
	}
	w.sheets[id] = s
	return s, nil
}

func (s *sheet) fresh(now time.Time) bool {
	age := now.Sub(s.madeAt)
	return age >= 0 && age < sheetFor
}

// drop makes room: what is stale goes, or else the oldest half.
func (w *Writer) drop(now time.Time) {
	for id, s := range w.sheets {
		if !s.fresh(now) {
			delete(w.sheets, id)
		}
	}
	for id := range w.sheets {
		if len(w.sheets) <= maxSheets/2 {
			return
		}
		delete(w.sheets, id) // any: all are less than a minute old
	}
}

// body finds or makes the body of a delivery.
func (s *sheet) body(ctx context.Context, w *Writer, c *store.Claim) (*body, error) {
	day := dayOf(c)
	key := string(day) + " " + strings.Join(c.Papers, " ")
	s.mu.Lock()
	defer s.mu.Unlock()
	if b := s.bodies[key]; b != nil {
		return b, nil
	}
	if err := s.load(ctx, w, c.Papers); err != nil {
		return nil, err
	}
	cards := make([]*card, 0, len(c.Papers))
	seen := map[string]bool{}
	for _, id := range c.Papers {
		if x := s.cards[id]; x != nil && !seen[x.id] { // two may have become one
			seen[x.id] = true
			cards = append(cards, x)
		}
	}
	if len(cards) == 0 && len(c.Papers) > 0 {
		return nil, broadsheet.Errorf(broadsheet.NotFound, "the papers of this edition are gone")
	}
	b, err := w.compose(&s.edition, day, cards)
	if err != nil {
		return nil, err
	}
	if len(s.bodies) >= maxBodies {
		clear(s.bodies)
	}
	s.bodies[key] = b
	return b, nil
}

// load makes the cards that are missing.
func (s *sheet) load(ctx context.Context, w *Writer, ids []string) error {
	var missing []string
	for _, id := range ids {
		if _, ok := s.cards[id]; !ok {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	papers, err := w.o.Store.Papers(ctx, missing)
	if err != nil {
		return err
	}
	found := make(map[string]*broadsheet.Paper, len(papers))
	for i := range papers {
		found[papers[i].ID] = &papers[i]
	}
	for _, id := range missing {
		p := found[id]
		if p == nil { // gone, or since the edition part of another paper
			one, err := w.o.Store.Papers(ctx, []string{id})
			if err != nil {
				return err
			}
			if len(one) == 1 {
				p = &one[0]
			}
		}
		if p == nil || p.Withdrawn {
			s.cards[id] = nil
			continue
		}
		if s.cards[id], err = w.card(p, s.why[id]); err != nil {
			return err
		}
	}
	return nil
}

// dayOf is the reader's local day for which an edition was planned.
func dayOf(c *store.Claim) broadsheet.Day {
	day, _, _ := strings.Cut(c.Slot, "T")
	if d, err := broadsheet.ParseDay(day); err == nil {
		return d
	}
	return broadsheet.DayOf(c.PlannedAt, time.UTC)
}
