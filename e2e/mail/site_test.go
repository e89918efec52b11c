package mail_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/digest"
	"broadsheet/internal/jobs"
	"broadsheet/internal/store"

	_ "modernc.org/sqlite" // to let time pass
)

// site is the running program. The test reads and writes its database beside it.
type site struct {
	base  string
	dir   string
	env   []string
	store *store.Store
	bin   string
}

// newSite starts the program with papers, keys that openssl made, and a mail
// server for what comes back.
func newSite(t *testing.T, relay, bounces string) *site {
	t.Helper()
	dir, listen := t.TempDir(), freeAddress(t)
	s := &site{base: "http://" + listen, dir: dir, bin: os.Getenv("BROADSHEET_BIN")}
	if s.bin == "" {
		s.bin = filepath.Join(dir, "broadsheet")
		if out, err := exec.Command("go", "build", "-o", s.bin, "broadsheet/cmd/broadsheet").CombinedOutput(); err != nil {
			t.Fatalf("build the program: %v: %s", err, out)
		}
	}
	var keys []string
	for selector, algorithm := range map[string][]string{"r2026": {"RSA", "-pkeyopt", "rsa_keygen_bits:2048"}, "e2027": {"ED25519"}} {
		path := filepath.Join(dir, selector+".pem")
		if out, err := exec.Command("openssl", append([]string{"genpkey", "-out", path, "-algorithm"}, algorithm...)...).CombinedOutput(); err != nil {
			t.Fatalf("openssl: %v: %s", err, out)
		}
		if err := os.Chmod(path, 0o600); err != nil {
			t.Fatal(err)
		}
		keys = append(keys, selector+"="+path)
	}
	s.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "BROADSHEET_LISTEN=" + listen, "BROADSHEET_HARVEST_ENABLED=false", "BROADSHEET_SITE_URL=" + s.base,
		"BROADSHEET_SITE_TITLE=Daily papers", "BROADSHEET_MAIL_RELAYS=smtp://" + relay, "BROADSHEET_MAIL_FROM=Daily papers <daily@papers.example>", "BROADSHEET_MAIL_BOUNCE_DOMAIN=bounces.papers.example",
		"BROADSHEET_MAIL_BOUNCE_LISTEN=" + bounces, "BROADSHEET_MAIL_HELLO=papers.example", "BROADSHEET_MAIL_DKIM_KEYS=" + strings.Join(keys, ",")}
	database := filepath.Join(dir, "var", "broadsheet.db")
	if err := os.Mkdir(filepath.Dir(database), 0o750); err != nil {
		t.Fatal(err)
	}
	var err error
	if s.store, err = store.Open(t.Context(), "sqlite:"+database, store.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.store.Close() })
	if _, _, err := s.store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.news(t, 1)
	s.serve(t)
	return s
}

func (s *site) command(args ...string) *exec.Cmd {
	cmd := exec.Command(s.bin, args...)
	cmd.Dir, cmd.Env = s.dir, s.env
	return cmd
}

func (s *site) serve(t *testing.T) {
	t.Helper()
	log, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := s.command("serve")
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGINT)
		if err := cmd.Wait(); err != nil {
			t.Errorf("serve ended with %v", err)
		}
		log.Close()
		if b, err := os.ReadFile(log.Name()); err == nil && t.Failed() {
			t.Logf("serve says:\n%s", b)
		}
	})
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) { // polls another process
		res, err := http.Get(s.base + "/readyz")
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatal("not ready: ", err)
		}
	}
}

