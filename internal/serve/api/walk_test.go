package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
)

// walk does with API tokens what people do, and holds every answer to the
// document.
type walk struct {
	t      *testing.T
	s      *site
	c      *checker
	tokens map[string]string
	actors map[string]app.Actor
	done   map[string]bool // operations that gave what they promise
}

// newWalk makes the accounts of a walk, each with a token of all scopes.
func newWalk(t *testing.T, s *site, c *checker) *walk {
	t.Helper()
	w := &walk{t: t, s: s, c: c, tokens: map[string]string{}, actors: map[string]app.Actor{}, done: map[string]bool{}}
	for name, role := range map[string]broadsheet.Role{"mia": broadsheet.RoleMember, "max": broadsheet.RoleMember, "cur": broadsheet.RoleCurator, "mod": broadsheet.RoleModerator, "adm": broadsheet.RoleAdmin} {
		w.actors[name] = apptest.Account(t, s.store, name, role)
		w.tokens[name] = apptest.Token(t, s.store, w.actors[name], broadsheet.Scopes...)
	}
	return w
}

// send sends a request with a token, "" for none, and a JSON body, "" for none.
func (s *site) send(t testing.TB, method, target, token, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, Root+target, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

var parameters = regexp.MustCompile(`\{\w+\}`)

// described is the operation of the document that a request is for.
func described(t testing.TB, method, target string) operation {
	t.Helper()
	path, _, _ := strings.Cut(target, "?")
	var found *operation
	for _, o := range operations {
		if o.method == "" {
			o.method = http.MethodGet
		}
		pattern := regexp.MustCompile("^" + parameters.ReplaceAllString(o.path, "[^/]+") + "$")
		if o.method == method && pattern.MatchString(path) && (found == nil || !strings.Contains(o.path, "{")) {
			found = &o
		}
	}
	if found == nil {
		t.Fatalf("%s %s is no operation of the document", method, target)
	}
	return *found
}

// as sends a request as somebody, and holds the answer to the document: that of
// the operation, or a problem.
func (w *walk) as(who, method, target, body string, want int) map[string]any {
	w.t.Helper()
	o := described(w.t, method, target)
	got := w.s.send(w.t, method, target, w.tokens[who], body)
	if got.Code != want {
		w.t.Errorf("%s: %s %s %s: %d %s, want %d", who, method, target, body, got.Code, got.Body, want)
		return nil
	}
	if got.Header().Get("Cache-Control") != "private, no-store" && got.Code < 400 || got.Header().Get("Access-Control-Allow-Origin") != "" || got.Header().Get("Set-Cookie") != "" {
		w.t.Errorf("%s %s: headers %v, want no-store, no CORS, no cookie", method, target, got.Header())
	}
	paths, _ := w.c.doc["paths"].(map[string]any)
	operation, _ := paths[Root+o.path].(map[string]any)[strings.ToLower(method)].(map[string]any)
	response, ok := operation["responses"].(map[string]any)[fmt.Sprint(got.Code)].(map[string]any)
	if !ok {
		w.t.Errorf("%s %s: the document has no answer %d", method, target, got.Code)
	}
	if content, ok := operation["requestBody"].(map[string]any); ok && got.Code < 400 {
		var sent any
		if err := json.Unmarshal([]byte(body), &sent); err != nil {
			w.t.Fatal(err)
		}
		for _, fault := range w.c.faults(content["content"].(map[string]any)["application/json"].(map[string]any)["schema"].(map[string]any), sent, "body") {
			w.t.Errorf("%s %s: %s", method, target, fault)
		}
	}
	if got.Code == http.StatusNoContent {
		if got.Body.Len() > 0 {
			w.t.Errorf("%s %s: 204 with %q", method, target, got.Body)
		}
		w.done[o.id] = true
		return nil
	}
	var answer map[string]any
	if err := json.Unmarshal(got.Body.Bytes(), &answer); err != nil {
		w.t.Fatalf("%s %s: %v in %q", method, target, err, got.Body)
	}
	schema := w.c.find("#/components/schemas/Problem")
	if got.Code < 400 {
		w.done[o.id] = true
		schema = response["content"].(map[string]any)["application/json"].(map[string]any)["schema"].(map[string]any)
	}
	for _, fault := range w.c.faults(schema, any(answer), "answer") {
		w.t.Errorf("%s %s: %s", method, target, fault)
	}
	return answer
}

// all does every operation.
func (w *walk) all() {
	t := w.t
	t.Helper()
	equal := func(what string, got, want any) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: got %v, want %v", what, got, want)
		}
	}
	get, post, put, patch, del := http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete

	me := w.as("mia", get, "/me", "", 200)
	equal("whose token", me["name"], "mia")

	before := w.s.get(t, "/papers/2606.00001")["votes"].(float64)
	for range 2 { // idempotent
		v := w.as("mia", put, "/papers/2606.00001v2/vote", "", 200)
		equal("a vote", []any{v["paper"], v["voted"], v["votes"]}, []any{"2606.00001", true, before + 1})
	}
	w.as("max", put, "/papers/2606.00001/vote", "", 200)
	for range 2 {
		equal("a vote taken back", w.as("max", del, "/papers/2606.00001/vote", "", 200)["votes"], before+1)
	}
	w.as("max", put, "/papers/2601.99999/vote", "", 404)
	w.as("max", put, "/papers/math%2F0309136/vote", "", 409)

	c := w.as("mia", post, "/papers/2606.00001/comments", `{"text":"The law *holds* for @max as well."}`, 201)
	id := fmt.Sprint(c["id"])
	equal("a comment", []any{c["html"], c["version"], c["state"]}, []any{`<p>The law <em>holds</em> for <a href="/people/max" class="who">@max</a> as well.</p>`, 1, "shown"})
	reply := w.as("max", post, "/papers/2606.00001/comments", `{"text":"It does.","parent":"`+id+`"}`, 201)
	w.as("max", post, "/papers/2606.00001/comments", `{"text":"It does.","parent":"nonsense"}`, 400)
	equal("the comment as written", w.as("mia", get, "/comments/"+id, "", 200)["text"], "The law *holds* for @max as well.")
	w.as("max", get, "/comments/"+id, "", 403)
	equal("an edit", w.as("mia", patch, "/comments/"+id, `{"text":"The law holds, @max.","version":1}`, 200)["version"], 2)
	w.as("mia", patch, "/comments/"+id, `{"text":"The law holds!","version":1}`, 409)
	w.as("max", patch, "/comments/"+id, `{"text":"Mine now","version":2}`, 403)
	equal("a preview", w.as("mia", post, "/comments/preview", `{"text":"*x*"}`, 200)["html"], "<p><em>x</em></p>")
	equal("helpful", w.as("max", put, "/comments/"+id+"/vote", `{"value":1}`, 200)["ups"], 1)
	w.as("max", put, "/comments/"+id+"/vote", `{"value":7}`, 400)
	w.as("max", put, "/comments/"+id+"/reactions/heart", "", 200)
	w.as("max", put, "/comments/"+id+"/reactions/party", "", 200)
	w.as("max", put, "/comments/"+id+"/reactions/scorn", "", 400)
	equal("reactions", w.as("max", del, "/comments/"+id+"/reactions/party", "", 200)["items"], "[map[count:1 name:heart]]")
	other := fmt.Sprint(w.as("max", post, "/papers/2606.00001/comments", `{"text":"Never mind."}`, 201)["id"])
	w.as("mia", del, "/comments/"+other, "", 403)
	w.as("max", del, "/comments/"+other, "", 204)

	// mia hears of the reply and of nothing that was read.
	n := w.as("mia", get, "/notifications", "", 200)
	equal("news", n["unread"], 1)
	w.as("mia", post, "/notifications/read", `{"through":"`+fmt.Sprint(n["through"])+`"}`, 204)
	w.as("mia", post, "/notifications/read", `{"through":"12"}`, 400)
	equal("news that was read", w.as("mia", get, "/notifications", "", 200)["unread"], 0)
	w.as("mia", get, "/notifications?cursor=AAAA", "", 400)

	w.submissions(equal)
	w.claims(equal)
	w.moderation(equal, id, fmt.Sprint(reply["id"]))
	for _, o := range writings {
		if !w.done[o.id] {
			t.Errorf("nothing did %s", o.id)
		}
	}
}

