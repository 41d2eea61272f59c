// First-class heaps. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"
)

// Heap is a heap of a thread: a set of pages to allocate from. It may only be used by its thread, but
// its blocks may be freed by any. The zero Heap is no heap.
type Heap struct {
	t *Thread
	h *heap
}

// Default is the heap that the thread's plain calls allocate from.
//
// Counterpart: mi_get_default_heap.
func (t *Thread) Default() Heap { return Heap{t, t.heap} }

// Started is Default after a start of the thread, if it is new. It is the zero Heap when there is no
// memory for that.
//
// Counterpart: mi_heap_get_default.
func (t *Thread) Started() Heap {
	t.Init()
	if t.heap == t.proc.emptyHeap {
		return Heap{}
	}
	return t.Default()
}

// Backing is the heap that the thread started with; a new thread is initialised by the call. It is the
// zero Heap when there is no memory for that.
//
// Counterpart: mi_heap_get_backing.
func (t *Thread) Backing() Heap {
	t.Init()
	return Heap{t, t.backing}
}

// NewHeap makes a heap; false when there is no memory.
//
// Counterpart: mi_heap_new.
func (t *Thread) NewHeap() (Heap, bool) { return t.newHeap(0, true, NoArena) }

// NewHeapInArena makes a heap that allocates from one arena alone; with NoArena from any memory that is
// not in an exclusive arena. A heap that is bound to FailedArena has no memory at all.
//
// Counterpart: mi_heap_new_in_arena.
func (t *Thread) NewHeapInArena(id ArenaID) (Heap, bool) {
	return t.newHeap(0, t.prof.heaps.boundDestroyed(), id)
}

// newHeap makes a heap. Pages that are taken over go to a heap with their tag; destroyed says that Destroy is to
// free its pages wholesale.
//
// Counterpart: mi_heap_new_ex.
func (t *Thread) newHeap(tag uint8, destroyed bool, id ArenaID) (Heap, bool) {
	backing := t.Backing().h
	if backing == nil {
		return Heap{}, false
	}
	a := t.malloc(backing, t.prof.refHeapBytes)
	if a == 0 {
		return Heap{}, false
	}
	h := t.heapInit(a)
	h.arena = id
	t.proc.heapSeed(h, [seedBytes]byte{}, t.backing)
	h.noReclaim, h.tag = destroyed, tag
	h.next, t.heaps = t.heaps, a
	return Heap{t, h}, true
}

// heapInit writes the record of a heap without pages at a.
//
// Counterpart: none, a part of _mi_heap_init and mi_heap_new_in_arena.
func (t *Thread) heapInit(a Addr) *heap {
	h := heapAt(a)
	*h = *t.proc.emptyHeap
	h.threadID = t.id
	return h
}

// SetDefault makes h the heap of the thread's plain calls.
//
// Counterpart: mi_heap_set_default.
func (t *Thread) SetDefault(h Heap) { t.setDefault(h.h) }

// setDefault also sets the value whose destructor runs at the thread's end.
//
// Counterpart: _mi_heap_set_default_direct.
func (t *Thread) setDefault(h *heap) { t.heap, t.key = h, h }

// Delete gives up the heap and hands its blocks to the thread's backing heap, or, if that is not for such
// blocks, to whoever needs memory.
//
// Counterpart: mi_heap_delete.
func (x Heap) Delete() {
	t, h := x.t, x.h
	if h == t.backing {
		t.collect(h, collectAbandon)
		return
	}
	if !t.prof.heaps.absorbs(t.backing, h) {
		t.collect(h, collectAbandon)
		t.heapFree(h)
		return
	}
	if h.pageCount > 0 && t.proc.arenas.isExclusive(h.arena) && !t.quirk(ArenaMixed) {
		// Its pages are for no other heap: it lives on without being used, until the thread ends.
		if h == t.heap {
			t.setDefault(t.backing)
		}
		return
	}
	t.absorb(t.backing, h)
	t.heapFree(h)
}

// absorb moves all pages of a heap to another of the same thread.
//
// Counterpart: mi_heap_absorb.
func (t *Thread) absorb(to, from *heap) {
	to.leftHuge = to.leftHuge || from.leftHuge
	if from.pageCount == 0 {
		return
	}
	t.delayedFreePartial(from)
	for bin := uintptr(0); bin < binCount; bin++ {
		n := t.queueAppend(to, from, bin)
		to.pageCount += n
		from.pageCount -= n
	}
	if from.retiredMin <= from.retiredMax && !t.quirk(AbsorbedRetired) {
		to.retiredMin = min(to.retiredMin, from.retiredMin)
		to.retiredMax = max(to.retiredMax, from.retiredMax)
	}
	// What others pushed on the old heap's list before its pages changed hands.
	t.delayedFreeAll(from)
	t.heapResetPages(from)
}

