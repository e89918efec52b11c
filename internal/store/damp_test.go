package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestDamp: votes of a crowd of new accounts behind one network and of people who
// vote for one submitter only stop counting; those of a lab whose members have been
// here long, and of whoever likes one submitter among others, do not.
func TestDamp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
		role := broadsheet.RoleMember
		clients := map[int64]string{}
		account := func(name string, age time.Duration, client string) int64 {
			t.Helper()
			a, err := s.CreateAccount(t.Context(), store.NewAccount{Account: broadsheet.Account{Token: broadsheet.NewObjectID(), Name: name, Role: role, State: broadsheet.AccountActive, CreatedAt: now.Add(-age)}, Skeleton: name, Assigned: true})
			if err != nil {
				t.Fatal(err)
			}
			clients[a.ID] = client // nobody is signed in any more when it is looked at
			return a.ID
		}
		var papers []broadsheet.Paper
		for i := range 24 {
			p := broadsheet.Paper{ID: fmt.Sprintf("2611.%05d", i), Origin: broadsheet.OriginCatalog, Title: fmt.Sprint("Gulls ", i), PublishedAt: now}
			if by := map[int]string{1: "pat", 2: "pat", 3: "curt", 4: "curt", 5: "curt"}[i/4]; by != "" { // a member and a curator
				p.Features = []broadsheet.Feature{{Day: "2026-11-27", FeaturedAt: now, Submitter: &broadsheet.Person{Key: by}}}
			}
			papers = append(papers, p)
		}
		if _, err := s.Put(t.Context(), store.Batch{Papers: papers}); err != nil {
			t.Fatal(err)
		}
		vote := func(account int64, paper int) {
			t.Helper()
			if _, err := s.PutVote(t.Context(), store.Ballot{Account: account, Paper: papers[paper].ID, Up: true, Counts: true, At: now, Client: clients[account]}); err != nil {
				t.Fatal(err)
			}
		}
		day := 24 * time.Hour
		pat := account("pat", 90*day, "198.51.100.1")
		for i := range 4 {
			vote(account(fmt.Sprint("puppet-", i), time.Hour, "203.0.113.7"), 0) // one counts
			vote(account(fmt.Sprint("lab-", i), 90*day, "192.0.2.9"), 0)         // all count
			vote(account(fmt.Sprint("new-", i), time.Hour, fmt.Sprint("192.0.2.", 100+i)), 0)
		}
		friend := account("friend", 90*day, "198.51.100.3")
		var fan int64
		for n := range 3 {
			fan = account(fmt.Sprint("fan-", n), 90*day, fmt.Sprint("198.51.100.", 10+n))
			for i := 4; i < 9; i++ {
				vote(fan, i) // 5 of 6 for pat, by three people: none of them counts
			}
			vote(fan, 1)
		}
		role = broadsheet.RoleCurator
		account("curt", 90*day, "198.51.100.4")
		role = broadsheet.RoleMember
		for n := range 3 {
			reader := account(fmt.Sprint("reader-", n), 90*day, fmt.Sprint("198.51.100.", 20+n))
			for i := 12; i < 17; i++ {
				vote(reader, i) // all for what the curator chose: all count
			}
		}
		for i := 4; i < 9; i++ {
			vote(friend, i) // 5 of 8: all count
		}
		for i := range 3 {
			vote(friend, i)
		}
		vote(pat, 9) // her own
		d := store.Damping{Networks: now.Add(-7 * day), Rings: now.Add(-30 * day), NewFor: 3 * day, At: now.Add(time.Minute)}
		for round, want := range []int{3 + 15, 0} {
			if n, err := s.Damp(t.Context(), d); n != want || err != nil {
				t.Errorf("round %d: %d votes (%v), want %d", round, n, err, want)
			}
		}
		got := map[string]int{}
		for _, p := range papers {
			x, err := s.Paper(t.Context(), p.ID)
			if err != nil {
				t.Fatal(err)
			}
			if x.Votes > 0 {
				got[p.ID] = x.Votes
			}
		}
		want := map[string]int{"2611.00000": 1 + 4 + 4 + 1, "2611.00001": 3 + 1, "2611.00002": 1, "2611.00004": 1, "2611.00005": 1, "2611.00006": 1, "2611.00007": 1, "2611.00008": 1, "2611.00009": 1,
			"2611.00012": 3, "2611.00013": 3, "2611.00014": 3, "2611.00015": 3, "2611.00016": 3}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("votes that count (-want +got):\n%s", d)
		}
		log, err := s.Actions(t.Context(), store.ActionQuery{Act: broadsheet.ActDiscountVotes, Limit: 20})
		if err != nil || len(log) != 6 {
			t.Fatalf("the log: %+v (%v), want 6 lines", log, err)
		}
		networks := func() (n int) {
			t.Helper()
			if err := s.Writer().QueryRowContext(t.Context(), `SELECT count(*) FROM votes WHERE client <> ''`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if networks() == 0 {
			t.Error("networks are forgotten before their week is over")
		}
		d.Networks = now.Add(time.Minute)
		if _, err := s.Damp(t.Context(), d); err != nil || networks() != 0 {
			t.Errorf("a week later %d votes tell their network (%v), want none", networks(), err)
		}
		// Taking a damped vote back takes nothing from the count.
		if _, err := s.PutVote(t.Context(), store.Ballot{Account: fan, Paper: papers[4].ID, Up: false, At: now}); err != nil {
			t.Fatal(err)
		}
		if x, err := s.Paper(t.Context(), papers[4].ID); err != nil || x.Votes != 1 {
			t.Errorf("after a damped vote was taken back: %d (%v), want 1", x.Votes, err)
		}
	})
}
