package cli

import (
	"fmt"

	"broadsheet/internal/config"
	"broadsheet/internal/store"
)

type migrateCmd struct {
	JSON bool `help:"Print JSON."`
}

func (migrateCmd) Help() string {
	return `A SQLite file is copied beside itself first, and other commands migrate it by themselves; PostgreSQL is only migrated by this
command. Migrations go forward only.

Examples:

  broadsheet migrate
  broadsheet migrate --database postgres://broadsheet@localhost/broadsheet`
}

// Run migrates.
func (c *migrateCmd) Run(r *run) (err error) {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	s, err := store.Open(r.ctx, cfg.Database, store.Options{Log: r.log()})
	if err != nil {
		return err
	}
	defer closing(s, &err)
	from, to, err := s.Migrate(r.ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(r.Stdout, map[string]any{"database": config.Redact(cfg.Database), "from": from, "to": to})
	}
	if from == to {
		_, err = fmt.Fprintf(r.Stdout, "%s has schema version %d, nothing to do\n", config.Redact(cfg.Database), to)
	} else {
		_, err = fmt.Fprintf(r.Stdout, "%s went from schema version %d to %d\n", config.Redact(cfg.Database), from, to)
	}
	return err
}
