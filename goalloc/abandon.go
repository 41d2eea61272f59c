// Segments change owners: abandon, look at, reclaim. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"
)

// segmentPageAbandon notes that a page's heap is gone; the segment is abandoned with its last page.
//
// Counterpart: _mi_segment_page_abandon.
func (t *Thread) segmentPageAbandon(p *page) {
	s := segmentOf(raw.Of(p))
	t.checkMask(s)
	s.abandoned++
	t.count(statPagesAbandoned, 1)
	if s.used == s.abandoned {
		t.segmentAbandon(s)
	}
}

// segmentAbandon gives a segment whose pages are all abandoned to whoever needs memory.
//
// Counterpart: mi_segment_abandon.
func (t *Thread) segmentAbandon(s *segment) {
	t.unqueueSpans(s)
	t.prof.purge.abandoned(t, s)
	t.count(statSegmentsAbandoned, 1)
	t.trackSegment(-1)
	s.threadID.StoreSC(atom.OwnerAbandon, 0) // pairs with OwnerFree; push publishes the rest
	s.abandonedVisits = 1                    // not 0: 0 is for owned segments
	t.giveUp(s)
	t.proc.abandoned.push(s)
}

// checkFree frees the empty pages of an abandoned segment that the caller has popped, and tells
// whether it has a free span of slices, or a page of blockSize with room.
//
// Counterpart: mi_segment_check_free.
func (t *Thread) checkFree(s *segment, slices, blockSize uintptr) (has bool) {
	for i := headerSlices; i < s.sliceEntries; {
		r := s.slice(i)
		used := r.blockSize > 0
		if used {
			t.pageCollect(r, false)
			if r.used == 0 {
				t.count(statPagesAbandoned, -1)
				s.abandoned--
				r = t.pageClear(r)
				used = false
			}
		}
		if used {
			has = has || uintptr(r.blockSize) == blockSize && r.hasRoom()
		} else {
			has = has || uintptr(r.sliceCount) >= slices
		}
		i = s.index(r) + uintptr(r.sliceCount)
	}
	return has
}

// segmentReclaim makes the calling thread the owner of a popped segment, with its pages in heap h.
// right tells that a page of blockSize with room is among them. Nil when nothing was in use any more
// and the segment was freed.
//
// Counterpart: mi_segment_reclaim.
func (t *Thread) segmentReclaim(s *segment, h *heap, blockSize uintptr) (_ *segment, right bool) {
	t.checkMask(s)
	t.prof.owner.own(t, s)
	s.wasReclaimed = true
	t.reclaimed++
	s.abandonedVisits = 0
	t.trackSegment(1)
	t.count(statSegmentsAbandoned, -1)
	for i := headerSlices; i < s.sliceEntries; {
		r := s.slice(i)
		if r.blockSize == 0 {
			r = t.spanCoalesce(r)
		} else if r = t.reclaimPage(s, h, r); r.blockSize > 0 {
			right = right || uintptr(r.blockSize) == blockSize && r.hasRoom() && r.owner() == h
		}
		i = s.index(r) + uintptr(r.sliceCount)
	}
	if s.used == 0 {
		t.segmentFree(s)
		return nil, false
	}
	return s, right
}

// reclaimPage takes one page of a segment being reclaimed into a heap, h or another of the thread, or frees it
// when it is empty, and returns the record of the span that it is then part of.
//
// Counterpart: _mi_page_reclaim.
func (t *Thread) reclaimPage(s *segment, h *heap, p *page) *page {
	t.count(statPagesAbandoned, -1)
	s.abandoned--
	h = t.prof.heaps.target(t, h, p)
	p.tag = h.tag
	// The heap is set before delayed frees are allowed again. Pairs with PageHeapRemote.
	p.heap.StoreRel(atom.PageHeapReclaim, uint64(raw.Of(h)))
	t.useDelayed(p, freeUseDelayed, true)
	t.pageCollect(p, false)
	if p.used == 0 {
		return t.pageClear(p)
	}
	h.reclaimed = true
	t.queuePush(h, uintptr(p.bin), p)
	return p
}

