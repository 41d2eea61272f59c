// Allocation by the names of other standards. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/raw"

	"golang.org/x/sys/unix"
)

// PosixMemalign allocates size bytes at a multiple of align, a power of two that is also a multiple of
// 8. The error is 0, EINVAL for another alignment, or ENOMEM; for size 0 there is none where there is
// no memory, and the address is null.
//
// Counterpart: mi_posix_memalign.
func (t *Thread) PosixMemalign(align, size uintptr) (Addr, unix.Errno) {
	if align%wordSize != 0 || align == 0 || !isPowerOfTwo(align) {
		return 0, unix.EINVAL
	}
	a := t.mallocAligned(t.heap, size, align)
	if a == 0 && size != 0 {
		return 0, unix.ENOMEM
	}
	return a, 0
}

// Memalign allocates size bytes at a multiple of align.
//
// Counterpart: mi_memalign.
func (t *Thread) Memalign(align, size uintptr) Addr { return t.mallocAligned(t.heap, size, align) }

// AlignedAlloc is Memalign; size may be any.
//
// Counterpart: mi_aligned_alloc.
func (t *Thread) AlignedAlloc(align, size uintptr) Addr { return t.mallocAligned(t.heap, size, align) }

// Valloc allocates size bytes at a multiple of the OS page size.
//
// Counterpart: mi_valloc.
func (t *Thread) Valloc(size uintptr) Addr { return t.Memalign(osPageSize, size) }

// Pvalloc allocates size bytes, rounded up to whole OS pages, at a multiple of the page size.
//
// Counterpart: mi_pvalloc.
func (t *Thread) Pvalloc(size uintptr) Addr {
	if size >= ^uintptr(0)-osPageSize {
		return 0
	}
	return t.Memalign(osPageSize, raw.AlignUp(size, osPageSize))
}

// Reallocarray is Reallocn on the default heap, with an error where the result is null: ENOMEM, or, where the
// version tells the two apart, EOVERFLOW.
//
// Counterpart: mi_reallocarray.
func (t *Thread) Reallocarray(p Addr, count, size uintptr) (Addr, unix.Errno) {
	return t.prof.requests.reallocarray(t, p, count, size)
}

// Reallocarr is Reallocarray in place of *p, which stays as it is where there is an error.
//
// Counterpart: mi_reallocarr.
func (t *Thread) Reallocarr(p *Addr, count, size uintptr) unix.Errno {
	return t.prof.requests.reallocarr(t, p, count, size)
}

// AlignedRecalloc is Heap.RecallocAligned on the default heap.
//
// Counterpart: mi_aligned_recalloc.
func (t *Thread) AlignedRecalloc(p Addr, count, size, align uintptr) Addr {
	return t.Default().RecallocAligned(p, count, size, align)
}

// AlignedOffsetRecalloc is Heap.RecallocAlignedAt on the default heap.
//
// Counterpart: mi_aligned_offset_recalloc.
func (t *Thread) AlignedOffsetRecalloc(p Addr, count, size, align, offset uintptr) Addr {
	return t.Default().RecallocAlignedAt(p, count, size, align, offset)
}

// ExpandInPlace is Expand with an error where the result is null: ENOMEM.
//
// Counterpart: mi__expand.
func (t *Thread) ExpandInPlace(p Addr, size uintptr) (Addr, unix.Errno) {
	a := t.Expand(p, size)
	if a == 0 {
		return 0, unix.ENOMEM
	}
	return a, 0
}

// FreeSize is Free of a block of which the caller says how large it is: no larger than it really is.
//
// Counterpart: mi_free_size.
func (t *Thread) FreeSize(p Addr, _ uintptr) { t.Free(p) }

// FreeSizeAligned is FreeSize of a block whose address is a multiple of align.
//
// Counterpart: mi_free_size_aligned.
func (t *Thread) FreeSizeAligned(p Addr, _, _ uintptr) { t.Free(p) }

// FreeAligned is Free of a block whose address is a multiple of align.
//
// Counterpart: mi_free_aligned.
func (t *Thread) FreeAligned(p Addr, _ uintptr) { t.Free(p) }

// MallocSize is UsableSize.
//
// Counterpart: mi_malloc_size.
func (t *Thread) MallocSize(p Addr) uintptr { return t.UsableSize(p) }

// MallocUsableSize is UsableSize.
//
// Counterpart: mi_malloc_usable_size.
func (t *Thread) MallocUsableSize(p Addr) uintptr { return t.UsableSize(p) }

// MallocGoodSize is GoodSize.
//
// Counterpart: mi_malloc_good_size.
func (p *Process) MallocGoodSize(size uintptr) uintptr { return p.GoodSize(size) }
