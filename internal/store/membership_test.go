package store_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

func org(t *testing.T, s *store.Store, key, name string, owner int64) {
	t.Helper()
	err := s.CreateOrganization(t.Context(), broadsheet.Organization{Key: key, Name: name}, owner, func(o broadsheet.Organization) bool { return o.Key == key },
		broadsheet.Action{At: claimedAt, Actor: "cura", Act: broadsheet.ActOrganization, Kind: broadsheet.ObjectOrganization, Object: key})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOrganizationsMade: of two who make the same one at once, one does.
func TestOrganizationsMade(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		owner := claimant(t, s, "cura", broadsheet.RoleCurator)
		var all sync.WaitGroup
		var made, late atomic.Int64
		for range 10 {
			all.Go(func() {
				err := s.CreateOrganization(t.Context(), broadsheet.Organization{Key: "lab", Name: "Lab"}, owner, func(o broadsheet.Organization) bool { return o.Key == "lab" }, broadsheet.Action{At: claimedAt, Act: broadsheet.ActOrganization})
				switch broadsheet.KindOf(err) {
				case broadsheet.Conflict:
					late.Add(1)
				default:
					if err != nil {
						t.Error(err)
					}
					made.Add(1)
				}
			})
		}
		all.Wait()
		if made.Load() != 1 || late.Load() != 9 {
			t.Errorf("%d made it and %d were late, want 1 and 9", made.Load(), late.Load())
		}
		members, err := s.Members(t.Context(), store.MemberQuery{Organization: "lab", Limit: 10})
		if err != nil || len(members) != 1 || members[0].Role != broadsheet.MemberOwner || members[0].By.Key != "cura" {
			t.Errorf("members: %v, %v, want its maker as the owner", members, err)
		}
	})
}

// TestMemberSteps: steps at once go one after the other, tell whom they concern, and
// go with the account.
func TestMemberSteps(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		owner, mo := claimant(t, s, "cura", broadsheet.RoleCurator), claimant(t, s, "mo", broadsheet.RoleModerator)
		org(t, s, "lab", "Lab", owner)
		putPapers(t, s, func() broadsheet.Paper {
			p := paperBy("2611.00001", "Ada")
			p.Organizations = []broadsheet.Organization{{Key: "guild", Name: "Guild"}}
			return p
		}())
		var people []int64
		for i := range 10 {
			people = append(people, claimant(t, s, fmt.Sprintf("person%d", i), broadsheet.RoleMember))
		}
		asked := func(where string, who int64) store.MemberStep {
			n := broadsheet.Notification{Kind: broadsheet.NotifyAccount, Actor: "somebody", Detail: "asks", At: claimedAt}
			return store.MemberStep{Organization: where, Account: who, Tell: []broadsheet.Notification{n}, Moderators: &n,
				Change: func(now *broadsheet.Membership, _ []broadsheet.Membership) (*broadsheet.Membership, error) {
					return &broadsheet.Membership{Role: broadsheet.MemberPlain, State: broadsheet.MemberAsked, At: claimedAt}, nil
				}}
		}
		var all sync.WaitGroup
		for _, who := range people {
			for range 10 {
				all.Go(func() {
					if _, err := s.StepMember(ctx, asked("lab", who)); err != nil {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
		if _, err := s.StepMember(ctx, asked("guild", people[0])); err != nil {
			t.Fatal(err)
		}
		if _, err := s.StepMember(ctx, asked("nowhere", people[0])); broadsheet.KindOf(err) != broadsheet.NotFound {
			t.Errorf("asked where nothing is: %v", err)
		}
		told := map[string]int{}
		for name, who := range map[string]int64{"owner": owner, "moderator": mo} {
			list, err := s.Notifications(ctx, who, 0, 100)
			if err != nil {
				t.Fatal(err)
			}
			told[name] = len(list)
		}
		if diff := cmp.Diff(map[string]int{"owner": 10, "moderator": 1}, told); diff != "" {
			t.Errorf("who was told how often (-want +got):\n%s", diff)
		}
		if err := s.EraseAccount(ctx, store.Erasure{Account: people[0], At: claimedAt}); err != nil {
			t.Fatal(err)
		}
		left, err := s.Members(ctx, store.MemberQuery{State: broadsheet.MemberAsked, Limit: 100})
		if err != nil || len(left) != 9 {
			t.Errorf("%d requests wait after an account went, want 9: %v", len(left), err)
		}
	})
}

// TestOrganizationFacts: what people say of an organisation stays whatever a later
// paper says.
func TestOrganizationFacts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		p := paperBy("2611.00001", "Ada")
		p.Organizations = []broadsheet.Organization{{Key: "guild", Name: "Guild", AvatarURL: "https://pictures.example/old.png"}}
		putPapers(t, s, p)
		want := broadsheet.Organization{Key: "guild", Name: "The Guild of Papers", AvatarURL: "https://pictures.example/new.png"}
		page := broadsheet.OrganizationPage{Key: "guild", Link: "https://guild.example/", Description: "We paper.", Domains: []string{"guild.example", "guild.example.org"}, ChangedAt: claimedAt}
		if err := s.PutOrganizationPage(ctx, want, page, broadsheet.Action{At: claimedAt, Act: broadsheet.ActOrganization}); err != nil {
			t.Fatal(err)
		}
		p.ID, p.IDs, p.PublishedAt = "2611.00002", nil, claimedAt.AddDate(1, 0, 0)
		putPapers(t, s, p)
		got, err := s.Organization(ctx, "guild")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("organisation (-want +got):\n%s", diff)
		}
		said, err := s.OrganizationPage(ctx, "guild")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(page, said); diff != "" {
			t.Errorf("page (-want +got):\n%s", diff)
		}
		refs, err := s.PicturesWanted(ctx, claimedAt, 10)
		if err != nil || len(refs) != 1 || refs[0].URL != want.AvatarURL {
			t.Errorf("pictures to fetch: %v, %v, want the new one", refs, err)
		}
	})
}
