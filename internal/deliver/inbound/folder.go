package inbound

import (
	"context"
	"errors"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/dsn"
)

// folderEvery is how often a folder is looked at.
const folderEvery = 10 * time.Second

// Watch takes in the mail of a Maildir folder as it comes, until ctx ends. What
// was taken in moves from new to cur, as read; what is nobody's does so too.
func (d *Desk) Watch(ctx context.Context, folder string) {
	tick := time.NewTicker(folderEvery)
	defer tick.Stop()
	failed := false
	for {
		err := d.Folder(ctx, folder)
		if err != nil && ctx.Err() == nil && !failed {
			d.o.Log.Error("take in the mail of a folder", "folder", folder, "error", err)
		}
		failed = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Folder takes in what is in a Maildir folder now.
func (d *Desk) Folder(ctx context.Context, folder string) error {
	fresh := filepath.Join(folder, "new")
	names, err := os.ReadDir(fresh)
	if err != nil {
		return err
	}
	for _, e := range names {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !e.Type().IsRegular() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		path := filepath.Join(fresh, e.Name())
		body, err := readFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // another reader of the folder was faster
		}
		if err != nil {
			return err
		}
		if err := d.delivered(ctx, body); err != nil {
			return err
		}
		if err := os.Rename(path, filepath.Join(folder, "cur", e.Name()+":2,S")); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > 4*dsn.MaxMail {
		return nil, nil // nobody's
	}
	return os.ReadFile(path)
}

// delivered takes in a mail whose envelope is gone: its address is looked for in
// the headers in which mail servers keep it.
func (d *Desk) delivered(ctx context.Context, body []byte) error {
	m, err := mail.ReadMessage(strings.NewReader(string(body)))
	if err != nil {
		return nil
	}
	for _, name := range []string{"Delivered-To", "X-Original-To", "Envelope-To", "To"} {
		for _, field := range m.Header[name] {
			addresses, err := mail.ParseAddressList(field)
			if err != nil {
				addresses = []*mail.Address{{Address: field}}
			}
			for _, a := range addresses {
				err := d.Mail(ctx, a.Address, body)
				if err == nil {
					return nil
				}
				if broadsheet.KindOf(err) != broadsheet.NotFound {
					return err
				}
			}
		}
	}
	return nil
}
