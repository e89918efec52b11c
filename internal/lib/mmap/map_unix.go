//go:build unix

package mmap

import (
	"os"

	"golang.org/x/sys/unix"
)

// mapped says that mapFile maps, so that the file may be read again cheaply.
const mapped = true

func mapFile(f *os.File, size int) ([]byte, error) {
	return unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED)
}

func unmap(data []byte) error { return unix.Munmap(data) }

func advise(data []byte, a Advice) {
	kernel := map[Advice]int{
		Normal: unix.MADV_NORMAL, Random: unix.MADV_RANDOM, Sequential: unix.MADV_SEQUENTIAL, WillNeed: unix.MADV_WILLNEED,
	}
	if how, ok := kernel[a]; ok {
		_ = unix.Madvise(data, how) // advice only; the bytes are read either way
	}
}
