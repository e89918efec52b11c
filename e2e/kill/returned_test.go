package kill_test

import (
	"fmt"
	"net/textproto"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

const (
	returned  = 2_000 // mails that come back
	returners = 4     // mail servers that hand them over at a time
)

// TestKilledReturns kills the server while bounces come in, starts it again, and
// so on. What was acknowledged is in the ledger, and its address suppressed;
// what was not is handed over again.
func TestKilledReturns(t *testing.T) {
	t.Parallel()
	rnd := random(t, 60)
	template, tokens := mailsSent(t)
	wanted, kills, rounds, twice := *kills, 0, 0, 0
	for kills < wanted {
		rounds++
		smtp := freeAddress(t)
		p := newPlace(t, "BROADSHEET_LISTEN="+freeAddress(t), "BROADSHEET_HARVEST_ENABLED=false", "BROADSHEET_SITE_URL=https://papers.example.org",
			"BROADSHEET_MAIL_FROM=Papers <papers@example.org>", "BROADSHEET_MAIL_RELAYS=smtp://localhost:1", "BROADSHEET_MAIL_BOUNCE_LISTEN="+smtp)
		copyFile(t, template, p.database())
		r := &returning{address: smtp, left: tokens, acked: map[string]int{}}
		for r.open() > 0 && kills < wanted && kills < rounds*killsAReader {
			cmd, wait := p.start(t, "serve")
			p.smtpReady(t, smtp)
			stop := r.begin()
			time.Sleep(time.Duration(5+rnd.IntN(400)) * time.Millisecond) // the moment of the kill
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			wait()
			stop()
			kills++
			p.judgeReturns(t, r)
		}
		twice += r.twice
	}
	t.Logf("%d kills over %d databases with %d bounces each; %d were handed over again", kills, rounds, returned, twice)
}

// judgeReturns holds the ledger against what was acknowledged.
func (p *place) judgeReturns(t *testing.T, r *returning) {
	t.Helper()
	db := p.openDatabase(t)
	defer db.Close()
	rows, err := db.Query(`SELECT d.token, d.state, (SELECT count(*) FROM suppressions x WHERE x.key = r.key) FROM deliveries d JOIN recipients r ON r.id = d.recipient_id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var token, state string
		var suppressed int
		if err := rows.Scan(&token, &state, &suppressed); err != nil {
			t.Fatal(err)
		}
		if r.acked[token] > 0 && (state != "failed" || suppressed != 1) {
			t.Errorf("-seed=%d: %s was acknowledged; it is %s, suppressed %d times", *seed, token, state, suppressed)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// smtpReady waits until the mail server greets.
func (p *place) smtpReady(t *testing.T, address string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) { // polls another process; nothing to wait on
		if c, err := textproto.Dial("tcp", address); err == nil {
			_, _, err = c.ReadResponse(220)
			c.Close()
			if err == nil {
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatal("no mail server at " + address)
		}
	}
}

// returning hands bounces over until they are acknowledged.
type returning struct {
	address string
	mu      sync.Mutex
	left    []string
	acked   map[string]int
	twice   int // handed over again
}

func (r *returning) open() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.left)
}

// next takes a token whose bounce is to be handed over.
func (r *returning) next() (string, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.left) == 0 {
		return "", false
	}
	token := r.left[0]
	r.left = r.left[1:]
	return token, true
}

// begin hands over with several connections; the function it gives waits until
// they have ended, which they do when the server has.
func (r *returning) begin() (stop func()) {
	var all sync.WaitGroup
	for range returners {
		all.Go(func() {
			c, err := textproto.Dial("tcp", r.address)
			if err != nil {
				return
			}
			defer c.Close()
			if _, _, err := c.ReadResponse(220); err != nil || say(c, 250, "EHLO mx.example.net") != nil {
				return
			}
			for {
				token, ok := r.next()
				if !ok {
					return
				}
				err := hand(c, token)
				r.mu.Lock()
				if err == nil {
					r.acked[token]++
				} else {
					r.left, r.twice = append(r.left, token), r.twice+1
				}
				r.mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	return all.Wait
}

func say(c *textproto.Conn, code int, line string) error {
	if err := c.PrintfLine("%s", line); err != nil {
		return err
	}
	_, _, err := c.ReadResponse(code)
	return err
}

// hand hands over a bounce of the delivery with a token.
func hand(c *textproto.Conn, token string) error {
	for _, x := range []struct {
		code int
		line string
	}{{250, "MAIL FROM:<>"}, {250, "RCPT TO:<bounce+" + token + "@example.org>"}, {354, "DATA"}} {
		if err := say(c, x.code, x.line); err != nil {
			return err
		}
	}
	return say(c, 250, "From: MAILER-DAEMON@mx.example.net\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"+
		"Final-Recipient: rfc822; reader"+token[20:]+"@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 user unknown\r\n\r\n--b--\r\n.")
}

// mailsSent makes a database of an edition that was sent to many readers, and
// gives the tokens of its deliveries.
func mailsSent(t *testing.T) (path string, tokens []string) {
	t.Helper()
	ctx, now := t.Context(), time.Now()
	path = filepath.Join(t.TempDir(), "template.db")
	s, err := store.Open(ctx, "sqlite:"+path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, _, err = s.Migrate(ctx)
	must(err)
	var list []store.Subscriber
	for i := range returned {
		address := fmt.Sprintf("reader%06d@example.org", i)
		list = append(list, store.Subscriber{
			Recipient: broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: address, Key: broadsheet.AddressKey(address), Salt: "salt", CreatedAt: now},
			Subscription: broadsheet.Subscription{Token: fmt.Sprintf("s%025d", i), State: broadsheet.SubscriptionActive, DueAt: now.Add(-time.Hour), CreatedAt: now, ConfirmedAt: now,
				Wish: broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, MaxPapers: 10, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Zone: time.UTC}}}})
	}
	_, err = s.PutSubscribers(ctx, list)
	must(err)
	e, err := s.PutEdition(ctx, broadsheet.Edition{Token: "edition", Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, To: 1, ComposedAt: now, Title: "Hot", Picks: []broadsheet.Pick{{PaperID: "2606.00001"}}, Total: 1})
	must(err)
	due, err := s.DueSubscriptions(ctx, now, returned)
	must(err)
	var plans []store.Plan
	var steps []store.Step
	for i, x := range due {
		token := fmt.Sprintf("k3j5n7p2q4r6s8t2u4v6%06d", i)
		tokens = append(tokens, token)
		plans = append(plans, store.Plan{Subscription: x.Subscription, Channel: broadsheet.ChannelMail, Cursor: 1, NextDue: now.AddDate(1, 0, 0), Slot: "2026-06-30",
			Delivery: &broadsheet.Delivery{EditionID: e.ID, Token: token, Papers: []string{"2606.00001"}, PlannedAt: now, NextAt: now, ExpiresAt: now.Add(time.Hour)}})
	}
	_, err = s.PutPlans(ctx, plans)
	must(err)
	all, err := s.Deliveries(ctx, store.DeliveryQuery{Limit: returned})
	must(err)
	for i := range all {
		steps = append(steps, store.Step{ID: all[i].ID, From: broadsheet.DeliveryPlanned, To: broadsheet.DeliverySent, At: now, Reply: "250 ok"})
	}
	_, err = s.PutSteps(ctx, steps)
	must(err)
	must(s.Close())
	if len(tokens) != returned || len(all) != returned {
		t.Fatalf("%d tokens and %d deliveries, want %d", len(tokens), len(all), returned)
	}
	return path, tokens
}
