package store_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// fullSite is a site where Ada has one of everything that an account can have:
// testdata/community.txt, and what does not travel.
func fullSite(t *testing.T, s *store.Store) (ada broadsheet.Account) {
	t.Helper()
	ctx := t.Context()
	at := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	person := &broadsheet.Person{Key: "ada", Name: "Ada Person"}
	var papers []broadsheet.Paper
	for _, id := range []string{"2606.00001", "2606.00002", "2606.00003"} {
		papers = append(papers, broadsheet.Paper{ID: id, Title: "Paper " + id, Origin: broadsheet.OriginCatalog, Authors: []broadsheet.Author{{Name: "Somebody Else"}}, SeenAt: at,
			Features: []broadsheet.Feature{{Day: "2026-11-27", FeaturedAt: at, Submitter: person}}})
	}
	putPapers(t, s, papers...)
	text, err := os.ReadFile("testdata/community.txt")
	if err != nil {
		t.Fatal(err)
	}
	var rows []store.CommunityRow
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		table, row, _ := strings.Cut(line, " ")
		var raw map[string]json.RawMessage
		if err := json.Unmarshal([]byte(row), &raw); err != nil {
			t.Fatal(err)
		}
		r, err := store.DecodeCommunityRow(table, raw)
		if err != nil {
			t.Fatalf("%s: %v", table, err)
		}
		rows = append(rows, r)
	}
	if _, left, err := s.PutCommunity(ctx, rows, store.GoneNames{}); err != nil || left > 0 {
		t.Fatalf("%d rows left out, %v", left, err)
	}
	if ada, err = s.AccountNamed(ctx, "ada"); err != nil {
		t.Fatal(err)
	}
	const address = "ada@people.example"
	key := broadsheet.AddressKey(address)
	steps := []error{
		s.ReplaceAddress(ctx, broadsheet.AccountAddress{AccountID: ada.ID, Address: address, VerifiedAt: at}, key),
		s.PutSession(ctx, "cookie-hash", broadsheet.Session{ID: "s1", AccountID: ada.ID, CreatedAt: at, SeenAt: at, ExpiresAt: at.Add(time.Hour), ProvedAt: at, Client: "192.0.2.7", Agent: "Ada's browser"}, ""),
		s.PutTicket(ctx, "ticket-hash", broadsheet.Ticket{Purpose: "link", Address: address, CreatedAt: at, ExpiresAt: at.Add(time.Hour)}),
	}
	r, err := s.PutRecipient(ctx, broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: address, Key: key, Salt: "salt", CreatedAt: at})
	steps = append(steps, err)
	topic, err := broadsheet.ParseTopic("hot")
	steps = append(steps, err)
	_, err = s.PutSubscription(ctx, broadsheet.Subscription{RecipientID: r.ID, Token: "adaadaadaada2", State: broadsheet.SubscriptionActive, CreatedAt: at,
		Wish: broadsheet.Wish{Topic: topic, Rhythm: broadsheet.Rhythm{Days: 64, Hour: 8, Zone: time.UTC}, MaxPapers: 7}})
	steps = append(steps, err)
	for i, err := range steps {
		if err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	return ada
}

// dump is all that a database holds, table by table: of SQLite the bytes of its
// files, so that what is free is looked at too.
func dump(t *testing.T, s *store.Store) map[string]string {
	t.Helper()
	out := map[string]string{}
	query := `SELECT name FROM sqlite_master WHERE type = 'table'`
	if s.Dialect() == "postgres" {
		query = `SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`
	} else {
		files, _ := filepath.Glob(s.Path() + "*")
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			out[filepath.Base(f)] = string(b)
		}
	}
	rows, err := s.Writer().QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	var tables []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, name)
	}
	rows.Close()
	for _, name := range tables {
		all, err := s.Writer().QueryContext(t.Context(), "SELECT * FROM "+name)
		if err != nil {
			t.Fatal(err)
		}
		columns, _ := all.Columns()
		for all.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			if err := all.Scan(into...); err != nil {
				t.Fatal(err)
			}
			for i, v := range values {
				if b, ok := v.([]byte); ok {
					values[i] = string(b)
				}
			}
			out[name] += fmt.Sprintln(values...)
		}
		all.Close()
	}
	return out
}

