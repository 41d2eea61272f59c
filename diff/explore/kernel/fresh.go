// Segments that come and go, and huge ones that are abandoned at once. See doc.go for an overview.

package kernel

import "midiff/diff/explore/sim"

// arenaTake takes segment g's memory from the arena, and tells whether it was there to take.
// Counterpart: _mi_bitmap_try_find_claim_field.
func (w *world) arenaTake(g int) bool {
	for field := w.load(inuseLoad, inuseWord); field>>g&1 == 0; {
		if w.cas(inuseTake, inuseWord, &field, field|1<<g) {
			return true
		}
	}
	return false
}

// arenaGive gives segment g's memory back to the arena: the next one may take it.
// Counterpart: _mi_bitmap_unclaim_across.
func (w *world) arenaGive(g int) {
	w.s.And(inuseWord, inuseGive, w.v.Orders[inuseGive].Success, ^uint64(1<<g))
}

// segmentAlloc makes memory of the arena a segment of the running thread, whose slots are its free spans. It tells
// whether there was any.
// Counterpart: mi_segment_alloc.
func (w *world) segmentAlloc(g int) bool {
	if !w.arenaTake(g) {
		return false
	}
	w.claimed(g)
	w.s.PlainWrite(segmentAt(g), segmentSize, atSegmentInit)
	w.store(ownAlloc, ownerWord(g), w.id())
	w.segments[g].ended = false
	for p := g * slotsPer; p < (g+1)*slotsPer; p++ {
		w.queueSpan(p)
	}
	return true
}

// hugeAlloc makes a segment with one block, which is nobody's from the start.
// Counterpart: mi_segment_huge_page_alloc, with MI_HUGE_PAGE_ABANDON.
func (w *world) hugeAlloc(g int) {
	if !w.segmentAlloc(g) {
		return
	}
	p := g * slotsPer
	w.unqueueSpan(p)
	w.unqueueSpan(p + 1)
	w.segments[g].owner, w.segments[g].huge = nobody, true
	w.store(ownHuge, ownerWord(g), 0)
	w.becomes(p, nobody, 1, neverDelayed)
}

// freeHuge is a free of a huge block, by whoever has it: the segment is claimed and given back.
// Counterpart: _mi_segment_huge_page_free.
func (w *world) freeHuge(p, b int) {
	none := uint64(0)
	if !w.cas(ownHugeClaim, ownerWord(p/slotsPer), &none, w.id()) {
		w.s.Fail(sim.OwnerMismatch, "block %d is huge and live, and its segment is thread %d's", b, none)
	}
	w.claimed(p / slotsPer)
	w.freeLocal(p, b)
}
