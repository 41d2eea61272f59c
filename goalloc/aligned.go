// Aligned allocation. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/raw"
)

// mallocAligned allocates size bytes at a multiple of align, with a short cut for sizes whose blocks
// are taken to be naturally aligned.
//
// Counterpart: mi_heap_malloc_aligned.
func (t *Thread) mallocAligned(h *heap, size, align uintptr) Addr {
	if t.prof.padding != 0 {
		return t.alignedPadded(h, size, align)
	}
	if !isPowerOfTwo(align) {
		return 0
	}
	if isPowerOfTwo(size) && size >= align && size <= smallMax {
		switch {
		case align == 0 && t.quirk(ZeroAlign):
			return t.malloc(h, size)
		case align > maxAlignGuarantee && t.proc.quirks&NaturalAlign != 0:
			a := t.malloc(h, size)
			if uintptr(a)&(align-1) != 0 {
				t.quirk(NaturalAlign)
			}
			return a
		case align > 0 && align <= maxAlignGuarantee:
			return t.malloc(h, size)
		}
	}
	return t.alignedAt(h, size, align, 0, false)
}

// alignedAt allocates size bytes so that the byte at offset lies at a multiple of align; null when
// align is no power of two. The block may start before the address returned: then its page is
// flagged, and freeing finds the start again.
//
// Counterpart: mi_heap_malloc_zero_aligned_at.
func (t *Thread) alignedAt(h *heap, size, align, offset uintptr, zero bool) Addr {
	if align == 0 || !isPowerOfTwo(align) || size > ptrdiffMax {
		t.misuse()
		return 0
	}
	padded := size + t.prof.padding
	if padded <= smallMax && align <= padded {
		p := pageAt(h.direct[wordsOf(padded)])
		if p.free != 0 && (uintptr(p.free)+offset)&(align-1) == 0 {
			t.countAligned(p, size)
			return t.pop(p, padded, zero)
		}
	}
	if offset == 0 && align <= padded && padded <= maxAlignGuarantee && padded&(align-1) == 0 {
		return t.mallocZero(h, size, zero)
	}
	if align > alignMax {
		return t.alignedHuge(h, size, align, offset, zero)
	}
	b := t.mallocZero(h, size+align-1, zero)
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
		t.misuse()
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
