// The reclaim and owner policies of 2.3. See doc.go for an overview.

package goalloc

import "midiff/goalloc/internal/atom"

// shareReclaim is the reclaim policy of 2.3: a share of the abandoned segments is looked at; there may be a number
// of segments that a thread should have, and a free may reclaim.
type shareReclaim struct{}

const (
	leastTries  = 8 // if there are as many
	mostTries   = 1024
	mostTargets = 1024
)

// abandonedHint is how many segments the thread's sub-process has abandoned.
//
// Counterpart: none, a load in mi_segment_get_reclaim_tries and _mi_abandoned_collect.
func (shareReclaim) abandonedHint(t *Thread) uint64 {
	return subprocessAt(t.subproc).abandoned.LoadRlx(atom.AbandonedTriesLoad)
}

// tries is a share of what there is.
//
// Counterpart: mi_segment_get_reclaim_tries.
func (p shareReclaim) tries(t *Thread) int {
	percent := uint64(min(max(t.proc.option(optMaxSegmentReclaim), 0), 100))
	if percent == 0 {
		return 0
	}
	all := p.abandonedHint(t)
	if all == 0 {
		return 0
	}
	tries := all * percent / 100
	if all > 10000 {
		tries = all / 100 * percent
	}
	tries = min(max(tries, 1), mostTries)
	if tries < leastTries && all > leastTries {
		tries = leastTries
	}
	return int(tries)
}

// collectTries is how many there are when a collect is forced.
//
// Counterpart: _mi_abandoned_collect.
func (p shareReclaim) collectTries(t *Thread, force bool) int {
	if force {
		return int(p.abandonedHint(t))
	}
	return t.prof.collectTries
}

// target is the asking heap; each page goes to the one with its tag.
//
// Counterpart: mi_segment_try_reclaim.
func (shareReclaim) target(_ *Thread, h *heap) *heap { return h }

// enough bounds how many abandoned segments there are.
//
// Counterpart: mi_segment_try_reclaim.
func (shareReclaim) enough(visits uintptr) bool { return visits > 3 }

// targetSegments is how many segments a thread should have; 0 for any number.
//
// Counterpart: segment_count_is_within_target.
func (t *Thread) targetSegments() uintptr {
	return uintptr(min(max(t.proc.option(optTargetSegments), 0), mostTargets))
}

// mayOwn tells whether the thread has less than it should have.
//
// Counterpart: segment_count_is_within_target.
func (shareReclaim) mayOwn(t *Thread) bool {
	target := t.targetSegments()
	return target == 0 || t.segments < target
}

// makeRoom gives up segments if the thread has as many as it should have.
//
// Counterpart: mi_segments_try_abandon.
func (p shareReclaim) makeRoom(t *Thread, h *heap) {
	if !p.mayOwn(t) {
		t.abandonTo(h, t.targetSegments())
	}
}

// passOver gives back what is due of a segment. It was no try.
//
// Counterpart: mi_segment_try_reclaim.
func (shareReclaim) passOver(t *Thread, s *segment) bool {
	t.prof.purge.run(t, s, false)
	return false
}

// onFree reclaims the segment that a block is freed in, if an option says so. Of the segments in arenas a thread
// takes over half of what it has at most, since one that only frees would come to own them all.
//
// Counterpart: _mi_segment_attempt_reclaim, and a part of mi_free_block_mt.
func (p shareReclaim) onFree(t *Thread, s *segment) bool {
	// Relaxed: clearing the mark decides. Pairs with OwnerMark.
	if !t.proc.enabled(optReclaimOnFree) || s.threadID.LoadRlx(atom.OwnerOnFree) != 0 ||
		t.heap == t.proc.emptyHeap {
		return false
	}
	h := t.heap
	target := t.proc.option(optTargetSegments)
	switch {
	case s.threadID.LoadRlx(atom.OwnerAttempt) != 0, s.subproc != t.subproc, !s.memID.suits(h.arena),
		target > 0 && uintptr(target) <= t.segments, s.memID != 0 && t.reclaimed*2 > t.segments:
		return false
	}
	if !t.proc.abandoned.take(t, s) {
		return false
	}
	if !t.prof.heaps.takes(t, h, s) {
		t.proc.abandoned.pushVisited(s)
		return false
	}
	t.events.ReclaimedOnFree = true
	s, _ = t.segmentReclaim(s, h, 0)
	return s != nil
}

