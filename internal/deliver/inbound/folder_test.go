package inbound_test

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"broadsheet"
	"broadsheet/internal/deliver/inbound"
	"broadsheet/internal/testkit"
)

// maildir makes a folder with mails, by name.
func maildir(t testing.TB, mails map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for _, sub := range []string{"new", "cur", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, body := range mails {
		if err := os.WriteFile(filepath.Join(dir, "new", name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func count(t testing.TB, dir, sub string) int {
	t.Helper()
	all, err := os.ReadDir(filepath.Join(dir, sub))
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// TestFolder: the address is found in the headers where mail servers keep it.
func TestFolder(t *testing.T) {
	w := open(t)
	token := w.sent(t, 0)
	to := "bounce+" + token + "@" + domain
	for _, c := range []struct{ what, mail, want string }{
		{"nobody's", "To: ada@example.org\r\n" + hard, "sent"},
		{"no header", "hello", "sent"},
		{"empty", "", "sent"},
		{"a forged token", "Delivered-To: bounce+k3j5n7p2q4r6s8t2u4v6w8x2y9@" + domain + "\r\n" + hard, "sent"},
		{"a token in the text", hard + "\r\nDelivered-To: " + to + "\r\n", "sent"},
		{"Delivered-To", "Delivered-To: " + to + "\r\n" + report("delayed", reader, "4.4.1", "451"), "sent"},
		{"To, the second of it", "To: ada@example.org, Bounces <" + to + ">\r\n" + hard, "failed+bounce"},
		{"X-Original-To", "X-Original-To: " + to + "\r\nSubject: hi\r\n\r\nhello", "failed+bounce+1 strays"},
		{"Envelope-To", "Envelope-To: unsubscribe+" + token + "@" + domain + "\r\n\r\n", "failed+bounce+ended+1 strays"},
	} {
		dir := maildir(t, map[string]string{"1.mx": c.mail, ".hidden": "x"})
		if err := w.desk.Folder(t.Context(), dir); err != nil {
			t.Errorf("%s: %v", c.what, err)
		}
		if got := w.state(t, token); got != c.want {
			t.Errorf("%s: got %s, want %s", c.what, got, c.want)
		}
		if n, read := count(t, dir, "new"), count(t, dir, "cur"); n != 1 || read != 1 {
			t.Errorf("%s: %d new and %d read mails, want the hidden file and the one that was read", c.what, n, read)
		}
	}
	if err := w.desk.Folder(t.Context(), t.TempDir()); err == nil {
		t.Error("no Maildir: want an error")
	}
}

// TestFolderWithoutStore: what cannot be stored stays; the next time it is taken
// in.
func TestFolderWithoutStore(t *testing.T) {
	w := open(t)
	s := &countingStore{Store: w.store, refuses: true}
	desk := inbound.New(inbound.Options{Store: s, Domain: domain})
	mails := map[string]string{"0": "To: ada@example.org\r\n\r\n"}
	token := w.sent(t, 0)
	for i := range 8 {
		mails[fmt.Sprint(i+1)] = "Delivered-To: bounce+" + token + "@" + domain + "\r\n" + hard
	}
	dir := maildir(t, mails)
	if err := desk.Folder(t.Context(), dir); err == nil {
		t.Error("with a full disk: want an error")
	}
	if n := count(t, dir, "new"); n != 8 || s.finds > 3 {
		t.Errorf("with a full disk: %d mails are left and %d were tried, want 8 and 3", n, s.finds)
	}
	s.refuses = false
	if err := desk.Folder(t.Context(), dir); err != nil || count(t, dir, "new") != 0 || w.state(t, token) != "failed+bounce" {
		t.Errorf("the next time: %v, %d are left, %s", err, count(t, dir, "new"), w.state(t, token))
	}
}

// TestFolderAfterCrash: a mail that was taken in, but not moved when the program
// died, is taken in again, and nothing changes.
func TestFolderAfterCrash(t *testing.T) {
	w := open(t)
	token := w.sent(t, 0)
	mail := "Delivered-To: bounce+" + token + "@" + domain + "\r\n" + hard
	if err := w.desk.Mail(t.Context(), "bounce+"+token+"@"+domain, []byte(mail)); err != nil {
		t.Fatal(err)
	}
	dir := maildir(t, map[string]string{"1": mail})
	if err := w.desk.Folder(t.Context(), dir); err != nil || w.state(t, token) != "failed+bounce" || count(t, dir, "cur") != 1 {
		t.Errorf("got %v, %s, %d read; want the same as before, and the mail moved", err, w.state(t, token), count(t, dir, "cur"))
	}
}

// TestTwoReaders: two programs may read one folder.
func TestTwoReaders(t *testing.T) {
	w := open(t)
	mails, tokens := map[string]string{}, []string{}
	for i := range 40 {
		token := w.sent(t, i)
		tokens = append(tokens, token)
		mails[fmt.Sprint(i)] = "Delivered-To: bounce+" + token + "@" + domain + "\r\n" + hard
	}
	dir := maildir(t, mails)
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			if err := w.desk.Folder(t.Context(), dir); err != nil {
				t.Errorf("a reader: %v", err)
			}
		})
	}
	all.Wait()
	if n, read := count(t, dir, "new"), count(t, dir, "cur"); n != 0 || read != 40 {
		t.Errorf("%d new and %d read, want 0 and 40", n, read)
	}
	for _, token := range tokens {
		if got := w.state(t, token); got != "failed+bounce" {
			t.Errorf("%s: got %s", token, got)
		}
	}
}

// TestRecordedMails takes in 282 real mails, each for a delivery of its own:
// each is understood or kept, none is an error, and none does anything without
// its token.
func TestRecordedMails(t *testing.T) {
	dir := filepath.Join(testkit.WholeData(t), "bounces")
	z, err := zip.OpenReader(filepath.Join(dir, "mails.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	w := open(t)
	became := map[broadsheet.DeliveryState]int{}
	for i, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			t.Fatal(err)
		}
		w.sub.ID, w.sub.Token = 0, fmt.Sprint("mail", i) // another one each: complaints are among them
		if w.sub, err = w.store.PutSubscription(t.Context(), w.sub); err != nil {
			t.Fatal(err)
		}
		token := w.sent(t, i)
		if err := w.desk.Mail(t.Context(), "bounce@"+domain, body); broadsheet.KindOf(err) != broadsheet.NotFound {
			t.Errorf("%s without a token: got %v, want that it is for nobody", f.Name, err)
		}
		if err := w.desk.Mail(t.Context(), "bounce+"+token+"@"+domain, body); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		d, err := w.store.DeliveryByToken(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		became[d.State]++
	}
	strays, err := w.store.Strays(t.Context(), 1000, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("of %d mails: %v, not understood %d", len(z.File), became, len(strays))
	if len(z.File) < 282 || became[broadsheet.DeliveryFailed] < 200 || len(strays) > 20 {
		t.Errorf("of %d mails: %v, not understood %d; want 282, of which 200 failed and 20 are not understood at most", len(z.File), became, len(strays))
	}
}
