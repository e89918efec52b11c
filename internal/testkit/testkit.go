// Package testkit is what tests of many packages share: where the recorded data
// lie, and which tests are left to the pass without the race detector.
//
// make test runs the tests twice: all packages with the race detector, and
// without it those that start the real program or go through whole recordings,
// which the detector would make five to ten times slower without seeing more.
package testkit

import (
	"os"
	"testing"
)

// Data is the folder of recorded data. The test is skipped where there is none.
func Data(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("TESTDATA_DIR")
	if dir == "" {
		t.Skip("left out: TESTDATA_DIR names no folder with recorded data")
	}
	return dir
}

// WholeData is Data for tests that go through all of it: they are left to the
// pass without the race detector.
func WholeData(t testing.TB) string {
	t.Helper()
	NoRace(t)
	return Data(t)
}

// NoRace leaves a test to the pass without the race detector.
func NoRace(t testing.TB) {
	t.Helper()
	if Race {
		t.Skip("left to the pass without the race detector")
	}
}
