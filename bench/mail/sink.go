package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// sink is a running smtp-sink.
type sink struct {
	address string
	cmd     *exec.Cmd
}

// find finds a program of Debian's postfix, which is not on everybody's path.
func find(name string) (string, error) {
	for _, path := range []string{name, "/usr/sbin/" + name, "/usr/local/sbin/" + name} {
		if found, err := exec.LookPath(path); err == nil {
			return found, nil
		}
	}
	return "", fmt.Errorf("%s is not here (Debian: apt-get install postfix)", name)
}

func startSink(ctx context.Context) (*sink, error) {
	path, err := find("smtp-sink")
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &sink{address: l.Addr().String()}
	l.Close()
	args := []string{s.address, "1000"}
	if os.Geteuid() == 0 {
		args = append([]string{"-u", "nobody"}, args...) // it refuses to run as root
	}
	s.cmd = exec.CommandContext(ctx, path, args...)
	s.cmd.Stderr = os.Stderr
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for range 200 {
		c, err := net.Dial("tcp", s.address)
		if err == nil {
			return s, c.Close()
		}
		time.Sleep(10 * time.Millisecond) // another process has no moment to wait for
	}
	s.stop()
	return nil, fmt.Errorf("smtp-sink does not answer on %s", s.address)
}

func (s *sink) stop() {
	_ = s.cmd.Process.Kill() // it may have ended
	_ = s.cmd.Wait()
}

// cpu is how much CPU time a process has used; 0 where /proc does not tell.
func cpu(pid int) time.Duration {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), ") ") // a name may hold blanks
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	var ticks int64
	for _, f := range fields[11:13] { // utime and stime, in hundredths of a second
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// source lets smtp-source send n mails of size bytes and gives its rate.
func (s *sink) source(ctx context.Context, n, connections, size int, keep bool) (perSecond float64, err error) {
	path, err := find("smtp-source")
	if err != nil {
		return 0, err
	}
	args := []string{"-s", strconv.Itoa(connections), "-m", strconv.Itoa(n), "-l", strconv.Itoa(size), "-f", "bounce@bounces.example.org", "-t", "reader@example.org", s.address}
	if keep {
		args = append([]string{"-d"}, args...)
	}
	begin := time.Now()
	if out, err := exec.CommandContext(ctx, path, args...).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("smtp-source: %w: %s", err, out)
	}
	return float64(n) / time.Since(begin).Seconds(), nil
}
