package mail_test

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeRelay is a mail server that misbehaves as the local part of a recipient
// asks: "reject@…" is refused with 550, "defer@…" once with 450, and so on. It
// counts what it accepted, by recipient.
type fakeRelay struct {
	address  string
	pipeline bool
	mu       sync.Mutex
	accepted map[string]int
	froms    map[string]string // envelope sender by recipient
	tried    map[string]int    // RCPT by recipient
	open     int
	most     int
	closing  bool   // says 421 to everybody
	refuses  string // what is said to MAIL FROM; "" takes it
	listener net.Listener
	private  int // mails that came over TLS
	manners
}

// manners are how a relay behaves to everybody.
type manners struct {
	greets   time.Duration // before its greeting
	lag      time.Duration // before every answer
	bytewise bool          // sends answers a byte at a time
	closes   bool          // hangs up after every mail
	starttls bool
	implicit bool             // TLS from the first byte
	cert     *tls.Certificate // for both
	password string           // of the user papers, whom alone it serves; "": serves all
	ways     string           // of signing in
}

func newRelay(t *testing.T, pipeline bool, m ...manners) *fakeRelay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fakeRelay{address: l.Addr().String(), pipeline: pipeline, accepted: map[string]int{}, froms: map[string]string{}, tried: map[string]int{}, listener: l}
	if len(m) > 0 {
		f.manners = m[0]
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go f.serve(c)
		}
	}()
	return f
}

func (f *fakeRelay) serve(c net.Conn) {
	defer c.Close()
	f.mu.Lock()
	f.open++
	f.most = max(f.most, f.open)
	f.mu.Unlock()
	defer func() { f.mu.Lock(); f.open--; f.mu.Unlock() }()
	if f.implicit {
		c = tls.Server(c, &tls.Config{Certificates: []tls.Certificate{*f.cert}})
	}
	r := bufio.NewReader(c)
	say := func(text string) {
		time.Sleep(f.lag) // the relay is slow
		text += "\r\n"
		for f.bytewise && len(text) > 1 {
			io.WriteString(c, text[:1])
			time.Sleep(10 * time.Microsecond) // a packet of its own
			text = text[1:]
		}
		io.WriteString(c, text)
	}
	signedIn := f.password == ""
	time.Sleep(f.greets) // some let who calls wait, to see whether it talks too soon
	if f.closing {
		say("421 4.3.2 closing")
		return
	}
	say("220 fake ESMTP")
	var from, to string
	for {
		c.SetDeadline(time.Now().Add(10 * time.Second))
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		switch {
		case verb == "EHLO":
			_, private := c.(*tls.Conn)
			say("250-fake")
			if f.starttls && !private {
				say("250-STARTTLS")
			}
			if f.password != "" && (private || !f.starttls) {
				say("250-AUTH " + f.ways)
			}
			if f.pipeline {
				say("250-8BITMIME")
				say("250-PIPELINING")
			}
			say("250 HELP")
		case verb == "STARTTLS":
			say("220 go on")
			c = tls.Server(c, &tls.Config{Certificates: []tls.Certificate{*f.cert}})
			r = bufio.NewReader(c)
		case verb == "AUTH":
			signedIn = f.signIn(strings.Fields(line)[1:], say, r)
			if signedIn {
				say("235 2.7.0 welcome")
			} else {
				say("535 5.7.8 no")
			}
		case !signedIn:
			say("530 5.7.0 sign in first")
		case strings.HasPrefix(strings.ToUpper(line), "MAIL FROM:"):
			if strings.Contains(line, "SMTPUTF8") {
				say("555 5.5.4 no such parameter")
				continue
			}
			from = between(line)
			if f.refuses != "" {
				say(f.refuses)
				from = ""
				continue
			}
			say("250 2.1.0 ok")
		case strings.HasPrefix(strings.ToUpper(line), "RCPT TO:"):
			to = between(line)
			f.mu.Lock()
			f.tried[to]++
			n := f.tried[to]
			f.mu.Unlock()
			switch kind, _, _ := strings.Cut(to, "."); {
			case kind == "reject":
				say("550 5.1.1 no such user")
			case kind == "policy":
				say("550 5.7.1 we do not like you")
			case kind == "defer" && n == 1:
				say("450 4.2.0 greylisted")
			case kind == "busy" && n == 1:
				say("421 4.3.2 too busy")
				return
			case kind == "hangup" && n == 1:
				return
			default:
				say("250 2.1.5 ok")
			}
		case verb == "DATA":
			kind, _, _ := strings.Cut(to, ".")
			if kind == "nodata" {
				say("451 4.3.0 not now")
				continue
			}
			say("354 go on")
			if !f.body(r) {
				return
			}
			switch kind {
			case "big":
				say("552 5.3.4 message too big")
				continue
			case "long":
				say("500 5.5.2 line too long")
				continue
			case "spam":
				say("554 5.7.1 spam")
				continue
			case "late":
				say("451 4.7.1 try again")
				continue
			case "reset": // took it, or not: nobody hears
				f.accept(from, to)
				return
			}
			if _, private := c.(*tls.Conn); private {
				f.mu.Lock()
				f.private++
				f.mu.Unlock()
			}
			f.accept(from, to)
			say("250 2.0.0 queued as 1")
			if f.closes {
				return
			}
		case verb == "RSET", verb == "NOOP":
			say("250 ok")
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			say("502 what?")
		}
	}
}

// took is how many recipients had a mail accepted, and how many mails came over
// TLS.
func (f *fakeRelay) took() (recipients, private int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.accepted), f.private
}

// signIn takes PLAIN with its first answer, and LOGIN.
func (f *fakeRelay) signIn(words []string, say func(string), r *bufio.Reader) bool {
	decode := func(s string) string {
		b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(s))
		if err != nil {
			return err.Error()
		}
		return string(b)
	}
	switch {
	case !slices.Contains(strings.Fields(f.ways), words[0]):
		return false
	case words[0] == "PLAIN" && len(words) == 2:
		return decode(words[1]) == "\x00papers\x00"+f.password
	case words[0] == "LOGIN":
		var got [2]string
		for i, question := range []string{"VXNlcm5hbWU6", "UGFzc3dvcmQ6"} {
			say("334 " + question)
			line, err := r.ReadString('\n')
			if err != nil {
				return false
			}
			got[i] = decode(line)
		}
		return got == [2]string{"papers", f.password}
	}
	return false
}

func between(line string) string {
	_, rest, _ := strings.Cut(line, "<")
	s, _, _ := strings.Cut(rest, ">")
	return s
}

func (f *fakeRelay) body(r *bufio.Reader) bool {
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			return true
		}
	}
}

func (f *fakeRelay) accept(from, to string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.accepted[to]++
	f.froms[to] = from
}

// times is how often a mail to an address was accepted.
func (f *fakeRelay) times(to string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.accepted[to]
}

// sender is the envelope sender of the last mail to an address.
func (f *fakeRelay) sender(to string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.froms[to]
}

// taken is to how many addresses mail was accepted.
func (f *fakeRelay) taken() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.accepted)
}

// busiest is the most connections at once.
func (f *fakeRelay) busiest() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.most
}
