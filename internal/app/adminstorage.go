package app

import (
	"context"

	"broadsheet"
	"broadsheet/internal/store"
)

// TableSize is about how many rows a table has.
type TableSize = store.TableSize

// Storage is what the site keeps, and where.
type Storage struct {
	Database string // "sqlite" or "postgres"
	Bytes    int64
	Tables   []store.TableSize
	Pictures struct{ Count, Bytes int64 }
	Index    *IndexState // nil: there is none in this process
	Disk     Disk
	Backs    bool // a backup can be made here
	Backups  []Copy
	Rebuilds bool
}

// Storage reads it. Rows are counted up to 100,000 a table.
func (d *Administrator) Storage(ctx context.Context) (s *Storage, err error) {
	w := &d.a.works
	s = &Storage{Database: d.a.store.Dialect(), Backs: w.Backup != nil, Rebuilds: w.Rebuild != nil}
	if s.Bytes, err = d.a.store.Bytes(ctx); err != nil {
		return nil, err
	}
	if s.Tables, err = d.a.store.TableSizes(ctx); err != nil {
		return nil, err
	}
	if s.Pictures.Count, s.Pictures.Bytes, err = d.a.store.PictureBytes(ctx); err != nil {
		return nil, err
	}
	if s.Index, err = d.a.Index(ctx); err != nil {
		return nil, err
	}
	if w.Disk != nil {
		s.Disk, _ = w.Disk() // without it the rest is worth reading
	}
	if w.Backups != nil {
		s.Backups, err = w.Backups()
	}
	return s, err
}

// RebuildIndex asks for the search index to be built anew, beside the one that is
// searched.
func (d *Administrator) RebuildIndex(ctx context.Context) error {
	if d.a.works.Rebuild == nil {
		return errNoWorks("that")
	}
	if err := d.a.works.Rebuild(ctx); err != nil {
		return err
	}
	return d.a.store.Act(ctx, d.tended(broadsheet.ObjectStore, "index", "a rebuild was asked for"))
}

// BackUp asks for a copy of the database.
func (d *Administrator) BackUp(ctx context.Context) error {
	if d.a.works.Backup == nil {
		return errNoWorks("a backup")
	}
	if err := d.a.works.Backup(ctx); err != nil {
		return err
	}
	return d.a.store.Act(ctx, d.tended(broadsheet.ObjectStore, "database", "a backup was asked for"))
}
