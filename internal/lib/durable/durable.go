// Package durable keeps names in folders through a power cut. The bytes of a file
// are safe once it was synced; that it exists under its name, or no longer does,
// only once its folder was.
package durable

import (
	"errors"
	"os"
)

// SyncDir returns when the names that were made, changed and removed in a folder
// are on its disk.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
