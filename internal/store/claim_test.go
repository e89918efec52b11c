package store_test

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

var claimedAt = time.Date(2026, 11, 27, 10, 0, 0, 0, time.UTC)

func claimant(t *testing.T, s *store.Store, name string, role broadsheet.Role) int64 {
	t.Helper()
	a, err := s.CreateAccount(t.Context(), store.NewAccount{Account: broadsheet.Account{Token: broadsheet.NewObjectID(), Name: name, Role: role, State: broadsheet.AccountActive, CreatedAt: claimedAt, SeenAt: claimedAt}, Skeleton: name, Assigned: true})
	if err != nil {
		t.Fatal(err)
	}
	return a.ID
}

func paperBy(id string, names ...string) broadsheet.Paper {
	p := broadsheet.Paper{ID: id, Title: "Paper " + id, Origin: broadsheet.OriginCatalog, PublishedAt: claimedAt.Add(-time.Hour), UpdatedAt: claimedAt.Add(-time.Hour)}
	for _, n := range names {
		p.Authors = append(p.Authors, broadsheet.Author{Name: n})
	}
	return p
}

func proven(*broadsheet.Paper, int) broadsheet.ClaimProof { return broadsheet.ProofORCID }

func draft(account int64, paper string, position int, name string) store.ClaimDraft {
	return store.ClaimDraft{Account: account, Handle: "somebody", Paper: paper, Position: position, Name: name, At: claimedAt}
}

// claim stores a claim that something proves.
func claim(t *testing.T, s *store.Store, account int64, paper string, position int, name string) broadsheet.Claim {
	t.Helper()
	d := draft(account, paper, position, name)
	d.Prove = proven
	c, _, err := s.PutClaim(t.Context(), d)
	if err != nil {
		t.Fatalf("claim of %s, author %d: %v", paper, position, err)
	}
	return c
}

// TestParallelClaims: a hundred claims at once count once, of one person and of
// many.
func TestParallelClaims(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		putPapers(t, s, paperBy("2611.00001", "Ada Person", "Bo Person"))
		var accounts []int64
		for i := range 20 {
			accounts = append(accounts, claimant(t, s, fmt.Sprintf("person%02d", i), broadsheet.RoleMember))
		}
		var made atomic.Int64
		var all sync.WaitGroup
		for i := range 100 {
			all.Go(func() {
				d := draft(accounts[i%20], "2611.00001", 1, "Ada Person")
				d.Prove = proven
				_, fresh, err := s.PutClaim(t.Context(), d)
				if err != nil {
					t.Error(err)
				}
				if fresh {
					made.Add(1)
				}
			})
		}
		all.Wait()
		if made.Load() != 20 {
			t.Errorf("100 claims by 20 people made %d, want 20", made.Load())
		}
		got, err := s.ClaimedAuthors(t.Context(), []string{"2611.00001"})
		if err != nil || len(got["2611.00001"]) != 1 {
			t.Fatalf("accepted: %v, %v, want one", got, err)
		}
		waiting, err := s.Claims(t.Context(), store.ClaimQuery{State: broadsheet.ClaimWaiting, Limit: 100})
		if err != nil || len(waiting) != 19 {
			t.Errorf("%d claims wait, want 19: %v", len(waiting), err)
		}

		// Two moderators decide at once: one does.
		var ok, late atomic.Int64
		for range 20 {
			all.Go(func() {
				_, err := s.StepClaim(t.Context(), store.ClaimStep{Token: waiting[0].Token, From: []broadsheet.ClaimState{broadsheet.ClaimWaiting}, To: broadsheet.ClaimRejected, At: claimedAt,
					Log: &broadsheet.Action{At: claimedAt, Actor: "mo", Act: broadsheet.ActReject, Reason: "no"}})
				switch broadsheet.KindOf(err) {
				case broadsheet.Conflict:
					late.Add(1)
				default:
					if err != nil {
						t.Error(err)
					}
					ok.Add(1)
				}
			})
		}
		all.Wait()
		if ok.Load() != 1 || late.Load() != 19 {
			t.Errorf("20 decisions at once: %d counted, %d were late; want 1 and 19", ok.Load(), late.Load())
		}
		lines, err := s.Actions(t.Context(), store.ActionQuery{Kind: broadsheet.ObjectClaim, Limit: 100})
		if err != nil || len(lines) != 1 || lines[0].Paper != "2611.00001" || lines[0].Object != waiting[0].Token {
			t.Errorf("log: %v, %v, want one line", lines, err)
		}
	})
}

