// The allocation functions of a heap. See doc.go for an overview.

package goalloc

// All functions return null when there is no memory, when count times size overflows, and when an
// alignment is not a power of two. Sizes and alignments are in bytes.

// Malloc allocates size bytes.
//
// Counterpart: mi_heap_malloc.
func (x Heap) Malloc(size uintptr) Addr { return x.t.malloc(x.h, size) }

// Zalloc allocates size bytes that read zero.
//
// Counterpart: mi_heap_zalloc.
func (x Heap) Zalloc(size uintptr) Addr { return x.t.mallocZero(x.h, size, true) }

// Calloc allocates count times size bytes that read zero.
//
// Counterpart: mi_heap_calloc.
func (x Heap) Calloc(count, size uintptr) Addr {
	n, ok := x.t.total(count, size)
	if !ok {
		return 0
	}
	return x.Zalloc(n)
}

// Mallocn allocates count times size bytes.
//
// Counterpart: mi_heap_mallocn.
func (x Heap) Mallocn(count, size uintptr) Addr {
	n, ok := x.t.total(count, size)
	if !ok {
		return 0
	}
	return x.Malloc(n)
}

// MallocSmall allocates up to 1024 bytes.
//
// Counterpart: mi_heap_malloc_small.
func (x Heap) MallocSmall(size uintptr) Addr { return x.t.malloc(x.h, size) }

// ZallocSmall allocates up to 1024 bytes that read zero.
//
// Counterpart: mi_zalloc_small.
func (x Heap) ZallocSmall(size uintptr) Addr { return x.t.mallocZero(x.h, size, true) }

// MallocAligned allocates size bytes at a multiple of align.
//
// Counterpart: mi_heap_malloc_aligned.
func (x Heap) MallocAligned(size, align uintptr) Addr { return x.t.mallocAligned(x.h, size, align) }

// ZallocAligned allocates size bytes that read zero at a multiple of align.
//
// Counterpart: mi_heap_zalloc_aligned.
func (x Heap) ZallocAligned(size, align uintptr) Addr {
	return x.t.alignedAt(x.h, size, align, 0, true)
}

// CallocAligned allocates count times size bytes that read zero at a multiple of align.
//
// Counterpart: mi_heap_calloc_aligned.
func (x Heap) CallocAligned(count, size, align uintptr) Addr {
	n, ok := x.t.total(count, size)
	if !ok {
		return 0
	}
	return x.ZallocAligned(n, align)
}

// MallocAlignedAt allocates size bytes so that the byte at offset lies at a multiple of align.
//
// Counterpart: mi_heap_malloc_aligned_at.
func (x Heap) MallocAlignedAt(size, align, offset uintptr) Addr {
	return x.t.alignedAt(x.h, size, align, offset, false)
}

// ZallocAlignedAt is MallocAlignedAt with bytes that read zero.
//
// Counterpart: mi_heap_zalloc_aligned_at.
func (x Heap) ZallocAlignedAt(size, align, offset uintptr) Addr {
	return x.t.alignedAt(x.h, size, align, offset, true)
}

// CallocAlignedAt is ZallocAlignedAt of count times size bytes.
//
// Counterpart: mi_heap_calloc_aligned_at.
func (x Heap) CallocAlignedAt(count, size, align, offset uintptr) Addr {
	n, ok := x.t.total(count, size)
	if !ok {
		return 0
	}
	return x.ZallocAlignedAt(n, align, offset)
}

// Realloc gives a block of size bytes with p's contents. p is freed unless it is returned; on failure
// it stays as it is.
//
// Counterpart: mi_heap_realloc.
func (x Heap) Realloc(p Addr, size uintptr) Addr { return x.t.realloc(x.h, p, size, false) }

// Reallocn is Realloc to count times size bytes.
//
// Counterpart: mi_heap_reallocn.
func (x Heap) Reallocn(p Addr, count, size uintptr) Addr {
	n, ok := x.t.total(count, size)
	if !ok {
		return 0
	}
	return x.Realloc(p, n)
}

// Reallocf is Realloc that frees p on failure.
//
// Counterpart: mi_heap_reallocf.
func (x Heap) Reallocf(p Addr, size uintptr) Addr {
	a := x.Realloc(p, size)
	if a == 0 && p != 0 {
		x.t.Free(p)
	}
	return a
}

// Rezalloc is Realloc where the bytes past p's usable size read zero.
//
// Counterpart: mi_heap_rezalloc.
func (x Heap) Rezalloc(p Addr, size uintptr) Addr { return x.t.realloc(x.h, p, size, true) }

// Recalloc is Rezalloc to count times size bytes.
//
// Counterpart: mi_heap_recalloc.
func (x Heap) Recalloc(p Addr, count, size uintptr) Addr {
	n, ok := x.t.total(count, size)
	if !ok {
		return 0
	}
	return x.Rezalloc(p, n)
}

// ReallocAligned is Realloc to a multiple of align.
//
// Counterpart: mi_heap_realloc_aligned.
func (x Heap) ReallocAligned(p Addr, size, align uintptr) Addr {
	return x.t.reallocAligned(x.h, p, size, align, false)
}

// RezallocAligned is Rezalloc to a multiple of align.
//
// Counterpart: mi_heap_rezalloc_aligned.
func (x Heap) RezallocAligned(p Addr, size, align uintptr) Addr {
	return x.t.reallocAligned(x.h, p, size, align, true)
}

// RecallocAligned is RezallocAligned to count times size bytes.
//
// Counterpart: mi_heap_recalloc_aligned.
func (x Heap) RecallocAligned(p Addr, count, size, align uintptr) Addr {
	n, ok := x.t.total(count, size)
	if !ok {
		return 0
	}
	return x.RezallocAligned(p, n, align)
}

// ReallocAlignedAt is Realloc so that the byte at offset lies at a multiple of align.
//
// Counterpart: mi_heap_realloc_aligned_at.
func (x Heap) ReallocAlignedAt(p Addr, size, align, offset uintptr) Addr {
	return x.t.reallocAlignedAt(x.h, p, size, align, offset, false)
}

// RezallocAlignedAt is Rezalloc so that the byte at offset lies at a multiple of align.
//
// Counterpart: mi_heap_rezalloc_aligned_at.
func (x Heap) RezallocAlignedAt(p Addr, size, align, offset uintptr) Addr {
	return x.t.reallocAlignedAt(x.h, p, size, align, offset, true)
}

// RecallocAlignedAt is RezallocAlignedAt to count times size bytes.
//
// Counterpart: mi_heap_recalloc_aligned_at.
func (x Heap) RecallocAlignedAt(p Addr, count, size, align, offset uintptr) Addr {
	n, ok := x.t.total(count, size)
	if !ok {
		return 0
	}
	return x.RezallocAlignedAt(p, n, align, offset)
}
