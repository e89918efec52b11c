package app

import (
	"context"
	"time"

	"broadsheet"
)

// Administrator are the use cases of somebody with the role: rules, people,
// sources, jobs, storage. Having one is the permission, as of an Operator.
// Everything that it changes stands in the log with the administrator's name;
// what is no concern of the public is a line that only those with a role see.
type Administrator struct {
	a  *App
	by Actor
}

// Administer gives the actor these use cases.
func (a *App) Administer(by Actor) (*Administrator, error) {
	if err := a.may(by, RightAdmin); err != nil {
		return nil, err
	}
	return &Administrator{a, by}, nil
}

// Operator gives the actor, an administrator, what a command on the site's own
// machine may do about who gets what.
func (d *Administrator) Operator() *Operator { return &Operator{d.a} }

// Works are what goes on beside serving, as administrators see and steer it. What
// is nil is not there in this process.
type Works struct {
	Version string
	Remarks []Setting // about settings, found at the start
	Sources []string  // that are harvested here
	// Harvest asks for a harvest of a source as soon as may be.
	Harvest func(ctx context.Context, source string) error
	// Replay asks that what was kept aside of a source be tried again.
	Replay func(ctx context.Context, source string) error
	// ReplayOne tries one record, and tells whether it went in.
	ReplayOne func(ctx context.Context, r broadsheet.Reject) (bool, error)
	// Rebuild asks for the search index to be built anew.
	Rebuild func(ctx context.Context) error
	// Backup asks for a copy of the database, in a folder of the site's data.
	Backup func(ctx context.Context) error
	// Backups are the copies that are there, the newest first.
	Backups func() ([]Copy, error)
	// Disk is the space of the disk with the site's data.
	Disk func() (Disk, error)
}

// Setting is one that was probably meant otherwise.
type Setting struct{ What, Text, Fix string }

// Copy is a backup.
type Copy struct {
	Name  string
	Bytes int64
	At    time.Time
}

// Disk is the space of a disk, in bytes.
type Disk struct {
	Dir         string
	Free, Total int64
}

// enoughBytes is the least space that is no reason to worry: a day's papers are some
// megabytes, a migration or backup wants the database's size again.
const enoughBytes = 1 << 30

// Short tells whether there is not much space.
func (x Disk) Short() bool { return x.Total > 0 && x.Free < enoughBytes }

// tended is a line of the log that only those with a role see.
func (d *Administrator) tended(kind broadsheet.ObjectKind, object, detail string) broadsheet.Action {
	return broadsheet.Action{At: d.a.now(), Actor: d.by.Name(), Act: broadsheet.ActTend, Kind: kind, Object: object, Detail: detail, Hidden: true}
}

// errNoWorks is the error of what this process cannot do.
func errNoWorks(what string) error {
	return &broadsheet.Error{Kind: broadsheet.Unavailable, Text: what + " cannot be done here", Fix: "use the command line on the site's machine"}
}
