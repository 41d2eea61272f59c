// The real memory: Linux. See osmem.go for the states.

package osmem

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"sync/atomic"
	"time"
	"unsafe"

	"midiff/goalloc/internal/raw"

	"golang.org/x/sys/unix"
)

// Hinted requests are spread over addresses [HintBase, HintMax), from a random start in the first
// HintArea bytes.
const (
	HintBase = 2 << 40
	HintArea = 4 << 40
	HintMax  = 30 << 40
)

// Real is memory from Linux.
type Real struct {
	next  atomic.Uint64 // the next hint; 0 before the first request
	start time.Time
}

// NewReal gives the memory of this machine.
func NewReal() *Real { return &Real{start: time.Now()} }

func (r *Real) hint(size uintptr) uint64 {
	size = raw.AlignUp(size, SegmentAlign)
	for {
		h := r.next.Load()
		at := h
		if h == 0 || h > HintMax {
			at = HintBase + SegmentAlign*rand.Uint64N(HintArea/SegmentAlign)
		}
		if r.next.CompareAndSwap(h, at+uint64(size)) {
			return at
		}
	}
}

// Map transitions none to committed or reserved.
func (r *Real) Map(hinted bool, size uintptr, commit bool) (raw.Addr, Errno) {
	at := unsafe.Pointer(nil)
	if hinted {
		at = unsafe.Add(at, r.hint(size))
	}
	p, err := unix.MmapPtr(-1, 0, at, size, prot(commit),
		unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE)
	return raw.Addr(p), errno(err)
}

// Unmap transitions any state to none.
func (r *Real) Unmap(a raw.Addr, size uintptr) Errno {
	return errno(unix.MunmapPtr(unsafe.Add(nil, a), size))
}

// Protect transitions reserved to committed, or back.
func (r *Real) Protect(a raw.Addr, size uintptr, commit bool) Errno {
	return errno(unix.Mprotect(raw.Bytes(a, size), prot(commit)))
}

// Decommit gives the contents back at once.
func (r *Real) Decommit(a raw.Addr, size uintptr) Errno {
	return errno(unix.Madvise(raw.Bytes(a, size), unix.MADV_DONTNEED))
}

// Reset gives the contents back when the system needs the memory.
func (r *Real) Reset(a raw.Addr, size uintptr, lazy bool) Errno {
	advice := unix.MADV_DONTNEED
	if lazy {
		advice = unix.MADV_FREE
	}
	return errno(unix.Madvise(raw.Bytes(a, size), advice))
}

// Now is the milliseconds since the memory was made.
func (r *Real) Now() int64 { return 1 + time.Since(r.start).Milliseconds() }

// Random asks the kernel.
func (r *Real) Random(b []byte) Errno {
	n, err := unix.Getrandom(b, unix.GRND_NONBLOCK)
	if err == nil && n < len(b) {
		return unix.EIO
	}
	return errno(err)
}

// RandomFile reads the kernel's file.
func (r *Real) RandomFile(b []byte) Errno {
	f, err := os.Open("/dev/urandom")
	if err != nil {
		return unix.ENOENT
	}
	defer f.Close()
	if _, err := io.ReadFull(f, b); err != nil {
		return unix.EIO
	}
	return 0
}

// Meta maps memory for records.
func (r *Real) Meta(size uintptr) (raw.Addr, error) { return mapMeta(size) }

// NeedZero has nothing to do: Linux gives zeroed memory.
func (r *Real) NeedZero(raw.Addr, uintptr) {}

func mapMeta(size uintptr) (raw.Addr, error) {
	p, err := unix.MmapPtr(-1, 0, nil, raw.AlignUp(size, PageSize),
		unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return 0, fmt.Errorf("cannot map %d bytes for the allocator's own records: %w", size, err)
	}
	return raw.Addr(p), nil
}

func prot(commit bool) int {
	if commit {
		return unix.PROT_READ | unix.PROT_WRITE
	}
	return unix.PROT_NONE
}

func errno(err error) Errno {
	if err == nil {
		return 0
	}
	if e, ok := err.(unix.Errno); ok {
		return e
	}
	return unix.EINVAL
}
