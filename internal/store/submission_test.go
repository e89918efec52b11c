package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

var submitNow = time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC)

func submitter(t *testing.T, s *store.Store, name string) int64 {
	t.Helper()
	a, err := s.CreateAccount(t.Context(), store.NewAccount{Skeleton: name, Assigned: true,
		Account: broadsheet.Account{Token: broadsheet.NewObjectID(), Name: name, FullName: "Dr " + name, Role: broadsheet.RoleMember, State: broadsheet.AccountActive, CreatedAt: submitNow, SeenAt: submitNow}})
	if err != nil {
		t.Fatal(err)
	}
	return a.ID
}

// asked stores a draft of a paper that its source told.
func asked(t *testing.T, s *store.Store, account int64, ids ...broadsheet.SourceID) broadsheet.Submission {
	t.Helper()
	p := &broadsheet.Paper{ID: ids[0].ID(), IDs: ids, Origin: broadsheet.OriginCatalog, Title: "Paper " + ids[0].Value, SeenAt: submitNow}
	x, made, err := s.PutSubmission(t.Context(), broadsheet.Submission{Token: broadsheet.NewObjectID(), Account: account, Typed: p.ID, Ident: p.ID,
		State: broadsheet.SubmissionDraft, Paper: p.ID, Found: p, Missing: []string{"abstract"}, AskedAt: submitNow})
	if err != nil || !made {
		t.Fatalf("draft of %s: made %v, %v", p.ID, made, err)
	}
	return x
}

func sending(x *broadsheet.Submission, feature bool) store.SubmissionSend {
	in := store.SubmissionSend{Token: x.Token, Account: x.Account, At: submitNow, Since: submitNow.Truncate(24 * time.Hour)}
	if feature {
		in.Feature = &broadsheet.Feature{Day: "2026-06-03", FeaturedAt: submitNow}
	}
	return in
}

func arxivID(s string) broadsheet.SourceID { return broadsheet.SourceID{Scheme: "arxiv", Value: s} }
func doiID(s string) broadsheet.SourceID   { return broadsheet.SourceID{Scheme: "doi", Value: s} }