// TestClaimSteps: what may become of a claim, and what must not.
func TestClaimSteps(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		putPapers(t, s, paperBy("2611.00001", "Ada Person", "Bo Person"))
		ada, bo, mo := claimant(t, s, "ada", broadsheet.RoleMember), claimant(t, s, "bo", broadsheet.RoleMember), claimant(t, s, "mo", broadsheet.RoleModerator)
		kind := func(what string, err error, want broadsheet.Kind) {
			t.Helper()
			if broadsheet.KindOf(err) != want || err == nil {
				t.Errorf("%s: %v, want %v", what, err, want)
			}
		}
		_, _, err := s.PutClaim(ctx, draft(ada, "2611.00009", 1, "Ada Person"))
		kind("a paper that is not here", err, broadsheet.NotFound)
		for _, d := range []store.ClaimDraft{draft(ada, "2611.00001", 0, "Ada Person"), draft(ada, "2611.00001", 3, "Ada Person"), draft(ada, "2611.00001", 2, "Ada Person")} {
			_, _, err = s.PutClaim(ctx, d)
			kind("another author than was seen", err, broadsheet.Conflict)
		}
		first := claim(t, s, ada, "2611.00001", 1, "Ada Person")
		if first.State != broadsheet.ClaimAccepted || first.Proof != broadsheet.ProofORCID {
			t.Errorf("proven claim is %s by %q", first.State, first.Proof)
		}
		_, _, err = s.PutClaim(ctx, draft(ada, "2611.00001", 2, "Bo Person"))
		kind("a second author of the paper", err, broadsheet.Conflict)
		second := claim(t, s, bo, "2611.00001", 1, "Ada Person")
		if second.State != broadsheet.ClaimWaiting {
			t.Errorf("the second who claims an author is %s, want waiting", second.State)
		}
		if list, err := s.Notifications(ctx, mo, 0, 10); err != nil || len(list) != 1 || list[0].Kind != broadsheet.NotifyClaim {
			t.Errorf("the moderator was told %v, %v", list, err)
		}
		waits := []broadsheet.ClaimState{broadsheet.ClaimWaiting}
		accept := store.ClaimStep{Token: second.Token, From: waits, To: broadsheet.ClaimAccepted, Proof: broadsheet.ProofModerator, At: claimedAt, Log: &broadsheet.Action{At: claimedAt, Actor: "mo", Act: broadsheet.ActAccept}}
		_, err = s.StepClaim(ctx, accept)
		kind("accepted while another is", err, broadsheet.Conflict)
		_, err = s.StepClaim(ctx, store.ClaimStep{Token: second.Token, Account: ada, From: waits, To: broadsheet.ClaimTakenBack, At: claimedAt})
		kind("another's claim withdrawn", err, broadsheet.NotFound)
		if _, err = s.StepClaim(ctx, store.ClaimStep{Token: first.Token, From: []broadsheet.ClaimState{broadsheet.ClaimAccepted}, To: broadsheet.ClaimRevoked, At: claimedAt, Log: &broadsheet.Action{At: claimedAt, Actor: "mo", Act: broadsheet.ActReject, Reason: "no"}}); err != nil {
			t.Fatal(err)
		}
		if _, err = s.StepClaim(ctx, accept); err != nil {
			t.Fatal(err)
		}
		if again := claim(t, s, ada, "2611.00001", 1, "Ada Person"); again.State != broadsheet.ClaimWaiting {
			t.Errorf("claimed again after it was revoked: %s, want waiting", again.State)
		}
		list, err := s.Notifications(ctx, bo, 0, 10)
		if err != nil || len(list) != 1 || list[0].Detail != "accepted" || list[0].Actor != "mo" {
			t.Errorf("who was accepted was told %v, %v", list, err)
		}
		d := draft(bo, "2611.00002", 1, "Cy")
		putPapers(t, s, paperBy("2611.00002", "Cy"), paperBy("2611.00003", "Cy"))
		d.Most = 1
		made, _, err := s.PutClaim(ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		d.Paper = "2611.00003"
		_, _, err = s.PutClaim(ctx, d)
		kind("more claims than may wait", err, broadsheet.Limited)
		if _, err := s.StepClaim(ctx, store.ClaimStep{Token: made.Token, Account: bo, From: waits, To: broadsheet.ClaimTakenBack, At: claimedAt}); err != nil {
			t.Fatal(err)
		}
		_, _, err = s.PutClaim(ctx, d)
		kind("one more in the place of one that was withdrawn", err, broadsheet.Limited)
		d.At = claimedAt.Add(25 * time.Hour)
		if _, _, err = s.PutClaim(ctx, d); err != nil {
			t.Errorf("one more a day later: %v", err)
		}
		count := func(what string) {
			t.Helper()
			list, err := s.Claims(ctx, store.ClaimQuery{State: broadsheet.ClaimWaiting, Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			if n, err := s.CountClaims(ctx, 10); err != nil || n != len(list) {
				t.Errorf("%s: %d claims wait, %v; the queue has %d", what, n, err, len(list))
			}
		}
		count("all papers shown")
		if err := s.HidePaper(ctx, d.Paper, true, broadsheet.Action{At: claimedAt, Actor: "mo", Act: broadsheet.ActHide, Kind: broadsheet.ObjectPaper}); err != nil {
			t.Fatal(err)
		}
		count("one hidden")
	})
}

// TestClaimPlace: a source that changes its list of authors gives a claim to nobody
// else.
func TestClaimPlace(t *testing.T) {
	authors := func(names ...string) []broadsheet.Author { return paperBy("1", names...).Authors }
	c := broadsheet.Claim{Position: 2, Name: "Bo Person", Key: "bo-person"}
	for _, tt := range []struct {
		authors []broadsheet.Author
		want    int
	}{
		{authors("Ada", "Bo Person"), 2}, {authors("Bo Person", "Ada"), 1}, {authors("Ada", "Cy", "Bo Person"), 3}, {authors("Ada", "Cy"), 0}, {nil, 0},
		{authors("Bo Person", "Bo Person"), 2}, {authors("Bo Person", "Ada", "Bo Person"), 0}, {authors("BO PERSON"), 1},
	} {
		if got := c.Place(tt.authors); got != tt.want {
			t.Errorf("place on %v is %d, want %d", tt.authors, got, tt.want)
		}
	}
}

func authorList(t *testing.T, s *store.Store, key string, offset, limit int, sort broadsheet.Sort) (ids []string, total int, more bool) {
	t.Helper()
	page, err := s.List(t.Context(), broadsheet.List{Kind: broadsheet.ListAuthor, Key: key, Sort: sort, Limit: limit, Offset: offset})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range page.Papers {
		ids = append(ids, p.ID)
	}
	return ids, page.Total, page.More
}

// TestAuthorNames: claims and moderators make names one, on every list, and apart
// again; what two people are called stays apart.
func TestAuthorNames(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		papers := []broadsheet.Paper{paperBy("2611.00001", "Ada M. Person"), paperBy("2611.00002", "A. Person", "Bo"), paperBy("2611.00003", "A. Person", "Ada M. Person"), paperBy("2611.00004", "A. Person"), paperBy("2611.00005", "Ada Wed")}
		for i := range papers {
			papers[i].PublishedAt = claimedAt.Add(-time.Duration(i) * time.Hour)
		}
		putPapers(t, s, papers...)
		ada, bo := claimant(t, s, "ada", broadsheet.RoleMember), claimant(t, s, "bo", broadsheet.RoleMember)
		keys := func(key string, want ...string) {
			t.Helper()
			got, err := s.AuthorKeys(ctx, key)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("names of %s (-want +got):\n%s", key, diff)
			}
		}
		claim(t, s, ada, "2611.00001", 1, "Ada M. Person")
		keys("ada-m-person", "ada-m-person")
		one := claim(t, s, ada, "2611.00002", 1, "A. Person")
		keys("a-person", "ada-m-person", "a-person")
		keys("ada-m-person", "ada-m-person", "a-person")
		for _, by := range []broadsheet.Sort{broadsheet.SortNew, broadsheet.SortTop} {
			var walked []string
			for offset := 0; ; offset += 2 {
				ids, total, more := authorList(t, s, "ada-m-person", offset, 2, by)
				if total != 4 {
					t.Errorf("the list by %s counts %d papers, want 4", by, total)
				}
				if walked = append(walked, ids...); !more {
					break
				}
			}
			if diff := cmp.Diff([]string{"2611.00001", "2611.00002", "2611.00003", "2611.00004"}, slices.Sorted(slices.Values(walked))); diff != "" {
				t.Errorf("papers of the author by %s (-want +got):\n%s", by, diff)
			}
		}
		if ids, err := s.Order(ctx, broadsheet.List{Kind: broadsheet.ListAuthor, Key: "a-person", Sort: broadsheet.SortNew, Limit: 10}); err != nil || len(ids) != 4 {
			t.Errorf("order: %v, %v", ids, err)
		}
		if noted, err := s.NoteArrivals(ctx, []string{"2611.00001", "2611.00004"}, "2026-11-01", claimedAt); err != nil || noted != 2 {
			t.Fatalf("noted %d, %v", noted, err)
		}
		if a, err := s.ArrivalsOn(ctx, broadsheet.List{Kind: broadsheet.ListAuthor, Key: "a-person"}, broadsheet.ArrivalKnown, 0, 99, 9); err != nil || len(a) != 2 {
			t.Errorf("arrivals of the author: %v, %v, want two", a, err)
		}

		// Another person has an accepted claim under the same name: it is nobody's own.
		other := claim(t, s, bo, "2611.00004", 1, "A. Person")
		keys("a-person", "a-person")
		if _, err := s.StepClaim(ctx, store.ClaimStep{Token: other.Token, Account: bo, From: []broadsheet.ClaimState{broadsheet.ClaimAccepted}, To: broadsheet.ClaimTakenBack, At: claimedAt}); err != nil {
			t.Fatal(err)
		}
		keys("a-person", "ada-m-person", "a-person")

		log := broadsheet.Action{At: claimedAt, Actor: "mo", Act: broadsheet.ActMerge, Kind: broadsheet.ObjectAuthor, Object: "ada-m-person"}
		if err := s.MergeAuthors(ctx, "ada-m-person", "ada-wed", false, log); err != nil {
			t.Fatal(err)
		}
		keys("a-person", "ada-wed", "a-person", "ada-m-person")
		if err := s.MergeAuthors(ctx, "ada-wed", "a-person", false, log); broadsheet.KindOf(err) != broadsheet.Conflict {
			t.Errorf("names that are one already: %v", err)
		}
		if _, err := s.StepClaim(ctx, store.ClaimStep{Token: one.Token, Account: ada, From: []broadsheet.ClaimState{broadsheet.ClaimAccepted}, To: broadsheet.ClaimTakenBack, At: claimedAt}); err != nil {
			t.Fatal(err)
		}
		keys("a-person", "a-person")
		keys("ada-m-person", "ada-wed", "ada-m-person")
		if err := s.MergeAuthors(ctx, "ada-m-person", "", true, log); err != nil {
			t.Fatal(err)
		}
		keys("ada-wed", "ada-wed")
		if err := s.MergeAuthors(ctx, "ada-m-person", "", true, log); broadsheet.KindOf(err) != broadsheet.Conflict {
			t.Errorf("parted twice: %v", err)
		}
	})
}

