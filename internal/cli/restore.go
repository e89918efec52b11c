package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"broadsheet"
	"broadsheet/internal/boot"
	"broadsheet/internal/config"
	"broadsheet/internal/lib/durable"
	"broadsheet/internal/search/index"
	"broadsheet/internal/store"
	"broadsheet/internal/transfer"
)

type restoreCmd struct {
	Path  string `arg:"" help:"Backup to restore."`
	Force bool   `help:"Replace the database that is there; it is kept beside as FILE.before-restore, the next as FILE.before-restore-2."`
	JSON  bool   `help:"Print JSON."`
}

func (restoreCmd) Help() string {
	return `The backup is copied and read whole, its structure and its schema are checked, and only then it takes the database's place in
one step. Stop the server first: a database in use is not replaced. Where somebody is written to, nothing is sent before ` + "`broadsheet digest resume`" + `.

Examples:

  broadsheet restore /backup/broadsheet-2026-07-01.db
  broadsheet restore --force /backup/broadsheet-2026-07-01.db`
}

// Run restores.
func (c *restoreCmd) Run(r *run) error {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	if isPostgres(cfg.Database) {
		return usage(&broadsheet.Error{Kind: broadsheet.Invalid, Text: "a PostgreSQL database is restored by its own tools",
			Fix: fmt.Sprintf("run: pg_restore --clean --if-exists --dbname=%q %s", config.Redact(cfg.Database), c.Path)})
	}
	target := strings.TrimPrefix(cfg.Database, "sqlite:")
	_, err = os.Stat(target)
	there := err == nil
	if there && !c.Force {
		return &broadsheet.Error{Kind: broadsheet.Conflict, Text: target + " is there already",
			Fix: "use --force to replace it, or name another with --database"}
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o750); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	kept, paused, err := restoreFile(r, c.Path, target, there)
	if err != nil {
		return fmt.Errorf("restore %s: %w", c.Path, err)
	}
	// The index is of what was there: its place in the change feed means nothing now.
	if dir := boot.IndexDir(cfg); exists(dir) {
		if err := index.Request(dir, "broadsheet restore"); err != nil {
			return err
		}
	}
	if c.JSON {
		return printJSON(r.Stdout, map[string]any{"database": cfg.Database, "from": c.Path, "replaced": there, "kept": kept, "paused": paused})
	}
	text := target + " is restored from " + c.Path
	if there {
		text += "; what was there is kept as " + kept
	}
	if _, err = fmt.Fprintln(r.Stdout, text); err == nil && paused {
		_, err = fmt.Fprintln(r.Stderr, "Nothing is sent yet: the backup does not know what was sent since it was made, and would send it again. When you have looked:\n  broadsheet digest resume")
	}
	return err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// restoreFile puts a checked copy of backup at target. What goes wrong before
// the last step leaves target as it was. kept is where the old one is now, ""
// where there was none; paused tells that there is somebody to write to, and that
// nothing is sent to them yet.
func restoreFile(r *run, backup, target string, there bool) (kept string, paused bool, err error) {
	temp, err := copyToTemp(backup, target)
	if err != nil {
		return "", false, err
	}
	defer func() {
		for _, end := range []string{"", "-wal", "-shm"} { // looking at a copy made by cp leaves the latter two
			os.Remove(temp + end)
		}
	}()
	if err := checkFile(r, temp); err != nil {
		return "", false, renamed(err, temp, backup)
	}
	if paused, err = pauseFile(r, temp); err != nil {
		return "", false, renamed(err, temp, backup)
	}
	if there {
		if err := store.Settle(r.ctx, target); err != nil {
			return "", false, err
		}
		if kept, err = keep(target); err != nil {
			return "", false, fmt.Errorf("keep the present database: %w", err)
		}
	}
	// A log that a crash left behind belongs to the old file. SQLite would apply
	// it to the new one.
	for _, end := range []string{"-wal", "-shm"} {
		if err := os.Remove(target + end); err != nil && !os.IsNotExist(err) {
			return "", false, err
		}
	}
	if err := os.Rename(temp, target); err != nil {
		return "", false, renamed(err, temp, backup)
	}
	return kept, paused, durable.SyncDir(filepath.Dir(target))
}

// pauseFile stops planning and sending in a database that is not in use, where it
// has anybody to write to.
func pauseFile(r *run, path string) (paused bool, err error) {
	s, err := store.Open(r.ctx, "sqlite:"+path, store.Options{})
	if err != nil {
		return false, err
	}
	defer closing(s, &err)
	if paused, err = s.Subscribed(r.ctx); err != nil || !paused {
		return false, err
	}
	return true, transfer.Pause(r.ctx, s, "restored from a backup")
}

// keep gives the file a second name that no other has: the first restore's
// original stays, however often one restores.
func keep(path string) (kept string, err error) {
	kept = path + ".before-restore"
	for n := 2; ; n++ {
		if err = os.Link(path, kept); !errors.Is(err, fs.ErrExist) {
			return kept, err
		}
		kept = fmt.Sprintf("%s.before-restore-%d", path, n)
	}
}

// renamed is err with the file that a person named in the place of the one that
// the program made for itself.
func renamed(err error, own, named string) error {
	if err == nil {
		return nil
	}
	return &renamedError{err, own, named}
}

type renamedError struct {
	err        error
	own, named string
}

// Error is the text with the other name.
func (e *renamedError) Error() string { return strings.ReplaceAll(e.err.Error(), e.own, e.named) }

// Unwrap gives the error with the program's own name.
func (e *renamedError) Unwrap() error { return e.err }

// copyToTemp copies from into a file beside to, safe on disk.
func copyToTemp(from, to string) (path string, err error) {
	in, err := os.Open(from)
	if err != nil {
		return "", err
	}
	defer in.Close()
	out, err := os.CreateTemp(filepath.Dir(to), ".restore-*")
	if err != nil {
		return "", err
	}
	defer func() {
		if cerr := out.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			os.Remove(out.Name())
		}
	}()
	if _, err := io.Copy(out, in); err != nil {
		return "", renamed(err, out.Name(), to)
	}
	return out.Name(), renamed(out.Sync(), out.Name(), to)
}
