package kill_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/digest"
	"broadsheet/internal/jobs"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

const (
	readers       = 10_000 // of an edition
	conversations = 20     // with the relay at a time
	killsAReader  = 8      // databases are killed so often at most: see TestKilledServe
)

// TestKilledSending kills the server while it plans an edition for 10,000
// readers and sends it, starts it again, and so on until all is said. The relay
// counts. With mail.unknown=drop nobody gets the edition twice, and those who
// get none are among those whom the ledger calls unknown; with repeat everybody
// gets it, and no more get it twice than conversations were open at the kills.
func TestKilledSending(t *testing.T) {
	t.Parallel()
	template := filepath.Join(t.TempDir(), "template.db")
	readersWaiting(t, "sqlite:"+template, readers)
	for i, unknown := range []string{"drop", "repeat"} {
		t.Run(unknown, func(t *testing.T) {
			killSending(t, 40+uint64(i), unknown, readers, *kills, func(p *place) { copyFile(t, template, p.database()) })
		})
	}
}

// TestKilledSendingPostgres is the same on PostgreSQL, smaller: its commits are
// other ones, and what a dead sender had locked is let go by the server.
func TestKilledSendingPostgres(t *testing.T) {
	t.Parallel()
	const fewer = readers / 4
	for i, unknown := range []string{"drop", "repeat"} {
		t.Run(unknown, func(t *testing.T) {
			killSending(t, 44+uint64(i), unknown, fewer, min(*kills, 50), func(p *place) {
				p.postgres = storetest.PostgresDSN(t)
				readersWaiting(t, p.postgres, fewer)
			})
		})
	}
}

// killSending kills so often, over as many editions as that takes. fill makes
// the database of a place.
func killSending(t *testing.T, stream uint64, unknown string, readers, kills int, fill func(*place)) {
	t.Helper()
	rnd := random(t, stream)
	var all killedSending
	for all.kills < kills {
		all.add(sendKilled(t, rnd, unknown, readers, min(kills-all.kills, killsAReader), fill))
	}
	t.Logf("%s: %d kills (%d before the first mail) over %d editions for %d readers each; %d mails taken, %d lost, %d sent twice, %d in doubt in all, %d after one kill at most (%d conversations)",
		unknown, all.kills, all.early, all.editions, readers, all.taken, all.lost, all.twice, all.doubt, all.worst, conversations)
}

// killedSending are counts of one edition or many.
type killedSending struct{ kills, early, editions, taken, lost, twice, doubt, worst int }

func (k *killedSending) add(x killedSending) {
	k.kills, k.early, k.editions = k.kills+x.kills, k.early+x.early, k.editions+x.editions
	k.taken, k.lost, k.twice, k.doubt, k.worst = k.taken+x.taken, k.lost+x.lost, k.twice+x.twice, k.doubt+x.doubt, max(k.worst, x.worst)
}

// sendKilled sends one edition with kills in between, and judges.
func sendKilled(t *testing.T, rnd *rand.Rand, unknown string, readers, kills int, fill func(*place)) killedSending {
	t.Helper()
	r := newRelay(t)
	p := newPlace(t, "BROADSHEET_LISTEN="+freeAddress(t), "BROADSHEET_HARVEST_ENABLED=false", "BROADSHEET_SITE_URL=https://papers.example.org",
		"BROADSHEET_MAIL_FROM=Papers <papers@example.org>", "BROADSHEET_MAIL_RELAYS=smtp://"+r.address, "BROADSHEET_MAIL_UNKNOWN="+unknown, fmt.Sprint("BROADSHEET_MAIL_CONNECTIONS=", conversations))
	fill(p)
	got := killedSending{editions: 1}
	for got.kills < kills {
		moment := later(r.nth(1+rnd.IntN(2*readers/killsAReader)), time.Duration(rnd.IntN(3000))*time.Microsecond)
		if got.kills == 0 && rnd.IntN(2) == 0 || rnd.IntN(8) == 0 { // while it plans, the first time, or starts
			moment = after(time.Duration(50+rnd.IntN(500)) * time.Millisecond)
		}
		if p.serveUntilSent(t, moment) {
			break
		}
		got.kills++
		r.quiet(t)
		if r.total == 0 {
			got.early++
		}
		doubt := p.passMailTime(t)
		if doubt > conversations {
			t.Errorf("-seed=%d: %d deliveries are in doubt after a kill, want at most %d", *seed, doubt, conversations)
		}
		got.doubt, got.worst = got.doubt+doubt, max(got.worst, doubt)
	}
	p.serveUntilSent(t, nil)
	got.judge(t, p, r, unknown, readers)
	return got
}

