// What requests get in 2.3: aligned ones, and those that differ in small ways. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/raw"

	"golang.org/x/sys/unix"
)

// requests23 is the request policy of 2.3.
type requests23 struct{}

// aligned is alignedAt without an offset.
//
// Counterpart: mi_heap_malloc_aligned.
func (r requests23) aligned(t *Thread, h *heap, size, align uintptr) Addr {
	return r.alignedAt(t, h, size, align, 0, false)
}

// alignedAt allocates more than was asked for unless a block of the size lies right by nature or by chance.
//
// Counterpart: mi_heap_malloc_zero_aligned_at.
func (r requests23) alignedAt(t *Thread, h *heap, size, align, offset uintptr, zero bool) Addr {
	if align == 0 || !isPowerOfTwo(align) {
		return 0
	}
	if a := t.alignedByChance(h, size, align, offset, zero); a != 0 {
		return a
	}
	switch {
	case size > t.prof.sizeMost:
		r.refused(t)
		return 0
	case offset == 0 && t.naturallyAligned(size, align):
		return t.mallocZero(h, size, zero)
	case align > alignMax:
		return t.alignedHuge(h, size, align, offset, zero)
	}
	return t.alignedInside(h, max(size, maxPlainAlign)+align-1, align, offset, zero)
}

// naturallyAligned tells whether all blocks for a size lie right.
//
// Counterpart: mi_malloc_is_naturally_aligned.
func (t *Thread) naturallyAligned(size, align uintptr) bool {
	if align > size || align <= maxPlainAlign {
		return align <= size
	}
	block := t.proc.GoodSize(size)
	return block <= t.prof.alignGuarantee && block&(align-1) == 0
}

// refused reports the request.
//
// Counterpart: none, a line of mi_heap_malloc_zero_aligned_at_generic and of its callee.
func (requests23) refused(t *Thread) { t.fail(unix.EOVERFLOW) }

// plainRealloc holds for alignments up to 8 without an offset.
//
// Counterpart: mi_heap_realloc_zero_aligned_at.
func (requests23) plainRealloc(align, offset uintptr) bool { return align <= wordSize && offset == 0 }

// emptied clears the first byte: there are programs that read it.
//
// Counterpart: _mi_heap_realloc_zero.
func (requests23) emptied(b Addr) { raw.Bytes(b, 1)[0] = 0 }

// goodLarge rounds up to whole OS pages what can be asked for at all.
//
// Counterpart: mi_good_size.
func (requests23) goodLarge(p *Profile, size uintptr) uintptr {
	if size > p.sizeMost {
		return size
	}
	return raw.AlignUp(size, osPageSize)
}

// reallocarray tells a product that overflows from memory that is not there.
//
// Counterpart: mi_reallocarray.
func (requests23) reallocarray(t *Thread, p Addr, count, size uintptr) (Addr, unix.Errno) {
	n, ok := t.total(count, size)
	if !ok {
		return 0, unix.EOVERFLOW
	}
	a := t.Default().Realloc(p, n)
	if a == 0 {
		return 0, unix.ENOMEM
	}
	return a, 0
}

// reallocarr refuses elements without a size, and frees the block where there are to be none.
//
// Counterpart: mi_reallocarr.
func (r requests23) reallocarr(t *Thread, p *Addr, count, size uintptr) unix.Errno {
	if size == 0 {
		return unix.EINVAL
	}
	if count == 0 {
		if *p != 0 {
			t.stop(ReallocarrFree, "a block is given to the C library's free")
		}
		t.Free(*p)
		*p = 0
		return 0
	}
	a, err := r.reallocarray(t, *p, count, size)
	if err == 0 {
		*p = a
	}
	return err
}

// longestPath is what the system says that a path has at most, in bytes.
const longestPath = 4096

// realpath has a block of the default heap for the longest path, for as long as it takes.
//
// Counterpart: mi_heap_realpath.
func (requests23) realpath(t *Thread, h *heap, path string) Addr {
	room := t.mallocZero(t.heap, longestPath+1, true)
	if room == 0 {
		return 0
	}
	a := Addr(0)
	if real := resolve(path); real != "" {
		a = t.strdup(h, real)
	}
	t.Free(room)
	return a
}
