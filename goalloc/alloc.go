// Allocation: the fast path and the generic one. See doc.go for an overview.

package goalloc

import (
	"math/bits"

	"midiff/goalloc/internal/raw"

	"golang.org/x/sys/unix"
)

// Malloc allocates size bytes from the thread's default heap; null when there is no memory.
//
// Counterpart: mi_malloc.
func (t *Thread) Malloc(size uintptr) Addr { return t.malloc(t.heap, size) }

// malloc is the fast path: pop a block off the page that the size's direct entry points at. The
// shared empty page stands in where there is none, so that one test serves for both.
//
// Counterpart: mi_heap_malloc.
func (t *Thread) malloc(h *heap, size uintptr) Addr {
	if size < t.fastBelow {
		p := pageAt(h.direct[(size+wordSize-1)/wordSize])
		if b := p.free; b != 0 {
			p.used++
			p.free = raw.Load(b)
			return b
		}
	}
	return t.mallocZero(h, size, false)
}

// mallocZero is malloc with the block cleared on demand.
//
// Counterpart: _mi_heap_malloc_zero.
func (t *Thread) mallocZero(h *heap, size uintptr, zero bool) Addr {
	if t.fastBelow == 0 {
		return t.mallocHard(h, size, zero)
	}
	if size <= smallMax {
		if p := pageAt(h.direct[wordsOf(size)]); p.free != 0 {
			return t.pop(p, size, zero)
		}
	}
	return t.mallocGeneric(h, size, zero, 0)
}

// pop takes the first free block of a page. Clearing covers the whole block, since a later
// reallocation relies on the bytes past the size asked for; the block size saturates at 2 GiB, and
// so does the clearing. Only padding depends on size, and is part of it.
//
// Counterpart: _mi_page_malloc.
func (t *Thread) pop(p *page, size uintptr, zero bool) Addr {
	if t.fastBelow == 0 {
		return t.popHard(p, size, zero)
	}
	b := p.free
	p.used++
	p.free = raw.Load(b)
	if zero {
		t.clearFresh(p, b)
	}
	return b
}

// clearFresh makes a block that was just taken read zero: all of it, or the link if it is known that the rest
// reads zero.
//
// Counterpart: none, a part of _mi_page_malloc_zero.
func (t *Thread) clearFresh(p *page, b Addr) {
	if p.freeIsZero {
		raw.Store(b, 0)
	} else {
		raw.Zero(b, uintptr(p.blockSize))
	}
}

// mallocGeneric is the path with housekeeping: everything that the fast path has no time for happens
// here, at the latest when a page runs dry.
//
// Counterpart: _mi_malloc_generic.
func (t *Thread) mallocGeneric(h *heap, size uintptr, zero bool, hugeAlign uintptr) Addr {
	if h == t.proc.emptyHeap {
		t.Init()
		if h = t.heap; h == t.proc.emptyHeap {
			return 0
		}
	}
	if t.recordOf(h) {
		defer t.takeOver()
	}
	t.prof.admin.before(t, h)
	p := t.findPage(h, size, hugeAlign)
	if p == nil {
		t.collect(h, collectForce)
		p = t.findPage(h, size, hugeAlign)
	}
	if p == nil {
		t.fail(unix.ENOMEM)
		return 0
	}
	b := t.pop(p, size, zero)
	t.prof.pages.taken(t, p)
	return b
}

// findPage gives a page with a free block of at least size bytes, padding included; nil when there is no memory.
//
// Counterpart: mi_find_page.
func (t *Thread) findPage(h *heap, size, hugeAlign uintptr) *page {
	asked := size - t.prof.padding // even where size overflowed
	if asked <= t.prof.objMediumMax-t.prof.padding && hugeAlign == 0 {
		return t.prof.pages.find(t, h, t.bin(size))
	}
	if asked > t.prof.sizeMost {
		t.fail(unix.EOVERFLOW)
		return nil
	}
	p := t.pageFresh(h, binHuge, osGoodSize(size), hugeAlign)
	t.prof.counts.largeMade(t, p)
	return p
}

// everyCall is the admin policy of 2.0: all housekeeping at each generic allocation.
type everyCall struct{}

// before runs the callback and frees what other threads have handed back.
//
// Counterpart: _mi_malloc_generic.
func (everyCall) before(t *Thread, h *heap) {
	t.deferredFree(false)
	t.delayedFreePartial(h)
}

// total multiplies a count by a size; a count of one skips the test for overflow.
//
// Counterpart: mi_count_size_overflow.
func (t *Thread) total(count, size uintptr) (n uintptr, ok bool) {
	if count == 1 {
		return size, true
	}
	hi, lo := bits.Mul64(uint64(count), uint64(size))
	if hi != 0 {
		t.misuse()
	}
	return uintptr(lo), hi == 0
}

// GoodSize is the size of the block that a request of size bytes gets, for sizes of shared pages, and
// mostly the size rounded up to an OS page beyond.
//
// Counterpart: mi_good_size.
func (p *Process) GoodSize(size uintptr) uintptr {
	if size <= p.profile.objMediumMax {
		return binSize(binOf(size, p.profile.objMediumMax))
	}
	return p.profile.requests.goodLarge(p.profile, size)
}