// TestEditsStay: what people added and took away stays whatever sources tell.
func TestEditsStay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		lab, guild := broadsheet.Organization{Key: "lab", Name: "The Lab"}, broadsheet.Organization{Key: "guild", Name: "The Guild"}
		p := paperBy("2611.00001", "Ada Person")
		p.Links = []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "https://code.example/wrong", Stars: 5}}
		p.Organizations = []broadsheet.Organization{lab}
		q := paperBy("2611.00002", "Bo")
		q.Organizations = []broadsheet.Organization{guild}
		putPapers(t, s, p, q)
		ada := claimant(t, s, "ada", broadsheet.RoleMember)
		log := broadsheet.Action{At: claimedAt, Actor: "ada", Act: broadsheet.ActEdit}
		edits := []broadsheet.PaperEdit{{Kind: broadsheet.EditCode, Value: "https://code.example/wrong", Removed: true}, {Kind: broadsheet.EditCode, Value: "https://code.example/right"},
			{Kind: broadsheet.EditMedia, Value: "https://media.example/1.png"}, {Kind: broadsheet.EditMedia, Value: "https://media.example/2.png"},
			{Kind: broadsheet.EditOrganization, Value: "lab", Removed: true}, {Kind: broadsheet.EditOrganization, Value: "guild"}}
		if _, err := s.EditPaper(ctx, "2611.00001", edits, ada, log); err != nil {
			t.Fatal(err)
		}
		check := func(when string) {
			t.Helper()
			got, err := s.Paper(ctx, "2611.00001")
			if err != nil {
				t.Fatal(err)
			}
			want := []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "https://code.example/right", AddedBy: "user"}, {Kind: broadsheet.LinkMedia, URL: "https://media.example/1.png", AddedBy: "user"}, {Kind: broadsheet.LinkMedia, URL: "https://media.example/2.png", AddedBy: "user"}}
			if diff := cmp.Diff(want, got.Links); diff != "" {
				t.Errorf("%s: links (-want +got):\n%s", when, diff)
			}
			if diff := cmp.Diff([]broadsheet.Organization{guild}, got.Organizations); diff != "" {
				t.Errorf("%s: organisations (-want +got):\n%s", when, diff)
			}
			for key, want := range map[string]int{"lab": 0, "guild": 2} {
				page, err := s.List(ctx, broadsheet.List{Kind: broadsheet.ListOrganization, Key: key, Sort: broadsheet.SortNew, Limit: 10})
				if err != nil || page.Total != want {
					t.Errorf("%s: %s lists %d papers, want %d: %v", when, key, page.Total, want, err)
				}
			}
		}
		check("edited")
		p.UpdatedAt = claimedAt.Add(time.Hour)
		p.Title = "Paper, second version"
		putPapers(t, s, p)
		check("harvested again")
		res, err := s.Put(ctx, store.Batch{Papers: []broadsheet.Paper{p}})
		if err != nil || res.Unchanged != 1 {
			t.Errorf("the same record again: %+v, %v, want it unchanged", res, err)
		}
		if _, err := s.EditPaper(ctx, "2611.00001", edits[1:2], ada, log); err != nil {
			t.Fatal(err)
		}
		lines, err := s.Actions(ctx, store.ActionQuery{Act: broadsheet.ActEdit, Limit: 10})
		if err != nil || len(lines) != 1 {
			t.Errorf("log: %v, %v, want one line", lines, err)
		}
	})
}

