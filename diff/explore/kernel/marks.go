// Abandoned segments in version 2.3: marks in the arena, and a locked list for those of the OS. See doc.go
// for an overview.

package kernel

import "midiff/diff/explore/sim"

// mark makes it known that a segment is abandoned; from then on it is whoever's who clears the mark.
// Counterpart: _mi_arena_segment_mark_abandoned.
func (w *world) mark(g int) {
	w.store(ownMark, ownerWord(g), 0)
	if w.segments[g].os {
		w.osMark(g)
		return
	}
	w.dropped(g)
	w.s.Or(marksWord, markAbandoned, w.v.Orders[markAbandoned].Success, 1<<g)
	if w.v.Has("M6") {
		w.reads(atAfterMark, segInfo(g))
	}
}

// claimOn claims a segment that a free has met, if it is still abandoned.
// Counterpart: _mi_arena_segment_clear_abandoned.
func (w *world) claimOn(g int) bool {
	if w.segments[g].os {
		return w.osClaim(g)
	}
	if w.v.Has("M9") {
		none := uint64(0)
		if !w.cas(claimByOwner, ownerWord(g), &none, w.id()) {
			return false
		}
		w.claimed(g)
		return true
	}
	if !w.clearMark(claimOnFree, g) {
		return false
	}
	w.store(ownClaim, ownerWord(g), w.id())
	return true
}

// clearMark clears the mark of a segment, and tells whether it was set: then the segment is claimed.
// Counterpart: _mi_bitmap_unclaim.
func (w *world) clearMark(at sim.Site, g int) bool {
	bit := uint64(1) << g
	var old uint64
	switch {
	case w.v.Has("M7"):
		old = w.load(claimLoad, marksWord)
		w.store(claimStore, marksWord, old&^bit)
	case w.v.Has("claim-without-mark"):
		old = w.load(claimLoad, marksWord)
	default:
		old = w.s.And(marksWord, at, w.v.Orders[at].Success, ^bit)
	}
	if old&bit == 0 {
		return false
	}
	w.claimed(g)
	return true
}

// claimNext claims the next abandoned segment, from segment g on; -1 if there is none.
// Counterpart: _mi_arena_segment_clear_abandoned_next.
func (w *world) claimNext(g int) int {
	field := w.load(scanAbandoned, marksWord)
	for ; g < numSegments; g++ {
		if field>>g&1 != 0 && w.clearMark(claimByScan, g) {
			return g
		}
	}
	return -1
}

func (w *world) lockList() {
	if !w.v.Has("os-unlocked") {
		w.s.Lock(osListAddr, osLock)
	}
}

func (w *world) unlockList() {
	if !w.v.Has("os-unlocked") {
		w.s.Unlock(osListAddr, osUnlock)
	}
}

// Counterpart: mi_arena_segment_os_mark_abandoned.
func (w *world) osMark(g int) {
	w.lockList()
	w.writes(atOSList, osListAddr)
	w.writes(atOSList, segInfo(g)+8)
	w.osList = append(w.osList, g)
	w.dropped(g)
	w.unlockList()
}

// osClaim claims a segment of the OS on a free, which does not wait for the lock.
// Counterpart: mi_arena_segment_os_clear_abandoned.
func (w *world) osClaim(g int) bool {
	if !w.v.Has("os-unlocked") && !w.s.TryLock(osListAddr, osTryLock) {
		return false
	}
	w.reads(atOSList, segInfo(g)+8)
	found := w.osTake(g)
	w.unlockList()
	return found
}

func (w *world) osTake(g int) bool {
	for i, x := range w.osList {
		if x == g {
			w.writes(atOSList, osListAddr)
			w.writes(atOSList, segInfo(g)+8)
			w.osList = append(w.osList[:i], w.osList[i+1:]...)
			w.claimed(g)
			w.store(ownClaim, ownerWord(g), w.id())
			return true
		}
	}
	return false
}

// osClaimNext claims the first segment of the list; -1 if there is none.
// Counterpart: mi_arena_segment_clear_abandoned_next_list.
func (w *world) osClaimNext() int {
	w.lockList()
	w.reads(atOSList, osListAddr)
	g := -1
	if len(w.osList) > 0 {
		g = w.osList[0]
		w.osTake(g)
	}
	w.unlockList()
	return g
}
