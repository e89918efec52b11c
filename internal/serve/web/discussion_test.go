package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// guest is a browser that may be signed in.
type guest struct {
	*site
	t      testing.TB
	cookie *http.Cookie
}

func (s *site) guest(t testing.TB, name string, role broadsheet.Role) guest {
	t.Helper()
	if name == "" {
		return guest{site: s, t: t}
	}
	return guest{s, t, apptest.Cookie(t, s.store, apptest.Account(t, s.store, name, role), now)}
}

func (g guest) ask(r *http.Request) *httptest.ResponseRecorder {
	if g.cookie != nil {
		r.AddCookie(g.cookie)
	}
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return w
}

func (g guest) see(path string) string {
	g.t.Helper()
	if g.cookie == nil { // the clock stands still, and so does what is shared
		g.site = newSite(g.t, g.store)
	}
	w := g.ask(httptest.NewRequest(http.MethodGet, "https://papers.example"+path, nil))
	if w.Code != http.StatusOK {
		g.t.Fatalf("GET %s: %d %s", path, w.Code, w.Header().Get("Location"))
	}
	return w.Body.String()
}

func (g guest) send(path string, form url.Values, header ...string) *httptest.ResponseRecorder {
	return g.ask(newPost("https://papers.example"+path, form, header...))
}

const teaPaper = "2606.00001"

// say writes a comment and gives its token.
func (g guest) say(text string, more ...string) string {
	g.t.Helper()
	w := g.send("/comments", values(append([]string{"paper", teaPaper, "text", text}, more...)...))
	token, ok := strings.CutPrefix(w.Header().Get("Location"), "/comments/")
	if w.Code != http.StatusSeeOther || !ok || !broadsheet.IsObjectID(token) {
		g.t.Fatalf("say %q: %d to %q, want 303 to the comment\n%s", text, w.Code, w.Header().Get("Location"), w.Body)
	}
	return token
}

func wants(t testing.TB, what, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		not := strings.HasPrefix(text, "!")
		if strings.Contains(page, strings.TrimPrefix(text, "!")) == not {
			t.Errorf("%s: want %q in it, got\n%s", what, text, regexp.MustCompile(`(?s)^.*<section class="talk"`).ReplaceAllString(page, `<section class="talk"`))
		}
	}
}

