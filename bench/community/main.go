// Command community measures what people of a site do: how many votes, or comments, a second the
// real binary takes over HTTP from people who are signed in, each on disk before it
// is answered, and whether every one that was acknowledged is there afterwards,
// also where the program was killed in between. It prints a table in Markdown.
//
// It is a closed loop: as many requests are under way as there are connections, as
// when a crowd presses at once, and each connection sends the next vote when the
// last was answered. The baseline is the same row, one insert a transaction, from
// one goroutine into the same database with the same settings.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

type options struct {
	bin, dir       string
	database       string
	people, papers int
	connections    int
	seconds        int
	kill           bool
	comments       bool
}

func main() {
	var o options
	flag.StringVar(&o.bin, "bin", "bin/broadsheet", "the program")
	flag.StringVar(&o.dir, "dir", "", "folder for its data, default a new one")
	flag.StringVar(&o.database, "database", "", "an empty database, default SQLite in the folder")
	flag.IntVar(&o.people, "people", 200, "people who vote")
	flag.IntVar(&o.papers, "papers", 2000, "papers that they vote for")
	flag.IntVar(&o.connections, "connections", 64, "votes under way at once")
	flag.IntVar(&o.seconds, "seconds", 10, "how long they vote")
	flag.BoolVar(&o.kill, "kill", false, "kill the program -9 instead of ending it")
	flag.BoolVar(&o.comments, "comments", false, "they write comments, one a person and paper, instead of voting")
	flag.Parse()
	if err := run(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "bench/community:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	if o.dir == "" {
		if o.dir, err = os.MkdirTemp("", "broadsheet-community-"); err != nil {
			return err
		}
		defer os.RemoveAll(o.dir)
	}
	if o.database == "" {
		o.database = "sqlite:" + filepath.Join(o.dir, "broadsheet.db")
	}
	town, err := fill(ctx, o)
	if err != nil {
		return fmt.Errorf("fill the database: %w", err)
	}
	plain, err := baseline(ctx, o)
	if err != nil {
		return fmt.Errorf("measure plain inserts: %w", err)
	}
	s, err := serve(ctx, o)
	if err != nil {
		return err
	}
	begin := s.cpu()
	votes, err := s.vote(ctx, o, town)
	used := s.cpu() - begin
	if err := errors.Join(err, s.stop(o.kill)); err != nil {
		return err
	}
	stored, counted, missing, err := check(ctx, o, votes)
	if err != nil {
		return fmt.Errorf("look what is there: %w", err)
	}
	rate := float64(len(votes.acknowledged)) / votes.took.Seconds()
	slices.Sort(votes.latencies)
	at := func(q float64) time.Duration {
		if len(votes.latencies) == 0 {
			return 0
		}
		return votes.latencies[int(q*float64(len(votes.latencies)-1))]
	}
	fmt.Printf("| what | bar | seen |\n|---|---|---|\n")
	what, bar := "votes", "2,000"
	if o.comments {
		what, bar = "comments", "200"
	}
	fmt.Printf("| %s a second, %d people, %d connections on the same cores | %s | %.0f |\n", what, o.people, o.connections, bar, rate)
	fmt.Printf("| of plain inserts, one a transaction (%.0f/s) | | %.1f x |\n", plain, rate/plain)
	fmt.Printf("| answered in, median and p99 | | %s, %s |\n", at(.5).Round(100*time.Microsecond), at(.99).Round(100*time.Microsecond))
	fmt.Printf("| CPU of the program for each | | %s |\n", (used / time.Duration(max(1, len(votes.acknowledged)))).Round(time.Microsecond))
	fmt.Printf("| acknowledged, stored, counted on papers, missing (killed: %v) | 0 missing | %d, %d, %d, %d |\n", o.kill, len(votes.acknowledged), stored, counted, missing)
	if missing > 0 || stored != counted {
		return errors.New("some were lost")
	}
	return nil
}
