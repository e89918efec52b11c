package mail_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// postfix is a mail server of the test's own on loopback: it takes all mail for
// readers.example at once, keeps that for reader@ in a Maildir, finds out later
// that others are unknown, and sends what comes back for bounces.papers.example
// to a port of this machine.
type postfix struct {
	address string
	dir     string
	maildir string // of reader@readers.example
}

const master = `%s inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
`

const mainCF = `compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = %[1]s/log
maillog_file_prefixes = %[1]s
myhostname = mta.readers.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_reject_unlisted_recipient = no
smtp_dns_support_level = disabled
virtual_mailbox_domains = readers.example
virtual_mailbox_base = %[1]s/mail
virtual_mailbox_maps = inline:{ reader@readers.example=reader/ }
virtual_minimum_uid = 1
virtual_uid_maps = static:%[2]s
virtual_gid_maps = static:%[3]s
transport_maps = inline:{ {bounces.papers.example = smtp:[127.0.0.1]:%[4]s} }
alias_maps =
alias_database =
`

// startPostfix starts it; mail to bounces goes to the port of bounces.
func startPostfix(t *testing.T, bounces string) *postfix {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("postfix starts as root only")
	}
	for _, path := range []string{"/usr/sbin/postfix", "/usr/lib/postfix/sbin/master"} {
		if _, err := os.Stat(path); err != nil {
			t.Skip("postfix is not installed (Debian: apt-get install postfix)")
		}
	}
	dir, err := os.MkdirTemp("", "broadsheet-postfix-*") // t.TempDir is closed to the users that postfix runs as
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	address := freeAddress(t)
	p := &postfix{address: address, dir: dir, maildir: filepath.Join(dir, "mail", "reader")}
	_, port, err := net.SplitHostPort(bounces)
	if err != nil {
		t.Fatal(err)
	}
	uid, gid := id(t, "-u"), id(t, "-g")
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"config", "queue", "data", "mail"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"main.cf": fmt.Sprintf(mainCF, dir, uid, gid, port), "master.cf": fmt.Sprintf(master, address)} {
		if err := os.WriteFile(filepath.Join(dir, "config", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"data", "mail"} {
		if out, err := exec.Command("chown", "postfix", filepath.Join(dir, name)).CombinedOutput(); err != nil {
			t.Fatalf("chown: %v: %s", err, out)
		}
	}
	if out, err := exec.Command("/usr/sbin/postfix", "-c", filepath.Join(dir, "config"), "start").CombinedOutput(); err != nil {
		t.Fatalf("start postfix: %v: %s%s", err, out, p.log())
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("postfix says:\n%s", p.log())
		}
		if out, err := exec.Command("/usr/sbin/postfix", "-c", filepath.Join(dir, "config"), "stop").CombinedOutput(); err != nil {
			t.Errorf("stop postfix: %v: %s", err, out)
		}
	})
	return p
}

func id(t *testing.T, flag string) string {
	t.Helper()
	out, err := exec.Command("id", flag, "postfix").Output()
	if err != nil {
		t.Skip("there is no user postfix: ", err)
	}
	return strings.TrimSpace(string(out))
}

func (p *postfix) log() string {
	b, err := os.ReadFile(filepath.Join(p.dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// mails are the mails that have arrived, in the order of their names.
func (p *postfix) mails(t *testing.T) (out [][]byte) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(p.maildir, "new", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

// arrived waits for the nth mail and gives the one whose subject holds words.
func (p *postfix) arrived(t *testing.T, n int, words string) []byte {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(50 * time.Millisecond) { // polls another process
		all := p.mails(t)
		if len(all) >= n {
			for _, m := range all {
				if head, _, _ := strings.Cut(string(m), "\n\n"); strings.Contains(strings.ReplaceAll(head, "\n ", " "), words) {
					return m
				}
			}
			t.Fatalf("%d mails arrived, none about %q: %.1000s", len(all), words, all[len(all)-1])
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d mails arrived, want %d; postfix says:\n%s", len(all), n, p.log())
		}
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
