// The real memory: Linux. See osmem.go for the states.

package osmem

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"time"

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
	most  uintptr       // bytes that are given at a time; 0 for no limit
	next  atomic.Uint64 // the next hint; 0 before the first request
	start time.Time

	// mu is held over every map and unmap: else a range could be given to one thread while another, that
	// has just unmapped it, still has to take it out of held.
	mu     sync.Mutex
	held   ranges // what is mapped
	system system
}

// NewReal gives the memory of this machine, but at most that many bytes at a time, if that is not 0.
func NewReal(most uintptr) *Real { return &Real{most: most, start: time.Now()} }

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
	if r.most != 0 && size > r.most {
		return 0, unix.ENOMEM
	}
	at := uint64(0)
	if hinted {
		at = r.hint(size)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	a, e := r.system.mapAt(at, size, commit)
	if e == 0 {
		r.held.add(a, size)
	}
	return a, e
}

// Unmap transitions any state to none.
func (r *Real) Unmap(a raw.Addr, size uintptr) Errno {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.system.unmap(a, size)
	if e == 0 {
		r.held.remove(a, size)
	}
	return e
}

// Protect transitions reserved to committed, or back.
func (r *Real) Protect(a raw.Addr, size uintptr, commit bool) Errno {
	return r.system.protect(a, size, commit)
}

// Decommit gives the contents back at once.
func (r *Real) Decommit(a raw.Addr, size uintptr) Errno { return r.system.drop(a, size) }

// Drop gives the contents back at once.
func (r *Real) Drop(a raw.Addr, size uintptr) Errno { return r.system.drop(a, size) }

// Enlarge asks for transparent large pages.
func (r *Real) Enlarge(a raw.Addr, size uintptr) Errno { return r.system.enlarge(a, size) }

// Reset gives the contents back when the system needs the memory.
func (r *Real) Reset(a raw.Addr, size uintptr, lazy bool) Errno {
	if lazy {
		return r.system.dropLazily(a, size)
	}
	return r.system.drop(a, size)
}

// Close transitions everything that is mapped to none, the records of Meta included. Nothing of it may be
// used after that.
func (r *Real) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.held) > 0 {
		h := r.held[0]
		if e := r.system.unmap(h.from, uintptr(h.to-h.from)); e != 0 {
			return fmt.Errorf("cannot unmap %d bytes: %w", h.to-h.from, e)
		}
		r.held.remove(h.from, uintptr(h.to-h.from))
	}
	return nil
}

// Mapped is how many bytes are mapped, the records of Meta included.
func (r *Real) Mapped() (n uintptr) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, h := range r.held {
		n += uintptr(h.to - h.from)
	}
	return n
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
func (r *Real) Meta(size uintptr) (raw.Addr, error) {
	a, e := r.Map(false, raw.AlignUp(size, PageSize), true)
	if e != 0 {
		return 0, noMeta(size, e)
	}
	return a, nil
}

// NeedZero has nothing to do: Linux gives zeroed memory.
func (r *Real) NeedZero(raw.Addr, uintptr) {}

func noMeta(size uintptr, e Errno) error {
	return fmt.Errorf("cannot map %d bytes for the allocator's own records: %w", size, e)
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
