// Reallocation and in-place growth. See doc.go for an overview.

package goalloc

import "midiff/goalloc/internal/raw"

// realloc gives a block of size bytes with the contents of p, which is freed unless it is returned.
// It stays in place when it fits without wasting half. With zero, the bytes beyond p's usable size
// read zero. Null, with p untouched, when there is no memory. With the quirk, what lies at an odd
// address is not copied.
//
// Counterpart: _mi_heap_realloc_zero.
func (t *Thread) realloc(h *heap, p Addr, size uintptr, zero bool) Addr {
	old := t.UsableSize(p)
	if size <= old && size >= old/2 && size > 0 {
		return p
	}
	a := t.malloc(h, size)
	if a == 0 {
		return 0
	}
	if zero && size > old {
		zeroTail(a, old, size)
	} else if size == 0 {
		t.prof.requests.emptied(a)
	}
	if p != 0 {
		if kept := min(size, old); uintptr(p)%wordSize == 0 || kept == 0 || !t.quirk(ReallocUnaligned) {
			raw.Copy(a, p, kept)
		}
		t.Free(p)
	}
	return a
}

// zeroTail clears from the last word of the old part on: the word may hold padding.
//
// Counterpart: none, a part of _mi_heap_realloc_zero.
func zeroTail(a Addr, old, size uintptr) {
	start := max(old, wordSize) - wordSize
	raw.Zero(a+Addr(start), size-start)
}

// reallocAligned is realloc to a multiple of align, less an offset: with the quirk, and else 0, what the old
// address is past one.
//
// Counterpart: mi_heap_realloc_zero_aligned.
func (t *Thread) reallocAligned(h *heap, p Addr, size, align uintptr, zero bool) Addr {
	offset := uintptr(0)
	if align > wordSize && p != 0 {
		offset = uintptr(p-t.proc.bias) % align
		kept := t.proc.quirks&ReallocOffset != 0
		if isPowerOfTwo(align) && offset != 0 {
			kept = t.quirk(ReallocOffset)
		}
		if !kept {
			offset = 0
		}
	}
	return t.reallocAlignedAt(h, p, size, align, offset, zero)
}

// reallocAlignedAt is realloc so that the byte at offset lies at a multiple of align.
//
// Counterpart: mi_heap_realloc_zero_aligned_at.
func (t *Thread) reallocAlignedAt(h *heap, p Addr, size, align, offset uintptr, zero bool) Addr {
	switch legal := align != 0 && isPowerOfTwo(align); {
	case t.prof.requests.plainRealloc(align, offset) && t.proc.quirks&ReallocAlign != 0:
		a := t.realloc(h, p, size, zero)
		if a != 0 && (!legal || !t.alignedWith(a, align, offset)) {
			t.quirk(ReallocAlign)
		}
		return a
	case t.proc.quirks&ReallocAlign == 0 && legal && align <= wordSize && offset%align == 0 && uintptr(p)%align == 0:
		return t.realloc(h, p, size, zero)
	case !legal && t.proc.quirks&ReallocAlign == 0:
		return 0
	case p == 0:
		return t.alignedAt(h, size, align, offset, zero)
	}
	old := t.UsableSize(p)
	fits := size <= old && size >= old-old/2
	if fits && align == 0 {
		t.stop(RealignZero, "an address is divided by an alignment of 0")
		return 0
	}
	if fits && t.alignedWith(p, align, offset) {
		if !isPowerOfTwo(align) {
			t.quirk(ReallocAlign)
		}
		return p
	}
	a := t.alignedAt(h, size, align, offset, false)
	if a == 0 {
		return 0
	}
	if zero && size > old {
		zeroTail(a, old, size)
	}
	raw.Copy(a, p, min(size, old))
	t.Free(p)
	return a
}

// alignedWith tells whether the byte at offset from a lies at a multiple of align, which is not 0. A
// simulated process pretends to lie where its twin in C lies.
//
// Counterpart: none, a part of mi_heap_realloc_zero_aligned_at.
func (t *Thread) alignedWith(a Addr, align, offset uintptr) bool {
	return (uintptr(a-t.proc.bias)+offset)%align == 0
}

// Expand returns p if size bytes fit into it, else null; with padding, always null.
//
// Counterpart: mi_expand.
func (t *Thread) Expand(p Addr, size uintptr) Addr {
	if t.prof.padding != 0 {
		return 0
	}
	if p == 0 || size > t.UsableSize(p) {
		return 0
	}
	return p
}