func TestSubmission(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx, ada, bob := t.Context(), submitter(t, s, "ada"), submitter(t, s, "bob")
		x := asked(t, s, ada, arxivID("2606.00001"), doiID("10.1/x"))
		if x.By.Key != "ada" || x.By.Name != "Dr ada" || x.Found == nil || x.Found.Title != "Paper 2606.00001" || !cmp.Equal(x.Missing, []string{"abstract"}) {
			t.Errorf("draft reads as %+v", x)
		}
		again, made, err := s.PutSubmission(ctx, broadsheet.Submission{Token: broadsheet.NewObjectID(), Account: ada, Ident: "2606.00001", State: broadsheet.SubmissionLooking, AskedAt: submitNow})
		if err != nil || made || again.Token != x.Token {
			t.Errorf("the same person asking again: %s, made %v, %v; want %s", again.Token, made, err, x.Token)
		}
		in := sending(&x, false)
		in.Comment, in.Media = "hello", "https://example.org/x.png"
		for range 2 { // sending twice changes nothing
			sent, err := s.SendSubmission(ctx, in)
			if err != nil || sent.State != broadsheet.SubmissionQueued || sent.Comment != "hello" || !sent.SentAt.Equal(submitNow) {
				t.Fatalf("sent: %+v, %v", sent, err)
			}
			in.Comment = "other"
		}
		y := asked(t, s, bob, doiID("10.1/x")) // the same paper by another name
		if _, err := s.SendSubmission(ctx, sending(&y, false)); broadsheet.KindOf(err) != broadsheet.Conflict {
			t.Errorf("what waits already, by its DOI: %v, want Conflict", err)
		}
		other := sending(&y, false)
		other.Account = ada
		if _, err := s.SendSubmission(ctx, other); broadsheet.KindOf(err) != broadsheet.NotFound {
			t.Errorf("somebody else's draft: %v, want NotFound", err)
		}
		log := broadsheet.Action{At: submitNow.Add(time.Hour), Actor: "carl", Act: broadsheet.ActAccept, Reason: "fine"}
		done, err := s.DecideSubmission(ctx, store.Decision{Token: x.Token, Feature: &broadsheet.Feature{Day: "2026-06-03", FeaturedAt: log.At}, Log: log})
		if err != nil || done.State != broadsheet.SubmissionAccepted || done.Decider != "carl" || done.Reason != "fine" || done.Found != nil || done.Paper != "2606.00001" {
			t.Fatalf("accepted: %+v, %v", done, err)
		}
		if _, err := s.DecideSubmission(ctx, store.Decision{Token: x.Token, Log: log}); broadsheet.KindOf(err) != broadsheet.Conflict {
			t.Errorf("a second curator: %v, want Conflict", err)
		}
		p, err := s.Paper(ctx, "2606.00001")
		if err != nil || len(p.Features) != 1 || p.Features[0].Submitter == nil || p.Features[0].Submitter.Key != "ada" || p.Features[0].Submitter.Name != "Dr ada" {
			t.Errorf("featured: %+v, %v", p.Features, err)
		}
		if l := p.Link(broadsheet.LinkMedia); l == nil || l.URL != "https://example.org/x.png" {
			t.Errorf("media: %+v", p.Links)
		}
		var featured *store.Featured
		if _, err := s.SendSubmission(ctx, sending(&y, false)); !errors.As(err, &featured) || featured.Day != "2026-06-03" {
			t.Errorf("what was featured, by its DOI: %v, want to be told the day", err)
		}
		notes, err := s.Notifications(ctx, ada, 0, 10)
		if err != nil || len(notes) != 1 || notes[0].Kind != broadsheet.NotifySubmission || notes[0].Actor != "carl" || notes[0].Detail != "fine" {
			t.Errorf("told: %+v, %v", notes, err)
		}
		logged, err := s.Actions(ctx, store.ActionQuery{Kind: broadsheet.ObjectSubmission, Limit: 10})
		if err != nil || len(logged) != 1 || logged[0].Paper != "2606.00001" || logged[0].Object != x.Token {
			t.Errorf("log: %+v, %v", logged, err)
		}
	})
}

func TestSubmissionRejectedAndTakenBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx, ada, bob := t.Context(), submitter(t, s, "ada"), submitter(t, s, "bob")
		x := asked(t, s, ada, arxivID("2606.00001"))
		if _, err := s.SendSubmission(ctx, sending(&x, false)); err != nil {
			t.Fatal(err)
		}
		if err := s.TakeBackSubmission(ctx, x.Token, bob, submitNow); broadsheet.KindOf(err) != broadsheet.NotFound {
			t.Errorf("taken back by another: %v, want NotFound", err)
		}
		queue, err := s.Submissions(ctx, store.SubmissionQuery{State: broadsheet.SubmissionQueued, Oldest: true, Limit: 10})
		if err != nil || len(queue) != 1 || queue[0].Token != x.Token {
			t.Errorf("queue: %+v, %v", queue, err)
		}
		if err := s.TakeBackSubmission(ctx, x.Token, ada, submitNow); err != nil {
			t.Fatal(err)
		}
		y := asked(t, s, bob, arxivID("2606.00001")) // its paper is free again
		if _, err := s.SendSubmission(ctx, sending(&y, false)); err != nil {
			t.Fatal(err)
		}
		log := broadsheet.Action{At: submitNow, Actor: "carl", Act: broadsheet.ActReject, Reason: "not our field"}
		no, err := s.DecideSubmission(ctx, store.Decision{Token: y.Token, Log: log})
		if err != nil || no.State != broadsheet.SubmissionRejected || no.Reason != "not our field" {
			t.Errorf("rejected: %+v, %v", no, err)
		}
		if _, err := s.Paper(ctx, "2606.00001"); broadsheet.KindOf(err) != broadsheet.NotFound {
			t.Errorf("a rejected paper is here: %v", err)
		}
		if err := s.TakeBackSubmission(ctx, y.Token, bob, submitNow); broadsheet.KindOf(err) != broadsheet.Conflict {
			t.Errorf("taken back after it was rejected: %v, want Conflict", err)
		}
		z := asked(t, s, bob, arxivID("2606.00002"))
		in := sending(&z, false)
		in.PerDay = 1
		if _, err := s.SendSubmission(ctx, in); broadsheet.KindOf(err) != broadsheet.Limited {
			t.Errorf("a second one of a day: %v, want Limited", err)
		}
		in.Since = submitNow.Add(time.Hour) // tomorrow
		if _, err := s.SendSubmission(ctx, in); err != nil {
			t.Errorf("the next day: %v", err)
		}
		asked(t, s, ada, arxivID("2606.00003"))
		if n, err := s.PruneSubmissions(ctx, submitNow.Add(time.Second)); err != nil || n != 1 {
			t.Errorf("pruned %d, %v; want the one draft", n, err)
		}
	})
}

