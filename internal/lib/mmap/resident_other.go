//go:build !linux

package mmap

func resident([]byte) (n int, ok bool) { return 0, false }
