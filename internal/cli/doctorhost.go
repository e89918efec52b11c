package cli

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"broadsheet/internal/config"
	"broadsheet/internal/store"
)

// Least space that is no reason to worry: a day's papers are some megabytes,
// a migration or backup wants the database's size again.
const (
	fewBytes    = 200 << 20
	enoughBytes = 1 << 30
)

// checkDisk looks at the data folder and the space on its disk.
func checkDisk(c *config.Config) []check {
	dir := c.DataDir
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		parent := existing(dir)
		if err := writable(parent); err != nil {
			return []check{{"data folder", bad, fmt.Sprintf("%s is not there and cannot be made: %v", dir, err), "make it for this user, or name another with --data-dir"}}
		}
		return []check{ok("data folder", "%s is not there yet; it will be made", dir), checkSpace(parent)}
	}
	if err := writable(dir); err != nil {
		return []check{{"data folder", bad, fmt.Sprintf("%s cannot be written: %v", dir, err), "give this user the right to write it, or name another with --data-dir"}}
	}
	return []check{ok("data folder", "%s can be written", dir), checkSpace(dir)}
}

// existing is the nearest folder above dir that is there.
func existing(dir string) string {
	for d := filepath.Clean(dir); ; d = filepath.Dir(d) {
		if _, err := os.Stat(d); err == nil || d == filepath.Dir(d) {
			return d
		}
	}
}

// writable makes a file in dir and removes it.
func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		var pe *os.PathError
		if errors.As(err, &pe) {
			return pe.Err
		}
		return err
	}
	_, err = f.Write([]byte("x"))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if rerr := os.Remove(f.Name()); err == nil {
		err = rerr
	}
	return err
}

func checkSpace(dir string) check {
	const name = "disk space"
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return check{name, left, "the system does not tell: " + err.Error(), ""}
	}
	free := int64(st.Bavail) * int64(st.Bsize) //nolint:unconvert // the types differ between systems
	text := bytesText(free) + " free in " + dir
	switch {
	case free < fewBytes:
		return check{name, bad, text, "free some space; backups and migrations need the database's size again"}
	case free < enoughBytes:
		return check{name, warning, text, "free some space soon"}
	}
	return ok(name, "%s", text)
}

// checkStore opens the database without changing it.
func checkStore(r *run, c *config.Config, full bool) (out []check) {
	const name = "database"
	s, err := store.Open(r.ctx, c.Database, store.Options{ReadOnly: true})
	if err != nil {
		if path, isFile := sqlitePath(c.Database); isFile {
			if _, serr := os.Stat(path); errors.Is(serr, os.ErrNotExist) {
				return []check{ok(name, "%s is not there yet; it will be made", path)}
			}
		}
		return []check{{name, bad, err.Error(), ""}}
	}
	defer s.Close()
	have, want, err := s.SchemaVersion(r.ctx)
	switch {
	case err != nil:
		return []check{{name, bad, err.Error(), ""}}
	case have > want:
		return []check{{name, bad, fmt.Sprintf("has schema %d, this program knows %d", have, want), "use the newer broadsheet that wrote it"}}
	case have < want:
		return []check{{name, warning, fmt.Sprintf("has schema %d, this program needs %d", have, want), "run `broadsheet migrate`"}}
	}
	out = append(out, ok(name, "%s, schema %d", config.Redact(c.Database), have))
	if full {
		if err := s.Check(r.ctx); err != nil {
			return append(out, check{"structure", bad, err.Error(), "restore a backup"})
		}
		out = append(out, ok("structure", "sound"))
	}
	n, err := s.RejectCount(r.ctx)
	switch {
	case err != nil:
		out = append(out, check{"kept aside", bad, err.Error(), ""})
	case n > 0:
		out = append(out, check{"kept aside", warning, plural(n, "record") + " could not be stored", "see `broadsheet status --rejects`; `broadsheet harvest --replay` tries harvested ones again, imported ones want their file mended and imported again"})
	default:
		out = append(out, ok("kept aside", "nothing"))
	}
	return out
}

// checkAddress tries the address to serve on.
func checkAddress(c *config.Config) []check {
	l, err := net.Listen("tcp", c.Listen)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return []check{{"address", warning, c.Listen + " is in use, perhaps by the running server", "if it is another program, choose another address with --listen"}}
	case err != nil:
		return []check{{"address", bad, "cannot listen on " + c.Listen + ": " + err.Error(), "choose another address with --listen"}}
	}
	l.Close()
	return []check{ok("address", "%s is free", c.Listen)}
}

// clockSlack is how far this machine's clock may be off before times on pages,
// certificates and schedules suffer.
const clockSlack = time.Minute

// checkClock compares with the Date header of an answer.
func checkClock(header string, now time.Time) check {
	const name = "clock"
	there, err := time.Parse(time.RFC1123, header)
	if err != nil {
		return check{name, left, "no source told the time", ""}
	}
	if off := now.Sub(there); off.Abs() > clockSlack {
		return check{name, bad, fmt.Sprintf("is off by %s", off.Round(time.Second)), "set this machine's clock, for example with chrony or systemd-timesyncd"}
	}
	return ok(name, "right to within %s", clockSlack)
}