func TestDiscussion(t *testing.T) {
	s := edition(t)
	nobody, ada, bob, mod := s.guest(t, "", ""), s.guest(t, "ada-lace", broadsheet.RoleMember), s.guest(t, "bob", broadsheet.RoleMember), s.guest(t, "mod", broadsheet.RoleModerator)
	page := "/papers/" + teaPaper

	wants(t, "a page without comments", nobody.see(page), "Nobody has said anything here yet.", "Sign in to join the discussion", "!<textarea", "<dd>3 elsewhere</dd>")
	wants(t, "with somebody signed in", ada.see(page), `<textarea id="text"`, "!Sign in to join")

	first := ada.say("The *spoon* matters: $x^2$, says @bob")
	reply := bob.say("It does not", "parent", first)
	got := nobody.see(page)
	wants(t, "what everybody sees", got, `Discussion <span>2</span>`, "<dd>2 here, 3 elsewhere</dd>", `<em>spoon</em>`, `<math><msup>`, `<a href="/people/bob" class="who">@bob</a>`, `id="c-`+first, `<a href="/comments/`+reply+`/reply" rel="nofollow">Reply</a>`, "!aria-pressed", "!/edit", "!/report?")
	wants(t, "what its author sees", ada.see(page), "/comments/"+first+"/edit", "/comments/"+first+"/delete", "!/comments/"+reply+"/edit", "/report?kind=comment&amp;object="+reply)
	wants(t, "what a moderator sees", mod.see(page), "/moderation/object?kind=comment&amp;object="+reply)

	if w := nobody.send("/comments", values("paper", teaPaper, "text", "x"), "Referer", "https://papers.example"+page); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/sign-in?next=%2Fpapers%2F") {
		t.Errorf("a comment by nobody: %d to %s, want 303 to /sign-in", w.Code, w.Header().Get("Location"))
	}
	if w := nobody.ask(httptest.NewRequest(http.MethodGet, "https://papers.example/comments/"+first, nil)); w.Code != http.StatusFound || w.Header().Get("Location") != page+"#c-"+first {
		t.Errorf("permalink: %d to %s, want 302 to %s#c-%s", w.Code, w.Header().Get("Location"), page, first)
	}

	wants(t, "reply form", bob.see("/comments/"+first+"/reply"), "Reply to ada-lace", `name="parent" value="`+first+`"`, "<em>spoon</em>")
	wants(t, "quote form", bob.see("/comments/"+first+"/reply?quote=1"), "&gt; The *spoon* matters: $x^2$, says @bob\n")

	w := ada.send("/comments", values("paper", teaPaper, "text", "so *nice* </textarea>", "preview", "1"))
	wants(t, "preview", w.Body.String(), "<em>nice</em> &lt;/textarea&gt;", "so *nice* &lt;/textarea&gt;</textarea>", "!Discussion <span>3")
	w = ada.send("/comments", values("paper", teaPaper, "text", "in place *x*", "preview", "1"), "Accept", "application/json")
	var said map[string]string
	if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil || said["html"] != "<p>in place <em>x</em></p>" {
		t.Errorf("preview for a script: %s, %v", w.Body, err)
	}

	// Votes, by form and by script.
	if w := bob.send("/comments/votes", values("up", first), "Referer", "https://papers.example"+page+"?sort=newest"); w.Header().Get("Location") != page+"?sort=newest#c-"+first {
		t.Errorf("a vote leads to %q", w.Header().Get("Location"))
	}
	wants(t, "a vote", bob.see(page), `name="none" value="`+first+`" aria-pressed="true"`)
	wants(t, "a vote as others see it", nobody.see(page), `name="up" value="`+first+`" class="v">▲<span class="vh"> Helpful </span> 1</button>`)
	if w := bob.send("/comments/votes", values("none", first), "Accept", "application/json"); w.Body.String() != `{"downs":0,"ups":0,"vote":0}` {
		t.Errorf("a vote taken back by a script: %s", w.Body)
	}
	if w := ada.send("/comments/votes", values("up", first)); w.Code != http.StatusForbidden {
		t.Errorf("a vote for oneself: %d, want 403", w.Code)
	}
	bob.send("/comments/reactions", values("party", first))
	wants(t, "a reaction", nobody.see(page), `🎉<span class="vh"> Hooray </span> 1`)
	bob.send("/comments/reactions", values("party", "-"+first))
	wants(t, "a reaction taken back", nobody.see(page), "!🎉")
	wants(t, "reactions to choose from", bob.see("/comments/"+first+"/react"), `name="heart" value="`+first+`"`)

	// Edits: of two at once, one wins.
	form := values("version", "1", "text", "The spoon matters a lot")
	if w := ada.send("/comments/"+first+"/edit", form); w.Code != http.StatusSeeOther {
		t.Fatalf("edit: %d\n%s", w.Code, w.Body)
	}
	w = ada.send("/comments/"+first+"/edit", values("version", "1", "text", "the other window"))
	if w.Code != http.StatusConflict {
		t.Errorf("an edit of what was edited: %d, want 409", w.Code)
	}
	wants(t, "the other window's words are kept", w.Body.String(), "the other window</textarea>", `name="version" value="2"`, "changed meanwhile")
	wants(t, "what it would be saved over stands beside them", w.Body.String(), "<p>The spoon matters a lot</p>", "Save over it", `href="/comments/`+first+`/edit"`)
	w = ada.send("/comments/"+first+"/edit", values("version", "1", "text", "the other window"), "Accept", "application/json")
	if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), `"field":"version"`) {
		t.Errorf("the same by a script: %d %s, want 409 that names the version", w.Code, w.Body)
	}
	w = ada.send("/comments/"+first+"/edit", values("version", "1", "text", " "))
	wants(t, "what has an error too is still of the version that was looked at", w.Body.String(), "There is nothing in it", `name="version" value="1"`, "!Save over it")
	wants(t, "history", nobody.see("/comments/"+first+"/history"), "As first written", "<em>spoon</em>", "The spoon matters a lot")
	if w := bob.ask(httptest.NewRequest(http.MethodGet, "https://papers.example/comments/"+first+"/edit", nil)); w.Code != http.StatusForbidden {
		t.Errorf("another's edit form: %d, want 403", w.Code)
	}

	if w := ada.send("/comments/"+first+"/edit", values("version", "2", "text", "the *other* window")); w.Code != http.StatusSeeOther {
		t.Errorf("saved over the other edit: %d, want 303", w.Code)
	}
	wants(t, "saved over", nobody.see(page), "the <em>other</em> window", "!The spoon matters a lot")

	wants(t, "latest", nobody.see("/comments"), "It does not", "Cooling of tea")
	wants(t, "latest on a paper", nobody.see("/comments?paper="+teaPaper), "It does not")

	wants(t, "to delete", ada.see("/comments/"+first+"/delete"), "Delete your comment?")
	if w := ada.send("/comments/"+first+"/delete", nil); w.Code != http.StatusSeeOther {
		t.Errorf("delete: %d, want 303", w.Code)
	}
	wants(t, "what stays", nobody.see(page), "Deleted by its author.", "It does not", "!spoon matters", "!other</em> window", `Discussion <span>1</span>`)
	for _, x := range []struct{ path string }{{"/comments/" + first + "/edit"}, {"/comments/" + first + "/delete"}} {
		if w := ada.send(x.path, form); w.Code != http.StatusConflict {
			t.Errorf("POST %s of a deleted comment: %d, want 409", x.path, w.Code)
		}
	}
	if w := ada.send("/comments/votes", values("up", first)); w.Code != http.StatusConflict {
		t.Errorf("a vote for a deleted comment: %d, want 409", w.Code)
	}
}

