package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCopyRefusesTheSameDatabase(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if _, errs, code := runCLI("migrate", "--database", "sqlite:a.db"); code != 0 {
		t.Fatalf("migrate: code %d, %s", code, errs)
	}
	if err := os.Symlink("a.db", "link.db"); err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"sqlite:a.db", "sqlite:./a.db", "sqlite:" + filepath.Join(dir, "a.db"), "sqlite:link.db"} {
		_, errs, code := runCLI("copy", "--from", "sqlite:a.db", "--to", to)
		if code != ExitUsage || !strings.Contains(errs, "source and target are the same database") {
			t.Errorf("copy to %s: code %d, %q; want 2 and that they are the same", to, code, errs)
		}
	}
	if _, errs, code := runCLI("copy", "--from", "sqlite:a.db", "--to", "sqlite:b.db"); code != 0 {
		t.Errorf("copy to another: code %d, %s", code, errs)
	}
}
