// Aligned allocation. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/raw"
)

// mallocAligned allocates size bytes at a multiple of align.
//
// Counterpart: mi_heap_malloc_aligned.
func (t *Thread) mallocAligned(h *heap, size, align uintptr) Addr {
	return t.prof.requests.aligned(t, h, size, align)
}

// alignedAt allocates size bytes so that the byte at offset lies at a multiple of align; null when
// align is no power of two. The block may start before the address returned: then its page is
// flagged, and freeing finds the start again.
//
// Counterpart: mi_heap_malloc_zero_aligned_at.
func (t *Thread) alignedAt(h *heap, size, align, offset uintptr, zero bool) Addr {
	return t.prof.requests.alignedAt(t, h, size, align, offset, zero)
}

// alignedByChance takes the next free block for size bytes, padding included, if it happens to lie right,
// which alignments above the size are not tried for; else null.
//
// Counterpart: none, the head of mi_heap_malloc_zero_aligned_at.
func (t *Thread) alignedByChance(h *heap, padded, align, offset uintptr, zero bool) Addr {
	if padded > smallMax || align > padded {
		return 0
	}
	p := pageAt(h.direct[wordsOf(padded)])
	if p.free == 0 || (uintptr(p.free)+offset)&(align-1) != 0 {
		return 0
	}
	t.countAligned(p, padded-t.prof.padding)
	return t.pop(p, padded, zero)
}

// alignedInside allocates size bytes, which are enough for a block and its alignment, and gives the first
// address in them that lies right.
//
// Counterpart: none, a part of mi_heap_malloc_zero_aligned_at_fallback.
func (t *Thread) alignedInside(h *heap, size, align, offset uintptr, zero bool) Addr {
	b := t.mallocZero(h, size, zero)
	if b == 0 {
		return 0
	}
	a := raw.AlignUp(b+Addr(offset), align) - Addr(offset)
	if a != b {
		segmentOf(b).pageOf(b).flags |= hasAligned
	}
	return a
}

// alignedHuge serves alignments beyond alignMax from a segment of its own. Only the part from the
// aligned address on may be committed, so only that is cleared.
//
// Counterpart: mi_heap_malloc_zero_aligned_at_fallback.
func (t *Thread) alignedHuge(h *heap, size, align, offset uintptr, zero bool) Addr {
	if offset != 0 {
		t.prof.requests.refused(t)
		return 0
	}
	b := t.countMalloc(t.mallocGeneric(h, max(size, smallMax+1)+t.prof.padding, false, align))
	if b == 0 {
		return 0
	}
	a := raw.AlignUp(b, align)
	s := segmentOf(b)
	p := s.pageOf(b)
	if a != b {
		p.flags |= hasAligned
	}
	if zero {
		raw.Zero(a, t.blockSizeOf(s, p)-uintptr(a-b)-2*t.prof.padding) // twice there, too
	}
	return a
}
