package dsn_test

import (
	"archive/zip"
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"broadsheet/internal/lib/dsn"
	"broadsheet/internal/testkit"
)

type expected struct {
	File     string
	Index    int
	Status   string
	Code     string `json:"reply_code"`
	Reason   string
	Hard     bool   `json:"hard_bounce"`
	Feedback string `json:"feedback_type"`
}

// recorded are real mails that came back, and what people say of them.
func recorded(t testing.TB) (mails map[string][]byte, want map[string][]expected) {
	t.Helper()
	dir := filepath.Join(testkit.Data(t), "bounces")
	z, err := zip.OpenReader(filepath.Join(dir, "mails.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	mails, want = map[string][]byte{}, map[string][]expected{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if mails[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	f, err := os.Open(filepath.Join(dir, "expected.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var e expected
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		want[e.File] = append(want[e.File], e)
	}
	return mails, want
}

// TestRecordedBounces holds what is understood against 282 real mails: whether
// an address is gone for good must be right in 95 of 100.
func TestRecordedBounces(t *testing.T) {
	mails, want := recorded(t)
	right, complaints, asked := 0, 0, 0
	for name, all := range want {
		body, ok := mails[name]
		if !ok {
			t.Fatalf("no mail %s", name)
		}
		hard, feedback := false, ""
		for _, e := range all {
			hard = hard || e.Hard
			feedback += e.Feedback
		}
		asked++
		rep, err := dsn.Parse(strings.NewReader(string(body)))
		if err != nil {
			if !hard {
				right++ // nobody is suppressed
			} else {
				t.Logf("%s: %v, want hard", name, err)
			}
			continue
		}
		if rep.Hard() == hard {
			right++
		} else {
			t.Logf("%s: hard %v, want %v (%s, %s): %+v", name, rep.Hard(), hard, all[0].Reason, all[0].Status, rep.Recipients)
		}
		if feedback != "" {
			complaints++
			if rep.Kind != dsn.Complaint {
				t.Errorf("%s: %s, want a complaint", name, rep.Kind)
			}
		}
	}
	t.Logf("%d of %d right, %d complaints", right, asked, complaints)
	if asked < 282 || right*100 < asked*95 {
		t.Errorf("%d of %d are right, want 95 %% of 282", right, asked)
	}
}

func TestParse(t *testing.T) {
	const head = "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered Mail\r\n"
	for _, c := range []struct {
		what, mail string
		kind       dsn.Kind
		hard       bool
		address    string
	}{
		{"a report", head + "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n" +
			"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; ada@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n" +
			"Diagnostic-Code: smtp; 550 5.1.1 <ada@example.org>: Recipient address rejected:\r\n User unknown in local recipient table\r\n\r\n--b--\r\n", dsn.Failed, true, "ada@example.org"},
		{"a delay", head + "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; ada@example.org\r\nAction: delayed\r\nStatus: 4.4.1\r\n\r\n--b--\r\n",
			dsn.Delayed, false, "ada@example.org"},
		{"a full mailbox", head + "\r\nYour mail to <ada@example.org> could not be delivered:\r\n552 5.2.2 mailbox full\r\n", dsn.Failed, false, "ada@example.org"},
		{"spam under the code of an unknown user", head + "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; ada@example.org\r\nAction: failed\r\n" +
			"Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 blocked: listed as spam source\r\n\r\n--b--\r\n", dsn.Failed, false, "ada@example.org"},
		{"a complaint", "From: feedback@example.net\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\n" +
			"Feedback-Type: abuse\r\nVersion: 1\r\nOriginal-Rcpt-To: <ada@example.org>\r\n\r\n--b--\r\n", dsn.Complaint, false, "ada@example.org"},
		{"an absence", "From: ada@example.org\r\nSubject: Out of office: Re: papers\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n", dsn.AutoReply, false, ""},
	} {
		rep, err := dsn.Parse(strings.NewReader(c.mail))
		if err != nil {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		address := ""
		if len(rep.Recipients) > 0 {
			address = rep.Recipients[0].Address
		}
		if rep.Kind != c.kind || rep.Hard() != c.hard || address != c.address {
			t.Errorf("%s: got %+v, want %s, hard %v, %s", c.what, rep, c.kind, c.hard, c.address)
		}
	}
	if _, err := dsn.Parse(strings.NewReader("From: ada@example.org\r\nSubject: Hello\r\n\r\nHow are you?\r\n")); !errors.Is(err, dsn.ErrNone) {
		t.Errorf("a letter: got %v, want that it is no report", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("From: MAILER-DAEMON\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nA: b\r\n\r\nStatus: 5.1.1\r\n--b--")
	f.Add("Subject: failure notice\r\nContent-Transfer-Encoding: base64\r\n\r\n////")
	f.Add("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n")
	f.Fuzz(func(t *testing.T, s string) {
		rep, err := dsn.Parse(strings.NewReader(s))
		if err == nil && rep.Kind == "" {
			t.Errorf("%q: a report of no kind", s)
		}
	})
}
