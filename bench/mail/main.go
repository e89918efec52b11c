// Command mail measures how fast editions are handed over to a mail server: the
// ledger on disk, the mail written and signed for each reader, the conversation
// by SMTP. The other side is Debian's smtp-sink (package postfix), which reads
// and forgets; beside it stands smtp-source, which sends the same text from
// memory without a ledger, in the same run against the same smtp-sink.
//
//	go run ./bench/mail -recipients 10000 -connections 20
//
// Each way of signing starts with a ledger of its own. smtp-source is asked
// before and after each; what it reached then is shown, and the mean counts.
// It makes a new connection for each mail unless told to keep it, and both are
// shown: keeping it is what the program does. The CPU time of a mail, here and
// at smtp-sink, is what stays the same when others use the machine.
package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/boot"
	"broadsheet/internal/config"
	"broadsheet/internal/deliver"
	"broadsheet/internal/deliver/mail"
	"broadsheet/internal/digest/letter"
	"broadsheet/internal/lib/seal"
	"broadsheet/internal/store"
)

type bench struct {
	dir                     string
	recipients, connections int
	papers                  int
	signs                   []string
	profile                 string
	verbose                 bool
}

func main() {
	var b bench
	signs := ""
	flag.IntVar(&b.recipients, "recipients", 10_000, "readers of the edition")
	flag.IntVar(&b.connections, "connections", 20, "connections to the mail server")
	flag.IntVar(&b.papers, "papers", 10, "papers in the edition")
	flag.StringVar(&signs, "sign", "none,ed25519,rsa,both", "ways of signing")
	flag.StringVar(&b.profile, "profile", "", "file for a CPU profile of the sending")
	flag.BoolVar(&b.verbose, "v", false, "show what the sender logs")
	flag.StringVar(&b.dir, "dir", "", "folder of the databases (default: a temporary one)")
	flag.Parse()
	b.signs = strings.Split(signs, ",")
	if err := b.run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func (b *bench) run(ctx context.Context) (err error) {
	if b.dir == "" {
		if b.dir, err = os.MkdirTemp("", "bench-mail-*"); err != nil {
			return err
		}
		defer os.RemoveAll(b.dir)
	}
	sink, err := startSink(ctx)
	if err != nil {
		return err
	}
	defer sink.stop()
	fmt.Printf("%d readers, %d papers, %d connections, SQLite with every commit on disk.\n\n", b.recipients, b.papers, b.connections)
	fmt.Println("| signed by | a mail | mails/s | smtp-source, connections kept | of it | smtp-source, a connection a mail | of it | CPU a mail | smtp-sink's |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|")
	for _, sign := range b.signs {
		if err := b.measure(ctx, sink, sign); err != nil {
			return fmt.Errorf("signed by %s: %w", sign, err)
		}
	}
	return nil
}

// measure sends one edition.
func (b *bench) measure(ctx context.Context, sink *sink, sign string) error {
	s, carrier, size, err := b.prepare(ctx, sink.address, sign)
	if err != nil {
		return err
	}
	defer s.Close()
	var kept, fresh [2]float64
	source := func(i int) (err error) {
		if kept[i], err = sink.source(ctx, b.recipients, b.connections, size, true); err == nil {
			fresh[i], err = sink.source(ctx, b.recipients, b.connections, size, false)
		}
		return err
	}
	if err := source(0); err != nil {
		return err
	}
	own, other := cpu(os.Getpid()), cpu(sink.cmd.Process.Pid)
	took, err := b.send(ctx, s, carrier)
	if err != nil {
		return err
	}
	own, other = cpu(os.Getpid())-own, cpu(sink.cmd.Process.Pid)-other
	if err := source(1); err != nil {
		return err
	}
	rate := float64(b.recipients) / took.Seconds()
	k, f := (kept[0]+kept[1])/2, (fresh[0]+fresh[1])/2
	each := func(d time.Duration) float64 { return d.Seconds() * 1000 / float64(b.recipients) }
	fmt.Printf("| %s | %.1f KB | %.0f | %.0f (%.0f, %.0f) | %.0f %% | %.0f (%.0f, %.0f) | %.0f %% | %.2f ms | %.2f ms |\n", sign, float64(size)/1000, rate, k, kept[0], kept[1], 100*rate/k,
		f, fresh[0], fresh[1], 100*rate/f, each(own), each(other))
	return nil
}

// send lets the sender work until the ledger has nothing planned.
func (b *bench) send(ctx context.Context, s *store.Store, carrier *mail.Carrier) (time.Duration, error) {
	o := deliver.Options{Store: s, Carrier: carrier, Conversations: b.connections}
	if b.verbose {
		o.Log = slog.Default()
	}
	if b.profile != "" {
		f, err := os.Create(b.profile)
		if err != nil {
			return 0, err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return 0, err
		}
		defer pprof.StopCPUProfile()
	}
	sender := deliver.New(o)
	working, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	begin := time.Now()
	go func() { defer close(ended); sender.Run(working) }()
	var err error
	for deadline := begin.Add(5 * time.Minute); err == nil; time.Sleep(20 * time.Millisecond) { // asking costs the ledger something too
		var next time.Time
		if next, err = s.NextDelivery(ctx, broadsheet.ChannelMail); next.IsZero() {
			break
		}
		if time.Now().After(deadline) {
			err = errors.New("not sent within minutes")
		}
	}
	took := time.Since(begin)
	stop()
	<-ended
	if err != nil {
		return 0, err
	}
	counts, err := s.DeliveryCounts(ctx, time.Time{})
	if n := counts[broadsheet.ChannelMail][broadsheet.DeliverySent]; err == nil && n != b.recipients {
		err = fmt.Errorf("the ledger says %v", counts)
	}
	return took, err
}

// prepare makes a ledger with the edition planned, and what carries it; size is
// that of a mail.
func (b *bench) prepare(ctx context.Context, relay, sign string) (s *store.Store, carrier *mail.Carrier, size int, err error) {
	s, err = store.Open(ctx, "sqlite:"+filepath.Join(b.dir, sign+".db"), store.Options{})
	if err != nil {
		return nil, nil, 0, err
	}
	opened := s // s itself is nil where an error is returned
	defer func() {
		if err != nil {
			opened.Close()
		}
	}()
	if err = plan(ctx, s, b.papers, b.recipients); err != nil {
		return nil, nil, 0, err
	}
	c := &config.Config{}
	c.Site.URL, c.Site.Title, c.Mail.From, c.Mail.BounceDomain = "https://papers.example.org", "Daily papers", "Daily papers <papers@example.org>", "bounces.example.org"
	if c.Mail.DKIM, err = keys(b.dir, sign); err != nil {
		return nil, nil, 0, err
	}
	key, err := seal.Load(filepath.Join(b.dir, "secret.key"))
	if err != nil {
		return nil, nil, 0, err
	}
	a, err := app.New(app.Options{Store: s, Post: &app.Post{Key: key}})
	if err != nil {
		return nil, nil, 0, err
	}
	letters, err := boot.NewLetters(s, letter.Links{Unsubscribe: a.UnsubscribePath, Preferences: a.PreferencesPath}, c)
	if err != nil {
		return nil, nil, 0, err
	}
	r, err := mail.ParseRelay("smtp://" + relay)
	if err != nil {
		return nil, nil, 0, err
	}
	now := time.Now() // one is claimed to be looked at, and let go at once
	one, err := s.ClaimDeliveries(ctx, broadsheet.ChannelMail, now, now.Add(-time.Second), 1)
	if err != nil || len(one) == 0 {
		return nil, nil, 0, fmt.Errorf("nothing is planned: %w", err)
	}
	if _, err = s.Recover(ctx, store.Recovery{Channel: broadsheet.ChannelMail, Now: now, Lease: time.Hour, Wait: time.Hour}); err != nil {
		return nil, nil, 0, err
	}
	text, err := letters.Write(ctx, &one[0])
	if err != nil {
		return nil, nil, 0, err
	}
	return s, mail.New(mail.Options{Relays: []*mail.Relay{r}, Writer: letters, BounceDomain: "bounces.example.org", Hello: "papers.example.org"}), len(text.Body), nil
}

// keys makes the keys of a way to sign, as settings.
func keys(dir, sign string) (settings []string, err error) {
	write := func(selector string, key any) error {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return err
		}
		path := filepath.Join(dir, selector+".pem")
		settings = append(settings, selector+"="+path)
		return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
	}
	if sign == "ed25519" || sign == "both" {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		if err == nil {
			err = write("e2026", key)
		}
		if err != nil {
			return nil, err
		}
	}
	if sign == "rsa" || sign == "both" {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err == nil {
			err = write("r2026", key)
		}
		if err != nil {
			return nil, err
		}
	}
	return settings, nil
}
