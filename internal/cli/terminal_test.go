package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"
)

func TestTableFitsTheTerminal(t *testing.T) {
	tb := table{head: []string{"NAME", "NOTE", "N"}, flex: 1, right: map[int]bool{2: true}}
	tb.add("arxiv", "a note that is far too long for a narrow terminal", "7")
	tb.add("論文の源", "短い", "12,345")
	for _, cols := range []int{40, 60} {
		var b strings.Builder
		tb.write(&b, cols)
		for line := range strings.Lines(b.String()) {
			if w := runewidth.StringWidth(strings.TrimRight(line, "\n")); w > cols {
				t.Errorf("in %d columns: line of %d: %q", cols, w, line)
			}
		}
	}
	var b strings.Builder
	tb.write(&b, 0)
	if !strings.Contains(b.String(), "far too long for a narrow terminal") {
		t.Errorf("without a terminal something was cut:\n%s", b.String())
	}
	want := "NAME      NOTE                                                    N\n"
	if first, _, _ := strings.Cut(b.String(), "\n"); first+"\n" != want {
		t.Errorf("head: got %q, want %q", first, want)
	}
}

func TestNothingDrivesTheTerminal(t *testing.T) {
	tb := table{head: []string{"A"}}
	tb.add("red \x1b[31m alert\a\u009b2J\r\nnext")
	var b strings.Builder
	tb.write(&b, 0)
	if strings.ContainsAny(b.String(), "\x1b\a\r\u009b") || strings.Count(b.String(), "\n") != 2 {
		t.Errorf("got %q", b.String())
	}
}

func TestTexts(t *testing.T) {
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ got, want string }{
		{count(0), "0"}, {count(999), "999"}, {count(1000), "1,000"}, {count(-1234567), "-1,234,567"},
		{plural(1, "paper"), "1 paper"}, {plural(2000, "paper"), "2,000 papers"},
		{bytesText(0), "0 B"}, {bytesText(1536), "1.5 KiB"}, {bytesText(5 << 30), "5.0 GiB"},
		{agoText(time.Time{}, now), "never"}, {agoText(now.Add(-90*time.Second), now), "1 min ago"},
		{agoText(now.Add(72*time.Hour), now), "in 3 days"}, {nextText(now.Add(-time.Hour), now), "now"}, {nextText(time.Time{}, now), "-"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}
