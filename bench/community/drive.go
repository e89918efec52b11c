package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// site is the program under load.
type site struct {
	cmd  *exec.Cmd
	addr string
}

func serve(ctx context.Context, o options) (*site, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	l.Close()
	cmd := exec.CommandContext(ctx, o.bin, "serve", "--listen", addr, "--data-dir", o.dir, "--database", o.database)
	// No other settings of whoever measures.
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + o.dir, "BROADSHEET_HARVEST_ENABLED=false"}
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &site{cmd, addr}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		res, err := http.Get("http://" + addr + "/papers")
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return s, nil
			}
		}
		if time.Now().After(deadline) {
			_ = cmd.Process.Kill()
			_ = cmd.Wait() // nothing writes to said after it
			return nil, fmt.Errorf("the program does not answer: %w\n%s", err, said.Bytes())
		}
	}
}

// stop ends the program.
func (s *site) stop(kill bool) error {
	if kill {
		_ = s.cmd.Process.Kill() // it may be dead already
		_ = s.cmd.Wait()
		return nil
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return s.cmd.Wait()
}

// cpu is the processor time that the program has used.
func (s *site) cpu() time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond // in ticks of 1/100 s
}

// votes is what was acknowledged.
type votes struct {
	acknowledged []string // "reader-1 2606.00001"
	latencies    []time.Duration
	took         time.Duration
}

// vote lets people vote for the time that is given; no vote is sent twice. Where
// the program is to be killed, it is while they do.
func (s *site) vote(ctx context.Context, o options, t *town) (*votes, error) {
	var next atomic.Int64
	var mu sync.Mutex
	var all sync.WaitGroup
	out, errs := &votes{}, []error(nil)
	begin := time.Now()
	end := begin.Add(time.Duration(o.seconds) * time.Second)
	if o.kill {
		timer := time.AfterFunc(time.Until(end), func() { _ = s.cmd.Process.Kill() })
		defer timer.Stop()
		end = end.Add(time.Minute)
	}
	for range o.connections {
		all.Go(func() {
			var mine votes
			err := s.connection(o, end, func() (person, paper int, ok bool) {
				n := int(next.Add(1) - 1)
				return n % o.people, n / o.people, n/o.people < len(t.papers)
			}, t, &mine)
			mu.Lock()
			defer mu.Unlock()
			out.acknowledged = append(out.acknowledged, mine.acknowledged...)
			out.latencies = append(out.latencies, mine.latencies...)
			if err != nil && !o.kill {
				errs = append(errs, err)
			}
		})
	}
	all.Wait()
	out.took = time.Since(begin)
	if len(errs) > 0 {
		return out, errs[0]
	}
	return out, ctx.Err()
}

// words are a comment as people write them.
const words = "We see *the same* in [table 2](https://example.org/t) of arXiv:2606.00001: with $n \\geq 10$ the loss\nfalls by 3 %, @reader-1.\n\n> quoted words of another\n\n- one\n- two `code`\n"

// connection sends votes, or comments, one after another.
func (s *site) connection(o options, end time.Time, next func() (int, int, bool), t *town, out *votes) error {
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		return err
	}
	defer c.Close()
	r := bufio.NewReader(c)
	for time.Now().Before(end) {
		person, paper, ok := next()
		if !ok {
			return fmt.Errorf("everybody has voted for everything: give more papers")
		}
		path, body, want := "/votes", "up="+t.papers[paper], `"voted":true`
		if o.comments {
			path, body, want = "/comments", "paper="+t.papers[paper]+"&text="+url.QueryEscape(words), `"state":"shown"`
		}
		begin := time.Now()
		if _, err := fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: %s\r\nAccept: application/json\r\nCookie: %s\r\nSec-Fetch-Site: same-origin\r\n"+
			"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", path, s.addr, t.cookies[person], len(body), body); err != nil {
			return err
		}
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			return err
		}
		answer, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			return err
		}
		if res.StatusCode != http.StatusOK || !bytes.Contains(answer, []byte(want)) {
			return fmt.Errorf("a request was answered with %s: %.300s", res.Status, answer)
		}
		out.latencies = append(out.latencies, time.Since(begin))
		out.acknowledged = append(out.acknowledged, fmt.Sprint("reader-", person, " ", t.papers[paper]))
	}
	return nil
}
