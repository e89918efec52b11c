package boot

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/config"
	"broadsheet/internal/jobs"
	"broadsheet/internal/search/index"
	"broadsheet/internal/store"
)

// Jobs that administrators ask for.
const (
	replayKind = "replay"
	backupKind = "backup"
)

// backupsKept is how many backups that administrators asked for are kept, the
// newest: what is to be kept for longer is made by `broadsheet backup`.
const backupsKept = 3

// works are what administrators see and steer of the background.
func (b *background) works(s *store.Store, c *config.Config, version string) app.Works {
	w := app.Works{Version: version, Remarks: settingsToSee(c), Sources: b.harvests.sources}
	q, h := b.queue, b.harvests
	w.Harvest = func(ctx context.Context, source string) error {
		return q.Enqueue(ctx, harvestKind, source, jobs.Opts{Unique: source})
	}
	w.Replay = func(ctx context.Context, source string) error {
		return q.Enqueue(ctx, replayKind, source, jobs.Opts{Unique: source})
	}
	w.ReplayOne = h.engine.ReplayOne
	q.Register(replayKind, func(ctx context.Context, args json.RawMessage) error {
		var source string
		if err := json.Unmarshal(args, &source); err != nil {
			return fmt.Errorf("which source: %w", err)
		}
		rep, err := h.engine.ReplayOf(ctx, source)
		b.log.Info("tried again what was kept aside", "source", source, "new", rep.Inserted, "changed", rep.Updated, "still kept aside", rep.Rejected, "error", err)
		return err
	}, jobs.Policy{Timeout: time.Hour, MaxAttempts: 3})
	w.Rebuild = func(context.Context) error { return index.Request(IndexDir(c), "an administrator asked for it") }
	w.Disk = func() (app.Disk, error) { return diskOf(c.DataDir) }
	if s.Dialect() != "sqlite" {
		return w
	}
	dir := filepath.Join(c.DataDir, "backups")
	w.Backups = func() ([]app.Copy, error) { return backupsIn(dir) }
	w.Backup = func(ctx context.Context) error { return q.Enqueue(ctx, backupKind, nil, jobs.Opts{Unique: "all"}) }
	q.Register(backupKind, func(ctx context.Context, _ json.RawMessage) error {
		name, err := backUp(ctx, s, dir)
		if err == nil {
			b.log.Info("backed up the database", "file", name)
		}
		return err
	}, jobs.Policy{Timeout: 2 * time.Hour, MaxAttempts: 1})
	return w
}

// backUp copies the database into dir, reads the copy whole, and then forgets all
// but the newest copies there. A copy that is not finished has another name, and
// is never taken for a backup. It is Unavailable where the disk would be full.
func backUp(ctx context.Context, s *store.Store, dir string) (name string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil { // a copy holds everything: it is its owner's alone
		return "", err
	}
	size, err := s.Bytes(ctx)
	if err != nil {
		return "", err
	}
	if d, err := diskOf(dir); err == nil && d.Free < size+size/10+256<<20 {
		return "", &broadsheet.Error{Kind: broadsheet.Unavailable, Text: "there is too little space for a backup", Fix: "free some, or use `broadsheet backup` with a file on another disk"}
	}
	name = "broadsheet-" + time.Now().UTC().Format("20060102-150405") + ".db"
	path := filepath.Join(dir, name)
	part := path + ".part"
	defer os.Remove(part)
	for _, old := range halves(dir) { // of a program that was killed meanwhile
		os.Remove(old)
	}
	if err := s.Backup(ctx, part); err != nil {
		return "", err
	}
	if err := os.Chmod(part, 0o600); err != nil {
		return "", err
	}
	if err := checkCopy(ctx, part); err != nil {
		return "", fmt.Errorf("check the backup: %w", err)
	}
	if err := os.Rename(part, path); err != nil {
		return "", err
	}
	all, err := backupsIn(dir)
	if err != nil {
		return "", err
	}
	for _, old := range all[min(len(all), backupsKept):] {
		if err := os.Remove(filepath.Join(dir, old.Name)); err != nil {
			return "", err
		}
	}
	return name, nil
}

func halves(dir string) []string {
	found, _ := filepath.Glob(filepath.Join(dir, "broadsheet-*.db.part*"))
	return found
}

func checkCopy(ctx context.Context, path string) (err error) {
	s, err := store.Open(ctx, "sqlite:"+path, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() {
		if cerr := s.Close(); err == nil {
			err = cerr
		}
	}()
	return s.Check(ctx)
}

// backupsIn are the copies in a folder, the newest first.
func backupsIn(dir string) ([]app.Copy, error) {
	entries, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		return nil, nil
	}
	var out []app.Copy
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "broadsheet-") || !strings.HasSuffix(e.Name(), ".db") {
			continue
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			out = append(out, app.Copy{Name: e.Name(), Bytes: info.Size(), At: info.ModTime()})
		}
	}
	slices.SortFunc(out, func(a, b app.Copy) int { return strings.Compare(b.Name, a.Name) }) // the names tell the time
	return out, err
}

func diskOf(dir string) (app.Disk, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return app.Disk{}, err
	}
	unit := int64(st.Bsize) //nolint:unconvert // the types differ between systems
	return app.Disk{Dir: dir, Free: int64(st.Bavail) * unit, Total: int64(st.Blocks) * unit}, nil
}

// settingsToSee are settings that are valid and probably not meant: what
// `broadsheet doctor` says without asking anybody.
func settingsToSee(c *config.Config) (out []app.Setting) {
	u, _ := url.Parse(c.Site.URL)
	switch {
	case c.Site.URL == "":
		out = append(out, app.Setting{What: "Address", Text: "site.url is not set: links in mails and feeds are relative, and passkeys need it", Fix: "Set it to the address that readers type."})
	case u != nil && u.Scheme == "http" && u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1":
		out = append(out, app.Setting{What: "Certificate", Text: "The site is not encrypted: sessions can be read on their way", Fix: "Put a proxy with a certificate before it and set site.url to https://…"})
	case u != nil && u.Scheme == "https" && len(c.HTTP.TrustedProxies) == 0:
		out = append(out, app.Setting{What: "Proxy", Text: "The site is https, so a proxy stands before it, but none is trusted: limits count all readers as one", Fix: "Name it in http.trusted_proxies."})
	}
	if c.Site.Contact == "" && c.Harvest.Enabled {
		out = append(out, app.Setting{What: "Contact", Text: "site.contact is not set: sources cannot write to you, and block sooner", Fix: "Set it to a mail address."})
	}
	for _, p := range c.HTTP.TrustedProxies {
		if p.Bits() == 0 {
			out = append(out, app.Setting{What: "Proxy", Text: "Every address is trusted to say who a reader is", Fix: "Name only your own proxies in http.trusted_proxies."})
		}
	}
	if len(c.Mail.Relays) == 0 {
		out = append(out, app.Setting{What: "Mail", Text: "No relay is set: nobody can subscribe by mail, and nobody signs in by mailed links", Fix: "Set mail.relays and mail.from."})
	}
	return out
}