// markedOwner is the owner policy of 2.3.
type markedOwner struct{}

// unowned reads relaxed.
//
// Counterpart: mi_segment_is_abandoned.
func (markedOwner) unowned(s *segment) bool {
	return s.threadID.LoadRlx(atom.OwnerSpanFree) == 0 // pairs with OwnerMark
}

// own writes the thread's id.
//
// Counterpart: none, a line of mi_segment_reclaim.
func (markedOwner) own(t *Thread, s *segment) {
	s.threadID.StoreRel(atom.OwnerReclaim23, t.id) // pairs with OwnerFree
}

// forceAbandon gives up a segment of the thread with pages in use; what is empty of it is freed first.
//
// Counterpart: mi_segment_force_abandon.
func (t *Thread) forceAbandon(s *segment) {
	s.dontFree = true // so that it can be seen whether a page was freed
	before := headerSlices
	for i := headerSlices; i < s.sliceEntries; {
		r := s.slice(i)
		if r.blockSize > 0 && r.owner() == nil {
			t.stopHeapless() // it is abandoned as it is
		} else if r.blockSize > 0 {
			t.pageCollect(r, false)
			if s.used == s.abandoned+1 {
				// The segment is not ours after this.
				s.dontFree = false
				t.pageForceAbandon(r)
				return
			}
			t.pageForceAbandon(r)
			if b := s.slice(before); b.blockSize == 0 && before+uintptr(b.sliceCount) > i {
				i = before // the page was freed and is now a part of the free span before it
			}
		}
		before = i
		i += uintptr(s.slice(i).sliceCount)
	}
	s.dontFree = false
	if s.used == 0 {
		t.segmentFree(s)
	} else {
		t.prof.purge.run(t, s, false)
	}
}

// pageForceAbandon frees a page if it is empty, else abandons it.
//
// Counterpart: _mi_page_force_abandon.
func (t *Thread) pageForceAbandon(p *page) {
	h := p.owner()
	t.useDelayed(p, freeNeverDelayed, false)
	t.delayedFreeAll(h)
	switch bin := queueOf(p); {
	case p.capacity == 0: // it was freed with a block of the list
	case p.used == 0:
		t.pageFree(bin, p)
	default:
		h.gaveUp = true
		t.pageAbandon(h, bin, p)
	}
}

// mayGiveUp tells whether a segment of the thread may be given up: not with a page of a heap whose blocks Destroy is to
// end. With the quirk that is not asked.
//
// Counterpart: none, the defect there.
func (t *Thread) mayGiveUp(s *segment) bool {
	if t.proc.quirks&GivenUp != 0 {
		return true
	}
	for i := headerSlices; i < s.sliceEntries; i += uintptr(s.slice(i).sliceCount) {
		if p := s.slice(i); p.blockSize > 0 && p.owner() != nil && p.owner().noReclaim {
			return false
		}
	}
	return true
}

// abandonTo gives up segments until the thread has less than three quarters of a number of them. Only those with
// a full page that is not huge are found.
//
// Counterpart: mi_segments_try_abandon_to_target.
func (t *Thread) abandonTo(h *heap, target uintptr) {
	if target <= 1 {
		return
	}
	least, rounds := target, 64
	if target > 4 {
		least = target * 3 / 4
	}
	for ; rounds > 0 && t.segments >= least; rounds-- {
		a := h.queues[binFull].first
		for a != 0 && (segmentOf(a).huge || !t.mayGiveUp(segmentOf(a))) {
			a = pageAt(a).next
		}
		if a == 0 {
			return
		}
		t.forceAbandon(segmentOf(a))
	}
}

// CollectReduce collects with force and gives up segments until the thread has less than size bytes of them,
// where it can.
//
// Counterpart: mi_collect_reduce.
func (t *Thread) CollectReduce(size uintptr) {
	t.Collect(true)
	target := size / segmentSize
	if target == 0 {
		target = max(t.targetSegments(), 1)
	}
	t.Init()
	t.abandonTo(t.heap, target)
}
