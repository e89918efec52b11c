package transfer_test

import (
	"fmt"
	"strings"
	"testing"

	"broadsheet/internal/store"
	"broadsheet/internal/transfer"
)

// rows are what people did at a small site, each a table and a row: Ada and Bo with
// all that they can have, one comment that answers another, and a name that is gone.
const communityRows = `
accounts {"token":"aaaaaaaaaaaaaaaaaaaaaaa1","name":"ada","skeleton":"ada","role":"admin","state":"active","full_name":"Ada Person","bio":"One\nTwo <b>","affiliation":"Tea Lab","orcid":"0000-0002-1825-0097","links":"[\"https://ada.example\"]","avatar_key":"0123456789abcdef0123456789abcdef","zone":"Asia/Tokyo","created_at":1000001,"seen_at":1000002,"banned_until":null,"ban_reason":""}
accounts {"token":"bbbbbbbbbbbbbbbbbbbbbbb2","name":"bo","skeleton":"bo","role":"member","state":"banned","full_name":"","bio":"","affiliation":"","orcid":"","links":"[]","avatar_key":"","zone":"","created_at":1000003,"seen_at":1000004,"banned_until":9000000000000000,"ban_reason":"spam"}
accounts {"token":"ccccccccccccccccccccccc3","name":"gone:ccccccccccccccccccccccc3","skeleton":"gone:00","role":"member","state":"deleted","full_name":"","bio":"","affiliation":"","orcid":"","links":"[]","avatar_key":"","zone":"","created_at":1000003,"seen_at":1000003,"banned_until":null,"ban_reason":""}
account_addresses {"key":"k1","mailbox":"m1","account_id":"aaaaaaaaaaaaaaaaaaaaaaa1","address":"Ada@people.example","verified_at":1,"is_primary":1}
identities {"provider":"orcid","subject":"0000-0002-1825-0097","account_id":"aaaaaaaaaaaaaaaaaaaaaaa1","label":"0000-0002-1825-0097","created_at":1,"used_at":2}
passkeys {"id":"key1","account_id":"aaaaaaaaaaaaaaaaaaaaaaa1","name":"phone","data":"{}","created_at":1,"used_at":null}
totps {"account_id":"aaaaaaaaaaaaaaaaaaaaaaa1","sealed":"sealed","step":5,"created_at":1}
recovery_codes {"hash":"h1","account_id":"aaaaaaaaaaaaaaaaaaaaaaa1"}
api_tokens {"hash":"h2","id":"t2","account_id":"bbbbbbbbbbbbbbbbbbbbbbb2","name":"script","scopes":"read vote","created_at":1,"expires_at":2,"used_at":null}
invites {"hash":"h3","id":"i3","account_id":"aaaaaaaaaaaaaaaaaaaaaaa1","note":"for Cy","uses":1,"created_at":1,"expires_at":2}
account_pictures {"key":"0123456789abcdef0123456789abcdef","account_id":"aaaaaaaaaaaaaaaaaaaaaaa1","type":"image/png","body":"AAEC/w=="}
profile_choices {"account_id":"aaaaaaaaaaaaaaaaaaaaaaa1","hide_votes":1}
settings {"name":"rules","value":"{\"registration\":\"invite\"}","changed_at":7}
paper_states {"paper_id":"2606.00003","hidden_at":null,"locked_at":9,"reason":"a quarrel"}
votes {"paper_id":"2606.00001","account_id":"aaaaaaaaaaaaaaaaaaaaaaa1","at":11,"counts":1}
votes {"paper_id":"2606.00001","account_id":"bbbbbbbbbbbbbbbbbbbbbbb2","at":12,"counts":0}
votes {"paper_id":"2606.00002","account_id":"bbbbbbbbbbbbbbbbbbbbbbb2","at":13,"counts":1}
comments {"token":"ddddddddddddddddddddddd1","paper_id":"2606.00001","parent_id":"","account_id":"aaaaaaaaaaaaaaaaaaaaaaa1","state":"shown","body":"*Yes* & <no>","html":"<p><em>Yes</em> &amp; &lt;no&gt;</p>","plain":"Yes & <no>","renderer":1,"mentions":"bo","version":2,"ups":1,"downs":0,"reactions":"heart 1","created_at":21,"edited_at":22}
comments {"token":"ddddddddddddddddddddddd2","paper_id":"2606.00001","parent_id":"ddddddddddddddddddddddd1","account_id":"bbbbbbbbbbbbbbbbbbbbbbb2","state":"held","body":"Buy","html":"<p>Buy</p>","plain":"Buy","renderer":1,"mentions":"","version":1,"ups":0,"downs":0,"reactions":"","created_at":21,"edited_at":null}
comment_edits {"comment_id":"ddddddddddddddddddddddd1","version":1,"body":"Yes","html":"<p>Yes</p>","at":21}
comment_votes {"account_id":"bbbbbbbbbbbbbbbbbbbbbbb2","comment_id":"ddddddddddddddddddddddd1","value":1,"at":23,"counts":1}
comment_reactions {"account_id":"bbbbbbbbbbbbbbbbbbbbbbb2","comment_id":"ddddddddddddddddddddddd1","reaction":"heart","at":24}
submissions {"token":"eeeeeeeeeeeeeeeeeeeeeee1","account_id":"bbbbbbbbbbbbbbbbbbbbbbb2","typed":"2606.00002","ident":"2606.00002","state":"queued","paper":"2606.00002","found":"","missing":"","problem":"","comment":"Read it","media":"","reason":"","decider":"","asked_at":31,"sent_at":32,"closed_at":null}
submission_idents {"ident":"2606.00002","submission_id":"eeeeeeeeeeeeeeeeeeeeeee1"}
claims {"token":"fffffffffffffffffffffff1","account_id":"aaaaaaaaaaaaaaaaaaaaaaa1","paper_id":"2606.00001","position":1,"name":"Ada Person","author_key":"ada-person","state":"accepted","proof":"orcid","evidence":"","reason":"","decider":"","asked_at":41,"closed_at":42}
author_aliases {"key":"a-person","main":"ada-person","at":43}
paper_edits {"paper_id":"2606.00001","kind":"code","value":"https://code.example/tea","removed":0,"account_id":"aaaaaaaaaaaaaaaaaaaaaaa1","at":44}
organization_pages {"key":"tea-lab","link":"https://tea.example","description":"Tea","domains":"tea.example","changed_at":45}
memberships {"org_key":"tea-lab","account_id":"aaaaaaaaaaaaaaaaaaaaaaa1","role":"owner","state":"member","proof":"address","at":46}
flags {"kind":"comment","object":"ddddddddddddddddddddddd2","paper":"2606.00001","account_id":"aaaaaaaaaaaaaaaaaaaaaaa1","reason":"spam","body":"an advertisement","at":51,"decided_at":null,"decider":"","outcome":""}
notification_choices {"account_id":"aaaaaaaaaaaaaaaaaaaaaaa1","kind":"reply","way":"off"}
notification_feeds {"account_id":"aaaaaaaaaaaaaaaaaaaaaaa1","hash":"h4","created_at":61}
notifications {"account_id":"aaaaaaaaaaaaaaaaaaaaaaa1","kind":"reply","actor":"bo","paper":"2606.00001","comment":"ddddddddddddddddddddddd2","detail":"Buy","at":62,"read_at":null,"mailed_at":63}
actions {"at":71,"actor":"ada","act":"ban","kind":"account","object":"bo","paper":"","reason":"spam","detail":"","hidden":0}
`

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