// TestSubmittedAtOnce: of many who send one paper at once one wins, and one
// account never gets past its limit.
func TestSubmittedAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, feature := range []bool{false, true} {
			var won atomic.Int32
			var all sync.WaitGroup
			for i := range 10 {
				id := fmt.Sprintf("2606.1000%d", map[bool]int{false: 0, true: 1}[feature])
				x := asked(t, s, submitter(t, s, fmt.Sprintf("p%d%v", i, feature)), arxivID(id))
				all.Go(func() {
					_, err := s.SendSubmission(t.Context(), sending(&x, feature))
					if err == nil {
						won.Add(1)
					} else if broadsheet.KindOf(err) != broadsheet.Conflict {
						t.Errorf("of ten at once: %v, want Conflict", err)
					}
				})
			}
			all.Wait()
			if won.Load() != 1 {
				t.Errorf("featured at once %v: %d of ten won, want 1", feature, won.Load())
			}
		}
		ada := submitter(t, s, "ada")
		var sent atomic.Int32
		var all sync.WaitGroup
		for i := range 8 {
			x := asked(t, s, ada, arxivID(fmt.Sprintf("2606.2000%d", i)))
			all.Go(func() {
				in := sending(&x, false)
				in.PerDay = 3
				if _, err := s.SendSubmission(t.Context(), in); err == nil {
					sent.Add(1)
				}
			})
		}
		all.Wait()
		if sent.Load() != 3 {
			t.Errorf("%d sent, want 3", sent.Load())
		}
	})
}

// TestDecidedAfterChanges: what was hidden, withdrawn or featured while it waited is
// not accepted, also where that happens at the same time; it can be rejected.
func TestDecidedAfterChanges(t *testing.T) {
	const row = `(SELECT id FROM papers WHERE key = '2606.00001')`
	for _, c := range []struct {
		name, change string
		want         broadsheet.Kind
	}{
		{"hidden", `INSERT INTO paper_states (paper_id, hidden_at, reason) SELECT id, 1, '' FROM papers`, broadsheet.Denied},
		{"withdrawn", `UPDATE papers SET withdrawn = 1`, broadsheet.Denied},
		{"featured", `INSERT INTO features (paper_id, day, position, featured_at, title, votes, comments) SELECT id, '2026-06-02', 0, 1, '', 0, 0 FROM papers`, broadsheet.Conflict},
	} {
		t.Run(c.name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				ctx, ada := t.Context(), submitter(t, s, "ada")
				if _, err := s.Put(ctx, store.Batch{Papers: []broadsheet.Paper{{ID: "2606.00001", IDs: []broadsheet.SourceID{arxivID("2606.00001")}, Title: "One", Origin: broadsheet.OriginCatalog}}}); err != nil {
					t.Fatal(err)
				}
				x := asked(t, s, ada, arxivID("2606.00001"))
				if _, err := s.SendSubmission(ctx, sending(&x, false)); err != nil {
					t.Fatal(err)
				}
				log := broadsheet.Action{At: submitNow, Actor: "carl", Act: broadsheet.ActAccept, Reason: "fine"}
				accept := func() error {
					_, err := s.DecideSubmission(ctx, store.Decision{Token: x.Token, Feature: &broadsheet.Feature{Day: "2026-06-03", FeaturedAt: submitNow}, Log: log})
					return err
				}
				// Its row is held while it changes, as moderators and harvests hold it.
				err := meanwhile(t, s, accept, `UPDATE papers SET key = key WHERE id = `+row, c.change)
				if broadsheet.KindOf(err) != c.want || !strings.Contains(fmt.Sprint(err), "reject") {
					t.Errorf("accepted while it is %s: %v, want %v that says to reject it", c.name, err, c.want)
				}
				if err := accept(); broadsheet.KindOf(err) != c.want {
					t.Errorf("accepted after it was %s: %v, want %v", c.name, err, c.want)
				}
				log.Act = broadsheet.ActReject
				if y, err := s.DecideSubmission(ctx, store.Decision{Token: x.Token, Log: log}); err != nil || y.State != broadsheet.SubmissionRejected {
					t.Errorf("rejected after it was %s: %+v, %v", c.name, y.State, err)
				}
			})
		})
	}
}