// TestCommentRefused holds that what cannot be said is said kindly, with the words kept.
func TestCommentRefused(t *testing.T) {
	s := edition(t)
	ada := s.guest(t, "ada-lace", broadsheet.RoleMember)
	for _, c := range []struct {
		name, text string
		code       int
		want       string
	}{
		{"empty", "  ", 400, "There is nothing in it."},
		{"long", strings.Repeat("é", 4001), 400, "It is longer than 8000 bytes."},
		{"a megabyte", strings.Repeat("a", 1<<20), 413, "too long"},
		{"nested", strings.Repeat("- ", 30) + "x", 400, "It nests 20 lists, quotes or marks within one another."},
		{"10,000 lists", strings.Repeat("- ", 10000), 400, "longer than 8000 bytes"},
	} {
		w := ada.send("/comments", values("paper", teaPaper, "text", c.text))
		if w.Code != c.code || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s: %d, want %d and %q in\n%.3000s", c.name, w.Code, c.code, c.want, w.Body)
		}
		if c.code == 400 && !strings.Contains(w.Body.String(), c.text) {
			t.Errorf("%s: what was written is not in the form", c.name)
		}
	}
	w := ada.send("/comments", values("paper", "2606.99999", "text", "x"))
	if w.Code != http.StatusNotFound {
		t.Errorf("a comment on no paper: %d, want 404", w.Code)
	}
	ada.say("once")
	if w := ada.send("/comments", values("paper", teaPaper, "text", "once")); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "You said exactly this a moment ago") {
		t.Errorf("the same twice: %d, want 409", w.Code)
	}
	w = ada.send("/comments", values("paper", teaPaper, "text", "once"), "Accept", "application/json")
	if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), `"error":"You said exactly this`) {
		t.Errorf("the same twice by a script: %d %s", w.Code, w.Body)
	}
}

// talkative is a paper with n comments in threads.
func talkative(t testing.TB, n int) *site {
	t.Helper()
	s := storetest.Open(t)
	put(t, s, papers()...)
	people := make([]app.Actor, 20)
	for i := range people {
		people[i] = apptest.Account(t, s, fmt.Sprint("person-", i), broadsheet.RoleMember)
	}
	html := `<p>We see <em>the same</em> in <a href="https://example.org/t" rel="nofollow ugc noopener">table 2</a>: with <math><mi>n</mi><mo>≥</mo><mn>10</mn></math> the loss falls by 3 %, ` +
		`<a href="/people/ada" class="who">@ada</a>.</p><p>Did you try a larger spoon, as others did before? It seems that the effect goes away with one.</p>`
	var tokens []string
	for i := range n {
		by := people[i%len(people)]
		d := store.CommentDraft{Paper: teaPaper, Account: by.Account.ID, Name: by.Name(), Text: fmt.Sprint(i), HTML: html, Renderer: 1, At: now.Add(time.Duration(i-n) * time.Minute)}
		if i%4 != 0 {
			d.Parent = tokens[i-1-(i*7919)%min(i, 9)]
		}
		c, err := s.PutComment(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, c.Token)
	}
	return newSite(t, s)
}

// BenchmarkPaperPage makes the page of a paper with a thousand comments.
func BenchmarkPaperPage(b *testing.B) {
	for _, n := range []int{0, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			ada := talkative(b, n).guest(b, "ada-lace", broadsheet.RoleMember) // for whom no page is kept
			var size int
			for b.Loop() {
				size = len(ada.see("/papers/" + teaPaper))
			}
			b.ReportMetric(float64(size), "bytes")
		})
	}
}
