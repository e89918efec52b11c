package cli

import (
	"os"
	"path/filepath"
	"testing"

	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// A file that was copied by hand still says that it has a write-ahead log.
func TestRestoreOfAPlainCopyLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	raw, err := os.ReadFile(settled(t))
	if err != nil {
		t.Fatal(err)
	}
	backup := filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(backup, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := runCLI("restore", backup, "--database", "sqlite:"+filepath.Join(dir, "new.db")); code != 0 {
		t.Fatalf("restore exits %d: %s", code, errs)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if d := cmp.Diff([]string{"new.db"}, names); d != "" {
		t.Errorf("the folder (-want +got):\n%s", d)
	}
}

// settled is the file of a closed database, with nothing beside it.
func settled(t *testing.T) string {
	t.Helper()
	s := storetest.Open(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return s.Path()
}
