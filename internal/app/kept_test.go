package app

import (
	"errors"
	"testing"
	"time"
)

func TestKept(t *testing.T) {
	var k kept[string, int]
	made := 0
	make := func() (int, error) { made++; return made, nil }
	start := time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		after time.Duration
		key   string
		want  int
	}{{0, "a", 1}, {time.Minute - 1, "a", 1}, {0, "b", 2}, {time.Minute, "a", 3}} {
		if got, err := k.get(start.Add(tc.after), time.Minute, tc.key, make); err != nil || got != tc.want {
			t.Errorf("after %v, %s is %d, %v, want %d", tc.after, tc.key, got, err, tc.want)
		}
	}
	bad := errors.New("bad")
	if _, err := k.get(start, time.Minute, "c", func() (int, error) { return 0, bad }); !errors.Is(err, bad) {
		t.Errorf("error %v, want %v", err, bad)
	}
	if got, err := k.get(start, time.Minute, "c", make); err != nil || got != 4 {
		t.Errorf("after an error: %d, %v, want 4: errors are not remembered", got, err)
	}
}
