package transfer_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"broadsheet/internal/store"
	"broadsheet/internal/transfer"
)

// communityRows are what people did at a small site, each a table and a row: Ada and
// Bo with all that they can have, a comment that answers another, and an account
// that is gone.
var communityRows = string(must(os.ReadFile("../store/testdata/community.txt")))

// community is an export of the three papers and the people of communityRows.
func community(t testing.TB, s *store.Store) string {
	t.Helper()
	papers(t, s)
	lines := strings.Split(strings.TrimRight(export(t, s), "\n"), "\n")
	out := lines[:len(lines)-1]
	for _, text := range strings.Split(strings.TrimSpace(communityRows), "\n") {
		table, row, _ := strings.Cut(text, " ")
		out = append(out, fmt.Sprintf(`{"kind":"row","table":%q,"row":%s}`, table, row))
	}
	return strings.Join(append(out, fmt.Sprintf(`{"kind":"end","lines":%d}`, len(out))), "\n") + "\n"
}

// TestCommunityGoesOver: what people did comes back byte by byte, through a file
// and through a copy, whichever databases they are, and a second time changes
// nothing; papers count what came.
func TestCommunityGoesOver(t *testing.T) {
	pairs(t, func(t *testing.T, a, b *store.Store) {
		n := strings.Count(strings.TrimSpace(communityRows), "\n") + 1
		if has := must(a.HasCommunity(t.Context())); !has {
			rep := load(t, a, transfer.Options{}, write(t, "made.jsonl", []byte(community(t, a))))
			if rep.Rejected != 0 || rep.Rows != n || rep.RowsLeft != 0 {
				t.Fatalf("reading it: %+v, want %d rows; kept aside: %v", rep.Count, n, rejects(t, a))
			}
		}
		want := exportAll(t, a)
		for _, text := range strings.Split(strings.TrimSpace(communityRows), "\n") {
			table, _, _ := strings.Cut(text, " ")
			if !strings.Contains(want, `"table":"`+table+`"`) {
				t.Errorf("the export lacks the table %s", table)
			}
		}
		if plain := export(t, a); strings.Contains(plain, "Ada@") || strings.Contains(plain, `"row"`) {
			t.Error("an export that was not asked for people holds some")
		}
		file := write(t, "all.jsonl", []byte(want))
		if rep := load(t, b, transfer.Options{Batch: 3}, file); rep.Rejected != 0 || rep.RowsLeft != 0 {
			t.Errorf("report %+v, rejects %v", rep.Count, rejects(t, b))
		}
		if got := exportAll(t, b); got != want {
			t.Fatalf("the round trip changed %s", differ(want, got))
		}
		for id, votes := range map[string]int{"2606.00001": 1, "2606.00002": 1, "2606.00003": 0} {
			if p := must(b.Paper(t.Context(), id)); p.Votes != votes {
				t.Errorf("%s has %d votes, want %d", id, p.Votes, votes)
			}
		}
		rep := must(transfer.Copy(t.Context(), a, b, nil))
		if got := exportAll(t, b); got != want || rep.Rows != 0 {
			t.Errorf("a copy over it added %d rows and changed %s", rep.Rows, differ(want, got))
		}
	})
}

// TestCopyOfCommunity: a second copy brings what changed and takes what is gone,
// until somebody has signed in at the copy.
func TestCopyOfCommunity(t *testing.T) {
	pairs(t, func(t *testing.T, a, b *store.Store) {
		if has := must(a.HasCommunity(t.Context())); !has {
			load(t, a, transfer.Options{}, write(t, "made.jsonl", []byte(community(t, a))))
		}
		must(transfer.Copy(t.Context(), a, b, nil))
		if got, want := exportAll(t, b), exportAll(t, a); got != want {
			t.Fatalf("the copy differs in %s", differ(want, got))
		}
		ada := must(a.AccountNamed(t.Context(), "ada"))
		if err := a.PutProfile(t.Context(), ada.ID, store.Profile{FullName: "Ada P. " + t.Name(), Links: []string{}}); err != nil {
			t.Fatal(err)
		}
		if err := a.EndInvite(t.Context(), ada.ID, "i3"); err != nil {
			t.Fatal(err)
		}
		must(transfer.Copy(t.Context(), a, b, nil))
		if got, want := exportAll(t, b), exportAll(t, a); got != want {
			t.Fatalf("the second copy differs in %s", differ(want, got))
		}
	})
}

