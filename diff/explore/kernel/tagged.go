// Abandoned segments in version 2.0: a tagged list, and a list of those visited. See doc.go for an overview.

package kernel

// A tagged value is a segment's number plus one, above a tag of 8 bits that counts changes.
func segmentOf(tagged uint64) int { return int(tagged>>8) - 1 }

func (w *world) retag(g int, last uint64) uint64 {
	if w.v.Has("untagged") {
		return uint64(g+1) << 8
	}
	return uint64(g+1)<<8 | (last+1)&0xff
}

// listPush puts a segment on the abandoned list.
// Counterpart: mi_abandoned_push.
func (w *world) listPush(g int) {
	ts := w.load(listPushLoad, listWord)
	for {
		w.store(listPushLink, nextWord(g), uint64(segmentOf(ts)+1))
		if w.cas(listPush, listWord, &ts, w.retag(g, ts)) {
			return
		}
	}
}

// visitedPush puts a segment on the list of those that were visited in vain.
// Counterpart: mi_abandoned_visited_push.
func (w *world) visitedPush(g int) {
	w.dropped(g)
	next := w.load(visitedPushLoad, visitedWord)
	for {
		w.store(visitedPushLink, nextWord(g), next)
		if w.cas(visitedPush, visitedWord, &next, uint64(g+1)) {
			return
		}
	}
}

// revisit moves the visited list to the abandoned one, and tells whether there was any.
// Counterpart: mi_abandoned_visited_revisit.
func (w *world) revisit() bool {
	if w.load(revisitPeek, visitedWord) == 0 {
		return false
	}
	first := int(w.s.Exchange(visitedWord, revisitTake, w.v.Orders[revisitTake].Success, 0)) - 1
	if first < 0 {
		return false
	}
	if ts := w.load(revisitLoad, listWord); segmentOf(ts) < 0 {
		if w.cas(revisitSwap, listWord, &ts, w.retag(first, ts)) {
			return true
		}
	}
	last := first
	for next := w.load(revisitWalk, nextWord(last)); next != 0; next = w.load(revisitWalk, nextWord(last)) {
		last = int(next) - 1
	}
	ts := w.load(prependLoad, listWord)
	for {
		w.store(prependLink, nextWord(last), uint64(segmentOf(ts)+1))
		if w.cas(prepend, listWord, &ts, w.retag(first, ts)) {
			return true
		}
	}
}

// listPop takes a segment off the abandoned list; -1 if there is none.
// Counterpart: mi_abandoned_pop.
func (w *world) listPop() int {
	if ts := w.load(listPopPeek, listWord); segmentOf(ts) < 0 && !w.revisit() {
		return -1
	}
	w.add(readersEnter, readersWord, 1)
	ts := w.load(listPopLoad, listWord)
	g := -1
	for {
		if g = segmentOf(ts); g < 0 {
			break
		}
		next := w.load(listPopLink, nextWord(g))
		if w.cas(listPop, listWord, &ts, w.retag(int(next)-1, ts)) {
			break
		}
	}
	if g >= 0 {
		w.claimed(g)
	}
	w.add(readersLeave, readersWord, ^uint64(0))
	if g >= 0 {
		w.store(listPopUnlink, nextWord(g), 0)
	}
	return g
}

// awaitReaders waits until nobody looks at a segment that was on the list.
// Counterpart: _mi_abandoned_await_readers.
func (w *world) awaitReaders() {
	for !w.v.Has("unawaited") && w.load(readersAwait, readersWord) != 0 {
		w.s.Await(readersWord, readersAwait)
	}
}