// TestClaimsGoAlong: with a paper that is merged or deleted, and an account that
// goes.
func TestClaimsGoAlong(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		putPapers(t, s, paperBy("2611.00001", "Ada Person", "Bo"), paperBy("2611.00002", "Bo", "Ada Person"), paperBy("2611.00003", "A. Person"))
		ada, bo, eve := claimant(t, s, "ada", broadsheet.RoleMember), claimant(t, s, "bo", broadsheet.RoleMember), claimant(t, s, "eve", broadsheet.RoleMember)
		claim(t, s, ada, "2611.00001", 1, "Ada Person")
		claim(t, s, bo, "2611.00001", 2, "Bo")
		claim(t, s, eve, "2611.00002", 2, "Ada Person")
		claim(t, s, ada, "2611.00003", 1, "A. Person")
		waiting := draft(bo, "2611.00002", 1, "Bo")
		waiting.Prove = nil
		if _, _, err := s.PutClaim(ctx, waiting); err != nil {
			t.Fatal(err)
		}
		log := broadsheet.Action{At: claimedAt, Actor: "mo", Act: broadsheet.ActMerge, Kind: broadsheet.ObjectPaper}
		if _, err := s.EditPaper(ctx, "2611.00001", []broadsheet.PaperEdit{{Kind: broadsheet.EditCode, Value: "https://code.example/x"}}, ada, log); err != nil {
			t.Fatal(err)
		}
		if err := s.MergePapers(ctx, "2611.00001", "2611.00002", log); err != nil {
			t.Fatal(err)
		}
		who := func(paper string) map[string]int {
			t.Helper()
			p, err := s.Paper(ctx, paper)
			if err != nil {
				t.Fatal(err)
			}
			all, err := s.ClaimedAuthors(ctx, []string{paper})
			if err != nil {
				t.Fatal(err)
			}
			out := map[string]int{}
			for _, c := range all[p.ID] {
				out[c.By.Key] = c.Place(p.Authors)
			}
			return out
		}
		// Eve was known as the author there first; Bo's claim goes where the name stands,
		// in the place of the one that waited.
		if diff := cmp.Diff(map[string]int{"eve": 2, "bo": 1}, who("2611.00002")); diff != "" {
			t.Errorf("authors of the merged paper (-want +got):\n%s", diff)
		}
		if n, err := s.CountClaims(ctx, 10); err != nil || n != 0 {
			t.Errorf("%d claims wait after the merge, %v, want none", n, err)
		}
		if err := s.EraseAccount(ctx, store.Erasure{Account: ada, At: claimedAt}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]int{}, who("2611.00003")); diff != "" {
			t.Errorf("authors after the account went (-want +got):\n%s", diff)
		}
		p, err := s.Paper(ctx, "2611.00002")
		if err != nil || p.Link(broadsheet.LinkCode) == nil {
			t.Errorf("what ada added went with the account or the merge: %v, %v", p.Links, err)
		}
		if err := s.Delete(ctx, []string{"2611.00002"}); err != nil {
			t.Fatal(err)
		}
		if left, err := s.Claims(ctx, store.ClaimQuery{Limit: 10}); err != nil || len(left) != 0 {
			t.Errorf("claims of what is gone: %v, %v", left, err)
		}
	})
}
