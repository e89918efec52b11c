package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"broadsheet"
	"broadsheet/bench/search/corpus"
	"broadsheet/bench/search/peer"
	"broadsheet/internal/boot/trial"
)

// measureOwn builds Broadsheet's index of a corpus and measures it in a
// process of its own, on one core, whose memory is that of serving alone.
func measureOwn(ctx context.Context, o options, c *corpus.Corpus) error {
	dir := filepath.Join(o.dir, "index")
	say("building the index of %d papers", c.Papers)
	built, err := build(ctx, dir, c)
	if err != nil {
		return err
	}
	path, err := writeQueries(o, c)
	if err != nil {
		return err
	}
	say("asking, on one core")
	got, err := served(ctx, dir, path)
	if err != nil {
		return err
	}
	rows := own{c: c, built: built, served: got}
	if built.model {
		say("comparing with the exact nearest of all vectors")
		if rows.recall, err = recall(ctx, c, dir, got.Near); err != nil {
			return err
		}
	}
	rows.print()
	return os.RemoveAll(dir)
}

// built is what building took.
type built struct {
	seconds, cpu float64
	generator    float64 // of the CPU seconds, estimated
	bytes        int64
	segments     int
	model        bool
}

// build fills an index. Papers are made while it goes on, on the same cores;
// what that takes is measured apart and said.
func build(ctx context.Context, dir string, c *corpus.Corpus) (b built, err error) {
	t, err := trial.Open(dir)
	if err != nil {
		return b, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	began, cpu, last := time.Now(), cpuSeconds(), int64(0)
	err = t.Fill(ctx, c, 0, func(papers int64) {
		if papers/250_000 != last/250_000 {
			say("  %d papers, %.0f a second", papers, float64(papers)/time.Since(began).Seconds())
		}
		last = papers
	})
	if err != nil {
		return b, err
	}
	b.seconds, b.cpu = time.Since(began).Seconds(), cpuSeconds()-cpu
	b.segments, b.model = t.Index.Stats().Segments, t.HasModel()
	if b.bytes, err = peer.Folder(dir); err != nil {
		return b, err
	}
	const some = 10_000
	cpu = cpuSeconds()
	var p broadsheet.Paper
	for i := range some {
		c.Paper(i*(c.Papers/some+1)%c.Papers, &p)
	}
	b.generator = (cpuSeconds() - cpu) / some * float64(c.Papers)
	return b, nil
}

// cpuSeconds is what this process has had of the processor.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// served runs this program again to serve the index on one core.
func served(ctx context.Context, dir, queries string) (s serving, err error) {
	program, err := os.Executable()
	if err != nil {
		return s, err
	}
	args := []string{program, "-serve", dir, "-write", queries}
	if taskset, err := exec.LookPath("taskset"); err == nil {
		args = append([]string{taskset, "-c", "0"}, args...)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return s, fmt.Errorf("serve the index: %w", err)
	}
	return s, json.Unmarshal(out, &s)
}
