package inbound

import (
	"bytes"
	"context"
	"errors"
	"io"
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

// maxWrong is after how many mails that cannot be taken in a folder is left for
// now: the store is out of reach.
const maxWrong = 3

// Folder takes in what is in a Maildir folder now. A mail that cannot be taken
// in stays for the next time, and the others are taken in nevertheless.
func (d *Desk) Folder(ctx context.Context, folder string) error {
	fresh := filepath.Join(folder, "new")
	names, err := os.ReadDir(fresh)
	if err != nil {
		return err
	}
	var wrong []error
	for _, e := range names {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !e.Type().IsRegular() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if err := d.file(ctx, folder, e.Name()); err != nil {
			if wrong = append(wrong, err); len(wrong) == maxWrong {
				break
			}
		}
	}
	return errors.Join(wrong...)
}

// file takes in one mail of a folder, and then moves it. A reader of the folder
// beside this one may do the same at the same time.
func (d *Desk) file(ctx context.Context, folder, name string) error {
	path := filepath.Join(folder, "new", name)
	body, err := readMail(path)
	if err == nil {
		err = d.delivered(ctx, body)
	}
	if err == nil {
		err = os.Rename(path, filepath.Join(folder, "cur", name+":2,S"))
	}
	if errors.Is(err, fs.ErrNotExist) {
		if _, gone := os.Lstat(path); errors.Is(gone, fs.ErrNotExist) {
			return nil // the other reader was faster
		}
	}
	return err
}

// readMail reads a mail; one that is larger than any report is nobody's.
func readMail(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if len(body) > maxFile {
		body = nil
	}
	return body, err
}

// maxFile is the largest mail of a folder that is looked at, in bytes; the
// folder's mail server has a bound of its own.
const maxFile = 4 * dsn.MaxMail

// delivered takes in a mail whose envelope is gone: its address is looked for in
// the headers in which mail servers keep it.
func (d *Desk) delivered(ctx context.Context, body []byte) error {
	m, err := mail.ReadMessage(bytes.NewReader(body))
	if err != nil {
		return nil // no mail: it is nobody's
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
