// Package osmem is the memory of the operating system, real or simulated.
//
// Every 4 KiB page is in one of three states, and each function below says which transition it makes:
//
//	none      not ours: an access faults
//	reserved  the address range is ours, its contents are not (no access, or given back)
//	committed readable and writable
//
// The simulated memory runs at a fixed address, grants requests by a rule that the C shim of this
// project follows to the letter, keeps a trace of every call, fails calls on demand and has a virtual
// clock. The real one asks Linux.
package osmem

import (
	"midiff/goalloc/internal/raw"

	"golang.org/x/sys/unix"
)

// Errno is an error number of the operating system; 0 is success.
type Errno = unix.Errno

// Memory is the operating system as the allocator sees it. Addresses and sizes are multiples of
// PageSize. All methods may be called by several threads at once.
type Memory interface {
	// Map transitions none to committed or, with commit false, to reserved. A hinted request asks
	// for an address aligned to SegmentAlign, which may or may not be granted. Committed memory
	// that was never mapped before reads zero.
	Map(hinted bool, size uintptr, commit bool) (raw.Addr, Errno)
	// Unmap transitions any state to none.
	Unmap(a raw.Addr, size uintptr) Errno
	// Protect transitions reserved to committed, or with commit false back.
	Protect(a raw.Addr, size uintptr, commit bool) Errno
	// Decommit transitions committed to reserved by giving the contents back; the range stays
	// accessible in the real memory, and its contents are lost.
	Decommit(a raw.Addr, size uintptr) Errno
	// Reset tells that the contents are no longer needed; the state stays committed. With lazy the
	// system may keep the contents for a while.
	Reset(a raw.Addr, size uintptr, lazy bool) Errno
	// Drop gives the contents back at once, and the state stays committed: what a range is decommitted
	// by that will be used again without being committed.
	Drop(a raw.Addr, size uintptr) Errno
	// Enlarge asks for large pages behind the range, which may not be granted.
	Enlarge(a raw.Addr, size uintptr) Errno
	// Now is a monotonic clock in milliseconds; 0 when the system does not tell.
	Now() int64
	// Random fills b with random bytes from the system, without waiting for it to have some.
	Random(b []byte) Errno
	// RandomFile is Random from a file, for a system that does not know the call.
	RandomFile(b []byte) Errno
	// Meta gives zeroed memory for a process's own records. It is not part of the trace.
	Meta(size uintptr) (raw.Addr, error)
	// NeedZero says that the allocator relies on [a, a+size) reading zero, in memory just mapped. The
	// simulated memory promises zeros nowhere else.
	NeedZero(a raw.Addr, size uintptr)
	// Close gives everything back. Nothing of the memory may be used after it.
	Close() error
}