func (w *walk) submissions(equal func(what string, got, want any)) {
	w.t.Helper()
	get, post, put, del := http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
	x := w.as("mia", post, "/submissions", `{"paper":"https://arxiv.org/abs/2606.00077"}`, 201)
	id := fmt.Sprint(x["id"])
	equal("a draft", x["state"], "draft")
	equal("asked again", w.as("mia", post, "/submissions", `{"paper":"2606.00077"}`, 201)["id"], id)
	w.as("mia", post, "/submissions", `{"paper":"no paper at all"}`, 400)
	w.as("max", get, "/submissions/"+id, "", 404)
	w.as("max", post, "/submissions/"+id+"/send", `{}`, 404)
	w.as("mia", post, "/submissions/"+id+"/send", `{"media":"javascript:alert(1)"}`, 400)
	for range 2 {
		equal("sent", w.as("mia", post, "/submissions/"+id+"/send", `{"comment":"Read *this*.","media":"https://pictures.example/x.png"}`, 200)["state"], "queued")
	}
	equal("listed", len(w.as("mia", get, "/submissions", "", 200)["items"].([]any)), 1)
	w.as("mia", get, "/submissions/"+id, "", 200)
	w.as("mia", get, "/queue", "", 403)
	equal("queued", len(w.as("cur", get, "/queue", "", 200)["items"].([]any)), 1)
	w.as("cur", post, "/submissions/"+id+"/decision", `{"accept":false}`, 400)
	equal("accepted", w.as("cur", post, "/submissions/"+id+"/decision", `{"accept":true,"reason":"It is good."}`, 200)["state"], "accepted")
	w.as("cur", post, "/submissions/"+id+"/decision", `{"accept":false,"reason":"Not at all."}`, 409)
	second := fmt.Sprint(w.as("max", post, "/submissions", `{"paper":"2606.00002"}`, 201)["id"])
	w.as("max", del, "/submissions/"+second, "", 204)
	failed := w.as("max", post, "/submissions", `{"paper":"2606.00078"}`, 201)
	equal("not found", []any{failed["state"], failed["problem"]}, []any{"failed", "nobody has it"})
	var mine []any
	for _, x := range w.as("max", get, "/submissions", "", 200)["items"].([]any) {
		p, _ := x.(map[string]any)["paper"].(map[string]any)
		mine = append(mine, p["id"], p["url"] != nil)
	}
	equal("of papers that are here and are not", mine, "[<nil> false 2606.00002 true]")
	w.as("cur", put, "/papers/doi:10.1234%2Ftea%2F2/feature", "", 204)
	w.as("cur", put, "/papers/doi:10.1234%2Ftea%2F2/feature", "", 409)
	w.as("cur", del, "/papers/doi:10.1234%2Ftea%2F2/feature?reason=Too+much+tea", "", 204)
	w.as("mia", put, "/papers/2606.00003/feature", "", 403)
}