// news lets papers arrive, numbered from first.
func (s *site) news(t *testing.T, first int) {
	t.Helper()
	now := time.Now()
	var papers []broadsheet.Paper
	var changes []broadsheet.Change
	for i := first; i < first+6; i++ {
		p := broadsheet.Paper{ID: fmt.Sprintf("2606.%05d", i), Origin: broadsheet.OriginCatalog, Title: fmt.Sprint("On the folding of maps, part ", i), Categories: []string{"cs.CG"},
			Authors:  []broadsheet.Author{{Name: "Ada Person"}, {Name: "Bo Other"}},
			Abstract: strings.Repeat("We fold maps along every crease and count in how many ways that can be done. ", 8), PublishedAt: now.Add(-30 * time.Hour), AnnouncedOn: broadsheet.DayOf(now, time.UTC)}
		papers = append(papers, p)
		changes = append(changes, broadsheet.Change{Kind: broadsheet.ChangePaper, PaperID: p.ID})
	}
	if _, err := s.store.Put(t.Context(), store.Batch{Papers: papers}); err != nil {
		t.Fatal(err)
	}
	if err := digest.New(digest.Options{Store: s.store}).Changes(t.Context(), changes); err != nil {
		t.Fatal(err)
	}
}

// add subscribes an address that was confirmed long ago.
func (s *site) add(t *testing.T, address string) {
	t.Helper()
	old := time.Now().AddDate(0, 0, -9)
	n, err := s.store.PutSubscribers(t.Context(), []store.Subscriber{{
		Recipient: broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: address, Key: broadsheet.AddressKey(address), Salt: "salt", CreatedAt: old},
		Subscription: broadsheet.Subscription{Token: "token-of-" + address, State: broadsheet.SubscriptionActive, DueAt: old, CreatedAt: old, ConfirmedAt: old,
			Wish: broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, MaxPapers: 10, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Zone: time.UTC}}}}})
	if err != nil || n != 1 {
		t.Fatalf("%s: %d added (%v)", address, n, err)
	}
}

// plan makes everything due that is active, as if it had been subscribed to
// long ago and nothing had been sent yet today, and asks the program to plan.
func (s *site) plan(t *testing.T) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, "var", "broadsheet.db")+"?mode=rw&_pragma=busy_timeout(15000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, text := range []string{`UPDATE subscriptions SET due_at = 1, confirmed_at = 1, last_slot = '' WHERE state = 'active'`, `UPDATE deliveries SET slot = slot || '-before'`} {
		if _, err := db.Exec(text); err != nil {
			t.Fatal(err)
		}
	}
	q, err := jobs.New(s.store, jobs.Options{})
	if err == nil {
		err = q.Enqueue(t.Context(), digest.Kind, nil, jobs.Opts{Unique: "now"})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (s *site) subscription(t *testing.T, address string) broadsheet.Subscription {
	t.Helper()
	r, err := s.store.RecipientByKey(t.Context(), broadsheet.ChannelMail, broadsheet.AddressKey(address))
	if err != nil {
		t.Fatal(err)
	}
	all, err := s.store.SubscriptionsOf(t.Context(), r.ID)
	if err != nil || len(all) != 1 {
		t.Fatalf("%s has %d subscriptions (%v)", address, len(all), err)
	}
	return all[0]
}

// records are the TXT records that the program tells its operator to publish.
func (s *site) records(t *testing.T) map[string]string {
	t.Helper()
	b, err := s.command("mail", "dns", "--json").Output()
	if err != nil {
		t.Fatalf("broadsheet mail dns: %v: %s", err, b)
	}
	var list []struct{ Name, Type, Value string }
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, x := range list {
		if x.Type == "TXT" {
			out[x.Name] = x.Value
		}
	}
	return out
}

// client follows nothing and keeps no cookies: as a mailbox that clicks.
var client = http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func (s *site) get(t *testing.T, address string) {
	t.Helper()
	res, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s", address, res.Status)
	}
}

// post sends a form, to a path or a whole address, and wants one of the
// statuses.
func (s *site) post(t *testing.T, address string, form url.Values, want ...int) {
	t.Helper()
	if strings.HasPrefix(address, "/") {
		address = s.base + address
	}
	res, err := client.PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(want, res.StatusCode) {
		t.Fatalf("POST %s: %s, want %v: %.500s", address, res.Status, want, b)
	}
}
