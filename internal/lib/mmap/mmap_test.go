package mmap_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"broadsheet/internal/lib/mmap"
)

func write(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t testing.TB, path string) *mmap.Map {
	t.Helper()
	m, err := mmap.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

func TestOpen(t *testing.T) {
	for _, size := range []int{0, 1, 4095, 4096, 4097, 300_000} {
		want := bytes.Repeat([]byte("broadsheet "), size/11+1)[:size]
		path := write(t, want)
		m := open(t, path)
		if !bytes.Equal(m.Data(), want) {
			t.Errorf("%d bytes: got others", size)
		}
		if m.Path() != path {
			t.Errorf("path: got %q, want %q", m.Path(), path)
		}
		for _, a := range []mmap.Advice{mmap.Normal, mmap.Random, mmap.Sequential, mmap.WillNeed, 99} {
			m.Advise(a)
		}
		if n, ok := m.Resident(); ok && n != size {
			t.Errorf("%d bytes just written: %d resident", size, n)
		} else if !ok && runtime.GOOS == "linux" {
			t.Errorf("%d bytes: Linux did not tell how many are resident", size)
		}
		for range 2 {
			if err := m.Close(); err != nil {
				t.Errorf("%d bytes: close: %v", size, err)
			}
		}
		if m.Data() != nil {
			t.Errorf("%d bytes: data after Close", size)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	if _, err := mmap.Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: got %v, want ErrNotExist", err)
	}
	if _, err := mmap.Open(t.TempDir()); err == nil {
		t.Error("a folder: got no error")
	}
}

// TestRemoved reads a file that has no name any more, as a merged segment has
// while searches still hold it.
func TestRemoved(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("open files cannot be removed here")
	}
	path := write(t, []byte("still here"))
	m := open(t, path)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if got := string(m.Data()); got != "still here" {
		t.Errorf("got %q", got)
	}
}

func BenchmarkOpen(b *testing.B) {
	path := write(b, make([]byte, 1<<20))
	for b.Loop() {
		m, err := mmap.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		if err := m.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
