// Command page measures the real binary as a reader meets it: how soon it
// serves, how many day pages a second it gives, how long they take at a steady
// rate, how big they are, and how much memory that takes. It prints a table in
// Markdown; see scripts/bench.sh for how it is called.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"time"

	"broadsheet/bench/load"
)

type options struct {
	bin, data, path string
	list            string
	starts, rate    int
	seconds         int
}

func main() {
	var o options
	flag.StringVar(&o.bin, "bin", "bin/broadsheet", "the program")
	flag.StringVar(&o.data, "data", "", "its data folder, already filled")
	flag.StringVar(&o.path, "path", "/papers/2026-07-01", "the page to ask for")
	flag.StringVar(&o.list, "list", "/api/v1/lists/month/2025-03?limit=100", "the list of the JSON API to ask for")
	flag.IntVar(&o.starts, "starts", 7, "how often to start")
	flag.IntVar(&o.rate, "rate", 1000, "requests a second for the latency")
	flag.IntVar(&o.seconds, "seconds", 10, "how long each load lasts")
	flag.Parse()
	if err := run(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "bench/page:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	var starts []time.Duration
	for range o.starts {
		s, err := start(ctx, o)
		if err != nil {
			return err
		}
		starts = append(starts, s.took)
		if err := s.stop(); err != nil {
			return err
		}
	}
	sort.Slice(starts, func(i, j int) bool { return starts[i] < starts[j] })
	fmt.Printf("| what | bar | seen |\n|---|---|---|\n")
	fmt.Printf("| start to first page, median of %d (slowest) | 300 ms | %d ms (%d ms) |\n", len(starts),
		starts[len(starts)/2].Milliseconds(), starts[len(starts)-1].Milliseconds())

	s, err := start(ctx, o)
	if err != nil {
		return err
	}
	err = s.measure(ctx, o)
	return errors.Join(err, s.stop())
}

// measure prints the rows that need a running site.
func (s *site) measure(ctx context.Context, o options) error {
	url := s.url + o.path
	size, err := packed(ctx, url)
	if err != nil {
		return err
	}
	fmt.Printf("| %s packed, headers left out | 14,600 bytes | %d bytes |\n", o.path, size)
	fmt.Printf("| resident memory after one page | 150 MB | %s |\n", s.memory("VmRSS"))

	if _, err := exec.LookPath("wrk"); err != nil {
		fmt.Printf("| requests a second | 5,000 | left out: wrk is not here |\n")
	} else {
		for range 2 { // the first warms up
			out, err := exec.CommandContext(ctx, "wrk", "-t1", "-c64", fmt.Sprintf("-d%ds", o.seconds),
				"-H", "Accept-Encoding: gzip", "--latency", url).CombinedOutput()
			if err != nil {
				return fmt.Errorf("wrk: %w: %s", err, out)
			}
			s.wrk = string(out)
		}
		fmt.Printf("| requests a second, wrk with 64 connections on the same cores | 5,000 | %s%s |\n",
			find(s.wrk, `Requests/sec:\s+(\S+)`), complaint(s.wrk))
	}

	plan := load.Plan{URL: url, Header: http.Header{"Accept-Encoding": {"gzip"}}, Rate: o.rate,
		Duration: time.Duration(o.seconds) * time.Second, Connections: 64}
	got, err := load.Run(ctx, plan)
	if err != nil {
		return err
	}
	fmt.Printf("| p99 at %d/s, open loop on the same cores | 10 ms | %s (%s) |\n", o.rate, got.P99.Round(10*time.Microsecond), got)
	fmt.Printf("| resident memory after the load (peak) | 150 MB | %s (%s) |\n", s.memory("VmRSS"), s.memory("VmHWM"))
	return s.lists(ctx, o)
}

// site is the program while it runs.
type site struct {
	cmd  *exec.Cmd
	url  string
	took time.Duration // from exec to the first whole page
	said *strings.Builder
	wrk  string
}

func start(ctx context.Context, o options) (*site, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	listen := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	bin, err := filepath.Abs(o.bin)
	if err != nil {
		return nil, err
	}
	s := &site{cmd: exec.Command(bin, "serve", "--listen", listen, "--data-dir", o.data), url: "http://" + listen, said: new(strings.Builder)}
	s.cmd.Env = append(os.Environ(), "BROADSHEET_HARVEST_ENABLED=false")
	s.cmd.Stdout, s.cmd.Stderr = s.said, s.said
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for time.Since(began) < 30*time.Second {
		if _, err = packed(ctx, s.url+o.path); err == nil {
			s.took = time.Since(began)
			return s, nil
		}
		time.Sleep(time.Millisecond)
	}
	stopped := s.stop()
	return nil, fmt.Errorf("the site does not answer: %w\n%s", errors.Join(err, stopped), s.said)
}

func (s *site) stop() error {
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("stop the site: %w\n%s", err, s.said)
	}
	return nil
}

// memory reads a line of the process's status, as Linux gives it.
func (s *site) memory(name string) string {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return "not seen: no /proc here"
	}
	var kb int
	if _, err := fmt.Sscan(find(string(status), name+`:\s+(\d+)`), &kb); err != nil {
		return "not seen"
	}
	return fmt.Sprintf("%.0f MB", float64(kb)*1024/1e6)
}

// packed gets a page with gzip and gives its size on the wire.
func packed(ctx context.Context, url string) (int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	n, err := io.Copy(io.Discard, answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: status %d", url, answer.StatusCode)
	}
	return n, err
}

func find(text, pattern string) string {
	if m := regexp.MustCompile(pattern).FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return "?"
}

// complaint is what wrk says went wrong, so that no figure of errors passes
// for one of pages.
func complaint(out string) string {
	var lines []string
	for _, line := range strings.Split(out, "\n") {
		if strings.Contains(line, "Non-2xx") || strings.Contains(line, "Socket errors") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return " (" + strings.Join(lines, "; ") + ")"
}
