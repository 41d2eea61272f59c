// The calls of the real memory. See osmem.go for an overview.

//go:build !race

package osmem

import (
	"unsafe"

	"midiff/goalloc/internal/raw"

	"golang.org/x/sys/unix"
)

// system is Linux.
type system struct{}

// mapAt maps size bytes, at address at if that is free and not 0.
func (*system) mapAt(at uint64, size uintptr, commit bool) (raw.Addr, Errno) {
	p, err := unix.MmapPtr(-1, 0, unsafe.Add(unsafe.Pointer(nil), at), size, prot(commit),
		unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE)
	return raw.Addr(p), errno(err)
}

func (*system) unmap(a raw.Addr, size uintptr) Errno {
	return errno(unix.MunmapPtr(unsafe.Add(nil, a), size))
}

func (*system) protect(a raw.Addr, size uintptr, commit bool) Errno {
	return errno(unix.Mprotect(raw.Bytes(a, size), prot(commit)))
}

func (*system) drop(a raw.Addr, size uintptr) Errno {
	return errno(unix.Madvise(raw.Bytes(a, size), unix.MADV_DONTNEED))
}

func (*system) dropLazily(a raw.Addr, size uintptr) Errno {
	return errno(unix.Madvise(raw.Bytes(a, size), unix.MADV_FREE))
}

func (*system) enlarge(a raw.Addr, size uintptr) Errno {
	return errno(unix.Madvise(raw.Bytes(a, size), unix.MADV_HUGEPAGE))
}

func prot(commit bool) int {
	if commit {
		return unix.PROT_READ | unix.PROT_WRITE
	}
	return unix.PROT_NONE
}
