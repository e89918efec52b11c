package hf_test

import (
	"encoding/json"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// now is the tests' clock: a Tuesday.
var now = time.Date(2026, 6, 30, 9, 30, 0, 0, time.UTC)

// recording is what a Daily Papers API answered about a paper that nobody wrote,
// in the shape of its year, with a member that nobody has heard of.
const recording = `{"paper":{"id":"2606.00001","authors":[
  {"_id":"0123456789abcdef01234567","name":"Ada Example","hidden":false,"status":"claimed_verified","statusLastChangedAt":"2026-06-29T08:00:00.000Z",
   "user":{"_id":"0123456789abcdef01234568","avatarUrl":"/avatars/a.svg","isPro":false,"fullname":"Ada","user":"ada","type":"user"}},
  {"_id":"0123456789abcdef01234569","name":"Bo Sample","hidden":true}],
 "publishedAt":"2026-06-28T12:00:00.000Z","submittedOnDailyAt":"2026-06-30T07:00:00.123Z","title":"Cooling of tea","summary":"Tea cools.\nWe say how fast.",
 "upvotes":40,"discussionId":"0123456789abcdef0123456a","ai_summary":"Tea cools.","ai_keywords":["tea","heat & flow"],"githubRepo":"https://code.example/tea","githubStars":0,
 "organization":{"_id":"0123456789abcdef0123456b","name":"tea-lab","fullname":"The Tea Laboratory","avatar":"https://pictures.example/tea.png"},"unheard":{"of":[1,null]}},
 "publishedAt":"2026-06-28T08:00:00.000Z","title":"Why tea cools","summary":"Tea cools.\nWe say how fast.","thumbnail":"https://pictures.example/cup.png","numComments":3,
 "submittedBy":{"_id":"0123456789abcdef0123456c","avatarUrl":"https://pictures.example/cy.png","fullname":"Cy Dunk","name":"cy","type":"user","isPro":true,"isHf":false,"isMod":false},
 "isAuthorParticipating":true}`

func at(day broadsheet.Day, hour int) time.Time {
	return day.Time().Add(time.Duration(hour) * time.Hour)
}

func arxiv(id string) []broadsheet.SourceID {
	return []broadsheet.SourceID{{Scheme: "arxiv", Value: id}}
}

// papers are four of two days: one recorded, two featured without a recording,
// one of them with an id of old, and one that was announced only.
func papers() []broadsheet.Paper {
	cy := &broadsheet.Person{Key: "cy", Name: "Cy Dunk", AvatarURL: "https://pictures.example/cy.png", SourceID: "0123456789abcdef0123456c"}
	return []broadsheet.Paper{
		{ID: "2606.00001", IDs: arxiv("2606.00001"), Origin: broadsheet.OriginCurated, Title: "Cooling of tea", Abstract: "Tea cools. We say how fast.",
			Authors: []broadsheet.Author{{Name: "Ada Example", Key: "ada-example"}}, AuthorCount: 1, PublishedAt: at("2026-06-28", 12), ImportedVotes: 40, ImportedComments: 3,
			Features: []broadsheet.Feature{{Day: "2026-06-30", Position: 1, FeaturedAt: at("2026-06-30", 7).Add(123 * time.Millisecond), Submitter: cy, Title: "Why tea cools",
				Votes: 40, Comments: 3, Wire: json.RawMessage(recording)}}},
		{ID: "2606.00002", IDs: arxiv("2606.00002"), Origin: broadsheet.OriginCatalog, Title: "Spoons, at rest", Abstract: "A spoon in a cup.", TLDR: "Spoons take heat.",
			Authors: []broadsheet.Author{{Name: "Cy Dunk", Key: "cy-dunk"}, {Name: "Dé Übung", Key: "de-ubung"}}, AuthorCount: 2, Categories: []string{"physics.flu-dyn"}, Keywords: []string{"spoon"},
			Organizations: []broadsheet.Organization{{Key: "spoon-works", Name: "The Spoon Works", AvatarURL: "https://pictures.example/spoon.png"}},
			Links:         []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "https://code.example/spoon", Stars: 7, AddedBy: "user"}},
			PublishedAt:   at("2026-06-29", 12), AnnouncedOn: "2026-06-30", ImportedVotes: 7,
			Features: []broadsheet.Feature{{Day: "2026-06-30", Position: 2, FeaturedAt: at("2026-06-30", 8), Submitter: &broadsheet.Person{Key: "ada"}, Votes: 7}}},
		{ID: "math/0309136", IDs: arxiv("math/0309136"), Origin: broadsheet.OriginCatalog, Title: "On the shape of cups", Abstract: "A cup is a torus.",
			Authors: []broadsheet.Author{{Name: "Cy Dunk", Key: "cy-dunk"}}, AuthorCount: 1, PublishedAt: at("2003-09-08", 12),
			Features: []broadsheet.Feature{{Day: "2026-06-29", Submitter: cy}}},
		{ID: "2606.00005", IDs: arxiv("2606.00005"), Origin: broadsheet.OriginCatalog, Title: "Saucers, announced only", Abstract: "A saucer.",
			PublishedAt: at("2026-06-29", 15), AnnouncedOn: "2026-06-30"},
	}
}

func put(t testing.TB, s *store.Store, papers ...broadsheet.Paper) {
	t.Helper()
	if _, err := s.Put(t.Context(), store.Batch{Papers: papers}); err != nil {
		t.Fatalf("store papers: %v", err)
	}
}

// edition is a small site of made-up papers.
func edition(t testing.TB) *site {
	t.Helper()
	s := storetest.Open(t)
	put(t, s, papers()...)
	return searchSite(t, s, now)
}
