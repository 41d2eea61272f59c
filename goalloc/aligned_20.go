// What requests get in 2.0: aligned ones, and those that differ in small ways. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/raw"

	"golang.org/x/sys/unix"
)

// requests20 is the request policy of 2.0.
type requests20 struct{}

// aligned has a short cut for sizes whose blocks are taken to be naturally aligned.
//
// Counterpart: mi_heap_malloc_aligned.
func (r requests20) aligned(t *Thread, h *heap, size, align uintptr) Addr {
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
	return r.alignedAt(t, h, size, align, 0, false)
}

// alignedAt allocates more than was asked for unless a block of the size lies right by nature or by chance.
//
// Counterpart: mi_heap_malloc_zero_aligned_at.
func (r requests20) alignedAt(t *Thread, h *heap, size, align, offset uintptr, zero bool) Addr {
	if align == 0 || !isPowerOfTwo(align) || size > t.prof.sizeMost {
		r.refused(t)
		return 0
	}
	padded := size + t.prof.padding
	if a := t.alignedByChance(h, padded, align, offset, zero); a != 0 {
		return a
	}
	if offset == 0 && align <= padded && padded <= maxAlignGuarantee && padded&(align-1) == 0 {
		return t.mallocZero(h, size, zero)
	}
	if align > alignMax {
		return t.alignedHuge(h, size, align, offset, zero)
	}
	return t.alignedInside(h, size+align-1, align, offset, zero)
}

// refused reports the request in padded builds.
//
// Counterpart: none, messages of debug builds.
func (requests20) refused(t *Thread) { t.misuse() }

// plainRealloc holds for alignments up to 8, whatever the offset.
//
// Counterpart: mi_heap_realloc_zero_aligned_at.
func (requests20) plainRealloc(align, _ uintptr) bool { return align <= wordSize }

// emptied leaves the block alone.
//
// Counterpart: _mi_heap_realloc_zero.
func (requests20) emptied(Addr) {}

// goodLarge rounds up to whole OS pages.
//
// Counterpart: mi_good_size.
func (requests20) goodLarge(_ *Profile, size uintptr) uintptr { return raw.AlignUp(size, osPageSize) }

// reallocarray says ENOMEM where the result is null.
//
// Counterpart: mi_reallocarray.
func (requests20) reallocarray(t *Thread, p Addr, count, size uintptr) (Addr, unix.Errno) {
	a := t.Default().Reallocn(p, count, size)
	if a == 0 {
		return 0, unix.ENOMEM
	}
	return a, 0
}

// reallocarr is reallocarray.
//
// Counterpart: mi_reallocarr.
func (r requests20) reallocarr(t *Thread, p *Addr, count, size uintptr) unix.Errno {
	a, err := r.reallocarray(t, *p, count, size)
	if err == 0 {
		*p = a
	}
	return err
}

// realpath copies what the C library allocates by its own means.
//
// Counterpart: mi_heap_realpath.
func (requests20) realpath(t *Thread, h *heap, path string) Addr {
	real := resolve(path)
	if real == "" {
		return 0
	}
	return t.strdup(h, real)
}
