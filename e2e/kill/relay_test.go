package kill_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// relay is a mail server that counts what it took, by recipient. It has taken a
// mail once it has read the final dot; that it says so a little later, as real
// servers do, is when a sender can die without having heard it.
type relay struct {
	address string
	slow    time.Duration // from the final dot to the answer

	mu      sync.Mutex
	taken   map[string]int
	text    map[string][sha256.Size]byte // of the first mail to a recipient
	other   []string                     // recipients whose second mail was not the first once more
	total   int
	open    int // connections
	most    int
	waiting map[chan struct{}]int // closed once total reaches the number
}

func newRelay(t *testing.T) *relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{address: l.Addr().String(), slow: 2 * time.Millisecond, taken: map[string]int{}, text: map[string][sha256.Size]byte{}, waiting: map[chan struct{}]int{}}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			r.count(1)
			go func() {
				defer r.count(-1)
				defer c.Close()
				r.serve(c)
			}()
		}
	}()
	return r
}

func (r *relay) count(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open += n
	r.most = max(r.most, r.open)
}

// nth gives a channel that is closed once so many more mails were taken.
func (r *relay) nth(n int) <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := make(chan struct{})
	r.waiting[c] = r.total + n
	return c
}

// quiet waits until the connections of a dead sender have ended: what it had
// written is read to the end, as by a real server.
func (r *relay) quiet(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) { // the network has no moment to wait for
		r.mu.Lock()
		open := r.open
		r.mu.Unlock()
		if open == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d connections of a dead sender are still open", open)
		}
	}
}

func (r *relay) serve(c net.Conn) {
	in := bufio.NewReaderSize(c, 64<<10)
	say := func(text string) { fmt.Fprintf(c, "%s\r\n", text) } // an error shows at the next line
	say("220 relay ESMTP")
	to := ""
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " ")
		switch verb {
		case "EHLO":
			say("250-relay\r\n250-8BITMIME\r\n250 PIPELINING")
		case "RCPT":
			_, rest, _ = strings.Cut(rest, "<")
			rest, _, _ = strings.Cut(rest, ">")
			to = strings.ToLower(rest)
			say("250 2.1.5 ok")
		case "DATA":
			say("354 go on")
			var text bytes.Buffer
			for {
				b, err := in.ReadSlice('\n')
				if err != nil {
					return // broke off before the final dot: not taken
				}
				if string(b) == ".\r\n" {
					break
				}
				text.Write(b)
			}
			r.take(to, text.Bytes())
			time.Sleep(r.slow) // what a server does before it answers
			say("250 2.0.0 queued")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (r *relay) take(to string, text []byte) {
	sum := sha256.Sum256(text)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.total++
	r.taken[to]++
	if before, again := r.text[to]; again && before != sum {
		r.other = append(r.other, to)
	}
	r.text[to] = sum
	for c, n := range r.waiting {
		if r.total >= n {
			close(c)
			delete(r.waiting, c)
		}
	}
}