// TestEraseAccount: after an account is deleted nothing in the database names its
// owner, counters are as if they had never been, and what others made stays.
func TestEraseAccount(t *testing.T) {
	for _, keep := range []bool{true, false} {
		t.Run(fmt.Sprintf("keep %v", keep), func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				ada, ctx := fullSite(t, s), t.Context()
				at := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
				if err := s.EraseAccount(ctx, store.Erasure{Account: ada.ID, KeepComments: keep, At: at}); broadsheet.KindOf(err) != broadsheet.Conflict {
					t.Fatalf("the only administrator is deleted: %v", err)
				}
				bo, err := s.AccountNamed(ctx, "bo")
				if err != nil {
					t.Fatal(err)
				}
				if err := s.SetBan(ctx, bo.ID, false, time.Time{}, broadsheet.Action{At: at, Actor: "ada", Act: broadsheet.ActUnban, Kind: broadsheet.ObjectAccount, Object: "bo"}); err != nil {
					t.Fatal(err)
				}
				if err := s.SetRole(ctx, bo.ID, broadsheet.RoleAdmin, broadsheet.Action{At: at, Actor: "ada", Act: broadsheet.ActRole, Kind: broadsheet.ObjectAccount, Object: "bo"}); err != nil {
					t.Fatal(err)
				}
				secrets := []string{"ada@people.example", "Ada Person", "Tea Lab", "0000-0002-1825-0097", "https://ada.example", "Asia/Tokyo", "Ada's browser", "192.0.2.7", "for Cy", "c2VhbGVk", "cookie-hash", "key1",
					"an advertisement", "One\nTwo", "adaadaadaada2", broadsheet.AddressKey("ada@people.example")}
				before := fmt.Sprint(dump(t, s))
				for _, text := range secrets {
					if !strings.Contains(before, text) {
						t.Fatalf("the site does not hold %q, so that nothing is tried", text)
					}
				}
				if err := s.EraseAccount(ctx, store.Erasure{Account: ada.ID, KeepComments: keep, At: at}); err != nil {
					t.Fatal(err)
				}
				after := dump(t, s)
				words := secrets
				if !keep {
					words = append(words, "<em>Yes</em>")
				}
				for table, text := range after {
					for _, secret := range words {
						if secret == "Ada Person" && (table == "changes" || table == "claims") {
							continue
						}
						if strings.Contains(text, secret) {
							t.Errorf("%s still holds %q", table, secret)
						}
					}
				}
				for _, table := range []string{"actions", "notifications", "features", "list_entries", "flags", "submissions"} {
					for _, field := range strings.Fields(after[table]) {
						if field == "ada" {
							t.Errorf("%s still names the handle:\n%s", table, after[table])
						}
					}
				}
				p, err := s.Paper(ctx, "2606.00001")
				if err != nil || p.Votes != 0 || p.Comments != map[bool]int{true: 1, false: 0}[keep] || p.Features[0].Submitter != nil {
					t.Errorf("the paper has %d votes, %d comments, came by %v (%v)", p.Votes, p.Comments, p.Features[0].Submitter, err)
				}
				c, err := s.Comment(ctx, "ddddddddddddddddddddddd1")
				if err != nil || (c.Text != "") != keep || !c.By.Gone() || c.By.FullName != "" || !broadsheet.IsGoneName(c.By.Name) {
					t.Errorf("the comment is %+v (%v)", c, err)
				}
				answer, err := s.Comment(ctx, "ddddddddddddddddddddddd2")
				if err != nil || answer.Text != "Buy" || answer.Parent != c.Token {
					t.Errorf("the answer is %+v (%v)", answer, err)
				}
				// One author did all of her acts, and nobody knows who.
				log, err := s.Actions(ctx, store.ActionQuery{Limit: 10})
				if err != nil || len(log) != 3 || log[0].Actor != broadsheet.GoneName(ada.Token) || log[2].Actor != log[0].Actor {
					t.Errorf("the log is %+v (%v)", log, err)
				}
				for _, name := range []string{"ada"} {
					_, err := s.CreateAccount(ctx, store.NewAccount{Account: broadsheet.Account{Token: broadsheet.NewObjectID(), Name: name, Role: broadsheet.RoleMember, State: broadsheet.AccountActive, CreatedAt: at, SeenAt: at},
						Skeleton: name, Assigned: true})
					if broadsheet.KindOf(err) != broadsheet.Conflict {
						t.Errorf("somebody else became %s: %v", name, err)
					}
				}
				if gone, err := s.GoneHandle(ctx, "ada"); err != nil || !gone {
					t.Errorf("the handle is not known to be gone: %v", err)
				}
				if err := s.EraseAccount(ctx, store.Erasure{Account: ada.ID, At: at}); broadsheet.KindOf(err) != broadsheet.NotFound {
					t.Errorf("deleted twice: %v", err)
				}
				// The mailbox is free for another account.
				if owner, err := s.MailboxOwner(ctx, broadsheet.AddressKey("ada@people.example")); err != nil || owner != 0 {
					t.Errorf("the mailbox is taken: %v", err)
				}
			})
		})
	}
}

// TestLastAdministrators: of two administrators who leave at once one stays.
func TestLastAdministrators(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var ids []int64
		at := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
		for _, name := range []string{"ada", "bo"} {
			a, err := s.CreateAccount(t.Context(), store.NewAccount{Account: broadsheet.Account{Token: broadsheet.NewObjectID(), Name: name, Role: broadsheet.RoleAdmin, State: broadsheet.AccountActive, CreatedAt: at, SeenAt: at}, Skeleton: name})
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, a.ID)
		}
		errs := make(chan error, 2)
		for _, id := range ids {
			go func() { errs <- s.EraseAccount(t.Context(), store.Erasure{Account: id, At: at}) }()
		}
		conflicts := 0
		for range ids {
			if err := <-errs; broadsheet.KindOf(err) == broadsheet.Conflict {
				conflicts++
			} else if err != nil {
				t.Error(err)
			}
		}
		if conflicts != 1 {
			t.Errorf("%d were held back, want one", conflicts)
		}
	})
}
