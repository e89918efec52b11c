package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/digest"
	"broadsheet/internal/store"
)

// plan fills a database with papers and readers, and plans an edition for all.
func plan(ctx context.Context, s *store.Store, papers, readers int) error {
	if _, _, err := s.Migrate(ctx); err != nil {
		return err
	}
	now := time.Now()
	e := digest.New(digest.Options{Store: s})
	var batch []broadsheet.Paper
	var changes []broadsheet.Change
	for i := range papers {
		p := broadsheet.Paper{ID: fmt.Sprintf("2606.%05d", i+1), Origin: broadsheet.OriginCatalog, Title: fmt.Sprintf("On the folding of maps of %d sheets, with $n^{%d}$ creases", i, i), Categories: []string{"cs.CG", "math.CO"},
			Authors: []broadsheet.Author{{Name: "Ada Person"}, {Name: "Bo Other"}, {Name: "Cy Third"}}, Abstract: strings.Repeat("We fold maps along every crease and count in how many ways that can be done. ", 16),
			PublishedAt: now.Add(-30 * time.Hour), AnnouncedOn: broadsheet.DayOf(now, time.UTC), ImportedVotes: i}
		batch = append(batch, p)
		changes = append(changes, broadsheet.Change{Kind: broadsheet.ChangePaper, PaperID: p.ID})
	}
	if _, err := s.Put(ctx, store.Batch{Papers: batch}); err != nil {
		return err
	}
	if err := e.Changes(ctx, changes); err != nil {
		return err
	}
	old := now.AddDate(0, 0, -9)
	var list []store.Subscriber
	for i := range readers {
		address := fmt.Sprintf("reader%07d@example.org", i)
		list = append(list, store.Subscriber{
			Recipient: broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: address, Key: broadsheet.AddressKey(address), Salt: "salt", CreatedAt: old},
			Subscription: broadsheet.Subscription{Token: fmt.Sprintf("s%025d", i), State: broadsheet.SubscriptionActive, DueAt: now.Add(-time.Minute), CreatedAt: old, ConfirmedAt: old,
				Wish: broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, MaxPapers: 50, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Zone: time.UTC}}}})
	}
	if _, err := s.PutSubscribers(ctx, list); err != nil {
		return err
	}
	n, err := e.Plan(ctx)
	if err == nil && n != readers {
		err = fmt.Errorf("planned %d deliveries of %d", n, readers)
	}
	return err
}
