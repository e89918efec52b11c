package mmap

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// residentStep is how many pages one call of mincore is asked about: the answer
// takes a byte a page.
const residentStep = 64 << 10

// resident counts the pages that mincore(2) reports as being in memory.
func resident(data []byte) (n int, ok bool) {
	page := os.Getpagesize()
	answer := make([]byte, min(residentStep, (len(data)+page-1)/page))
	for at := 0; at < len(data); at += residentStep * page {
		part := data[at:min(len(data), at+residentStep*page)]
		_, _, errno := unix.Syscall(unix.SYS_MINCORE, uintptr(unsafe.Pointer(unsafe.SliceData(part))), uintptr(len(part)),
			uintptr(unsafe.Pointer(unsafe.SliceData(answer))))
		if errno != 0 {
			return 0, false
		}
		for _, a := range answer[:(len(part)+page-1)/page] {
			n += int(a&1) * page
		}
	}
	return min(n, len(data)), true
}
