package boot

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/config"
	"broadsheet/internal/lib/fetch"
	"broadsheet/internal/store"
)

// mailed stores an edition that three readers were sent, and gives the tokens of
// their deliveries.
func mailed(t *testing.T, c *config.Config) (tokens []string) {
	t.Helper()
	s, err := OpenStore(t.Context(), c.Database, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	now := time.Now()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	e, err := s.PutEdition(t.Context(), broadsheet.Edition{Token: "edition", Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, To: 1, ComposedAt: now, Title: "Hot", Picks: []broadsheet.Pick{{PaperID: "2606.00001"}}, Total: 1})
	must(err)
	for i := range 3 {
		address, token := fmt.Sprintf("reader%d@example.org", i), fmt.Sprintf("k3j5n7p2q4r6s8t2u4v6w8%04d", i)
		r, err := s.PutRecipient(t.Context(), broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: address, Key: broadsheet.AddressKey(address), Salt: "s", CreatedAt: now})
		must(err)
		x, err := s.PutSubscription(t.Context(), broadsheet.Subscription{RecipientID: r.ID, Token: "s" + token, State: broadsheet.SubscriptionActive, DueAt: now.Add(time.Hour), CreatedAt: now, ConfirmedAt: now,
			Wish: broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Hour: 8, Zone: time.UTC}, MaxPapers: 10}})
		must(err)
		_, err = s.PutPlans(t.Context(), []store.Plan{{Subscription: x, Channel: broadsheet.ChannelMail, Cursor: 1, NextDue: now.AddDate(1, 0, 0), Slot: "2026-06-30",
			Delivery: &broadsheet.Delivery{EditionID: e.ID, Token: token, Papers: []string{"2606.00001"}, PlannedAt: now, NextAt: now.Add(time.Hour), ExpiresAt: now.Add(2 * time.Hour)}}})
		must(err)
		d, err := s.DeliveryByToken(t.Context(), token)
		must(err)
		_, err = s.PutSteps(t.Context(), []store.Step{{ID: d.ID, From: broadsheet.DeliveryPlanned, To: broadsheet.DeliverySent, At: now}})
		must(err)
		tokens = append(tokens, token)
	}
	return tokens
}

// suppressed counts the addresses that are not written to.
func suppressed(t *testing.T, c *config.Config) int {
	t.Helper()
	s, err := OpenStore(t.Context(), c.Database, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	all, err := s.Suppressions(t.Context(), broadsheet.ChannelMail, "", 10)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

const bounceText = "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"

// TestMailComesBack: a running site takes in what comes back by its mail server,
// from a folder and by a mail service's post.
func TestMailComesBack(t *testing.T) {
	dir := t.TempDir()
	key := filepath.Join(dir, "key")
	for _, sub := range []string{"new", "cur", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(key, []byte("hunter22\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := load(t, map[string]string{"site-url": "https://papers.example.org", "mail-from": "Papers <papers@example.org>", "mail-relays": "smtp://localhost:1", "mail-hello": "mx.example.org",
		"mail-bounce-listen": "127.0.0.1:0", "mail-bounce-folder": dir, "mail-hook-mailgun-key-file": key})
	tokens := mailed(t, c)
	if err := os.WriteFile(filepath.Join(dir, "new", "1"), []byte("Delivered-To: bounce+"+tokens[0]+"@example.org\r\n"+bounceText), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, c)
	s.log.await(t, "an address is not written to any more", 1) // that of the folder

	s.log.mu.Lock()
	said := regexp.MustCompile(`taking mail that comes back" address=(\S+)`).FindStringSubmatch(s.log.buf.String())
	s.log.mu.Unlock()
	if said == nil {
		t.Fatal("the log does not say where mail is taken")
	}
	mx, err := textproto.Dial("tcp", said[1])
	if err != nil {
		t.Fatal(err)
	}
	defer mx.Close()
	if _, _, err := mx.ReadResponse(220); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		line string
		code int
	}{{"EHLO x", 250}, {"MAIL FROM:<>", 250}, {"RCPT TO:<papers@example.org>", 550}, {"RCPT TO:<bounce+" + tokens[1] + "@example.org>", 250}, {"DATA", 354}, {bounceText + ".", 250}} {
		if err := mx.PrintfLine("%s", x.line); err != nil {
			t.Fatal(err)
		}
		if _, text, err := mx.ReadResponse(x.code); err != nil {
			t.Errorf("%s: got %v %s, want %d", x.line, err, text, x.code)
		}
	}

	stamp := fmt.Sprint(time.Now().Unix())
	for _, x := range []struct {
		service, key string
		status       int
	}{{"postmark", "hunter22", 404}, {"mailgun", "hunter23", 403}, {"mailgun", "hunter22", 204}} {
		mac := hmac.New(sha256.New, []byte(x.key))
		mac.Write([]byte(stamp + "nonce"))
		body := fmt.Sprintf(`{"signature":{"timestamp":%q,"token":"nonce","signature":%q},"event-data":{"event":"complained","recipient":"x","envelope":{"sender":"bounce+%s@example.org"}}}`, stamp, hex.EncodeToString(mac.Sum(nil)), tokens[2])
		res, err := http.Post(s.base+"/hooks/mail/"+x.service, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != x.status {
			t.Errorf("a post of %s with key %s: got %d, want %d", x.service, x.key, res.StatusCode, x.status)
		}
	}
	if n := suppressed(t, c); n != 3 {
		t.Errorf("%d addresses are suppressed, want 3: by the folder, the mail server and the post", n)
	}
	if n := s.log.count("hunter22"); n > 0 {
		t.Errorf("the key is in the log %d times", n)
	}
	s.stop()
	if err := <-s.done; err != nil {
		t.Errorf("the end: %v", err)
	}
	if _, err := textproto.Dial("tcp", said[1]); err == nil {
		t.Error("the mail server still answers after the end")
	}
}

// TestSNSReachesNoPrivateNetwork: the client that asks Amazon for certificates
// reaches no private network, whatever sources may.
func TestSNSReachesNoPrivateNetwork(t *testing.T) {
	c := load(t, map[string]string{"harvest-private-networks": "127.0.0.0/8", "harvest-daily-papers-url": "http://127.0.0.1:1"})
	r := returns{fetch: fetch.New(snsFetch(c, "test"))}
	defer r.fetch.Close()
	if _, err := r.get(t.Context(), "http://127.0.0.1:1/x.pem"); err == nil || !strings.Contains(err.Error(), fetch.ErrForbidden.Error()) {
		t.Errorf("got %v, want %v", err, fetch.ErrForbidden)
	}
}
