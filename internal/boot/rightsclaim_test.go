package boot

import (
	"maps"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/store"
)

func init() {
	maps.Copy(rightsCases, map[string]rightsCase{
		"GET /claims/new": {make: func(*testing.T, *rightsWorld) string { return "/claims/new?paper=2606.20001" }},
		"POST /claims":    {form: "paper=2606.20001&author=1"},
		"POST /claims/withdraw": {make: func(t *testing.T, w *rightsWorld) string {
			return "/claims/withdraw token=" + w.claim(t, broadsheet.NewObjectID(), false)
		}, owned: true},
		"POST /moderation/claims":  {form: "act=reject&reason=No&token=" + nowhere},
		"POST /moderation/authors": {form: "name=x&into=y&reason=z"},
		"GET /papers-links":        {make: func(t *testing.T, w *rightsWorld) string { return w.claimed(t) }, owned: true, wide: app.RightCurate},
		"POST /papers-links":       {make: func(t *testing.T, w *rightsWorld) string { w.claimed(t); return "/papers-links paper=2606.29999&code=" }, owned: true, wide: app.RightCurate},
		"DELETE /api/v1/claims/{id}": {make: func(t *testing.T, w *rightsWorld) string {
			return "/api/v1/claims/" + w.claim(t, broadsheet.NewObjectID(), false)
		}, owned: true},
		"PATCH /api/v1/papers/{id}/links": {make: func(t *testing.T, w *rightsWorld) string { w.claimed(t); return "/api/v1/papers/2606.29999/links" }, owned: true, wide: app.RightCurate, json: `{"code":[]}`},
		"POST /api/papers/{id}/links":     {make: func(t *testing.T, w *rightsWorld) string { w.claimed(t); return "/api/papers/2606.29999/links" }, owned: true, wide: app.RightCurate, json: `{"githubRepo":null}`},
		"POST /orgs":                      {form: "key=x"},
		"POST /orgs/{key}/members":        {make: func(t *testing.T, w *rightsWorld) string { return w.lab(t) + "/members act=invite&name=member-x" }, owned: true, wide: app.RightModerate},
		"GET /orgs/{key}/page":            {make: func(t *testing.T, w *rightsWorld) string { return w.lab(t) + "/page" }, owned: true, wide: app.RightModerate},
		"POST /orgs/{key}/page":           {make: func(t *testing.T, w *rightsWorld) string { return w.lab(t) + "/page name=Lab" }, owned: true, wide: app.RightModerate},
	})
}

// claim is a claim of the owner's, of a paper made for it.
func (w *rightsWorld) claim(t *testing.T, id string, proven bool) string {
	t.Helper()
	p := broadsheet.Paper{ID: "url:" + id, Title: "Tea", Authors: []broadsheet.Author{{Name: "Ada"}}}
	if proven {
		p.ID = id
	}
	if _, err := w.store.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{p}}); err != nil {
		t.Fatal(err)
	}
	by := w.who["owner"].Account
	c, _, err := w.store.PutClaim(t.Context(), store.ClaimDraft{Account: by.ID, Handle: by.Name, Paper: p.ID, Position: 1, Name: "Ada", At: time.Now(),
		Prove: func(*broadsheet.Paper, int) broadsheet.ClaimProof {
			if proven {
				return broadsheet.ProofORCID
			}
			return ""
		}})
	if err != nil {
		t.Fatal(err)
	}
	return c.Token
}

// claimed is the form of a paper that the owner is known to have written.
func (w *rightsWorld) claimed(t *testing.T) string {
	w.claim(t, "2606.29999", true)
	return "/papers-links?paper=2606.29999"
}

// lab is the page of an organisation that the owner owns.
func (w *rightsWorld) lab(t *testing.T) string {
	t.Helper()
	at := time.Now()
	err := w.store.CreateOrganization(t.Context(), broadsheet.Organization{Key: "lab", Name: "Lab"}, w.who["owner"].Account.ID, func(o broadsheet.Organization) bool { return o.Key == "lab" },
		broadsheet.Action{At: at, Act: broadsheet.ActOrganization})
	if err != nil && broadsheet.KindOf(err) != broadsheet.Conflict {
		t.Fatal(err)
	}
	return "/orgs/lab"
}
