package api

import (
	"encoding/json"
	"net/url"
	"slices"
	"testing"

	"broadsheet"
	"broadsheet/client"
)

// FuzzFields chooses fields by whatever a request may say: what comes is an
// object with fields that a paper has, the id among them, or the request is
// refused by name.
func FuzzFields(f *testing.F) {
	for _, seed := range []string{"id", "title,votes", ",,title , id", "Title", "abstract\x00", "publishedAt,withdrawn,features", "id,score"} {
		f.Add(seed, "3")
	}
	f.Add("title", "-1")
	hit := client.Hit{Paper: client.Paper{ID: "2606.00001", Title: "a < b & \u2028", Authors: []client.Author{{Name: "Al"}}}, Score: 1.5, SameAs: "2606.00002"}
	own := []string{"id", "score", "sameAs"}
	f.Fuzz(func(t *testing.T, fields, authors string) {
		s, err := selection(url.Values{"fields": {fields}, "authors": {authors}})
		if err != nil {
			if broadsheet.KindOf(err) != broadsheet.Invalid {
				t.Errorf("fields=%q authors=%q: %v, want Invalid", fields, authors, err)
			}
			return
		}
		if s.fields == nil {
			return
		}
		for item, allowed := range map[any][]string{&hit.Paper: {"id"}, &hit: own} {
			raw, err := s.pick(item)
			var got map[string]any
			if err != nil || json.Unmarshal(raw, &got) != nil || got["id"] != hit.ID {
				t.Fatalf("fields=%q: %s, %v", fields, raw, err)
			}
			for name := range got {
				if !s.fields[name] && !slices.Contains(allowed, name) {
					t.Errorf("fields=%q gives %s", fields, name)
				}
			}
		}
	})
}
