package kill_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// TestKilledVoting kills the program while a crowd votes over HTTP: every vote that
// was acknowledged is there afterwards, and each paper's number is that of its rows.
func TestKilledVoting(t *testing.T) {
	driver := filepath.Join(t.TempDir(), "community")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", driver, "../../bench/community").CombinedOutput(); err != nil {
		t.Fatalf("build the driver: %v\n%s", err, out)
	}
	for range *kills {
		out, err := exec.CommandContext(t.Context(), driver, "-bin", binary, "-seconds", "1", "-kill").CombinedOutput()
		if err != nil {
			t.Fatalf("after a kill: %v\n%s", err, out)
		}
		if line := regexp.MustCompile(`(?m)^\| acknowledged.*`).Find(out); line != nil {
			t.Logf("%s", line)
		}
	}
}
