package durable_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"broadsheet/internal/lib/durable"
)

func TestSyncDir(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct {
		dir  string
		want error
	}{
		{dir, nil},
		{filepath.Join(dir, "none"), fs.ErrNotExist},
	} {
		if err := durable.SyncDir(tt.dir); !errors.Is(err, tt.want) {
			t.Errorf("SyncDir(%q) = %v, want %v", tt.dir, err, tt.want)
		}
	}
}
