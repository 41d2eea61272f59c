// C++'s new, which throws where there is no memory. See doc.go for an overview.

package goalloc

import (
	"errors"

	"golang.org/x/sys/unix"
)

// ErrNoMemory is what a call panics with that may not give null.
var ErrNoMemory = errors.New("goalloc: out of memory in new")

// NewHandler is called where a call of this file gets no memory, which then tries again: for as long as it returns. To
// give up it panics.
//
// Counterpart: std::new_handler.
type NewHandler func()

// SetNewHandler sets the handler, of all threads; nil for none. No other thread may be in a call of the allocator.
//
// Counterpart: std::set_new_handler.
func (p *Process) SetNewHandler(h NewHandler) { p.newHandler = h }

// tryNewHandler tells whether to try again. Without a handler that is an error; then it panics, unless nothing is to
// be thrown.
//
// Counterpart: mi_try_new_handler, which aborts where it cannot throw.
func (t *Thread) tryNewHandler(nothrow bool) bool {
	if h := t.proc.newHandler; h != nil {
		h()
		return true
	}
	t.fail(unix.ENOMEM)
	if !nothrow {
		panic(ErrNoMemory)
	}
	return false
}

// tries makes a call until it gives memory or the handler gives up.
//
// Counterpart: mi_heap_try_new, and the loops of others.
func (t *Thread) tries(nothrow bool, call func() Addr) Addr {
	a := call()
	for a == 0 && t.tryNewHandler(nothrow) {
		a = call()
	}
	return a
}

// heapNew allocates from a heap.
//
// Counterpart: mi_heap_alloc_new.
func (t *Thread) heapNew(h *heap, size uintptr, nothrow bool) Addr {
	return t.tries(nothrow, func() Addr { return t.malloc(h, size) })
}

// heapNewN allocates an array from a heap. Where its size overflows the handler is called once, and null is the
// result if it returns.
//
// Counterpart: mi_heap_alloc_new_n.
func (t *Thread) heapNewN(h *heap, count, size uintptr) Addr {
	n, ok := t.total(count, size)
	if !ok {
		t.tryNewHandler(false)
		return 0
	}
	return t.heapNew(h, n, false)
}

// New is Malloc; where there is no memory it panics, or the handler does.
//
// Counterpart: mi_new.
func (t *Thread) New(size uintptr) Addr { return t.heapNew(t.heap, size, false) }

// NewN is New of count times size bytes.
//
// Counterpart: mi_new_n, which has the operands the other way round.
func (t *Thread) NewN(count, size uintptr) Addr { return t.heapNewN(t.heap, size, count) }

// NewNothrow is New that gives null where there is no handler.
//
// Counterpart: mi_new_nothrow.
func (t *Thread) NewNothrow(size uintptr) Addr { return t.heapNew(t.heap, size, true) }

// NewAligned is New at a multiple of align.
//
// Counterpart: mi_new_aligned.
func (t *Thread) NewAligned(size, align uintptr) Addr {
	return t.tries(false, func() Addr { return t.mallocAligned(t.heap, size, align) })
}

// NewAlignedNothrow is NewAligned that gives null where there is no handler.
//
// Counterpart: mi_new_aligned_nothrow.
func (t *Thread) NewAlignedNothrow(size, align uintptr) Addr {
	return t.tries(true, func() Addr { return t.mallocAligned(t.heap, size, align) })
}

// NewRealloc is Realloc on the default heap that throws as New does.
//
// Counterpart: mi_new_realloc.
func (t *Thread) NewRealloc(p Addr, size uintptr) Addr {
	return t.tries(false, func() Addr { return t.Default().Realloc(p, size) })
}

// NewReallocn is NewRealloc to count times size bytes.
//
// Counterpart: mi_new_reallocn.
func (t *Thread) NewReallocn(p Addr, count, size uintptr) Addr {
	n, ok := t.total(count, size)
	if !ok {
		t.tryNewHandler(false)
		return 0
	}
	return t.NewRealloc(p, n)
}

// AllocNew is New from the heap.
//
// Counterpart: mi_heap_alloc_new.
func (x Heap) AllocNew(size uintptr) Addr { return x.t.heapNew(x.h, size, false) }

// AllocNewN is NewN from the heap.
//
// Counterpart: mi_heap_alloc_new_n.
func (x Heap) AllocNewN(count, size uintptr) Addr { return x.t.heapNewN(x.h, count, size) }
