//go:build !unix

package mmap

import (
	"io"
	"os"
)

// mapped says that mapFile maps, so that the file may be read again cheaply.
const mapped = false

// mapFile reads the file: correct everywhere, if not cheap.
func mapFile(f *os.File, size int) ([]byte, error) {
	data := make([]byte, size)
	_, err := io.ReadFull(f, data)
	return data, err
}

func unmap([]byte) error { return nil }

func advise([]byte, Advice) {}