// heapResetPages leaves a heap without pages.
//
// Counterpart: mi_heap_reset_pages.
func (t *Thread) heapResetPages(h *heap) {
	h.direct, h.queues = t.proc.emptyHeap.direct, t.proc.emptyHeap.queues
	h.delayed.StoreSC(atom.DelayedReset, 0) // no page points here any more: nothing pairs
	h.pageCount = 0
}

// heapFree gives up a heap without pages.
//
// Counterpart: mi_heap_free.
func (t *Thread) heapFree(h *heap) {
	if h == t.heap {
		t.setDefault(t.backing)
	}
	a := raw.Of(h)
	if t.heaps == a {
		t.heaps = h.next
	} else {
		prev := heapAt(t.heaps)
		for prev.next != a {
			prev = heapAt(prev.next)
		}
		prev.next = h.next
	}
	t.Free(a)
}

// Destroy gives up the heap with all its blocks, without looking at them. A heap that may hold the
// blocks of others is deleted instead.
//
// Counterpart: mi_heap_destroy.
func (x Heap) Destroy() {
	t, h := x.t, x.h
	if !h.noReclaim {
		t.prof.heaps.kept(t)
		x.Delete()
		return
	}
	if h.reclaimed {
		t.quirk(DestroyReclaimed)
	}
	if h.leftHuge {
		t.quirk(HugeUnowned)
	}
	if h.gaveUp {
		t.quirk(GivenUp)
	}
	stale := t.staleCounts(h)
	t.eachPage(h, func(_ uintptr, p *page) {
		t.useDelayed(p, freeNeverDelayed, false)
		t.countDestroyed(p, stale)
		p.used = 0
		p.next, p.prev = 0, 0
		t.segmentPageFree(p)
	})
	t.heapResetPages(h)
	t.heapFree(h)
}

// Collect is Thread.Collect for one heap.
//
// Counterpart: mi_heap_collect.
func (x Heap) Collect(force bool) {
	level := collectNormal
	if force {
		level = collectForce
	}
	x.t.collect(x.h, level)
}

// Contains tells whether a block, given by the address that allocating it gave, is in a page of the heap.
//
// Counterpart: mi_heap_contains_block.
func (x Heap) Contains(p Addr) bool {
	return p != 0 && x.h != x.t.proc.emptyHeap && x.mine(segmentOf(p).pageOf(p).owner() == x.h)
}

// mine is yes, and notes where pages of others, or such as nobody owns, may be the reason.
//
// Counterpart: none, the answer there.
func (x Heap) mine(yes bool) bool {
	if yes && x.h.reclaimed && x.h.noReclaim {
		x.t.quirk(DestroyReclaimed)
	}
	if !yes && x.h.leftHuge {
		x.t.quirk(HugeUnowned)
	}
	return yes
}

// CheckOwned tells whether an address, any address, is that of a word in a block of the heap, free blocks
// included. It looks at all pages.
//
// Counterpart: mi_heap_check_owned.
func (x Heap) CheckOwned(p Addr) bool {
	if x.h == x.t.proc.emptyHeap || p%wordSize != 0 {
		return false
	}
	found := false
	x.t.eachPage(x.h, func(_ uintptr, pg *page) {
		s := segmentOf(raw.Of(pg))
		start, _ := x.t.pageStart(s, pg)
		found = found || p >= start && p < start+Addr(uintptr(pg.capacity)*x.t.blockSizeOf(s, pg))
	})
	return x.mine(found)
}

// CheckOwned is Heap.CheckOwned for the default heap.
//
// Counterpart: mi_check_owned.
func (t *Thread) CheckOwned(p Addr) bool { return t.Default().CheckOwned(p) }

// Addr is the address of the heap's record: for a heap made by NewHeap, a block of the backing heap.
//
// Counterpart: none, a heap is its address there.
func (x Heap) Addr() Addr { return raw.Of(x.h) }

// IsZero tells that there is no heap.
//
// Counterpart: none, a heap is its address there.
func (x Heap) IsZero() bool { return x.h == nil }
