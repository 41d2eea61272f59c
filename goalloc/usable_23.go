// The calls that also tell the size of the block: of all of it, in bytes, wherever the address lies in it, and 0
// where the address is null. See doc.go for an overview.

package goalloc

// withSize adds its block's size to an address.
//
// Counterpart: none, a variable that _mi_page_malloc_zero sets.
func (t *Thread) withSize(p Addr) (Addr, uintptr) { return p, t.sizeOfBlock(p) }

// sizeOfBlock is the size of the block that p lies in, 0 for null.
//
// Counterpart: mi_page_usable_block_size.
func (t *Thread) sizeOfBlock(p Addr) uintptr {
	if p == 0 {
		return 0
	}
	s := segmentOf(p)
	return t.blockSizeOf(s, s.pageOf(p)) - t.prof.padding
}

// Umalloc is Malloc.
//
// Counterpart: mi_umalloc.
func (t *Thread) Umalloc(size uintptr) (Addr, uintptr) { return t.withSize(t.malloc(t.heap, size)) }

// UmallocSmall is MallocSmall.
//
// Counterpart: mi_umalloc_small.
func (t *Thread) UmallocSmall(size uintptr) (Addr, uintptr) { return t.Umalloc(size) }

// Uzalloc is Zalloc.
//
// Counterpart: mi_uzalloc.
func (t *Thread) Uzalloc(size uintptr) (Addr, uintptr) {
	return t.withSize(t.mallocZero(t.heap, size, true))
}

// Ucalloc is Calloc.
//
// Counterpart: mi_ucalloc.
func (t *Thread) Ucalloc(count, size uintptr) (Addr, uintptr) {
	n, ok := t.total(count, size)
	if !ok {
		return 0, 0
	}
	return t.Uzalloc(n)
}

// UmallocAligned is MallocAligned.
//
// Counterpart: mi_umalloc_aligned.
func (t *Thread) UmallocAligned(size, align uintptr) (Addr, uintptr) {
	return t.withSize(t.alignedAt(t.heap, size, align, 0, false))
}

// UzallocAligned is ZallocAligned.
//
// Counterpart: mi_uzalloc_aligned.
func (t *Thread) UzallocAligned(size, align uintptr) (Addr, uintptr) {
	return t.withSize(t.alignedAt(t.heap, size, align, 0, true))
}

// Urealloc is Realloc; before and after are the sizes of p's block and of the one returned.
//
// Counterpart: mi_urealloc.
func (t *Thread) Urealloc(p Addr, size uintptr) (a Addr, before, after uintptr) {
	before = t.sizeOfBlock(p)
	a = t.realloc(t.heap, p, size, false)
	return a, before, t.sizeOfBlock(a)
}

// Ufree is Free; it gives the size of the block that was freed.
//
// Counterpart: mi_ufree.
func (t *Thread) Ufree(p Addr) uintptr {
	size := t.sizeOfBlock(p)
	t.Free(p)
	return size
}
