package mmap

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"unsafe"
)

// ErrFault is the kind of error that [Guard] returns: a mapped page could not be
// read, because its file was cut or its disk failed.
var ErrFault = errors.New("mapped page cannot be read")

// Guard calls f and returns nil, or an [ErrFault] with the offset if f touched a
// page of an open [Map] that cannot be read. f is left at that load, as by a
// panic: its deferred calls run, and what it holds without one stays held. Every
// other panic passes through, faults outside of maps among them.
//
// It guards the calling goroutine only, not those that f starts, and costs some
// ten nanoseconds: put it around a query, not around a load.
func Guard(f func()) (err error) {
	before := debug.SetPanicOnFault(true)
	defer func() {
		debug.SetPanicOnFault(before)
		r := recover()
		if r == nil {
			return
		}
		fault, ok := r.(interface{ Addr() uintptr })
		if !ok {
			panic(r)
		}
		offset, ok := find(fault.Addr())
		if !ok {
			panic(r)
		}
		err = fmt.Errorf("%w: byte %d", ErrFault, offset)
	}()
	f()
	return nil
}

// maps are the open maps, by the address of their first byte. It is asked only
// after a fault, to tell a bad page from a bad pointer.
var maps = struct {
	sync.Mutex
	length map[uintptr]int
}{length: map[uintptr]int{}}

func enter(data []byte) {
	maps.Lock()
	defer maps.Unlock()
	maps.length[address(data)] = len(data)
}

func leave(data []byte) {
	maps.Lock()
	defer maps.Unlock()
	delete(maps.length, address(data))
}

// find gives the offset of an address within the open map that it belongs to.
func find(addr uintptr) (offset int, ok bool) {
	maps.Lock()
	defer maps.Unlock()
	for first, n := range maps.length {
		if addr >= first && addr-first < uintptr(n) {
			return int(addr - first), true
		}
	}
	return 0, false
}

func address(data []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(data))) }
