package mail_test

import (
	"bufio"
	"fmt"
	"net"
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
	closing  bool // says 421 to everybody
	listener net.Listener
}

func newRelay(t *testing.T, pipeline bool) *fakeRelay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fakeRelay{address: l.Addr().String(), pipeline: pipeline, accepted: map[string]int{}, froms: map[string]string{}, tried: map[string]int{}, listener: l}
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
	r := bufio.NewReader(c)
	say := func(text string) { fmt.Fprintf(c, "%s\r\n", text) }
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
			if f.pipeline {
				say("250-fake")
				say("250-8BITMIME")
				say("250 PIPELINING")
			} else {
				say("250 fake")
			}
		case strings.HasPrefix(strings.ToUpper(line), "MAIL FROM:"):
			from = between(line)
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
			f.accept(from, to)
			say("250 2.0.0 queued as 1")
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
