package seal_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"broadsheet/internal/lib/seal"
)

var now = time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)

func TestSeal(t *testing.T) {
	k, other := seal.Key{1}, seal.Key{2}
	good := k.Sign(now.Add(time.Hour), "confirm", "a", "bc")
	forever := k.Sign(time.Time{}, "unsubscribe", "a")
	for _, c := range []struct {
		what    string
		key     *seal.Key
		seal    string
		at      time.Time
		purpose string
		parts   []string
		want    error
	}{
		{"good", &k, good, now, "confirm", []string{"a", "bc"}, nil},
		{"in capitals", &k, strings.ToUpper(good), now, "confirm", []string{"a", "bc"}, nil},
		{"to the second", &k, good, now.Add(time.Hour), "confirm", []string{"a", "bc"}, nil},
		{"late", &k, good, now.Add(time.Hour + time.Second), "confirm", []string{"a", "bc"}, seal.ErrExpired},
		{"another purpose", &k, good, now, "unsubscribe", []string{"a", "bc"}, seal.ErrInvalid},
		{"parts cut elsewhere", &k, good, now, "confirm", []string{"ab", "c"}, seal.ErrInvalid},
		{"a part more", &k, good, now, "confirm", []string{"a", "bc", ""}, seal.ErrInvalid},
		{"another key", &other, good, now, "confirm", []string{"a", "bc"}, seal.ErrInvalid},
		{"a longer life", &k, "zzzzzz" + good[strings.Index(good, "."):], now, "confirm", []string{"a", "bc"}, seal.ErrInvalid},
		{"for ever", &k, forever, now.AddDate(50, 0, 0), "unsubscribe", []string{"a"}, nil},
		{"empty", &k, "", now, "confirm", []string{"a", "bc"}, seal.ErrInvalid},
		{"cut", &k, good[:len(good)-1], now, "confirm", []string{"a", "bc"}, seal.ErrInvalid},
		{"negative", &k, "-" + good, now, "confirm", []string{"a", "bc"}, seal.ErrInvalid},
	} {
		if err := c.key.Check(c.seal, c.at, c.purpose, c.parts...); !errors.Is(err, c.want) {
			t.Errorf("%s: %q gives %v, want %v", c.what, c.seal, err, c.want)
		}
	}
}

func FuzzCheck(f *testing.F) {
	k := seal.Key{7}
	f.Add(k.Sign(now, "p", "x"))
	f.Add("0.")
	f.Fuzz(func(t *testing.T, s string) {
		if k.Check(s, now, "q", "y") == nil {
			t.Errorf("%q was made up and holds", s)
		}
	})
}

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "var", "secret.key") // in a folder that is not there yet
	keys := make([]*seal.Key, 8)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() {
			var err error
			if keys[i], err = seal.Load(path); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, k := range keys {
		if k == nil || *k != *keys[0] || *k == (seal.Key{}) {
			t.Fatalf("got the keys %v, want one for all", keys)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v (%v), want 0600", info.Mode(), err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("%d files are left, want 1", len(left))
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.Load(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that others can read: got %v", err)
	}
	for _, body := range []string{"", "abc", strings.Repeat("g", 64), strings.Repeat("a", 66)} {
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := seal.Load(path); err == nil {
			t.Errorf("%q is taken for a key", body)
		}
	}
}