func (w *walk) claims(equal func(what string, got, want any)) {
	w.t.Helper()
	get, post, patch, del := http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete
	w.as("mia", patch, "/papers/2606.00001/links", `{"project":["https://tea.example/"]}`, 403)
	w.as("mia", post, "/claims", `{"paper":"2606.00001","position":4,"name":"Di Even"}`, 409)
	w.as("mia", post, "/claims", `{"paper":"2606.00001","position":1,"name":"Di Even"}`, 409)
	c := w.as("mia", post, "/claims", `{"paper":"2606.00001","position":1,"name":"Al Brew","evidence":"It is me."}`, 201)
	equal("a claim", c["state"], "waiting")
	equal("own claims", len(w.as("mia", get, "/claims", "", 200)["items"].([]any)), 1)
	equal("claims that wait", len(w.as("mod", get, "/moderation/claims", "", 200)["items"].([]any)), 1)
	w.as("mia", post, fmt.Sprint("/claims/", c["id"], "/decision"), `{"accept":true}`, 403)
	equal("accepted", w.as("mod", post, fmt.Sprint("/claims/", c["id"], "/decision"), `{"accept":true}`, 200)["state"], "accepted")
	p := w.as("mia", patch, "/papers/2606.00001/links", `{"project":["https://tea.example/"],"code":["https://code.example/tea"],"reason":"Moved."}`, 200)
	equal("links", p["links"], "[map[kind:code stars:1234 url:https://code.example/tea] map[kind:project url:https://tea.example/] map[kind:thumbnail url:https://pictures.example/cup.png]]")
	w.as("mia", patch, "/papers/2606.00001/links", `{"project":["http://10.0.0.1/"]}`, 400)
	w.as("cur", patch, "/papers/2606.00001/links", `{"media":["https://pictures.example/film.mp4"],"organizations":["tea-lab"]}`, 200)
	equal("revoked", w.as("mod", post, fmt.Sprint("/claims/", c["id"], "/decision"), `{"accept":false,"reason":"No proof."}`, 200)["state"], "revoked")
	second := w.as("max", post, "/claims", `{"paper":"2606.00002","position":1,"name":"Bo Crumb"}`, 201)
	w.as("max", del, fmt.Sprint("/claims/", second["id"]), "", 204)
}