// TestCommunityThatCannotBe: a row that is none is kept aside without what it says;
// HTML is held to what this program writes; who is somebody else here stays out.
func TestCommunityThatCannotBe(t *testing.T) {
	pairs(t, func(t *testing.T, a, b *store.Store) {
		text := community(t, a)
		for _, bad := range []struct{ from, to string }{
			{`"table":"votes","row":{"paper_id":"2606.00001","account_id":"aaaaaaaaaaaaaaaaaaaaaaa1"`, `"table":"votes","row":{"paper_id":7,"account_id":"aaaaaaaaaaaaaaaaaaaaaaa1"`},
			{`"table":"invites"`, `"table":"papers"`}, {`"used_at":null}`, `"used_at":"; DROP TABLE accounts"}`}, {`"label":"0000-0002-1825-0097",`, ``},
			{`"address":"Ada@people.example"`, `"address":"Ada@people.example\u0000"`}, {`"role":"admin"`, `"role":"king"`},
		} {
			if !strings.Contains(text, bad.from) {
				t.Fatalf("nothing to break: %s", bad.from)
			}
			text = strings.Replace(text, bad.from, bad.to, 1)
		}
		text = strings.Replace(text, `"html":"<p>Buy</p>"`, `"html":"<p onclick=x()>Buy<script>boom()</script></p>"`, 1)
		rep := load(t, b, transfer.Options{}, write(t, "bad.jsonl", []byte(text)))
		if rep.Rejected != 6 {
			t.Errorf("%d records kept aside, want 6: %v", rep.Rejected, rejects(t, b))
		}
		if kept := must(b.Rejects(t.Context(), store.RejectQuery{Limit: 100})); strings.Contains(fmt.Sprintf("%+v", kept), "Ada@") {
			t.Error("what is kept aside holds an address")
		}
		if got := exportAll(t, b); strings.Contains(got, "boom") || strings.Contains(got, "onclick") {
			t.Error("script came in with a comment")
		}
		// The administrator is no account, so that nothing of hers came either.
		if _, err := b.AccountNamed(t.Context(), "ada"); err == nil || rep.RowsLeft == 0 {
			t.Errorf("ada: %v, %d rows left out", err, rep.RowsLeft)
		}
	})
}

// TestNotificationsCameMailed: the site that notifications come from mails them, so
// that the copy does not; they stay unread, and a second import, also once they were
// mailed there, adds none.
func TestNotificationsCameMailed(t *testing.T) {
	pairs(t, func(t *testing.T, a, b *store.Store) {
		text := community(t, a)
		const mailed = `"mailed_at":63}`
		for i, state := range []string{`"mailed_at":null}`, `"mailed_at":null}`, mailed} {
			load(t, b, transfer.Options{Again: true}, write(t, fmt.Sprint(i, ".jsonl"), []byte(strings.Replace(text, mailed, state, 1))))
			got := exportAll(t, b)
			if n := strings.Count(got, `"table":"notifications"`); n != 1 || !strings.Contains(got, `"mailed_at":62`) || !strings.Contains(got, `"read_at":null`) {
				t.Errorf("import %d of %s: got %d notifications, want 1, unread and mailed at 62:\n%s", i+1, state, n, got)
			}
		}
		if who := must(b.ToMail(t.Context(), known(0), 10)); len(who) != 0 {
			t.Errorf("to be mailed: got %v, want nobody", who)
		}
	})
}
