package app_test

import (
	"errors"
	"strings"
	"testing"

	"broadsheet"
	"broadsheet/internal/store"
)

// TestSubmitSaysWhatIsHere: that a paper is here, and was on the front page, is said before
// any rule, and to curators as well.
func TestSubmitSaysWhatIsHere(t *testing.T) {
	old := wednesday.AddDate(-1, 0, 0)
	for _, c := range []struct {
		name     string
		curator  bool
		features []broadsheet.Feature
		want     string // "" it may be sent
	}{
		{"old", false, nil, "here already, but was never on the front page: papers are submitted here within 14 days"},
		{"old, by a curator", true, nil, ""},
		{"featured", false, []broadsheet.Feature{{Day: "2025-06-05", FeaturedAt: old}}, "on the front page of Thursday, 5 June 2025"},
		{"featured, by a curator", true, []broadsheet.Feature{{Day: "2025-06-05", FeaturedAt: old}}, "on the front page of Thursday, 5 June 2025"},
	} {
		d, ctx := newDesk(t), t.Context()
		if _, err := d.store.Put(ctx, store.Batch{Papers: []broadsheet.Paper{{ID: "2506.00001", Title: "One", Origin: broadsheet.OriginCatalog, PublishedAt: old, Features: c.features}}}); err != nil {
			t.Fatal(err)
		}
		by := d.ada
		if c.curator {
			by = d.carl
		}
		x := d.submit(by, "2506.00001")
		v, err := d.Submission(ctx, by, x.Token)
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.SendSubmission(ctx, by, x.Token, "", "")
		for what, got := range map[string]error{"looked at": v.Refusal, "sent": err} {
			if (got == nil) != (c.want == "") || got != nil && !strings.Contains(got.Error(), c.want) {
				t.Errorf("%s, %s: %v, want %q", c.name, what, got, c.want)
			}
		}
	}
}

// TestSubmitLeavesNothingThatNobodyLooksFor: where no job can be made, there is no
// submission that waits for it.
func TestSubmitLeavesNothingThatNobodyLooksFor(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	d.stuck = errors.New("the disk is full")
	if _, err := d.Submit(ctx, d.ada, "2606.00077"); err == nil {
		t.Error("submitted though no job could be made")
	}
	if left, err := d.store.Submissions(ctx, store.SubmissionQuery{Account: d.ada.Account.ID, Limit: 9}); err != nil || len(left) != 0 {
		t.Errorf("left: %+v (%v)", left, err)
	}
}