func (w *walk) moderation(equal func(what string, got, want any), comment, reply string) {
	w.t.Helper()
	get, post, patch := http.MethodGet, http.MethodPost, http.MethodPatch
	w.as("max", post, "/reports", `{"kind":"comment","id":"`+comment+`","reason":"rude","text":"It is loud."}`, 204)
	w.as("max", post, "/reports", `{"kind":"comment","id":"`+comment+`","reason":"ugly"}`, 400)
	w.as("mod", patch, "/rules", `{"rules":{}}`, 403)
	w.as("adm", patch, "/rules", `{"reason":"We want peace.","rules":{"blockedWords":["kettle"],"votesPerHour":500}}`, 200)
	rules := w.as("adm", get, "/rules", "", 200)
	equal("rules", []any{rules["blockedWords"], rules["votesPerHour"], rules["commentsPerHour"]}, "[[kettle] 500 60]")
	equal("lists made empty", w.as("adm", patch, "/rules", `{"rules":{"blockedDomains":["bad.example"]}}`, 200)["blockedDomains"], "[bad.example]")
	equal("lists made empty", w.as("adm", patch, "/rules", `{"rules":{"blockedDomains":[]}}`, 200)["blockedDomains"], nil)
	w.as("adm", patch, "/rules", `{"rules":{"registration":"never"}}`, 400)
	w.as("adm", patch, "/rules", `{"rules":{"votesPerHour":"many"}}`, 400)
	w.as("adm", patch, "/rules", `{"rules":{"votesPerMinute":1}}`, 400)
	for n := range 55 { // the log goes on
		w.as("adm", patch, "/rules", fmt.Sprintf(`{"rules":{"votesPerHour":%d}}`, 600+n), 200)
	}
	// What holds a blocked word waits for a moderator. The rules are a second old at most.
	held := w.as("max", post, "/papers/2606.00002/comments", `{"text":"My kettle!"}`, 201)
	equal("held", held["state"], "held")
	equal("cases", len(w.as("mod", get, "/moderation/cases", "", 200)["items"].([]any)), 2)
	w.as("mod", post, "/moderation/deeds", `{"act":"hide","kind":"comment","id":"`+comment+`","reason":"It is rude."}`, 204)
	w.as("mod", post, "/moderation/deeds", `{"act":"hide","kind":"comment","id":"`+comment+`","reason":"It is rude."}`, 409)
	w.as("mod", post, "/moderation/deeds", `{"act":"hide","kind":"comment","id":"`+reply+`"}`, 400)
	w.as("mod", post, "/moderation/deeds", `{"act":"lock","kind":"paper","id":"2606.00001","reason":"Enough."}`, 204)
	w.as("max", post, "/papers/2606.00001/comments", `{"text":"One more."}`, 403)
	w.as("max", post, "/moderation/deeds", `{"act":"unlock","kind":"paper","id":"2606.00001"}`, 403)
	w.as("mod", post, "/moderation/deeds", `{"act":"ban","kind":"account","id":"max","until":"2026-07-01T00:00:00Z","reason":"A day of rest."}`, 204)
	w.as("mod", post, "/papers/2606.00001/comments", `{"text":"It is closed."}`, 201)
	w.as("mod", post, "/moderation/deeds", `{"act":"merge","kind":"paper","id":"2606.00003","into":"2606.00002","reason":"The same work."}`, 204)
	w.as("max", http.MethodPut, "/papers/2606.00002/vote", "", 403)
	equal("a banned account's token", w.as("max", get, "/me", "", 200)["state"], "banned")
	w.as("max", get, "/notifications", "", 200)
}