// judge holds what the relay took against what the ledger says.
func (k *killedSending) judge(t *testing.T, p *place, r *relay, unknown string, readers int) {
	t.Helper()
	db := p.openDatabase(t)
	defer db.Close()
	rows, err := db.Query(`SELECT r.address, d.state, d.papers FROM subscriptions s JOIN recipients r ON r.id = s.recipient_id LEFT JOIN deliveries d ON d.subscription_id = s.id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	lines, doubtful := 0, 0
	for rows.Next() {
		var address string
		var state, papers sql.NullString
		if err := rows.Scan(&address, &state, &papers); err != nil {
			t.Fatal(err)
		}
		lines++
		n := r.taken[address]
		k.taken += n
		k.twice += max(0, n-1)
		switch {
		case !state.Valid:
			t.Errorf("-seed=%d: %s: no delivery was planned", *seed, address)
		case len(papers.String) != editionPapers*11-1: // ids of ten characters with blanks between
			t.Errorf("-seed=%d: %s: planned with %q", *seed, address, papers.String)
		case state.String == "sent" && n > 0:
		case state.String == "unknown" && unknown == "drop":
			doubtful++
			if n == 0 {
				k.lost++
			}
		default:
			t.Errorf("-seed=%d: %s: the relay took %d mails, the ledger says %s", *seed, address, n, state.String)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if lines != readers || len(r.taken)+k.lost != readers {
		t.Errorf("-seed=%d: %d lines in the ledger, %d readers got mail and %d lost theirs, want %d", *seed, lines, len(r.taken), k.lost, readers)
	}
	if unknown == "drop" && (k.twice > 0 || doubtful > k.doubt) || unknown == "repeat" && (k.lost > 0 || k.twice > k.doubt) {
		t.Errorf("-seed=%d: mail.unknown=%s: %d mails came twice, %d not at all, %d are unknown; %d were in doubt after %d kills", *seed, unknown, k.twice, k.lost, doubtful, k.doubt, k.kills)
	}
	if len(r.other) > 0 {
		t.Errorf("-seed=%d: the second mail to %s is not the first once more", *seed, r.other[0])
	}
	if r.most > conversations {
		t.Errorf("%d conversations at once, want at most %d", r.most, conversations)
	}
}

const editionPapers = 5

// readersWaiting fills an empty database: an edition is due to many readers and
// its planning is asked for.
func readersWaiting(t *testing.T, database string, readers int) {
	t.Helper()
	ctx, now := t.Context(), time.Now()
	s, err := store.Open(ctx, database, store.Options{})
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
	var papers []broadsheet.Paper
	var changes []broadsheet.Change
	for i := range editionPapers {
		p := broadsheet.Paper{ID: fmt.Sprintf("2606.%05d", i+1), Origin: broadsheet.OriginCatalog, Title: fmt.Sprint("On map number ", i), Abstract: "We fold maps.",
			Categories: []string{"cs.LG"}, PublishedAt: now.Add(-30 * time.Hour), AnnouncedOn: broadsheet.DayOf(now, time.UTC)}
		papers = append(papers, p)
		changes = append(changes, broadsheet.Change{Kind: broadsheet.ChangePaper, PaperID: p.ID})
	}
	_, err = s.Put(ctx, store.Batch{Papers: papers})
	must(err)
	must(digest.New(digest.Options{Store: s}).Changes(ctx, changes))
	var list []store.Subscriber
	for i := range readers {
		address := fmt.Sprintf("reader%05d@example.org", i)
		list = append(list, store.Subscriber{
			Recipient: broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: address, Key: broadsheet.AddressKey(address), Salt: "salt", CreatedAt: now.AddDate(0, 0, -9)},
			Subscription: broadsheet.Subscription{Token: fmt.Sprintf("s%025d", i), State: broadsheet.SubscriptionActive, DueAt: now.Add(-time.Minute), CreatedAt: now.AddDate(0, 0, -9), ConfirmedAt: now.AddDate(0, 0, -9),
				Wish: broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, MaxPapers: 10, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Zone: time.UTC}}}})
	}
	_, err = s.PutSubscribers(ctx, list)
	must(err)
	q, err := jobs.New(s, jobs.Options{})
	must(err)
	must(q.Enqueue(ctx, digest.Kind, nil, jobs.Opts{Unique: "now"}))
	must(s.Close())
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// serveUntilSent serves until the ledger has nothing open, and ends the server
// gently. It tells false where moment gave a value before and the server was
// killed; nil never does.
func (p *place) serveUntilSent(t *testing.T, moment <-chan struct{}) bool {
	t.Helper()
	cmd, wait := p.start(t, "serve")
	tick := time.NewTicker(100 * time.Millisecond) // polls another process; nothing to wait on
	defer tick.Stop()
	deadline := time.After(3 * time.Minute)
	for {
		select {
		case <-moment:
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			wait()
			return false
		case <-tick.C:
			if !p.sent(t) {
				continue
			}
			p.ready(t) // all was said before it began: a start that is broken off ends with an error
			syscall.Kill(cmd.Process.Pid, syscall.SIGINT)
			if r := wait(); !r.well() {
				t.Fatalf("-seed=%d: serve ended with %s", *seed, r)
			}
			return true
		case <-deadline:
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			t.Fatalf("-seed=%d: the edition is not sent within minutes: %s", *seed, wait())
		}
	}
}

// sent tells whether everything was planned and the ledger has nothing open.
func (p *place) sent(t *testing.T) bool {
	t.Helper()
	db := p.openDatabase(t)
	defer db.Close()
	var open int
	err := db.QueryRow(fmt.Sprintf(`SELECT count(*) FROM (SELECT 1 FROM subscriptions WHERE due_at < %d UNION ALL
	  SELECT 1 FROM deliveries WHERE state IN ('planned', 'claimed', 'sending') LIMIT 1) open`, time.Now().UnixMicro())).Scan(&open)
	if err != nil {
		t.Fatal(err)
	}
	return open == 0
}

// passMailTime is passTime, and the end of the lease of all that a dead sender
// had taken. It gives how many deliveries are in doubt.
func (p *place) passMailTime(t *testing.T) (doubt int) {
	t.Helper()
	db := p.openDatabase(t)
	defer db.Close()
	if p.postgres != "" {
		alone(t, db)
	}
	p.passTime(t)
	if err := db.QueryRow(`SELECT count(*) FROM deliveries WHERE state = 'sending'`).Scan(&doubt); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`UPDATE deliveries SET next_at = 1 WHERE state IN ('claimed', 'sending')`); err != nil {
		t.Fatal(err)
	}
	return doubt
}

// alone waits until the server has let go of the connections of a program that was
// killed: what it was asked last it ends first, also when nobody waits for it.
func alone(t *testing.T, db *sql.DB) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) { // polls another process; nothing to wait on
		var others int
		if err := db.QueryRow(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`).Scan(&others); err != nil {
			t.Fatal(err)
		}
		if others == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d connections of a program that was killed are still open", others)
		}
	}
}

func (p *place) openDatabase(t *testing.T) *sql.DB {
	t.Helper()
	if p.postgres != "" {
		db, err := sql.Open("pgx", p.postgres)
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	db, err := sql.Open("sqlite", "file:"+p.database()+"?mode=rw&_pragma=busy_timeout(15000)")
	if err != nil {
		t.Fatal(err)
	}
	return db
}
