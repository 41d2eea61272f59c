// Memory of the Go heap in the place of the system's, in race builds: the race detector sees accesses to Go's
// own memory only. See osmem.go for an overview.

//go:build race

package osmem

import (
	"slices"
	"unsafe"

	"midiff/goalloc/internal/raw"

	"golang.org/x/sys/unix"
)

// system is the Go heap. It cannot protect pages; what is reserved can be read and written.
type system struct{ chunks []chunk }

// chunk is a range in use. The array stays until all of it is unmapped.
type chunk struct {
	addrRange
	left  uintptr // bytes that are not unmapped
	bytes []byte
}

// mapMost is more than any test asks for and less than Go could not refuse without a panic.
const mapMost = 1 << 32

// mapAt gives size bytes; aligned to SegmentAlign if an address is asked for.
func (s *system) mapAt(at uint64, size uintptr, _ bool) (raw.Addr, Errno) {
	if size > mapMost {
		return 0, unix.ENOMEM
	}
	align := uintptr(PageSize)
	if at != 0 {
		align = SegmentAlign
	}
	b := make([]byte, size+align)
	a := raw.AlignUp(raw.Addr(unsafe.Pointer(unsafe.SliceData(b))), align)
	s.chunks = append(s.chunks, chunk{addrRange{a, a + raw.Addr(size)}, size, b})
	return a, 0
}

func (s *system) unmap(a raw.Addr, size uintptr) Errno {
	if a%PageSize != 0 {
		return unix.EINVAL
	}
	end := a + raw.Addr(size)
	for i := range s.chunks {
		c := &s.chunks[i]
		if from, to := max(a, c.from), min(end, c.to); from < to {
			c.left -= uintptr(to - from)
		}
	}
	s.chunks = slices.DeleteFunc(s.chunks, func(c chunk) bool { return c.left == 0 })
	return 0
}

func (*system) protect(raw.Addr, uintptr, bool) Errno { return 0 }

func (*system) drop(a raw.Addr, size uintptr) Errno {
	raw.Zero(a, size)
	return 0
}

func (*system) dropLazily(raw.Addr, uintptr) Errno { return 0 }

func (*system) enlarge(raw.Addr, uintptr) Errno { return 0 }
