package cli

import (
	"fmt"
	"os"
	"syscall"

	"broadsheet"
	"broadsheet/internal/config"
	"broadsheet/internal/store"
)

type backupCmd struct {
	Path string `arg:"" help:"File to write; it must not be there yet."`
	JSON bool   `help:"Print JSON."`
}

func (backupCmd) Help() string {
	return `The copy is consistent, whatever is written meanwhile, and is checked before the command ends. It is a whole database, which
` + "`broadsheet restore`" + ` puts back. A PostgreSQL database is backed up with pg_dump; the command says how.

Examples:

  broadsheet backup /backup/broadsheet-2026-07-01.db
  broadsheet backup --data-dir /var/lib/broadsheet /backup/today.db`
}

// Run makes a backup.
func (c *backupCmd) Run(r *run) (err error) {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	if isPostgres(cfg.Database) {
		return usage(&broadsheet.Error{Kind: broadsheet.Invalid, Text: "a PostgreSQL database is backed up by its own tools",
			Fix: fmt.Sprintf("run: pg_dump --format=custom --file=%s %q", c.Path, config.Redact(cfg.Database))})
	}
	s, err := r.openReadOnly()
	if err != nil {
		return err
	}
	defer closing(s, &err)
	defer syscall.Umask(syscall.Umask(0o077)) // a copy holds everything, so it is its owner's alone from its first byte
	if err := s.Backup(r.ctx, c.Path); err != nil {
		return err
	}
	if err := checkFile(r, c.Path); err != nil {
		return fmt.Errorf("check the backup: %w", err)
	}
	info, err := os.Stat(c.Path)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(r.Stdout, map[string]any{"path": c.Path, "bytes": info.Size()})
	}
	_, err = fmt.Fprintf(r.Stdout, "wrote %s (%s), checked\n", c.Path, bytesText(info.Size()))
	return err
}

// checkFile reads a whole SQLite file and tells whether it can be used.
func checkFile(r *run, path string) (err error) {
	s, err := store.Open(r.ctx, "sqlite:"+path, store.Options{ReadOnly: true, Log: r.log()})
	if err != nil {
		return err
	}
	defer closing(s, &err)
	return s.Check(r.ctx)
}
