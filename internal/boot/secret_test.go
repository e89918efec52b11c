package boot

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/auth"
)

// secretColumns hold what no public answer may: what opens something, who reads
// by mail, and what somebody told the moderators or nobody yet.
var secretColumns = map[string][]string{
	"sessions": {"hash", "id", "client", "agent"}, "api_tokens": {"hash", "id", "name"}, "account_addresses": {"address"}, "tickets": {"hash", "address", "data"},
	"totps": {"sealed"}, "invites": {"hash", "id", "note"}, "notification_feeds": {"hash"}, "recipients": {"address", "key", "salt"}, "subscriptions": {"token"},
	"flags": {"body"}, "claims": {"evidence"}, "submissions": {"token", "comment"}, "identities": {"subject", "label"},
}

// mustHold are the columns that fill puts something into: an empty one would try
// nothing.
var mustHold = []string{"sessions.hash", "api_tokens.hash", "api_tokens.name", "account_addresses.address", "totps.sealed", "invites.note", "recipients.address", "recipients.salt",
	"subscriptions.token", "flags.body", "claims.evidence", "submissions.comment", "tickets.address", "notification_feeds.hash"}

// secrets are the values of those columns, by where they stand.
func (w *crawl) secrets(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	filled := map[string]bool{}
	db := w.store.Writer()
	for table, columns := range secretColumns {
		have := texts(t, db, `SELECT name FROM pragma_table_info(?)`, table)
		for _, column := range columns {
			if !slices.Contains(have, column) {
				t.Errorf("the table %s has no column %s: what holds it now?", table, column)
				continue
			}
			for _, value := range texts(t, db, `SELECT coalesce("`+column+`", '') FROM "`+table+`"`) {
				if len(value) >= 6 { // shorter ones stand in many texts
					out[value] = table + "." + column
					filled[table+"."+column] = true
				}
			}
		}
	}
	for _, column := range mustHold {
		if !filled[column] {
			t.Errorf("%s holds nothing: the test would not see it", column)
		}
	}
	return out
}

// TestNoSecrets fills every place for what is private, and reads every public
// answer of every surface, as a stranger: pages, feeds, Markdown, citations, the
// APIs, cards, MCP, metrics. None holds any of it, in header or body. Somebody
// else who is signed in sees no more of it than what is their own.
func TestNoSecrets(t *testing.T) {
	w := newCrawl(t)
	ctx, now, me := t.Context(), time.Now(), w.who["member"].Account
	for what, err := range map[string]error{
		"a factor":   w.store.PutTOTP(ctx, me.ID, "sealed-factor-of-member", 1, now),
		"a feed":     w.store.SetFeed(ctx, me.ID, auth.Hash("notification feed", "feed-word-of-member"), now),
		"a ticket":   w.store.PutTicket(ctx, auth.Hash("ticket", "ticket-word"), broadsheet.Ticket{Purpose: "sign-in", Address: "newcomer@elsewhere.example", CreatedAt: now, ExpiresAt: now.Add(time.Hour)}),
		"a report":   w.store.PutFlag(ctx, broadsheet.Flag{Kind: broadsheet.ObjectPaper, Object: "2606.20005", Paper: "2606.20005", Account: me.ID, Reason: broadsheet.FlagOther, Text: "words-for-moderators", At: now}, 0),
		"a sitting":  w.store.PutSession(ctx, auth.Hash("session", "session-word"), broadsheet.Session{ID: broadsheet.NewObjectID(), AccountID: me.ID, CreatedAt: now, SeenAt: now, ExpiresAt: now.AddDate(0, 1, 0), ProvedAt: now, Client: "198.51.100.77", Agent: "agent-of-member"}, ""),
		"an API key": w.store.PutAPIToken(ctx, auth.Hash("api", "api-word-of-member"), broadsheet.APIToken{ID: broadsheet.NewObjectID(), AccountID: me.ID, Name: "token-of-member", Scopes: broadsheet.Scopes, CreatedAt: now, ExpiresAt: now.AddDate(0, 1, 0)}),
	} {
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	execs := map[string]string{"claims": "evidence = 'evidence-of-member'", "submissions": "comment = 'comment-of-a-submission'"}
	for table, set := range execs {
		if _, err := w.store.Writer().ExecContext(ctx, `UPDATE `+table+` SET `+set); err != nil {
			t.Fatal(err)
		}
	}
	secrets := w.secrets(t)
	read, kinds := 0, map[string]int{}
	told := map[string]bool{}
	look := func(secrets map[string]string) func(string, *httptest.ResponseRecorder) {
		return func(path string, rec *httptest.ResponseRecorder) {
			read++
			kind, _, _ := strings.Cut(rec.Header().Get("Content-Type"), ";")
			kinds[kind]++
			all := fmt.Sprint(rec.Header()) + rec.Body.String()
			for value, where := range secrets {
				if strings.Contains(all, value) && !strings.Contains(path, value) && !told[where+path] {
					told[where+path] = true
					t.Errorf("GET %s tells %s: %q", path, where, value)
				}
			}
		}
	}
	w.look = look(secrets)
	t.Run("stranger", func(t *testing.T) { w.as(t, "stranger") })
	for _, body := range []string{`{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"paper","arguments":{"id":"2606.20001"}}}`,
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"query":"reader"}}}`, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list","arguments":{"kind":"submitter","key":"member-x"}}}`} {
		r := httptest.NewRequest(http.MethodPost, crawlSite+"/mcp", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "application/json, text/event-stream")
		rec := httptest.NewRecorder()
		w.site.ServeHTTP(rec, r)
		w.look("/mcp", rec)
	}
	for _, path := range []string{"/search?q=people.example", "/search?q=reader", "/search/suggest?q=member", "/api/v1/suggest?q=member", "/api/v1/search?q=newcomer", "/api/papers/search?q=evidence", "/api/papers/2606.20001/comments",
		"/api/v1/papers/2606.20001/votes", "/api/v1/papers/2606.20001/comments", "/api/v1/log", "/people/member-x", "/people/other-x", "/voters/2606.20001"} {
		rec := httptest.NewRecorder()
		w.site.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, crawlSite+path, nil))
		w.look(path, rec)
	}
	for _, kind := range []string{"text/html", "application/json", "application/problem+json", "application/atom+xml", "text/markdown", "text/plain", "application/xml"} {
		if kinds[kind] == 0 {
			t.Errorf("no answer of type %s was read", kind)
		}
	}
	t.Logf("%d answers to a stranger, %d secrets: %v", read, len(secrets), kinds)

	// What is the other's own is theirs to see; the rest is not.
	others := map[string]string{}
	for value, where := range secrets {
		if own := strings.Contains(value, "other-x"); !own {
			others[value] = where
		}
	}
	w.look = look(others)
	t.Run("another", func(t *testing.T) { w.as(t, "other") })
}