func TestFeaturePaper(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		ada := submitter(t, s, "ada")
		paper := broadsheet.Paper{ID: "2606.00001", Title: "One", Origin: broadsheet.OriginCatalog, Abstract: "a", Keywords: []string{"k"}}
		recorded := broadsheet.Paper{ID: "2606.00002", Title: "Two", Features: []broadsheet.Feature{{Day: "2026-06-03", Wire: []byte(`{}`)}}}
		withdrawn := broadsheet.Paper{ID: "2606.00003", Title: "Three", Origin: broadsheet.OriginCatalog, Withdrawn: true}
		if _, err := s.Put(ctx, store.Batch{Papers: []broadsheet.Paper{paper, recorded, withdrawn}}); err != nil {
			t.Fatal(err)
		}
		before, err := s.Paper(ctx, "2606.00001")
		if err != nil {
			t.Fatal(err)
		}
		f := broadsheet.Feature{Day: "2026-06-03", FeaturedAt: submitNow, Submitter: &broadsheet.Person{Key: "ada"}}
		log := broadsheet.Action{At: submitNow, Actor: "carl", Act: broadsheet.ActFeature}
		if err := s.FeaturePaper(ctx, "2606.00001", f, log); err != nil {
			t.Fatal(err)
		}
		if err := s.FeaturePaper(ctx, "2606.00001", f, log); broadsheet.KindOf(err) != broadsheet.Conflict {
			t.Errorf("featured twice: %v, want Conflict", err)
		}
		after, err := s.Paper(ctx, "2606.00001")
		if err != nil || len(after.Features) != 1 {
			t.Fatalf("featured: %+v, %v", after.Features, err)
		}
		if err := s.FeaturePaper(ctx, "2606.00003", f, log); broadsheet.KindOf(err) != broadsheet.Denied {
			t.Errorf("one that its authors took back: %v, want Denied", err)
		}
		after.Features = nil
		if d := cmp.Diff(before, after); d != "" {
			t.Errorf("featuring changed more (-before +after):\n%s", d)
		}
		log.Act, log.Reason = broadsheet.ActUnfeature, "a mistake"
		if err := s.UnfeaturePaper(ctx, "2606.00001", "2026-06-03", log); err != nil {
			t.Fatal(err)
		}
		if err := s.UnfeaturePaper(ctx, "2606.00001", "2026-06-03", log); broadsheet.KindOf(err) != broadsheet.Conflict {
			t.Errorf("taken off twice: %v, want Conflict", err)
		}
		if err := s.UnfeaturePaper(ctx, "2606.00002", "2026-06-03", log); broadsheet.KindOf(err) != broadsheet.Conflict {
			t.Errorf("taken off what another site chose: %v, want Conflict", err)
		}
		if err := s.FeaturePaper(ctx, "2606.99999", f, log); broadsheet.KindOf(err) != broadsheet.NotFound {
			t.Errorf("featured what is not here: %v, want NotFound", err)
		}
		notes, err := s.Notifications(ctx, ada, 0, 10)
		if err != nil || len(notes) != 1 || notes[0].Detail != "taken off the front page: a mistake" {
			t.Errorf("told: %+v, %v", notes, err)
		}
	})
}
