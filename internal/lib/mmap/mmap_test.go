package mmap_test

import (
	"bytes"
	"errors"
	"io"
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

// TestReadAt reads through the file: what lies at its end, beyond it, and what is
// gone, which is an error where a load from the map would be a fault.
func TestReadAt(t *testing.T) {
	data := bytes.Repeat([]byte("broadsheet "), 1000)
	for _, size := range []int{0, 1, 5000, len(data)} {
		path := write(t, data[:size])
		m := open(t, path)
		for _, off := range []int64{0, 1, int64(size) - 3, int64(size), int64(size) + 9} {
			if off < 0 {
				continue
			}
			var got [7]byte
			n, err := m.ReadAt(got[:], off)
			want := data[min(off, int64(size)):min(off+7, int64(size))]
			if !bytes.Equal(got[:n], want) || (err == io.EOF) != (n < len(got)) || err != nil && err != io.EOF {
				t.Errorf("%d bytes, ReadAt(7, %d) = %q, %v, want %q", size, off, got[:n], err, want)
			}
		}
		if n, err := m.ReadAt(make([]byte, 1), -1); n != 0 || err == nil {
			t.Errorf("%d bytes, ReadAt(1, -1) = %d, %v, want an error", size, n, err)
		}
		if err := os.Truncate(path, int64(size/2)); err != nil {
			t.Fatal(err)
		}
		if n, err := m.ReadAt(make([]byte, 1), int64(size/2)); runtime.GOOS == "linux" && (n != 0 || err != io.EOF) {
			t.Errorf("%d bytes cut to half, ReadAt(1, %d) = %d, %v, want %v", size, size/2, n, err, io.EOF)
		}
	}
}
