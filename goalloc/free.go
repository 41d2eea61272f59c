// Freeing, by the owner and by others. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"
)

// Free frees a block of any thread; null is ignored. The fast path is for the owner of the segment,
// and for a page that is not full and whose blocks all start at the addresses handed out.
//
// Counterpart: mi_free.
func (t *Thread) Free(p Addr) {
	if p == 0 {
		return
	}
	s := segmentOf(p)
	pg := s.pageOf(p)
	// Relaxed: if it is us, we wrote it; any other value means "not us", however old. Pairs with
	// OwnerAlloc, OwnerReclaim and OwnerAbandon.
	local := s.threadID.LoadRlx(atom.OwnerFree) == t.id
	if local && pg.flags == 0 {
		raw.Store(p, pg.localFree)
		pg.localFree = p
		if pg.used--; pg.used == 0 {
			t.pageRetire(pg)
		}
		return
	}
	t.freeGeneric(s, pg, local, p)
}

// freeGeneric is Free for the other cases.
//
// Counterpart: _mi_free_generic.
func (t *Thread) freeGeneric(s *segment, pg *page, local bool, p Addr) {
	if t.prof.countsAll {
		t.startToFree()
	}
	if !local && t.prof.reclaim.onFree(t, s) {
		t.Free(p) // the segment is the thread's own by now
		return
	}
	b := t.prof.frees.blockOf(t, s, pg, p, local)
	plain := local && !pg.anyAligned() && pg.flags&inFull == 0
	if t.prof.countsAll && !plain {
		t.countFree(pg, b)
	}
	if local {
		t.freeLocal(pg, b, t.prof.countsAll && plain)
	} else {
		t.freeRemote(s, pg, b)
	}
}

// startToFree starts a thread that frees, in a build where that is done by a thread that has a heap. Without
// memory for that, the reference writes through a null pointer, and so it does where a thread that ends was to
// start anew.
//
// Counterpart: mi_heap_get_default, called by mi_stat_free and _mi_segment_huge_page_free.
func (t *Thread) startToFree() {
	switch ending := t.backing != nil; {
	case t.heap != t.proc.emptyHeap:
		return
	case !ending:
		t.Init()
	case !t.quirk(EndedRestarts):
		return
	default:
		t.revive()
	}
	if t.heap == t.proc.emptyHeap && t.quirk(FreeUnstarted) {
		panic("goalloc: a thread frees a block and there is no memory to start it, where the reference " +
			"stops: clear the quirk FreeUnstarted in the profile")
	}
}

// anyAligned tells whether a block of the page may have been handed out at an address past its start. Any
// thread asks so while the owner may be changing inFull in the same byte. The reference reads it without
// an atomic, too, which is a data race, and harmless as long as a byte is written at once: the bit was set
// before a block that needs it was handed out. The race detector is told to look away.
//
// Counterpart: mi_page_has_aligned.
//
//go:norace
func (p *page) anyAligned() bool { return p.flags&hasAligned != 0 }

// freeLocal frees a block of a page that the thread owns; with count, what is freed is yet to be counted.
//
// Counterpart: _mi_free_block, local.
func (t *Thread) freeLocal(pg *page, b Addr, count bool) {
	if t.prof.checksFrees && t.freedTwice(pg, b) {
		return
	}
	if count {
		t.countFree(pg, b)
	}
	if t.prof.padding != 0 {
		t.forget(pg, b, count)
	}
	t.setNext(pg, b, pg.localFree)
	pg.localFree = b
	pg.used--
	if pg.used == 0 {
		t.pageRetire(pg)
	} else if pg.flags&inFull != 0 {
		t.pageUnfull(pg)
	}
}

// freeRemote frees a block of a page that the thread does not own. The first such free of a page goes
// to the owner's heap, which then knows that the page has something for it; the next ones go to the
// page itself.
//
// Counterpart: _mi_free_block_mt.
func (t *Thread) freeRemote(s *segment, pg *page, b Addr) {
	if t.prof.padding != 0 {
		t.forgetRemote(pg, b)
	}
	if s.huge && t.prof.huge.freeRemote(t, s, pg, b) {
		return
	}
	w := pg.threadFree.LoadRlx(atom.ThreadFreePushLoad)
	for {
		delay := w&freeFlagMask == freeUseDelayed
		next := w | freeDelaying
		if !delay {
			t.setNext(pg, b, Addr(w&^freeFlagMask))
			next = uint64(b) | w&freeFlagMask
		}
		// Publishes the block's link, or closes the page's heap against vanishing. Pairs with
		// ThreadFreeTake and ThreadFreeFlagLoad.
		if pg.threadFree.CasRel(atom.ThreadFreePush, &w, next) {
			if !delay {
				return
			}
			break
		}
	}
	t.delayBlock(pg, b)
	w = pg.threadFree.LoadRlx(atom.ThreadFreeDoneLoad)
	for !pg.threadFree.CasRel(atom.ThreadFreeDone, &w, w&^freeFlagMask|freeDelayNone) {
	} // pairs with ThreadFreeFlagLoad: the heap is no longer touched
}

