package mmap_test

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"broadsheet/internal/lib/mmap"
)

var sink int

// TestGuard cuts a file under its map and reads what is gone, in Go and in the
// runtime's assembly.
func TestGuard(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no mmap here")
	}
	path := write(t, make([]byte, 64<<10))
	m := open(t, path)
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	into := make([]byte, 100)
	for name, load := range map[string]func(){
		"load": func() { sink += int(m.Data()[5000]) },
		"copy": func() { copy(into, m.Data()[5000:]) },
	} {
		left := false
		err := mmap.Guard(func() {
			defer func() { left = true }()
			load()
			t.Errorf("%s: went on after the fault", name)
		})
		if !errors.Is(err, mmap.ErrFault) {
			t.Fatalf("%s: got error %v, want ErrFault", name, err)
		}
		if name == "load" && !strings.HasSuffix(err.Error(), "byte 5000") {
			t.Errorf("%s: got error %q, want byte 5000", name, err)
		}
		if !left {
			t.Errorf("%s: deferred call did not run", name)
		}
	}
	if err := mmap.Guard(func() { sink++ }); err != nil {
		t.Errorf("nothing wrong: got error %v", err)
	}
}

// TestGuardPasses lets through what is not about maps.
func TestGuardPasses(t *testing.T) {
	var null *int
	for name, f := range map[string]func(){
		"panic":       func() { panic("mine") },
		"nil pointer": func() { sink += *null },
		"index":       func() { sink += []int{1}[len(os.Args)+5] },
		"wild": func() {
			bad := uintptr(1) << 20
			sink += **(**int)(unsafe.Pointer(&bad))
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: panic did not pass", name)
				}
			}()
			err := mmap.Guard(f)
			t.Errorf("%s: returned %v", name, err)
		}()
	}
}

func BenchmarkGuard(b *testing.B) {
	for b.Loop() {
		if err := mmap.Guard(func() { sink++ }); err != nil {
			b.Fatal(err)
		}
	}
}
