package transfer_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
	"broadsheet/internal/transfer"
)

// TestErasedStaysErased: an export of before an account was deleted brings nothing
// back of what its deletion removed.
func TestErasedStaysErased(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		load(t, s, transfer.Options{}, write(t, "made.jsonl", []byte(community(t, s))))
		brought := broadsheet.Feature{Day: broadsheet.DayOf(known(2), time.UTC), FeaturedAt: known(2), Submitter: &broadsheet.Person{Key: "bo", Name: "Bo Tea"}}
		if err := s.FeaturePaper(t.Context(), threePapers[0], brought, broadsheet.Action{At: known(2), Actor: "ada", Act: broadsheet.ActFeature}); err != nil {
			t.Fatal(err)
		}
		file := write(t, "before.jsonl", []byte(exportAll(t, s)))
		bo := must(s.AccountNamed(t.Context(), "bo"))
		if err := s.EraseAccount(t.Context(), store.Erasure{Account: bo.ID, At: known(3)}); err != nil {
			t.Fatal(err)
		}
		want := exportAll(t, s)
		load(t, s, transfer.Options{Again: true}, file)
		if got := exportAll(t, s); got != want {
			t.Errorf("the export of before changed %s", differ(want, got))
		}
	})
}

// TestCommentsAreCounted: what a later export brings of votes and reactions is
// counted for the comments that are here; so is nothing that was given by whom this
// site does not know.
func TestCommentsAreCounted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		text := community(t, s)
		counts := func(what string, ups int, reactions string) {
			t.Helper()
			got := exportAll(t, s)
			i := strings.Index(got, `"table":"comments"`)
			line, _, _ := strings.Cut(got[i:], "\n")
			if !strings.Contains(line, `"reactions":"`+reactions+`"`) || !strings.Contains(line, `"ups":`+string(rune('0'+ups))) {
				t.Errorf("%s: got %s\nwant %d ups and reactions %q", what, line, ups, reactions)
			}
		}
		less := strings.ReplaceAll(strings.ReplaceAll(text, `"ups":1`, `"ups":0`), `"reactions":"heart 1"`, `"reactions":""`)
		for _, table := range []string{"comment_votes", "comment_reactions"} {
			less = without(less, `"table":"`+table+`"`)
		}
		load(t, s, transfer.Options{}, write(t, "less.jsonl", []byte(less)))
		counts("before", 0, "")
		load(t, s, transfer.Options{}, write(t, "more.jsonl", []byte(text)))
		counts("after", 1, "heart 1")

		b := storetest.Open(t)
		if _, err := b.CreateAccount(t.Context(), store.NewAccount{Account: broadsheet.Account{Token: broadsheet.NewObjectID(), Name: "bo", Role: broadsheet.RoleMember, State: broadsheet.AccountActive, CreatedAt: known(1)}, Skeleton: "bo", Assigned: true}); err != nil {
			t.Fatal(err)
		}
		s = b
		load(t, b, transfer.Options{}, write(t, "other.jsonl", []byte(text)))
		counts("where bo is another", 0, "")
	})
}

// without is an export without the lines that hold a text.
func without(export, text string) string {
	var out []string
	for line := range strings.Lines(export) {
		if !strings.Contains(line, text) {
			out = append(out, line)
		}
	}
	last := len(out) - 1
	out[last] = `{"kind":"end","lines":` + fmt.Sprint(last) + "}\n"
	return strings.Join(out, "")
}

// TestSecondCopyCounts: votes that were taken back where a copy comes from do not
// count in it, once it is made anew.
func TestSecondCopyCounts(t *testing.T) {
	pairs(t, func(t *testing.T, a, b *store.Store) {
		if has := must(a.HasCommunity(t.Context())); !has {
			load(t, a, transfer.Options{}, write(t, "made.jsonl", []byte(community(t, a))))
		}
		bo := must(a.AccountNamed(t.Context(), "bo"))
		vote := func(up bool) {
			t.Helper()
			if _, err := a.PutVote(t.Context(), store.Ballot{Account: bo.ID, Paper: threePapers[1], Up: up, Counts: true, At: known(3)}); err != nil {
				t.Fatal(err)
			}
		}
		vote(true)
		must(transfer.Copy(t.Context(), a, b, nil))
		vote(false)
		must(transfer.Copy(t.Context(), a, b, nil))
		if got, want := given(t, b), given(t, a); got != want {
			t.Errorf("the copy has votes and comments %v, want %v", got, want)
		}
	})
}

// TestOrganizationsStayAsWritten: sources do not change what people wrote of an
// organisation, also where that came from another site.
func TestOrganizationsStayAsWritten(t *testing.T) {
	pairs(t, func(t *testing.T, a, b *store.Store) {
		if has := must(a.HasCommunity(t.Context())); !has {
			load(t, a, transfer.Options{}, write(t, "made.jsonl", []byte(community(t, a))))
		}
		o := broadsheet.Organization{Key: "tea-lab", Name: "The Tea Laboratory"}
		if _, err := a.Organization(t.Context(), o.Key); err != nil {
			if err := a.PutOrganizations(t.Context(), []broadsheet.Organization{{Key: o.Key, Name: "Tea Lab"}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.PutOrganizationPage(t.Context(), o, broadsheet.OrganizationPage{Key: o.Key, ChangedAt: known(3)}, broadsheet.Action{At: known(3), Actor: "ada", Act: broadsheet.ActOrganization, Kind: broadsheet.ObjectOrganization, Object: o.Key}); err != nil {
			t.Fatal(err)
		}
		must(transfer.Copy(t.Context(), a, b, nil))
		p := broadsheet.Paper{ID: "2606.00009", Title: "Tea", Origin: broadsheet.OriginCatalog, PublishedAt: known(9), Organizations: []broadsheet.Organization{{Key: o.Key, Name: "tea lab inc."}}}
		for what, s := range map[string]*store.Store{"where it was written": a, "the copy": b} {
			must(s.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{p}, At: known(9)}))
			if got := must(s.Organization(t.Context(), o.Key)); got.Name != o.Name {
				t.Errorf("%s: a source made it %q, want %q", what, got.Name, o.Name)
			}
		}
	})
}
