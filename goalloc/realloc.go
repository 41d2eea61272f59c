// Reallocation and in-place growth. See doc.go for an overview.

package goalloc

import "midiff/goalloc/internal/raw"

// realloc gives a block of size bytes with the contents of p, which is freed unless it is returned.
// It stays in place when it fits without wasting half. With zero, the bytes beyond p's usable size
// read zero. Null, with p untouched, when there is no memory.
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
	}
	if p != 0 {
		if uintptr(p)%wordSize == 0 {
			raw.Copy(a, p, min(size, old))
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

// reallocAligned is realloc to a multiple of align, less an offset: with the quirk, what the old
// address is past one.
//
// Counterpart: mi_heap_realloc_zero_aligned.
func (t *Thread) reallocAligned(h *heap, p Addr, size, align uintptr, zero bool) Addr {
	if align == 0 || !isPowerOfTwo(align) {
		return t.reallocIllegal(h, p, size, align, zero)
	}
	if align <= wordSize {
		return t.realloc(h, p, size, zero)
	}
	offset := uintptr(p) % align
	if offset != 0 && !t.quirk(ReallocOffset) {
		offset = 0
	}
	return t.reallocAlignedAt(h, p, size, align, offset, zero)
}

// reallocIllegal is reallocAligned for an alignment that is 0 or no power of two. It should fail; with
// the quirk small ones are ignored, and larger ones are tested against the address.
//
// Counterpart: mi_heap_realloc_zero_aligned.
func (t *Thread) reallocIllegal(h *heap, p Addr, size, align uintptr, zero bool) (a Addr) {
	if t.proc.quirks&ReallocAlign == 0 {
		return 0
	}
	if align <= wordSize {
		a = t.realloc(h, p, size, zero)
	} else if old := t.UsableSize(p); p != 0 && size <= old && size >= old-old/2 {
		// A simulated process pretends to lie where its twin in C lies.
		if at := uintptr(p - t.proc.bias); (at+at%align)%align == 0 {
			a = p
		}
	}
	if a != 0 {
		t.quirk(ReallocAlign)
	}
	return a
}

// reallocAlignedAt is reallocAligned with the offset given.
//
// Counterpart: mi_heap_realloc_zero_aligned_at.
func (t *Thread) reallocAlignedAt(h *heap, p Addr, size, align, offset uintptr, zero bool) Addr {
	if p == 0 {
		return t.alignedAt(h, size, align, offset, zero)
	}
	old := t.UsableSize(p)
	if size <= old && size >= old-old/2 && (uintptr(p)+offset)%align == 0 {
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

// Expand returns p if size bytes fit into it, else null.
//
// Counterpart: mi_expand.
func (t *Thread) Expand(p Addr, size uintptr) Addr {
	if p == 0 || size > t.UsableSize(p) {
		return 0
	}
	return p
}
