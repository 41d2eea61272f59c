// What heaps are for and what becomes of them in 2.3. See doc.go for an overview.

package goalloc

import (
	"golang.org/x/sys/unix"

	"midiff/goalloc/internal/raw"
)

// heaps23 is the heap policy of 2.3: heaps have tags, for kinds of objects that do not mix, and keep to their
// arena.
type heaps23 struct{}

// NewTaggedHeap makes a heap for objects of a kind: an abandoned page with objects of it goes to such a heap
// again. destroyed says that Destroy is to free its pages wholesale, rather than to act as Delete. A version
// without tags does not look at them. False when there is no memory.
//
// Counterpart: mi_heap_new_ex.
func (t *Thread) NewTaggedHeap(tag uint8, destroyed bool, id ArenaID) (Heap, bool) {
	return t.newHeap(tag, destroyed, id)
}

// boundDestroyed is false: such a heap may hold pages of others.
//
// Counterpart: mi_heap_new_in_arena.
func (heaps23) boundDestroyed() bool { return false }

// absorbs tells that two heaps are for the same.
//
// Counterpart: mi_heaps_are_compatible.
func (heaps23) absorbs(to, from *heap) bool { return to.tag == from.tag && to.arena == from.arena }

// kept warns.
//
// Counterpart: mi_heap_destroy.
func (heaps23) kept(t *Thread) { t.warn() }

// target is a heap with the page's tag: h or the newest other one. Without any, which is so with the quirk alone, it
// is h, which is reported. Nor is it asked, with a quirk, whether the heap may have memory of that arena.
//
// Counterpart: none, a part of mi_segment_reclaim.
func (x heaps23) target(t *Thread, h *heap, p *page) *heap {
	id := segmentOf(raw.Of(p)).memID
	to := x.home(t, h, id, p.tag)
	if to == nil {
		panic("goalloc: a segment is reclaimed with a page that is for no heap of the thread")
	}
	if to.tag != p.tag {
		t.quirk(TagLost)
		t.fail(unix.EFAULT)
	}
	if !id.suits(to.arena) {
		t.quirk(ArenaMixed)
	}
	return to
}

// home is the heap of the thread that a page goes to when h asks for its segment: h if it will do, else the newest one;
// nil if the segment is to be left alone.
//
// Counterpart: _mi_heap_by_tag, and a part of mi_segment_reclaim.
func (heaps23) home(t *Thread, h *heap, id memID, tag uint8) *heap {
	fits := func(to *heap) bool { return t.proc.quirks&ArenaMixed != 0 || id.suits(to.arena) }
	if h.tag == tag && fits(h) {
		return h
	}
	lost := h.tag != tag
	for a := t.heaps; a != 0; a = heapAt(a).next {
		if other := heapAt(a); other.tag == tag {
			if fits(other) {
				return other
			}
			lost = false
		}
	}
	if lost && t.proc.quirks&TagLost != 0 {
		return h
	}
	return nil
}

// takes tells whether the thread has a heap for every page of a segment. With the quirks that is not asked.
//
// Counterpart: none, the defects there.
func (x heaps23) takes(t *Thread, h *heap, s *segment) bool {
	if asked := TagLost | ArenaMixed; t.proc.quirks&asked == asked {
		return true
	}
	for i := headerSlices; i < s.sliceEntries; i += uintptr(s.slice(i).sliceCount) {
		if p := s.slice(i); p.blockSize > 0 && x.home(t, h, s.memID, p.tag) == nil {
			return false
		}
	}
	return true
}

// mainEnds has the numbers counted.
//
// Counterpart: none, a part of _mi_thread_heap_done.
func (heaps23) mainEnds(t *Thread) { t.mergeStats() }

// IsUnderUtilized tells whether at most percent of the blocks of the page that p lies in are in use, and it would
// be of use to move them elsewhere: not if the page is the one that is allocated from, has memory that was never
// used or no free block, or is of another heap; the zero Heap stands for all. No other thread may use the page.
//
// Counterpart: mi_unsafe_heap_page_is_under_utilized.
func (t *Thread) IsUnderUtilized(x Heap, p Addr, percent uintptr) bool {
	if p == 0 {
		return false
	}
	pg := segmentOf(p).pageOf(p)
	owner := pg.owner()
	switch {
	case pg.used == uint32(pg.capacity), pg.capacity < pg.reserved, pg.prev == 0:
		return false
	case owner == nil, x.h != nil && x.h != owner:
		return false
	}
	return percent >= 100 || percent >= uintptr(100*pg.used)/uintptr(pg.capacity)
}
