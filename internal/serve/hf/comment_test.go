package hf_test

import (
	"encoding/json"
	"net/http/httptest"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/serve/hf"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func TestComments(t *testing.T) {
	at := time.Date(2026, 6, 30, 9, 30, 0, 0, time.UTC)
	s := storetest.Open(t)
	if _, err := s.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{{ID: "math/0309136", Origin: broadsheet.OriginCatalog, Title: "Tea", PublishedAt: at}}}); err != nil {
		t.Fatal(err)
	}
	a := apptest.New(t, s, at)
	ada := apptest.Account(t, s, "ada", broadsheet.RoleMember)
	first, err := a.Comment(t.Context(), ada, app.Remark{Paper: "math/0309136", Text: "The *spoon*"})
	if err != nil {
		t.Fatal(err)
	}
	reply, err := a.Comment(t.Context(), ada, app.Remark{Paper: "math/0309136", Parent: first.Token, Text: "Mine"})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.DeleteComment(t.Context(), ada, first.Token); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	httpkit.New(hf.New(hf.Options{App: a}).Routes(), httpkit.Options{}).ServeHTTP(w, httptest.NewRequest("GET", "/api/papers/math/0309136/comments", nil))
	var got, want any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	text := `[{"id":"` + first.Token + `","type":"comment","createdAt":"2026-06-30T09:30:00.000Z","data":{"edited":true,"hidden":true,"numEdits":1,"upvotes":0,"reactions":[],"latest":{"html":"","updatedAt":"2026-06-30T09:30:00.000Z"}},
	  "replies":[{"id":"` + reply.Token + `","type":"comment","author":{"_id":"` + ada.Account.Token + `","name":"ada","user":"ada","fullname":"ada","type":"user","isAuthor":false},"createdAt":"2026-06-30T09:30:00.000Z",
	  "data":{"edited":false,"hidden":false,"numEdits":0,"upvotes":0,"reactions":[],"latest":{"html":"<p>Mine</p>","updatedAt":"2026-06-30T09:30:00.000Z"}},"replies":[]}]}]`
	if err := json.Unmarshal([]byte(text), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("comments (-want +got)\n%s", diff)
	}
}