// reclaimAll reclaims every abandoned segment into h, with the quirk also those in arenas that h may not
// use.
//
// Counterpart: _mi_abandoned_reclaim_all.
func (t *Thread) reclaimAll(h *heap) {
	var kept []*segment
	r, store := &t.walk, t.proc.abandoned
	store.begin(t, h, roundAll, r)
	for s := store.pop(r); s != nil; s = store.pop(r) {
		if !t.prof.heaps.takes(t, h, s) || !s.memID.suits(h.arena) && !t.quirk(ArenaMixed) {
			kept = append(kept, s)
			continue
		}
		t.segmentReclaim(s, h, 0)
	}
	store.end(r)
	for _, s := range kept {
		store.pushVisited(s)
	}
}

// tryReclaim looks for an abandoned segment that can serve a request, and reclaims it. right tells
// that a page of the block size with room is now in h.
//
// Counterpart: mi_segment_try_reclaim.
func (t *Thread) tryReclaim(h *heap, slices, blockSize uintptr) (_ *segment, right bool) {
	policy, store := t.prof.reclaim, t.proc.abandoned
	tries := policy.tries(t)
	if tries == 0 {
		return nil, false
	}
	target := policy.target(t, h)
	r := &t.walk
	store.begin(t, h, roundReclaim, r)
	defer store.end(r)
	for ; tries > 0 && policy.mayOwn(t); tries-- {
		s := store.pop(r)
		if s == nil {
			break
		}
		s.abandonedVisits++
		suits := s.memID.suits(h.arena) && s.memID.suits(target.arena)
		switch has := t.checkFree(s, slices, blockSize); {
		case s.used == 0:
			t.segmentReclaim(s, target, 0) // which frees it
		case (has || policy.enough(s.abandonedVisits)) && suits && !t.prof.heaps.takes(t, target, s):
			store.pushVisited(s)
		case has && suits:
			s, right = t.segmentReclaim(s, target, blockSize)
			return s, right && target == h
		case suits && policy.enough(s.abandonedVisits):
			t.segmentReclaim(s, target, 0)
		default:
			if !policy.passOver(t, s) {
				tries++
			}
			store.pushVisited(s)
		}
	}
	return nil, false
}

// abandonedCollect frees what has become free in abandoned segments.
//
// Counterpart: _mi_abandoned_collect.
func (t *Thread) abandonedCollect(h *heap, force bool) {
	r, store := &t.walk, t.proc.abandoned
	why := roundCollect
	if force {
		why = roundForce
	}
	store.begin(t, h, why, r)
	for tries := t.prof.reclaim.collectTries(t, force); tries > 0; tries-- {
		s := store.pop(r)
		if s == nil {
			break
		}
		t.checkFree(s, 0, 0)
		if s.used == 0 {
			t.segmentReclaim(s, h, 0)
		} else {
			t.prof.purge.run(t, s, force)
			store.pushVisited(s)
		}
	}
	store.end(r)
}

// reclaimOrAlloc gets the thread a segment with room for slices. Nil when there is no memory, and
// also when a page that will do is now in the heap.
//
// Counterpart: mi_segment_reclaim_or_alloc.
func (t *Thread) reclaimOrAlloc(h *heap, slices, blockSize uintptr) *segment {
	t.prof.reclaim.makeRoom(t, h)
	s, right := t.tryReclaim(h, slices, blockSize)
	if right {
		return nil
	}
	if s != nil {
		return s
	}
	return t.segmentAlloc(0, 0, h.arena)
}

// giveUp notes that the thread owns a segment no longer.
//
// Counterpart: none, a part of mi_segment_abandon and mi_segment_os_free.
func (t *Thread) giveUp(s *segment) {
	if s.wasReclaimed {
		t.reclaimed--
		s.wasReclaimed = false
	}
}
