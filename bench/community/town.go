package main

import (
	"context"
	"fmt"
	"time"

	"broadsheet"
	"broadsheet/internal/auth"
	"broadsheet/internal/store"
)

// town is who votes, and what for.
type town struct {
	cookies []string // of sessions, one a person
	papers  []string
}

// fill makes papers, people and sessions, and lifts the limit of votes.
func fill(ctx context.Context, o options) (*town, error) {
	s, err := store.Open(ctx, o.database, store.Options{})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if _, _, err := s.Migrate(ctx); err != nil {
		return nil, err
	}
	now := time.Now().UTC()
	day := broadsheet.DayOf(now, time.UTC)
	var x town
	var papers []broadsheet.Paper
	for i := range o.papers {
		p := broadsheet.Paper{ID: fmt.Sprintf("2606.%05d", i+1), Origin: broadsheet.OriginCatalog, Title: fmt.Sprint("Paper ", i), Abstract: "It is short.", PublishedAt: now, AnnouncedOn: day}
		if i < 50 {
			p.Features = []broadsheet.Feature{{Day: day, Position: i + 1, FeaturedAt: now}}
		}
		papers = append(papers, p)
		x.papers = append(x.papers, p.ID)
	}
	if _, err := s.Put(ctx, store.Batch{Papers: papers}); err != nil {
		return nil, err
	}
	for i := range o.people {
		name := fmt.Sprint("reader-", i)
		a, err := s.CreateAccount(ctx, store.NewAccount{Account: broadsheet.Account{Token: broadsheet.NewObjectID(), Name: name, Role: broadsheet.RoleMember, State: broadsheet.AccountActive,
			CreatedAt: now.AddDate(0, -1, 0), SeenAt: now}, Address: name + "@people.example", Mailbox: broadsheet.AddressKey(name + "@people.example"), Skeleton: name, Assigned: true})
		if err != nil {
			return nil, err
		}
		word := auth.NewToken()
		err = s.PutSession(ctx, auth.Hash("session", word), broadsheet.Session{ID: broadsheet.NewObjectID(), AccountID: a.ID, CreatedAt: now, SeenAt: now, ProvedAt: now,
			ExpiresAt: now.AddDate(0, 0, 7), Client: "127.0.0.1", Agent: "bench"}, "")
		if err != nil {
			return nil, err
		}
		x.cookies = append(x.cookies, "__Host-session="+word)
	}
	rules := broadsheet.DefaultRules()
	rules.VotesPerHour, rules.CommentsPerHour, rules.NewPerHour = 0, 0, 0
	return &x, s.PutSetting(ctx, "rules", rules, now)
}

// baseline is how many rows of votes a second go in, each in a transaction of its
// own, for one who waits for each. They are taken out again.
func baseline(ctx context.Context, o options) (float64, error) {
	s, err := store.Open(ctx, o.database, store.Options{})
	if err != nil {
		return 0, err
	}
	defer s.Close()
	db := s.Writer()
	n, begin := 0, time.Now()
	for ; time.Since(begin) < 3*time.Second; n++ {
		if _, err := db.ExecContext(ctx, `INSERT INTO votes (paper_id, account_id, at, counts) VALUES ($1, $2, 0, 0)`, 1_000_000+n/o.people, n%o.people); err != nil {
			return 0, err
		}
	}
	took := time.Since(begin)
	_, err = db.ExecContext(ctx, `DELETE FROM votes`)
	return float64(n) / took.Seconds(), err
}

// check counts what is stored, and what of the acknowledged votes is not.
func check(ctx context.Context, o options, v *votes) (stored, counted, missing int, err error) {
	s, err := store.Open(ctx, o.database, store.Options{})
	if err != nil {
		return 0, 0, 0, err
	}
	defer s.Close()
	table := "votes"
	if o.comments {
		table = "comments"
	}
	err = s.Writer().QueryRowContext(ctx, `SELECT (SELECT count(*) FROM `+table+`), (SELECT sum(`+table+`) FROM papers)`).Scan(&stored, &counted)
	if err != nil {
		return 0, 0, 0, err
	}
	rows, err := s.Writer().QueryContext(ctx, `SELECT a.name, p.key FROM `+table+` v JOIN accounts a ON a.id = v.account_id JOIN papers p ON p.id = v.paper_id`)
	if err != nil {
		return 0, 0, 0, err
	}
	defer rows.Close()
	there := make(map[string]bool, stored)
	for rows.Next() {
		var name, paper string
		if err := rows.Scan(&name, &paper); err != nil {
			return 0, 0, 0, err
		}
		there[name+" "+paper] = true
	}
	for _, x := range v.acknowledged {
		if !there[x] {
			missing++
		}
	}
	return stored, counted, missing, rows.Err()
}
