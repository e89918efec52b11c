package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"broadsheet"
	"broadsheet/internal/config"
	"broadsheet/internal/store"
)

type restoreCmd struct {
	Path  string `arg:"" help:"Backup to restore."`
	Force bool   `help:"Replace the database that is there; it is kept beside as FILE.before-restore."`
	JSON  bool   `help:"Print JSON."`
}

func (restoreCmd) Help() string {
	return `The backup is copied and read whole, its structure and its schema are checked, and only then it takes the database's place in
one step. Stop the server first: a database in use is not replaced.

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
	if err := restoreFile(r, c.Path, target, there); err != nil {
		return fmt.Errorf("restore %s: %w", c.Path, err)
	}
	if c.JSON {
		return printJSON(r.Stdout, map[string]any{"database": cfg.Database, "from": c.Path, "replaced": there})
	}
	_, err = fmt.Fprintf(r.Stdout, "%s is restored from %s\n", target, c.Path)
	return err
}

// restoreFile puts a checked copy of backup at target. What goes wrong before
// the last step leaves target as it was.
func restoreFile(r *run, backup, target string, there bool) error {
	temp, err := copyToTemp(backup, target)
	if err != nil {
		return err
	}
	defer func() {
		for _, end := range []string{"", "-wal", "-shm"} { // looking at a copy made by cp leaves the latter two
			os.Remove(temp + end)
		}
	}()
	if err := checkFile(r, temp); err != nil {
		return err
	}
	if there {
		if err := store.Settle(r.ctx, target); err != nil {
			return err
		}
		kept := target + ".before-restore"
		if err := os.Remove(kept); err != nil && !os.IsNotExist(err) {
			return err
		}
		if err := os.Link(target, kept); err != nil {
			return fmt.Errorf("keep the present database: %w", err)
		}
	}
	// A log that a crash left behind belongs to the old file. SQLite would apply
	// it to the new one.
	for _, end := range []string{"-wal", "-shm"} {
		if err := os.Remove(target + end); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	if err := os.Rename(temp, target); err != nil {
		return err
	}
	return syncDir(filepath.Dir(target))
}

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
		return "", err
	}
	return out.Name(), out.Sync()
}

// syncDir makes renames in a folder safe on disk.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