// delayBlock pushes a block on the delayed list of its page's heap, which cannot go away as long as
// the page is flagged.
//
// Counterpart: _mi_free_block_mt.
func (t *Thread) delayBlock(pg *page, b Addr) {
	a := Addr(pg.heap.LoadAcq(atom.PageHeapRemote)) // pairs with PageHeapInit, PageHeapAppend
	if a == 0 {
		return
	}
	h := heapAt(a)
	w := h.delayed.LoadRlx(atom.DelayedPushLoad)
	for {
		t.proc.setDelayedLink(h, b, Addr(w))
		if h.delayed.CasRel(atom.DelayedPush, &w, uint64(b)) { // pairs with DelayedTake
			return
		}
	}
}

// tryUseDelayed sets a page's flag, unless it says never and that is not to be overridden. False when
// another thread keeps pushing on the heap's delayed list.
//
// Counterpart: _mi_page_try_use_delayed_free.
func tryUseDelayed(p *page, flag uint64, overrideNever bool) bool {
	for yields := 0; ; {
		// Acquire, since the loop may end without a store. Pairs with ThreadFreeDone.
		w := p.threadFree.LoadAcq(atom.ThreadFreeFlagLoad)
		old := w & freeFlagMask
		switch {
		case old == freeDelaying:
			if yields >= delayingYields {
				return false
			}
			yields++
			atom.Yield(atom.ThreadFreeFlagLoad)
			continue
		case old == flag, old == freeNeverDelayed && !overrideNever:
			return true
		}
		if p.threadFree.CasRel(atom.ThreadFreeFlag, &w, w&^freeFlagMask|flag) { // pairs with ThreadFreePush
			return true
		}
	}
}

// useDelayed is tryUseDelayed until it succeeds.
//
// Counterpart: _mi_page_use_delayed_free.
func (t *Thread) useDelayed(p *page, flag uint64, overrideNever bool) {
	for !tryUseDelayed(p, flag, overrideNever) {
		atom.Yield(atom.ThreadFreeFlagLoad)
	}
}

// delayedFreePartial frees the blocks that other threads pushed on the heap's delayed list. False
// when some had to be put back.
//
// Counterpart: _mi_heap_delayed_free_partial.
func (t *Thread) delayedFreePartial(h *heap) (all bool) {
	w := h.delayed.LoadRlx(atom.DelayedTakeLoad)
	for w != 0 && !h.delayed.CasAcqRel(atom.DelayedTake, &w, 0) { // pairs with DelayedPush
	}
	all = true
	for b := Addr(w); b != 0; {
		next := t.proc.delayedLink(h, b)
		if !t.freeDelayed(b) {
			all = false
			t.delayedReinsert(h, b)
		}
		b = next
	}
	return all
}

// delayedReinsert puts a block back on the delayed list.
//
// Counterpart: _mi_heap_delayed_free_partial.
func (t *Thread) delayedReinsert(h *heap, b Addr) {
	w := h.delayed.LoadRlx(atom.DelayedBackLoad)
	for {
		t.proc.setDelayedLink(h, b, Addr(w))
		if h.delayed.CasRel(atom.DelayedBack, &w, uint64(b)) { // pairs with DelayedTake
			return
		}
	}
}

// delayedFreeAll frees the heap's delayed list until nothing is left of it.
//
// Counterpart: _mi_heap_delayed_free_all.
func (t *Thread) delayedFreeAll(h *heap) {
	for !t.delayedFreePartial(h) {
		atom.Yield(atom.ThreadFreeFlagLoad)
	}
}

// freeDelayed frees one block of the delayed list. The page's flag is reset before its lists are
// collected: a block freed in between would otherwise be on the page's list with nobody to look.
//
// Counterpart: _mi_free_delayed_block.
func (t *Thread) freeDelayed(b Addr) bool {
	p := segmentOf(b).pageOf(b)
	if !tryUseDelayed(p, freeUseDelayed, false) {
		return false
	}
	t.pageCollect(p, false)
	t.freeLocal(p, b, false)
	return true
}

// unalign finds the start of the block that p lies in.
//
// Counterpart: _mi_page_ptr_unalign.
func (t *Thread) unalign(s *segment, pg *page, p Addr) Addr {
	start, _ := t.pageStart(s, pg)
	return p - Addr(uintptr(p-start)%t.blockSizeOf(s, pg))
}

// UsableSize is how many bytes from p on belong to its block; 0 for null.
//
// Counterpart: mi_usable_size.
func (t *Thread) UsableSize(p Addr) uintptr {
	if p == 0 {
		return 0
	}
	s := segmentOf(p)
	pg := s.pageOf(p)
	b := p
	if pg.anyAligned() {
		b = t.unalign(s, pg, p)
	}
	size := t.blockSizeOf(s, pg)
	if t.prof.padding != 0 {
		size = t.paddedSize(pg, b)
	}
	return size - uintptr(p-b)
}
