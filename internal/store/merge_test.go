package store

import (
	"testing"
	"time"

	"broadsheet"

	"github.com/google/go-cmp/cmp"
)

var arxivID = []broadsheet.SourceID{{Scheme: "arxiv", Value: "2601.00001"}}

func TestMergeKeepsWhatTheNewRecordDoesNotTell(t *testing.T) {
	exact := time.Date(2026, 1, 5, 17, 34, 15, 0, time.UTC)
	day := exact.Truncate(24 * time.Hour)
	old := broadsheet.Paper{ID: "2601.00001", IDs: arxivID, Origin: broadsheet.OriginCatalog, Title: "A", Note: "20 pages", PublishedAt: exact,
		Versions: []broadsheet.Version{{Number: 1, CreatedAt: exact, Size: "20kb"}},
		Links:    []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "https://example.org/c", Stars: 5, AddedBy: "user"}}}
	fresh := broadsheet.Paper{ID: "2601.00001", IDs: arxivID, Origin: broadsheet.OriginCatalog, Title: "B", PublishedAt: day,
		Versions: []broadsheet.Version{{Number: 1, CreatedAt: day}, {Number: 2, CreatedAt: day.AddDate(0, 0, 3)}},
		Links:    []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "https://example.org/c"}}}
	want := old
	want.Title = "B"
	want.Versions = []broadsheet.Version{old.Versions[0], fresh.Versions[1]}
	if diff := cmp.Diff(want, merge(old, fresh)); diff != "" {
		t.Errorf("merge (-want +got):\n%s", diff)
	}
}

func TestMergeFromWeakerOriginOnlyFills(t *testing.T) {
	old := broadsheet.Paper{ID: "2601.00001", IDs: arxivID, Origin: broadsheet.OriginCatalog, Title: "A", Categories: []string{"cs.LG"}}
	fresh := broadsheet.Paper{ID: "2601.00001", IDs: arxivID, Origin: broadsheet.OriginCurated, Title: "B", Abstract: "text", Categories: []string{"cs.CL"}, TLDR: "short"}
	want := old
	want.Abstract, want.TLDR = "text", "short"
	if diff := cmp.Diff(want, merge(old, fresh)); diff != "" {
		t.Errorf("merge (-want +got):\n%s", diff)
	}
}

func TestMergeFeedKnowsTheAnnouncement(t *testing.T) {
	derived := broadsheet.Paper{ID: "2601.00001", IDs: arxivID, Origin: broadsheet.OriginCatalog, Title: "A", AnnouncedOn: "2026-01-06"}
	feed := broadsheet.Paper{ID: "2601.00001", IDs: arxivID, Origin: broadsheet.OriginFeed, Title: "A", AnnouncedOn: "2026-01-08"}
	if got := merge(derived, feed).AnnouncedOn; got != "2026-01-08" {
		t.Errorf("a feed after a catalogue: got %s", got)
	}
	derived.AnnouncedOn = "2026-01-09"
	if got := merge(merge(feed, feed), derived).AnnouncedOn; got != "2026-01-08" {
		t.Errorf("a catalogue after a feed: got %s", got)
	}
}

func TestNormalizeDropsNamesWithoutLetters(t *testing.T) {
	p := broadsheet.Paper{ID: "2601.00001", IDs: arxivID, Title: "A", AuthorCount: 3,
		Authors: []broadsheet.Author{{Name: "A Team"}, {Name: ":"}, {Name: "B. Member"}}}
	normalize(&p)
	if len(p.Authors) != 2 || p.AuthorCount != 2 || p.Authors[1].Key != "b-member" {
		t.Errorf("got %+v, count %d", p.Authors, p.AuthorCount)
	}
}

func TestMergeOfARecordingKeepsTheFullerOne(t *testing.T) {
	rich := broadsheet.Feature{Day: "2026-01-07", Position: 2, FeaturedAt: time.Date(2026, 1, 7, 1, 0, 0, 0, time.UTC),
		Submitter: &broadsheet.Person{Key: "ak"}, Title: "typed", Votes: 90, Comments: 4, Wire: []byte(`{"later":true}`)}
	poor := broadsheet.Feature{Day: "2026-01-07", Votes: 3, Wire: []byte(`{"earlier":true}`)}
	for _, order := range [][]broadsheet.Feature{{rich, poor}, {poor, rich}} {
		got := mergeFeatures(order[:1], order[1:])
		if diff := cmp.Diff([]broadsheet.Feature{rich}, got); diff != "" {
			t.Errorf("%d votes first (-want +got):\n%s", order[0].Votes, diff)
		}
	}
}

func TestMergeKeepsAPaperWithdrawn(t *testing.T) {
	old := broadsheet.Paper{ID: "2601.00001", IDs: arxivID, Origin: broadsheet.OriginCatalog, Title: "A", Withdrawn: true,
		Versions: []broadsheet.Version{{Number: 1, Size: "9kb"}, {Number: 2, Size: "0kb"}}}
	fresh := broadsheet.Paper{ID: "2601.00001", IDs: arxivID, Origin: broadsheet.OriginCatalog, Title: "A"}
	if !merge(old, fresh).Withdrawn {
		t.Error("a record without sizes gave the paper back")
	}
	fresh.Versions = []broadsheet.Version{{Number: 3, Size: "9kb"}}
	if merge(old, fresh).Withdrawn {
		t.Error("a new version with a text left the paper withdrawn")
	}
}
