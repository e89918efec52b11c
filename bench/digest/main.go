// Command digest measures how long it takes to plan the editions of a day for
// many subscribers: what is picked for whom out of the day's papers, with the
// ledger's lines on disk.
//
//	go run ./bench/digest -subscribers 1000000 -papers 1500
//
// A third of the subscribers take the site's hot list, a third one of 100 sets
// of categories, and a third is spread over hours and minimum scores; they live in
// eight time zones, fell due over a minute, and all are due. It prints what
// choosing takes, with the subscriptions read and nothing stored, and then what
// planning takes, with every delivery in the ledger.
//
// -database names an empty database; without it one in SQLite is made and removed.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime/pprof"
	"time"

	"broadsheet"
	"broadsheet/internal/digest"
	"broadsheet/internal/store"
)

func main() {
	subscribers := flag.Int("subscribers", 1_000_000, "how many subscriptions")
	papers := flag.Int("papers", 1500, "how many papers arrived that day")
	database := flag.String("database", "", "an empty database (default: a file in a temporary folder)")
	profile := flag.String("profile", "", "file for a CPU profile of the planning")
	flag.Parse()
	if err := run(context.Background(), *database, *profile, *subscribers, *papers); err != nil {
		log.Fatal(err)
	}
}

// now is when everybody is due.
var now = time.Date(2026, 6, 30, 8, 0, 0, 0, time.UTC)

func run(ctx context.Context, database, profile string, subscribers, papers int) error {
	if database == "" {
		dir, err := os.MkdirTemp("", "bench-digest-*")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		database = "sqlite:" + filepath.Join(dir, "digest.db")
	}
	s, err := store.Open(ctx, database, store.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	if _, _, err := s.Migrate(ctx); err != nil {
		return err
	}
	e := digest.New(digest.Options{Store: s, Now: func() time.Time { return now }})
	if err := fillPapers(ctx, s, e, papers); err != nil {
		return err
	}
	begin := time.Now()
	if err := fillSubscribers(ctx, s, subscribers); err != nil {
		return err
	}
	fmt.Printf("filled in %v\n", time.Since(begin).Round(time.Millisecond))
	fmt.Printf("%s: ", s.Dialect())
	begin = time.Now()
	chosen, err := digest.New(digest.Options{Store: &chooser{Store: s}, Now: func() time.Time { return now }}).Plan(ctx)
	if err != nil {
		return err
	}
	say("chose", chosen, subscribers, papers, time.Since(begin))
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	fmt.Printf("%s: ", s.Dialect())
	begin = time.Now()
	planned, err := e.Plan(ctx)
	say("planned", planned, subscribers, papers, time.Since(begin))
	return err
}

func say(did string, n, subscribers, papers int, took time.Duration) {
	fmt.Printf("%s %d deliveries for %d subscriptions over %d papers in %v: %.0f a second\n", did, n, subscribers, papers, took.Round(time.Millisecond), float64(subscribers)/took.Seconds())
}

// chooser is a store that takes plans and keeps none of them.
type chooser struct {
	*store.Store
	walks int
}

// WalkDue begins a walk.
func (c *chooser) WalkDue(ctx context.Context, now time.Time) (*store.DueWalk, error) {
	c.walks++
	return c.Store.WalkDue(ctx, now)
}

// Next gives what is due in the first walk: it stays due.
func (c *chooser) Next(ctx context.Context, w *store.DueWalk, limit int) ([]store.Due, error) {
	if c.walks > 1 {
		return nil, nil
	}
	return c.Store.Next(ctx, w, limit)
}

// PutPlans keeps nothing.
func (c *chooser) PutPlans(_ context.Context, plans []store.Plan) (int, error) {
	return len(plans), nil
}

// PutEdition keeps nothing.
func (c *chooser) PutEdition(_ context.Context, x broadsheet.Edition) (broadsheet.Edition, error) {
	x.ID = 1
	return x, nil
}

var areas = []string{"cs.LG", "cs.CL", "cs.CV", "stat.ML", "math.CO", "hep-th", "astro-ph.GA", "quant-ph", "cond-mat.str-el", "q-bio.NC"}

func fillPapers(ctx context.Context, s *store.Store, e *digest.Engine, n int) error {
	var batch []broadsheet.Paper
	var changes []broadsheet.Change
	for i := range n {
		p := broadsheet.Paper{ID: fmt.Sprintf("2606.%05d", i+1), Origin: broadsheet.OriginCatalog, Title: fmt.Sprint("Paper ", i), Categories: []string{areas[i%len(areas)], areas[i*7%len(areas)]},
			PublishedAt: now.Add(-20 * time.Hour), AnnouncedOn: "2026-06-29", ImportedVotes: i * i % 97}
		if i%30 == 0 {
			p.Features = []broadsheet.Feature{{Day: "2026-06-29", FeaturedAt: now.Add(-10 * time.Hour)}}
		}
		batch = append(batch, p)
		changes = append(changes, broadsheet.Change{Kind: broadsheet.ChangePaper, PaperID: p.ID})
	}
	if _, err := s.Put(ctx, store.Batch{Papers: batch}); err != nil {
		return err
	}
	return e.Changes(ctx, changes)
}

func fillSubscribers(ctx context.Context, s *store.Store, n int) error {
	const batch = 20_000
	for done := 0; done < n; {
		list := make([]store.Subscriber, 0, batch)
		for i := done; i < min(done+batch, n); i++ {
			address := fmt.Sprintf("reader%07d@example.org", i)
			x := store.Subscriber{Recipient: broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: address, Key: broadsheet.AddressKey(address), Salt: "salt", CreatedAt: now}}
			x.Subscription = broadsheet.Subscription{Token: fmt.Sprintf("s%025d", i), State: broadsheet.SubscriptionActive, Wish: wish(i), DueAt: now.Add(-time.Duration(i%60) * time.Second),
				CreatedAt: now.AddDate(0, 0, -9), ConfirmedAt: now.AddDate(0, 0, -9)}
			list = append(list, x)
		}
		added, err := s.PutSubscribers(ctx, list)
		if err != nil {
			return err
		}
		done += added
	}
	return nil
}

// zones are where subscribers live.
var zones = func() (out []*time.Location) {
	for _, name := range []string{"UTC", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Asia/Shanghai", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Nairobi"} {
		z, err := time.LoadLocation(name)
		if err != nil {
			log.Fatal(err)
		}
		out = append(out, z)
	}
	return out
}()

func wish(i int) broadsheet.Wish {
	w := broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, MaxPapers: 5 + i%20, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Hour: 8, Zone: zones[i/7%len(zones)]}}
	switch i % 3 {
	case 1:
		w.Topic = broadsheet.Topic{Kind: broadsheet.TopicCategories, Key: areas[i%10] + "," + areas[i/10%10]}
		t, err := broadsheet.ParseTopic(w.Topic.String())
		if err == nil {
			w.Topic = t
		}
	case 2:
		w.MinScore, w.Rhythm.Hour = i%50, i%8
	}
	return w
}
